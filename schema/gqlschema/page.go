package gqlschema

import (
	"context"

	"github.com/parleydb/parley/graph"
)

// lazy is a value that is made when it is first asked for.
type lazy[T any] struct {
	made  bool
	value T
	err   error
}

func (l *lazy[T]) get(load func() (T, error)) (T, error) {
	if !l.made {
		l.value, l.err = load()
		l.made = true
	}
	return l.value, l.err
}

// page is entities that are read together at one view. It serves one operation.
type page struct {
	b    *builder
	view graph.View
	ids  []graph.EntityID // each once
	has  map[graph.EntityID]bool

	names     lazy[map[graph.EntityID]graph.Named]
	entities  map[graph.EntityID]graph.Entity // read with the states, or nil
	documents lazy[map[graph.EntityID]graph.Document]
	standIns  lazy[map[graph.EntityID][]standIn] // who stands for the entities
	betters   lazy[map[graph.EntityID][]standIn] // for whom they stand
	throughs  lazy[map[graph.EntityID][]standIn]
	states    lazy[map[graph.EntityID]*graph.Standing]
	claims    lazy[*claimList]
	fillers   map[string]*page          // by role
	lists     map[string]*lazy[listing] // relations that the entities take part in, by what was asked
}

// node is one entity of a page: what the types of entities resolve from.
type node struct {
	page *page
	id   graph.EntityID
}

func (b *builder) page(v graph.View, ids []graph.EntityID) *page {
	p := &page{b: b, view: v, has: make(map[graph.EntityID]bool, len(ids)), fillers: map[string]*page{}, lists: map[string]*lazy[listing]{}}
	for _, id := range ids {
		if !p.has[id] {
			p.has[id] = true
			p.ids = append(p.ids, id)
		}
	}
	return p
}

// pageOf is the page of what was read already.
func (b *builder) pageOf(v graph.View, list []graph.Standing) *page {
	ids := make([]graph.EntityID, len(list))
	states := make(map[graph.EntityID]*graph.Standing, len(list))
	entities := make(map[graph.EntityID]graph.Entity, len(list))
	for i := range list {
		s := &list[i]
		ids[i], states[s.ID], entities[s.ID] = s.ID, s, s.Entity
	}
	p := b.page(v, ids)
	p.states = lazy[map[graph.EntityID]*graph.Standing]{made: true, value: states}
	p.entities = entities
	return p
}

// nodes gives the page's entities in order.
func (p *page) nodes() []node { return p.pick(p.ids) }

func (p *page) pick(ids []graph.EntityID) []node {
	list := make([]node, len(ids))
	for i, id := range ids {
		list[i] = node{p, id}
	}
	return list
}

// named is an entity of the page with what it is called at the view.
func (p *page) named(ctx context.Context, id graph.EntityID) (graph.Named, error) {
	names, err := p.names.get(func() (map[graph.EntityID]graph.Named, error) {
		list, err := p.view.Named(ctx, p.ids, requestOf(ctx).Languages...)
		names := make(map[graph.EntityID]graph.Named, len(list))
		for i, n := range list {
			names[p.ids[i]] = n
		}
		return names, err
	})
	return names[id], err
}

// label is what an entity of the page is called at the view.
func (p *page) label(ctx context.Context, id graph.EntityID) (string, error) {
	n, err := p.named(ctx, id)
	return n.Label, err
}

// entity is the identity and kind of an entity of the page; only its id is set
// where the view does not show it.
func (p *page) entity(ctx context.Context, id graph.EntityID) (graph.Entity, error) {
	if e, ok := p.entities[id]; ok {
		return e, nil
	}
	n, err := p.named(ctx, id)
	n.ID = id
	return n.Entity, err
}

// document is what is known of an entity of the page that is a document.
func (p *page) document(ctx context.Context, id graph.EntityID) (graph.Document, error) {
	documents, err := p.documents.get(func() (map[graph.EntityID]graph.Document, error) {
		var ids []graph.EntityID
		for _, id := range p.ids {
			if e, err := p.entity(ctx, id); err != nil {
				return nil, err
			} else if e.Kind == graph.KindDocument {
				ids = append(ids, id)
			}
		}
		list, err := p.view.Documents(ctx, ids)
		documents := make(map[graph.EntityID]graph.Document, len(list))
		for _, d := range list {
			documents[d.ID] = d
		}
		return documents, err
	})
	return documents[id], err
}

// standing is the state of an entity of the page; it has no claims where the
// view does not show it.
func (p *page) standing(ctx context.Context, id graph.EntityID) (*graph.Standing, error) {
	states, err := p.states.get(func() (map[graph.EntityID]*graph.Standing, error) {
		list, err := p.view.States(ctx, p.ids)
		states := make(map[graph.EntityID]*graph.Standing, len(list))
		for i := range list {
			states[list[i].ID] = &list[i]
		}
		return states, err
	})
	if s := states[id]; s != nil {
		return s, err
	}
	return &graph.Standing{Entity: graph.Entity{ID: id}}, err
}

// filling is the page of all entities that fill a role of the page's entities.
func (p *page) filling(ctx context.Context, role string) (*page, error) {
	if below := p.fillers[role]; below != nil {
		return below, nil
	}
	var ids []graph.EntityID
	for _, id := range p.ids {
		s, err := p.standing(ctx, id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, fillersOf(s, role)...)
	}
	p.fillers[role] = p.b.page(p.view, ids)
	return p.fillers[role], nil
}

// fillersOf lists what fills a role, the headline first, each entity once.
func fillersOf(s *graph.Standing, role string) (ids []graph.EntityID) {
	seen := map[graph.EntityID]bool{}
	for _, c := range s.All(role) {
		if id := c.Value.Entity(); !id.IsZero() && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// claimsOf is the list of all claims about the page's entities that stand.
func (p *page) claimsOf(ctx context.Context) (*claimList, error) {
	return p.claims.get(func() (*claimList, error) {
		var all []graph.Claim
		for _, id := range p.ids {
			s, err := p.standing(ctx, id)
			if err != nil {
				return nil, err
			}
			all = append(all, s.Claims...)
		}
		return p.b.claimList(p.view, all), nil
	})
}

// fill lists what fills a role of the node.
func (n node) fill(ctx context.Context, role string) ([]node, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	below, err := n.page.filling(ctx, role)
	if err != nil {
		return nil, err
	}
	return below.pick(fillersOf(s, role)), nil
}

// evidence gives what live assertions say of the node's claims, once for each
// assertion. What a relation is called does not count: who gives it a name
// need not know anything of it.
func (n node) evidence(ctx context.Context) (*said, []*graph.Evidence, error) {
	return n.evidenceOf(ctx, "")
}

// evidenceOf is the evidence of one property, "" of all.
func (n node) evidenceOf(ctx context.Context, property string) (*said, []*graph.Evidence, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, nil, err
	}
	list, err := n.page.claimsOf(ctx)
	if err != nil {
		return nil, nil, err
	}
	heard, err := list.said(ctx)
	if err != nil {
		return nil, nil, err
	}
	k := n.page.b.ontology.Kind(s.Kind)
	var all []*graph.Evidence
	for _, c := range s.Claims {
		called := k != nil && k.Relation && (c.Property == graph.PropertyName || c.Property == graph.PropertyAlias)
		if c.Property == property || property == "" && !called {
			all = append(all, heard.of[c.ID]...)
		}
	}
	return heard, heard.once(all), nil
}
