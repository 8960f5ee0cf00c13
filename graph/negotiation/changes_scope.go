package negotiation

import (
	"context"
	"maps"
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
	agents   map[graph.EntityID][]graph.Representative
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

// readScope reads what belongs to the negotiation, and who stands for its parties.
func (r *changeReading) readScope() error {
	var err error
	if r.before, err = nothing(r.ctx, r.from); err != nil {
		return err
	}
	if r.before == NoPosition {
		r.before = NotRecorded
	}
	if r.scope, err = scopeOf(r.ctx, r.to.On(graph.Interval{}), r.q.Negotiation); err != nil || r.scope.whole {
		return err
	}
	return r.readAgents()
}

// near is what a change of the negotiation is about, or names: it, its issues,
// its parties and who stands for them; of the whole store, nothing.
func (r *changeReading) near() []graph.EntityID {
	if r.scope.whole {
		return nil
	}
	list := append(slices.Collect(maps.Keys(r.agents)), r.q.Negotiation)
	return slices.Concat(list, r.scope.issues, r.scope.parties)
}

func (r *changeReading) read(items []graph.Change) error {
	all := map[graph.EntityID]*changed{}
	for i := range items {
		all[items[i].Subject] = &changed{standing: items[i].State, there: !items[i].Gone}
	}
	if err := r.limit(all); err != nil {
		return err
	}
	for _, s := range r.subjects {
		s.issues, s.parties = r.scope.issuesIn(&s.standing), r.scope.partiesIn(&s.standing)
	}
	return nil
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
	others, denied := map[string][]graph.EntityID{}, false
	for id, s := range all {
		switch k := r.to.Ontology().Kind(s.standing.Kind); {
		case r.scope.holds(id) || id == r.q.Negotiation:
			r.subjects[id] = s
		case s.standing.ID.IsZero(): // a relation of which only denials are left, and views show no kind
			denied = true
		case k == nil:
		case !k.Relation:
			others[k.Name] = append(others[k.Name], id)
		case r.belongs(k, &s.standing):
			r.subjects[id] = s
		}
	}
	if err := r.named(others, all); err != nil || !denied {
		return err
	}
	return r.onlyDenied(all)
}

// readAgents reads who stood for the parties, whenever.
func (r *changeReading) readAgents() error {
	r.agents = map[graph.EntityID][]graph.Representative{}
	by, err := r.scope.v.Representatives(r.ctx, r.scope.parties)
	for _, party := range r.scope.parties {
		for _, a := range by[party] {
			r.agents[a.Entity] = append(r.agents[a.Entity], a)
		}
	}
	return err
}

// belongs tells whether a relation is of the negotiation, and notes for whom
// those who take part in it stood.
func (r *changeReading) belongs(k *graph.Kind, s *graph.Standing) bool {
	s.Through = nil
	for c := range claimed(s) {
		for _, a := range r.agents[c.Value.Entity()] {
			if a.During.Overlaps(filledDuring(c)) {
				s.Through = append(s.Through, graph.Filling{Role: c.Property, Representative: a})
			}
		}
	}
	return r.scope.has(k, s)
}

// filledDuring is when a role counts as filled (rule 12): when an event
// happened, when a state began, else at any time.
func filledDuring(c *graph.Claim) graph.Interval {
	switch {
	case c.From == graph.MinTime:
		return graph.Always
	case c.Class == graph.Event:
		return graph.Interval{From: c.From, To: max(c.End.Until, c.From+1)}
	}
	return graph.Interval{From: c.From, To: c.From + 1}
}

// named keeps those entities, by kind, that relations of the negotiation name.
func (r *changeReading) named(others map[string][]graph.EntityID, all map[graph.EntityID]*changed) error {
	if len(others) == 0 {
		return nil
	}
	o := r.to.Ontology()
	for _, v := range []graph.View{r.to, r.from} {
		for i := range o.Kinds {
			k := &o.Kinds[i]
			if !k.Relation || k.Abstract || k.Name == graph.KindSameAs {
				continue
			}
			for j := range k.Properties {
				if err := r.namedIn(v, k, &k.Properties[j], others, all); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// namedIn keeps those that fill one role of relations of one kind.
func (r *changeReading) namedIn(v graph.View, k *graph.Kind, p *graph.Property, others map[string][]graph.EntityID, all map[graph.EntityID]*changed) error {
	var ids []graph.EntityID
	for kind, list := range others {
		if p.Role && !takes(p, kindIssue) && v.Ontology().IsAny(kind, p.Targets) {
			ids = append(ids, list...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	fillers := map[string][]graph.EntityID{p.Name: ids}
	if issue := k.Property(fieldIssue); issue != nil && k.Key != nil && len(r.scope.issues) > 0 {
		fillers[fieldIssue] = r.scope.issues // relations with keys are looked up by these
	}
	list, err := v.On(graph.Interval{}).Relations(r.ctx, graph.RelationQuery{Kind: k.Name, Fillers: fillers, Denied: true})
	for i := range list {
		if r.belongs(k, &list[i]) {
			for _, c := range list[i].Claims {
				if id := c.Value.Entity(); c.Property == p.Name && slices.Contains(ids, id) {
					r.subjects[id] = all[id]
				}
			}
		}
	}
	return err
}

// onlyDenied finds the relations of which only denials are left.
func (r *changeReading) onlyDenied(all map[graph.EntityID]*changed) error {
	for _, kind := range relationKinds(r.to.Ontology()) {
		list, err := r.scope.relations(r.ctx, graph.RelationQuery{Kind: kind, Denied: true})
		if err != nil {
			return err
		}
		for _, rel := range list {
			if c := all[rel.ID]; c != nil && c.standing.ID.IsZero() {
				c.standing, r.subjects[rel.ID] = rel, c
			}
		}
	}
	return nil
}

func relational(o *graph.Ontology, kind string) bool {
	k := o.Kind(kind)
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
	for c := range claimed(of) {
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
		if filled := fillers(of, p.Name); len(filled) > 0 {
			return s.partiesOf(of, p.Name, filled)
		}
	}
	return nil
}

// fillers are those of a role, whether they stand or are only denied.
func fillers(of *graph.Standing, role string) (list []graph.EntityID) {
	for c := range claimed(of) {
		if c.Property == role {
			list = append(list, c.Value.Entity())
		}
	}
	return list
}

// partiesOf are the parties among who fills a role, or for whom they stand.
func (s *scope) partiesOf(of *graph.Standing, role string, filled []graph.EntityID) (list []graph.EntityID) {
	for _, id := range filled {
		if s.whole || slices.Contains(s.parties, id) {
			list = append(list, id)
			continue
		}
		for _, f := range of.Through {
			if f.Role == role && f.Entity == id {
				list = append(list, f.For)
			}
		}
	}
	return sorted(list)
}
