package simkv

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// seen is what readers find.
type seen struct{ p atomic.Pointer[state] }

func (s *seen) set(st state) { s.p.Store(&st) }
func (s *seen) get() state   { return *s.p.Load() }

// reader is the kv.Reader of a view.
type reader struct {
	call *guard.Call
	rows *rows.Tree
}

func (r *reader) Get(key []byte) ([]byte, error) {
	if err := errors.Join(r.call.Check(), guard.Key(key)); err != nil {
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
		if err := errors.Join(guard.Key(key), r.call.Step()); err != nil {
			return err
		}
		if row, ok := r.rows.Get(key); ok {
			if err := fn(i, row.Value); err != nil {
				return unlessStop(err)
			}
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

// txn is an update or load in progress.
type txn struct {
	reader
	store  *Store
	ts     kv.TS
	chunk  guard.Chunk
	writes []write
}

func (t *txn) TS() kv.TS { return t.ts }

// Scan walks over a copy, so that fn may write.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	r := reader{t.call, t.rows.Copy()}
	return r.Scan(rg, fn)
}

func (t *txn) Set(key, value []byte) error {
	if err := errors.Join(t.call.Step(), t.chunk.Add(key, value)); err != nil {
		return err
	}
	w := write{key: bytes.Clone(key), value: bytes.Clone(value)}
	t.writes = append(t.writes, w)
	t.rows.Put(rows.Row{Key: w.key, Value: w.value})
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := errors.Join(t.call.Step(), t.chunk.Add(key, nil)); err != nil {
		return err
	}
	w := write{key: bytes.Clone(key), deleted: true}
	t.writes = append(t.writes, w)
	t.rows.Remove(w.key)
	return nil
}

// Flush makes a chunk of a load durable and shows it to readers; the load's
// transaction time is not closed before the load has ended.
func (t *txn) Flush() error {
	if err := t.call.Check(); err != nil {
		return err
	}
	s := t.store
	p := &pending{update: update{t.ts, s.last, t.writes}, state: state{t.rows, s.head.closed}}
	if err := s.durable(p); err != nil {
		return err
	}
	s.head = p.state
	t.rows, t.writes, t.chunk = t.rows.Copy(), nil, guard.Chunk{}
	return nil
}

func (t *txn) Pending() (keys, bytes int) { return t.chunk.Keys, t.chunk.Bytes }

// txnOnly hides what only loads may do.
type txnOnly struct{ kv.Txn }
