package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// warm opens what a store holds with very small blocks and warms it.
func warm(t *testing.T, store kv.Store, opts graph.Options) (*graph.DB, error) {
	t.Helper()
	db, err := graph.Open(ctx, store, &opts)
	if err != nil {
		t.Fatal(err)
	}
	graph.TinyBlocks(db)
	return db, db.Warm(ctx)
}

// keepBlocks makes the store keep blocks of nearly all edges.
func keepBlocks(t *testing.T, store kv.Store) *graph.DB {
	t.Helper()
	db, err := warm(t, store, graph.Options{Blocks: graph.KeepBlocks})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// blockRows are the rows that are derived from edges, as text.
func blockRows(t *testing.T, store kv.Store) []string {
	t.Helper()
	return rowsAsText(t, store, func(key []byte) bool { return key[0] == 'B' || string(key) == "Mblocks" })
}

// otherRows are the rows that are not.
func otherRows(t *testing.T, store kv.Store) []string {
	t.Helper()
	return rowsAsText(t, store, func(key []byte) bool { return key[0] != 'B' && string(key) != "Mblocks" })
}

func rowsAsText(t *testing.T, store kv.Store, which func(key []byte) bool) (list []string) {
	t.Helper()
	for _, row := range allRows(t, store) {
		if which(row.key) {
			list = append(list, fmt.Sprintf("%x=%x", row.key, row.value))
		}
	}
	return list
}

// sameLines fails with a row that is in one list only.
func sameLines(t *testing.T, what string, got, expect []string) {
	t.Helper()
	for _, row := range got {
		if !slices.Contains(expect, row) {
			t.Fatalf("%s: there is %s", what, row)
		}
	}
	if len(got) != len(expect) {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(expect))
	}
}

// noProblems fails where a check finds any.
func noProblems(t *testing.T, db *graph.DB) {
	t.Helper()
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatalf("check: %v\n%s", err, strings.Join(problems, "\n"))
	}
}

// withEdges is a store with one entity of many edges.
func withEdges(t *testing.T, n int) (*memkv.Store, *graphtest.World) {
	t.Helper()
	store := memkv.New(nil)
	w := &graphtest.World{DB: openOn(t, store), TB: t}
	if _, err := w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, n)...), nil); err != nil {
		t.Fatal(err)
	}
	return store, w
}

// Blocks are read in the place of the edges that they hold.
func TestBlocksAreRead(t *testing.T) {
	store, _ := withEdges(t, 600)
	rows := func() int {
		c := &counted{Store: store}
		if _, err := warm(t, c, graph.Options{}); err != nil {
			t.Fatal(err)
		}
		return c.n
	}
	before := rows()
	db, err := graph.Open(ctx, store, &graph.Options{Blocks: graph.KeepBlocks})
	if err = errors.Join(err, db.Warm(ctx)); err != nil {
		t.Fatal(err)
	}
	if after := rows(); after > before-500 {
		t.Errorf("%d rows read with blocks, %d without: want 500 less", after, before)
	}
}

// Dropping leaves the rows that there were, and keeping again makes the same
// blocks; neither is a transaction.
func TestBlocksDropAndKeep(t *testing.T) {
	store, w := withEdges(t, 40)
	rows, stats := otherRows(t, store), must(w.At(graph.Point{}).Stats(ctx))
	var first []string
	for range 2 {
		db := keepBlocks(t, store)
		noProblems(t, db)
		kept := blockRows(t, store)
		if len(kept) < 20 {
			t.Fatalf("%d rows of blocks", len(kept))
		}
		if first == nil {
			first = kept
		}
		sameLines(t, "blocks", kept, first)
		sameLines(t, "other rows", otherRows(t, store), rows)
		if counted := must(db.At(graph.Point{}).Stats(ctx)); counted != stats {
			t.Errorf("counted %+v, want %+v", counted, stats)
		}
		db, err := warm(t, store, graph.Options{Blocks: graph.DropBlocks})
		if err != nil {
			t.Fatal(err)
		}
		noProblems(t, db)
		sameLines(t, "rows", append(blockRows(t, store), otherRows(t, store)...), rows)
	}
}

