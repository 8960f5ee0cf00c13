package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// agents are declared with a key of their own and one that belongs to another
// entity, of which who loads them may not be told.
func agents(w *graphtest.World, n int, j graph.Judgement) (list []graph.Statement) {
	for i := range n {
		keys := []graph.Key{w.Key(fmt.Sprint("x:agent", i)), w.Key(fmt.Sprint("y:agent", i))}
		d := named("d1", fmt.Sprint(j.Marking, " N", i), keys[0].String(), "name", graph.NameOf(fmt.Sprint("Agent ", i), "en", "", ""))
		d.Judgement = j
		list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "Person", Keys: keys}}, graph.Statement{Draft: &d})
	}
	return list
}

// The keys of a load are told as far as what it says, in whatever chunks it is
// written. One that fails leaves the keys of others as they were, and what a
// dump restores tells the same.
func TestToldKeysFaultSweep(t *testing.T) {
	for n := 1; ; n++ {
		store := memkv.New(nil)
		w := &graphtest.World{TB: t, DB: openOn(t, store)}
		table(w)
		secret := statements(agents(w, 6, secretly)...)
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, secret, nil); err != nil {
			t.Fatal(err)
		}
		w.Declare("Person x:open")
		before := toldTo(w.DB)

		faulty := kvtest.FailAt(store, n)
		failing := openOn(t, faulty)
		graph.Tiny(failing)
		open := agents(w, 6, graph.Judgement{Marking: graph.Green})
		for i := range 3 { // keys of others that the act is not told of
			open[2*i].Declaration.Keys[0] = w.Key(fmt.Sprint("z:agent", i))
			open[2*i+1].Draft.Links[0].Subject = graph.ByKey(fmt.Sprint("z:agent", i))
		}
		_, err := failing.Load(ctx, graph.Act{Clearance: graph.Green}, statements(open...), nil)
		if faulty.Failed() && !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("step %d: %v", n, err)
		}
		w.DB = openOn(t, store)
		if _, problems, err := w.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatalf("step %d: %v %s", n, err, strings.Join(problems, "\n"))
		}
		if faulty.Failed() {
			if after := toldTo(w.DB); after != before {
				t.Fatalf("step %d:\n%s\nbefore:\n%s", n, after, before)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		want(t, "told", toldTo(w.DB), `CLEAR x:open: [x:open]
GREEN x:agent3: [x:agent3 y:agent3]
GREEN x:agent4: [x:agent4 y:agent4]
GREEN x:agent5: [x:agent5 y:agent5]
GREEN x:open: [x:open]
GREEN y:agent0: [z:agent0 y:agent0]
GREEN y:agent1: [z:agent1 y:agent1]
GREEN y:agent2: [z:agent2 y:agent2]
GREEN y:agent3: [x:agent3 y:agent3]
GREEN y:agent4: [x:agent4 y:agent4]
GREEN y:agent5: [x:agent5 y:agent5]
GREEN z:agent0: [z:agent0 y:agent0]
GREEN z:agent1: [z:agent1 y:agent1]
GREEN z:agent2: [z:agent2 y:agent2]
`)
		sameAfterRestore(t, w.DB)
		return
	}
}

// toldTo lists by which keys readers of two clearances find what.
func toldTo(db *graph.DB) (told string) {
	for _, clearance := range []graph.Marking{graph.Clear, graph.Green} {
		v := db.At(graph.Point{Clearance: clearance})
		for _, key := range []string{"x:agent", "x:open", "y:agent", "z:agent"} {
			for i := range 6 {
				k := key
				if key != "x:open" {
					k = fmt.Sprint(key, i)
				} else if i > 0 {
					continue
				}
				if e, err := v.Find(ctx, graph.ByKey(k)); err == nil {
					told += fmt.Sprintln(strings.TrimPrefix(clearance.String(), "TLP:"), k+":", e.Keys)
				}
			}
		}
	}
	return told
}

func sameAfterRestore(t *testing.T, db *graph.DB) {
	t.Helper()
	var first, again bytes.Buffer
	if _, err := db.Dump(ctx, &first); err != nil {
		t.Fatal(err)
	}
	store := memkv.New(nil)
	if _, err := graph.Restore(ctx, store, bytes.NewReader(first.Bytes())); err != nil {
		t.Fatal(err)
	}
	restored := openOn(t, store)
	if _, problems, err := restored.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatalf("restored: %v %s", err, strings.Join(problems, "\n"))
	}
	if _, err := restored.Dump(ctx, &again); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Errorf("the dump of what was restored differs (%v)", err)
	}
	want(t, "told by what was restored", toldTo(restored), toldTo(db))
}

// What is judged to be more open tells the keys that came with it, and no others.
func TestToldKeysOfJudgement(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(agents(w, 1, secretly)...), nil); err != nil {
			t.Fatal(err)
		}
		later := agents(w, 1, secretly)
		later[0].Declaration.Keys = append(later[0].Declaration.Keys, w.Key("y:codename"))
		later[1].Draft.Key = "later"
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(later...), nil); err != nil {
			t.Fatal(err)
		}
		id, _ := w.Assert(*agents(w, 1, secretly)[1].Draft)
		want(t, "hidden", toldTo(w.DB), "")
		w.Do(func(tx *graph.Tx) error {
			return tx.Judge(id, func(j *graph.Judgement) { j.Marking = graph.Green })
		})
		want(t, "opened", toldTo(w.DB), "GREEN x:agent0: [x:agent0 y:agent0]\nGREEN y:agent0: [x:agent0 y:agent0]\n")
	})
}

