package graph_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func TestRule3KnownCorrectedAgain(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		first := meeting(w, "d1", "A", "m1", "2025-11-30")
		moved := meeting(w, "d1", "A", "m1", "2025-11-29")
		id, outcome := w.Assert(first)
		want(t, "first", outcome, graph.New)
		_, outcome = w.Assert(first)
		want(t, "the same again", outcome, graph.Known)
		before := w.At(graph.Point{})
		again, outcome := w.Assert(moved)
		want(t, "other content", outcome, graph.Corrected)
		if again != id {
			t.Errorf("a correction under another id: %s, %s", again, id)
		}
		want(t, "corrected", only(w, graph.Point{}, "x:m1", "status").Date(), "2025-11-29/")
		want(t, "before the correction", only(w, graph.Point{KnownOn: before.TS()}, "x:m1", "status").Date(), "2025-11-30/")

		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		want(t, "retracted", len(claims(w, graph.Point{}, "x:m1", "status")), 0)
		_, outcome = w.Assert(moved)
		want(t, "asserted again", outcome, graph.New)
		want(t, "stands again", len(claims(w, graph.Point{}, "x:m1", "status")), 1)
		history, err := w.At(graph.Point{}).History(ctx, only(w, graph.Point{}, "x:m1", "status").ID)
		if err != nil || len(history) != 2 {
			t.Fatalf("history: %d records, want 2 (%v)", len(history), err)
		}
		if history[0].Recorded.To == 0 || history[1].Recorded.To != 0 {
			t.Errorf("history: first must be closed, second open: %+v", history)
		}
	})
}

// Judgements close the record and open the next under the same id: the past
// keeps the old one.
func TestRule3Judge(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		before := w.At(graph.Point{})
		w.Do(func(tx *graph.Tx) error {
			return tx.Judge(id, func(j *graph.Judgement) { j.Rank, j.Reason = graph.Deprecated, "a slip" })
		})
		want(t, "rank now", only(w, graph.Point{}, "x:m1", "status").Rank, graph.Deprecated)
		want(t, "rank then", only(w, graph.Point{KnownOn: before.TS()}, "x:m1", "status").Rank, graph.Normal)
		a, err := w.At(graph.Point{}).Assertion(ctx, id)
		if err != nil || a.Judgement.Reason != "a slip" {
			t.Errorf("assertion: %+v %v", a.Judgement, err)
		}
		// what was judged here stays so when its source is recorded again
		_, outcome := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		want(t, "recorded again", outcome, graph.Known)
		want(t, "rank after that", only(w, graph.Point{}, "x:m1", "status").Rank, graph.Deprecated)
	})
}

func TestRule3Correct(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		var next graph.AssertionID
		ts := w.Do(func(tx *graph.Tx) (err error) {
			next, err = tx.Correct(id, meeting(w, "d1", "B", "m1", "2025-11-28"))
			return err
		})
		old, err := w.At(graph.Point{}).Assertion(ctx, id)
		if err != nil || old.Recorded.To != ts {
			t.Errorf("the old one ends at %v, want %v (%v)", old.Recorded.To, ts, err)
		}
		a, err := w.At(graph.Point{}).Assertion(ctx, next)
		if err != nil || a.Recorded.From != ts {
			t.Errorf("the new one begins at %v, want %v (%v)", a.Recorded.From, ts, err)
		}
		_, err = w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			_, err := tx.Correct(next, meeting(w, "d1", "B", "m1", "2025-11-28"))
			return err
		})
		if !errors.Is(err, graph.ErrRefused) {
			t.Errorf("a correction that says the same: %v", err)
		}
	})
}

