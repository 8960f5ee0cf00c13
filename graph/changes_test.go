package graph_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// taken collects the transactions that a sequence gives.
func taken(t testing.TB, seq iter.Seq2[graph.Transaction, error]) (list []graph.Transaction) {
	t.Helper()
	for tx, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, tx)
	}
	return list
}

// didOf writes down what a transaction did; entities by their first key.
func didOf(tx graph.Transaction) string {
	var keys, given, closed []string
	for _, e := range tx.Entities {
		keys = append(keys, e.Keys[0].String())
	}
	for _, k := range tx.Keys {
		given = append(given, k.Key.String())
	}
	for _, c := range tx.Closed {
		closed = append(closed, string(c.Why))
	}
	return fmt.Sprintf("documents %d, entities [%s], keys [%s], claims %d, opened %d, closed [%s]",
		len(tx.Documents), strings.Join(keys, " "), strings.Join(given, " "), len(tx.Claims), len(tx.Opened), strings.Join(closed, " "))
}

// Each act is told by the transaction that did it, by public ids; documents
// and entities by the first one that says something in or about them.
func TestChangesTell(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		draft := meeting(w, "d1", "a1", "m1", "2025-11-20")
		id, _ := w.Assert(draft)
		w.Assert(meeting(w, "d2", "a1", "m1", "2025-11-20"))
		draft.Summary = "in other words"
		w.Assert(draft)
		w.Do(func(tx *graph.Tx) error { return tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Preferred }) })
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:ua"), w.Key("iso:UA")}})
			return err
		})
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		ts, err := w.Update(ctx, graph.Act{Author: "desk", Reason: "again", Cause: "a letter", IdempotencyKey: "k1"}, func(tx *graph.Tx) error {
			_, _, err := tx.Assert(draft)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		all := taken(t, w.Changes(ctx, 0, 0, nil))
		var lines []string
		for _, tx := range all {
			lines = append(lines, didOf(tx))
		}
		want(t, "told", "\n"+strings.Join(lines, "\n"), `
documents 1, entities [x:m1 x:ua x:ru], keys [], claims 3, opened 1, closed []
documents 1, entities [], keys [], claims 0, opened 1, closed []
documents 0, entities [], keys [], claims 0, opened 1, closed [CORRECT]
documents 0, entities [], keys [], claims 0, opened 1, closed [JUDGE]
documents 0, entities [], keys [iso:UA], claims 0, opened 0, closed []
documents 0, entities [], keys [], claims 0, opened 0, closed [RETRACT]
documents 0, entities [], keys [], claims 0, opened 1, closed []`)
		last := all[len(all)-1]
		if last.TS != ts || last.Act != (graph.Act{Author: "desk", Reason: "again", Cause: "a letter", IdempotencyKey: "k1"}) || last.Opened[0] != id {
			t.Errorf("the last transaction: %+v", last)
		}
		first := all[0]
		if first.Documents[0] != w.ID("source:d1") || first.Entities[0].ID != w.ID("x:m1") || first.Entities[0].Kind != "Meeting" {
			t.Errorf("the first transaction: %+v", first)
		}
		for i, c := range first.Claims {
			if claim, err := w.At(graph.Point{}).Claim(ctx, c); err != nil || claim.Subject != w.ID("x:m1") {
				t.Errorf("claim %d: %+v (%v)", i, claim, err)
			}
		}
		if c := all[2].Closed[0]; c.Assertion != id || c.Instead != id {
			t.Errorf("corrected: %+v", c)
		}
		if c := all[5].Closed[0]; c.Assertion != id || !c.Instead.IsZero() {
			t.Errorf("retracted: %+v", c)
		}
	})
}

