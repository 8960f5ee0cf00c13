package resident

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// smallRuns is an image of many runs of a few rows each, which is mostly full.
func smallRuns(tb testing.TB, runs int) (im *Image, prefixes [][]byte) {
	tb.Helper()
	const prefix = 11
	store := memkv.New(nil)
	_, err := store.Load(context.Background(), func(tx kv.BulkTxn) error {
		for run := range runs {
			prefixes = append(prefixes, fmt.Appendf(nil, "a%010d", run))
			for row := range 3 {
				if err := tx.Set(fmt.Appendf(nil, "%s%08d", prefixes[run], row), []byte("some value")); err != nil {
					return err
				}
			}
			if err := tx.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	im = New(int64(runs)*400, func([]byte) int { return prefix }, nil, nil)
	err = store.View(context.Background(), func(r kv.Reader) error {
		return im.Fill(context.Background(), r, 1<<62, kv.Range{Start: []byte("a"), End: []byte("b")})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return im, prefixes
}

func BenchmarkOpen(b *testing.B) {
	for _, runs := range []int{1000, 300_000} {
		b.Run(fmt.Sprint(runs), func(b *testing.B) {
			im, prefixes := smallRuns(b, runs)
			rand.Shuffle(len(prefixes), func(i, j int) { prefixes[i], prefixes[j] = prefixes[j], prefixes[i] })
			r := im.Reader(context.Background(), nil, 1<<62, nil)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				run := Open(r, prefixes[i])
				if run.kept == nil {
					b.Fatalf("%s is not there", prefixes[i])
				}
				_ = run.Whole()
				if i++; i == len(prefixes) {
					i = 0
				}
			}
		})
	}
}
