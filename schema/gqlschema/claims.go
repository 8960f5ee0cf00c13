package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// claimList is claims that are read together with what they rest on.
type claimList struct {
	b      *builder
	view   graph.View
	claims []graph.Claim
	heard  lazy[*said]
	refs   lazy[*page]
}

// claim is one claim of a list: what the type Claim resolves from.
type claim struct {
	list *claimList
	*graph.Claim
}

func (b *builder) claimList(v graph.View, claims []graph.Claim) *claimList {
	return &claimList{b: b, view: v, claims: claims}
}

// said is what live assertions say of the claims.
func (l *claimList) said(ctx context.Context) (*said, error) {
	return l.heard.get(func() (*said, error) {
		list, err := l.view.Evidence(ctx, l.claims)
		if err != nil {
			return nil, err
		}
		return l.b.said(ctx, l.view, list)
	})
}

// values is the page of the entities that the claims point to.
func (l *claimList) values() *page {
	p, _ := l.refs.get(func() (*page, error) {
		var ids []graph.EntityID
		for _, c := range l.claims {
			if id := c.Value.Entity(); !id.IsZero() {
				ids = append(ids, id)
			}
		}
		return l.b.page(l.view, ids), nil
	})
	return p
}

// those gives the claims as the type Claim wants them.
func (l *claimList) those(claims []graph.Claim) []claim {
	list := make([]claim, len(claims))
	for i := range claims {
		list[i] = claim{l, &claims[i]}
	}
	return list
}

// text is the claim's value as people read it.
func (c claim) text(ctx context.Context) (string, error) {
	if id := c.Value.Entity(); !id.IsZero() {
		return c.list.values().label(ctx, id)
	}
	return c.Value.String(), nil
}

func (c claim) evidence(ctx context.Context) (*said, []*graph.Evidence, error) {
	heard, err := c.list.said(ctx)
	if err != nil {
		return nil, nil, err
	}
	return heard, heard.of[c.ID], nil
}

// defineClaim makes the type of claims.
func (b *builder) defineClaim() {
	b.claim = object("Claim", "A statement: a subject, a property, a value and a start, with what its live assertions make of it.", func() graphql.Fields {
		return graphql.Fields{
			"id":         field(must(graphql.ID), "Its id, which says what it says.", plain(func(c claim) any { return c.ID.String() })),
			"subject":    field(must(graphql.ID), "What it is about.", plain(func(c claim) any { return c.Subject.String() })),
			"property":   field(must(graphql.String), "What is stated.", plain(func(c claim) any { return c.Property })),
			"type":       field(must(graphql.String), "The type of the value.", plain(func(c claim) any { return c.Value.Type().String() })),
			"value":      field(must(graphql.String), "The value as text: the label, where it is an entity.", fetch(func(c claim, ctx context.Context) (any, error) { return c.text(ctx) })),
			"entity":     field(b.entity, "The entity that the value points to.", plain(claim.entity)),
			"language":   field(locale, "The language of a text (BCP 47).", plain(func(c claim) any { return stated(c.Value.Language()) })),
			"date":       field(edtfScalar, "When it holds, in EDTF.", plain(func(c claim) any { return stated(c.Date()) })),
			"class":      field(must(graphql.String), "EVENT, STATE or TIMELESS.", plain(func(c claim) any { return c.Class.String() })),
			"occurrence": field(graphql.String, "Its number, where a source numbers its events.", plain(func(c claim) any { return stated(c.Occurrence) })),
			"live":       field(must(graphql.Boolean), "Whether any live assertion is about it; nothing else does it rest on.", fetch(claim.live)),
			"truth":      field(must(graphql.String), "HELD, CONTESTED or DENIED; without live assertions DENIED.", plain(func(c claim) any { return c.Truth.String() })),
			"conflict":   field(must(graphql.Boolean), "Whether its assertions disagree about its end.", plain(func(c claim) any { return c.Conflict })),
			"rank":       field(must(graphql.String), "The best rank of its assertions.", plain(func(c claim) any { return c.Rank.String() })),
			"sources":    field(listOf(b.source), "Who says so, the newest said first.", fetch(claim.sources)),
			"assertions": field(listOf(b.assertion), "The live assertions on it.", fetch(claim.assertions)),
			"history":    field(listOf(b.assertion), "Every record of it, retracted ones too, in the order of recording.", fetch(claim.history)),
		}
	}, b.node)
}

func (c claim) entity() any {
	if id := c.Value.Entity(); !id.IsZero() {
		return node{c.list.values(), id}
	}
	return nil
}

func (c claim) live(ctx context.Context) (any, error) {
	_, list, err := c.evidence(ctx)
	return len(list) > 0, err
}

func (c claim) sources(ctx context.Context) (any, error) {
	heard, list, err := c.evidence(ctx)
	if err != nil {
		return nil, err
	}
	return heard.sources(list), nil
}

func (c claim) assertions(ctx context.Context) (any, error) {
	heard, list, err := c.evidence(ctx)
	if err != nil {
		return nil, err
	}
	assertions := make([]source, len(list))
	for i, e := range list {
		assertions[i] = source{said: heard, Evidence: e}
	}
	return assertions, nil
}

func (c claim) history(ctx context.Context) (any, error) {
	list, err := c.list.view.History(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return c.list.b.records(ctx, c.list.view, list)
}

// records are pieces of evidence in the order given.
func (b *builder) records(ctx context.Context, v graph.View, list []graph.Evidence) ([]source, error) {
	heard, err := b.said(ctx, v, list)
	if err != nil {
		return nil, err
	}
	sources := make([]source, len(list))
	for i := range list {
		sources[i] = source{said: heard, Evidence: &list[i]}
	}
	return sources, nil
}
