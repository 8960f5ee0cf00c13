package graph_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// changed compares two days as published by their ends, each line a change.
func changed(w *graphtest.World, from, to string) (string, graph.Changes) {
	w.Helper()
	c, err := diffed(w, w.At(w.Point(from, from, graph.Published)), w.At(w.Point(to, to, graph.Published)), nil)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, i := range c.Items {
		lines = append(lines, fmt.Sprintf("%s %s -> %s (%d)", i.Kind, i.Before, i.After, len(i.Sources)))
	}
	return strings.Join(lines, "\n"), c
}

// diffed is Diff; what it finds near all that the tests are about is what it
// finds in the whole store.
func diffed(w *graphtest.World, from, to graph.View, opts *graph.DiffOptions) (graph.Changes, error) {
	w.Helper()
	whole, err := graph.Diff(ctx, from, to, opts)
	if err != nil {
		return whole, err
	}
	o := graph.DiffOptions{}
	if opts != nil {
		o = *opts
	}
	for _, key := range []string{"x:ua", "x:ru", "x:land", "x:chief", "x:witkoff", "x:peskov"} {
		e, err := to.Find(ctx, graph.Ref{Key: w.Key(key)})
		if errors.Is(err, graph.ErrNotFound) {
			continue
		}
		if err != nil {
			w.Fatal(err)
		}
		o.Near = append(o.Near, e.ID)
	}
	near, err := graph.Diff(ctx, from, to, &o)
	if a, b := fmt.Sprintf("%+v", whole), fmt.Sprintf("%+v", near); err != nil || a != b {
		w.Errorf("in the whole store:\n%s\nnear all of it (%v):\n%s", a, err, b)
	}
	return whole, nil
}

func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(w *graphtest.World)
		want string
	}{
		"nothing": {func(*graphtest.World) {}, ""},
		"the world moved": {func(w *graphtest.World) {
			w.Assert(stance(w, "d2", "A", "2025-12-02", "OPEN", graph.Self))
		}, "WORLD_CHANGE  -> OPEN (1)"},
		"a later position takes over": {func(w *graphtest.World) {
			w.Assert(stance(w, "d1", "A", "2025-12-01", "OPEN", graph.Self))
			w.Assert(stance(w, "d2", "A", "2025-12-02", "REJECT", graph.Self))
		}, "WORLD_CHANGE OPEN -> REJECT (1)"},
		"a late report": {func(w *graphtest.World) {
			w.Assert(stance(w, "d2", "A", "2025-11-02", "OPEN", graph.Self))
		}, "LATE_REPORT  -> OPEN (1)"},
		"another source": {func(w *graphtest.World) {
			w.Assert(stance(w, "d1", "A", "2025-12-01", "OPEN", graph.Self))
			w.Assert(stance(w, "d2", "A", "2025-12-01", "OPEN", graph.Self))
		}, "NEW_SOURCE_SAME_CLAIM OPEN -> OPEN (1)"},
		"a step": {func(w *graphtest.World) {
			w.Assert(offerState(w, "d1", "A", "2025-12-01", "TABLED"))
			w.Assert(offerState(w, "d2", "A", "2025-12-02", "ACCEPTED"))
		}, "STATE_TRANSITION TABLED -> ACCEPTED (1)"},
		"only the day moved": {func(w *graphtest.World) {
			w.Assert(offerState(w, "d1", "A", "2025-12-01", "TABLED"))
			w.Assert(offerState(w, "d1", "B", "2025-12-02", "ACCEPTED"))
		}, "STATE_TRANSITION TABLED -> ACCEPTED (1)"},
		"a name is no change": {func(w *graphtest.World) {
			w.Assert(named("d2", "A", "x:ua", "name", graph.TextOf("Ukraine")))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
				table(w)
				c.tell(w)
				got, _ := changed(w, "2025-12-01", "2025-12-02")
				want(t, "changes", got, c.want)
			})
		})
	}
}

// A retraction shows on basis RECORDED, where it has a time.
func TestDiffRetraction(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(stance(w, "d1", "A", "2025-12-01", "OPEN", graph.Self))
		before := w.At(graph.Point{})
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		c, err := diffed(w, before, w.At(graph.Point{}), nil)
		if err != nil || len(c.Items) != 1 {
			t.Fatal(len(c.Items), err)
		}
		want(t, "change", text(c.Items[0].Kind, c.Items[0].Before, c.Items[0].After), text(graph.Retraction, "OPEN", ""))
	})
}

