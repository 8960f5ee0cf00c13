package negotiation_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// A claim that is affirmed and denied is a NEGATION, with both sides.
func TestRule15Negation(t *testing.T) {
	w := newWorld(t, post+`by US officials
@A meeting m1: US, Russia ; HELD ; 2025-12-10
by Russia
@B deny meeting m1: HELD ; 2025-12-10
`)
	want(t, "no day", w.conflicts(w.at("")), "NEGATION status: HELD (1 roots of 1) | not HELD (1 roots of 1)")
}

// What is only denied is no part of the state, but is listed.
func TestRule15OnlyDenied(t *testing.T) {
	w := newWorld(t, post+`by Russia
@B deny meeting m1: US, Russia ; 2025-12-10
`)
	want(t, "no day", w.conflicts(w.at("")), `NEGATION participant: not Russia (1 roots of 1)
NEGATION participant: not US (1 roots of 1)`)
	list, err := w.at("").Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
	if err != nil || len(list) != 0 {
		t.Errorf("the meeting that never was is listed: %v, %v", list, err)
	}
}

// Two current values of a single-valued property from different sources are a
// VALUE conflict; once a later value takes over, they are none.
func TestRule15Value(t *testing.T) {
	w := newWorld(t, post+`by US
@A meeting m1: US, Russia ; HELD ; minutes 90 ; 2025-12-10
by Russia
@B meeting m1: minutes 120 ; 2025-12-10
@C guarantee g1: US > Ukraine ; years 10 ; 2025-12-10 [voice ?]
by US
@D guarantee g1: years 15 ; 2025-12-10 [voice ?]
`, `document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by Russia
@A guarantee g1: years 15 ; 2025-12-14 [voice ?]
`)
	both := `VALUE minutes: 120 (1 roots of 1) | 90 (1 roots of 1)
VALUE years: 10 (1 roots of 1) | 15 (1 roots of 1)`
	want(t, "on the day", w.conflicts(w.at("2025-12-10")), both)
	want(t, "after", w.conflicts(w.at("2025-12-16")), "")
	want(t, "at any time", w.conflicts(w.at("")), both)
}

// One document that gives two values in one voice is no conflict of sources.
func TestRule15OneSource(t *testing.T) {
	w := newWorld(t, post+`by US
@A meeting m1: US, Russia ; minutes 90 ; 2025-12-10
@B meeting m1: minutes 120 ; 2025-12-10
`)
	want(t, "one source", w.conflicts(w.at("")), "")
	w.load(`document source:e "Again" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by US
@A meeting m1: minutes 120 ; 2025-12-10
`)
	want(t, "another document", w.conflicts(w.at("")), "VALUE minutes: 120 (1 roots of 2) | 90 (1 roots of 1)")
}

// Where a machine leads from one value to the other, the later step is the state.
func TestRule15Steps(t *testing.T) {
	w := newWorld(t, post+`by US
@A claim Land: state UNDER_DISCUSSION ; 2025-12-10
by Russia
@B claim Land: state NARROWED ; 2025-12-10
`)
	want(t, "two steps", w.conflicts(w.at("")), "")
}

// Two ends of one claim are a TEMPORAL conflict (rule 4).
func TestRule15Temporal(t *testing.T) {
	w := newWorld(t, post+`by US
@A represents Analyst > US: text "envoy" ; 2025-12-01/2025-12-20
by Russia
@B represents Analyst > US: text "envoy" ; 2025-12-01/2025-12-24
`)
	got := w.conflicts(w.at("2025-12-10"))
	for _, property := range []string{"agent", "principal", "text"} {
		if !contains(got, "TEMPORAL "+property+": ") {
			t.Errorf("no conflict of %s in\n%s", property, got)
		}
	}
	if !contains(got, "until 2025-12-20 (1 roots of 1) | ") || !contains(got, "until 2025-12-24 (1 roots of 1)") {
		t.Errorf("the ends are not on two sides:\n%s", got)
	}
}

