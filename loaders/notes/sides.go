package notes

import (
	"context"
	"errors"
	"slices"

	"github.com/parleydb/parley/graph"
)

// sides is whom somebody stands for, as the files of the load say it.
type sides struct {
	drafts  []*graph.Draft // not settled yet
	pairs   [][2]graph.Ref // not settled yet: who, for whom
	members []graph.Ref    // not settled yet: parties of negotiations
	of      map[string][]string
	party   map[string]bool
}

// storedSides is whom an entity of the database stands for, and whether it is
// a party of a negotiation.
type storedSides struct {
	sides []string
	party bool
}

// settle finds out which references are the same entity.
func (s *sides) settle(ctx context.Context, n *Names) error {
	if s.of == nil {
		s.of, s.party = map[string][]string{}, map[string]bool{}
	}
	for _, d := range s.drafts {
		n.sidesOfDraft(d)
	}
	for _, p := range s.pairs {
		who, err := n.identity(ctx, p[0])
		whom, also := n.identity(ctx, p[1])
		if err := errors.Join(err, also); err != nil {
			return err
		}
		s.of[who] = append(s.of[who], whom)
	}
	for _, m := range s.members {
		id, err := n.identity(ctx, m)
		if err != nil {
			return err
		}
		s.party[id] = true
	}
	s.drafts, s.pairs, s.members = nil, nil, nil
	return nil
}

// addSides takes up a statement, whose names are looked up, that may say
// something of sides.
func (n *Names) addSides(s *graph.Statement) {
	d := s.Draft
	if d == nil {
		return
	}
	of := func(k stand) bool { return d.Relation != nil && d.Relation.Kind == k.kind }
	if of(parties) || slices.ContainsFunc(standing, of) || slices.ContainsFunc(direct, of) ||
		slices.ContainsFunc(d.Links, func(l graph.Link) bool { return sideProperty(l.Property) }) {
		n.sides.drafts = append(n.sides.drafts, d)
	}
}

// sidesOfDraft reads it when all kinds are known.
func (n *Names) sidesOfDraft(d *graph.Draft) {
	if r := d.Relation; r != nil && !r.Deny {
		n.sidesOfRelation(r)
	}
	bySubject := map[graph.Ref]*graph.Relation{}
	for i := range d.Links {
		l := &d.Links[i]
		if l.Value.Type() != graph.Reference || l.Deny {
			continue
		}
		r := bySubject[l.Subject]
		if r == nil {
			r = &graph.Relation{Key: l.Subject.Key}
			if d := n.declared[l.Subject.Key]; d != nil {
				r.Kind = d.kind
			}
			bySubject[l.Subject] = r
		}
		r.Fields = append(r.Fields, graph.Field{Name: l.Property, Values: []graph.Filler{{Value: l.Value}}})
	}
	for _, r := range bySubject {
		n.sidesOfRelation(r)
	}
}

func (n *Names) sidesOfRelation(r *graph.Relation) {
	for _, s := range standing {
		if s.kind != r.Kind {
			continue
		}
		for _, who := range fillers(r, s.from) {
			for _, whom := range fillers(r, s.to) {
				n.sides.pairs = append(n.sides.pairs, [2]graph.Ref{who, whom})
			}
		}
	}
	for _, s := range direct {
		if s.kind == r.Kind && !r.Key.IsZero() {
			for _, whom := range fillers(r, s.to) {
				n.sides.pairs = append(n.sides.pairs, [2]graph.Ref{{Key: r.Key}, whom})
			}
		}
	}
	if r.Kind == parties.kind {
		n.sides.members = append(n.sides.members, fillers(r, parties.from)...)
	}
}

// fillers are the entities that fill a role; one that is described in place
// counts as those that it stands for itself.
func fillers(r *graph.Relation, role string) []graph.Ref {
	var list []graph.Ref
	for _, f := range r.Fields {
		if f.Name != role {
			continue
		}
		for _, v := range f.Values {
			switch {
			case v.Inline == nil:
				list = append(list, v.Value.Ref())
			default:
				if i := slices.IndexFunc(direct, func(s stand) bool { return s.kind == v.Inline.Kind }); i >= 0 {
					list = append(list, fillers(v.Inline, direct[i].to)...)
				}
			}
		}
	}
	return list
}

// inStoreSides asks the database.
func (n *Names) inStoreSides(ctx context.Context, who string) (storedSides, error) {
	id, err := graph.ParseEntityID(who)
	if n.view == nil || err != nil {
		return storedSides{}, nil
	}
	if s, ok := n.stands[who]; ok {
		return s, nil
	}
	var s storedSides
	for e, err := range n.view.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)}) {
		if err != nil {
			return s, err
		}
		if err := n.edge(ctx, &e, &s); err != nil {
			return s, err
		}
	}
	n.stands[who] = s
	return s, nil
}

// edge takes up what one edge of an entity says of its sides.
func (n *Names) edge(ctx context.Context, e *graph.Edge, s *storedSides) error {
	owner := e.Other
	if e.Out {
		owner = e.Entity
	}
	if !sideProperty(e.Property) {
		return nil
	}
	subject, err := n.view.Find(ctx, graph.ByID(owner))
	if err != nil {
		return err
	}
	if e.Out {
		if slices.Contains(direct, stand{subject.Kind, "", e.Property}) {
			s.sides = append(s.sides, e.Other.String())
		}
		return nil
	}
	s.party = s.party || subject.Kind == parties.kind && e.Property == parties.from
	for _, rule := range standing {
		if rule.kind != subject.Kind || rule.from != e.Property {
			continue
		}
		for c, err := range n.view.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(owner), Properties: []string{rule.to}}) {
			if err != nil {
				return err
			}
			s.sides = append(s.sides, c.Value.Entity().String())
		}
	}
	return nil
}

func sideProperty(p string) bool {
	return p == parties.from || slices.ContainsFunc(standing, func(s stand) bool { return s.from == p }) ||
		slices.ContainsFunc(direct, func(s stand) bool { return s.to == p })
}
