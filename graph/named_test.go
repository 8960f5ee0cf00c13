package graph_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// TestNamed gives in one call what Entities and Labels give.
func TestNamed(t *testing.T) {
	w := graphtest.Open(t, nil)
	ctx := context.Background()
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua", "State x:ru", "State x:silent")
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "1", Links: []graph.Link{graphtest.Say("x:ua", "name", graph.TextOf("Ukraine"))}})
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "2", Judgement: graph.Judgement{Marking: graph.Red},
		Links: []graph.Link{graphtest.Say("x:ru", "name", graph.TextOf("Russia"))}})
	ids := []graph.EntityID{w.ID("x:ua"), w.ID("x:ru"), w.ID("x:ua"), {1}}
	for _, p := range []graph.Point{{}, {Clearance: graph.Red}} {
		v := w.At(p)
		list, err := v.Named(ctx, ids)
		labels, err2 := v.Labels(ctx, ids)
		shown, err3 := v.Entities(ctx, ids)
		if err != nil || err2 != nil || err3 != nil || len(list) != len(ids) {
			t.Fatal(list, err, err2, err3)
		}
		for i, n := range list {
			at := slices.IndexFunc(shown, func(e graph.Entity) bool { return e.ID == ids[i] })
			if n.Label != labels[i] || n.ID != ids[i] || n.Shown != (at >= 0) || n.Shown && fmt.Sprint(n.Entity) != fmt.Sprint(shown[at]) {
				t.Errorf("%v: got %+v, label %s, entities %v", p, n, labels[i], shown)
			}
		}
	}
}

// TestClaimsOf gives the claims of assertions, those of a retracted one too,
// and nothing to those who may not see the assertion.
func TestClaimsOf(t *testing.T) {
	w := graphtest.Open(t, nil)
	ctx := context.Background()
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua", "State x:ru")
	one, _ := w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "1", Links: []graph.Link{
		graphtest.Say("x:ua", "name", graph.TextOf("Ukraine")), graphtest.Say("x:ua", "alias", graph.TextOf("Ukraina"))}})
	two, _ := w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "2", Judgement: graph.Judgement{Marking: graph.Red},
		Links: []graph.Link{graphtest.Say("x:ua", "name", graph.TextOf("Ukraine")), graphtest.Say("x:ru", "name", graph.TextOf("Russia"))}})
	told := func(p graph.Point, ids ...graph.AssertionID) (list []string) {
		claims, err := w.At(p).ClaimsOf(ctx, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claims {
			list = append(list, c.Value.String()+" "+c.Truth.String())
		}
		slices.Sort(list)
		return list
	}
	if got := fmt.Sprint(told(graph.Point{}, one, two)); got != "[Ukraina HELD Ukraine HELD]" {
		t.Error(got)
	}
	if got := fmt.Sprint(told(graph.Point{Clearance: graph.Red}, two, one)); got != "[Russia HELD Ukraina HELD Ukraine HELD]" {
		t.Error(got)
	}
	w.Do(func(tx *graph.Tx) error { return tx.Retract(one) })
	if got := fmt.Sprint(told(graph.Point{}, one)); got != "[Ukraina DENIED Ukraine DENIED]" {
		t.Error(got)
	}
}

// TestRelationsOf finds in one question what one question for each role finds.
func TestRelationsOf(t *testing.T) {
	w := graphtest.Open(t, nil)
	ctx := context.Background()
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua", "State x:ru", "State x:us", "Place x:berlin", "Issue x:land")
	relate := func(key, kind string, fields map[string]string) {
		r := &graph.Relation{Kind: kind}
		if kind != "Position" {
			r.Key = w.Key(key)
		}
		for _, name := range []string{"participant", "place", "offeror", "addressee", "holder", "issue"} {
			if filler, ok := fields[name]; ok {
				r.Fields = append(r.Fields, graph.Field{Name: name, Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey(filler))}}})
			}
		}
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Valid: w.Valid("2025-11-30"), Relation: r})
	}
	relate("x:m1", "Meeting", map[string]string{"participant": "x:ua", "place": "x:berlin"})
	relate("x:m2", "Meeting", map[string]string{"participant": "x:ru"})
	relate("x:o1", "Offer", map[string]string{"offeror": "x:us", "addressee": "x:ua"})
	relate("x:o2", "Offer", map[string]string{"offeror": "x:ua", "addressee": "x:ru"})
	relate("p1", "Position", map[string]string{"holder": "x:ua", "issue": "x:land"})
	v := w.At(graph.Point{})
	of := []graph.EntityID{w.ID("x:ua"), w.ID("x:berlin"), w.ID("x:land")}
	for kind, roles := range map[string][]string{"Meeting": {"participant", "place"}, "Offer": {"offeror", "addressee"}, "Position": {"holder", "issue"}} {
		for _, more := range []map[string][]graph.EntityID{nil, {roles[0]: {w.ID("x:ua")}}} {
			want := map[graph.EntityID]bool{}
			for _, role := range roles {
				fillers := map[string][]graph.EntityID{role: of}
				if more != nil && role != roles[0] {
					fillers[roles[0]] = more[roles[0]]
				} else if more != nil {
					fillers[role] = more[role]
				}
				list, err := v.Relations(ctx, graph.RelationQuery{Kind: kind, Fillers: fillers})
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range list {
					want[s.ID] = true
				}
			}
			got, err := v.Relations(ctx, graph.RelationQuery{Kind: kind, Fillers: more, Of: of, Roles: roles})
			if err != nil || len(got) != len(want) || len(want) == 0 {
				t.Errorf("%s %v: got %d, want %d: %v", kind, more, len(got), len(want), err)
			}
			for _, s := range got {
				if !want[s.ID] {
					t.Errorf("%s: %s is of nobody", kind, s.ID)
				}
			}
		}
	}
	if got, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting", Of: []graph.EntityID{w.ID("x:us")}, Roles: []string{"participant"}}); err != nil || len(got) != 0 {
		t.Errorf("of nobody who met: %v %v", got, err)
	}
}

// TestUpTo leaves out what was recorded since, and shows what was under embargo
// then and is no longer.
func TestUpTo(t *testing.T) {
	w := graphtest.Open(t, nil)
	ctx := context.Background()
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua")
	w.Day("2025-12-02")
	call := func(key, name string, embargo graph.Time) {
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Judgement: graph.Judgement{Embargo: embargo},
			Links: []graph.Link{graphtest.Say("x:ua", "name", graph.TextOf(name))}})
	}
	soon, err := graph.ParseOn("2025-12-03")
	if err != nil {
		t.Fatal(err)
	}
	call("1", "Ukraine", soon.From)
	ts := w.At(graph.Point{}).TS()
	w.Day("2025-12-04")
	call("2", "Ukraina", 0)
	names := func(v graph.View) string {
		list, err := v.Names(ctx, w.ID("x:ua"))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, n := range list {
			words = append(words, n.Text)
		}
		slices.Sort(words)
		return fmt.Sprint(words)
	}
	now := w.At(graph.Point{})
	if got := names(now); got != "[Ukraina Ukraine]" {
		t.Errorf("now: %s", got)
	}
	if got := names(now.UpTo(ts)); got != "[Ukraine]" {
		t.Errorf("up to then: %s", got)
	}
	if got := names(now.UpTo(ts + 1<<50)); got != names(now) {
		t.Errorf("up to later: %s", got)
	}
	if got := names(w.At(graph.Point{KnownOn: ts})); got != "[]" {
		t.Errorf("known on then: %s", got)
	}
}
