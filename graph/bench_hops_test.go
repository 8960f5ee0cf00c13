package graph_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// BenchmarkHops asks the benchmark's graph, of hubs that nearly all is linked
// to, for each kind of answer: about the busiest actors in turn, or, for
// paths, from the quietest to the quietest.
func BenchmarkHops(b *testing.B) {
	dir := b.TempDir()
	benchLoad(b, dir, benchFacts)
	db := benchOpen(b, dir)
	defer db.Close()
	v := db.At(graph.Point{})
	week, err := graph.ParseOn("2014-06-02/2014-06-08")
	if err != nil {
		b.Fatal(err)
	}
	actor := func(n int) graph.EntityID {
		for ; ; n++ { // not all of the quiet ones take part in anything
			e, err := v.Entity(ctx, graph.ByKey(fmt.Sprint("actor:", n)))
			if err == nil {
				return e.ID
			}
			if !errors.Is(err, graph.ErrNotFound) {
				b.Fatal(err)
			}
		}
	}
	busy, quiet := make([]graph.EntityID, benchBusy), make([]graph.EntityID, benchBusy)
	for i := range busy {
		busy[i], quiet[i] = actor(i), actor(benchActors/2+17*i)
	}
	whole := func(i int, h graph.Hops) int {
		counts, err := v.Counts(ctx, graph.ByID(busy[i]), h)
		n := 0
		for _, c := range counts {
			n += c.Edges
		}
		fail(b, err)
		return n
	}
	for name, ask := range map[string]func(i int) int{
		"path": func(i int) int {
			path, err := v.Path(ctx, graph.PathQuery{From: graph.ByID(quiet[i]), To: graph.ByID(quiet[(i+1)%benchBusy])})
			if !errors.Is(err, graph.ErrNotFound) {
				fail(b, err)
			}
			return len(path)
		},
		"counts": func(i int) int { return whole(i, graph.Hops{}) },
		"two hops in a week": func(i int) int {
			t, err := v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(busy[i]), Hops: graph.Hops{Starts: week}})
			fail(b, err)
			return 1 + t.One // expansions
		},
		"subgraph": func(i int) int {
			s, err := v.Subgraph(ctx, graph.SubgraphQuery{Around: busy[i], Depth: 2, Limit: 20, MaxEntities: 200})
			fail(b, err)
			return len(s.Edges)
		},
		"by month": func(i int) int {
			m, err := v.ByMonth(ctx, graph.MonthQuery{Property: fmt.Sprint("event", i)})
			fail(b, err)
			n := 0
			for _, month := range m.Months {
				n += month.Count
			}
			return n
		},
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for i := 0; b.Loop(); i++ {
				n += ask(i % benchBusy)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/part")
			b.ReportMetric(float64(n)/float64(b.N), "parts")
		})
	}
}

func fail(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkChanges reads 1,000 small transactions from the change log.
func BenchmarkChanges(b *testing.B) {
	w := graphtest.Open(b, nil)
	table(w)
	const transactions = 1000
	for i := range transactions {
		w.Assert(meeting(w, "d1", fmt.Sprint("a", i), fmt.Sprint("m", i), "2025-11-20"))
	}
	for b.Loop() {
		n := 0
		for _, err := range w.Changes(ctx, 0, 0, nil) {
			fail(b, err)
			n++
		}
		if n != transactions {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(transactions*b.N)/b.Elapsed().Seconds(), "tx/s")
}
