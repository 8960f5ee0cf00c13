package gqlschema

import (
	"context"

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

// standIns gives representatives together with all whom they name.
func (b *builder) standIns(v graph.View, list []graph.Representative) []standIn {
	ids := make([]graph.EntityID, 0, 4*len(list))
	for _, r := range list {
		ids = append(ids, r.Entity, r.For)
		for _, t := range r.Path {
			ids = append(ids, t.Agent, t.Principal, t.Relation)
		}
	}
	people := b.page(v, ids)
	all := make([]standIn, len(list))
	for i := range list {
		all[i] = standIn{people: people, Representative: &list[i]}
	}
	return all
}

// representatives lists who stands for the node. They are read for all nodes
// of its page at once.
func (n node) representatives(ctx context.Context) (any, error) {
	found, err := n.page.standIns.get(func() (map[graph.EntityID][]graph.Representative, error) {
		return n.page.view.Representatives(ctx, n.page.ids)
	})
	return n.page.b.standIns(n.page.view, found[n.id]), err
}

// through tells who fills a role of a relation for somebody that was asked for.
func (n node) through(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	list := make([]graph.Representative, len(s.Through))
	for i, f := range s.Through {
		list[i] = f.Representative
	}
	all := n.page.b.standIns(n.page.view, list)
	for i := range all {
		all[i].role = s.Through[i].Role
	}
	return all, nil
}
