package gqlschema

import (
	"context"
	"errors"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// rootNode finds whatever has an id: an entity, a claim or an assertion. It has
// no point, since Relay fetches again through a field that takes an id alone;
// nodes has one.
func (b *builder) rootNode() *graphql.Field {
	f := field(b.node, "Whatever has this id: an entity, a claim, an assertion; as all that is known has it. For another point use nodes.", func(p graphql.ResolveParams) (any, error) {
		if err := p.Context.Err(); err != nil {
			return nil, err
		}
		id, _ := p.Args["id"].(string)
		return b.nodeAt(p.Context, b.at(p.Context, graph.Point{Clearance: requestOf(p.Context).point().Clearance}), "id", id)
	})
	return with(f, graphql.FieldConfigArgument{"id": {Type: must(graphql.ID).(graphql.Input)}})
}

// rootNodes finds several at once; one that there is not is null.
func (b *builder) rootNodes() *graphql.Field {
	args := graphql.FieldConfigArgument{"ids": {Type: must(graphql.NewList(must(graphql.ID))).(graphql.Input)}}
	return b.root(must(graphql.NewList(b.node)), "Whatever has these ids, in order; nothing in the place of what the point does not show.", args,
		func(p graphql.ResolveParams, v graph.View) (any, error) {
			return b.nodesAt(p.Context, v, words(p.Args["ids"]))
		})
}

// nodesAt looks entities up together, and the rest one by one.
func (b *builder) nodesAt(ctx context.Context, v graph.View, given []string) ([]any, error) {
	ids := make([]graph.EntityID, len(given))
	for i, s := range given {
		id, err := graph.ParseEntityID(s)
		if err != nil {
			return nil, newFault(codeInput, fmt.Sprintf("ids[%d]: %q is not an id", i, clip(s)), nil)
		}
		ids[i] = id
	}
	pg := b.page(v, ids)
	list := make([]any, len(given))
	for i, id := range ids {
		n, err := pg.named(ctx, id)
		if err != nil {
			return nil, err
		}
		if n.Shown {
			list[i] = node{pg, id}
			continue
		}
		found, err := b.statementAt(ctx, v, given[i])
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			return nil, err
		}
		list[i] = found
	}
	return list, nil
}

func (b *builder) nodeAt(ctx context.Context, v graph.View, arg, given string) (any, error) {
	ref, err := refIn(arg, given)
	if err != nil {
		return nil, err
	}
	e, err := v.Entity(ctx, ref)
	if err == nil {
		return node{b.page(v, []graph.EntityID{e.ID}), e.ID}, nil
	}
	if !errors.Is(err, graph.ErrNotFound) {
		return nil, err
	}
	return b.statementAt(ctx, v, given)
}

// statementAt finds a claim or an assertion.
func (b *builder) statementAt(ctx context.Context, v graph.View, given string) (any, error) {
	id, err := graph.ParseClaimID(given)
	if err != nil {
		return nil, err
	}
	c, err := v.Claim(ctx, id)
	if err == nil {
		return b.claimList(v, []graph.Claim{c}).those([]graph.Claim{c})[0], nil
	}
	if !errors.Is(err, graph.ErrNotFound) {
		return nil, err
	}
	return b.assertionAt(ctx, v, graph.AssertionID(id))
}

// assertionAt finds the newest record of an assertion with what it says of its
// first claim.
func (b *builder) assertionAt(ctx context.Context, v graph.View, id graph.AssertionID) (any, error) {
	a, err := v.Assertion(ctx, id)
	if err != nil {
		return nil, err
	}
	said, err := sayingsOf(ctx, v, &a)
	if err != nil {
		return nil, err
	}
	for _, s := range said {
		_, history, err := v.HistoryOf(ctx, s.Subject, s.Property)
		if err != nil {
			return nil, err
		}
		var newest []graph.Evidence
		for _, e := range history {
			if e.Assertion.ID == id && e.Recorded == a.Recorded {
				newest = append(newest, e)
			}
		}
		if len(newest) > 0 {
			records, err := b.records(ctx, v, newest[:1])
			return records[0], err
		}
	}
	return nil, fmt.Errorf("%w: assertion %s", graph.ErrNotFound, id)
}

// sayingsOf is what an assertion says.
func sayingsOf(ctx context.Context, v graph.View, a *graph.Assertion) ([]graph.Saying, error) {
	for account, err := range v.Assertions(ctx, a.Document) {
		if err != nil {
			return nil, err
		}
		if account.Assertion.ID == a.ID {
			return account.Claims, nil
		}
	}
	return nil, nil
}
