package graph_test

import (
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// BenchmarkClusters reads an entity in a store with a thousand merges: from the
// cache, and just after another judgement, when the clusters are found anew.
func BenchmarkClusters(b *testing.B) {
	const merges = 1000
	w := graphtest.Open(b, nil)
	w.Document("source:d1", "")
	var list []graph.Statement
	for i := range 2 * merges {
		key := graph.ByKey(fmt.Sprint("x:", i)).Key
		list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{key}}})
	}
	for i := range merges {
		d := sameAs("d1", fmt.Sprint("S", i), fmt.Sprint("x:", 2*i), fmt.Sprint("x:", 2*i+1), graph.SamePositive)
		list = append(list, graph.Statement{Draft: &d})
	}
	if _, err := w.Load(ctx, graph.Act{Author: "bench"}, statements(list...), nil); err != nil {
		b.Fatal(err)
	}
	read := func() {
		if _, err := w.At(graph.Point{}).Entity(ctx, graph.ByKey("x:1")); err != nil {
			b.Fatal(err)
		}
	}
	read()
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			read()
		}
	})
	b.Run("anew", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			w.Do(func(tx *graph.Tx) error {
				_, _, err := tx.Assert(sameAs("d1", "U", "x:0", "x:3", []string{"UNSURE", "NO_JUDGEMENT"}[i%2]))
				return err
			})
			b.StartTimer()
			read()
		}
	})
}

// BenchmarkStandsFor asks who stands for a party for whom a thousand envoys
// do: from the index, and just after another transaction, when it is made anew.
func BenchmarkStandsFor(b *testing.B) {
	const envoys = 1000
	w := graphtest.Open(b, nil)
	w.Document("source:d1", "")
	w.Declare("State x:party", "Issue x:i")
	var list []graph.Statement
	for i := range envoys {
		key := fmt.Sprint("x:", i)
		list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "Person", Keys: []graph.Key{graph.ByKey(key).Key}}})
		d := envoy(w, fmt.Sprint("E", i), "2025-11-01/", key, "x:party")
		list = append(list, graph.Statement{Draft: &d})
	}
	if _, err := w.Load(ctx, graph.Act{Author: "bench"}, statements(list...), nil); err != nil {
		b.Fatal(err)
	}
	party := w.ID("x:party")
	read := func() {
		if got, err := w.At(graph.Point{}).StandsFor(ctx, party); err != nil || len(got) != envoys {
			b.Fatal(len(got), err)
		}
	}
	read()
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			read()
		}
	})
	b.Run("anew", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			w.Assert(named("d1", "N", "x:i", "name", graph.TextOf(fmt.Sprint("issue ", i))))
			b.StartTimer()
			read()
		}
	})
}
