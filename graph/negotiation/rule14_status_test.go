package negotiation_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
)

const post = `document source:d "Stances" ; published 2025-12-16 ; publisher "Example Post" ; scheme x
`

// Each status, by the first line of rule 14 that fits.
func TestRule14Statuses(t *testing.T) {
	for _, c := range []struct{ name, notes, on, cell string }{
		{"no document yet", "", "2025-12-16", "UNKNOWN NO_DOCUMENT"},
		{"nothing on this issue", "by Russia\n@A position Russia on Land: REJECT ; 2025-12-15\n", "2025-12-16", "UNKNOWN NO_POSITION"},
		{"a prediction only", "by US\n@A position Russia on Guarantees: ACCEPT ; 2025-12-15 [PREDICTED]\n",
			"2025-12-16", "UNKNOWN ONLY_PREDICTIONS (ACCEPT)"},
		{"a prediction fills no cell, and contests none", "by Russia\n@A position Russia on Guarantees: REJECT ; 2025-12-15\nby US\n@B position Russia on Guarantees: ACCEPT ; 2025-12-15 [PREDICTED]\n",
			"2025-12-16", "STATED REJECT/SELF (ACCEPT)"},
		{"own voice", "by Russia\n@A position Russia on Guarantees: UNDECIDED ; 2025-12-15\n", "2025-12-16", "STATED UNDECIDED/SELF"},
		{"own side", "by US officials\n@A position US on Guarantees: SUPPORT ; 2025-12-15\n", "2025-12-16", "STATED SUPPORT/OWN_SIDE"},
		{"another party", "by US officials\n@A position Russia on Guarantees: OPEN ; 2025-12-15\n", "2025-12-16", "REPORTED OPEN/OTHER_PARTY"},
		{"an analyst", "by Analyst\n@A position Russia on Guarantees: OPEN ; 2025-12-15 [ANALYST]\n", "2025-12-16", "INFERRED OPEN/ANALYST"},
		{"an analyst and an outlet", "by Analyst\n@A position Russia on Guarantees: OPEN ; 2025-12-15 [ANALYST]\nby narrator\n@B position Russia on Guarantees: UNDECIDED ; 2025-12-14\n",
			"2025-12-16", "REPORTED OPEN/ANALYST UNDECIDED/NARRATOR"},
		{"before it was said", "by Russia\n@A position Russia on Guarantees: REJECT ; 2025-12-15\n", "2025-12-14", "UNKNOWN NO_POSITION"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, post+c.notes)
			party := "ru"
			if c.name == "own side" {
				party = "us"
			}
			want(t, c.on, w.cell(w.at(c.on), "guarantees", party), c.cell)
		})
	}
}

// The headline is the newest in the party's own voice, whoever spoke later.
func TestRule14Headline(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: RESERVED ; 2025-12-10
by US officials
@B position Russia on Guarantees: OPEN ; 2025-12-15
`)
	want(t, "own voice first", w.cell(w.at("2025-12-16"), "guarantees", "ru"), "STATED RESERVED/SELF OPEN/OTHER_PARTY")
}

// Favouring and opposing one option is contested, other options are not.
func TestRule14ContestedByOption(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: REJECT ; option "troops" ; 2025-12-15
by US officials
@B position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-15
@C position Russia on Land: OPEN ; option "freeze" ; 2025-12-15
by Russia
@D position Russia on Land: REJECT ; option "swap" ; 2025-12-15
`)
	on := w.at("2025-12-16")
	want(t, "one option", w.cell(on, "guarantees", "ru"), "CONTESTED REJECT/SELF OPEN/OTHER_PARTY")
	want(t, "two options", w.cell(on, "land", "ru"), "STATED REJECT/SELF OPEN/OTHER_PARTY")
}

// What started before the headline contests nothing: the party has spoken since.
func TestRule14ContestedSinceHeadline(t *testing.T) {
	w := newWorld(t, post+`by US officials
@B position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-12
by Russia
@A position Russia on Guarantees: REJECT ; option "troops" ; 2025-12-15
`)
	want(t, "earlier", w.cell(w.at("2025-12-16"), "guarantees", "ru"), "STATED REJECT/SELF OPEN/OTHER_PARTY")
	w.load(`document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by US officials
@B position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-16
`)
	want(t, "on the 16th", w.cell(w.at("2025-12-17"), "guarantees", "ru"), "CONTESTED REJECT/SELF OPEN/OTHER_PARTY")
}

// A live denial contests a cell.
func TestRule14ContestedByDenial(t *testing.T) {
	w := newWorld(t, post+`by US officials
@A position Russia on Guarantees: key A ; OPEN ; 2025-12-15
by Russia
@B deny position Russia on Guarantees: key A ; OPEN ; voice OTHER_PARTY ; 2025-12-15
`)
	want(t, "denied", w.cell(w.at("2025-12-16"), "guarantees", "ru"), "CONTESTED OPEN/OTHER_PARTY")
}

// A judgement of kind NEGATION or VALUE contests a cell, of another kind not.
func TestRule14ContestedByJudgement(t *testing.T) {
	for kind, status := range map[string]string{"NEGATION": "CONTESTED", "VALUE": "CONTESTED", "FORUM": "REPORTED", "QUOTE_VARIANT": "REPORTED"} {
		w := newWorld(t, post+`by US officials
@A position Russia on Guarantees: key A ; OPEN ; 2025-12-15
by narrator
@B position Russia on Guarantees: key B ; RESERVED ; 2025-12-15
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts A > B: `+kind+`
`)
		want(t, kind, w.cell(w.at("2025-12-16"), "guarantees", "ru")[:len(status)], status)
	}
}

// Past its half-life a position is stale: 30 days unless the issue says, from
// the last day for which a source vouches.
func TestRule14Stale(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: REJECT ; 2025-12-01
@B position Russia on Land: REJECT ; 2025-12-01
by Ukraine
@C position Ukraine on Guarantees: SUPPORT ; 2025-12-01/ ; vouched 2025-12-10
`)
	for _, c := range []struct{ on, issue, party, cell string }{
		{"2025-12-31", "guarantees", "ru", "STATED REJECT/SELF"},
		{"2026-01-01", "guarantees", "ru", "STALE REJECT/SELF"},
		{"2025-12-11", "land", "ru", "STATED REJECT/SELF"},
		{"2025-12-12", "land", "ru", "STALE REJECT/SELF"},
		{"2026-01-09", "guarantees", "ua", "STATED SUPPORT/SELF"},
		{"2026-01-10", "guarantees", "ua", "STALE SUPPORT/SELF"},
	} {
		want(t, c.on+" "+c.issue+" "+c.party, w.cell(w.at(c.on), c.issue, c.party), c.cell)
	}
}

// Under SELF_ONLY a cell holds the party's own voice only (rule 13).
func TestRule14Policy(t *testing.T) {
	w := newWorld(t, post+`by US officials
@A position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-15
by Russia
@B position Russia on Guarantees: REJECT ; option "troops" ; 2025-12-15
@C position Ukraine on Guarantees: DEMAND ; 2025-12-15
`)
	on := w.at("2025-12-16", graph.SelfOnly)
	want(t, "Russia", w.cell(on, "guarantees", "ru"), "STATED REJECT/SELF")
	want(t, "Ukraine, of which only Russia speaks", w.cell(on, "guarantees", "ua"), "UNKNOWN NO_POSITION")
}
