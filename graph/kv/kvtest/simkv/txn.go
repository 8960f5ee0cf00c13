package simkv

import (
	"bytes"
	"errors"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// seen is what readers find.
type seen struct{ p atomic.Pointer[state] }

func (s *seen) set(st state) { s.p.Store(&st) }
func (s *seen) get() state   { return *s.p.Load() }

// txn is an update or load in progress.
type txn struct {
	rows.Reader
	store  *Store
	ts     kv.TS
	chunk  guard.Chunk
	writes []write
}

func (t *txn) TS() kv.TS { return t.ts }

// Scan walks over a copy, so that fn may write.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	r := rows.Reader{Call: t.Call, Rows: t.Rows.Copy()}
	return r.Scan(rg, fn)
}

func (t *txn) Set(key, value []byte) error {
	if err := errors.Join(t.Call.Step(), t.chunk.Add(key, value)); err != nil {
		return err
	}
	w := write{key: bytes.Clone(key), value: bytes.Clone(value)}
	t.writes = append(t.writes, w)
	t.Rows.Put(rows.Row{Key: w.key, Value: w.value})
	return nil
}

func (t *txn) Delete(key []byte) error {
	if err := errors.Join(t.Call.Step(), t.chunk.Add(key, nil)); err != nil {
		return err
	}
	w := write{key: bytes.Clone(key), deleted: true}
	t.writes = append(t.writes, w)
	t.Rows.Remove(w.key)
	return nil
}

// Flush makes a chunk of a load durable and shows it to readers; the load's
// transaction time is not closed before the load has ended.
func (t *txn) Flush() error {
	if err := t.Call.Check(); err != nil {
		return err
	}
	s := t.store
	p := &pending{update: update{t.ts, s.last, t.writes}, state: state{t.Rows, s.head.closed}}
	if err := s.durable(p); err != nil {
		return err
	}
	s.head = p.state
	t.Rows, t.writes, t.chunk = t.Rows.Copy(), nil, guard.Chunk{}
	return nil
}

func (t *txn) Pending() (keys, bytes int) { return t.chunk.Keys, t.chunk.Bytes }

// txnOnly hides what only loads may do.
type txnOnly struct{ kv.Txn }
