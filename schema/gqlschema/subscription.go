package gqlschema

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// waits is how long a subscription waits for a transaction before it looks
// whether anybody still listens.
const waits = 10 * time.Second

// subscription makes the root type of what can be followed. Subscribing to a
// field gives an iter.Seq2[any, error]; each of its events is the source of
// the selection below the field.
func (b *builder) subscription() *graphql.Object {
	filter := b.input("ChangesFilter", "All that is given must fit.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"author":     {Type: graphql.String, Description: "By this author."},
			"about":      {Type: namesArg(), Description: "Which say something of, or name, one of these entities, each by name, id or key."},
			"kinds":      {Type: namesArg(), Description: "Which say something of an entity of one of these kinds, which may be abstract."},
			"properties": {Type: namesArg(), Description: "Which say something by one of these properties."},
			"document":   {Type: graphql.String, Description: "Which bring the first assertion of this document, by id or key."},
		}
	})
	f := field(must(b.transactionType()), "Each transaction as it comes, from now on, or from one that was seen.", func(p graphql.ResolveParams) (any, error) { return p.Source, nil })
	f.Subscribe = b.followChanges
	return graphql.NewObject(graphql.ObjectConfig{Name: "Subscription", Fields: graphql.Fields{"changes": with(f, graphql.FieldConfigArgument{
		"filter": {Type: filter},
		"after":  {Type: graphql.String, Description: "The last transaction seen, tx:NUMBER. Default: the newest."},
	})}})
}

// followChanges begins to follow the transactions that fit.
func (b *builder) followChanges(p graphql.ResolveParams) (any, error) {
	clearance := requestOf(p.Context).Clearance
	v := b.db.At(graph.Point{Clearance: clearance})
	from := v.TS()
	if after, ok := p.Args["after"].(string); ok {
		var err error
		if from, err = graph.Recorded.KnownOn(after); err != nil {
			return nil, err
		}
	}
	given, _ := p.Args["filter"].(map[string]any)
	fits, err := b.transactionFilter(&reader{b: b, p: p, view: v}, given)
	if err != nil {
		return nil, err
	}
	return b.follow(p.Context, from, clearance, fits), nil
}

// follow yields transactions until the context ends, or the reader stops.
func (b *builder) follow(ctx context.Context, from graph.TS, clearance graph.Marking, fits func(context.Context, *told) (bool, error)) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		from := from
		for ctx.Err() == nil {
			for t, err := range b.db.Changes(ctx, from, 0, &graph.ChangesOptions{Clearance: clearance, Wait: waits}) {
				if err != nil {
					if ctx.Err() == nil {
						yield(nil, err)
					}
					return
				}
				from = t.TS
				event := b.told(t, clearance)
				ok, err := fits(ctx, event)
				if err != nil {
					yield(nil, err)
					return
				}
				if ok && !yield(event, nil) {
					return
				}
			}
		}
	}
}

// transactionFilter reads which transactions are wanted.
func (b *builder) transactionFilter(r *reader, given map[string]any) (func(context.Context, *told) (bool, error), error) {
	author, byAuthor := given["author"].(string)
	kinds, properties := words(given["kinds"]), words(given["properties"])
	for _, k := range kinds {
		if err := b.kindIn("filter.kinds", k, ""); err != nil {
			return nil, err
		}
	}
	for _, name := range properties {
		if err := b.propertyIn("filter.properties", name); err != nil {
			return nil, err
		}
	}
	var about []graph.EntityID
	for _, name := range words(given["about"]) {
		ref, err := r.entity("filter.about", name, nil)
		if err != nil {
			return nil, err
		}
		about = append(about, ref.ID)
	}
	var document graph.Ref
	if s, ok := given["document"].(string); ok {
		if document, ok = refOf(s); !ok {
			return nil, newFault(codeInput, "filter.document: want an id or a key", nil)
		}
	}
	return func(ctx context.Context, t *told) (bool, error) {
		if byAuthor && t.Author != author {
			return false, nil
		}
		if ok, err := t.brings(ctx, document); err != nil || !ok {
			return false, err
		}
		return t.says(ctx, about, kinds, properties)
	}, nil
}

// brings tells whether the transaction brings a document.
func (t *told) brings(ctx context.Context, document graph.Ref) (bool, error) {
	if document.IsZero() {
		return true, nil
	}
	list, err := t.view.Documents(ctx, t.Documents)
	return slices.ContainsFunc(list, func(d graph.Document) bool { return d.ID == document.ID || d.Key == document.Key && !d.Key.IsZero() }), err
}

// says tells whether one of the transaction's claims is of what is asked for.
func (t *told) says(ctx context.Context, about []graph.EntityID, kinds, properties []string) (bool, error) {
	if len(about)+len(kinds)+len(properties) == 0 {
		return true, nil
	}
	found, err := t.changed(ctx)
	claims, _ := found.([]claim)
	if err != nil || len(claims) == 0 {
		return false, err
	}
	var subjects []graph.EntityID
	for _, c := range claims {
		subjects = append(subjects, c.Subject)
	}
	pg := t.b.page(t.view, subjects)
	for _, c := range claims {
		e, err := pg.entity(ctx, c.Subject)
		if err != nil {
			return false, err
		}
		ofThem := len(about) == 0 || slices.Contains(about, c.Subject) || slices.Contains(about, c.Value.Entity())
		ofKind := len(kinds) == 0 || t.b.ontology.IsAny(e.Kind, kinds)
		if ofThem && ofKind && (len(properties) == 0 || slices.Contains(properties, c.Property)) {
			return true, nil
		}
	}
	return false, nil
}
