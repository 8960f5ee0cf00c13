package graph_test

import (
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// office says that Peskov holds an office.
func office(w *graphtest.World, doc, key, valid, said string) graph.Draft {
	d := graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Valid: w.Valid(valid), Relation: &graph.Relation{
		Kind: "HoldsOffice", Key: w.Key("x:o1"), Fields: []graph.Field{fill("person", "x:peskov"), fill("office", "x:chief")}}}
	if said != "" {
		d.Asserted = w.Date(said)
	}
	return d
}

// An end that a second document tells reads the same in either order of
// loading, and opens again when that document is retracted.
func TestRule4EndFromSecondDocument(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		open := office(w, "d1", "A", "2025-01-01/..", "2025-02-01")
		ended := office(w, "d2", "A", "2025-01-01/2025-11-28", "")
		first, _ := w.Assert(ended)
		w.Assert(open)
		want(t, "ended first", only(w, graph.Point{}, "x:o1", "office").Date(), "2025-01-01/2025-11-28")
		w.Do(func(tx *graph.Tx) error { return tx.Retract(first) })
		want(t, "retracted", only(w, graph.Point{}, "x:o1", "office").Date(), "2025-01-01/..")
		w.Assert(ended)
		want(t, "ended last", only(w, graph.Point{}, "x:o1", "office").Date(), "2025-01-01/2025-11-28")
		for on, holds := range map[string]string{"2025-11-28": "x", "2025-11-29": ""} {
			got := relations(w, w.Point(on, "", graph.Recorded), "HoldsOffice", "office")
			if (got != "") != (holds != "") {
				t.Errorf("held on %s: %q", on, got)
			}
		}
	})
}

// The table of rule 4: what several live ends come to, in every order.
func TestRule4Ends(t *testing.T) {
	for _, c := range []struct {
		name     string
		ends     []string // validity @ day said
		want     string
		conflict bool
	}{
		{"dated beats open", []string{"2025-01-01/..@2025-02-01", "2025-01-01/2025-03-31@2025-04-01"}, "2025-01-01/2025-03-31", false},
		{"open beats unknown", []string{"2025-01-01/@2025-02-01", "2025-01-01/..@2025-01-02"}, "2025-01-01/..", false},
		{"dated beats unknown", []string{"2025-01-01/@2025-02-01", "2025-01-01/2025-03-31@2025-04-01"}, "2025-01-01/2025-03-31", false},
		{"exact beats approximate", []string{"2025-01-01/2025-04-30~@2025-05-01", "2025-01-01/2025-03-31@2025-04-01"}, "2025-01-01/2025-03-31", false},
		{"two approximate", []string{"2025-01-01/2025-04-30~@2025-05-01", "2025-01-01/2025-03-31~@2025-04-01"}, "2025-01-01/2025-04-30~", false},
		{"two exact", []string{"2025-01-01/2025-04-30@2025-05-01", "2025-01-01/2025-03-31@2025-04-01"}, "2025-01-01/2025-04-30", true},
		{"the same exact twice", []string{"2025-01-01/2025-03-31@2025-05-01", "2025-01-01/2025-03-31@2025-04-01"}, "2025-01-01/2025-03-31", false},
		{"open said after the end", []string{"2025-01-01/2025-03-31@2025-04-01", "2025-01-01/..@2025-06-01"}, "2025-01-01/..", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, order := range [][]int{{0, 1}, {1, 0}} {
				graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
					table(w)
					for _, i := range order {
						valid, said := cut(c.ends[i])
						w.Assert(office(w, []string{"d1", "d2"}[i], "A", valid, said))
					}
					got := only(w, graph.Point{}, "x:o1", "office")
					want(t, "validity", got.Date(), c.want)
					if got.Conflict != c.conflict {
						t.Errorf("conflict: %v, want %v", got.Conflict, c.conflict)
					}
				})
			}
		})
	}
}

