package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"iter"
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

// relations reads the relations of a kind, which may be abstract, that belong to
// the scope, the newest start first, then by id. Where the query names fillers,
// it is those of the scope that have them; then, rolling up, Through tells who
// stood for whom.
func (s *scope) relations(ctx context.Context, q graph.RelationQuery) ([]graph.Standing, error) {
	if s.whole || s.v.Ontology().Kind(q.Kind) == nil {
		return s.v.Relations(ctx, q)
	}
	if len(q.Fillers) == 0 {
		if len(s.issues)+len(s.parties) == 0 {
			return nil, nil
		}
		q.Of, q.RollUp, q.Or = s.parties, true, map[string][]graph.EntityID{}
		if q.Roles = s.actorRoles(q.Kind); len(q.Roles) == 0 {
			q.Of = nil
		}
		for _, p := range s.roles(q.Kind) {
			if takes(&p, kindIssue) {
				q.Or[p.Name] = s.issues
			}
		}
		if len(q.Of)+len(q.Or) == 0 {
			return nil, nil
		}
	}
	list, err := s.v.Relations(ctx, q)
	list = slices.DeleteFunc(list, func(r graph.Standing) bool { return !s.has(s.v.Ontology().Kind(r.Kind), &r) })
	slices.SortFunc(list, func(a, b graph.Standing) int {
		return cmp.Or(cmp.Compare(startOf(&b), startOf(&a)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, err
}

// roles are those of a kind, or of all kinds that it stands for.
func (s *scope) roles(kind string) (list []graph.Property) {
	for _, name := range s.v.Ontology().Concrete(kind) {
		for _, p := range s.v.Ontology().Kind(name).Properties {
			if p.Role && !slices.ContainsFunc(list, func(q graph.Property) bool { return q.Name == p.Name }) {
				list = append(list, p)
			}
		}
	}
	return list
}

// actorRoles are those of the roles that are filled by actors only.
func (s *scope) actorRoles(kind string) (names []string) {
	for _, p := range s.roles(kind) {
		if s.actors(&p) {
			names = append(names, p.Name)
		}
	}
	return names
}

// has tells whether a relation belongs to the scope. Of a relation of which
// only denials are left, what is denied decides.
func (s *scope) has(k *graph.Kind, r *graph.Standing) bool {
	if s.whole {
		return true
	}
	onIssues, ours, parties, actors := false, false, 0, 0
	for c := range claimed(r) {
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

// claimed is what is claimed of an entity: what stands, and what is only denied.
func claimed(s *graph.Standing) iter.Seq[*graph.Claim] {
	return func(yield func(*graph.Claim) bool) {
		for _, list := range [][]graph.Claim{s.Claims, s.Denied} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
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
