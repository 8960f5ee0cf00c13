// Package memkv is a store that keeps its rows in memory and forgets them when
// it is closed: for tests, for trying things out, and for data that is derived
// anyway.
//
// New makes a Store, which implements kv.Store, kv.Bulk and kv.Filler. Rows lie in a
// copy-on-write B-tree: a view holds on to the tree that it found, an update
// changes a copy and puts it in the tree's place. A view never waits for a
// writer. The function of an update runs in the goroutine of its caller; a
// call of Update within it would wait for itself.
package memkv

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

var (
	_ kv.Store      = (*Store)(nil)
	_ kv.Restorable = (*Store)(nil)
	_ kv.Filler     = (*Store)(nil)
)

// Options are the choices of New; nil stands for the zero Options.
type Options struct {
	// Now is the clock that transaction times and time limits are taken from;
	// nil is time.Now.
	Now func() time.Time
}

// Store is a kv.Store and a kv.Bulk in memory.
type Store struct {
	now  func() time.Time
	gate guard.Gate
	held atomic.Pointer[state]

	turn  guard.Turn // held by the one writer; guards what follows
	last  kv.TS      // highest that was handed out
	wrote kv.TS      // that of the update or load that wrote last; 0: a load that did not end
}

// state is what readers find: rows that nobody writes to any more, and the
// transaction time of the last finished update.
type state struct {
	rows   *rows.Tree
	closed kv.TS
}

// New makes an empty store.
func New(opts *Options) *Store {
	s := &Store{now: time.Now, turn: guard.NewTurn()}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}
	s.held.Store(&state{rows: rows.New()})
	return s
}

// View implements kv.Store.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &rows.Reader{Call: guard.Begin(ctx, s.now, kv.MaxViewTime), Rows: s.held.Load().rows}
	defer r.Call.End()
	return fn(r)
}

// Update implements kv.Store. It runs fn once.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	return s.write(ctx, kv.MaxUpdateTime, func(b *bulkTxn) error { return fn(&b.txn) })
}

// Load implements kv.Bulk.
func (s *Store) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	return s.write(ctx, 0, func(b *bulkTxn) error { return fn(b) })
}

// Fill implements kv.Filler.
func (s *Store) Fill(ctx context.Context, _ *kv.FillOptions, fn func(kv.BulkTxn) error) (kv.TS, error) {
	return s.write(ctx, 0, func(b *bulkTxn) error {
		if b.Rows.Len() > kv.MaxFillKeys {
			return fmt.Errorf("%w: %d rows, at most %d", kv.ErrFilled, b.Rows.Len(), kv.MaxFillKeys)
		}
		b.fill = true
		return fn(b)
	})
}

func (s *Store) write(ctx context.Context, longest time.Duration, fn func(*bulkTxn) error) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := s.turn.Take(ctx); err != nil {
		return 0, err
	}
	defer s.turn.Give()

	b := s.begin(ctx, longest)
	defer b.Call.End()
	if err := fn(b); err != nil {
		return 0, err
	}
	if err := b.Call.Check(); err != nil {
		return 0, err
	}
	s.wrote = b.ts
	s.held.Store(&state{rows: b.Rows, closed: b.ts})
	return b.ts, nil
}

func (s *Store) begin(ctx context.Context, longest time.Duration) *bulkTxn {
	s.last = s.last.Next(s.now())
	r := rows.Reader{Call: guard.Begin(ctx, s.now, longest), Rows: s.held.Load().rows.Copy()}
	return &bulkTxn{txn: txn{Reader: r, ts: s.last, after: s.wrote}, store: s}
}

// Raise implements kv.Restorable.
func (s *Store) Raise(ctx context.Context, ts kv.TS) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := s.turn.Take(ctx); err != nil {
		return err
	}
	defer s.turn.Give()
	s.last = max(s.last, ts)
	return nil
}

// Closed implements kv.Store.
func (s *Store) Closed(ctx context.Context) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return s.held.Load().closed, nil
}

// Close implements kv.Store.
func (s *Store) Close() error {
	if s.gate.Close() {
		s.held.Store(&state{rows: rows.New()})
	}
	return nil
}
