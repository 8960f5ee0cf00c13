package badgerkv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/ristretto/v2/z"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// replace puts other rows in the place of all that the engine holds. Until that
// is done, views read a copy of the old rows, and a file keeps them, from which
// they are brought back if it is never done.
func (s *Store) replace(ctx context.Context, old *rows.Tree, staged *sorted.Rows, ts kv.TS) error {
	commit := s.snapshots.commit() + 1
	s.snapshots.away(old)
	defer s.snapshots.renew()
	if err := s.snapshots.drained(ctx); err != nil {
		return err
	}
	s.sums.stop() // the tables that it knows are about to go
	s.sums = newSums()
	s.sums.live, s.sums.found = s.hasTable, s.noteDamage
	go s.sums.run()
	keep := kept{time: kv.TS(s.closed.Load()), rows: old}
	if err := keep.write(s.db.Opts().Dir); err != nil {
		return fmt.Errorf("badgerkv: fill: %w", err)
	}
	err := protect(func() error { return s.stream(ctx, staged, ts, commit) })
	if err == nil {
		err = errors.Join(s.mark.reached(commit), s.mark.f.Sync())
	}
	if err == nil {
		err = removeKept(s.db.Opts().Dir)
	}
	if err == nil {
		return nil
	}
	if undo := s.bringBack(keep); undo != nil {
		s.broken = undo
		err = errors.Join(err, undo)
	}
	return fmt.Errorf("badgerkv: fill: %w", err)
}

// bringBack makes the engine hold what it held before.
func (s *Store) bringBack(k kept) error {
	err := protect(s.db.DropAll)
	if err == nil {
		err = s.writeKept(k)
	}
	if err == nil {
		err = removeKept(s.db.Opts().Dir)
	}
	return err
}

// writeKept writes the rows that were kept.
func (s *Store) writeKept(k kept) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if err := stage(txn, k.rows, k.time); err != nil {
		return err
	}
	return protect(txn.Commit)
}

// batch is the size of what is handed to the engine at a time.
const batch = 4 << 20

// stream hands the rows to the engine, which drops all that it held.
func (s *Store) stream(ctx context.Context, staged *sorted.Rows, ts kv.TS, commit uint64) error {
	w := s.db.NewStreamWriter()
	if err := w.Prepare(); err != nil {
		w.Cancel()
		return err
	}
	b := &batches{commit: commit, full: make(chan *z.Buffer, 2), done: make(chan struct{})}
	go b.run(w)
	b.add(timeKey, binary.BigEndian.AppendUint64(nil, uint64(ts)))
	err := staged.Scan(kv.Range{}, func(row sorted.Row) error {
		if row.Deleted {
			return nil
		}
		b.add(row.Key, row.Value)
		return ctx.Err()
	})
	if err = errors.Join(err, b.end()); err != nil {
		w.Cancel()
		return err
	}
	return w.Flush()
}

// batches writes one batch while the next is put together.
type batches struct {
	commit uint64
	batch  *z.Buffer
	full   chan *z.Buffer
	done   chan struct{}
	err    error // of run; may be read once done is closed
}

func (b *batches) run(w *badger.StreamWriter) {
	defer close(b.done)
	for batch := range b.full {
		if b.err == nil {
			b.err = w.Write(batch)
		}
		b.err = errors.Join(b.err, batch.Release())
	}
}

func (b *batches) add(key, value []byte) {
	if b.batch == nil {
		b.batch = z.NewBuffer(batch+batch/4, "fill")
	}
	badger.KVToBuffer(&pb.KV{Key: key, Value: value, Version: b.commit}, b.batch)
	if b.batch.LenNoPadding() >= batch {
		b.full <- b.batch
		b.batch = nil
	}
}

// end hands over the last batch and waits.
func (b *batches) end() error {
	if b.batch != nil {
		b.full <- b.batch
	}
	close(b.full)
	<-b.done
	return b.err
}
