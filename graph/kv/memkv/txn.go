package memkv

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// txn is the kv.Txn of an update. Its tree is its own until it is published.
type txn struct {
	rows.Reader
	ts    kv.TS
	after kv.TS
	chunk guard.Chunk
}

func (t *txn) TS() kv.TS { return t.ts }

// After implements kv.Following.
func (t *txn) After() kv.TS { return t.after }

// Scan walks over a copy, so that fn may write.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	r := rows.Reader{Call: t.Call, Rows: t.Rows.Copy()}
	return r.Scan(rg, fn)
}

func (t *txn) Set(key, value []byte) error {
	if err := t.admit(key, value); err != nil {
		return err
	}
	t.Rows.Put(rows.Row{Key: bytes.Clone(key), Value: bytes.Clone(value)})
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := t.admit(key, nil); err != nil {
		return err
	}
	t.Rows.Remove(key)
	return nil
}

func (t *txn) admit(key, value []byte) error {
	if err := t.Call.Step(); err != nil {
		return err
	}
	return t.chunk.Add(key, value)
}

// bulkTxn is the kv.BulkTxn of a load.
type bulkTxn struct {
	txn
	store *Store
	fill  bool // the rows are published at the end only
}

// Flush publishes the rows; the load's transaction time is not closed before
// the load has ended.
func (b *bulkTxn) Flush() error {
	if err := b.Call.Check(); err != nil {
		return err
	}
	if b.fill {
		b.chunk = guard.Chunk{}
		return nil
	}
	b.store.wrote = 0
	b.store.held.Store(&state{rows: b.Rows, closed: b.store.held.Load().closed})
	b.Rows, b.chunk = b.Rows.Copy(), guard.Chunk{}
	return nil
}

func (b *bulkTxn) Pending() (keys, bytes int) { return b.chunk.Keys, b.chunk.Bytes }
