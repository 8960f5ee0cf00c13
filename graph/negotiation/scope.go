package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// scope is what belongs to a negotiation: its issues and its parties. A
// relation belongs to it through its issue, else through its topics, else
// through the parties: then two of those who take part in it are parties, or
// stand for them, or the only one is.
type scope struct {
	v       graph.View
	whole   bool // no negotiation is given: everything belongs
	issues  []graph.EntityID
	parties []graph.EntityID
}

// scopeOf reads the scope of a negotiation; of none, everything.
func scopeOf(ctx context.Context, v graph.View, negotiation graph.EntityID) (*scope, error) {
	s := &scope{v: v, whole: negotiation.IsZero()}
	if s.whole {
		return s, nil
	}
	var err error
	if s.issues, err = leadingTo(ctx, v, negotiation, fieldNegotiation, kindIssue); err != nil {
		return nil, err
	}
	states, err := v.States(ctx, []graph.EntityID{negotiation})
	if err != nil {
		return nil, err
	}
	for i := range states {
		for _, c := range states[i].All(fieldParty) {
			s.parties = append(s.parties, c.Value.Entity())
		}
	}
	s.issues, s.parties = sorted(s.issues), sorted(s.parties)
	return s, nil
}

// relations reads the relations of a kind that belong to the scope, the newest
// start first, then by id. Where the query names fillers, it is those of the
// scope that have them; then, rolling up, Through tells who stood for whom.
func (s *scope) relations(ctx context.Context, q graph.RelationQuery) ([]graph.Standing, error) {
	k := s.v.Ontology().Kind(q.Kind)
	if s.whole || k == nil {
		return s.v.Relations(ctx, q)
	}
	if len(q.Fillers) > 0 {
		list, err := s.v.Relations(ctx, q)
		return slices.DeleteFunc(list, func(r graph.Standing) bool { return !s.has(k, &r) }), err
	}
	by := map[graph.EntityID]graph.Standing{}
	for _, p := range k.Properties {
		if !p.Role {
			continue
		}
		fillers, rolling := s.parties, true
		if takes(&p, kindIssue) {
			fillers, rolling = s.issues, false
		} else if !s.actors(&p) {
			continue
		}
		if len(fillers) == 0 {
			continue
		}
		one := q
		one.Fillers, one.RollUp = map[string][]graph.EntityID{p.Name: fillers}, rolling
		list, err := s.v.Relations(ctx, one)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			r.Through = append(r.Through, by[r.ID].Through...)
			by[r.ID] = r
		}
	}
	return s.members(k, by), nil
}

func (s *scope) members(k *graph.Kind, by map[graph.EntityID]graph.Standing) []graph.Standing {
	list := make([]graph.Standing, 0, len(by))
	for _, r := range by {
		if s.has(k, &r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b graph.Standing) int {
		return cmp.Or(cmp.Compare(startOf(&b), startOf(&a)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list
}

// has tells whether a relation belongs to the scope. Of a relation of which
// only denials are left, what is denied decides.
func (s *scope) has(k *graph.Kind, r *graph.Standing) bool {
	if s.whole {
		return true
	}
	onIssues, ours, parties, actors := false, false, 0, 0
	for _, c := range slices.Concat(r.Claims, r.Denied) {
		p := k.Property(c.Property)
		id := c.Value.Entity()
		switch {
		case p == nil || !p.Role:
		case takes(p, kindIssue):
			onIssues = true
			ours = ours || slices.Contains(s.issues, id)
		case s.actors(p):
			actors++
			if slices.Contains(s.parties, id) || standsIn(r, p.Name, id) {
				parties++
			}
		}
	}
	if onIssues {
		return ours
	}
	return parties > 0 && parties >= min(2, actors)
}

// standsIn tells whether an entity fills a role for one of the parties.
func standsIn(r *graph.Standing, role string, id graph.EntityID) bool {
	return slices.ContainsFunc(r.Through, func(f graph.Filling) bool { return f.Role == role && f.Entity == id })
}

// takes tells whether a role is made for entities of a kind.
func takes(p *graph.Property, kind string) bool { return len(p.Targets) == 1 && p.Targets[0] == kind }

// actors tells whether a role is filled by actors only.
func (s *scope) actors(p *graph.Property) bool {
	return len(p.Targets) > 0 && !slices.ContainsFunc(p.Targets, func(t string) bool { return !s.v.Ontology().IsA(t, kindActor) })
}

// startOf is when a relation starts: the latest start of its claims.
func startOf(s *graph.Standing) graph.Time {
	start := graph.MinTime
	for i := range s.Claims {
		if s.Claims[i].Class != graph.Timeless {
			start = max(start, s.Claims[i].From)
		}
	}
	return start
}
