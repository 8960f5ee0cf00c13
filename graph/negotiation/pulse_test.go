package negotiation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (w *world) pulse(v graph.View, q negotiation.PulseQuery) negotiation.Pulse {
	w.Helper()
	q.Negotiation = w.id("talks")
	p, err := negotiation.PulseOf(ctx, v, &q)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// moves writes the moves of a party on an issue.
func (w *world) moves(p negotiation.Pulse, issue, party string) string {
	for _, m := range p.Movements {
		if m.Issue != w.id(issue) || m.Party != w.id(party) {
			continue
		}
		var words []string
		for _, move := range m.Moves {
			word := string(move.Turn) + " " + move.Stance
			if move.Measured {
				word += fmt.Sprintf(" %+g", move.By)
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	}
	return ""
}

// A party's own word moves: softer or harder on one option, to another option,
// by an amount; what others say of it is no move.
func TestPulseMoves(t *testing.T) {
	for name, c := range map[string]struct{ notes, want string }{
		"softer and harder": {`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: CONDITIONAL ; option "x" ; 2025-12-03
@C position Russia on Terms: ACCEPT ; option "x" ; 2025-12-05
@D position Russia on Terms: UNDECIDED ; option "x" ; 2025-12-07
@E position Russia on Terms: UNDECIDED ; option "x" ; 2025-12-08
`, "FIRST REJECT, SOFTER CONDITIONAL, SOFTER ACCEPT, HARDER UNDECIDED, SAME UNDECIDED"},
		"another option": {`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: OPEN ; option "y" ; 2025-12-03
@C position Russia on Terms: OPEN ; option "x" ; 2025-12-05
`, "FIRST REJECT, OTHER_OPTION OPEN, SOFTER OPEN"},
		"a demand that is dropped": {`by Russia
@A position Russia on Terms: DEMAND ; option "x" ; 2025-12-01
@B position Russia on Terms: UNDECIDED ; option "x" ; 2025-12-03
`, "FIRST DEMAND, OTHER_STANCE UNDECIDED"},
		"amounts": {`by Russia
@A position Russia on Terms: DEMAND ; option (text "four" ; amount 400) ; 2025-12-01
@B position Russia on Terms: DEMAND ; option "small" ; 2025-12-02
@C position Russia on Terms: DEMAND ; option (text "five" ; amount 500) ; 2025-12-03
`, "FIRST DEMAND, OTHER_OPTION DEMAND, OTHER_OPTION DEMAND +100"},
		"one day": {`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: ACCEPT ; option "x" ; 2025-12-01
`, "FIRST REJECT, FIRST ACCEPT"},
		"others": {`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: ACCEPT ; option "x" ; 2025-12-04 [PREDICTED]
by US
@C position Russia on Terms: ACCEPT ; option "x" ; 2025-12-03
by narrator
@D position Russia on Terms: ACCEPT ; option "x" ; 2025-12-05
`, "FIRST REJECT"},
		"later than the day": {`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: ACCEPT ; option "x" ; 2025-12-20
`, "FIRST REJECT"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, scaled, post+c.notes)
			got := w.moves(w.pulse(w.at("2025-12-16"), negotiation.PulseQuery{}), "terms", "ru")
			if name == "one day" {
				got = strings.ReplaceAll(got, "FIRST ACCEPT, FIRST REJECT", "FIRST REJECT, FIRST ACCEPT")
			}
			want(t, "moves", got, c.want)
		})
	}
}

// Of an interval, the moves that begin in it, each held against what was before.
func TestPulseDuring(t *testing.T) {
	w := newWorld(t, scaled, post+`by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: OPEN ; option "x" ; 2025-12-05
@C position Russia on Terms: REJECT ; option "x" ; 2025-12-09
@D concession c1: agent Russia ; on Terms ; text "one thing" ; MADE ; 2025-12-06
`)
	during, err := graph.ParseOn("2025-12-03/2025-12-07")
	if err != nil {
		t.Fatal(err)
	}
	p := w.pulse(w.at("2025-12-16"), negotiation.PulseQuery{During: during})
	want(t, "moves", w.moves(p, "terms", "ru"), "SOFTER OPEN")
	want(t, "ledger", fmt.Sprint(len(p.Ledger)), "2")
}

// A silence is a party that never said anything itself, or not for longer than
// its word is fresh; what others say of it does not break it.
func TestPulseSilences(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: REJECT ; 2025-12-01
@B position Russia on Land: REJECT ; 2025-12-01
by US
@C position Ukraine on Land: REJECT ; 2025-12-15
`)
	silences := func(on string) string {
		var lines []string
		for _, s := range w.pulse(w.at(on), negotiation.PulseQuery{}).Silences {
			line := "anything"
			if !s.Issue.IsZero() {
				line = w.label(s.Issue)
			}
			lines = append(lines, fmt.Sprintf("%s %s %t %s %d", w.label(s.Party), line, s.Spoke, s.Since.String()[:10], s.Days))
		}
		return strings.Join(sortedLines(lines), "\n")
	}
	want(t, "the 16th", silences("2025-12-20"), `US Guarantees false 2025-01-01 353
US Land false 2025-01-01 353
US anything false 2025-01-01 353
Ukraine Guarantees false 2025-01-01 353
Ukraine Land false 2025-01-01 353
Ukraine anything false 2025-01-01 353`)
	if got := silences("2025-12-30"); !strings.Contains(got, "Russia Land true 2025-12-16 14") || strings.Contains(got, "Russia Guarantees") {
		t.Errorf("past the half-life of ten days:\n%s", got)
	}
	if got := silences("2026-02-01"); !strings.Contains(got, "Russia anything true 2025-12-16 47") {
		t.Errorf("past thirty days:\n%s", got)
	}
}

// The ledger has what sources call a concession, by whom and how far it has
// come, and the moves of parties' own words.
func TestPulseLedger(t *testing.T) {
	w := newWorld(t, scaled, post+`
@0 represents Analyst > US: 2025-12-01/..
by Russia
@A position Russia on Terms: REJECT ; option "x" ; 2025-12-01
@B position Russia on Terms: OPEN ; option "x" ; 2025-12-05
by narrator
@C concession c1: agent US ; target Russia ; on Terms ; text "no troops" ; TABLED ; 2025-12-06
@D claim c1: state MADE ; 2025-12-08
@E concession c2: agent Analyst ; on Land ; text "an envoy's word" ; 2025-12-07
@F concession c3: agent US ; on Other ; text "of another table" ; MADE ; 2025-12-07
@G concession c4: agent US ; on Land ; text "not yet" ; MADE ; 2025-12-19
`)
	p := w.pulse(w.at("2025-12-16"), negotiation.PulseQuery{})
	var lines []string
	for _, e := range p.Ledger {
		lines = append(lines, fmt.Sprintf("%s %s: %s %s %s (%d)", w.labels(e.Parties), w.labels(e.Issues), e.Turn, e.Text, e.State, len(e.Evidence)))
	}
	want(t, "ledger", strings.Join(sortedLines(lines), "\n"), `Russia Terms: SOFTER   (1)
US Land:  an envoy's word UNKNOWN (1)
US Terms:  no troops MADE (1)`)
	if got := w.pulse(w.at("2025-12-16"), negotiation.PulseQuery{Parties: []graph.EntityID{w.id("ru")}}); len(got.Ledger) != 1 {
		t.Errorf("of one party: %d entries", len(got.Ledger))
	}
	if c := p.Matrix.Cell(w.id("terms"), w.id("ru")); c.Age != 0 {
		t.Errorf("the age of what was published on the day: %d", c.Age)
	}
}
