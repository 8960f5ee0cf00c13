package graph_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
)

// What Diff finds near some entities is what it finds of them, of the relations
// that name them and of what these name, when it looks at the whole store.
func TestDiffNearEqualsWhole(t *testing.T) {
	compared := 0
	for seed := range uint64(size(4, 20, 1000)) {
		sc := compose(t, seed, 20, (*model).transaction)
		h := play(t, inMemory())
		var ts []graph.TS
		for _, acts := range sc.txs {
			ts = append(ts, h.update(acts))
		}
		dice := rand.New(rand.NewPCG(seed, 7))
		ids := slices.SortedFunc(maps.Values(sc.ids), func(a, b graph.EntityID) int { return slices.Compare(a[:], b[:]) })
		for range 12 {
			from, to := twoViews(t, h.db, ts, dice)
			whole, err := graph.Diff(ctx, from, to, nil)
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				near := []graph.EntityID{ids[dice.IntN(len(ids))], ids[dice.IntN(len(ids))]}
				if dice.IntN(4) == 0 {
					near = ids
				}
				found, err := graph.Diff(ctx, from, to, &graph.DiffOptions{Near: near})
				if err != nil {
					t.Fatal(err)
				}
				compared += len(found.Items)
				s := surroundings{T: t, views: []graph.View{from.On(graph.Interval{}), to.On(graph.Interval{})}, ids: ids}
				if diff := s.compare(whole, found, near); diff != "" {
					t.Fatalf("seed %d, from %+v to %+v, near %v: %s", seed, from.Point(), to.Point(), near, diff)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d changes were compared", compared)
	}
}

// twoViews are an earlier and a later one of the same clearance, which differ in
// the day, in what is known, or in both.
func twoViews(t *testing.T, db *graph.DB, ts []graph.TS, dice *rand.Rand) (from, to graph.View) {
	t.Helper()
	first, second := graph.Point{Clearance: []graph.Marking{graph.Clear, graph.Red}[dice.IntN(2)]}, graph.Point{}
	second.Clearance = first.Clearance
	days := []string{"2025-11-30", "2025-12-01", "2025-12-02", "2025-12-03", "2025-12-04", "2025-12-10"}
	i, j := dice.IntN(len(days)), dice.IntN(len(days))
	first.On, second.On = dayOf(t, days[min(i, j)]), dayOf(t, days[max(i, j)])
	switch dice.IntN(3) {
	case 0: // the same is known
	case 1:
		i, j = dice.IntN(len(ts)), dice.IntN(len(ts))
		first.KnownOn, second.KnownOn = ts[min(i, j)], ts[max(i, j)]
	default:
		first.Basis, second.Basis = graph.Published, graph.Published
		var err error
		if first.KnownOn, err = graph.Published.KnownOn(days[min(i, j)]); err == nil {
			second.KnownOn, err = graph.Published.KnownOn(days[max(i, j)])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return db.At(first), db.At(second)
}

func dayOf(t *testing.T, day string) graph.Interval {
	t.Helper()
	on, err := graph.ParseOn(day)
	if err != nil {
		t.Fatal(err)
	}
	return on
}

// surroundings are what two views show of all entities.
type surroundings struct {
	*testing.T
	views []graph.View
	ids   []graph.EntityID
}

// compare tells how what was found near some entities differs from what it should be.
func (s *surroundings) compare(whole, found graph.Changes, near []graph.EntityID) string {
	all := map[string]bool{}
	for _, c := range whole.Items {
		all[fmt.Sprint(c)] = true
	}
	there := map[graph.EntityID]bool{}
	for _, c := range found.Items {
		if there[c.Subject] = true; !all[fmt.Sprint(c)] {
			return fmt.Sprintf("found, but not in the whole: %+v", c)
		}
	}
	must := s.near(near)
	for _, c := range whole.Items {
		if must[c.Subject] && !there[c.Subject] {
			return fmt.Sprintf("not found: %+v", c)
		}
	}
	if len(whole.Items) < len(found.Items) || whole.DocumentsSeen != found.DocumentsSeen || whole.UndatedDocuments != found.UndatedDocuments {
		return fmt.Sprintf("%d, %d documents, %d undated; in the whole %d, %d, %d", len(found.Items), found.DocumentsSeen, found.UndatedDocuments,
			len(whole.Items), whole.DocumentsSeen, whole.UndatedDocuments)
	}
	return ""
}

// near is some entities, by their ids in each view, the relations that name
// them in one of the views, and what these name but other relations.
func (s *surroundings) near(asked []graph.EntityID) map[graph.EntityID]bool {
	must := map[graph.EntityID]bool{}
	for _, v := range s.views {
		shown, err := v.Entities(ctx, asked)
		if err != nil {
			s.Fatal(err)
		}
		own := map[graph.EntityID]bool{}
		for _, e := range shown {
			own[e.ID], must[e.ID] = true, true
		}
		states, err := v.States(ctx, s.ids)
		if err != nil {
			s.Fatal(err)
		}
		relation := map[graph.EntityID]bool{}
		for _, r := range states {
			if k := v.Ontology().Kind(r.Kind); k != nil && k.Relation {
				relation[r.ID] = true
			}
		}
		for _, r := range states {
			names := slices.Concat(r.Claims, r.Denied)
			if !relation[r.ID] || !slices.ContainsFunc(names, func(c graph.Claim) bool { return own[c.Value.Entity()] }) {
				continue
			}
			must[r.ID] = true
			for _, c := range names {
				if id := c.Value.Entity(); !id.IsZero() && !relation[id] {
					must[id] = true
				}
			}
		}
	}
	return must
}
