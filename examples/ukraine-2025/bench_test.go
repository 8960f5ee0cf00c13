package ukraine2025_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/negotiation"
)

// BenchmarkMatrix is the matrix of the example on 16 December 2025, warm.
func BenchmarkMatrix(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.MatrixQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
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
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		list, err := negotiation.Conflicts(ctx, db.At(graph.Point{}), nil)
		if err != nil || len(list) == 0 {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkChanges is what became different from 16 November to 16 December 2025.
func BenchmarkChanges(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	from, to := db.At(graph.Point{On: dayOf(b, "2025-11-16")}), db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.ChangesQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		c, err := negotiation.ChangesOf(ctx, from, to, q)
		if err != nil || len(c.Items) == 0 {
			b.Fatal(len(c.Items), err)
		}
	}
}

// BenchmarkDraftText is all plan versions side by side.
func BenchmarkDraftText(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2026-03-31")})
	q := &negotiation.DraftQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		d, err := negotiation.DraftTextOf(ctx, v, q)
		if err != nil || len(d.Versions) != 6 {
			b.Fatal(len(d.Versions), err)
		}
	}
}

// BenchmarkGaps is the zones of all issues.
func BenchmarkGaps(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.GapQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		g, err := negotiation.GapsOf(ctx, v, q)
		if err != nil || len(g.Issues) != 27 {
			b.Fatal(len(g.Issues), err)
		}
	}
}

// BenchmarkPulse is the pulse of the whole negotiation.
func BenchmarkPulse(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.PulseQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		p, err := negotiation.PulseOf(ctx, v, q)
		if err != nil || len(p.Movements) == 0 {
			b.Fatal(len(p.Movements), err)
		}
	}
}
