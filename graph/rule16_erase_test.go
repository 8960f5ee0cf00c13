package graph_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

const secret = "Hidden-Words-7421"

// story tells of meetings and positions in three documents. What is in the
// hidden document, what says the secret, and the last word on the offer, is
// left out where with says no.
func story(w *graphtest.World, with bool) (hidden graph.AssertionID) {
	table(w)
	w.Document("source:hidden", "2025-12-02")
	say := func(d graph.Draft) (id graph.AssertionID) {
		if with {
			id, _ = w.Assert(d)
		}
		return id
	}
	first := meeting(w, "hidden", "first", "m1", "2025-11-30") // the first to make claims that others make, too
	first.Summary = secret
	hidden = say(first)
	w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
	other := meeting(w, "d1", "B", "m2", "2025-11-20")
	other.Relation.Fields = append(other.Relation.Fields, graph.Field{Name: "note", Values: []graph.Filler{{Value: graph.TextOf("an open note")}}})
	w.Assert(other)
	say(graph.Draft{Document: graph.ByKey("source:hidden"), Key: "end", Valid: w.Valid("2025-11-20/.."), Links: []graph.Link{graphtest.Link("x:m2", "participant", "x:ua")}})
	say(graph.Draft{Document: graph.ByKey("source:hidden"), Key: "name", Links: []graph.Link{graphtest.Say("x:ua", "alias", graph.TextOf(secret))}})
	w.Assert(offerState(w, "d1", "O", "2025-11-20", "TABLED"))
	say(offerState(w, "hidden", "O", "2025-11-25", "REVISED"))
	id, _ := w.Assert(stance(w, "d2", "P", "2025-11-20", "OPEN", graph.Self, "x:peskov"))
	w.Do(func(tx *graph.Tx) error { return tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Preferred }) })
	return hidden
}

// saidOf is everything that the story says, in words.
func saidOf(w *graphtest.World) string {
	var b strings.Builder
	for _, p := range []graph.Point{{}, w.Point("2025-12-10", "", graph.Recorded), w.Point("2025-11-30", "2025-12-02", graph.Published)} {
		for _, kind := range []string{"Meeting", "Offer", "Position"} {
			for _, r := range relationsOf(w, p, kind) {
				for _, c := range r.Claims {
					b.WriteString(text(r.Keys, c.Property, c.Value, c.Date(), c.Truth, c.Rank, c.Conflict, "\n"))
				}
			}
		}
		for _, e := range []string{"x:ua", "x:ru"} {
			names, err := w.At(p).Names(ctx, w.ID(e))
			b.WriteString(text(e, neighbors(w, p, e), names, err, "\n"))
		}
		s, err := w.At(p).Stats(ctx)
		s.Transactions = 0 // the acts themselves are not undone
		b.WriteString(text(s, err, "\n"))
	}
	return b.String()
}

// stores runs a test on both stores; dir is "" in memory.
func stores(t *testing.T, fn func(t *testing.T, w *graphtest.World, store kv.Store, dir string)) {
	t.Run("memkv", func(t *testing.T) {
		store := memkv.New(nil)
		fn(t, &graphtest.World{TB: t, DB: openOn(t, store)}, store, "")
	})
	t.Run("badgerkv", func(t *testing.T) {
		dir := t.TempDir()
		store, err := badgerkv.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		fn(t, &graphtest.World{TB: t, DB: openOn(t, store)}, store, dir)
	})
}

// sound checks all rows, and that a dump makes the same ones.
func sound(t *testing.T, w *graphtest.World, store kv.Store) {
	t.Helper()
	if _, problems, err := w.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatal(err, strings.Join(problems, "\n"))
	}
	dumped, _ := dump(t, w.DB)
	again := memkv.New(nil)
	if _, err := graph.Restore(ctx, again, bytes.NewReader(dumped)); err != nil {
		t.Fatal(err)
	}
	other := func(rows []keyValue) (list []keyValue) { // numbers are not given again
		for _, r := range rows {
			if string(r.key) != "Mnumbers" {
				list = append(list, r)
			}
		}
		return list
	}
	sameRows(t, "restored", other(allRows(t, again)), other(allRows(t, store)))
}

