package gqlschema

import (
	"context"
	"slices"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// told is a transaction as its reader may see it: what the type Transaction
// resolves from. The view is of that transaction.
type told struct {
	b    *builder
	view graph.View
	graph.Transaction
	claims lazy[[]claim]
}

func (b *builder) told(t graph.Transaction, clearance graph.Marking) *told {
	return &told{b: b, view: b.db.At(graph.Point{KnownOn: t.TS, Clearance: clearance}), Transaction: t}
}

// transactionType is the type of what one transaction did.
func (b *builder) transactionType() *graphql.Object {
	if made := b.made["Transaction"]; made != nil {
		return made.(*graphql.Object)
	}
	closing := object("Closing", "The end of an assertion's record.", func() graphql.Fields {
		return graphql.Fields{
			"assertion": field(must(graphql.ID), "", plain(func(c graph.Closing) any { return c.Assertion.String() })),
			"why":       field(must(graphql.String), "RETRACT, CORRECT or JUDGE.", plain(func(c graph.Closing) any { return string(c.Why) })),
			"instead": field(graphql.ID, "The assertion that took its place.", plain(func(c graph.Closing) any {
				if c.Instead.IsZero() {
					return nil
				}
				return c.Instead.String()
			})),
		}
	})
	made := object("Transaction", "What one transaction did, as far as its reader may see it.", func() graphql.Fields {
		return graphql.Fields{
			"id":        field(must(graphql.String), "tx:NUMBER, for knownOn.", plain(func(t *told) any { return graph.FormatTS(t.TS) })),
			"at":        field(must(dateTime), "", plain(func(t *told) any { return t.TS.Time().UTC().Format(time.RFC3339Nano) })),
			"author":    field(graphql.String, "", plain(func(t *told) any { return stated(t.Author) })),
			"reason":    field(graphql.String, "", plain(func(t *told) any { return stated(t.Reason) })),
			"cause":     field(graphql.String, "What made it happen: a file, a request.", plain(func(t *told) any { return stated(t.Cause) })),
			"documents": field(listOf(b.typeNamed(graph.KindDocument)), "Those of which something is said for the first time.", plain(func(t *told) any { return b.page(t.view, t.Documents).nodes() })),
			"entities":  field(listOf(b.entity), "Those about which something is said for the first time.", plain((*told).entities)),
			"claims":    field(listOf(b.claim), "Those that the assertions opened or closed are about, as they stand after it.", fetch((*told).changed)),
			"opened":    field(listOf(graphql.ID), "The assertions whose records begin here.", plain((*told).opened)),
			"closed":    field(listOf(closing), "The assertions whose records end here.", plain(func(t *told) any { return slices.Clip(t.Closed) })),
		}
	})
	b.made["Transaction"] = made
	return made
}

func (t *told) entities() any {
	ids := make([]graph.EntityID, len(t.Entities))
	for i, e := range t.Entities {
		ids[i] = e.ID
	}
	return t.b.page(t.view, ids).nodes()
}

func (t *told) opened() any {
	list := make([]string, len(t.Opened))
	for i, id := range t.Opened {
		list[i] = id.String()
	}
	return list
}

// changed are the claims that the assertions of the transaction are about.
func (t *told) changed(ctx context.Context) (any, error) {
	return t.claims.get(func() ([]claim, error) {
		ids := slices.Clone(t.Opened)
		for _, c := range t.Closed {
			ids = append(ids, c.Assertion)
		}
		list, err := t.view.ClaimsOf(ctx, ids)
		return t.b.claimList(t.view, list).those(list), err
	})
}

// result is what an act led to: what the type TransactionResult resolves from.
type result struct {
	told *told // nil where nothing was written
	outcome
	claims []claim
	view   graph.View
}

// resultType is the type of what acts lead to.
func (b *builder) resultType() *graphql.Object {
	if made := b.made["TransactionResult"]; made != nil {
		return made.(*graphql.Object)
	}
	outcomes := enumOf("Outcome", "What an act did.",
		enumValue{"NEW", "NEW", "It is the first of its key in its document, or again after a retraction."},
		enumValue{"KNOWN", "KNOWN", "The same was said already: nothing was written."},
		enumValue{"CORRECTED", "CORRECTED", "What was said under its key is closed, and this said instead."},
		enumValue{"DONE", "DONE", "It was done; it says nothing of its own."},
		enumValue{"REPEATED", "REPEATED", "An act of this idempotency key was done before: this one did nothing."})
	id := func(zero bool, s string) any {
		if zero {
			return nil
		}
		return s
	}
	made := object("TransactionResult", "What an act led to.", func() graphql.Fields {
		return graphql.Fields{
			"outcome":     field(must(outcomes), "", plain(func(r *result) any { return r.did })),
			"transaction": field(b.transactionType(), "Nothing, where nothing was written.", plain(func(r *result) any { return pick[any](r.told == nil, nil, r.told) })),
			"claims":      field(listOf(b.claim), "The claims that it is about, as they stand now.", plain(func(r *result) any { return slices.Clip(r.claims) })),
			"assertion":   field(graphql.ID, "The assertion that it made or is about.", plain(func(r *result) any { return id(r.assertion.IsZero(), r.assertion.String()) })),
			"document":    field(graphql.ID, "The document that it made.", plain(func(r *result) any { return id(r.document.IsZero(), r.document.String()) })),
			"entity":      field(b.entity, "Of a typed act: the entity of which it says something.", fetch((*result).entity)),
		}
	})
	b.made["TransactionResult"] = made
	return made
}

// result looks up what a transaction did.
func (b *builder) result(ctx context.Context, ts graph.TS, clearance graph.Marking, o outcome) (any, error) {
	r := &result{outcome: o, view: b.db.At(graph.Point{Clearance: clearance})}
	for t, err := range b.db.Changes(ctx, ts-1, ts, &graph.ChangesOptions{Clearance: clearance}) {
		if err != nil {
			return nil, err
		}
		r.told = b.told(t, clearance)
	}
	if r.told != nil {
		found, err := r.told.changed(ctx)
		r.claims, _ = found.([]claim)
		return r, err
	}
	list, err := r.view.ClaimsOf(ctx, []graph.AssertionID{o.assertion})
	r.claims = b.claimList(r.view, list).those(list)
	return r, err
}

// entity is the one of the kind asked for about which the act says something.
func (r *result) entity(ctx context.Context) (any, error) {
	if r.of == "" || len(r.claims) == 0 {
		return nil, nil
	}
	var ids []graph.EntityID
	for _, c := range r.claims {
		ids = append(ids, c.Subject)
	}
	pg := r.claims[0].list.b.page(r.view, ids)
	for _, id := range pg.ids {
		if e, err := pg.entity(ctx, id); err != nil || e.Kind == r.of {
			return node{pg, id}, err
		}
	}
	return nil, nil
}