// Positions that favour and oppose one option are a VALUE conflict of stance.
func TestRule15Positions(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: REJECT ; option "troops" ; 2025-12-15
by US officials
@B position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-15
@C position US on Guarantees: SUPPORT ; option "troops" ; 2025-12-15
`)
	want(t, "one party", w.conflicts(w.at("2025-12-16")), "VALUE stance: OPEN (1 roots of 1) | REJECT (1 roots of 1)")
}

// A judgement is a conflict of its own kind, with the sources of both sides.
func TestRule15Judged(t *testing.T) {
	w := newWorld(t, post+`by US officials
@A position US on Land: key A ; DEFERS ; 2025-12-15
by narrator
@B position US on Land: key B ; DEMAND ; 2025-12-15
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts A > B: FORUM ; note "who settles it"
`)
	want(t, "forum", w.conflicts(w.at("2025-12-16")), "FORUM  judged:  (1 roots of 1) |  (1 roots of 1)")
	list, err := negotiation.Conflicts(ctx, w.at(""), &negotiation.ConflictQuery{Kinds: []negotiation.ConflictKind{negotiation.Value}})
	if err != nil || len(list) != 0 {
		t.Errorf("of kind VALUE: %v, %v", list, err)
	}
}

// Golden test 4: two outlets that relay one briefing are one root origin, on a
// side of a conflict and in a cell.
func TestGolden4SameRootOnce(t *testing.T) {
	w := newWorld(t, post+`by US officials
@A position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-15
by Russia
@B position Russia on Guarantees: REJECT ; option "troops" ; 2025-12-15
`, `document source:e "The same briefing" ; published 2025-12-16 ; publisher "Example Times" ; scheme x
by US officials via The wire
@A position Russia on Guarantees: OPEN ; option "troops" ; 2025-12-15
`)
	want(t, "conflict", w.conflicts(w.at("2025-12-16")), "VALUE stance: OPEN (1 roots of 2) | REJECT (1 roots of 1)")
	m, err := negotiation.MatrixOf(ctx, w.at("2025-12-16"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Cell(w.id("guarantees"), w.id("ru")); len(c.Roots) != 2 {
		t.Errorf("%d root origins, want the briefing and Russia", len(c.Roots))
	}
}

// On a day, what somebody judged is no conflict before both of its sides have begun.
func TestRule15JudgedBeforeItBegan(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: key A ; REJECT ; 2025-12-15
@B position Russia on Guarantees: key B ; OPEN ; 2025-12-20
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts A > B: QUOTE_VARIANT
`)
	want(t, "before", w.conflicts(w.at("2025-12-16")), "")
	want(t, "then", w.conflicts(w.at("2025-12-20")), "QUOTE_VARIANT  judged:  (1 roots of 1) |  (1 roots of 1)")
	want(t, "at any time", w.conflicts(w.at("")), "QUOTE_VARIANT  judged:  (1 roots of 1) |  (1 roots of 1)")
}

// A judge may name one relation twice, with a property: its accounts that differ
// in it are the sides, each with its own sources.
func TestRule15JudgedAccounts(t *testing.T) {
	for property, sides := range map[string]string{
		`property "participant"`: "VALUE participant judged: Russia (1 roots of 1) | US Russia (2 roots of 2)",
		`property "status"`:      "VALUE status judged: HELD (3 roots of 3)",
		`note "no property"`:     "VALUE  judged:  (2 roots of 2)",
	} {
		w := newWorld(t, post+`by US
@A meeting m1: US, Russia ; HELD ; 2025-12-10
by Russia
@B meeting m1: Russia ; HELD ; 2025-12-10
by US officials
@C meeting m1: US, Russia ; HELD ; 2025-12-10
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts m1 > m1: VALUE ; `+property+"\n")
		want(t, property, w.conflicts(w.at("")), sides)
	}
}

// Who stands for a party by what is judged belongs to the negotiation, as it does elsewhere.
func TestRule15JudgedOfStandIns(t *testing.T) {
	w := newWorld(t, post+`by US
@A holdsOffice Analyst: key A ; office (body US ; title "Envoy") ; 2025-12-01/..
by Russia
@B holdsOffice Analyst: key B ; office (body The wire ; title "Editor") ; 2025-12-01/..
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts A > B: VALUE ; property "office"
`)
	for _, on := range []string{"", "2025-12-10"} {
		list, err := negotiation.Conflicts(ctx, w.at(on), &negotiation.ConflictQuery{Negotiation: w.id("talks")})
		if err != nil || len(list) != 1 || list[0].Judgement.IsZero() || len(list[0].Sides) != 2 {
			t.Errorf("on %q: %v (%v)", on, list, err)
		}
	}
}

// What somebody judged is no conflict before both sides are known, nor after one
// is no longer relied on.
func TestRule15JudgedOfOneSide(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: key A ; REJECT ; 2025-12-15
`, `document source:e "Later" ; published 2025-12-20 ; publisher "Example Times" ; scheme x
by Russia
@B position Russia on Land: key B ; OPEN ; 2025-12-15
`, `document source:judge "Judgement" ; curation ; scheme x
@J contradicts A > B: QUOTE_VARIANT
`)
	const conflict = "QUOTE_VARIANT  judged:  (1 roots of 1) |  (1 roots of 1)"
	want(t, "with one published", w.conflicts(w.published("2025-12-16", "2025-12-16")), "")
	want(t, "with both", w.conflicts(w.published("2025-12-16", "2025-12-20")), conflict)
	w.load(`document source:e "Later" ; published 2025-12-20 ; publisher "Example Times" ; scheme x
retract B
`)
	want(t, "with one retracted", w.conflicts(w.at("")), "")
}
