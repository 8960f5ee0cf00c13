package badgerkv

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

var (
	_ kv.Store      = (*Store)(nil)
	_ kv.Restorable = (*Store)(nil)
	_ kv.Filler     = (*Store)(nil)
)

// Store is a kv.Store, a kv.Bulk and a kv.Filler in a directory.
type Store struct {
	db        *badger.DB
	now       func() time.Time
	sums      *sums
	readOnly  bool
	noSync    bool
	gate      guard.Gate
	snapshots snapshots
	closed    atomic.Uint64 // transaction time of the last acknowledged update
	rewriting guard.Turn    // of Compact, Scrub and Fill, taken before the others: the engine fails one of two at once

	committing guard.Turn // of who commits, taken before turn
	commits    uint64     // number of the last commit that was begun
	applying   guard.Turn // of who gives the engine what is committed, taken after both
	groups     groups
	pace       pace
	broken     atomic.Pointer[error] // the first failure to commit
	mark       *mark                 // nil when read-only
	wal        *wal                  // nil where the engine brings its log to the disk, or nobody does
	journal    *journal              // nil until there is a commit for it

	queue atomic.Int32 // writers that wait for their turn
	turn  guard.Turn   // held by the one writer; guards what follows
	last  kv.TS        // highest transaction time that was handed out
	wrote kv.TS        // that of the update that wrote last; 0: something else did
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
	call := guard.Begin(ctx, s.now, kv.MaxViewTime)
	on, old := s.snapshots.take(call.Began())
	if on == nil {
		defer call.End()
		return fn(&rows.Reader{Call: call, Rows: old})
	}
	r := reader{call, on, s.sums}
	defer s.release(&r)
	return fn(&r)
}

// reader begins a call of a writer, in whose turn there is a snapshot.
func (s *Store) reader(ctx context.Context, longest time.Duration) reader {
	call := guard.Begin(ctx, s.now, longest)
	on, _ := s.snapshots.take(call.Began())
	return reader{call, on, s.sums}
}

func (s *Store) release(r *reader) {
	r.call.End()
	s.snapshots.give(r.on)
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
	return kv.TS(s.closed.Load()), nil
}

// Close implements kv.Store. It moves all rows from the log into tables, so
// that the next Open is quick.
func (s *Store) Close() error {
	if !s.gate.Close() {
		return nil
	}
	s.sums.stop()
	commit := s.snapshots.commit()
	s.snapshots.close()
	if s.wal != nil {
		s.wal.close()
	}
	err := protect(s.db.Close)
	if s.mark != nil && err == nil {
		err = s.mark.close(commit)
	}
	if s.journal != nil {
		err = errors.Join(err, s.journal.close(err == nil))
	}
	if err != nil {
		return fmt.Errorf("badgerkv: close: %w", err)
	}
	return nil
}

// hasTable tells whether the engine still has a table.
func (s *Store) hasTable(id uint64) bool {
	return slices.ContainsFunc(s.db.Tables(), func(t badger.TableInfo) bool { return t.ID == id })
}

// noteDamage keeps damage in mind beyond the life of the table that has it.
func (s *Store) noteDamage(damage error) {
	if s.mark != nil {
		_ = s.mark.found(damage) // who reads it reports it anyway
	}
}

// Verify reads all tables and compares them with their checksums. It reports
// kv.ErrDamaged for the first that does not match.
func (s *Store) Verify() error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	s.rewriting.Lock()
	defer s.rewriting.Give()
	if err := protect(s.db.VerifyChecksum); err != nil {
		return damaged(err)
	}
	return nil
}

// Compact rewrites the tables as one level, which is worth while after much has
// been loaded: seeks then take down to a quarter of the time. Reading and
// writing go on meanwhile.
func (s *Store) Compact(ctx context.Context) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if s.readOnly {
		return kv.ErrReadOnly
	}
	if err := s.rewriting.Take(ctx); err != nil {
		return err
	}
	err := protect(func() error { return s.db.Flatten(compactors) })
	s.rewriting.Give()
	if err != nil {
		return fmt.Errorf("badgerkv: compact: %w", err)
	}
	if err := s.alone(ctx); err != nil {
		return err
	}
	defer s.among()
	if err := s.writable(); err != nil { // what is not on the disk is not shown
		return err
	}
	s.snapshots.renew() // for iterators on the new tables
	return nil
}

// timeKey holds the highest transaction time, 8 bytes big-endian.
var timeKey = []byte("\x00time")

// readTime takes up transaction times where the last commit left them. Their
// row was compared with its checksum before the engine was opened.
func (s *Store) readTime() error {
	return protect(func() error {
		item, err := s.snapshots.mu.latest.txn.Get(timeKey)
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return item.Value(s.setTime)
	})
}

func (s *Store) setTime(value []byte) error {
	if len(value) != 8 {
		return damaged(fmt.Sprintf("transaction time of %d bytes", len(value)))
	}
	s.last = kv.TS(binary.BigEndian.Uint64(value))
	s.closed.Store(uint64(s.last))
	return nil
}
