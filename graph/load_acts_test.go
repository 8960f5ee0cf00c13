package graph_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

func loadInto(t *testing.T, w *graphtest.World, list ...graph.Statement) graph.Loaded {
	t.Helper()
	got, err := w.Load(ctx, graph.Act{Author: "test"}, statements(list...), nil)
	if err != nil {
		t.Fatal(err)
	}
	got.TS = 0
	return got
}

func retractK0() graph.Statement {
	return graph.Statement{Where: "r:1", Retract: &graph.AssertionKey{Document: graph.ByKey("source:load"), Key: "K0"}}
}

// A load retracts by document and key, knows that it did, and a file that is
// loaded again does not undo it.
func TestLoadRetracts(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		loadInto(t, w, dataset(w, 2)...)
		want(t, "first", text(loadInto(t, w, retractK0())), text(graph.Loaded{Read: 1, Corrected: 1}))
		want(t, "again", text(loadInto(t, w, retractK0())), text(graph.Loaded{Read: 1, Known: 1}))
		want(t, "the file again", text(loadInto(t, w, dataset(w, 2)...)), text(graph.Loaded{Read: 2, Known: 2, Retracted: 1, Entities: 2}))
		s, err := w.At(graph.Point{}).Stats(ctx)
		want(t, "assertions", text(s.Assertions, err), text(1, nil))
		want(t, "transactions", s.Transactions, 2)
		again, err := w.Load(ctx, graph.Act{Author: "test"}, statements(dataset(w, 2)...), &graph.LoadOptions{Again: true})
		again.TS = 0
		want(t, "what was retracted, again", text(again, err), text(graph.Loaded{Read: 2, New: 1, Known: 1, Entities: 2}, nil))
		s, err = w.At(graph.Point{}).Stats(ctx)
		want(t, "assertions then", text(s.Assertions, err), text(2, nil))
	})
}

func TestLoadRetractsNothing(t *testing.T) {
	w := graphtest.Open(t, nil)
	list := dataset(w, 1)
	_, err := w.Load(ctx, graph.Act{}, statements(append(list, retractK0())...), nil)
	if !errors.Is(err, graph.ErrConflict) {
		t.Errorf("made and retracted in one load: %v", err)
	}
	loadInto(t, w, list...)
	wrong := retractK0()
	wrong.Retract.Key = "K9"
	_, err = w.Load(ctx, graph.Act{}, statements(wrong), nil)
	if want := `r:1: graph: not found: no assertion "K9" stands in source:load: there is nothing to retract`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
}

// A correction needs something to correct, and is known again.
func TestLoadCorrects(t *testing.T) {
	w := graphtest.Open(t, nil)
	list := dataset(w, 1)
	d := meeting(w, "load", "K0", "m0", "2025-11-09")
	fix := graph.Statement{Draft: &d, Correct: true, Where: "c:1"}
	_, err := w.Load(ctx, graph.Act{}, statements(append(list[1:], fix)...), nil)
	if want := `c:1: graph: not found: no assertion "K0" stands in source:load: there is nothing to correct`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
	loadInto(t, w, list...)
	want(t, "first", text(loadInto(t, w, fix)), text(graph.Loaded{Read: 1, Corrected: 1}))
	want(t, "again", text(loadInto(t, w, fix)), text(graph.Loaded{Read: 1, Known: 1}))
}

// A denied relation is made, its fields are denied, and the entities described
// in place are not.
func TestDeniedRelation(t *testing.T) {
	w := graphtest.Open(t, nil)
	w.Declare("State x:ru", "Issue x:eu")
	w.Document("source:d", "")
	r := &graph.Relation{Kind: "Position", Deny: true, Fields: []graph.Field{
		{Name: "holder", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("x:ru"))}}},
		{Name: "issue", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("x:eu"))}}},
		{Name: "option", Values: []graph.Filler{{Inline: &graph.Relation{Kind: "Option", Fields: []graph.Field{
			{Name: "text", Values: []graph.Filler{{Value: graph.TextOf("membership")}}}}}}}}}}
	w.Assert(graph.Draft{Document: graph.ByKey("source:d"), Key: "1", Relation: r})
	var got []string
	for s, err := range w.At(graph.Point{}).Assertions(ctx, w.ID("source:d")) {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Claims {
			got = append(got, fmt.Sprint(c.Property, " ", c.Deny))
		}
	}
	want(t, "claims", text(got), text([]string{"text false", "issue false", "holder true", "issue true", "option true"}))
}

// Assertions gives what is live, whole, in the order of recording; a day leaves
// out what does not hold there.
func TestAssertions(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		loadInto(t, w, dataset(w, 3)...)
		keys := func(p graph.Point) (list []string) {
			v := w.At(p)
			for d, err := range v.Sources(ctx) {
				if err != nil {
					t.Fatal(err)
				}
				for s, err := range v.Assertions(ctx, d.ID) {
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, s.Key)
					for _, c := range s.Claims {
						want(t, "start", c.Start.Date.String()[:7], "2025-11")
					}
				}
			}
			return list
		}
		want(t, "all", text(keys(graph.Point{})), text([]string{"K0", "K1", "K2"}))
		want(t, "on a day", text(keys(w.Point("2025-11-02", "", graph.Recorded))), text([]string{"K1"}))
		loadInto(t, w, retractK0())
		want(t, "after a retraction", text(keys(graph.Point{})), text([]string{"K1", "K2"}))
		for range w.At(graph.Point{}).Assertions(ctx, w.ID("source:load")) {
			break // frees what it holds
		}
	})
}

// The id that fields make is the one that a relation with them gets.
func TestIdentify(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	w.Assert(stance(w, "d1", "A", "2025-12-01", "OPEN", graph.Self))
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Position"})
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]graph.Value{}
	for _, c := range list[0].Claims {
		fields[c.Property] = append(fields[c.Property], c.Value)
	}
	id, ok := graphtest.Ontology().Identify("Position", fields, w.Valid("2025-12-01~"))
	want(t, "id", fmt.Sprint(id, ok), fmt.Sprint(list[0].ID, true))
	other, _ := graphtest.Ontology().Identify("Position", fields, w.Valid("2025-12-02"))
	want(t, "another start", text(other == id), text(false))
	_, ok = graphtest.Ontology().Identify("Meeting", fields, graph.Valid{})
	want(t, "a kind with keys", text(ok), text(false))
	_, ok = graphtest.Ontology().Identify("Option", nil, graph.Valid{})
	want(t, "no fields", text(ok), text(false))
}

// A load has a time where it writes anything, be it a key only.
func TestLoadOfKeys(t *testing.T) {
	w := graphtest.Open(t, nil)
	keyed := graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:us"), w.Key("y:us")}}}
	for n, writes := range []bool{true, false} {
		got, err := w.Load(ctx, graph.Act{}, statements(keyed), nil)
		if err != nil || (got.TS != 0) != writes {
			t.Errorf("time of load %d: %d (%v)", n, got.TS, err)
		}
	}
}
