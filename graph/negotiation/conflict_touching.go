package negotiation

import (
	"slices"

	"github.com/parleydb/parley/graph"
)

// touching keeps the conflicts that are on one of the issues and with one of
// the parties that are asked for.
func (g *gathering) touching(list []Conflict) ([]Conflict, error) {
	if len(g.q.Issues)+len(g.q.Parties) == 0 || len(list) == 0 {
		return list, nil
	}
	t := touched{q: g.q}
	if err := t.read(g, list); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c Conflict) bool { return !t.by(&c) }), nil
}

// touched is what tells on which issues and with which parties conflicts are.
type touched struct {
	q      *ConflictQuery
	things map[graph.EntityID]*graph.Standing  // whenever they stand
	parts  map[graph.EntityID][]graph.EntityID // of which instruments something is a part
	taking map[graph.EntityID]bool             // relations in which a party takes part, or somebody for it
}

// read reads what conflicts are about, what their sides are, and of what is
// part of an instrument, such as a deadline, the instrument.
func (t *touched) read(g *gathering, list []Conflict) error {
	s := *g.scope
	s.v = g.v.On(graph.Interval{})
	t.things, t.parts, t.taking = map[graph.EntityID]*graph.Standing{}, map[graph.EntityID][]graph.EntityID{}, map[graph.EntityID]bool{}
	var ids []graph.EntityID
	for i := range list {
		ids = append(ids, statements(&list[i])...)
	}
	for i := range g.stand {
		if one := &g.stand[i]; len(one.Claims) == 0 { // denied: no point shows it
			t.things[one.ID] = one
		}
	}
	parts, err := t.readThings(g, &s, ids)
	if err == nil {
		_, err = t.readThings(g, &s, parts)
	}
	if err != nil || len(t.q.Parties) == 0 {
		return err
	}
	return t.readTaking(g, &s)
}

// readThings reads things, and lists the instruments of which they are parts.
func (t *touched) readThings(g *gathering, s *scope, ids []graph.EntityID) (parts []graph.EntityID, err error) {
	states, err := s.v.States(g.ctx, sorted(slices.DeleteFunc(ids, graph.EntityID.IsZero)))
	for i := range states {
		one := &states[i]
		t.things[one.ID], t.parts[one.ID] = one, instrumentsIn(s.v, one)
		parts = append(parts, t.parts[one.ID]...)
	}
	return parts, err
}

// statements are what a conflict is about and what its sides are.
func statements(c *Conflict) []graph.EntityID {
	ids := []graph.EntityID{c.Subject}
	for i := range c.Sides {
		ids = append(ids, c.Sides[i].Relation)
	}
	return ids
}

// instrumentsIn are the instruments of which something is a part.
func instrumentsIn(v graph.View, s *graph.Standing) (ids []graph.EntityID) {
	for _, c := range slices.Concat(s.Claims, s.Denied) {
		if p := v.Ontology().Property(s.Kind, c.Property); p != nil && !p.Role && takes(p, kindInstrument) {
			ids = append(ids, c.Value.Entity())
		}
	}
	return ids
}

// readTaking finds the relations in which a party takes part, or somebody for it.
func (t *touched) readTaking(g *gathering, s *scope) error {
	by := map[string][]graph.Standing{}
	for _, thing := range t.things {
		if k := s.v.Ontology().Kind(thing.Kind); k != nil && k.Relation {
			by[k.Name] = append(by[k.Name], *thing)
		}
	}
	for kind, list := range by {
		found, err := s.takingPart(g.ctx, graph.RelationQuery{Kind: kind, Denied: true}, list, t.q.Parties)
		if err != nil {
			return err
		}
		for i := range found {
			t.taking[found[i].ID] = true
		}
	}
	return nil
}

// by tells whether a conflict is on an issue and with a party that are asked for.
func (t *touched) by(c *Conflict) bool {
	of := statements(c)
	for _, id := range of {
		of = append(of, t.parts[id]...)
	}
	return t.among(of, t.q.Issues) && (t.among(of, t.q.Parties) ||
		slices.ContainsFunc(of, func(id graph.EntityID) bool { return t.taking[id] }))
}

// among tells whether one of several things is, or names, one that is asked for.
func (t *touched) among(of, asked []graph.EntityID) bool {
	return len(asked) == 0 || slices.ContainsFunc(of, func(id graph.EntityID) bool {
		return slices.Contains(asked, id) || (t.things[id] != nil && names(t.things[id], asked))
	})
}

// names tells whether a statement about something, denied or not, names one of several.
func names(s *graph.Standing, asked []graph.EntityID) bool {
	return slices.ContainsFunc(slices.Concat(s.Claims, s.Denied), func(c graph.Claim) bool { return slices.Contains(asked, c.Value.Entity()) })
}
