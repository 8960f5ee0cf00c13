package graph_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// pathNames writes a path as the properties of its hops, "<" where a hop leads
// against its direction.
func pathNames(t *testing.T, v graph.View, q graph.PathQuery) string {
	t.Helper()
	path, err := v.Path(ctx, q)
	if errors.Is(err, graph.ErrNotFound) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for i, e := range path {
		word := e.Property
		if !e.Out {
			word = "<" + word
		}
		words = append(words, word)
		if e.Cursor() != "" || (i > 0 && path[i-1].Other != e.Entity) {
			t.Errorf("hop %d of %v", i, path)
		}
	}
	return strings.Join(words, " ")
}

// lastHop leads from witkoff to ru by way of a meeting.
func lastHop(w *graphtest.World, last graph.Draft) {
	w.Helper()
	last.Relation = &graph.Relation{Kind: "Meeting", Key: w.Key("x:m1"), Fields: []graph.Field{fill("participant", "x:witkoff", "x:ru")}}
	w.Assert(last)
}

// No edge of another valid time, state of knowledge or clearance leaks into
// any hop of any traversal.
func TestGolden9NoEdgeLeaks(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		links(w, "d1", "ua calls witkoff 2025-11-01/..")
		w.Day("2025-12-20")
		w.Document("source:late", "2025-12-18")
		lastHop(w, graph.Draft{Document: graph.ByKey("source:late"), Key: "a1", Valid: w.Valid("2025-11-20"), Judgement: graph.Judgement{Marking: graph.Amber}})
		for _, c := range []struct {
			on, known string
			basis     graph.Basis
			clearance graph.Marking
			there     bool
		}{
			{"", "", graph.Recorded, graph.Red, true},
			{"2025-11-20", "", graph.Recorded, graph.Red, true},
			{"2025-11-19", "", graph.Recorded, graph.Red, false},
			{"2025-11-21", "", graph.Recorded, graph.Red, false},
			{"2025-11-20", "2025-12-19", graph.Recorded, graph.Red, false},
			{"2025-11-20", "2025-12-18", graph.Published, graph.Red, true},
			{"2025-11-20", "2025-12-17", graph.Published, graph.Red, false},
			{"2025-11-20", "", graph.Recorded, graph.Clear, false},
		} {
			p := w.Point(c.on, c.known, c.basis)
			p.Clearance = c.clearance
			reached := reach(t, w, p)
			want(t, fmt.Sprintf("%+v", c), reached, map[bool]string{
				true:  "path calls <participant participant, two hops 1 1, counts witkoff 2, subgraph 4 3, months 1",
				false: "path none, two hops 1 0, counts witkoff 1, subgraph 2 1, months 0",
			}[c.there])
		}
	})
}

// reach is what each traversal finds.
func reach(t *testing.T, w *graphtest.World, p graph.Point) string {
	t.Helper()
	v, ua := w.At(p), w.ID("x:ua")
	two, err := v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(ua)})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := v.Counts(ctx, graph.ByID(w.ID("x:witkoff")), graph.Hops{})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := v.Subgraph(ctx, graph.SubgraphQuery{Around: ua, Depth: 3})
	if err != nil {
		t.Fatal(err)
	}
	// By month the interval takes the place of the day.
	months := 0
	if p.On.IsZero() || p.On.Contains(w.Point("2025-11-20", "", graph.Recorded).On.From) {
		m, err := v.ByMonth(ctx, graph.MonthQuery{Kind: "Meeting", In: p.On})
		if err != nil {
			t.Fatal(err)
		}
		for _, month := range m.Months {
			months += month.Count
		}
	}
	return fmt.Sprintf("path %s, two hops %d %d, counts witkoff %d, subgraph %d %d, months %d",
		pathNames(t, v, graph.PathQuery{From: graph.ByID(ua), To: graph.ByID(w.ID("x:ru"))}), two.One, two.Two, len(counts), len(sub.Entities), len(sub.Edges), months)
}