// From is exclusive, to inclusive; going on behind each item gives each once.
func TestChangesResume(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		for i := range 150 { // more than a page
			w.Assert(meeting(w, "d1", fmt.Sprint("a", i), fmt.Sprint("m", i), "2025-11-20"))
		}
		all := taken(t, w.Changes(ctx, 0, 0, nil))
		want(t, "all", len(all), 150)
		var one []graph.Transaction
		for from := graph.TS(0); ; {
			before := len(one)
			for tx, err := range w.Changes(ctx, from, 0, nil) {
				if err != nil {
					t.Fatal(err)
				}
				one, from = append(one, tx), tx.TS
				break
			}
			if len(one) == before {
				break
			}
		}
		if fmt.Sprint(one) != fmt.Sprint(all) {
			t.Error("one by one they are not the same")
		}
		want(t, "between", fmt.Sprint(taken(t, w.Changes(ctx, all[10].TS, all[80].TS, nil))), fmt.Sprint(all[11:81]))
		want(t, "nothing between", len(taken(t, w.Changes(ctx, all[10].TS, all[10].TS, nil))), 0)
		want(t, "backwards", len(taken(t, w.Changes(ctx, all[10].TS, all[9].TS, nil))), 0)
		want(t, "behind the newest", len(taken(t, w.Changes(ctx, all[149].TS, 0, nil))), 0)
		seq := w.Changes(ctx, all[140].TS, 0, nil)
		want(t, "the same sequence again", fmt.Sprint(taken(t, seq)), fmt.Sprint(taken(t, seq)))
	})
}

// A transaction that was written in chunks is one, and one that was rolled
// back is none.
func TestChangesChunks(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		graph.Tiny(w.DB)
		table(w)
		d := graph.Draft{Document: graph.ByKey("source:d1"), Key: "many"}
		for i := range 200 {
			l := graphtest.Link("x:ua", "meets", "x:ru")
			l.Occurrence = fmt.Sprint(i)
			d.Links = append(d.Links, l)
		}
		if _, err := w.Load(ctx, graph.Act{Author: "desk"}, statements(graph.Statement{Draft: &d}), nil); err != nil {
			t.Fatal(err)
		}
		bad := d
		bad.Key, bad.Links = "bad", append(slices.Clone(d.Links), graphtest.Link("x:ua", "meets", "x:nobody"))
		for i := range bad.Links {
			bad.Links[i].Occurrence += "b"
		}
		good := meeting(w, "d2", "a1", "m1", "2025-11-20")
		_, err := w.Load(ctx, graph.Act{Author: "desk"}, statements(graph.Statement{Draft: &good}, graph.Statement{Draft: &bad}), nil)
		if err == nil {
			t.Fatal("loaded")
		}
		all := taken(t, w.Changes(ctx, 0, 0, nil))
		if len(all) != 1 || len(all[0].Claims) != 200 || len(all[0].Opened) != 1 || all[0].Author != "desk" {
			t.Fatalf("%d transactions: %.300v", len(all), all)
		}
		want(t, "links in order", all[0].Claims[7].String(), only7(t, w, "7"))
	})
}

// only7 finds the claim with an occurrence.
func only7(t *testing.T, w *graphtest.World, occurrence string) string {
	t.Helper()
	for _, c := range claims(w, graph.Point{}, "x:ua", "meets") {
		if c.Occurrence == occurrence {
			return c.ID.String()
		}
	}
	t.Fatal("there is no such claim")
	return ""
}

// What is not cleared is left out; with the first thing that a reader may see,
// documents, entities and claims are new to that reader.
func TestChangesClearance(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	secret := meeting(w, "d1", "a1", "m1", "2025-11-20")
	secret.Judgement.Marking = graph.Red
	id, _ := w.Assert(secret)
	w.Assert(meeting(w, "d1", "a2", "m1", "2025-11-20"))
	w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
	list := taken(t, w.Changes(ctx, 0, 0, nil))
	if len(list) != 1 || didOf(list[0]) != "documents 1, entities [x:m1 x:ua x:ru], keys [], claims 3, opened 1, closed []" {
		t.Errorf("without clearance: %+v", list)
	}
	list = taken(t, w.Changes(ctx, 0, 0, &graph.ChangesOptions{Clearance: graph.Red}))
	if len(list) != 3 || didOf(list[1]) != "documents 0, entities [], keys [], claims 0, opened 1, closed []" {
		t.Errorf("with clearance: %+v", list)
	}
}

