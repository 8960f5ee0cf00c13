package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// edges collects a list; each edge as "property>other from".
func edges(t testing.TB, v graph.View, q graph.EdgeQuery) (list []string, last graph.Cursor) {
	t.Helper()
	for e, err := range v.Neighbors(ctx, q) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %v %s %s", e.Property, e.Out, e.Other, e.From))
		last = e.Cursor()
	}
	return list, last
}

// links asserts bare links between actors, written "ua meets ru 2025-11-01".
func links(w *graphtest.World, doc string, lines ...string) {
	w.Helper()
	d := graph.Draft{Document: graph.ByKey("source:" + doc), Key: fmt.Sprintf("%d %s", len(lines), lines[0])}
	for _, line := range lines {
		f := strings.Fields(line)
		v := w.Valid(f[3])
		l := graphtest.Link("x:"+f[0], f[1], "x:"+f[2])
		l.Valid = &v
		d.Links = append(d.Links, l)
	}
	w.Assert(d)
}

func TestNeighborsNewestFirst(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		links(w, "d1", "ua meets ru 2025-11-01", "ru meets ua 2025-11-03/..", "ua calls witkoff 2025-11-02", "peskov meets ua 2025-11-04/2025-11-05")
		v := w.At(graph.Point{})
		ua := w.ID("x:ua")
		got, _ := edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua)})
		want(t, "all", strings.Join(fields(got, 3), " "), "2025-11-04T00:00:00Z 2025-11-03T00:00:00Z 2025-11-02T00:00:00Z 2025-11-01T00:00:00Z")
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua), Direction: graph.Out})
		want(t, "outwards", strings.Join(fields(got, 0), " "), "calls meets")
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua), Properties: []string{"calls"}})
		want(t, "of a property", len(got), 1)
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua), Properties: []string{"never"}})
		want(t, "of a property that nobody uses", len(got), 0)
		on, err := graph.ParseOn("2025-11-02/2025-11-03")
		if err != nil {
			t.Fatal(err)
		}
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua), Starts: on})
		want(t, "that start in a window", len(got), 2)
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(ua), Other: graph.ByID(w.ID("x:ru"))})
		want(t, "of a pair, both ways", strings.Join(fields(got, 1), " "), "false true")
		got, _ = edges(t, v, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ru")), Other: graph.ByID(ua), Direction: graph.Out})
		want(t, "of a pair, one way", strings.Join(fields(got, 3), " "), "2025-11-03T00:00:00Z")
	})
}

func fields(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.Fields(l)[n]
	}
	return out
}

// Cursors go on where they stopped, also when something is written meanwhile,
// and serve no other list.
func TestCursor(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		var lines []string
		for day := 1; day <= 28; day++ {
			lines = append(lines, fmt.Sprintf("ua meets ru 2025-10-%02d", day), fmt.Sprintf("witkoff calls ua 2025-10-%02d/..", day))
		}
		links(w, "d1", lines...)
		q := graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua"))}
		all, _ := edges(t, w.At(graph.Point{}), q)
		want(t, "all", len(all), 56)
		var paged []string
		for q.First = 5; ; {
			page, last := edges(t, w.At(graph.Point{}), q)
			paged = append(paged, page...)
			if len(page) < q.First {
				break
			}
			links(w, "d2", fmt.Sprintf("ua meets peskov 2025-12-%02d", len(paged)%28+1)) // newer than all
			q.After = last
		}
		if !slices.Equal(all, paged) {
			t.Errorf("in pages:\n%s\nat once:\n%s", strings.Join(paged, "\n"), strings.Join(all, "\n"))
		}
		q.Direction = graph.Out
		if err := drain(w.At(graph.Point{}).Neighbors(ctx, q)); !errors.Is(err, graph.ErrCursor) {
			t.Errorf("another list: %v", err)
		}
	})
}

func TestEdgesOfProperty(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		links(w, "d1", "ua meets ru 2025-11-01", "peskov meets ua 2025-11-04", "ua calls ru 2025-11-02")
		on, err := graph.ParseOn("2025-11")
		if err != nil {
			t.Fatal(err)
		}
		var got []graph.EntityID
		for e, err := range w.At(graph.Point{}).Edges(ctx, "meets", on) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.Entity, e.Other)
		}
		if !slices.Equal(got, []graph.EntityID{w.ID("x:peskov"), w.ID("x:ua"), w.ID("x:ua"), w.ID("x:ru")}) {
			t.Errorf("got %v", got)
		}
	})
}

// The timeline of a pair shows the other one of the two in both directions.
func TestPairShowsTheOther(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	links(w, "d1", "ua meets ru 2025-11-01", "ru meets ua 2025-11-02")
	ua, ru := w.ID("x:ua"), w.ID("x:ru")
	got, _ := edges(t, w.At(graph.Point{}), graph.EdgeQuery{Entity: graph.ByID(ua), Other: graph.ByID(ru)})
	want(t, "others", strings.Join(fields(got, 2), " "), ru.String()+" "+ru.String())
}

// A link from an entity to itself is seen from both of its ends, in the list
// of the pair, too.
func TestSelfLink(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	links(w, "d1", "ua knows ua 2025-11-01")
	for direction, expect := range map[graph.Direction]int{graph.Both: 2, graph.Out: 1, graph.In: 1} {
		for _, other := range []graph.EntityID{{}, w.ID("x:ua")} {
			got, _ := edges(t, w.At(graph.Point{}), graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua")), Other: graph.ByID(other), Direction: direction})
			want(t, text("direction ", direction, " other ", other), len(got), expect)
		}
	}
}
