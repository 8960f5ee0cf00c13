package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// unfilled is a store that cannot be filled.
type unfilled struct{ kv.Bulk }

type bulkStore interface {
	kv.Store
	kv.Bulk
}

type withoutFill struct {
	kv.Store
	unfilled
}

func hideFill(s bulkStore) kv.Store { return withoutFill{s, unfilled{s}} }

// fillStatements are facts of one file, of which a second document repeats some
// with other ends, and denies some, and a third one is retracted again.
func fillStatements(t *testing.T, facts int) []graph.Statement {
	list := benchDraft(t, facts)
	all := list[len(list)-1].Draft
	for i, name := range []string{"second", "third"} {
		key := graph.Key{Scheme: "file", ID: name}
		d := graph.Draft{Document: graph.Ref{Key: key}, Key: "some", Links: slices.Clone(all.Links[benchActors : benchActors+facts/4])}
		for i := range d.Links {
			d.Links[i].Deny = i%7 == 0
		}
		if i > 0 {
			d.Links = d.Links[:2]
		}
		list = append(list, graph.Statement{Document: &graph.Document{Key: key}}, graph.Statement{Draft: &d})
	}
	return list
}

// TestFillLikeLoad loads the same statements into stores that are filled and
// into others, in chunks and runs that are as small as can be: every row is the
// same, and so is the dump.
func TestFillLikeLoad(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	list := fillStatements(t, 2000)
	inMemory := func(*testing.T) bulkStore { return memkv.New(&memkv.Options{Now: clock}) }
	onDisk := func(t *testing.T) bulkStore {
		s, err := badgerkv.Open(t.TempDir(), &badgerkv.Options{Now: clock, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var rows, dump []string
	for _, c := range []struct {
		name string
		open func(*testing.T) kv.Store
	}{
		{"memory, in chunks", func(t *testing.T) kv.Store { return hideFill(inMemory(t)) }},
		{"memory, filled", func(t *testing.T) kv.Store { return inMemory(t) }},
		{"disk, in chunks", func(t *testing.T) kv.Store { return hideFill(onDisk(t)) }},
		{"disk, filled", func(t *testing.T) kv.Store { return onDisk(t) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := c.open(t)
			cryptotest.SetGlobalRandom(t, 1) // the salts of the log
			gotRows, gotDump := loadedRows(t, store, list)
			if rows == nil {
				rows, dump = gotRows, gotDump
				return
			}
			same(t, "row", gotRows, rows)
			same(t, "line of the dump", gotDump, dump)
		})
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d of %s, want %d", len(got), what, len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s %d is\n%s, want\n%s", what, i, got[i], want[i])
		}
	}
}

// loadedRows loads the statements and gives all rows of the store, and the dump.
func loadedRows(t *testing.T, store kv.Store, list []graph.Statement) (rows, dump []string) {
	t.Helper()
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: benchOntology()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	graph.Tiny(db)
	if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(list...), &graph.LoadOptions{Memory: 64 << 10}); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
	err = store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(k, v []byte) error {
			rows = append(rows, fmt.Sprintf("%q = %x", k, v))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := db.Dump(ctx, &text); err != nil {
		t.Fatal(err)
	}
	return rows, strings.Split(text.String(), "\n")
}

// TestFillRefused leaves a store as it was where a load that would fill it is
// refused at its end, and fills it later.
func TestFillRefused(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		graph.Tiny(w.DB)
		list := dataset(w, 40)
		wrong := append(slices.Clone(list), graph.Statement{Retract: &graph.AssertionKey{Document: graph.ByKey("source:load"), Key: "none"}})
		if _, err := w.Load(ctx, graph.Act{Author: "test"}, statements(wrong...), nil); !errors.Is(err, graph.ErrNotFound) {
			t.Fatalf("load: %v, want %v", err, graph.ErrNotFound)
		}
		stats, err := w.At(graph.Point{}).Stats(ctx)
		want(t, "after a refusal", text(stats, err), text(graph.Stats{}, nil))
		got, err := w.Load(ctx, graph.Act{Author: "test"}, statements(list...), nil)
		if err != nil || got.New != 40 {
			t.Fatalf("load: %+v, %v", got, err)
		}
	})
}

// TestFillCancelled ends a load while it is under way.
func TestFillCancelled(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		graph.Tiny(w.DB)
		ctx, cancel := context.WithCancel(ctx)
		src := func(yield func(graph.Statement, error) bool) {
			statements(dataset(w, 40)...)(yield)
			cancel()
		}
		if _, err := w.Load(ctx, graph.Act{Author: "test"}, src, nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("load: %v, want %v", err, context.Canceled)
		}
	})
}
