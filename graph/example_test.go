package graph_test

import (
	"context"
	"fmt"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

func Example() {
	ctx := context.Background()
	db, _ := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	defer db.Close()
	report, _ := loaders.Run(ctx, db, graph.Act{Author: "desk"}, []string{"../examples/ukraine-2025/seed.jsonl"}, nil)
	on, _ := graph.ParseOn("2025-12-16")
	view := db.At(graph.Point{On: on})
	guarantees, _ := view.Relations(ctx, graph.RelationQuery{Kind: "Guarantee"})
	for _, g := range guarantees {
		state, _ := g.Head("state")
		guarantor, _ := g.Head("guarantor")
		names, _ := view.Labels(ctx, []graph.EntityID{guarantor.Value.Entity()})
		fmt.Printf("%d facts: guarantee by %s is %s, %s\n", report.Loaded.New, names[0], state.Value, state.Date())
	}
	// Output: 85 facts: guarantee by United States is TABLED, 2025-12-15/
}
