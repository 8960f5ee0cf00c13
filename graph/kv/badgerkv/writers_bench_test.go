package badgerkv

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// BenchmarkWriters compares durable updates of 16 writers with those of 16
// goroutines that use the engine by itself, with SyncWrites, in turns; x-engine
// is how many times as many there are.
func BenchmarkWriters(b *testing.B) {
	const writers, turn = 16, 500 * time.Millisecond
	ours, raw := mustOpen(b, b.TempDir(), nil), rawEngine(b)
	var row atomic.Uint32
	var done [2]int64
	for b.Loop() {
		done[0] += during(writers, turn, func() { updateRows(b, ours, row.Add(1)) })
		done[1] += during(writers, turn, func() { rawUpdate(b, raw, row.Add(1)) })
	}
	seconds := float64(b.N) * turn.Seconds()
	b.ReportMetric(float64(done[0])/seconds, "updates/s")
	b.ReportMetric(float64(done[1])/seconds, "engine-updates/s")
	b.ReportMetric(float64(done[0])/float64(done[1]), "x-engine")
}

// BenchmarkWriter compares the median of one durable update with that of what
// it costs at least: to append as much to a file and to wait for the disk.
func BenchmarkWriter(b *testing.B) {
	s := mustOpen(b, b.TempDir(), nil)
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var ours, least []time.Duration
	data := make([]byte, len(families)*60)
	for n := uint32(0); b.Loop(); n++ {
		ours = append(ours, timed(func() { updateRows(b, s, n) }))
		least = append(least, timed(func() {
			if _, err := f.Write(data); err != nil {
				b.Error(err)
			}
			if err := dataSync(f); err != nil {
				b.Error(err)
			}
		}))
	}
	slices.Sort(ours)
	slices.Sort(least)
	p50, r3 := ours[len(ours)/2], least[len(least)/2]
	b.ReportMetric(float64(p50.Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(r3.Nanoseconds()), "append-ns")
	b.ReportMetric(float64(p50)/float64(r3), "x-append")
}

// rawEngine is the engine by itself, with the same settings.
func rawEngine(b *testing.B) *badger.DB {
	b.Helper()
	db, err := badger.Open((&Options{}).engine(b.TempDir()).WithSyncWrites(true))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

func rawUpdate(b *testing.B, db *badger.DB, n uint32) {
	value := make([]byte, 30)
	err := db.Update(func(tx *badger.Txn) error {
		for _, f := range []byte(families) {
			if err := tx.Set(rowKey(f, n*7919, n), value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Error(err)
	}
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