// A second time there is nothing to write; after a write, only what is near it.
func TestBlocksKeepWhatIsThere(t *testing.T) {
	store, w := withEdges(t, 40)
	db := keepBlocks(t, store)
	kept := blockRows(t, store)
	faulty := kvtest.FailAt(store, 1)
	if _, err := warm(t, faulty, graph.Options{Blocks: graph.KeepBlocks}); err != nil || faulty.Failed() {
		t.Fatalf("written though nothing was missing: %v", err)
	}
	w.DB = db
	w.Assert(meeting(w, "load", "late", "late", "2025-11-30"))
	left := blockRows(t, store)
	if gone := len(kept) - len(left); gone == 0 || gone > 8 {
		t.Errorf("%d of %d rows of blocks are gone", gone, len(kept))
	}
	for _, row := range left {
		if !slices.Contains(kept, row) {
			t.Errorf("a write made %s", row)
		}
	}
	noProblems(t, db)
	keepBlocks(t, store)
	if again := blockRows(t, store); len(again) < len(kept) {
		t.Errorf("%d rows of blocks, there were %d", len(again), len(kept))
	}
	noProblems(t, db)
}

// Who may only read writes nothing.
func TestBlocksReadOnly(t *testing.T) {
	store, _ := withEdges(t, 40)
	for _, what := range []graph.Blocks{graph.KeepBlocks, graph.DropBlocks} {
		blocks, rows := blockRows(t, store), otherRows(t, store)
		if _, err := warm(t, store, graph.Options{Blocks: what, ReadOnly: true}); err != nil {
			t.Fatal(err)
		}
		sameLines(t, "blocks", blockRows(t, store), blocks)
		sameLines(t, "rows", otherRows(t, store), rows)
		keepBlocks(t, store)
	}
	if _, err := warm(t, store, graph.Options{Blocks: 9}); !errors.Is(err, graph.ErrValue) {
		t.Errorf("blocks 9: %v", err)
	}
}

// Blocks of which nothing says that they are kept right are not read; they are
// made anew.
func TestBlocksWithoutFlag(t *testing.T) {
	store, w := withEdges(t, 40)
	keepBlocks(t, store)
	kept := blockRows(t, store)
	remove(t, store, "Mblocks")
	w.DB = openOn(t, store)
	w.Assert(meeting(w, "load", "late", "late", "2025-11-30"))
	if _, problems, err := w.Check(ctx); err != nil || !strings.Contains(strings.Join(problems, "\n"), "--blocks drop") {
		t.Errorf("check says %q (%v)", problems, err)
	}
	noProblems(t, keepBlocks(t, store))
	if len(blockRows(t, store)) < len(kept) {
		t.Error("not all are kept again")
	}
}

