package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// gaps are those of the negotiation on a day, outliers left out.
func gaps(t *testing.T, db *graph.DB, on string, issues []string, parties ...string) negotiation.Gaps {
	t.Helper()
	q := negotiation.GapQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	for _, key := range parties {
		q.Parties = append(q.Parties, idOf(t, db, key))
	}
	for _, key := range issues {
		q.Issues = append(q.Issues, idOf(t, db, key))
	}
	g, err := negotiation.GapsOf(ctx, db.At(graph.Point{On: dayOf(t, on)}), &q)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// gapLines writes each zone with who is missing, and why.
func gapLines(t *testing.T, db *graph.DB, g negotiation.Gaps) string {
	t.Helper()
	var lines []string
	for _, i := range g.Issues {
		var missing []string
		for _, m := range i.Missing {
			missing = append(missing, keyOf(t, db, m.Party)+" "+string(m.Why))
		}
		slices.Sort(missing)
		lines = append(lines, keyOf(t, db, i.Issue)+" "+string(i.Zone)+": "+strings.Join(missing, ", "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Question 19 on the article alone: no zone can be determined on any issue, and
// of whom nothing is known is named. That the end is "closer than ever" is an
// opinion beside it, and no measure.
func TestQ19(t *testing.T) {
	db, _ := load(t, seedFile)
	g := gaps(t, db, "2025-12-15", nil)
	expect(t, "zones", gapLines(t, db, g), `i-eu UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT, us SILENT
i-forum UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT, us UNCLEAR
i-guarantees UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT
i-reconstruction UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT, us SILENT
i-territory UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT, us UNCLEAR
i-znpp UNDETERMINED: europeans SILENT, ru SILENT, ua SILENT, us SILENT`)
	expect(t, "basis", g.Basis, negotiation.OwnVoiceOnly)
	var beside []string
	for _, o := range g.Beside {
		beside = append(beside, keysOf(o.Evidence)...)
	}
	slices.Sort(beside)
	expect(t, "beside", strings.Join(beside, " "), "F20")
	for _, i := range g.Issues {
		for _, s := range i.Sides {
			if keyOf(t, db, i.Issue) == "i-eu" && keyOf(t, db, s.Party) == "ru" && len(s.Others) != 1 {
				t.Errorf("what US officials say of Russia is not beside: %d positions", len(s.Others))
			}
		}
	}
}

// On the whole example Ukraine and the Europeans name one size of the army by
// their own word; what pages write of the United States fills nothing in.
func TestGapArmy(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	army := []string{"ua25:i-army"}
	two := gaps(t, db, "2026-01-31", army, "ua25:ua", "ua25:europeans").Issues[0]
	if two.Zone != negotiation.NonEmpty || two.Range == nil || *two.Range != (negotiation.Range{From: 800000, To: 800000}) {
		t.Errorf("two parties: %s %v", two.Zone, two.Range)
	}
	three := gaps(t, db, "2026-01-31", army, "ua25:ua", "ua25:europeans", "ua25:us")
	expect(t, "with the US", gapLines(t, db, three), "i-army UNDETERMINED: europeans NOT_SAID, ua NOT_SAID, us SILENT")
	all := gaps(t, db, "2026-01-31", army)
	if g := all.Issues[0]; g.Zone != negotiation.Undetermined || len(all.Parties) != 14 || g.Spoken() != 2 || len(g.Missing) != 14 {
		t.Errorf("all: %s, %d of %d have spoken, %d missing", g.Zone, g.Spoken(), len(all.Parties), len(g.Missing))
	}
}
