package badgerkv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// maxGroup is the size at which a group takes no further update. Together with
// an update of the greatest size it fits into one engine transaction.
var maxGroup = guard.Chunk{Keys: 4000, Bytes: 512 << 10}

// group is the updates that are committed together. All but done and err are
// guarded by the store's turn; err may be read when done is closed.
type group struct {
	rows *rows.Tree // what they wrote
	size guard.Chunk
	ts   kv.TS // of the last of them
	some bool  // whether there is one
	done chan struct{}
	err  error
}

func newGroup() *group { return &group{rows: rows.New(), done: make(chan struct{})} }

func (g *group) full() bool { return g.size.Keys >= maxGroup.Keys || g.size.Bytes >= maxGroup.Bytes }

// add takes an update's writes over, and reports whether it is the first.
func (g *group) add(t *txn) bool {
	isFirst := !g.some
	g.rows, g.ts, g.some = t.rows, t.ts, true
	g.size.Keys += t.chunk.Keys
	g.size.Bytes += t.chunk.Bytes
	return isFirst
}

// Update implements kv.Store. It runs fn once, in the caller's goroutine.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	ts, g, isFirst, err := s.join(ctx, fn)
	if err != nil {
		return 0, err
	}
	if isFirst {
		s.finish(g)
	}
	<-g.done
	if g.err != nil {
		return 0, g.err
	}
	return ts, nil
}

// join runs fn on top of the open group and adds its writes to it.
func (s *Store) join(ctx context.Context, fn func(kv.Txn) error) (ts kv.TS, g *group, isFirst bool, err error) {
	if err := s.turn.Take(ctx); err != nil {
		return 0, nil, false, err
	}
	defer s.turn.Give()
	if err := s.writable(); err != nil {
		return 0, nil, false, err
	}
	g = s.room()
	t := s.begin(ctx, kv.MaxUpdateTime, g.rows.Copy())
	defer s.release(&t.reader)
	if err := fn(&t); err != nil {
		return 0, nil, false, err
	}
	if err := t.call.Check(); err != nil {
		return 0, nil, false, err
	}
	return t.ts, g, g.add(&t), nil
}

// finish commits the group when all who waited before have joined it. One of
// them may have found it full and committed it already.
func (s *Store) finish(g *group) {
	s.turn.Lock()
	s.turn.Give()
	runtime.Gosched()
	s.turn.Lock()
	defer s.turn.Give()
	if s.open == g {
		s.commit()
	}
}

func (s *Store) writable() error {
	if s.readOnly {
		return kv.ErrReadOnly
	}
	if s.broken != nil {
		return fmt.Errorf("badgerkv: no writes until the store is opened again, since a commit failed: %w", s.broken)
	}
	return nil
}

// room gives a group that another update fits into.
func (s *Store) room() *group {
	if s.open != nil && s.open.full() {
		s.commit()
	}
	if s.open == nil {
		s.open = newGroup()
	}
	return s.open
}

// commit makes the open group durable and tells those who wait for it.
func (s *Store) commit() {
	g := s.open
	s.open = nil
	if g.err = s.write(g.rows, g.ts); g.err == nil {
		s.closed.Store(uint64(g.ts))
	}
	close(g.done)
}

// write makes rows durable, all or none, and lets new views see them.
func (s *Store) write(rs *rows.Tree, ts kv.TS) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if err := stage(txn, rs, ts); err != nil {
		return fmt.Errorf("badgerkv: commit: %w", err)
	}
	if err := protect(txn.Commit); err != nil {
		s.broken = err
		return fmt.Errorf("badgerkv: commit: %w", err)
	}
	s.snapshots.renew()
	return nil
}

// stage hands rows to an engine transaction, which keeps the slices.
func stage(txn *badger.Txn, rs *rows.Tree, ts kv.TS) error {
	for c := rs.Scan(kv.Range{}); c.Valid(); c.Next() {
		row := c.Row()
		var err error
		if row.Deleted {
			err = txn.Delete(row.Key)
		} else {
			err = txn.Set(row.Key, row.Value)
		}
		if err != nil {
			return err
		}
	}
	return txn.Set(timeKey, binary.BigEndian.AppendUint64(nil, uint64(ts)))
}

