package negotiation_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// stances writes the headlines of a matrix, each as party and stance, by issue.
func (w *world) stances(v graph.View, q *negotiation.MatrixQuery) string {
	w.Helper()
	if q.Negotiation.IsZero() {
		q.Negotiation = w.id("talks")
	}
	m, err := negotiation.MatrixOf(ctx, v, q)
	if err != nil {
		w.Fatal(err)
	}
	var words []string
	for _, issue := range []string{"guarantees", "land", "other"} {
		for _, party := range []string{"us", "ru", "ua"} {
			if c := m.Cell(w.id(issue), w.id(party)); c != nil && c.Headline() != nil {
				words = append(words, issue+":"+party+":"+c.Headline().Stance)
			}
		}
	}
	return strings.Join(words, " ")
}

const voices = post + `by Russia
@A position Russia on Guarantees: REJECT ; 2025-12-15 [B2]
by US officials
@B position Russia on Guarantees: OPEN ; 2025-12-15
@C position US on Land: DEFERS ; 2025-12-15
by narrator
@D position Ukraine on Land: DEMAND ; 2025-12-15 [F6]
@E position Ukraine on Other: DEMAND ; 2025-12-15
`

func TestMatrixOnly(t *testing.T) {
	w := newWorld(t, voices)
	on := w.at("2025-12-16")
	for _, c := range []struct {
		what string
		only negotiation.Only
		want string
	}{
		{"all", negotiation.Only{}, "guarantees:ru:REJECT land:us:DEFERS land:ua:DEMAND"},
		{"another's voice", negotiation.Only{Voices: []graph.Voice{graph.OtherParty}}, "guarantees:ru:OPEN"},
		{"two voices", negotiation.Only{Voices: []graph.Voice{graph.OwnSide, graph.Narrator}}, "land:us:DEFERS land:ua:DEMAND"},
		{"unnamed sources alone", negotiation.Only{Anonymous: true}, "guarantees:ru:OPEN land:us:DEFERS"},
		{"graded B or better", negotiation.Only{Reliability: 'B'}, "guarantees:ru:REJECT"},
		{"graded A", negotiation.Only{Reliability: 'A'}, ""},
		{"that cannot be judged", negotiation.Only{Reliability: 'F'}, "land:ua:DEMAND"},
	} {
		want(t, c.what, w.stances(on, &negotiation.MatrixQuery{Only: c.only}), c.want)
	}
}

func TestMatrixChosen(t *testing.T) {
	w := newWorld(t, voices)
	on := w.at("2025-12-16")
	want(t, "one issue", w.stances(on, &negotiation.MatrixQuery{Issues: []graph.EntityID{w.id("land")}}), "land:us:DEFERS land:ua:DEMAND")
	want(t, "one party", w.stances(on, &negotiation.MatrixQuery{Parties: []graph.EntityID{w.id("ua")}}), "land:ua:DEMAND")
}

// An issue outside the negotiation is seen where no negotiation is named.
func TestMatrixOfEverything(t *testing.T) {
	w := newWorld(t, voices)
	m, err := negotiation.MatrixOf(ctx, w.at("2025-12-16"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Cell(w.id("other"), w.id("ua")); c == nil || c.Status != negotiation.Reported {
		t.Errorf("cell of an issue of no negotiation: %+v", c)
	}
}

// Rows and columns of which nothing is known are folded and named.
func TestMatrixFolded(t *testing.T) {
	w := newWorld(t, post+"by Russia\n@A position Russia on Guarantees: REJECT ; 2025-12-15\n")
	m, err := negotiation.MatrixOf(ctx, w.at("2025-12-16"), &negotiation.MatrixQuery{Negotiation: w.id("talks")})
	if err != nil {
		t.Fatal(err)
	}
	folded, issues, parties := m.Folded()
	if len(folded.Cells) != 1 || len(issues) != 1 || len(parties) != 2 || m.Known() != 1 || len(m.Cells) != 6 {
		t.Errorf("%d cells, %d issues and %d parties folded, %d of %d known", len(folded.Cells), len(issues), len(parties), m.Known(), len(m.Cells))
	}
	if c := folded.Cell(w.id("guarantees"), w.id("ru")); c == nil || c.Headline().Stance != "REJECT" {
		t.Errorf("the cell that is left: %+v", c)
	}
}

// With roll-up, what somebody says who stands for a party is the party's.
func TestMatrixRollUp(t *testing.T) {
	w := newWorld(t, post+`by Analyst
@A position Analyst on Land: DEFERS ; 2025-12-15
@B represents Analyst > US: 2025-12-01/..
`)
	on := w.at("2025-12-16")
	us := []graph.EntityID{w.id("us")}
	want(t, "alone", w.stances(on, &negotiation.MatrixQuery{Parties: us}), "")
	want(t, "with those who stand for it", w.stances(on, &negotiation.MatrixQuery{Parties: us, RollUp: true}), "land:us:DEFERS")
}

// Without a day the matrix is that of the moment when the view was made.
func TestMatrixToday(t *testing.T) {
	w := newWorld(t, post+"by Russia\n@A position Russia on Guarantees: REJECT ; 2026-03-02\n@B position Russia on Land: REJECT ; 2026-02-27\n")
	want(t, "today, 1 March 2026", w.stances(w.at(""), &negotiation.MatrixQuery{}), "land:ru:REJECT")
}

// Where nothing is known the matrix says why.
func TestMatrixReason(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		notes  string
		reason negotiation.Reason
	}{{"", negotiation.NoDocument}, {voices, ""}} {
		if c.notes != "" {
			w.load(c.notes)
		}
		m, err := negotiation.MatrixOf(ctx, w.at("2025-12-16"), &negotiation.MatrixQuery{Negotiation: w.id("talks")})
		if err != nil || m.Reason != c.reason {
			t.Errorf("reason %q, %v; want %q", m.Reason, err, c.reason)
		}
	}
	m, err := negotiation.MatrixOf(ctx, w.at("2025-11-01"), &negotiation.MatrixQuery{Negotiation: w.id("talks")})
	if err != nil || m.Reason != negotiation.NoPosition {
		t.Errorf("before anything was said: %q, %v", m.Reason, err)
	}
}

// Positions are all that were held by the end of the day, also those from which
// a later one took over, in whatever voice.
func TestPositionsOverTime(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: REJECT ; 2025-12-01
@B position Russia on Guarantees: OPEN ; 2025-12-10
@C position Russia on Guarantees: ACCEPT ; 2025-12-20
by US officials
@D position Russia on Guarantees: DEFERS ; 2025-12-05
`)
	for on, stances := range map[string]string{"2025-12-16": "REJECT DEFERS OPEN", "": "REJECT DEFERS OPEN ACCEPT", "2025-11-30": ""} {
		list, err := negotiation.Positions(ctx, w.at(on), &negotiation.MatrixQuery{Negotiation: w.id("talks")})
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for i := range list {
			words = append(words, list[i].Stance)
		}
		want(t, "on "+on, strings.Join(words, " "), stances)
	}
	own, err := negotiation.Positions(ctx, w.at(""), &negotiation.MatrixQuery{Only: negotiation.Only{Voices: []graph.Voice{graph.OtherParty}}})
	if err != nil || len(own) != 1 || own[0].Stance != "DEFERS" {
		t.Errorf("in another's voice: %v, %v", own, err)
	}
}
