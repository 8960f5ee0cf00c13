package graph_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// checked is a small store with rows of every family: names and links, one
// claim with several assertions, one denied, one marked, one retracted, one
// corrected, one whose claims only the log lists, and an idempotency key.
func checked(t *testing.T) (*memkv.Store, *graphtest.World) {
	store := memkv.New(nil)
	w := &graphtest.World{TB: t, DB: openOn(t, store)}
	table(w)
	a, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
	w.Assert(meeting(w, "d2", "A", "m1", "2025-11-30"))
	w.Assert(deny(w, "d3", "A", "x:m1"))
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "N", Links: []graph.Link{
		graphtest.Say("x:ua", "name", graph.NameOf("Україна", "uk", "", "")), graphtest.Say("x:ua", "alias", graph.TextOf("Kyiv"))}})
	w.Assert(stance(w, "d2", "P", "2025-11-20", "OPEN", graph.Self, "x:peskov"))
	w.Assert(stance(w, "d2", "P", "2025-11-21", "OPEN", graph.Self, "x:peskov"))
	marked := offerState(w, "d3", "O", "2025-11-20", "TABLED")
	marked.Judgement.Marking = graph.Amber
	w.Assert(marked)
	w.Do(func(tx *graph.Tx) error { return tx.Retract(a) })
	graph.Tiny(w.DB)
	w.Assert(offerState(w, "d1", "long", "2025-11-22", "REVISED"))
	if _, err := w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 4)...), nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range []graph.Marking{graph.Red, graph.Green} { // the second is not told of the first
		list := agents(w, 2, graph.Judgement{Marking: m})
		if m == graph.Green {
			list[0].Declaration.Keys[0], list[1].Draft.Links[0].Subject = w.Key("z:agent"), graph.ByKey("z:agent")
		}
		if _, err := w.Load(ctx, graph.Act{Author: "test", Clearance: m}, statements(list...), nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Update(ctx, graph.Act{Author: "test", IdempotencyKey: "once"}, func(tx *graph.Tx) error {
		_, err := tx.Declare(graph.Declaration{Kind: "Place", Keys: []graph.Key{w.Key("x:paris")}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	keepBlocks(t, store)
	w.DB = openOn(t, store)
	return store, w
}

type keyValue struct{ key, value []byte }

func allRows(t *testing.T, store kv.Store) (list []keyValue) {
	t.Helper()
	err := store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(k, v []byte) error {
			list = append(list, keyValue{bytes.Clone(k), bytes.Clone(v)})
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Any byte of any row that is not what was written is found, and what is
// reported is a sentence. Every seventh is tried by day, each of them by night.
func TestCheckFindsEveryByte(t *testing.T) {
	store, w := checked(t)
	if _, problems, err := w.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatal(err, strings.Join(problems, "\n"))
	}
	families := map[byte]bool{}
	every, n := size(37, 7, 1), 0
	for _, row := range allRows(t, store) {
		families[row.key[0]] = true
		for i := range len(row.key) + len(row.value) {
			if n++; n%every == 0 {
				flip(t, store, w, row, i)
			}
		}
	}
	for _, family := range "MPdhexvnrykcsADSbalB" {
		if !families[byte(family)] {
			t.Errorf("no row of family %c was tried", family)
		}
	}
}

// flip changes one bit of a row, checks, and puts the row back.
func flip(t *testing.T, store kv.Store, w *graphtest.World, row keyValue, i int) {
	t.Helper()
	k, v := bytes.Clone(row.key), bytes.Clone(row.value)
	bit := byte(1) << (i % 8)
	if i < len(k) {
		k[i] ^= bit
	} else {
		v[i-len(k)] ^= bit
	}
	swap(t, store, row.key, k, v)
	_, problems, err := w.Check(ctx)
	if err == nil && len(problems) == 0 {
		t.Errorf("row %x, byte %d: the check finds nothing", row.key, i)
	}
	swap(t, store, k, row.key, row.value)
}

// swap puts a row in the place of another one.
func swap(t *testing.T, store kv.Store, old, k, v []byte) {
	t.Helper()
	_, err := store.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Delete(old); err != nil {
			return err
		}
		return tx.Set(k, v)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Check reads names from their rows: one that was changed under an open
// database, which has read it before, is found.
func TestCheckReadsNamesFromRows(t *testing.T) {
	store, w := checked(t)
	for _, row := range allRows(t, store) {
		if row.key[0] != 'P' || !bytes.HasSuffix(row.value, []byte("participant")) {
			continue
		}
		_, err := store.Update(ctx, func(tx kv.Txn) error {
			return tx.Set(row.key, bytes.Replace(row.value, []byte("participant"), []byte("participanT"), 1))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, problems, err := w.Check(ctx)
	if err != nil || !strings.Contains(strings.Join(problems, "\n"), "claim") {
		t.Errorf("claims are held against a name that is not in the rows: %v %s", err, strings.Join(problems, "\n"))
	}
}
