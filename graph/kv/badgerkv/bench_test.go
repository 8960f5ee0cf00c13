package badgerkv

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
)

// The rows of the benchmarks look like those of a graph: seven families, keys
// of 20 bytes that begin with the family and a node, values of 30 bytes.
const (
	families = "abcdefg"
	perNode  = 100
)

func rowKey(family byte, node, row uint32) []byte {
	k := make([]byte, 20)
	k[0] = family
	binary.BigEndian.PutUint32(k[1:], node)
	binary.BigEndian.PutUint64(k[6:], ^uint64(row))
	return k
}

// fill loads rows per family.
func fill(b testing.TB, s *Store, perFamily uint32) {
	b.Helper()
	value := make([]byte, 30)
	_, err := s.Load(b.Context(), func(tx kv.BulkTxn) error {
		for i := range perFamily {
			for _, f := range []byte(families) {
				if keys, _ := tx.Pending(); keys == kv.MaxUpdateKeys {
					if err := tx.Flush(); err != nil {
						return err
					}
				}
				row := i * 7919 % perFamily
				binary.BigEndian.PutUint32(value, i)
				if err := tx.Set(rowKey(f, row/perNode, row%perNode), value); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// filled is a store of 700,000 rows that was closed and opened.
func filled(b *testing.B) *Store {
	b.Helper()
	dir := b.TempDir()
	s := mustOpen(b, dir, &Options{NoSync: true})
	fill(b, s, 100_000)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	s = mustOpen(b, dir, nil)
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkScan50 compares a View that reads the 50 newest rows of a node with
// the least that the engine needs for it: a seek on an iterator that is open,
// and 50 keys. x-raw is their ratio.
func BenchmarkScan50(b *testing.B) {
	s := filled(b)
	raw := s.db.NewTransaction(false)
	defer raw.Discard()
	it := raw.NewIterator(badger.IteratorOptions{Prefix: []byte("d")})
	defer it.Close()
	var rawTime, viewTime time.Duration
	nodes := 0
	for b.Loop() {
		node := rand.Uint32N(100_000 / perNode)
		rawTime += timed(func() { rawScan(it, node) })
		node = rand.Uint32N(100_000 / perNode)
		viewTime += timed(func() { viewScan(b, s, node) })
		nodes++
	}
	b.ReportMetric(float64(rawTime.Nanoseconds())/float64(nodes), "raw-ns")
	b.ReportMetric(float64(viewTime.Nanoseconds())/float64(nodes), "view-ns")
	b.ReportMetric(float64(viewTime)/float64(rawTime), "x-raw")
}

func timed(fn func()) time.Duration {
	start := time.Now()
	fn()
	return time.Since(start)
}

func rawScan(it *badger.Iterator, node uint32) {
	n := 0
	for it.Seek(rowKey('d', node, perNode)); it.Valid() && n < 50; it.Next() {
		_ = it.Item().Key()
		n++
	}
}

func viewScan(b *testing.B, s *Store, node uint32) {
	r := kv.Range{Start: rowKey('d', node, perNode), End: rowKey('d', node+1, perNode), Limit: 50}
	err := s.View(b.Context(), func(tx kv.Reader) error {
		return tx.Scan(r, func(_, _ []byte) error { return nil })
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkGet(b *testing.B) {
	s := filled(b)
	for b.Loop() {
		key := rowKey('d', rand.Uint32N(100_000/perNode), rand.Uint32N(perNode))
		err := s.View(b.Context(), func(r kv.Reader) error {
			_, err := r.Get(key)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGetMany looks up 100 keys at once.
func BenchmarkGetMany(b *testing.B) {
	s := filled(b)
	keys := make([][]byte, 100)
	for b.Loop() {
		for i := range keys {
			keys[i] = rowKey('d', rand.Uint32N(100_000/perNode), rand.Uint32N(perNode))
		}
		err := s.View(b.Context(), func(r kv.Reader) error {
			return r.GetMany(keys, func(int, []byte) error { return nil })
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUpdate makes durable updates of 7 rows from many goroutines.
func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := mustOpen(b, b.TempDir(), nil)
			defer s.Close()
			var next atomic.Uint32
			var all sync.WaitGroup
			b.ResetTimer()
			for range writers {
				all.Go(func() {
					for n := next.Add(1); n <= uint32(b.N); n = next.Add(1) {
						updateRows(b, s, n)
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
			b.ReportMetric(float64(b.N)/float64(s.db.MaxVersion()), "updates/group")
		})
	}
}

func updateRows(b *testing.B, s *Store, n uint32) {
	value := make([]byte, 30)
	_, err := s.Update(b.Context(), func(tx kv.Txn) error {
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

// BenchmarkEngineUpdate makes the same updates with an engine transaction each.
func BenchmarkEngineUpdate(b *testing.B) {
	s := mustOpen(b, b.TempDir(), nil)
	defer s.Close()
	value := make([]byte, 30)
	b.SetParallelism(8) // 16 writers on 2 processors
	var next atomic.Uint32
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			err := s.db.Update(func(tx *badger.Txn) error {
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
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}

// BenchmarkSync is the least that a durable update costs: to append to a file
// and to wait for the disk.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	row := make([]byte, 7*50)
	for b.Loop() {
		if _, err := f.Write(row); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad loads 700,000 rows.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		s := mustOpen(b, b.TempDir(), nil)
		fill(b, s, 100_000)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(700_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkOpen opens a store of 700,000 rows that was closed cleanly.
func BenchmarkOpen(b *testing.B) {
	s := filled(b)
	dir := s.db.Opts().Dir
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	var opening time.Duration
	for b.Loop() {
		opening += timed(func() { s = mustOpen(b, dir, nil) })
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(opening.Milliseconds())/float64(b.N), "open-ms")
}

// BenchmarkMark is what noting a commit adds to a durable update.
func BenchmarkMark(b *testing.B) {
	m, err := openMark(b.TempDir(), 0)
	if err != nil {
		b.Fatal(err)
	}
	for commit := uint64(1); b.Loop(); commit++ {
		if err := m.reached(commit); err != nil {
			b.Fatal(err)
		}
	}
	if err := m.close(0); err != nil {
		b.Fatal(err)
	}
}
