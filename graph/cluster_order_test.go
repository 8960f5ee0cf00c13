package graph_test

import (
	"context"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// overtaken is a store in which others get between a step and what follows it.
type overtaken struct {
	kvtest.BulkStore
	committed func() // once, when an update is durable and its writer does not know yet
	looked    func() // once, when a view has its snapshot and has not read yet
}

// first runs what is to get between, once.
func first(fn *func()) {
	if run := *fn; run != nil {
		*fn = nil
		run()
	}
}

func (o *overtaken) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	ts, err := o.BulkStore.Update(ctx, fn)
	first(&o.committed)
	return ts, err
}

func (o *overtaken) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	ts, err := o.BulkStore.Load(ctx, fn)
	first(&o.committed)
	return ts, err
}

func (o *overtaken) View(ctx context.Context, fn func(kv.Reader) error) error {
	return o.BulkStore.View(ctx, func(r kv.Reader) error {
		first(&o.looked)
		return fn(r)
	})
}

func overtakenWorld(t *testing.T) (*overtaken, *graphtest.World) {
	o := &overtaken{BulkStore: memkv.New(nil)}
	w := &graphtest.World{TB: t, DB: openOn(t, o)}
	twins(w)
	return o, w
}

// A merge counts in every view that shows it, also before its writer was told
// that it is durable; and in no view of an earlier transaction.
func TestRule11Overtaken(t *testing.T) {
	for name, before := range map[string]func(*graphtest.World){
		"the first merge":   func(*graphtest.World) {},
		"one among several": func(w *graphtest.World) { merge(w, "x:ru", "x:kremlin") },
	} {
		t.Run(name, func(t *testing.T) {
			o, w := overtakenWorld(t)
			before(w)
			early := w.At(graph.Point{})
			o.committed = func() {
				w.Declare("State x:later")
				want(t, "shown", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "one")
				want(t, "earlier", one(w, early, "x:ru", "x:moscow"), "two")
			}
			merge(w, "x:ru", "x:moscow")
			want(t, "told", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "one")
			want(t, "earlier still", one(w, early, "x:ru", "x:moscow"), "two")
		})
	}
}

// A merge that is erased while a view reads is gone for the next one.
func TestRule16Overtaken(t *testing.T) {
	o, w := overtakenWorld(t)
	id := merge(w, "x:ru", "x:moscow")
	o.looked = func() {
		if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, graph.Target{Assertion: id}); err != nil {
			t.Error(err)
		}
	}
	v := w.At(graph.Point{})
	want(t, "what the view had", entityID(t, v, "x:moscow").String(), w.ID("x:ru").String())
	want(t, "the next one", one(w, v, "x:ru", "x:moscow"), "two")
}
