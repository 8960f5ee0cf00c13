package ukraine2025_test

import (
	"context"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

var ctx = context.Background()

// load loads datasets into memory, one after the other.
func load(t testing.TB, files ...string) (*graph.DB, []loaders.Report) {
	t.Helper()
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
			t.Errorf("check: %v %v", err, problems)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var reports []loaders.Report
	for _, f := range files {
		r, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	return db, reports
}

func TestLoad(t *testing.T) {
	db, reports := load(t, "main.jsonl", "seed.jsonl")
	for _, r := range reports {
		t.Log(r.String())
	}
	s, err := db.At(graph.Point{}).Stats(ctx)
	t.Log(s, err)
}