func cut(s string) (valid, said string) {
	for i := range s {
		if s[i] == '@' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// A source that gives only an end asserts an event that ends the state.
func TestRule4EndingEvent(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/..", "2025-02-01"))
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "A", Valid: w.Valid("2025-11-28"), Relation: &graph.Relation{
			Kind: "LeftOffice", Key: w.Key("x:l1"), Fields: []graph.Field{fill("person", "x:peskov"), fill("office", "x:chief")}}})
		for on, holds := range map[string]bool{"2025-11-27": true, "2025-11-28": true, "2025-11-29": false} {
			got := relations(w, w.Point(on, "", graph.Recorded), "HoldsOffice", "office") != ""
			if got != holds {
				t.Errorf("held on %s: %v, want %v", on, got, holds)
			}
		}
		// what was known before the second document was published
		got := relations(w, w.Point("2025-11-29", "2025-12-01", graph.Published), "HoldsOffice", "office")
		if got == "" {
			t.Error("as published on the 1st: ended")
		}
	})
}

// An event that one source leaves open is found on later days, whichever
// source came first.
func TestRule4OpenEventInEitherOrder(t *testing.T) {
	for _, order := range [][]string{{"2025-01-01", "2025-01-01/.."}, {"2025-01-01/..", "2025-01-01"}} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			before := w.At(w.Point("2025-06-01", "", graph.Recorded))
			var ids []graph.AssertionID
			for i, valid := range order {
				id, _ := w.Assert(meeting(w, "d1", fmt.Sprint(i), "m1", valid))
				ids = append(ids, id)
			}
			p := w.Point("2025-06-01", "", graph.Recorded)
			want(t, "neighbors", neighbors(w, p, "x:ua"), "participant")
			want(t, "claims", len(claims(w, p, "x:m1", "participant")), 2)
			want(t, "of all days", neighbors(w, graph.Point{}, "x:ua"), "participant")
			for range before.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua"))}) {
				t.Error("an earlier view has it")
			}
			for i, valid := range order {
				if valid != "2025-01-01" {
					w.Do(func(tx *graph.Tx) error { return tx.Retract(ids[i]) })
				}
			}
			want(t, "without the open one", neighbors(w, p, "x:ua"), "")
			want(t, "on its day", neighbors(w, w.Point("2025-01-01", "", graph.Recorded), "x:ua"), "participant")
		})
	}
}

// What is counted on a day goes by the end that all sources agree on.
func TestRule4Stats(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/..", "2025-02-01"))
		w.Assert(office(w, "d2", "A", "2025-01-01/2025-03-31", ""))
		for on, expect := range map[string]int{"2025-02-01": 2, "2025-06-01": 0} {
			s, err := w.At(w.Point(on, "", graph.Recorded)).Stats(ctx)
			want(t, "on "+on, text(s.Claims, err), text(expect, nil))
		}
	})
}

// An event ends a relation although another source names another filler.
func TestRule4EndsWithMoreFillers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/..", "2025-02-01"))
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "L", Valid: w.Valid("2025-03-10"), Relation: &graph.Relation{
			Kind: "LeftOffice", Key: w.Key("x:left"), Fields: []graph.Field{fill("person", "x:peskov"), fill("office", "x:chief")}}})
		on := w.Point("2025-06-01", "", graph.Recorded)
		want(t, "left", len(relationsOf(w, on, "HoldsOffice")), 0)
		v := w.Valid("2025-01-01/..")
		l := graphtest.Link("x:o1", "person", "x:witkoff")
		l.Valid = &v
		w.Assert(graph.Draft{Document: graph.ByKey("source:d3"), Key: "B", Links: []graph.Link{l}})
		want(t, "still left", len(relationsOf(w, on, "HoldsOffice")), 0)
	})
}

func relationsOf(w *graphtest.World, p graph.Point, kind string) []graph.Standing {
	w.Helper()
	list, err := w.At(p).Relations(ctx, graph.RelationQuery{Kind: kind})
	if err != nil {
		w.Fatal(err)
	}
	return list
}
