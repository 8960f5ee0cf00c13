package graph_test

import (
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Ten articles on one meeting are one meeting with ten assertions: a claim is
// what it says, whoever says it, whatever marks the date carries.
func TestRule2SameClaim(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		w.Assert(meeting(w, "d2", "A", "m1", "2025-11-30~"))
		w.Assert(meeting(w, "d3", "A", "m1", "2025-11-30"))
		s, err := w.At(graph.Point{}).Stats(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "relations", s.Relations, 1)
		want(t, "claims", s.Claims, 3) // two participants and a status
		want(t, "assertions", s.Assertions, 3)
	})
}

// What tells claims apart: value, its language, the start and its precision,
// the occurrence. What does not: the form of the same text, the end.
func TestRule2Identity(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		name := func(s, lang string) graph.Link { return graphtest.Say("x:ua", "name", graph.NameOf(s, lang, "", "")) }
		note := func(valid, occurrence string) graph.Link {
			v := w.Valid(valid)
			l := graphtest.Say("x:ua", "note", graph.TextOf("n"))
			l.Valid, l.Occurrence = &v, occurrence
			return l
		}
		for i, c := range []struct {
			a, b graph.Link
			same bool
		}{
			{name("Kyiv", "en"), name("Kyiv", "uk"), false},
			{name("Z\u00fcrich", "de"), name("Zu\u0308rich", "de"), true},
			{note("2025-12-01/2025-12-02", ""), note("2025-12-01/2025-12-03", ""), true},
			{note("2025-12-01/..", ""), note("2025-12/..", ""), false},
			{note("2025-12-01/..", "1"), note("2025-12-01/..", "2"), false},
		} {
			a, b := claimID(w, text("source:a", i), c.a), claimID(w, text("source:b", i), c.b)
			if (a == b) != c.same {
				t.Errorf("case %d: same is %v, want %v", i, a == b, c.same)
			}
		}
	})
}

// claimID asserts one link in a document of its own and returns the claim's id.
func claimID(w *graphtest.World, doc string, l graph.Link) (id graph.ClaimID) {
	w.Helper()
	w.Document(doc, "2025-12-01")
	as, _ := w.Assert(graph.Draft{Document: graph.ByKey(doc), Key: "A", Links: []graph.Link{l}})
	for c, err := range w.At(graph.Point{}).Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID("x:ua"))}) {
		if err != nil {
			w.Fatal(err)
		}
		evidence, err := w.At(graph.Point{}).Evidence(ctx, []graph.Claim{c})
		if err != nil {
			w.Fatal(err)
		}
		for _, e := range evidence {
			if e.Assertion.ID == as {
				return c.ID
			}
		}
	}
	w.Fatal("claim not found")
	return id
}

// A claim's id does not depend on the store or on what was recorded before.
func TestRule2IDIsStable(t *testing.T) {
	ids := map[graph.ClaimID]bool{}
	for _, order := range [][]string{{"State x:ua", "State x:ru"}, {"Person x:other", "State x:ru", "State x:ua"}} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			w.Declare(order...)
			w.Document("source:d1", "")
			w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
			ids[only(w, graph.Point{}, "x:m1", "status").ID] = true
		})
	}
	want(t, "different ids", len(ids), 1)
}

// A property that is declared to be of another class makes no second claim.
func TestRule2ClassIsNoPartOfTheClaim(t *testing.T) {
	store := memkv.New(nil)
	ontology := func(class graph.Class) *graph.Ontology {
		return &graph.Ontology{Name: "n", Version: class.String(), Kinds: []graph.Kind{{Name: "State"}},
			Links: []graph.Property{{Name: "meets", Type: graph.Reference, Class: class}}}
	}
	for i, class := range []graph.Class{graph.State, graph.Event} {
		db, err := graph.Open(ctx, store, &graph.Options{Ontology: ontology(class)})
		if err != nil {
			t.Fatal(err)
		}
		w := &graphtest.World{TB: t, DB: db}
		w.Declare("State x:a", "State x:b")
		w.Document("source:d1", "2025-12-01")
		l, v := graphtest.Link("x:a", "meets", "x:b"), w.Valid("2025-11-01/2025-11-02")
		l.Valid = &v
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: fmt.Sprint(i), Links: []graph.Link{l}})
		want(t, "claims", len(claims(w, graph.Point{}, "x:a", "meets")), 1)
		if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
			t.Error(err, problems)
		}
	}
}