// We were wrong: the same subject, other words. Only the judgement moved: the same words.
func TestDiffCorrection(t *testing.T) {
	for kind, change := range map[graph.ChangeKind]func(*graphtest.World, *graph.Tx, graph.AssertionID) error{
		graph.Correction: func(w *graphtest.World, tx *graph.Tx, id graph.AssertionID) error {
			d := meeting(w, "d1", "A", "m1", "2025-11-30")
			d.Relation.Fields[1] = say("status", "PLANNED")
			_, err := tx.Correct(id, d)
			return err
		},
		graph.ConfidenceOnly: func(_ *graphtest.World, tx *graph.Tx, id graph.AssertionID) error {
			return tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Preferred })
		},
	} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
			before := w.At(graph.Point{})
			w.Do(func(tx *graph.Tx) error { return change(w, tx, id) })
			c, err := diffed(w, before, w.At(graph.Point{}), nil)
			if err != nil || len(c.Items) != 1 {
				t.Fatal(c.Items, err)
			}
			want(t, "kind", c.Items[0].Kind, kind)
			want(t, "before", c.Items[0].Before, "HELD")
			want(t, "the same after", text(c.Items[0].After == "HELD"), text(kind == graph.ConfidenceOnly))
		})
	}
}

// A correction is one, also of what the words of the change do not show.
func TestDiffCorrectionOutsideTheDigest(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "A", "m1", "2025-11-30")
		id, _ := w.Assert(d)
		before := w.At(graph.Point{})
		d.Relation.Fields = append(d.Relation.Fields, graph.Field{Name: "note", Values: []graph.Filler{{Value: graph.TextOf("behind closed doors")}}})
		w.Do(func(tx *graph.Tx) error { _, err := tx.Correct(id, d); return err })
		c, err := diffed(w, before, w.At(graph.Point{}), nil)
		if err != nil || len(c.Items) != 1 {
			t.Fatal(len(c.Items), err)
		}
		want(t, "change", text(c.Items[0].Kind, c.Items[0].Before, c.Items[0].After), text(graph.Correction, "HELD", "HELD"))
	})
}

// What was retracted is called by its key, which its history tells anyway.
func TestDiffNamesTheRetracted(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		before := w.At(graph.Point{})
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		after := w.At(graph.Point{})
		c, err := diffed(w, before, after, nil)
		if err != nil || len(c.Items) != 1 {
			t.Fatal(len(c.Items), err)
		}
		labels, err := after.Labels(ctx, []graph.EntityID{c.Items[0].Subject})
		want(t, "label", text(labels, err), "[x:m1] <nil>")
	})
}

// A silent day says how many documents were seen.
func TestDiffCountsDocuments(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Document("source:undated", "")
		for _, doc := range []string{"d1", "d2", "undated"} {
			w.Assert(stance(w, doc, "A", "2025-11-01", "OPEN", graph.Self))
		}
		_, c := changed(w, "2025-12-01", "2025-12-02")
		want(t, "seen and undated", text(c.DocumentsSeen, c.UndatedDocuments), text(1, 1))
		_, c = changed(w, "2025-12-20", "2025-12-21")
		want(t, "on a silent day", text(c.DocumentsSeen, len(c.Items)), text(0, 0))
	})
}

// The sources of a change say what they themselves say.
func TestDiffSources(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/..", "2025-02-01"))
		from := w.At(graph.Point{})
		w.Assert(office(w, "d2", "A", "2025-01-01/2025-03-31", ""))
		c, err := diffed(w, from, w.At(graph.Point{}), nil)
		if err != nil || len(c.Items) != 1 || len(c.Items[0].Sources) != 1 {
			t.Fatalf("%+v %v", c, err)
		}
		want(t, "end", c.Items[0].Sources[0].End.Kind, graph.DatedEnd)
		from = w.At(graph.Point{})
		l := graphtest.Link("x:o1", "office", "x:chief")
		l.Deny = true
		w.Assert(graph.Draft{Document: graph.ByKey("source:d3"), Key: "D", Valid: w.Valid("2025-01-01/.."), Links: []graph.Link{l}})
		c, err = diffed(w, from, w.At(graph.Point{}), nil)
		if err != nil || len(c.Items) != 1 || len(c.Items[0].Sources) != 1 {
			t.Fatalf("%+v %v", c, err)
		}
		want(t, "denies", text(c.Items[0].Sources[0].Deny), "true")
	})
}

// A state that ends between the two days is a change.
func TestDiffEnd(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(office(w, "d1", "A", "2025-01-01/2025-03-31", ""))
		w.Day("2025-12-20")
		at := func(on string) graph.View { return w.At(w.Point(on, "", graph.Recorded)) }
		for to, expect := range map[string]int{"2025-03-31": 0, "2025-04-01": 1, "2025-05-01": 1} {
			c, err := diffed(w, at("2025-03-01"), at(to), nil)
			want(t, "to "+to, text(len(c.Items), err), text(expect, nil))
			if len(c.Items) == 1 {
				want(t, "after", c.Items[0].After, "")
			}
		}
	})
}

