package badgerkv

import (
	"bytes"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// txn is the kv.Txn of an update: rows that lie over those that are not
// committed yet, over a snapshot.
type txn struct {
	reader
	under layers
	rows  *rows.Tree
	ts    kv.TS
	after kv.TS
	chunk guard.Chunk
	spare []byte // for keys and values
}

func (t *txn) TS() kv.TS { return t.ts }

// After implements kv.Following.
func (t *txn) After() kv.TS { return t.after }

func (t *txn) Set(key, value []byte) error {
	if err := admit(t.call, &t.chunk, key, value); err != nil {
		return err
	}
	t.rows.Put(rows.Row{Key: t.keep(key), Value: t.keep(value)})
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := admit(t.call, &t.chunk, key, nil); err != nil {
		return err
	}
	t.rows.Put(rows.Row{Key: t.keep(key), Deleted: true})
	return nil
}

// Copies of keys and values share pieces of memory, the first of which is enough
// for what a small update writes.
const (
	firstPiece = 2 << 10
	nextPieces = 16 << 10
)

// keep copies what the caller may change.
func (t *txn) keep(b []byte) []byte {
	if len(b) > cap(t.spare)-len(t.spare) {
		size := nextPieces
		if t.spare == nil {
			size = firstPiece
		}
		t.spare = make([]byte, 0, max(size, len(b)))
	}
	from := len(t.spare)
	t.spare = append(t.spare, b...)
	return t.spare[from:len(t.spare):len(t.spare)]
}

// enginePrefix begins the engine's own keys.
var enginePrefix = []byte("!badger!")

// admit counts a write in a chunk, or refuses it.
func admit(call *guard.Call, chunk *guard.Chunk, key, value []byte) error {
	if err := call.Step(); err != nil {
		return err
	}
	if bytes.HasPrefix(key, enginePrefix) {
		return fmt.Errorf("%w: %.40q begins with %q", kv.ErrKey, key, enginePrefix)
	}
	return chunk.Add(key, value)
}

func (t *txn) Get(key []byte) ([]byte, error) {
	if err := t.call.Check(); err != nil {
		return nil, err
	}
	row, ok := t.row(key)
	if !ok {
		return t.reader.Get(key)
	}
	if row.Deleted {
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return row.Value, nil
}

// row finds a row that lies over the snapshot.
func (t *txn) row(key []byte) (rows.Row, bool) {
	row, ok := t.rows.Get(key)
	for i := 0; !ok && i < len(t.under); i++ {
		if t.under[i] != nil {
			row, ok = t.under[i].Get(key)
		}
	}
	return row, ok
}

func (t *txn) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if t.rows.Len() == 0 && t.under == (layers{}) {
		return t.reader.GetMany(keys, fn)
	}
	if err := t.call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		if err := guard.Key(key); err != nil {
			return err
		}
		if err := t.findOver(key, func(v []byte) error { return fn(i, v) }); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

// findOver is find with the rows written so far.
func (t *txn) findOver(key []byte, fn func(value []byte) error) error {
	if err := t.call.Step(); err != nil {
		return err
	}
	row, ok := t.row(key)
	switch {
	case !ok:
		return t.find(key, fn)
	case row.Deleted:
		return nil
	default:
		return fn(row.Value)
	}
}

// Scan lays a copy of the rows written so far over what is below, so that fn may
// write; where none of them lies in the range, what is below alone.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if !t.rows.Any(rg) {
		return t.under.over(rg, t.reader.Scan, fn) // the copy would make later writes copy what they touch
	}
	return t.rows.Copy().Over(rg, func(rg kv.Range, fn func(key, value []byte) error) error {
		return t.under.over(rg, t.reader.Scan, fn)
	}, fn)
}

// layers are rows that lie over others, the uppermost first; nil is none.
type layers [3]*rows.Tree

// over scans them as they lie over what scan reads.
func (l layers) over(rg kv.Range, scan func(kv.Range, func(key, value []byte) error) error, fn func(key, value []byte) error) error {
	for i, top := range l {
		if top == nil {
			continue
		}
		rest := l
		clear(rest[:i+1])
		return top.Over(rg, func(rg kv.Range, fn func(key, value []byte) error) error { return rest.over(rg, scan, fn) }, fn)
	}
	return scan(rg, fn)
}