// One world on both stores: which of several paths it is, which edge of
// several, and how hops, kinds and windows bound it.
func TestPath(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:s1", "State x:s2")
		links(w, "d1", "ua meets ru 2025-10-01", "ua calls ru 2025-10-01", "ru calls ua 2025-10-01", "ua meets ru 2025-09-01",
			"ru meets s1 2025-11-01", "s1 meets s2 2025-11-02", "s2 meets s1 2025-11-02", "peskov knows peskov 2025-11-01")
		w.Assert(meeting(w, "d2", "a1", "m1", "2025-11-20"))
		v := w.At(graph.Point{})
		from, to := w.ID("x:ua"), w.ID("x:s2")
		want(t, "to itself", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(from)}), "")
		want(t, "shortest", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(to)}), "calls meets meets")
		want(t, "back", pathNames(t, v, graph.PathQuery{From: graph.ByID(to), To: graph.ByID(from)}), "meets <meets calls")
		want(t, "too far", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(to), MaxHops: 2}), "none")
		want(t, "by a property", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(to), Hops: graph.Hops{Properties: []string{"meets"}}}), "meets meets meets")
		want(t, "by the meeting", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(w.ID("x:ru")), Hops: graph.Hops{Properties: []string{"participant"}}}), "<participant participant")
		want(t, "through meetings", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(to), Hops: graph.Hops{Kinds: []string{"Meeting"}}}), "none")
		want(t, "through actors", pathNames(t, v, graph.PathQuery{From: graph.ByID(w.ID("x:m1")), To: graph.ByID(to), Hops: graph.Hops{Kinds: []string{"Actor"}}}), "participant meets meets")
		want(t, "in a window", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(w.ID("x:ru")), Hops: graph.Hops{Starts: w.Point("2025-09", "", graph.Recorded).On}}), "meets")
		want(t, "to what has no links", pathNames(t, v, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(w.ID("x:peskov"))}), "none")
		want(t, "from what is not shown", pathNames(t, v, graph.PathQuery{From: graph.ByID(w.ID("x:berlin")), To: graph.ByID(w.ID("x:berlin"))}), "none")
		want(t, "from what there is not", pathNames(t, v, graph.PathQuery{From: graph.ByID(graph.EntityID{1}), To: graph.ByID(graph.EntityID{1})}), "none")
	})
}

// A traversal says when it has read as much as it may, and stops with its context.
func TestTraversalBounds(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	w.Declare("State x:s1", "State x:s2")
	links(w, "d1", "ua meets ru 2025-10-01", "ru meets s1 2025-10-01", "s1 meets s2 2025-10-01")
	v := w.At(graph.Point{})
	q := graph.PathQuery{From: graph.ByID(w.ID("x:ua")), To: graph.ByID(w.ID("x:s2")), MaxExpansions: 2}
	_, err := v.Path(ctx, q)
	if !errors.Is(err, graph.ErrBound) || !strings.Contains(err.Error(), "path: 2 entities were expanded") {
		t.Errorf("path: %v", err)
	}
	q.MaxExpansions = 3
	if _, err := v.Path(ctx, q); err != nil {
		t.Errorf("path in three expansions: %v", err)
	}
	if _, err := v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(w.ID("x:ru")), MaxExpansions: 2}); !errors.Is(err, graph.ErrBound) {
		t.Errorf("two hops: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := v.Path(stopped, q); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, q := range []graph.MonthQuery{{}, {Property: "meets", Kind: "Meeting"}} {
		if _, err := v.ByMonth(ctx, q); !errors.Is(err, graph.ErrRefused) {
			t.Errorf("by month of %+v: %v", q, err)
		}
	}
}

// One world on both stores: what is cut says so, and months leave out what
// states none.
func TestSurroundings(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		links(w, "d1", "ua meets ru 2025-10-01", "ua meets witkoff 2025-10-02", "ua meets peskov 2025-11-03", "ru meets witkoff 2025", "ru meets peskov /2025-11-01")
		v := w.At(graph.Point{})
		s, err := v.Subgraph(ctx, graph.SubgraphQuery{Around: w.ID("x:ua"), Limit: 2, Depth: 2})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, n := range s.Entities {
			got += fmt.Sprint(n.Keys[0].ID, " ", n.Kind, " ", n.Depth, " ", n.Cut, ", ")
		}
		want(t, "limited", got, "ua State 0 true, peskov Person 1 false, witkoff Person 1 false, ru State 2 false, ")
		want(t, "edges", len(s.Edges), 4)
		want(t, "cut", fmt.Sprint(s.Cut), "true")
		s, err = v.Subgraph(ctx, graph.SubgraphQuery{Around: w.ID("x:ua"), MaxEntities: 3})
		if err != nil || len(s.Entities) != 3 || len(s.Edges) != 2 || !s.Cut || !s.Entities[0].Cut || s.Entities[1].Cut {
			t.Errorf("three entities: %+v (%v)", s, err)
		}
		s, err = v.Subgraph(ctx, graph.SubgraphQuery{Around: w.ID("x:ua"), Depth: 3})
		if err != nil || s.Cut || len(s.Edges) != 5 {
			t.Errorf("all: %+v (%v)", s, err)
		}
		m, err := v.ByMonth(ctx, graph.MonthQuery{Property: "meets"})
		got = ""
		for _, month := range m.Months {
			got += fmt.Sprint(month.Date(), " ", month.Count, ", ")
		}
		want(t, "by month", text(got, m.Coarse, err), "2025-10 2, 2025-11 1, 1 <nil>")
	})
}