// Changes from a later view to an earlier one are refused, by either clock.
func TestDiffBackwards(t *testing.T) {
	w := graphtest.Open(t, nil)
	early, late := "2025-12-13", "2025-12-16"
	for _, c := range []struct {
		fromOn, fromKnown, toOn, toKnown string
		refused                          bool
	}{
		{early, early, late, late, false},
		{late, late, late, late, false},
		{early, late, early, "", false},
		{late, late, early, early, true},
		{late, early, early, late, true},
		{early, late, late, early, true},
		{early, "", early, late, true},
		{"", "", "2001-01-01", "", true},
	} {
		from, to := w.At(w.Point(c.fromOn, c.fromKnown, graph.Published)), w.At(w.Point(c.toOn, c.toKnown, graph.Published))
		if _, err := diffed(w, from, to, nil); errors.Is(err, graph.ErrRefused) != c.refused {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// Of reports of the same day, the order of loading does not choose which one a
// change quotes.
func TestDiffQuotesInAnyOrder(t *testing.T) {
	for _, keys := range [][]string{{"a", "b"}, {"b", "a"}} {
		w := graphtest.Open(t, nil)
		table(w)
		for _, key := range keys {
			d := meeting(w, "d2", key, "m", "2025-12-02")
			d.Summary = "said by " + key
			w.Assert(d)
		}
		_, c := changed(w, "2025-12-01", "2025-12-02")
		want(t, keys[0]+" first", c.Items[0].Summary, "said by a")
	}
}

// On one day, what began after the first state of knowledge is news of the
// world; what began before it is told late.
func TestDiffKnowledge(t *testing.T) {
	for valid, expect := range map[string]graph.ChangeKind{"2025-11-20": graph.LateReport, "2025-12-02": graph.WorldChange} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			w.Assert(stance(w, "d2", "A", valid, "OPEN", graph.Self))
			c, err := diffed(w, w.At(w.Point("2025-12-02", "2025-12-01", graph.Published)), w.At(w.Point("2025-12-02", "2025-12-02", graph.Published)), nil)
			if err != nil || len(c.Items) != 1 {
				t.Fatal(c.Items, err)
			}
			want(t, valid, c.Items[0].Kind, expect)
		})
	}
}

// A step is told by its own start, however old what it is a step of is.
func TestDiffStepAlone(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(offerState(w, "d1", "A", "2025-11-01", "TABLED"))
		list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "B", Valid: w.Valid("2025-12-02"), Links: []graph.Link{
			{Subject: graph.ByID(list[0].ID), Property: "state", Value: graph.CodeOf("ACCEPTED")}}})
		got, _ := changed(w, "2025-12-01", "2025-12-02")
		want(t, "step", got, "STATE_TRANSITION TABLED -> ACCEPTED (1)")
	})
}

// Assertions below the rank asked for make no change, and take nothing over.
func TestDiffRank(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "A", "2025-12-01", "OPEN", graph.Self))
		d := stance(w, "d2", "A", "2025-12-02", "REJECT", graph.Self)
		d.Judgement.Rank = graph.Deprecated
		w.Assert(d)
		d = meeting(w, "d2", "B", "m", "2025-12-02")
		d.Relation.Fields[1] = say("status", "PLANNED")
		d.Judgement.Rank = graph.Deprecated
		w.Assert(d)
		w.Assert(meeting(w, "d1", "B", "m", "2025-12-02"))
		for name, c := range map[string]struct {
			opts *graph.DiffOptions
			want int
		}{"all": {nil, 2}, "normal": {&graph.DiffOptions{Ranked: true}, 1}} {
			got, err := diffed(w, w.At(w.Point("2025-12-01", "2025-12-01", graph.Published)), w.At(w.Point("2025-12-02", "2025-12-02", graph.Published)), c.opts)
			if err != nil {
				t.Fatal(err)
			}
			want(t, name, len(got.Items), c.want)
			if c.opts != nil {
				want(t, "what stands", got.Items[0].After, "HELD")
			}
		}
	})
}

// On one day, what begins after it is no change of what the day shows.
func TestDiffAhead(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d2", "A", "2025-12-02", "OPEN", graph.Self))
		for on, expect := range map[string]int{"2025-12-01": 0, "2025-12-02": 1} {
			c, err := diffed(w, w.At(w.Point(on, "2025-12-01", graph.Published)), w.At(w.Point(on, "2025-12-02", graph.Published)), nil)
			want(t, on, text(len(c.Items), err), text(expect, nil))
		}
	})
}