// A key that is given beside what is hidden may belong to it, and is hidden, too.
func TestChangesKeysOutOfSight(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	w.Assert(meeting(w, "d1", "a1", "m1", "2025-11-20"))
	from := w.Do(func(tx *graph.Tx) error {
		d := meeting(w, "d1", "a2", "m1", "2025-11-21")
		d.Judgement.Marking = graph.Red
		if _, _, err := tx.Assert(d); err != nil {
			return err
		}
		_, err := tx.Declare(graph.Declaration{Kind: "Meeting", Keys: []graph.Key{w.Key("x:m1"), w.Key("secret:m1")}})
		return err
	}) - 1
	want(t, "without clearance", len(taken(t, w.Changes(ctx, from, 0, nil))), 0)
	list := taken(t, w.Changes(ctx, from, 0, &graph.ChangesOptions{Clearance: graph.Red}))
	if len(list) != 1 || didOf(list[0]) != "documents 0, entities [], keys [secret:m1], claims 3, opened 1, closed []" {
		t.Errorf("with clearance: %+v", list)
	}
}

// An embargo hides until it ends, also what then becomes known for the first time.
func TestChangesEmbargo(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	d := meeting(w, "d1", "a1", "m1", "2025-11-20")
	on, err := graph.ParseOn("2025-12-10")
	if err != nil {
		t.Fatal(err)
	}
	d.Judgement.Embargo = on.From
	w.Assert(d)
	w.Assert(meeting(w, "d1", "a2", "m1", "2025-11-20"))
	const first = "documents 1, entities [x:m1 x:ua x:ru], keys [], claims 3, opened 1, closed []"
	list := taken(t, w.Changes(ctx, 0, 0, &graph.ChangesOptions{Clearance: graph.Red}))
	if len(list) != 1 || didOf(list[0]) != first {
		t.Errorf("under embargo: %+v", list)
	}
	w.Day("2025-12-10")
	list = taken(t, w.Changes(ctx, 0, 0, nil))
	if len(list) != 2 || didOf(list[0]) != first {
		t.Errorf("after it: %+v", list)
	}
}

// To a reader who may not see what came in its place, a record was retracted,
// whether it was or was judged or corrected out of sight.
func TestChangesOutOfSight(t *testing.T) {
	red := func(j *graph.Judgement) { j.Marking = graph.Red }
	for name, act := range map[string]func(w *graphtest.World, tx *graph.Tx, id graph.AssertionID) error{
		"judged": func(_ *graphtest.World, tx *graph.Tx, id graph.AssertionID) error { return tx.Judge(id, red) },
		"corrected": func(w *graphtest.World, tx *graph.Tx, id graph.AssertionID) error {
			d := meeting(w, "d2", "a2", "m1", "2025-11-21")
			red(&d.Judgement)
			_, err := tx.Correct(id, d)
			return err
		},
		"retracted": func(_ *graphtest.World, tx *graph.Tx, id graph.AssertionID) error { return tx.Retract(id) },
	} {
		w := graphtest.Open(t, nil)
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "a1", "m1", "2025-11-20"))
		w.Do(func(tx *graph.Tx) error { return act(w, tx, id) })
		list := taken(t, w.Changes(ctx, 0, 0, nil))
		if len(list) != 2 || fmt.Sprint(list[1].Closed) != fmt.Sprint([]graph.Closing{{Assertion: id, Why: graph.ByRetract}}) || len(list[1].Opened) > 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// What a reader is given does not depend on what the reader may not see: two
// histories that differ in hidden acts only read the same.
func TestChangesNoninterference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 12).Draw(rt, "steps")
		with, without := pastOf(t, steps, true), pastOf(t, steps, false)
		for _, clearance := range []graph.Marking{graph.Clear, graph.Green} {
			o := &graph.ChangesOptions{Clearance: clearance}
			a, b := fmt.Sprint(taken(t, with.Changes(ctx, 0, 0, o))), fmt.Sprint(taken(t, without.Changes(ctx, 0, 0, o)))
			if a != b {
				rt.Fatalf("with what is hidden:\n%s\nwithout:\n%s", a, b)
			}
		}
	})
}

