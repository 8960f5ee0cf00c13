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

// A key whose row is damaged is told to who asks for it, and hinders nobody else.
func TestWarmDamagedKey(t *testing.T) {
	store := memkv.New(nil)
	w := &graphtest.World{DB: openOn(t, store), TB: t}
	table(w)
	if _, err := w.Load(ctx, graph.Act{}, statements(agents(w, 2, graph.Judgement{})...), nil); err != nil {
		t.Fatal(err)
	}
	row := append([]byte("xy\x00"), "agent0"...)
	if _, err := store.Update(ctx, func(t kv.Txn) error { return t.Set(row, nil) }); err != nil {
		t.Fatal(err)
	}
	if err := w.Warm(ctx); err != nil {
		t.Errorf("warmed: %v", err)
	}
	v := w.At(graph.Point{})
	if _, err := v.Find(ctx, graph.ByKey("y:agent0")); !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("the damaged key: %v", err)
	}
	if _, err := v.Find(ctx, graph.ByKey("y:agent1")); err != nil {
		t.Errorf("another key: %v", err)
	}
}

// Claims come as far as their rows can be read.
func TestClaimsBeforeDamage(t *testing.T) {
	store := memkv.New(nil)
	w := &graphtest.World{DB: openOn(t, store), TB: t}
	table(w)
	links(w, "d1", "ua meets ru 2025-10-01", "ua meets ru 2025-10-02", "ua meets ru 2025-10-03")
	edges := kv.Range{Start: []byte("n"), End: []byte("o")}
	_, err := store.Update(ctx, func(t kv.Txn) error {
		var third []byte
		n := 0
		err := t.Scan(edges, func(k, _ []byte) error {
			if n++; n == 3 { // of the first entity, ua, outwards
				third = bytes.Clone(k)
				return kv.Stop
			}
			return nil
		})
		return errors.Join(err, t.Set(third, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	claims := 0
	for _, err = range openOn(t, store).At(graph.Point{}).Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID("x:ua"))}) {
		if err == nil {
			claims++
		}
	}
	if claims != 2 || !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("%d claims and then %v, want 2 and the damage", claims, err)
	}
}
