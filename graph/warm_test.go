package graph_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// What was warmed is read without the store.
func TestWarm(t *testing.T) {
	store := &counted{Store: memkv.New(nil)}
	db := openOn(t, store)
	w := &graphtest.World{DB: db, TB: t}
	if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 40)...), nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Warm(ctx); err != nil {
		t.Fatal(err)
	}
	v := db.At(graph.Point{})
	ru, err := v.Entity(ctx, graph.ByKey("x:ru"))
	if err != nil {
		t.Fatal(err)
	}
	before := store.n
	n := 0
	for _, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(ru.ID)}) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 40 || store.n-before > 1 { // which number the id has
		t.Errorf("%d edges with %d reads of the store", n, store.n-before)
	}
}

// Check reads what is stored, not what is in memory.
func TestCheckReadsTheStore(t *testing.T) {
	store := memkv.New(nil)
	db := openOn(t, store)
	w := &graphtest.World{DB: db, TB: t}
	if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 4)...), nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Warm(ctx); err != nil {
		t.Fatal(err)
	}
	edges := kv.Range{Start: []byte("n"), End: []byte("o")}
	_, err := store.Update(ctx, func(t kv.Txn) error {
		var first []byte
		err := t.Scan(edges, func(k, _ []byte) error { first = bytes.Clone(k); return kv.Stop })
		return errors.Join(err, t.Delete(first))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, problems, err := db.Check(ctx); err != nil || len(problems) == 0 {
		t.Errorf("a row is gone, and check finds %q (%v)", problems, err)
	}
}

// Who asks for attributes only does not have the edges read.
func TestClaimsOfAttributes(t *testing.T) {
	store := &counted{Store: memkv.New(nil)}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: graphtest.Ontology(), Memory: -1})
	if err != nil {
		t.Fatal(err)
	}
	w := &graphtest.World{DB: db, TB: t}
	rows := func(n int) int {
		if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, n)...), nil); err != nil {
			t.Fatal(err)
		}
		v := db.At(graph.Point{})
		ru, err := v.Find(ctx, graph.ByKey("x:ru"))
		if err != nil {
			t.Fatal(err)
		}
		before := store.n
		for _, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(ru.ID), Properties: []string{graph.PropertyName}}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		return store.n - before
	}
	if few, many := rows(4), rows(40); few != many {
		t.Errorf("%d rows read of an entity with 4 edges, %d with 40", few, many)
	}
}