// step is one transaction: what is asserted in it, and which assertion is retracted.
type step struct {
	open, hidden []onceSaid
	retract      int // of the step with this number, the open assertion; 0: none
}

type onceSaid struct{ meeting, doc, day int }

func drawStep(rt *rapid.T) step {
	one := rapid.Custom(func(rt *rapid.T) onceSaid {
		return onceSaid{rapid.IntRange(1, 3).Draw(rt, "meeting"), rapid.IntRange(1, 3).Draw(rt, "doc"), rapid.IntRange(10, 12).Draw(rt, "day")}
	})
	return step{rapid.SliceOfN(one, 0, 1).Draw(rt, "open"), rapid.SliceOfN(one, 0, 2).Draw(rt, "hidden"), rapid.IntRange(0, 6).Draw(rt, "retract")}
}

// pastOf does the steps on one day each, those that may be seen in full and
// the hidden parts on request.
func pastOf(t *testing.T, steps []step, hidden bool) *graphtest.World {
	t.Helper()
	w := graphtest.Open(t, nil)
	table(w)
	ids := map[int]graph.AssertionID{}
	for i, s := range steps {
		w.Day(fmt.Sprintf("2025-12-%02d", i+4))
		w.Do(func(tx *graph.Tx) error {
			for _, d := range s.drafts(w, i, hidden) {
				id, _, err := tx.Assert(d)
				if err != nil {
					return err
				}
				if d.Judgement.Marking == graph.Clear {
					ids[i+1] = id
				}
			}
			id, ok := ids[s.retract]
			if !ok || s.retract > i {
				return nil
			}
			delete(ids, s.retract)
			return tx.Retract(id)
		})
	}
	return w
}

func (s step) drafts(w *graphtest.World, i int, hidden bool) (list []graph.Draft) {
	draft := func(what onceSaid, key string) graph.Draft {
		return meeting(w, fmt.Sprint("d", what.doc), key, fmt.Sprint("m", what.meeting), fmt.Sprint("2025-11-", what.day))
	}
	if hidden {
		for j, what := range s.hidden {
			d := draft(what, fmt.Sprint("h", i, j))
			d.Judgement.Marking = graph.Amber
			list = append(list, d)
		}
	}
	for j, what := range s.open {
		list = append(list, draft(what, fmt.Sprint("o", i, j)))
	}
	return list
}

// A follower that goes on behind what it was given sees each transaction of
// several writers once, in order.
func TestChangesConcurrent(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		const writers, each = 4, 40
		var wrote sync.Map
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for j := range each {
					key := fmt.Sprintf("%d-%d", i, j)
					ts, err := w.Update(ctx, graph.Act{Author: key}, func(tx *graph.Tx) error {
						_, _, err := tx.Assert(meeting(w, "d1", key, "m"+key, "2025-11-20"))
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					wrote.Store(ts, key)
				}
			})
		}
		var seen []graph.Transaction
		for from := graph.TS(0); len(seen) < writers*each && !t.Failed(); {
			for tx, err := range w.Changes(ctx, from, 0, &graph.ChangesOptions{Wait: patience}) {
				if err != nil {
					t.Fatal(err)
				}
				if tx.TS <= from {
					t.Fatalf("%d after %d", tx.TS, from)
				}
				seen, from = append(seen, tx), tx.TS
				if len(seen)%3 == 0 {
					break
				}
			}
		}
		wg.Wait()
		for _, tx := range seen {
			if key, ok := wrote.LoadAndDelete(tx.TS); !ok || key != tx.Author {
				t.Errorf("%d by %s, who wrote %v", tx.TS, tx.Author, key)
			}
		}
		wrote.Range(func(ts, key any) bool { t.Errorf("%v by %v was not given", ts, key); return true })
	})
}