// Wherever a block is changed, warming says so, and how it is mended.
func TestBlocksDamaged(t *testing.T) {
	store, _ := withEdges(t, 40)
	keepBlocks(t, store)
	every := size(29, 5, 1)
	for _, row := range allRows(t, store) {
		if !bytes.HasPrefix(row.key, []byte("B\x01")) {
			continue
		}
		for i := 0; i < len(row.value); i += every {
			changed := bytes.Clone(row.value)
			changed[i] ^= 1 << (i % 8)
			put(t, store, string(row.key), string(changed))
			if _, err := warm(t, store, graph.Options{}); !errors.Is(err, graph.ErrDamaged) || !strings.Contains(err.Error(), "drop the blocks") {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
	if _, err := warm(t, store, graph.Options{Blocks: graph.DropBlocks}); err != nil {
		t.Fatal(err)
	}
	noProblems(t, keepBlocks(t, store))
}

// A row whose key is too short for an edge is in no block, and in nobody's way.
func TestBlocksAndShortRows(t *testing.T) {
	store, _ := withEdges(t, 40)
	for _, key := range []string{"n", "n\x00\x00"} {
		put(t, store, key, "")
	}
	db := keepBlocks(t, store)
	_, problems, err := db.Check(ctx)
	if len(problems) == 0 && err == nil || strings.Contains(strings.Join(problems, "\n"), "block") {
		t.Errorf("check says %q (%v)", problems, err)
	}
}

// Whichever write fails while blocks are kept or dropped, those that are there
// are right, and the next attempt goes on.
func TestFaultSweepBlocks(t *testing.T) {
	s, _, _ := newSweep(t)
	expect := s.picture(s.base.Clone())
	for _, what := range []graph.Blocks{graph.DropBlocks, graph.KeepBlocks} {
		if what == graph.KeepBlocks {
			if _, err := warm(t, s.open(s.base), graph.Options{Blocks: graph.DropBlocks}); err != nil {
				t.Fatal(err)
			}
		}
		n, partly := 1, 0
		for step := size(41, 3, 1); ; n += step {
			disk := s.base.Clone()
			faulty := kvtest.FailAt(s.open(disk), n)
			_, err := warm(t, faulty, graph.Options{Blocks: what, Now: onTheFifth})
			if faulty.Failed() != errors.Is(err, kvtest.ErrFault) {
				t.Fatalf("%s, step %d: %v", what, n, err)
			}
			samePortrait(t, fmt.Sprintf("%s failed at step %d", what, n), s.picture(disk), expect)
			if !faulty.Failed() {
				break
			}
			if len(blockRows(t, s.open(disk))) > 0 {
				partly++
			}
			noProblems(t, keepBlocks(t, s.open(disk)))
		}
		t.Logf("%s: %d steps", what, n-1)
		if partly == 0 {
			t.Errorf("%s: no step left some blocks", what)
		}
	}
}

// Whoever writes, blocks hold the edges that there are: in small updates, in
// loads that are written in chunks, in what undoes one, and in erasures, which
// leave nothing of what they destroy.
func TestBlocksAfterActs(t *testing.T) {
	acts := map[string]func(t *testing.T, w *graphtest.World){
		"assert": func(_ *testing.T, w *graphtest.World) { w.Assert(meeting(w, "load", "late", "late", "2025-11-05")) },
		"retract": func(t *testing.T, w *graphtest.World) {
			id := assertionOf(t, w, "K7")
			w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		},
		"merge": func(_ *testing.T, w *graphtest.World) {
			w.Do(func(tx *graph.Tx) error { return second(tx.Merge(graph.ByKey("x:ua"), graph.ByKey("x:ru"), nil)) })
		},
		"load": func(t *testing.T, w *graphtest.World) {
			graph.Tiny(w.DB)
			if _, err := w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 60)...), nil); err != nil {
				t.Fatal(err)
			}
		},
		"a load that is refused": func(t *testing.T, w *graphtest.World) {
			graph.Tiny(w.DB)
			bad := meeting(w, "none", "bad", "bad", "2025-11-05")
			list := append(dataset(w, 60), graph.Statement{Draft: &bad})
			if _, err := w.Load(ctx, graph.Act{Author: "test"}, statements(list...), nil); err == nil {
				t.Fatal("it is not refused")
			}
		},
		"erase": func(t *testing.T, w *graphtest.World) {
			target := graph.Target{Assertion: assertionOf(t, w, "K7")}
			if _, err := w.Erase(ctx, graph.Act{Author: "test", Clearance: graph.Red}, target); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			store, w := withEdges(t, 40)
			w.DB = keepBlocks(t, store)
			before := blockRows(t, store)
			act(t, w)
			noProblems(t, w.DB)
			if left := blockRows(t, store); len(left) >= len(before) || len(left) == 0 {
				t.Errorf("%d of %d rows of blocks are left", len(left), len(before))
			}
			noProblems(t, keepBlocks(t, store))
		})
	}
}

func assertionOf(t *testing.T, w *graphtest.World, key string) graph.AssertionID {
	t.Helper()
	for a, err := range w.At(graph.Point{}).Assertions(ctx, w.ID("source:load")) {
		if err != nil {
			t.Fatal(err)
		}
		if a.Key == key {
			return a.ID
		}
	}
	t.Fatalf("no assertion %s", key)
	return graph.AssertionID{}
}

// What a dump makes has no blocks.
func TestBlocksAreNotDumped(t *testing.T) {
	store, _ := withEdges(t, 40)
	text, _ := dump(t, keepBlocks(t, store))
	again := memkv.New(nil)
	if _, err := graph.Restore(ctx, again, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	sameLines(t, "rows", append(blockRows(t, again), otherRows(t, again)...), otherRows(t, store))
}
