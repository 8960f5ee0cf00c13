package negotiation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// published is the view of a day as published by its end.
func (w *world) published(on, known string) graph.View {
	w.Helper()
	i, err := graph.ParseOn(on)
	if err != nil {
		w.Fatal(err)
	}
	ts, err := graph.ParseKnownOn(known)
	if err != nil {
		w.Fatal(err)
	}
	return w.db.At(graph.Point{On: i, KnownOn: ts, Basis: graph.Published})
}

// changes writes each change as its kind, what it is of, before and after; of
// what is UNKNOWN, why.
func (w *world) changes(from, to graph.View, q *negotiation.ChangesQuery) string {
	w.Helper()
	c, err := negotiation.ChangesOf(ctx, from, to, q)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, i := range c.Items {
		lines = append(lines, fmt.Sprintf("%s %s: %s -> %s", i.Kind, w.labels(slices.Concat(i.Issues, i.Parties)), shown(i.Before), shown(i.After)))
		if len(i.Roots) == 0 != (len(i.Sources) == 0) {
			w.Errorf("%d sources and %d roots", len(i.Sources), len(i.Roots))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func shown(s negotiation.Shown) string {
	if s.Text != "" {
		return s.Text
	}
	return "(" + string(s.Reason) + ")"
}

// Each kind of change, between the 13th and the 16th, as published by then.
func TestChangeKinds(t *testing.T) {
	early := said("early", "2025-12-10")
	late := said("late", "2025-12-16")
	for name, c := range map[string]struct{ early, late, want string }{
		"the world moved":       {early, late + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-15\n", "WORLD_CHANGE Land Russia: (NO_DOCUMENT) -> OPEN"},
		"others knew something": {early + "by US\n@A position US on Land: OPEN ; 2025-12-09\n", late + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-15\n", "WORLD_CHANGE Land Russia: (NOT_RECORDED) -> OPEN"},
		"it takes over":         {early + "by Russia\n@A position Russia on Land: REJECT ; 2025-12-09\n", late + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-15\n", "WORLD_CHANGE Land Russia: REJECT -> OPEN"},
		"a late report":         {early, late + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-09\n", "LATE_REPORT Land Russia: (NO_DOCUMENT) -> OPEN"},
		"another source":        {early + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-09\n", late + "by Russia\n@A position Russia on Land: OPEN ; 2025-12-09\n", "NEW_SOURCE_SAME_CLAIM Land Russia: OPEN -> OPEN"},
		"a step":                {early + "@A offer o: US > Russia ; on Land ; TABLED ; 2025-12-09\n", late + "@A claim o: state REVISED ; 2025-12-15\n", "STATE_TRANSITION Land US: TABLED -> REVISED"},
		"a step told late":      {early + "@A offer o: US > Russia ; on Land ; TABLED ; 2025-12-08\n", late + "@A claim o: state REVISED ; 2025-12-09\n", "LATE_REPORT Land US: TABLED -> REVISED"},
		"nothing dated":         {early, late + "@A meeting m: US, Russia ; on Land ; outcome \"talks\"\n", "WORLD_CHANGE Land Russia US: (NO_DOCUMENT) -> Meeting"},
		"only denied":           {early, late + "by Russia\n@A deny meeting m: US, Russia ; on Land ; 2025-12-15\n", "WORLD_CHANGE Land Russia US: (NO_DOCUMENT) -> (ONLY_DENIED)"},
		"an issue":              {early, late + "@A claim Land: state UNDER_DISCUSSION ; 2025-12-15\n", "WORLD_CHANGE Land: (NO_DOCUMENT) -> UNDER_DISCUSSION"},
		"of another matter":     {early, late + "by Russia\n@A position Russia on Other: OPEN ; 2025-12-15\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.early, c.late)
			got := w.changes(w.published("2025-12-13", "2025-12-13"), w.published("2025-12-16", "2025-12-16"), &negotiation.ChangesQuery{Negotiation: w.id("talks")})
			want(t, "changes", got, c.want)
		})
	}
}

// A retraction leaves UNKNOWN, a correction other words, another rank the same
// words; a state that a source ends is over, not unknown.
func TestChangesOfRecords(t *testing.T) {
	w := newWorld(t, said("a", "2025-12-10")+`
by Russia
@A position Russia on Land: OPEN ; 2025-12-09
by narrator
@B meeting m: US, Russia ; on Land ; HELD ; 2025-12-09
@C demand d: Russia > US ; on Land ; TABLED ; 2025-12-01/2025-12-14
`)
	q := &negotiation.ChangesQuery{Negotiation: w.id("talks")}
	before := w.at("2025-12-16")
	w.load("document source:a\nretract A\n")
	want(t, "retracted", w.changes(before, w.at("2025-12-16"), q), "RETRACTION Land Russia: OPEN -> (WITHDRAWN)")
	before = w.at("2025-12-16")
	w.load(said("a", "2025-12-10") + "correct B: meeting m: US, Russia ; on Land ; CANCELLED ; 2025-12-09\n")
	want(t, "corrected", w.changes(before, w.at("2025-12-16"), q), "CORRECTION Land Russia US: HELD -> CANCELLED")
	before = w.at("2025-12-16")
	w.load(said("a", "2025-12-10") + "correct B: meeting m: US, Russia ; on Land ; CANCELLED ; 2025-12-09 [PREFERRED]\n")
	want(t, "trusted more", w.changes(before, w.at("2025-12-16"), q), "CONFIDENCE_ONLY Land Russia US: CANCELLED -> CANCELLED")
	want(t, "over", w.changes(w.at("2025-12-13"), w.at("2025-12-16"), q), "WORLD_CHANGE Land Russia: TABLED -> (ENDED)")
}

// On one axis only the day moves, on the other only what is known.
func TestChangesAxes(t *testing.T) {
	w := newWorld(t, said("a", "2025-12-10")+`
by Russia
@A position Russia on Land: OPEN ; 2025-12-09
@B position Russia on Land: REJECT ; 2025-12-15
`, said("b", "2025-12-16")+`
by Ukraine
@A position Ukraine on Land: OPEN ; 2025-12-09
by US
@B position US on Land: OPEN ; 2025-12-15
`)
	from, to := w.published("2025-12-13", "2025-12-13"), w.published("2025-12-16", "2025-12-16")
	for axis, lines := range map[string]string{
		"ON":    "WORLD_CHANGE Land Russia: OPEN -> REJECT\nWORLD_CHANGE Land US: (NOT_RECORDED) -> OPEN",
		"KNOWN": "LATE_REPORT Land Ukraine: (NOT_RECORDED) -> OPEN\nWORLD_CHANGE Land US: (NOT_RECORDED) -> OPEN",
		"both":  "LATE_REPORT Land Ukraine: (NOT_RECORDED) -> OPEN\nWORLD_CHANGE Land Russia: OPEN -> REJECT\nWORLD_CHANGE Land US: (NOT_RECORDED) -> OPEN",
	} {
		a, err := negotiation.ParseAxis(axis)
		if err != nil {
			t.Fatal(err)
		}
		want(t, axis, w.changes(from, to, &negotiation.ChangesQuery{Negotiation: w.id("talks"), Axis: a}), lines)
	}
	if _, err := negotiation.ParseAxis("sideways"); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "BOTH, ON, KNOWN") {
		t.Errorf("an unknown axis: %v", err)
	}
	if _, err := negotiation.ChangesOf(ctx, from, to, &negotiation.ChangesQuery{Axis: 7}); !errors.Is(err, graph.ErrValue) {
		t.Errorf("an axis that is none: %v", err)
	}
	if _, err := negotiation.ChangesOf(ctx, to, from, nil); !errors.Is(err, graph.ErrRefused) {
		t.Errorf("backwards: %v", err)
	}
}

// Changes are grouped by issue and party: one on two issues is in two groups,
// and a person counts for whom it stands.
func TestChangesGroups(t *testing.T) {
	w := newWorld(t, said("a", "2025-12-16")+`
@0 represents Analyst > US: 2025-12-01/..
by Russia
@A position Russia on Land: OPEN ; 2025-12-15
by narrator
@B meeting m: Analyst, Ukraine ; on Land, Guarantees ; HELD ; 2025-12-15
`)
	from, to := w.published("2025-12-13", "2025-12-13"), w.published("2025-12-16", "2025-12-16")
	groups := func(q negotiation.ChangesQuery) string {
		q.Negotiation = w.id("talks")
		c, err := negotiation.ChangesOf(ctx, from, to, &q)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, g := range c.Groups {
			line := "-"
			if !g.Issue.IsZero() {
				line = w.label(g.Issue)
			}
			if !g.Party.IsZero() {
				line += " " + w.label(g.Party)
			}
			for _, i := range g.Items {
				line += " " + c.Items[i].SubjectKind
			}
			lines = append(lines, line)
		}
		return strings.Join(sortedLines(lines), "\n")
	}
	want(t, "all", groups(negotiation.ChangesQuery{}), `- US Represents
Guarantees US Meeting
Guarantees Ukraine Meeting
Land Russia Position
Land US Meeting
Land Ukraine Meeting`)
	want(t, "of an issue", groups(negotiation.ChangesQuery{Issues: []graph.EntityID{w.id("guarantees")}}), "Guarantees US Meeting\nGuarantees Ukraine Meeting\nLand US Meeting\nLand Ukraine Meeting")
	want(t, "of a party", groups(negotiation.ChangesQuery{Parties: []graph.EntityID{w.id("ru")}}), "Land Russia Position")
	want(t, "of a kind", groups(negotiation.ChangesQuery{Kinds: []graph.ChangeKind{graph.Retraction}}), "")
}

// What relations of the negotiation name belongs to it, too: the deadline of an
// offer, the version of a provision, and who is one with whom.
func TestChangesOfEntities(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-10")+`
@A provision First version: on Land ; "text" ; PROPOSED ; 2025-12-09/..
@B meeting m: Analyst, US, Russia ; on Land ; HELD ; 2025-12-09
person double "Double"
`, said("b", "2025-12-16")+`
@A claim v1: authenticity DISOWNED ; 2025-12-15
@B claim v2: authenticity DISOWNED ; 2025-12-15
`)
	q := &negotiation.ChangesQuery{Negotiation: w.id("talks")}
	want(t, "versions", w.changes(w.published("2025-12-13", "2025-12-13"), w.published("2025-12-16", "2025-12-16"), q), "WORLD_CHANGE : (NOT_RECORDED) -> DISOWNED")
	before := w.at("2025-12-16")
	_, err := w.db.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, _, err := tx.Merge(graph.ByKey("x:analyst"), graph.ByKey("x:double"), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "one with another", w.changes(before, w.at("2025-12-16"), q), "IDENTITY : Analyst; Double -> Analyst")
}

// Golden test 10: a silent day is an empty answer that counts documents.
func TestChangesSilentDay(t *testing.T) {
	w := newWorld(t, said("a", "2025-12-10")+"@A meeting m: US, Russia ; on Other ; HELD ; 2025-12-09\n", `document source:u "Undated" ; published ? ; scheme x
by Russia
@A position Russia on Land: OPEN ; 2025-12-01
`)
	for _, c := range []struct {
		from, to string
		seen     int
	}{{"2025-12-09", "2025-12-10", 1}, {"2025-12-10", "2025-12-11", 0}} {
		got, err := negotiation.ChangesOf(ctx, w.published(c.from, c.from), w.published(c.to, c.to), &negotiation.ChangesQuery{Negotiation: w.id("talks")})
		if err != nil || len(got.Items) != 0 || got.Items != nil || got.DocumentsSeen != c.seen || got.UndatedDocuments != 1 {
			t.Errorf("%s to %s: %d items, %d documents seen, %d undated (%v)", c.from, c.to, len(got.Items), got.DocumentsSeen, got.UndatedDocuments, err)
		}
	}
}

// What is nothing but below the rank asked for is no change.
func TestChangesRank(t *testing.T) {
	w := newWorld(t, said("a", "2025-12-10")+"by Russia\n@A position Russia on Land: OPEN ; 2025-12-09\n", said("b", "2025-12-16")+`
by Russia
@A position Russia on Land: REJECT ; 2025-12-15 [DEPRECATED ; reason "a slip"]
`)
	from, to := w.published("2025-12-13", "2025-12-13"), w.published("2025-12-16", "2025-12-16")
	want(t, "all ranks", w.changes(from, to, nil), "WORLD_CHANGE Land Russia: OPEN -> REJECT")
	want(t, "normal", w.changes(from, to, &negotiation.ChangesQuery{Ranked: true}), "")
}
