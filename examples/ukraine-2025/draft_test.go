package ukraine2025_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// draftText compares plan versions, outliers left out.
func draftText(t *testing.T, db *graph.DB, issue string, versions ...string) negotiation.DraftText {
	t.Helper()
	q := negotiation.DraftQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	if issue != "" {
		q.Issues = []graph.EntityID{idOf(t, db, issue)}
	}
	for _, key := range versions {
		q.Versions = append(q.Versions, idOf(t, db, key))
	}
	d, err := negotiation.DraftTextOf(ctx, db.At(graph.Point{On: dayOf(t, "2026-03-31")}), &q)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// keysOf are the keys of assertions, each once, in order.
func keysOf(list []graph.Evidence) []string {
	var keys []string
	for _, e := range list {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// The army is one row from version to version, and where two sources give one
// version differently, both are there.
func TestProvisionsSideBySide(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	d := draftText(t, db, "ua25:i-army")
	if len(d.Rows) != 1 {
		t.Fatalf("%d rows", len(d.Rows))
	}
	var steps []string
	for _, s := range d.Rows[0].Steps {
		steps = append(steps, string(s.Change))
	}
	expect(t, "steps", strings.Join(steps, " "), "CHANGED VANISHED APPEARED")
	sides := 0
	for _, c := range d.Rows[0].Cells {
		sides += len(c.Sides)
	}
	if sides != 6 {
		t.Errorf("%d sides, want two each of the US draft, the Geneva redraft and the draft of December", sides)
	}
	words := ""
	for _, x := range d.Rows[0].Steps[0].Texts {
		words += fmt.Sprint(x.Words)
	}
	if !strings.Contains(words, "[{cap KEPT} {600000 REMOVED} {800000 in peacetime ADDED}]") {
		t.Errorf("words: %s", words)
	}
}

// Question M02: which points of the US draft the European one deletes. A point
// that was not seen in it is not said to be deleted.
func TestProvisionsDeleted(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	d := draftText(t, db, "", "ua25:plan-28-us", "ua25:plan-28-e3")
	var gone []string
	unseen := 0
	for _, row := range d.Rows {
		for _, s := range row.Steps {
			switch s.Change {
			case negotiation.Vanished:
				gone = append(gone, row.Point+" "+strings.Join(keysOf(row.Cells[1].Provisions[0].Evidence), " "))
			case negotiation.LastSeen:
				unseen++
			}
		}
	}
	slices.Sort(gone)
	expect(t, "M02", strings.Join(gone, ", "), "26 V048, 3 V035")
	if unseen == 0 {
		t.Error("every point of the US draft was seen in the European one")
	}
}