// What was erased is as if it had never been said, at every transaction time,
// and no row, dump or file holds a byte of it.
func TestRule16Erase(t *testing.T) {
	stores(t, func(t *testing.T, w *graphtest.World, store kv.Store, dir string) {
		never := graphtest.Open(t, nil)
		story(never, false)
		hidden := story(w, true)
		pinned := w.At(graph.Point{})
		if !grep(t, store, dir) {
			t.Fatal("the secret is not there in the first place")
		}
		ts, err := w.Erase(ctx, graph.Act{Author: "clerk", Reason: "court order 12", Clearance: graph.Red}, graph.Target{Entity: w.ID("source:hidden")})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "told", saidOf(w), saidOf(never))
		if grep(t, store, dir) {
			t.Error("the secret is still there")
		}
		sound(t, w, store)
		if _, err := pinned.Assertion(ctx, hidden); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("an earlier view: %v", err)
		}
		tombs, err := w.Tombstones(ctx)
		want(t, "tombstones", text(len(tombs), err), text(5, nil)) // the document and its four assertions
		for _, tomb := range tombs {
			want(t, "tombstone", text(tomb.TS, tomb.Author, tomb.Reason), text(ts, "clerk", "court order 12"))
		}
	})
}

// grep looks for the secret in all rows and files.
func grep(t *testing.T, store kv.Store, dir string) bool {
	t.Helper()
	for _, r := range allRows(t, store) {
		if bytes.Contains(r.value, []byte(secret)) || bytes.Contains(bytes.ToLower(r.key), []byte(strings.ToLower(secret))) {
			return true
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil && dir != "" && bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(secret))) {
			return true
		}
	}
	return false
}

// The same content is refused afterwards, unless it is forced.
func TestRule16RefusedAfterwards(t *testing.T) {
	stores(t, func(t *testing.T, w *graphtest.World, store kv.Store, _ string) {
		id := story(w, true)
		if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Reason: "law", Clearance: graph.Red}, graph.Target{Assertion: id}); err != nil {
			t.Fatal(err)
		}
		again := meeting(w, "hidden", "first", "m1", "2025-11-30")
		err := w.Refuse(again)
		if !errors.Is(err, graph.ErrErased) || !strings.Contains(err.Error(), "by clerk (law)") {
			t.Errorf("asserted again: %v", err)
		}
		list := []graph.Statement{{Draft: &again}}
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(list...), nil); !errors.Is(err, graph.ErrErased) {
			t.Errorf("loaded again: %v", err)
		}
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(list...), &graph.LoadOptions{Force: true}); err != nil {
			t.Errorf("forced: %v", err)
		}
		a, err := w.At(graph.Point{}).Assertion(ctx, id)
		want(t, "there again", text(a.ID, err), text(id, nil))
		sound(t, w, store)
		doc := graph.Target{Entity: w.ID("source:hidden")}
		if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, doc); err != nil {
			t.Fatal(err)
		}
		_, err = w.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: w.Key("source:hidden")})
			return err
		})
		if !errors.Is(err, graph.ErrErased) {
			t.Errorf("the document again: %v", err)
		}
		w.Do(func(tx *graph.Tx) error {
			tx.Force()
			_, err := tx.Document(graph.Document{Key: w.Key("source:hidden")})
			return err
		})
		sound(t, w, store)
	})
}

// What was forced back is there like anything else: said again, it is known;
// corrected, it is corrected. Nothing erased comes back by a correction.
func TestRule16ForcedBack(t *testing.T) {
	w := graphtest.Open(t, nil)
	id := story(w, true)
	again := meeting(w, "hidden", "first", "m1", "2025-11-30")
	if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Reason: "law", Clearance: graph.Red}, graph.Target{Assertion: id}); err != nil {
		t.Fatal(err)
	}
	other, _ := w.Assert(meeting(w, "d1", "C", "m1", "2025-11-30"))
	_, err := w.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		_, err := tx.Correct(other, again)
		return err
	})
	if !errors.Is(err, graph.ErrErased) {
		t.Errorf("corrected into what was erased: %v", err)
	}
	w.Do(func(tx *graph.Tx) error {
		if _, _, err := tx.Assert(again); !errors.Is(err, graph.ErrErased) {
			t.Errorf("not forced: %v", err)
		}
		tx.Force()
		_, outcome, err := tx.Assert(again)
		want(t, "forced", outcome, graph.New)
		return err
	})
	_, outcome := w.Assert(again)
	want(t, "again", outcome, graph.Known)
	again.Relation.Fields = again.Relation.Fields[:1]
	_, outcome = w.Assert(again)
	want(t, "otherwise", outcome, graph.Corrected)
}

