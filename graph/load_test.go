package graph_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// statements yields a list as a loader would.
func statements(list ...graph.Statement) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// dataset is a load of n assertions about meetings, in an order in which
// everything is used before it is declared.
func dataset(w *graphtest.World, n int) (list []graph.Statement) {
	for i := range n {
		d := meeting(w, "load", fmt.Sprintf("K%d", i), fmt.Sprintf("m%d", i), fmt.Sprintf("2025-11-%02d", i%28+1))
		list = append(list, graph.Statement{Draft: &d, Where: fmt.Sprintf("file:%d", i+1)})
	}
	return append(list,
		graph.Statement{Document: &graph.Document{Key: w.Key("source:load"), Title: "source:load", Published: w.Date("2025-11-30")}},
		graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:ua")}}},
		graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:ru")}}})
}

// A load counts facts, is known again, and comes to the same in chunks.
func TestLoadTwice(t *testing.T) {
	for _, tiny := range []bool{false, true} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			if tiny {
				graph.Tiny(w.DB)
			}
			got, err := w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 40)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			got.TS = 0
			want(t, "first", text(got), text(graph.Loaded{Read: 40, New: 40, Entities: 2}))
			before, err := w.At(graph.Point{}).Stats(ctx)
			if err != nil {
				t.Fatal(err)
			}
			got, err = w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 40)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "again", text(got), text(graph.Loaded{Read: 40, Known: 40, Entities: 2}))
			after, err := w.At(graph.Point{}).Stats(ctx)
			want(t, "counts", text(after, err), text(before, nil))
			want(t, "transactions", after.Transactions, 1)
		})
	}
}

// A draft for a whole file counts its facts, and its claims are listed by the log.
func TestLoadWholeFile(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		graph.Tiny(w.DB)
		file := func(days int) []graph.Statement {
			list := dataset(w, 0)
			d := graph.Draft{Document: graph.ByKey("source:load"), Key: "file"}
			d.Links = append(d.Links, graphtest.Say("x:ua", "name", graph.TextOf("Ukraine")))
			for day := 1; day <= days; day++ {
				v := w.Valid(fmt.Sprintf("2025-10-%02d", day))
				l := graphtest.Link("x:ua", "meets", "x:ru")
				l.Valid = &v
				d.Links = append(d.Links, l)
			}
			return append(list, graph.Statement{Draft: &d, Facts: days})
		}
		load := func(days int) graph.Loaded {
			got, err := w.Load(ctx, graph.Act{}, statements(file(days)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			got.TS = 0
			return got
		}
		want(t, "first", text(load(20)), text(graph.Loaded{Read: 20, New: 20, Entities: 2}))
		want(t, "again", text(load(20)), text(graph.Loaded{Read: 20, Known: 20, Entities: 2}))
		id := only(w, graph.Point{}, "x:ua", "name")
		evidence, err := w.At(graph.Point{}).Evidence(ctx, []graph.Claim{id})
		if err != nil || len(evidence) != 1 {
			t.Fatal(len(evidence), err)
		}
		w.Do(func(tx *graph.Tx) error { return tx.Retract(evidence[0].Assertion.ID) })
		s, err := w.At(graph.Point{}).Stats(ctx)
		want(t, "after retraction", text(s, err), text(graph.Stats{Transactions: 2}, nil))
		want(t, "a load does not undo the retraction", text(load(20)), text(graph.Loaded{Read: 20, Known: 20, Retracted: 20, Entities: 2}))
	})
}

// A statement that is refused leaves nothing visible of its load, however late
// it comes, and says where it stands.
func TestLoadIsAllOrNothing(t *testing.T) {
	for _, tiny := range []bool{false, true} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			w.Assert(meeting(w, "d1", "A", "m3", "2025-11-04"))
			before := everything(w)
			if tiny {
				graph.Tiny(w.DB)
			}
			list := dataset(w, 40)
			broken := meeting(w, "load", "late", "m99", "2025-11-30")
			broken.Relation.Fields[0] = fill("participant", "x:nobody")
			_, err := w.Load(ctx, graph.Act{}, statements(append(list, graph.Statement{Draft: &broken, Where: "file:99:7"})...), nil)
			if err == nil || !strings.HasPrefix(err.Error(), "file:99:7: ") {
				t.Fatalf("error: %v", err)
			}
			want(t, "the graph", everything(w), before)
			if _, err := w.Load(ctx, graph.Act{}, statements(list...), nil); err != nil {
				t.Errorf("the same without the bad line: %v", err)
			}
		})
	}
}