// secretPosition is a hidden assertion about a relation that it makes.
func secretPosition(w *graphtest.World, key string) graph.Draft {
	d := meeting(w, "d1", key, "agent0", "2025-11-01")
	d.Judgement = secretly
	return d
}

// What is loaded again, or is there already where the act does not see it,
// tells its keys no further than it did.
func TestToldKeysOfKnown(t *testing.T) {
	for what, clearance := range map[string]graph.Marking{"loaded again": graph.Red, "there already": graph.Clear} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			for range 2 {
				d := secretPosition(w, "k")
				if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(graph.Statement{Draft: &d}), nil); err != nil {
					t.Fatal(err)
				}
				want(t, what, toldTo(w.DB), "")
			}
			by(w, clearance, func(tx *graph.Tx) error { return second(tx.Assert(secretPosition(w, "k"))) })
			want(t, what, toldTo(w.DB), "")
		})
	}
}

// A judgement tells no keys that a draft used which wrote nothing.
func TestToldKeysOfOthers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(agents(w, 1, secretly)...), nil); err != nil {
			t.Fatal(err)
		}
		id, _ := w.Assert(named("d1", "k", "x:ua", "alias", graph.NameOf("Ukrayina", "en", "", "")))
		w.Do(func(tx *graph.Tx) error {
			bad := named("d1", "bad", "x:agent0", "alias", graph.RefOf(graph.ByKey("x:nobody")))
			if _, _, err := tx.Assert(bad); !errors.Is(err, graph.ErrRefused) {
				t.Errorf("got %v, want a refusal", err)
			}
			return tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Preferred })
		})
		want(t, "told", toldTo(w.DB), "")
	})
}

// However often it was judged in between, what is opened tells the keys that
// came with it, those of its speakers too.
func TestToldKeysOfSpeakers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		list := agents(w, 2, secretly)
		list[1].Draft.Chain = []graph.Ref{graph.ByKey("x:agent1")}
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(list[:3]...), nil); err != nil {
			t.Fatal(err)
		}
		id := graph.AssertionOf(*list[1].Draft)
		for _, j := range []graph.Judgement{{Marking: graph.Red, Rank: graph.Preferred}, {Marking: graph.Green}} {
			w.Do(func(tx *graph.Tx) error { return tx.Judge(id, func(old *graph.Judgement) { *old = j }) })
		}
		want(t, "told", toldTo(w.DB), `GREEN x:agent0: [x:agent0 y:agent0]
GREEN x:agent1: [x:agent1 y:agent1]
GREEN y:agent0: [x:agent0 y:agent0]
GREEN y:agent1: [x:agent1 y:agent1]
`)
	})
}

// Merge tells the keys by which it names the two as far as the judgement is told.
func TestToldKeysOfMerge(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		if _, err := w.Load(ctx, graph.Act{Clearance: graph.Red}, statements(agents(w, 1, secretly)...), nil); err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *graph.Tx) error {
			return second(tx.Merge(graph.ByKey("x:witkoff"), graph.ByKey("x:agent0"), &graph.Draft{Document: inDoc("d1"), Judgement: graph.Judgement{Marking: graph.Green}}))
		})
		e, err := w.At(graph.Point{Clearance: graph.Green}).Entity(ctx, graph.ByKey("x:agent0"))
		if err != nil {
			t.Fatal(err)
		}
		want(t, "keys", fmt.Sprint(e.Keys), "[x:witkoff x:agent0]")
	})
}

// position is an assertion about a relation that its fields tell, and that has a key.
func position(w *graphtest.World, key string, j graph.Judgement) graph.Draft {
	return graph.Draft{Document: inDoc("d1"), Key: key, Voice: graph.Self, Judgement: j, Valid: w.Valid("2025-11-01"), Relation: &graph.Relation{
		Kind: "Position", Key: w.Key("x:agent0"), Fields: []graph.Field{fill("holder", "x:ua"), fill("issue", "x:land"), say("stance", "OPEN")}}}
}

// The key of a relation that its fields tell is told as far as what is said with it.
func TestToldKeysOfRelation(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(position(w, "hidden", secretly))
		want(t, "hidden", toldTo(w.DB), "")
		w.Assert(position(w, "open", graph.Judgement{Marking: graph.Green}))
		want(t, "opened", toldTo(w.DB), "GREEN x:agent0: [x:agent0]\n")
	})
}

// That what was erased is there again, hidden, is told to nobody who may not
// see it: he is refused as before.
func TestErasedAndHidden(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(position(w, "k", graph.Judgement{}))
		if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, graph.Target{Entity: w.ID("x:agent0")}); err != nil {
			t.Fatal(err)
		}
		again := func() error {
			_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error { return second(tx.Assert(position(w, "new", graph.Judgement{}))) })
			return err
		}
		before := again()
		if !errors.Is(before, graph.ErrErased) {
			t.Fatalf("got %v, want a refusal", before)
		}
		w.Do(func(tx *graph.Tx) error {
			tx.Force()
			return second(tx.Assert(position(w, "k", secretly)))
		})
		want(t, "refusal", fmt.Sprint(again()), fmt.Sprint(before))
	})
}
