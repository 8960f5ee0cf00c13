package negotiation

import (
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// changeReading reads what the subjects of changes are, and which of them
// belong to the negotiation.
type changeReading struct {
	ctx      context.Context
	from, to graph.View
	q        *ChangesQuery
	scope    *scope
	before   Reason // why the first point shows nothing of a subject
	subjects map[graph.EntityID]*changed
}

// changed is the subject of a change.
type changed struct {
	standing graph.Standing
	there    bool // the second point knows something of it, on whatever day
	issues   []graph.EntityID
	parties  []graph.EntityID
}

func (r *changeReading) read(items []graph.Change) error {
	var err error
	if r.before, err = nothing(r.ctx, r.from); err != nil {
		return err
	}
	if r.before == NoPosition {
		r.before = NotRecorded
	}
	if r.scope, err = scopeOf(r.ctx, r.to.On(graph.Interval{}), r.q.Negotiation); err != nil {
		return err
	}
	all, err := r.standings(items)
	if err != nil {
		return err
	}
	if err := r.limit(all); err != nil {
		return err
	}
	for _, s := range r.subjects {
		s.issues, s.parties = r.scope.issuesIn(&s.standing), r.scope.partiesIn(&s.standing)
	}
	return nil
}

// standings reads the subjects as the second point knows them, whenever they
// stand, else as the first did.
func (r *changeReading) standings(items []graph.Change) (map[graph.EntityID]*changed, error) {
	ids := make([]graph.EntityID, len(items))
	for i := range items {
		ids[i] = items[i].Subject
	}
	by := map[graph.EntityID]*changed{}
	for _, id := range ids {
		by[id] = &changed{}
	}
	for i, v := range []graph.View{r.to, r.from} {
		list, err := v.On(graph.Interval{}).States(r.ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if c := by[s.ID]; c != nil && c.standing.ID.IsZero() {
				c.standing, c.there = s, i == 0
			}
		}
	}
	return by, nil
}

// limit keeps the subjects that belong to the negotiation. Relations do by
// rule; an entity, such as a deadline or a version, where it is of it, or a
// relation names it that does.
func (r *changeReading) limit(all map[graph.EntityID]*changed) error {
	if r.scope.whole {
		r.subjects = all
		return nil
	}
	r.subjects = map[graph.EntityID]*changed{}
	var kinds []string
	others := false // entities, and relations that are only denied, whose kind the views do not tell
	for id, s := range all {
		switch {
		case r.relation(s.standing.Kind):
			kinds = append(kinds, s.standing.Kind)
		case r.scope.holds(id) || id == r.q.Negotiation:
			r.subjects[id] = s
		default:
			others = true
		}
	}
	if others {
		kinds = relationKinds(r.to.Ontology())
	}
	slices.Sort(kinds)
	return r.relations(slices.Compact(kinds), all)
}

// relations reads the relations of the negotiation of some kinds, at both states of knowledge.
func (r *changeReading) relations(kinds []string, all map[graph.EntityID]*changed) error {
	for _, v := range []graph.View{r.to, r.from} {
		s := *r.scope
		s.v = v.On(graph.Interval{})
		for _, kind := range kinds {
			list, err := s.relations(r.ctx, graph.RelationQuery{Kind: kind, Denied: true})
			if err != nil {
				return err
			}
			for i := range list {
				r.admit(&list[i], all)
			}
		}
	}
	return nil
}

// admit notes that a relation belongs to the negotiation, and what it names.
func (r *changeReading) admit(rel *graph.Standing, all map[graph.EntityID]*changed) {
	if c := all[rel.ID]; c != nil && r.subjects[rel.ID] == nil {
		if c.standing.ID.IsZero() {
			c.standing = *rel
		}
		c.standing.Through = rel.Through
		r.subjects[rel.ID] = c
	}
	for _, c := range rel.Claims {
		id := c.Value.Entity()
		if k := all[id]; k != nil && !r.relation(k.standing.Kind) {
			r.subjects[id] = k
		}
	}
}

func (r *changeReading) relation(kind string) bool {
	k := r.to.Ontology().Kind(kind)
	return k != nil && k.Relation
}

// relationKinds lists the kinds of relations, judgements of sameness left out.
func relationKinds(o *graph.Ontology) (list []string) {
	for _, k := range o.Kinds {
		if k.Relation && !k.Abstract && k.Name != graph.KindSameAs {
			list = append(list, k.Name)
		}
	}
	return list
}

// holds tells whether an entity is an issue or a party of the negotiation.
func (s *scope) holds(id graph.EntityID) bool {
	return slices.Contains(s.issues, id) || slices.Contains(s.parties, id)
}

// issuesIn lists the issues of the scope that something is on; an issue is on itself.
func (s *scope) issuesIn(of *graph.Standing) (list []graph.EntityID) {
	o := s.v.Ontology()
	if o.IsA(of.Kind, kindIssue) {
		return []graph.EntityID{of.ID}
	}
	for _, c := range slices.Concat(of.Claims, of.Denied) {
		p := o.Property(of.Kind, c.Property)
		if p != nil && takes(p, kindIssue) && (s.whole || slices.Contains(s.issues, c.Value.Entity())) {
			list = append(list, c.Value.Entity())
		}
	}
	return sorted(list)
}

// partiesIn lists the parties that act in a relation: those who fill the first
// role of its kind that is made for actors and filled, or for whom they stand.
func (s *scope) partiesIn(of *graph.Standing) []graph.EntityID {
	k := s.v.Ontology().Kind(of.Kind)
	if k == nil {
		return nil
	}
	if s.holds(of.ID) && !slices.Contains(s.issues, of.ID) {
		return []graph.EntityID{of.ID}
	}
	for i := range k.Properties {
		p := &k.Properties[i]
		if !p.Role || !s.actors(p) {
			continue
		}
		filled := slices.DeleteFunc(slices.Concat(of.All(p.Name), of.Denied), func(c graph.Claim) bool { return c.Property != p.Name })
		if len(filled) > 0 {
			return s.partiesOf(of, filled)
		}
	}
	return nil
}

// partiesOf are the parties among who fills a role, or for whom they stand.
func (s *scope) partiesOf(of *graph.Standing, filled []graph.Claim) (list []graph.EntityID) {
	for _, c := range filled {
		id := c.Value.Entity()
		if s.whole || slices.Contains(s.parties, id) {
			list = append(list, id)
			continue
		}
		for _, f := range of.Through {
			if f.Role == c.Property && f.Entity == id {
				list = append(list, f.For)
			}
		}
	}
	return sorted(list)
}
