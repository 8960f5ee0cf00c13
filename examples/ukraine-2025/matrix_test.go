package ukraine2025_test

import (
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// matrix is that of the negotiation on a day, outliers left out.
func matrix(t *testing.T, db *graph.DB, on string) negotiation.Matrix {
	t.Helper()
	v := db.At(graph.Point{On: dayOf(t, on)})
	m, err := negotiation.MatrixOf(ctx, v, &negotiation.MatrixQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func idOf(t testing.TB, db *graph.DB, key string) graph.EntityID {
	t.Helper()
	e, err := db.At(graph.Point{}).Find(ctx, graph.ByKey(key))
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// The matrix of 16 December 2025 knows 40 of its cells, that of the 15th 37.
func TestMatrix(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	for on, known := range map[string]int{"2025-12-15": 37, "2025-12-16": 40} {
		m := matrix(t, db, on)
		if m.Known() != known || len(m.Issues) != 27 || len(m.Parties) != 14 {
			t.Errorf("%s: %d known cells of %d issues and %d parties, want %d of 27 and 14", on, m.Known(), len(m.Issues), len(m.Parties), known)
		}
	}
}

// The United States state on both days that they are for guarantees; Russia's
// stance is predicted by others on the 15th, and stated by itself on the 16th.
func TestMatrixGuarantees(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	issue := idOf(t, db, "ua25:i-guarantees")
	for _, c := range []struct{ on, party, want string }{
		{"2025-12-15", "ua25:us", "STATED"},
		{"2025-12-16", "ua25:us", "STATED"},
		{"2025-12-15", "ua25:ru", "UNKNOWN ONLY_PREDICTIONS, predictions 2"},
		{"2025-12-16", "ua25:ru", "STATED UNDECIDED"},
	} {
		m := matrix(t, db, c.on)
		cell := m.Cell(issue, idOf(t, db, c.party))
		got := string(cell.Status)
		switch head := cell.Headline(); {
		case head == nil:
			got = fmt.Sprintf("%s %s, predictions %d", got, cell.Reason, len(cell.Predictions))
		case c.party == "ua25:ru":
			got += " " + head.Stance
		}
		if got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.party, c.on, got, c.want)
		}
	}
}
