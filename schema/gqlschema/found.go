package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// found is what an answer is told with: the entities that it names, and what it
// rests on. Each is read once, when it is first asked for.
type found struct {
	b        *builder
	view     graph.View
	ids      []graph.EntityID
	evidence []graph.Evidence

	page  lazy[*page]
	heard lazy[*said]
}

func (t *talk) found() *found { return &found{b: t.b, view: t.view} }

// name notes entities that the answer names.
func (f *found) name(ids ...graph.EntityID) {
	for _, id := range ids {
		if !id.IsZero() {
			f.ids = append(f.ids, id)
		}
	}
}

// hear notes what a part of the answer rests on.
func (f *found) hear(evidence []graph.Evidence, roots []graph.Root) {
	f.evidence = append(f.evidence, evidence...)
	for _, r := range roots {
		f.name(r.Entity, r.Document)
	}
}

func (f *found) named() *page {
	p, _ := f.page.get(func() (*page, error) { return f.b.page(f.view, f.ids), nil })
	return p
}

// node is an entity that the answer names, or nothing.
func (f *found) node(id graph.EntityID) any {
	if id.IsZero() {
		return nil
	}
	return node{f.named(), id}
}

// nodes are entities that the answer names; a zero id is left out.
func (f *found) nodes(ids []graph.EntityID) []node {
	list := make([]node, 0, len(ids))
	for _, id := range ids {
		if !id.IsZero() {
			list = append(list, node{f.named(), id})
		}
	}
	return list
}

func (f *found) said(ctx context.Context) (*said, error) {
	return f.heard.get(func() (*said, error) { return f.b.said(ctx, f.view, f.evidence) })
}

// sources tells where evidence of the answer comes from.
func (f *found) sources(ctx context.Context, evidence ...[]graph.Evidence) (any, error) {
	heard, err := f.said(ctx)
	if err != nil {
		return nil, err
	}
	var list []*graph.Evidence
	for _, part := range evidence {
		for i := range part {
			list = append(list, &part[i])
		}
	}
	return heard.sources(heard.once(list)), nil
}

// roots tells who or what is at the root of evidence.
func (f *found) roots(ctx context.Context, roots []graph.Root) (any, error) {
	list := make([]speaker, len(roots))
	for i, r := range roots {
		switch {
		case !r.Entity.IsZero():
			list[i].node = &node{f.named(), r.Entity}
		case r.Publisher != "":
			list[i].name = r.Publisher
		default:
			label, err := f.named().label(ctx, r.Document)
			if err != nil {
				return nil, err
			}
			list[i].name = label
		}
	}
	return list, nil
}

// The fields that parts of answers have in common.

func (b *builder) sourcesField(resolve graphql.FieldResolveFn) *graphql.Field {
	return field(listOf(b.source), "Who says so, the newest said first.", resolve)
}

func (b *builder) rootsField(resolve graphql.FieldResolveFn) *graphql.Field {
	return field(listOf(b.speaker), "The root origins, each once, however many relay it.", resolve)
}
