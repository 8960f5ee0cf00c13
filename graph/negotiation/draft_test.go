package negotiation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// drafts declares the versions of these tests' texts.
const drafts = `document source:drafts "Texts" ; curation ; scheme x
draft d1 "First text"
draftVersion v1 "First version": draft First text ; number 1
draftVersion v2 "Second version": draft First text ; number 2
draftVersion v3 "Third version": draft First text ; number 3
`

// said begins a document of a day by its own key.
func said(key, day string) string {
	return fmt.Sprintf("document source:%s \"On %s\" ; published %s ; publisher \"Example %s\" ; scheme x\nby narrator\n", key, key, day, key)
}

// draftText writes a comparison: a line for each row, with its cells and steps.
func (w *world) draftText(v graph.View, q *negotiation.DraftQuery) string {
	w.Helper()
	d, err := negotiation.DraftTextOf(ctx, v, q)
	if err != nil {
		w.Fatal(err)
	}
	if len(d.Rows) == 0 {
		return string(d.Reason)
	}
	var lines []string
	for _, row := range d.Rows {
		var cells, steps []string
		for _, c := range row.Cells {
			cells = append(cells, cellText(c))
		}
		for _, s := range row.Steps {
			steps = append(steps, string(s.Change))
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s: %s", w.label(row.Issue), row.Point, strings.Join(cells, " | "), strings.Join(steps, " ")))
	}
	return strings.Join(lines, "\n")
}

func cellText(c negotiation.DraftCell) string {
	if len(c.Provisions) == 0 {
		return "?"
	}
	var words []string
	for _, p := range c.Provisions {
		words = append(words, p.Text+" "+p.Status)
	}
	text := strings.Join(words, " / ")
	if len(c.Sides) > 0 {
		text += fmt.Sprintf(" (%d sides)", len(c.Sides))
	}
	return text
}

// What becomes of a point, from version to version: unchanged, changed in words
// or in status, deleted and back again. What is not seen is not called absent.
func TestDraftPoints(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-16")+`
provision First version: point "1" ; on Guarantees ; "guarantees are given" ; PROPOSED ; 2025-12-01/..
provision First version: point "2" ; on Guarantees ; "troops may enter" ; PROPOSED ; 2025-12-01/..
provision First version: point "3" ; on Guarantees ; "for ten years" ; PROPOSED ; 2025-12-01/..
provision First version: point "4" ; on Guarantees ; "seen once" ; PROPOSED ; 2025-12-01/..
provision Second version: point "1" ; on Guarantees ; "guarantees are given" ; PROPOSED ; 2025-12-05/..
provision Second version: point "2" ; on Guarantees ; "struck out" ; DELETED ; 2025-12-05/..
provision Second version: point "3" ; on Guarantees ; "for ten years" ; BRACKETED ; 2025-12-05/..
provision Third version: point "2" ; on Guarantees ; "no troops may enter" ; PROPOSED ; 2025-12-10/..
provision Third version: point "3" ; on Guarantees ; "for fifteen years" ; CLEAN ; 2025-12-10/..
provision Third version: point "10" ; on Guarantees ; "years, to be filled in" ; PLACEHOLDER ; 2025-12-10/..
`)
	want(t, "rows", w.draftText(w.at("2025-12-16"), nil), `Guarantees 1: guarantees are given PROPOSED | guarantees are given PROPOSED | ?: SAME NOT_SEEN
Guarantees 2: troops may enter PROPOSED | struck out DELETED | no troops may enter PROPOSED: VANISHED APPEARED
Guarantees 3: for ten years PROPOSED | for ten years BRACKETED | for fifteen years CLEAN: CHANGED CHANGED
Guarantees 4: seen once PROPOSED | ? | ?: NOT_SEEN
Guarantees 10: ? | ? | years, to be filled in PLACEHOLDER: FIRST_SEEN`)
	want(t, "before the third", w.draftText(w.at("2025-12-04"), &negotiation.DraftQuery{Versions: []graph.EntityID{w.id("v3")}}), "NOT_SEEN")
	d, err := negotiation.DraftTextOf(ctx, w.at("2025-12-16"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Rows[1].Cells[1].Provisions[0].Deleted() || !d.Rows[4].Cells[2].Provisions[0].Placeholder() {
		t.Error("what is deleted or left open is not told apart")
	}
	want(t, "words", fmt.Sprint(d.Rows[2].Steps[1].Texts[0].Words), "[{for KEPT} {ten REMOVED} {fifteen ADDED} {years KEPT}]")
	want(t, "words of what goes", fmt.Sprint(d.Rows[1].Steps[0].Texts[0].Words), "[{troops may enter REMOVED}]")
	want(t, "words of what comes back", fmt.Sprint(d.Rows[1].Steps[1].Texts[0].Words), "[{no troops may enter ADDED}]")
}

// Where each version has one point on an issue, its number does not matter.
func TestDraftRenumbered(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-16")+`
provision First version: point "6" ; on Land ; "lines are frozen" ; PROPOSED ; 2025-12-01/..
provision Second version: on Land ; "lines are frozen" ; PROPOSED ; 2025-12-05/..
provision Third version: point "4" ; on Land ; "all lines are frozen" ; PROPOSED ; 2025-12-10/..
`)
	want(t, "one row", w.draftText(w.at("2025-12-16"), nil), "Land : lines are frozen PROPOSED | lines are frozen PROPOSED | all lines are frozen PROPOSED: SAME CHANGED")
}

// What two sources give differently for one version is shown by both, with
// their sources; what one source gives is no disagreement.
func TestDraftRivals(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-16")+`
provision First version: point "6" ; on Land ; "600 kilometres" ; PROPOSED ; 2025-12-01/..
provision First version: point "7" ; on Land ; "one thing" ; PROPOSED ; 2025-12-01/..
provision First version: point "7" ; on Land ; "and another" ; PROPOSED ; 2025-12-01/..
provision First version: point "8" ; on Land ; "agreed or not" ; PROPOSED ; 2025-12-01/..
`, said("b", "2025-12-16")+`
provision First version: point "6" ; on Land ; "800 kilometres" ; PROPOSED ; 2025-12-01/..
provision First version: point "8" ; on Land ; "agreed or not" ; BRACKETED ; 2025-12-01/..
provision Second version: point "6" ; on Land ; "700 kilometres" ; PROPOSED ; 2025-12-01/..
`)
	d, err := negotiation.DraftTextOf(ctx, w.at("2025-12-16"), &negotiation.DraftQuery{Versions: []graph.EntityID{w.id("v1"), w.id("v2")}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range d.Rows {
		got = append(got, row.Point+": "+cellText(row.Cells[0]))
	}
	want(t, "first version", strings.Join(got, "\n"), `6: 600 kilometres PROPOSED / 800 kilometres PROPOSED (2 sides)
7: and another PROPOSED / one thing PROPOSED
8: agreed or not BRACKETED`)
	for _, s := range d.Rows[0].Cells[0].Sides {
		if len(s.Roots) != 1 || len(s.Evidence) != 1 {
			t.Errorf("a side with %d roots", len(s.Roots))
		}
	}
	want(t, "two texts against one", fmt.Sprint(len(d.Rows[0].Steps[0].Texts)), "2")
}

// Versions stand by their number in a draft, else by their start, and say what
// the text is worth and how much of it was seen.
func TestDraftVersions(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-16")+`
draftVersion z0 "Leak"
provision First version: point "1" ; on Land ; "c" ; PROPOSED ; 2025-12-12/..
provision Second version: point "1" ; on Land ; "b" ; PROPOSED ; 2025-12-09/..
provision Leak: point "1" ; on Land ; "a" ; PROPOSED ; 2025-12-01/..
provision Leak: point "2" ; on Land ; "a too" ; PROPOSED ; 2025-12-01/..
claim d1: authenticity CONFIRMED_BY_PARTY ; 2025-12-01/..
claim v2: authenticity DISOWNED ; 2025-12-01/..
claim z0: points 3 ; 2025-12-01/..
`)
	d, err := negotiation.DraftTextOf(ctx, w.at("2025-12-16"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range d.Versions {
		line := w.label(v.ID)
		for _, c := range v.Authenticity {
			line += " " + c.Value.String()
		}
		for _, c := range v.Counts {
			line += fmt.Sprintf(" %d of %s points", v.Seen, c.Value.String())
		}
		got = append(got, fmt.Sprintf("%s (%d)", line, len(v.Evidence)))
	}
	want(t, "versions", strings.Join(got, "\n"), `Leak 2 of 3 points (1)
First version CONFIRMED_BY_PARTY (1)
Second version DISOWNED (1)`)
	twice, err := negotiation.DraftTextOf(ctx, w.at("2025-12-16"), &negotiation.DraftQuery{Versions: []graph.EntityID{w.id("v1"), w.id("v1")}})
	if err != nil || len(twice.Versions) != 1 {
		t.Errorf("one version asked for twice: %d (%v)", len(twice.Versions), err)
	}
	back, err := negotiation.DraftTextOf(ctx, w.at("2025-12-16"), &negotiation.DraftQuery{Versions: []graph.EntityID{w.id("v2"), w.id("v1")}})
	if err != nil || back.Versions[0].ID != w.id("v2") || len(back.Versions) != 2 {
		t.Errorf("versions asked for are not in the order asked for (%v)", err)
	}
}

// A comparison is limited to issues, and to what belongs to a negotiation.
func TestDraftQuery(t *testing.T) {
	w := newWorld(t, drafts, said("a", "2025-12-16")+`
provision First version: point "1" ; on Land ; "ours" ; PROPOSED ; 2025-12-01/..
provision First version: point "2" ; on Land, Guarantees ; "both" ; PROPOSED ; 2025-12-01/..
provision First version: point "3" ; on Other ; "another table" ; PROPOSED ; 2025-12-01/..
provision First version: point "4" ; "on nothing in particular" ; PROPOSED ; 2025-12-01/..
`)
	on := w.at("2025-12-16")
	for name, c := range map[string]struct {
		q    negotiation.DraftQuery
		want string
	}{
		"issue":       {negotiation.DraftQuery{Issues: []graph.EntityID{w.id("guarantees")}}, "2"},
		"negotiation": {negotiation.DraftQuery{Negotiation: w.id("talks")}, "1 2 2"},
		"and version": {negotiation.DraftQuery{Negotiation: w.id("talks"), Versions: []graph.EntityID{w.id("v1")}}, "4 1 2 2"},
	} {
		d, err := negotiation.DraftTextOf(ctx, on, &c.q)
		if err != nil {
			t.Fatal(err)
		}
		points := map[bool][]string{}
		for _, row := range d.Rows {
			points[row.Issue.IsZero()] = append(points[row.Issue.IsZero()], row.Point)
		}
		got := strings.Join(append(points[true], sortedLines(points[false])...), " ")
		want(t, name, got, c.want)
	}
	want(t, "before any document", w.draftText(w.db.At(graph.Point{KnownOn: 1}), nil), "NO_DOCUMENT")
}

// A bracket is a word by itself; long texts are compared as a whole.
func TestWordsBetween(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"", "", "[]"},
		{"a  b", "a b", "[{a b KEPT}]"},
		{"", "a", "[{a ADDED}]"},
		{"a b c", "a c", "[{a KEPT} {b REMOVED} {c KEPT}]"},
		{"the [large] force", "the large force", "[{the KEPT} {[ REMOVED} {large KEPT} {] REMOVED} {force KEPT}]"},
		{"a b a c", "b a c a", "[{a REMOVED} {b a c KEPT} {a ADDED}]"},
	} {
		want(t, c.before+" → "+c.after, fmt.Sprint(negotiation.WordsBetween(c.before, c.after)), c.want)
	}
	long := strings.Repeat("x y ", 3000)
	if got := negotiation.WordsBetween("a "+long+"b", "b "+long+"a"); len(got) != 2 {
		t.Errorf("a long text has %d runs", len(got))
	}
}
