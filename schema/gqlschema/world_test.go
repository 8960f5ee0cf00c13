package gqlschema_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/schema/gqlschema"
)

const (
	seedFile = "../../examples/ukraine-2025/seed.jsonl"
	mainFile = "../../examples/ukraine-2025/main.jsonl"
)

// world is a database and its schema, on 1 May 2026.
type world struct {
	testing.TB
	db     *graph.DB
	schema graphql.Schema
}

func today() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }

// open loads datasets into memory and makes the schema over them.
func open(t testing.TB, files ...string) *world {
	t.Helper()
	ctx := context.Background()
	db, err := graph.Open(ctx, memkv.New(&memkv.Options{Now: today}),
		&graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, f := range files {
		if _, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{f}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return over(t, db)
}

// over makes the schema over a database.
func over(t testing.TB, db *graph.DB) *world {
	t.Helper()
	s, err := gqlschema.New(db, &gqlschema.Options{Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, db, s}
}

// reply is what an operation gave.
type reply struct {
	*graphql.Result
	resolved []gqlschema.Resolved
}

// do runs an operation for a reader without clearance.
func (w *world) do(query string) *reply {
	w.Helper()
	request := &gqlschema.Request{}
	result := graphql.Do(graphql.Params{Schema: w.schema, RequestString: query,
		Context: gqlschema.WithRequest(context.Background(), request)})
	return &reply{result, request.Resolved()}
}

// ask runs an operation that must succeed, and gives its data as JSON.
func (w *world) ask(query string) string {
	w.Helper()
	r := w.do(query)
	if r.HasErrors() {
		w.Fatalf("%s: %v", query, r.Errors)
	}
	return w.indent(r.Data)
}

func (w *world) indent(v any) string {
	w.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		w.Fatal(err)
	}
	return string(b)
}

// at follows a path of names and indexes into the data of an operation that
// must succeed.
func (w *world) at(query string, path ...any) any {
	w.Helper()
	r := w.do(query)
	if r.HasErrors() {
		w.Fatalf("%s: %v", query, r.Errors)
	}
	v := r.Data
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

// text is what stands at a path, as text.
func (w *world) text(query string, path ...any) string {
	w.Helper()
	return fmt.Sprint(w.at(query, path...))
}
