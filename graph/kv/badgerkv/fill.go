package badgerkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// Fill implements kv.Filler. Rows are sorted in memory and in temporary files
// of the directory, and then handed to the engine as tables of its last level.
// It runs fn in the caller's goroutine.
func (s *Store) Fill(ctx context.Context, opts *kv.FillOptions, fn func(kv.BulkTxn) error) (ts kv.TS, err error) {
	if opts == nil {
		opts = &kv.FillOptions{}
	}
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := s.rewriting.Take(ctx); err != nil {
		return 0, err
	}
	defer s.rewriting.Give()
	if err := s.alone(ctx); err != nil {
		return 0, err
	}
	defer s.among()
	if err := s.writable(); err != nil {
		return 0, err
	}
	old, err := s.few(ctx)
	if err != nil {
		return 0, err
	}
	staged := sorted.New(s.db.Opts().Dir, opts.Memory)
	defer func() { err = errors.Join(err, staged.Close()) }()
	return s.fill(ctx, old, staged, opts.Progress, fn)
}

// few takes a copy of all rows, if they are few.
func (s *Store) few(ctx context.Context) (*rows.Tree, error) {
	r := s.reader(ctx, kv.MaxViewTime)
	defer s.release(&r)
	all := rows.New()
	err := r.Scan(kv.Range{Limit: kv.MaxFillKeys + 1}, func(key, value []byte) error {
		all.Put(rows.Row{Key: bytes.Clone(key), Value: bytes.Clone(value)})
		return nil
	})
	if err == nil && all.Len() > kv.MaxFillKeys {
		err = fmt.Errorf("%w: more than %d rows", kv.ErrFilled, kv.MaxFillKeys)
	}
	return all, err
}

func (s *Store) fill(ctx context.Context, old *rows.Tree, staged *sorted.Rows, tell func(done, all int), fn func(kv.BulkTxn) error) (kv.TS, error) {
	for c := old.Scan(kv.Range{}); c.Valid(); c.Next() {
		if err := staged.Put(sorted.Row{Key: c.Row().Key, Value: c.Row().Value}); err != nil {
			return 0, err
		}
	}
	s.last = s.last.Next(s.now())
	b := &fillTxn{call: guard.Begin(ctx, s.now, 0), rows: staged, ts: s.last}
	defer b.call.End()
	if err := fn(b); err != nil {
		return 0, err
	}
	if err := b.call.Check(); err != nil {
		return 0, err
	}
	if err := s.replace(ctx, old, staged, tell, b.ts); err != nil {
		return 0, err
	}
	s.closed.Store(uint64(b.ts))
	return b.ts, nil
}

// fillTxn is the kv.BulkTxn of a Fill.
type fillTxn struct {
	call  *guard.Call
	rows  *sorted.Rows
	ts    kv.TS
	chunk guard.Chunk
}

func (b *fillTxn) TS() kv.TS { return b.ts }

func (b *fillTxn) Set(key, value []byte) error {
	if err := admit(b.call, &b.chunk, key, value); err != nil {
		return err
	}
	return b.rows.Put(sorted.Row{Key: key, Value: value})
}

func (b *fillTxn) Delete(key []byte) error {
	if err := admit(b.call, &b.chunk, key, nil); err != nil {
		return err
	}
	return b.rows.Put(sorted.Row{Key: key, Deleted: true})
}

func (b *fillTxn) Flush() error {
	if err := b.call.Check(); err != nil {
		return err
	}
	b.chunk = guard.Chunk{}
	return nil
}

func (b *fillTxn) Pending() (keys, bytes int) { return b.chunk.Keys, b.chunk.Bytes }

func (b *fillTxn) Get(key []byte) ([]byte, error) {
	if err := b.call.Check(); err != nil {
		return nil, err
	}
	if err := guard.Key(key); err != nil {
		return nil, err
	}
	row, ok, err := b.rows.Get(key)
	if err == nil && (!ok || row.Deleted) {
		err = fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return row.Value, err
}

func (b *fillTxn) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if err := b.call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		value, err := b.Get(key)
		if errors.Is(err, kv.ErrNotFound) {
			continue
		}
		if err == nil {
			err = fn(i, value)
		}
		if err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

func (b *fillTxn) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if err := b.call.Check(); err != nil {
		return err
	}
	n := 0
	return b.rows.Scan(rg, func(row sorted.Row) error {
		if err := b.call.Step(); err != nil || row.Deleted {
			return err
		}
		if rg.KeysOnly {
			row.Value = nil
		}
		if err := fn(row.Key, row.Value); err != nil {
			return err
		}
		if n++; n == rg.Limit {
			return kv.Stop
		}
		return nil
	})
}
