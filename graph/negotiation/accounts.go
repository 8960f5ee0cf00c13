package negotiation

import (
	"bytes"
	"slices"

	"github.com/parleydb/parley/graph"
)

// accounts tells apart what different assertions say of one property of one
// relation, for a judgement that has it on both sides: pure. Those that say the
// same are one side. A property of which all say the same has one.
func accounts(s *graph.Standing, property string, evidence map[graph.ClaimID][]graph.Evidence) (sides []Side) {
	said := map[graph.AssertionID][]graph.Claim{}
	by := map[graph.AssertionID]graph.Evidence{}
	for _, c := range s.All(property) {
		for _, e := range evidence[c.ID] {
			said[e.ID], by[e.ID] = append(said[e.ID], c), e
		}
	}
	for _, e := range oncePerAssertion(by) {
		i := slices.IndexFunc(sides, func(one Side) bool {
			return slices.EqualFunc(one.Values, said[e.ID], func(a, b graph.Claim) bool { return a.ID == b.ID })
		})
		if i < 0 {
			i = len(sides)
			sides = append(sides, Side{Relation: s.ID, Values: said[e.ID], standing: s})
		}
		sides[i].Evidence = append(sides[i].Evidence, e)
	}
	for i := range sides {
		sides[i].Roots = rootsOf(sides[i].Evidence)
	}
	return sides
}

// oncePerAssertion gives evidence by the ids of its assertions.
func oncePerAssertion(by map[graph.AssertionID]graph.Evidence) []graph.Evidence {
	list := make([]graph.Evidence, 0, len(by))
	for _, e := range by {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b graph.Evidence) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return list
}
