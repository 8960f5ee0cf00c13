package ukraine2025_test

import (
	"fmt"
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