// An update that follows an erasure at once, before who erases knows that it is
// done, is refused as any other.
func TestRule16AtOnce(t *testing.T) {
	o := &overtaken{BulkStore: memkv.New(nil)}
	w := &graphtest.World{TB: t, DB: openOn(t, o)}
	id := story(w, true)
	again := meeting(w, "hidden", "first", "m1", "2025-11-30")
	o.committed = func() {
		if err := w.Refuse(again); !errors.Is(err, graph.ErrErased) {
			t.Errorf("said again at once: %v", err)
		}
	}
	if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Reason: "law", Clearance: graph.Red}, graph.Target{Assertion: id}); err != nil {
		t.Fatal(err)
	}
}

// A relation that is told by its fields is refused after it was erased, whoever
// says it, unless it is forced.
func TestRule16Identified(t *testing.T) {
	w := graphtest.Open(t, nil)
	story(w, true)
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Position"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Reason: "law", Clearance: graph.Red}, graph.Target{Entity: list[0].ID}); err != nil {
		t.Fatal(err)
	}
	again := stance(w, "d3", "Q", "2025-11-20", "OPEN", graph.Self, "x:peskov")
	if err := w.Refuse(again); !errors.Is(err, graph.ErrErased) || !strings.Contains(err.Error(), "by clerk (law)") {
		t.Errorf("by another document: %v", err)
	}
	w.Do(func(tx *graph.Tx) error {
		tx.Force()
		_, _, err := tx.Assert(again)
		return err
	})
	want(t, "forced", relations(w, graph.Point{}, "Position", "stance"), "OPEN")
	again.Key = "R"
	w.Assert(again)
}

// Erasing an entity takes everything away that is said of it or names it.
func TestRule16Entity(t *testing.T) {
	stores(t, func(t *testing.T, w *graphtest.World, store kv.Store, dir string) {
		story(w, true)
		ua := w.ID("x:ua")
		if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, graph.Target{Entity: ua}); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"x:m1", "x:m2"} {
			if _, err := w.At(graph.Point{}).Entity(ctx, graph.ByKey(key)); !errors.Is(err, graph.ErrNotFound) {
				t.Errorf("%s, which it took part in: %v", key, err)
			}
		}
		for _, ref := range []graph.Ref{graph.ByKey("x:ua"), graph.ByID(ua)} {
			if _, err := w.At(graph.Point{}).Entity(ctx, ref); !errors.Is(err, graph.ErrNotFound) {
				t.Errorf("%s: %v", ref, err)
			}
		}
		want(t, "others stay", relations(w, graph.Point{}, "Position", "stance"), "OPEN")
		sound(t, w, store)
	})
}

// What is not there cannot be erased; erasing twice is no error.
func TestRule16Refused(t *testing.T) {
	w := graphtest.Open(t, nil)
	id := story(w, true)
	for what, targets := range map[string][]graph.Target{"nothing": {{}}, "unknown": {{Entity: graph.EntityID{1}}}, "assertion": {{Assertion: graph.AssertionID{1}}}} {
		before := saidOf(w)
		if _, err := w.Erase(ctx, graph.Act{Clearance: graph.Red}, targets...); err == nil {
			t.Errorf("%s: erased", what)
		}
		want(t, what, saidOf(w), before)
	}
	for range 2 {
		if _, err := w.Erase(ctx, graph.Act{Clearance: graph.Red}, graph.Target{Assertion: id}); err != nil {
			t.Error(err)
		}
	}
}

// An erasure that is cut off at any step is finished by the next opening.
func TestRule16CutShort(t *testing.T) {
	never := graphtest.Open(t, nil)
	story(never, false)
	for n := 1; ; n++ {
		store := memkv.New(nil)
		w := &graphtest.World{TB: t, DB: openOn(t, store)}
		story(w, true)
		before, target := saidOf(w), graph.Target{Entity: w.ID("source:hidden")}
		faulty := kvtest.FailAt(store, n)
		_, err := openOn(t, faulty).Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, target)
		if faulty.Failed() && !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("step %d: %v", n, err)
		}
		w.DB = openOn(t, store)
		if got := saidOf(w); got != saidOf(never) && got != before {
			t.Fatalf("step %d: half erased:\n%s", n, got)
		}
		sound(t, w, store)
		if !faulty.Failed() {
			want(t, "erased", saidOf(w), saidOf(never))
			return
		}
	}
}

// Files that were not rewritten before the process ended are rewritten by the
// next opening.
func TestRule16ScrubbedLater(t *testing.T) {
	stores(t, func(t *testing.T, w *graphtest.World, store kv.Store, dir string) {
		story(w, true)
		put(t, store, "Mscrub", "")
		openOn(t, store.(kvtest.BulkStore))
		for _, r := range allRows(t, store) {
			if string(r.key) == "Mscrub" {
				t.Error("it is still to be done")
			}
		}
		if dir != "" {
			sound(t, w, store)
		}
	})
}
