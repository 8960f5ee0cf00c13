package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// documentFields are what a document says of itself; what it does not say is
// not there.
func documentFields() graphql.Fields {
	text := func(t graphql.Output, doc string, get func(*graph.Document) any) *graphql.Field {
		return field(t, doc, fetch(func(n node, ctx context.Context) (any, error) {
			d, err := n.page.document(ctx, n.id)
			return get(&d), err
		}))
	}
	return graphql.Fields{
		"key":       text(graphql.String, "", func(d *graph.Document) any { return stated(keyText(d.Key)) }),
		"curation":  text(must(graphql.Boolean), "Whether it holds what a person added by hand.", func(d *graph.Document) any { return d.Curation }),
		"publisher": text(graphql.String, "", func(d *graph.Document) any { return stated(d.Publisher) }),
		"title":     text(graphql.String, "", func(d *graph.Document) any { return stated(d.Title) }),
		"url":       text(graphql.String, "", func(d *graph.Document) any { return stated(d.URL) }),
		"language":  text(locale, "BCP 47.", func(d *graph.Document) any { return stated(d.Language) }),
		"published": text(edtfScalar, "EDTF.", func(d *graph.Document) any { return dateText(d.Published) }),
		"retrieved": text(edtfScalar, "EDTF.", func(d *graph.Document) any { return dateText(d.Retrieved) }),
	}
}