// begin makes the transaction of an update or a load, which reads the latest
// snapshot under rows.
func (s *Store) begin(ctx context.Context, longest time.Duration, rs *rows.Tree) txn {
	s.last = s.last.Next(s.now())
	return txn{reader: s.reader(ctx, longest), rows: rs, ts: s.last}
}

// txn is the kv.Txn of an update: rows over a snapshot.
type txn struct {
	reader
	rows  *rows.Tree
	ts    kv.TS
	chunk guard.Chunk
}

func (t *txn) TS() kv.TS { return t.ts }

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
	t.rows.Put(rows.Row{Key: bytes.Clone(key), Deleted: true})
	return nil
}

// enginePrefix begins the engine's own keys.
var enginePrefix = []byte("!badger!")

func (t *txn) admit(key, value []byte) error {
	if err := t.call.Step(); err != nil {
		return err
	}
	if bytes.HasPrefix(key, enginePrefix) {
		return fmt.Errorf("%w: %.40q begins with %q", kv.ErrKey, key, enginePrefix)
	}
	return t.chunk.Add(key, value)
}

func (t *txn) Get(key []byte) ([]byte, error) {
	if err := t.call.Check(); err != nil {
		return nil, err
	}
	row, ok := t.rows.Get(key)
	if !ok {
		return t.reader.Get(key)
	}
	if row.Deleted {
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return bytes.Clone(row.Value), nil
}

func (t *txn) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if t.rows.Len() == 0 {
		return t.reader.GetMany(keys, fn)
	}
	if err := t.call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		if err := guard.Key(key); err != nil {
			return err
		}
		if err := t.getOne(key, func(v []byte) error { return fn(i, v) }); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

func (t *txn) getOne(key []byte, fn func(value []byte) error) error {
	if err := t.call.Step(); err != nil {
		return err
	}
	row, ok := t.rows.Get(key)
	switch {
	case !ok:
		return t.find(key, fn)
	case row.Deleted:
		return nil
	default:
		return fn(row.Value)
	}
}

// Scan lays the rows written so far over the snapshot.
func (t *txn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if t.rows.Len() == 0 {
		return t.reader.Scan(rg, fn)
	}
	over := t.rows.Copy().Scan(rg)
	if !over.Valid() {
		return t.reader.Scan(rg, fn)
	}
	m := merge{rg: rg, over: over, fn: fn}
	under := rg
	under.Limit = 0
	err := t.reader.Scan(under, m.row)
	if err == nil && !m.stopped {
		err = m.upTo(nil)
	}
	return unlessStop(err)
}

// merge gives the rows of a scan and those that lie over it in one order.
type merge struct {
	rg      kv.Range
	over    *rows.Cursor
	fn      func(key, value []byte) error
	rows    int
	stopped bool
}

// row takes the next row from below.
func (m *merge) row(key, value []byte) error {
	if err := m.upTo(key); err != nil {
		return err
	}
	if m.over.Valid() && bytes.Equal(m.over.Row().Key, key) {
		return nil // hidden: upTo gives what lies over it
	}
	return m.give(key, value)
}

// upTo gives the rows from above that come before key, or all for nil.
func (m *merge) upTo(key []byte) error {
	for ; m.over.Valid(); m.over.Next() {
		row := m.over.Row()
		if key != nil && !m.before(row.Key, key) {
			return nil
		}
		if row.Deleted {
			continue
		}
		if err := m.give(row.Key, row.Value); err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) before(a, b []byte) bool {
	if m.rg.Reverse {
		a, b = b, a
	}
	return bytes.Compare(a, b) < 0
}

func (m *merge) give(key, value []byte) error {
	if m.rg.KeysOnly {
		value = nil
	}
	err := m.fn(key, value)
	if m.rows++; err == nil && m.rows == m.rg.Limit {
		err = kv.Stop
	}
	m.stopped = errors.Is(err, kv.Stop)
	return err
}
