package ukraine2025_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func pulse(t *testing.T, db *graph.DB, on, during string, issues ...string) negotiation.Pulse {
	t.Helper()
	q := negotiation.PulseQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), During: dayOf(t, during), MinRank: graph.Normal, Ranked: true}
	for _, key := range issues {
		q.Issues = append(q.Issues, idOf(t, db, key))
	}
	p, err := negotiation.PulseOf(ctx, db.At(graph.Point{On: dayOf(t, on)}), &q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// moves writes how a party's own word on an issue moved: the day, the stance,
// the option, the condition and the facts.
func moves(t *testing.T, db *graph.DB, p negotiation.Pulse, party string) string {
	t.Helper()
	var lines []string
	for _, m := range p.Movements {
		if m.Party != idOf(t, db, party) {
			continue
		}
		for _, move := range m.Moves {
			lines = append(lines, fmt.Sprintf("%s %s %s (%s) %s", move.Start.String()[:10], move.Stance,
				texts(t, db, move.Standing, "option"), texts(t, db, move.Standing, "condition"), strings.Join(keysOf(move.Evidence), " ")))
		}
	}
	return strings.Join(lines, "\n")
}

// texts are the texts of what fills a role.
func texts(t *testing.T, db *graph.DB, s graph.Standing, role string) string {
	t.Helper()
	var ids []graph.EntityID
	for _, c := range s.All(role) {
		ids = append(ids, c.Value.Entity())
	}
	list, err := db.At(graph.Point{}).States(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for i := range list {
		c, _ := list[i].Head("text")
		words = append(words, c.Value.String())
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

// Questions M03 and M04: how Ukraine's own line on NATO and on territory moved
// between 20 November and 31 December 2025.
func TestMovements(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	during := "2025-11-20/2025-12-31"
	expect(t, "M03", moves(t, db, pulse(t, db, "2025-12-31", during, "ua25:i-nato"), "ua25:ua"), `2025-11-27 REJECT giving up the NATO path () P021
2025-12-09 AMBIGUOUS still wants NATO, calls itself realist () P043
2025-12-14 CONDITIONAL give up NATO bid (binding Article 5-like guarantees from the US and others) P050`)
	expect(t, "M04", moves(t, db, pulse(t, db, "2025-12-31", during, "ua25:i-territory"), "ua25:ua"), `2025-11-27 REJECT handing over unoccupied Donbas () P019
2025-12-08 REJECT ceding land () P036 P037
2025-12-11 CONDITIONAL equal pullback by both sides; people decide (referendum or elections) P045
2025-12-14 STATED_POSITION freeze at the line of contact () P051
2025-12-15 RESERVED positions still differ () P057
2025-12-20 STATED_POSITION territory hardest () P092
2025-12-23 CONDITIONAL demilitarised free economic zone in Donbas (Russia withdraws too; referendum) P093
2025-12-28 CONDITIONAL zone policed by Ukrainian forces, decided by referendum (referendum) P153`)
}

// On the article alone three of four parties say nothing themselves, and the
// fourth speaks on three of six issues; nobody moves, and nobody concedes.
func TestPulseOfSeed(t *testing.T) {
	db := loadOn(t, "2025-12-16 "+seedFile)
	p := pulse(t, db, "2025-12-16", "")
	silent := map[string]int{}
	for _, s := range p.Silences {
		if s.Spoke || s.Since.String()[:10] != "2025-10-14" || s.Days != 63 {
			t.Errorf("a silence since %s, of %d days", s.Since, s.Days)
		}
		silent[keyOf(t, db, s.Party)]++
	}
	expect(t, "silences", fmt.Sprint(silent), "map[europeans:7 ru:7 ua:7 us:3]")
	ages := map[int]int{}
	for i := range p.Matrix.Cells {
		ages[p.Matrix.Cells[i].Age]++
	}
	expect(t, "ages", fmt.Sprint(ages), "map[-1:24]")
	for _, m := range p.Movements {
		for _, move := range m.Moves {
			if keyOf(t, db, m.Party) != "us" || move.Turn != negotiation.FirstWord {
				t.Errorf("%s moved: %s", keyOf(t, db, m.Party), move.Turn)
			}
		}
	}
	if len(p.Movements) != 3 || len(p.Ledger) != 0 {
		t.Errorf("%d movements, %d entries in the ledger", len(p.Movements), len(p.Ledger))
	}
}
