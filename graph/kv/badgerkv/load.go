package badgerkv

import (
	"context"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// Load implements kv.Bulk. It runs fn in the caller's goroutine.
func (s *Store) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := s.alone(ctx); err != nil {
		return 0, err
	}
	defer s.among()
	if err := s.writable(); err != nil {
		return 0, err
	}
	b := &bulkTxn{txn: s.begin(ctx, 0), store: s}
	defer b.end()
	if err := fn(b); err != nil {
		return 0, err
	}
	if err := b.Flush(); err != nil {
		return 0, err
	}
	s.closed.Store(uint64(b.ts))
	return b.ts, nil
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

// bulkTxn is the kv.BulkTxn of a load.
type bulkTxn struct {
	txn
	store *Store
	older []*iters // of snapshots that a scan was on when they were left
}

func (b *bulkTxn) Pending() (keys, bytes int) { return b.chunk.Keys, b.chunk.Bytes }

// Flush commits the chunk and goes on with a snapshot that has it. A scan that
// is under way stays on the snapshot that it began with.
func (b *bulkTxn) Flush() error {
	if err := b.call.Check(); err != nil {
		return err
	}
	if err := b.store.write(b.rows, b.ts); err != nil {
		return err
	}
	b.older = append(b.older, b.on)
	b.giveIdle()
	b.on, _ = b.store.snapshots.take(b.store.now())
	b.rows, b.chunk = rows.New(), guard.Chunk{}
	return nil
}

// giveIdle gives those back that no scan is on.
func (b *bulkTxn) giveIdle() {
	kept := b.older[:0]
	for _, i := range b.older {
		if i.busy() {
			kept = append(kept, i)
		} else {
			b.store.snapshots.give(i)
		}
	}
	b.older = kept
}

func (b *bulkTxn) end() {
	b.call.End()
	for _, i := range append(b.older, b.on) {
		b.store.snapshots.give(i)
	}
}
