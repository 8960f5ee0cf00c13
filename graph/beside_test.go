package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// twoStand gives one assertion two records: somebody without clearance uses
// the key of a hidden one.
func twoStand(w *graphtest.World, hidden, open graph.Draft) (id graph.AssertionID) {
	w.Helper()
	hidden.Judgement = secretly
	id, _ = w.Assert(hidden)
	by(w, graph.Clear, func(tx *graph.Tx) error {
		_, outcome, err := tx.Assert(open)
		want(w, "outcome beside the hidden one", outcome, graph.New)
		return err
	})
	return id
}

func by(w *graphtest.World, clearance graph.Marking, fn func(tx *graph.Tx) error) {
	w.Helper()
	if _, err := w.Update(ctx, graph.Act{Author: "test", Clearance: clearance}, fn); err != nil {
		w.Fatal(err)
	}
}

func alias(text string) graph.Draft {
	return named("d1", "k", "x:ua", "alias", graph.NameOf(text, "en", "", ""))
}

// aliases counts the evidence of each claim on an alias.
func aliases(w *graphtest.World, clearance graph.Marking) map[string]int {
	w.Helper()
	v, found := w.At(graph.Point{Clearance: clearance}), map[string]int{}
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID("x:ua")), Properties: []string{"alias"}, Denied: true}) {
		if err != nil {
			w.Fatal(err)
		}
		list, err := v.Evidence(ctx, []graph.Claim{c})
		if err != nil {
			w.Fatal(err)
		}
		found[c.Value.String()] = len(list)
	}
	return found
}

// Who says again what one of several records says, is told that it is known:
// the others stay as they are.
func TestBesideKnown(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		twoStand(w, alias("Ukrayina"), alias("Ukrayina"))
		again := alias("Ukrayina")
		again.Judgement = secretly
		_, outcome := w.Assert(again)
		want(t, "outcome", outcome, graph.Known)
		want(t, "records that anybody sees", aliases(w, graph.Clear)["Ukrayina"], 1)
	})
}

// Each record that stands is evidence, also where two of one assertion say of
// one claim the opposite.
func TestBesideEvidence(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		denied := alias("Ukrayina")
		denied.Links[0].Deny = true
		twoStand(w, denied, alias("Ukrayina"))
		want(t, "evidence", aliases(w, graph.Red)["Ukrayina"], 2)
		want(t, "evidence that anybody sees", aliases(w, graph.Clear)["Ukrayina"], 1)
	})
}

// A correction says which of several is right, whichever came last.
func TestBesideCorrect(t *testing.T) {
	for _, right := range []string{"Hidden", "Open"} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			id := twoStand(w, alias("Hidden"), alias("Open"))
			w.Do(func(tx *graph.Tx) error {
				_, err := tx.Correct(id, alias(right))
				return err
			})
			left := aliases(w, graph.Red)
			want(t, "evidence for "+right, left[right], 1)
			want(t, "claims", len(left), 1)
		})
	}
}

// Unmerge takes back all records that say that two are one, several of one
// assertion too, and none that says anything else.
func TestBesideUnmerge(t *testing.T) {
	for _, hidden := range []string{"a merge", "something else"} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			for _, key := range []string{"x:ua", "x:ru"} {
				w.Assert(named("d2", key, key, "name", graph.NameOf(key, "en", "", "")))
			}
			merge := func(j graph.Judgement) func(*graph.Tx) error {
				return func(tx *graph.Tx) error {
					return second(tx.Merge(graph.ByKey("x:ua"), graph.ByKey("x:ru"), &graph.Draft{Document: inDoc("d1"), Key: "k", Judgement: j}))
				}
			}
			if hidden == "a merge" {
				w.Do(merge(secretly))
			} else {
				d := alias("Ukrayina")
				d.Judgement = secretly
				w.Assert(d)
			}
			by(w, graph.Clear, merge(graph.Judgement{}))
			w.Do(func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("x:ua"), graph.ByKey("x:ru")) })
			v := w.At(graph.Point{Clearance: graph.Red})
			if one, other := entityID(t, v, "x:ua"), entityID(t, v, "x:ru"); one == other {
				t.Error("they are one still")
			}
			want(t, "evidence for what else was said", aliases(w, graph.Red)["Ukrayina"], map[bool]int{hidden != "a merge": 1}[true])
		})
	}
}
