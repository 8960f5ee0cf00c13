package server

import (
	"testing"

	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/server/exec"
)

const (
	matrixQuery = `{ negotiation(key: "ua25:ukraine-peace-2025") { matrix(on: "2025-12-16", all: true) {
		rows { issue { name } cells { party { name } status reason stance voice text age sources { who via said published level url quote } } } coverage } } }`
	monthQuery = `{ negotiation(key: "ua25:ukraine-peace-2025") { changes(from: "2025-11-16", to: "2025-12-16", basis: PUBLISHED) {
		documentsSeen items(first: 1000) { kind subject { name } before after summary sources { who via } } } } }`
)

// BenchmarkMatrix is the matrix of the example, 27 issues × 14 parties with all
// sources, through the engine with its plan cached.
func BenchmarkMatrix(b *testing.B) { benchmarkQuery(b, matrixQuery) }

// BenchmarkMonth is what became different over a month.
func BenchmarkMonth(b *testing.B) { benchmarkQuery(b, monthQuery) }

func benchmarkQuery(b *testing.B, query string) {
	s := ukraine(b, nil)
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		ctx, extensions := s.begin(b.Context(), nil)
		if got := s.engine.Do(ctx, exec.Request{Query: query, Extensions: extensions}); len(got.Errors) > 0 {
			b.Fatal(got.Errors)
		}
	}
}
