package gqlschema_test

import (
	"context"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/schema/gqlschema"
)

func BenchmarkFive(b *testing.B) {
	w := open(b, mainFile, seedFile)
	for _, q := range five {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx := gqlschema.WithRequest(context.Background(), &gqlschema.Request{})
				if r := graphql.Do(graphql.Params{Schema: w.schema, RequestString: q.query, Context: ctx}); r.HasErrors() {
					b.Fatal(r.Errors)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	w := open(b)
	for b.Loop() {
		over(b, w.db)
	}
}
