package graphtest

import (
	"context"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

// Counting is a store that counts what views read of another one: each row that
// is found by its key, or that a scan gives, and each scan itself, since it
// looks a first row up.
type Counting struct {
	kv.Store
	rows atomic.Int64
}

// Rows returns how many rows were read since it was asked last.
func (c *Counting) Rows() int { return int(c.rows.Swap(0)) }

// View implements kv.Store.
func (c *Counting) View(ctx context.Context, fn func(kv.Reader) error) error {
	return c.Store.View(ctx, func(r kv.Reader) error { return fn(&countingReader{r, &c.rows}) })
}

type countingReader struct {
	kv.Reader
	rows *atomic.Int64
}

func (r *countingReader) Get(key []byte) ([]byte, error) {
	r.rows.Add(1)
	return r.Reader.Get(key)
}

func (r *countingReader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	r.rows.Add(int64(len(keys)))
	return r.Reader.GetMany(keys, fn)
}

func (r *countingReader) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	r.rows.Add(1)
	return r.Reader.Scan(rg, func(key, value []byte) error {
		r.rows.Add(1)
		return fn(key, value)
	})
}
