package graph_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// put writes rows past the graph.
func put(t *testing.T, store kv.Store, key, value string) {
	t.Helper()
	_, err := store.Update(ctx, func(tx kv.Txn) error { return tx.Set([]byte(key), []byte(value)) })
	if err != nil {
		t.Fatal(err)
	}
}

// Stores of a newer Parley, and of somebody else, are left alone with a
// sentence that says what to do.
func TestOpenRefuses(t *testing.T) {
	newer := memkv.New(nil)
	openOn(t, newer)
	put(t, newer, "Mformat", "\x03")
	foreign := memkv.New(nil)
	put(t, foreign, "hello", "world")
	damaged := memkv.New(nil)
	openOn(t, damaged)
	put(t, damaged, "Mformat", "")
	for words, store := range map[string]kv.Store{"use a newer Parley": newer, "none of Parley's": foreign, "damaged": damaged} {
		_, err := graph.Open(ctx, store, nil)
		if err == nil || !strings.Contains(err.Error(), words) || !(errors.Is(err, graph.ErrFormat) || errors.Is(err, graph.ErrDamaged)) {
			t.Errorf("want %q: %v", words, err)
		}
	}
}

// The ontology is kept beside the data; one that lacks what rows use is refused.
func TestOpenOntology(t *testing.T) {
	store := memkv.New(nil)
	w := &graphtest.World{TB: t, DB: openOn(t, store)}
	table(w)
	w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
	kept, err := graph.Open(ctx, store, nil)
	if err != nil || kept.Ontology().Kind("Meeting") == nil {
		t.Errorf("the kept ontology: %v", err)
	}
	_, err = graph.Open(ctx, store, &graph.Options{Ontology: &graph.Ontology{Name: "poor", Version: "1"}})
	if !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), "which the store uses") {
		t.Errorf("an ontology without the kinds in use: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	store := memkv.New(nil)
	openOn(t, store)
	db, err := graph.Open(ctx, store, &graph.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Update(ctx, graph.Act{}, func(*graph.Tx) error { return nil })
	if !errors.Is(err, graph.ErrRefused) {
		t.Errorf("an update: %v", err)
	}
}

// dying is a store of which nothing works any more from some flush on, as if
// the process had been killed.
type dying struct {
	kvtest.BulkStore
	flushes atomic.Int64
}

var errDead = errors.New("killed")

func (d *dying) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	return d.BulkStore.Load(ctx, func(t kv.BulkTxn) error {
		if err := fn(dyingTxn{t, d}); err != nil {
			return err
		}
		return dyingTxn{t, d}.Flush()
	})
}

type dyingTxn struct {
	kv.BulkTxn
	store *dying
}

func (t dyingTxn) Flush() error {
	if t.store.flushes.Add(-1) < 0 {
		return errDead
	}
	return t.BulkTxn.Flush()
}

// A load that is cut off at any chunk is taken back when the store is opened
// again; until then the database takes no updates.
func TestOpenRollsBack(t *testing.T) {
	for n := int64(0); ; n++ {
		store := memkv.New(nil)
		w := &graphtest.World{TB: t, DB: openOn(t, store)}
		w.Declare("State x:ua", "State x:ru")
		w.Document("source:load", "2025-11-30")
		w.Assert(meeting(w, "load", "K3", "m3", "2025-11-20"))
		before := everything(w)
		d := &dying{BulkStore: store}
		d.flushes.Store(n)
		db := openOn(t, d)
		graph.Tiny(db)
		_, err := db.Load(ctx, graph.Act{}, statements(dataset(w, 12)...), nil)
		if err == nil {
			if n < 3 {
				t.Fatalf("the load has only %d chunks", n)
			}
			return
		}
		if _, err := db.Update(ctx, graph.Act{}, func(*graph.Tx) error { return nil }); n > 0 && err == nil {
			t.Errorf("%d chunks: an update on top of half a load", n)
		}
		w.DB = openOn(t, store)
		if after := everything(w); after != before {
			t.Fatalf("%d chunks: the graph changed:\n%s\nbefore:\n%s", n, after, before)
		}
		if _, problems, err := w.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatalf("%d chunks: %v %s", n, err, strings.Join(problems, "\n"))
		}
	}
}

// What only the load that was cut short had named is forgotten with it: a name
// that is used again has a row of its own.
func TestOpenForgetsNames(t *testing.T) {
	for n := int64(1); ; n++ {
		store := memkv.New(nil)
		w := &graphtest.World{TB: t, DB: openOn(t, store)}
		d := &dying{BulkStore: store}
		d.flushes.Store(n)
		db := openOn(t, d)
		graph.Tiny(db)
		_, err := db.Load(ctx, graph.Act{}, statements(dataset(w, 12)...), nil)
		if err == nil {
			return
		}
		w.DB = openOn(t, store)
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		w.DB = openOn(t, store)
		if _, problems, err := w.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatalf("%d chunks: %v %s", n, err, strings.Join(problems, "\n"))
		}
		want(t, "participants", neighbors(w, graph.Point{}, "x:ua"), "participant")
	}
}
