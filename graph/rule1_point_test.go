package graph_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// A document published on 2 December and loaded on the 17th is absent as of the
// 16th where the database is asked what it held, and present where it is asked
// what had been published.
func TestRule1Bases(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		w.Day("2025-12-17")
		w.Declare("State x:ua", "State x:ru")
		w.Document("source:d2", "2025-12-02")
		w.Assert(meeting(w, "d2", "A", "m1", "2025-11-30"))
		for _, c := range []struct {
			knownOn string
			basis   graph.Basis
			want    string
		}{
			{"2025-12-16", graph.Recorded, ""},
			{"2025-12-17", graph.Recorded, "participant"},
			{"2025-12-16", graph.Published, "participant"},
			{"2025-12-02", graph.Published, "participant"},
			{"2025-12-01", graph.Published, ""},
			{"", graph.Recorded, "participant"},
			{"", graph.Published, "participant"},
		} {
			want(t, c.basis.String()+" "+c.knownOn, neighbors(w, w.Point("", c.knownOn, c.basis), "x:ua"), c.want)
		}
	})
}

// A day as on means some time of that day; the point binds every hop.
func TestRule1OnBindsEveryHop(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		for on, expect := range map[string]string{"2025-11-29": "", "2025-11-30": "HELD", "2025-12-01": "", "2025-11": "HELD", "2025-11-30T23:00:00Z": "HELD"} {
			p := w.Point(on, "", graph.Recorded)
			want(t, "meetings on "+on, relations(w, p, "Meeting", "status"), expect)
			want(t, "neighbors on "+on, neighbors(w, p, "x:ua"), map[string]string{"HELD": "participant"}[expect])
		}
	})
}

// A view is pinned when it is made: its answers do not move.
func TestRule1ViewIsRepeatable(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		before := w.At(graph.Point{})
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		during := w.At(graph.Point{})
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		for what, c := range map[string]struct {
			view graph.View
			n    int
		}{"before": {before, 0}, "during": {during, 1}, "after": {w.At(graph.Point{}), 0}, "by transaction": {w.At(graph.Point{KnownOn: during.TS()}), 1}} {
			list, err := c.view.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
			if err != nil || len(list) != c.n {
				t.Errorf("%s: %d meetings, want %d (%v)", what, len(list), c.n, err)
			}
		}
	})
}

func TestParseKnownOn(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.RFC3339Nano, s); return d }
	for text, last := range map[string]time.Time{
		"2025-12-16":           day("2025-12-16T23:59:59.999Z"),
		"2025-12":              day("2025-12-31T23:59:59.999Z"),
		"2025-12-16T10:00:00Z": day("2025-12-16T10:00:00Z"),
	} {
		ts, err := graph.ParseKnownOn(text)
		if err != nil || !ts.Time().Equal(last) {
			t.Errorf("%s: %v, want %v (%v)", text, ts.Time(), last, err)
		}
	}
	ts, err := graph.ParseKnownOn(graph.FormatTS(123456789))
	if err != nil || ts != 123456789 {
		t.Errorf("transaction: %v %v", ts, err)
	}
	for _, bad := range []string{"", "16/12/2025", "yesterday", "tx:", "tx:-1", "tx:0", "tx:01", "tx:99999999999999999999", "1960-01-01"} {
		if _, err := graph.ParseKnownOn(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// An earlier publication that is recorded later changes no view of before.
func TestRule1PinnedPublication(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d3", "A", "m1", "2025-11-30"))
		count := func(v graph.View) (n int) {
			for range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua"))}) {
				n++
			}
			return n
		}
		pinned := w.At(w.Point("", "2025-12-01", graph.Published))
		want(t, "before", count(pinned), 0)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		want(t, "the same view", count(pinned), 0)
		want(t, "a new one", count(w.At(w.Point("", "2025-12-01", graph.Published))), 1)
	})
}

// Documents and labels are bound to the point like everything else.
func TestRule1Documents(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		before := w.At(graph.Point{Clearance: graph.Red})
		w.Day("2025-12-20")
		w.Document("source:secret", "2025-12-19")
		d := meeting(w, "secret", "A", "m1", "2025-11-30")
		d.Judgement.Marking = graph.Red
		w.Assert(d)
		id, m1 := w.ID("source:secret"), w.ID("x:m1")
		cleared := w.Point("", "2025-12-19", graph.Published)
		cleared.Clearance = graph.Red
		early := w.Point("", "2025-12-18", graph.Published)
		early.Clearance = graph.Red
		for name, c := range map[string]struct {
			view  graph.View
			shown bool
		}{
			"before": {before, false}, "low clearance": {w.At(graph.Point{}), false}, "published later": {w.At(early), false},
			"cleared": {w.At(graph.Point{Clearance: graph.Red}), true}, "published": {w.At(cleared), true},
		} {
			_, err := c.view.Documents(ctx, []graph.EntityID{id})
			if (err == nil) != c.shown || (err != nil && !errors.Is(err, graph.ErrNotFound)) {
				t.Errorf("%s: %v", name, err)
			}
			labels, err := c.view.Labels(ctx, []graph.EntityID{id, m1})
			if err != nil {
				t.Fatal(err)
			}
			if hidden := labels[0] != "source:secret" && (labels[1] != "x:m1" || name == "low clearance"); hidden == c.shown {
				t.Errorf("%s: labels %v", name, labels)
			}
		}
	})
}

// A transaction has no publication date: it goes with basis RECORDED, which is
// meant where none is given.
func TestBasisOfTransaction(t *testing.T) {
	if r, p := graph.BasisOf("tx:7"), graph.BasisOf("2025-12-16"); r != graph.Recorded || p != graph.Published {
		t.Errorf("got %s and %s, want RECORDED and PUBLISHED", r, p)
	}
	if ts, err := graph.Recorded.KnownOn("tx:7"); ts != 7 || err != nil {
		t.Errorf("RECORDED: %d, %v", ts, err)
	}
	if _, err := graph.Published.KnownOn("tx:7"); err == nil || !strings.Contains(err.Error(), "a transaction has no publication date") {
		t.Errorf("PUBLISHED: %v", err)
	}
}

// Names typed by hand are read in any case, and errors repeat what was typed.
func TestParseByHand(t *testing.T) {
	if b, err := graph.ParseBasis("published"); b != graph.Published || err != nil {
		t.Errorf("basis: %s, %v", b, err)
	}
	for text, want := range map[string]graph.Marking{"red": graph.Red, "tlp:amber+strict": graph.AmberStrict, "TLP:GREEN": graph.Green, "": graph.Clear} {
		if m, err := graph.ParseMarking(text); m != want || err != nil {
			t.Errorf("marking %q: %s, %v", text, m, err)
		}
	}
	_, basis := graph.ParseBasis("foo")
	_, marking := graph.ParseMarking("foo")
	_, voice := graph.ParseVoice("foo")
	for err, want := range map[error]string{
		basis:   `graph: bad value: basis "foo": want one of RECORDED, PUBLISHED`,
		marking: `graph: bad value: marking "foo": want one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED`,
		voice:   `graph: bad value: voice "foo": want one of SELF, OWN_SIDE, OTHER_PARTY, THIRD_PARTY, NARRATOR, ANALYST`,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