// A correction does not take the place of another assertion: it says whose, and
// what to do. That the other one cannot be read is another matter.
func TestRule3CorrectOntoAnother(t *testing.T) {
	store := memkv.New(nil)
	w := &graphtest.World{TB: t, DB: openOn(t, store)}
	table(w)
	id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
	w.Assert(meeting(w, "d1", "B", "m2", "2025-11-29"))
	correct := func() error {
		_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			_, err := tx.Correct(id, meeting(w, "d1", "B", "m1", "2025-11-28"))
			return err
		})
		return err
	}
	err := correct()
	if !errors.Is(err, graph.ErrConflict) || !strings.Contains(err.Error(), "under the key B, stands already: give the correction another key") {
		t.Errorf("onto another: %v", err)
	}
	put(t, store, "A\x00\x00\x00\x00\x02", "short")
	if err := correct(); !errors.Is(err, graph.ErrDamaged) || errors.Is(err, graph.ErrConflict) {
		t.Errorf("onto one that cannot be read: %v", err)
	}
}

// One key with two contents in one transaction is a mistake of the source.
func TestRule3TwoContents(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			if _, _, err := tx.Assert(meeting(w, "d1", "A", "m1", "2025-11-30")); err != nil {
				return err
			}
			_, _, err := tx.Assert(meeting(w, "d1", "A", "m1", "2025-11-29"))
			return err
		})
		if !errors.Is(err, graph.ErrConflict) {
			t.Errorf("got %v", err)
		}
		want(t, "nothing of it is visible", relations(w, graph.Point{}, "Meeting", "status"), "")
	})
}

// The order in which fillers are given says nothing.
func TestRule3Order(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "A", "m1", "2025-11-30")
		w.Assert(d)
		d.Relation.Fields[0] = fill("participant", "x:ru", "x:ua")
		_, outcome := w.Assert(d)
		want(t, "outcome", outcome, graph.Known)
	})
}

// Asserting, retracting and asserting again in one update comes to the last of them.
func TestRule3OneUpdate(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "A", "m1", "2025-11-30")
		w.Assert(d)
		w.Do(func(tx *graph.Tx) error {
			id, outcome, err := tx.Assert(d)
			want(t, "first", text(outcome, err), text(graph.Known, nil))
			if err := tx.Retract(id); err != nil {
				return err
			}
			_, outcome, err = tx.Assert(d)
			want(t, "again", outcome, graph.New)
			return err
		})
		want(t, "claims", len(claims(w, graph.Point{}, "x:m1", "status")), 1)
	})
}

// A long assertion can be retracted in the update that made it.
func TestRule3RetractLongAtOnce(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := graph.Draft{Document: graph.ByKey("source:d1"), Key: "file"}
		for i := range 1000 {
			v := w.Valid(fmt.Sprintf("%d-01-01", 1000+i))
			l := graphtest.Link("x:ua", "meets", "x:ru")
			l.Valid = &v
			d.Links = append(d.Links, l)
		}
		w.Do(func(tx *graph.Tx) error {
			id, _, err := tx.Assert(d)
			if err != nil {
				return err
			}
			return tx.Retract(id)
		})
		s, err := w.At(graph.Point{}).Stats(ctx)
		want(t, "claims", text(s.Claims, s.Assertions, err), text(0, 0, nil))
	})
}

// Judgements and codes that there are not are refused.
func TestRule3BadCodes(t *testing.T) {
	w := graphtest.Open(t, nil)
	table(w)
	for name, change := range map[string]func(*graph.Draft){
		"marking": func(d *graph.Draft) { d.Judgement.Marking = 7 },
		"rank":    func(d *graph.Draft) { d.Judgement.Rank = 3 },
		"status":  func(d *graph.Draft) { d.Judgement.Status = 17 },
		"embargo": func(d *graph.Draft) { d.Judgement.Embargo = math.MaxInt64 },
		"voice":   func(d *graph.Draft) { d.Voice = 17 },
		"wording": func(d *graph.Draft) { d.Wording = 99 },
	} {
		d := meeting(w, "d1", name, "m1", "2025-11-30")
		change(&d)
		if err := w.Refuse(d); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
	_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
		return tx.Judge(id, func(j *graph.Judgement) { j.Marking = 9 })
	})
	if !errors.Is(err, graph.ErrValue) {
		t.Errorf("judging: %v", err)
	}
	_, err = w.Update(ctx, graph.Act{Author: "\xff"}, func(*graph.Tx) error { return nil })
	if !errors.Is(err, graph.ErrRefused) {
		t.Errorf("an author that is no text: %v", err)
	}
}
