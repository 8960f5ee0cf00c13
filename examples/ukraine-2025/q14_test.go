package ukraine2025_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// Question 14 on the article alone, which came on the 16th: on 14 December
// nothing was known, by either clock, and every answer says why it is empty.
func TestQ14(t *testing.T) {
	db := loadOn(t, "2025-12-16 "+seedFile)
	known, err := graph.ParseKnownOn("2025-12-14")
	if err != nil {
		t.Fatal(err)
	}
	talks := idOf(t, db, "ua25:ukraine-peace-2025")
	for basis, rows := range map[graph.Basis]int{graph.Recorded: 0, graph.Published: 6} { // curation without a date counts at any time
		v := db.At(graph.Point{On: dayOf(t, "2025-12-14"), KnownOn: known, Basis: basis})
		m, err := negotiation.MatrixOf(ctx, v, &negotiation.MatrixQuery{Negotiation: talks})
		if err != nil {
			t.Fatal(err)
		}
		if m.Known() != 0 || m.Reason != negotiation.NoDocument || len(m.Issues) != rows {
			t.Errorf("%s: %d cells known of %d issues: %s", basis, m.Known(), len(m.Issues), m.Reason)
		}
		d, err := negotiation.DraftTextOf(ctx, v, &negotiation.DraftQuery{Negotiation: talks})
		if err != nil || d.Reason != negotiation.NoDocument || len(d.Rows) != 0 {
			t.Errorf("%s: %d rows of drafts: %s (%v)", basis, len(d.Rows), d.Reason, err)
		}
		p, err := negotiation.PulseOf(ctx, v, &negotiation.PulseQuery{Negotiation: talks})
		if err != nil || len(p.Movements)+len(p.Ledger) != 0 || p.Matrix.Reason != negotiation.NoDocument {
			t.Errorf("%s: %d movements, %d entries: %s (%v)", basis, len(p.Movements), len(p.Ledger), p.Matrix.Reason, err)
		}
		g, err := negotiation.GapsOf(ctx, v, &negotiation.GapQuery{Negotiation: talks, Parties: []graph.EntityID{idOf(t, db, "ua25:us"), idOf(t, db, "ua25:ru")}})
		if err != nil || len(g.Issues) != rows {
			t.Fatalf("%s: %d issues (%v)", basis, len(g.Issues), err)
		}
		for _, i := range g.Issues {
			if i.Zone != negotiation.Undetermined || len(i.Missing) != 2 || i.Missing[0].Why != negotiation.Silent {
				t.Errorf("%s: a zone %s, missing %v", basis, i.Zone, i.Missing)
			}
		}
	}
}