// A statement says one thing; one that says none, or two, is not dropped.
func TestLoadEmptyStatement(t *testing.T) {
	w := graphtest.Open(t, nil)
	both := graph.Statement{Document: &graph.Document{Key: w.Key("source:a")}, Declaration: &graph.Declaration{Kind: "Place"}, Where: "file:3"}
	for _, s := range []graph.Statement{{Where: "file:3"}, both} {
		_, err := w.Load(ctx, graph.Act{}, statements(s), nil)
		if !errors.Is(err, graph.ErrRefused) || !strings.HasPrefix(err.Error(), "file:3: ") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// everything writes down what any reader can see.
func everything(w *graphtest.World) string {
	w.Helper()
	v := w.At(graph.Point{Clearance: graph.Red})
	s, err := v.Stats(ctx)
	if err != nil {
		w.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, s)
	for _, kind := range []string{"Meeting", "Offer", "Position"} {
		list, err := v.Relations(ctx, graph.RelationQuery{Kind: kind})
		if err != nil {
			w.Fatal(err)
		}
		for _, r := range list {
			for _, c := range r.Claims {
				fmt.Fprintln(&b, r.Keys, c.Property, c.Value, c.Date(), c.Truth, c.Rank)
			}
		}
	}
	return b.String()
}

// A store that fails at any step of a load leaves nothing half-visible: after
// opening again, the load is there as a whole or not at all, and works.
func TestLoadFaultSweep(t *testing.T) {
	for n := 1; ; n++ {
		store := memkv.New(nil)
		db := openOn(t, store)
		w := &graphtest.World{TB: t, DB: db}
		w.Declare("State x:ua", "State x:ru")
		w.Document("source:load", "2025-11-30")
		w.Assert(meeting(w, "load", "K3", "m3", "2025-11-20")) // which the load corrects
		before := everything(w)

		faulty := kvtest.FailAt(store, n)
		failing := openOn(t, faulty)
		graph.Tiny(failing)
		_, err := failing.Load(ctx, graph.Act{}, statements(dataset(w, 12)...), nil)
		if faulty.Failed() && !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("step %d: %v", n, err)
		}
		w.DB = openOn(t, store)
		_, problems, checkErr := w.Check(ctx)
		if checkErr != nil || len(problems) > 0 {
			t.Fatalf("step %d: %v %s", n, checkErr, strings.Join(problems, "\n"))
		}
		if !faulty.Failed() {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if after := everything(w); after != before {
			t.Fatalf("step %d: the graph changed:\n%s\nbefore:\n%s", n, after, before)
		}
		graph.Tiny(w.DB)
		if _, err := w.Load(ctx, graph.Act{}, statements(dataset(w, 12)...), nil); err != nil {
			t.Fatalf("step %d: the load after it: %v", n, err)
		}
	}
}

func openOn(t *testing.T, store kvtest.BulkStore) *graph.DB {
	t.Helper()
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: graphtest.Ontology()})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestLoadDryRun(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		for _, tiny := range []bool{false, true} {
			if tiny {
				graph.Tiny(w.DB)
			}
			got, err := w.Load(ctx, graph.Act{}, statements(dataset(w, 10)...), &graph.LoadOptions{DryRun: true})
			if err != nil || got.New != 10 || got.TS != 0 {
				t.Fatal(got, err)
			}
			s, err := w.At(graph.Point{}).Stats(ctx)
			want(t, "counts", text(s, err), text(graph.Stats{}, nil))
		}
	})
}

// The same idempotency key does nothing the second time.
func TestIdempotencyKey(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		act := graph.Act{Author: "test", IdempotencyKey: "once"}
		first, err := w.Update(ctx, act, func(tx *graph.Tx) error {
			_, _, err := tx.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Update(ctx, act, func(*graph.Tx) error { return errors.New("was run") })
		if err != nil || again != first {
			t.Errorf("again: %v, want %v (%v)", again, first, err)
		}
	})
}

// What a refused load has named is found by name afterwards.
func TestNamesAfterRefusedLoad(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		graph.Tiny(w.DB)
		var list []graph.Statement
		for i := range 40 {
			v := w.Valid(fmt.Sprintf("2025-10-%02d", i%28+1))
			l := graphtest.Link("x:ua", "visits", "x:ru")
			l.Valid = &v
			list = append(list, graph.Statement{Draft: &graph.Draft{Document: graph.ByKey("source:d1"), Key: fmt.Sprint(i), Links: []graph.Link{l}}})
		}
		bad := graph.Draft{Document: graph.ByKey("source:nope"), Key: "x", Links: []graph.Link{graphtest.Link("x:ua", "visits", "x:ru")}}
		if _, err := w.Load(ctx, graph.Act{}, statements(append(list, graph.Statement{Draft: &bad})...), nil); err == nil {
			t.Fatal("accepted")
		}
		links(w, "d1", "ua visits ru 2025-11-01")
		got, _ := edges(t, w.At(graph.Point{}), graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua")), Properties: []string{"visits"}})
		want(t, "neighbors", len(got), 1)
		n := 0
		for _, err := range w.At(graph.Point{}).Edges(ctx, "visits", graph.Always) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		want(t, "edges", n, 1)
	})
}

// A roll-back that is cut short at any step goes on at the next opening.
func TestRollBackCutShort(t *testing.T) {
	for n := int64(1); ; n++ {
		store := memkv.New(nil)
		w := &graphtest.World{TB: t, DB: openOn(t, store)}
		w.Declare("State x:ua", "State x:ru")
		w.Document("source:load", "2025-11-30")
		w.Assert(meeting(w, "load", "K3", "m3", "2025-11-20"))
		before := everything(w)
		d := &dying{BulkStore: store}
		d.flushes.Store(n)
		failing := openOn(t, d)
		graph.Tiny(failing)
		bad := meeting(w, "load", "bad", "mbad", "2025-11-30")
		bad.Relation.Fields[0] = fill("participant", "x:nobody")
		_, err := failing.Load(ctx, graph.Act{}, statements(append(dataset(w, 12), graph.Statement{Draft: &bad})...), nil)
		if err == nil {
			t.Fatal("accepted")
		}
		w.DB = openOn(t, store)
		_, problems, err := w.Check(ctx)
		if err != nil || len(problems) > 0 {
			t.Fatalf("flush %d: %v %s", n, err, strings.Join(problems, "\n"))
		}
		want(t, text("after flush ", n), everything(w), before)
		if d.flushes.Load() > 0 {
			return
		}
	}
}
