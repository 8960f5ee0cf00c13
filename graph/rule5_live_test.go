package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// deny is the same draft, with its claims denied.
func deny(w *graphtest.World, doc, key, subject string) graph.Draft {
	l := graphtest.Say(subject, "status", graph.CodeOf("HELD"))
	l.Deny = true
	return graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Valid: w.Valid("2025-11-30"), Links: []graph.Link{l}}
}

func TestRule5HeldContestedDenied(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		affirms, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		want(t, "affirmed", only(w, graph.Point{}, "x:m1", "status").Truth, graph.Held)
		denies, _ := w.Assert(deny(w, "d2", "A", "x:m1"))
		want(t, "and denied", only(w, graph.Point{}, "x:m1", "status").Truth, graph.Contested)
		w.Do(func(tx *graph.Tx) error { return tx.Retract(affirms) })
		want(t, "only denied: no part of the state", len(claims(w, graph.Point{}, "x:m1", "status")), 0)
		denied := 0
		for c, err := range w.At(graph.Point{}).Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID("x:m1")), Denied: true}) {
			if err != nil {
				t.Fatal(err)
			}
			want(t, "truth", c.Truth, graph.Denied)
			denied++
		}
		want(t, "listed when asked for", denied, 1)
		w.Do(func(tx *graph.Tx) error { return tx.Retract(denies) })
		want(t, "before both", len(claims(w, w.Point("", "2025-12-01", graph.Published), "x:m1", "status")), 0)
	})
}

// Each condition of being live, alone.
func TestRule5Conditions(t *testing.T) {
	low := graph.Point{}
	for _, c := range []struct {
		name  string
		judge func(*graph.Judgement)
		point func(w *graphtest.World) graph.Point
		shown int
	}{
		{"accepted", func(*graph.Judgement) {}, nil, 1},
		{"proposed", func(j *graph.Judgement) { j.Status = graph.Proposed }, nil, 0},
		{"dissent", func(j *graph.Judgement) { j.Status = graph.Dissent }, nil, 0},
		{"rejected", func(j *graph.Judgement) { j.Status = graph.RejectedStatus }, nil, 0},
		{"marked, low clearance", func(j *graph.Judgement) { j.Marking = graph.Amber }, nil, 0},
		{"marked, cleared", func(j *graph.Judgement) { j.Marking = graph.Amber }, func(*graphtest.World) graph.Point { return graph.Point{Clearance: graph.Amber} }, 1},
		{"embargoed", func(j *graph.Judgement) { j.Embargo = embargo }, nil, 0},
		{"embargoed, asked for a day to come", func(j *graph.Judgement) { j.Embargo = embargo },
			func(w *graphtest.World) graph.Point { return w.Point("", "2025-12-10", graph.Recorded) }, 0},
		{"embargo is over at the point", func(j *graph.Judgement) { j.Embargo = embargo },
			func(w *graphtest.World) graph.Point {
				w.Day("2025-12-11")
				return w.Point("", "2025-12-10", graph.Published)
			}, 1},
		{"embargo was not over at the point", func(j *graph.Judgement) { j.Embargo = embargo },
			func(w *graphtest.World) graph.Point {
				w.Day("2025-12-11")
				return w.Point("", "2025-12-04", graph.Published)
			}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
				table(w)
				d := meeting(w, "d1", "A", "m1", "2025-11-30")
				c.judge(&d.Judgement)
				w.Assert(d)
				p := low
				if c.point != nil {
					p = c.point(w)
				}
				want(t, "claims", len(claims(w, p, "x:m1", "status")), c.shown)
				s, err := w.At(p).Stats(ctx)
				if err != nil || s.Assertions != c.shown {
					t.Errorf("%d assertions, want %d (%v)", s.Assertions, c.shown, err)
				}
			})
		})
	}
}

// embargo ends on 5 December 2025, 00:00 UTC.
const embargo graph.Time = 1764892800000

// The clock lifts an embargo; a view keeps the moment when it was made.
func TestRule5EmbargoByClock(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "A", "m1", "2025-11-30")
		d.Judgement.Embargo = embargo
		w.Assert(d)
		early := w.At(graph.Point{})
		w.Day("2025-12-06")
		for view, n := range map[graph.View]int{early: 0, w.At(graph.Point{}): 1} {
			list, err := view.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
			if err != nil || len(list) != n {
				t.Errorf("%d meetings, want %d (%v)", len(list), n, err)
			}
		}
	})
}

// A second assertion with a stricter marking changes nothing for those who may
// not see it: not the claim, its end, its truth, its date, nor any count.
func TestRule5StricterMarking(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/..", "2025-02-01"))
		before := seen(w)
		secret := office(w, "d2", "A", "2025-01-01/2025-06-30", "")
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		denial := deny(w, "d3", "A", "x:o1")
		denial.Links[0] = graphtest.Link("x:o1", "office", "x:chief")
		denial.Links[0].Deny = true
		denial.Valid = w.Valid("2025-01-01/..")
		denial.Judgement.Marking = graph.Red
		w.Assert(denial)
		want(t, "with clearance CLEAR", seen(w), before)
		high := only(w, graph.Point{Clearance: graph.Red}, "x:o1", "office")
		want(t, "end with clearance RED", high.Date(), "2025-01-01/2025-06-30")
		want(t, "truth with clearance RED", high.Truth, graph.Contested)
	})
}

// seen writes down all that a reader without clearance gets to see of x:o1.
func seen(w *graphtest.World) string {
	v := w.At(graph.Point{})
	c := only(w, graph.Point{}, "x:o1", "office")
	history, err := v.History(ctx, c.ID)
	if err != nil {
		w.Fatal(err)
	}
	evidence, err := v.Evidence(ctx, []graph.Claim{c})
	if err != nil {
		w.Fatal(err)
	}
	s, err := v.Stats(ctx)
	if err != nil {
		w.Fatal(err)
	}
	return text(c.Date(), c.Truth, c.Rank, c.Conflict, len(history), len(evidence), s, neighbors(w, graph.Point{}, "x:peskov"))
}
