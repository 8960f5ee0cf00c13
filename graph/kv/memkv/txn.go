package memkv

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// reader is the kv.Reader of a view.
type reader struct {
	call *guard.Call
	rows *rows.Tree
}

func (r *reader) Get(key []byte) ([]byte, error) {
	if err := r.call.Check(); err != nil {
		return nil, err
	}
	if err := guard.Key(key); err != nil {
		return nil, err
	}
	row, ok := r.rows.Get(key)
	if !ok {
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return bytes.Clone(row.Value), nil
}

func (r *reader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if err := r.call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		if err := guard.Key(key); err != nil {
			return err
		}
		if err := r.call.Step(); err != nil {
			return err
		}
		row, ok := r.rows.Get(key)
		if !ok {
			continue
		}
		if err := fn(i, row.Value); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

func (r *reader) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if err := r.call.Check(); err != nil {
		return err
	}
	n := 0
	for c := r.rows.Scan(rg); c.Valid(); c.Next() {
		if err := r.call.Step(); err != nil {
			return err
		}
		row := c.Row()
		if rg.KeysOnly {
			row.Value = nil
		}
		if err := fn(row.Key, row.Value); err != nil {
			return unlessStop(err)
		}
		if n++; n == rg.Limit {
			return nil
		}
	}
	return nil
}

func unlessStop(err error) error {
	if errors.Is(err, kv.Stop) {
		return nil
	}
	return err
}

// txn is the kv.Txn of an update. Its tree is its own until it is published.
type txn struct {
	reader
	ts    kv.TS
	chunk guard.Chunk
}

func (t *txn) TS() kv.TS { return t.ts }

// Scan walks over a copy, so that fn may write.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	r := reader{t.call, t.rows.Copy()}
	return r.Scan(rg, fn)
}

func (t *txn) Set(key, value []byte) error {
	if err := t.admit(key, value); err != nil {
		return err
	}
	t.rows.Put(rows.Row{Key: bytes.Clone(key), Value: bytes.Clone(value)})
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := t.admit(key, nil); err != nil {
		return err
	}
	t.rows.Remove(key)
	return nil
}

func (t *txn) admit(key, value []byte) error {
	if err := t.call.Step(); err != nil {
		return err
	}
	return t.chunk.Add(key, value)
}

// bulkTxn is the kv.BulkTxn of a load.
type bulkTxn struct {
	txn
	store *Store
}

// Flush publishes the rows; the load's transaction time is not closed before
// the load has ended.
func (b *bulkTxn) Flush() error {
	if err := b.call.Check(); err != nil {
		return err
	}
	b.store.held.Store(&state{rows: b.rows, closed: b.store.held.Load().closed})
	b.rows, b.chunk = b.rows.Copy(), guard.Chunk{}
	return nil
}

func (b *bulkTxn) Pending() (keys, bytes int) { return b.chunk.Keys, b.chunk.Bytes }
