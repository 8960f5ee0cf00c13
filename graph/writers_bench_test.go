package graph_test

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph"
)

// BenchmarkWriters makes durable updates of one assertion with one claim from 16
// goroutines, and, in turns, transactions of the engine by itself with as many
// rows of the same size; x-engine is how many times as many updates there are.
func BenchmarkWriters(b *testing.B) {
	const writers, turn = 16, 500 * time.Millisecond
	db := benchOpen(b, b.TempDir())
	defer db.Close()
	act := graph.Act{Author: "bench"}
	day, err := graph.ParseValid("2014-05-06", "")
	if err == nil {
		_, err = db.Load(ctx, act, statements(benchDraft(b, 100)...), nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	raw, err := badger.Open(badger.DefaultOptions(b.TempDir()).WithLogger(nil).WithSyncWrites(true).WithDetectConflicts(false))
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	var n atomic.Int64
	ours := func() {
		i := n.Add(1)
		_, err := db.Update(ctx, act, func(tx *graph.Tx) error {
			_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("file:bench"), Key: fmt.Sprint(i), Links: []graph.Link{{
				Subject: graph.ByKey(fmt.Sprint("actor:", i%benchActors)), Property: fmt.Sprint("event", i%benchKinds),
				Value: graph.RefOf(graph.ByKey("actor:1")), Valid: &day, Occurrence: fmt.Sprint(i)}}})
			return err
		})
		if err != nil {
			b.Error(err)
		}
	}
	engine := func() {
		i := n.Add(1)
		err := raw.Update(func(tx *badger.Txn) error {
			for row := range 14 { // as many as the update above writes
				if err := tx.Set(fmt.Appendf(nil, "%c%015d", 'a'+row, i), bytes.Repeat([]byte{'v'}, 30)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Error(err)
		}
	}
	var done [2]int64
	for b.Loop() {
		done[0] += during(writers, turn, ours)
		done[1] += during(writers, turn, engine)
	}
	b.ReportMetric(float64(done[0])/float64(b.N)/turn.Seconds(), "updates/s")
	b.ReportMetric(float64(done[0])/float64(done[1]), "x-engine")
}

// during calls fn from several goroutines for a while, and counts the calls.
func during(writers int, turn time.Duration, fn func()) int64 {
	var calls atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(turn)
	for range writers {
		all.Go(func() {
			for time.Now().Before(end) {
				fn()
				calls.Add(1)
			}
		})
	}
	all.Wait()
	return calls.Load()
}
