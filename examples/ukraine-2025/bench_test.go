package ukraine2025_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// BenchmarkMatrix is the matrix of the example on 16 December 2025, warm.
func BenchmarkMatrix(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.MatrixQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	for b.Loop() {
		m, err := negotiation.MatrixOf(ctx, v, q)
		if err != nil || m.Known() != 40 {
			b.Fatal(m.Known(), err)
		}
	}
}

// BenchmarkConflicts is all that contradicts, on no day.
func BenchmarkConflicts(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	for b.Loop() {
		list, err := negotiation.Conflicts(ctx, db.At(graph.Point{}), nil)
		if err != nil || len(list) == 0 {
			b.Fatal(len(list), err)
		}
	}
}
