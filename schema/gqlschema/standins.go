package gqlschema

import (
	"bytes"
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// standIn is somebody who stands for somebody else: what Representative and
// Filling resolve from.
type standIn struct {
	people *page // of all that it names
	role   string
	*graph.Representative
}

// link is one tie of a path.
type link struct {
	people *page
	*graph.Tie
}

// defineStandIns makes the types of who stands for whom.
func (b *builder) defineStandIns() {
	b.tie = object("Tie", "One step of who stands for whom.", func() graphql.Fields {
		return graphql.Fields{
			"agent":     field(must(b.entity), "", plain(func(t link) any { return node{t.people, t.Agent} })),
			"principal": field(must(b.entity), "", plain(func(t link) any { return node{t.people, t.Principal} })),
			"relation":  field(must(b.entity), "What says so; of an office and its body the office.", plain(func(t link) any { return node{t.people, t.Relation} })),
			"from":      field(dateTime, "First instant; nothing where that is open or unknown.", plain(func(t link) any { return instant(t.During.From) })),
			"until":     field(dateTime, "First instant after it.", plain(func(t link) any { return instant(t.During.To) })),
		}
	})
	fields := func() graphql.Fields {
		return graphql.Fields{
			"entity": field(must(b.entity), "Who stands for somebody.", plain(func(s standIn) any { return node{s.people, s.Entity} })),
			"for":    field(must(b.entity), "For whom.", plain(func(s standIn) any { return node{s.people, s.For} })),
			"from":   field(dateTime, "First instant at which every tie is in force; nothing where that is open or unknown.", plain(func(s standIn) any { return instant(s.During.From) })),
			"until":  field(dateTime, "First instant after it.", plain(func(s standIn) any { return instant(s.During.To) })),
			"path":   field(listOf(b.tie), "From who stands to for whom.", plain(standIn.path)),
		}
	}
	b.representative = object("Representative", "Somebody who stands for a party, and how.", fields)
	b.filling = object("Filling", "Somebody who fills a role for somebody else.", func() graphql.Fields {
		all := fields()
		all["role"] = field(must(graphql.String), "", plain(func(s standIn) any { return s.role }))
		return all
	})
}

func (s standIn) path() any {
	list := make([]link, len(s.Path))
	for i := range s.Path {
		list[i] = link{s.people, &s.Path[i]}
	}
	return list
}

// people is the page of all whom representatives name.
func (b *builder) people(v graph.View, lists map[graph.EntityID][]standIn) {
	var ids []graph.EntityID
	for _, list := range lists {
		for _, r := range list {
			ids = append(ids, r.Entity, r.For)
			for _, t := range r.Path {
				ids = append(ids, t.Agent, t.Principal, t.Relation)
			}
		}
	}
	slices.SortFunc(ids, func(a, b graph.EntityID) int { return bytes.Compare(a[:], b[:]) })
	people := b.page(v, ids)
	for _, list := range lists {
		for i := range list {
			list[i].people = people
		}
	}
}

// representatives lists who stands for the node. They are read for all nodes
// of its page at once.
func (n node) representatives(ctx context.Context) (any, error) {
	return n.page.ties(ctx, &n.page.standIns, n.page.view.Representatives, n.id)
}

// standsFor lists for whom the node stands, likewise.
func (n node) standsFor(ctx context.Context) (any, error) {
	return n.page.ties(ctx, &n.page.betters, n.page.view.Principals, n.id)
}

func (pg *page) ties(ctx context.Context, kept *lazy[map[graph.EntityID][]standIn],
	read func(context.Context, []graph.EntityID) (map[graph.EntityID][]graph.Representative, error), id graph.EntityID) (any, error) {
	found, err := kept.get(func() (map[graph.EntityID][]standIn, error) {
		lists, err := read(ctx, pg.ids)
		if err != nil {
			return nil, err
		}
		all := map[graph.EntityID][]standIn{}
		for id, list := range lists {
			for i := range list {
				all[id] = append(all[id], standIn{Representative: &list[i]})
			}
		}
		pg.b.people(pg.view, all)
		return all, nil
	})
	return slices.Clip(found[id]), err
}

// through tells who fills a role of a relation for somebody that was asked for.
func (n node) through(ctx context.Context) (any, error) {
	pg := n.page
	found, err := pg.throughs.get(func() (map[graph.EntityID][]standIn, error) {
		all := map[graph.EntityID][]standIn{}
		for _, id := range pg.ids {
			s, err := pg.standing(ctx, id)
			if err != nil {
				return nil, err
			}
			for i := range s.Through {
				f := &s.Through[i]
				all[id] = append(all[id], standIn{role: f.Role, Representative: &f.Representative})
			}
		}
		pg.b.people(pg.view, all)
		return all, nil
	})
	return slices.Clip(found[n.id]), err
}
