package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// pass makes a group durable that nobody adds to any more, and lets the next one be
// recorded while the engine is given this one; nil is none.
func (s *Store) pass(g *group) {
	if g == nil {
		s.committing.Give()
		return
	}
	began := s.now()
	s.record(g)
	s.applying.Lock()
	s.pace.committed(s.now().Sub(began))
	s.committing.Give()
	s.apply(g)
}

// end is pass for who goes on committing.
func (s *Store) end(g *group) {
	if g == nil {
		return
	}
	s.record(g)
	s.applying.Lock()
	s.apply(g)
}

// record brings a group to the disk, in the journal.
func (s *Store) record(g *group) {
	if g.err = s.writable(); g.err != nil {
		return
	}
	s.commits++
	if err := s.recordRows(g); err != nil {
		g.err = s.commitFailed(err)
	}
}

// recordRows leaves out what is too long, and what there is no journal for: for that,
// the engine's log is waited for.
func (s *Store) recordRows(g *group) (err error) {
	if s.wal == nil {
		return nil
	}
	if s.journal == nil {
		if s.journal, err = makeJournal(s.db.Opts().Dir); err != nil {
			return nil // for want of descriptors: it is made another time
		}
	}
	j := s.journal
	record, ok := appendRecord(j.buf[:0], s.commits, g.ts, g.rows)
	if !ok {
		return nil
	}
	j.buf = record
	if j.full(record) {
		if err := s.emptyJournal(); err != nil {
			return err
		}
	}
	g.recorded = true
	g.at, err = j.write(record)
	return err
}

// emptyJournal brings all that the journal holds to the disk in the engine's log.
func (s *Store) emptyJournal() error {
	s.applying.Lock()
	defer s.applying.Give()
	if err := s.wal.sync(); err != nil {
		return err
	}
	s.journal.begin()
	return nil
}

// apply gives the engine a group, lets new views see it, and tells those who wait
// for it. It gives back the right to do so.
func (s *Store) apply(g *group) {
	if g.err == nil {
		g.err = s.applyRows(g.rows, g.ts, g.recorded)
	}
	if g.err == nil {
		s.closed.Store(uint64(g.ts))
	} else if g.recorded { // or it would be there after the next Open
		g.err = errors.Join(g.err, s.journal.undo(g.at))
	}
	s.groups.applied()
	s.applying.Give()
	close(g.done)
}

// applyRows gives rows to the engine, all or none, and waits until the disk has
// them, which is so where they are recorded.
func (s *Store) applyRows(rs *rows.Tree, ts kv.TS, recorded bool) error {
	if err := s.writable(); err != nil {
		return err
	}
	err := s.put(rs, ts)
	switch {
	case err != nil || s.wal == nil:
	case recorded:
		err = s.wal.follow()
	default:
		err = s.wal.sync()
	}
	if err != nil {
		return s.commitFailed(err)
	}
	s.snapshots.renew()
	if s.noSync {
		return nil
	}
	if err := s.mark.reached(s.snapshots.commit()); err != nil {
		s.fail(err)
	}
	return nil
}

// write is what a commit is, for who is alone.
func (s *Store) write(rs *rows.Tree, ts kv.TS) error { return s.applyRows(rs, ts, false) }

// commitFailed ends all writing: others may have written on top of what failed.
func (s *Store) commitFailed(err error) error {
	s.fail(err)
	return fmt.Errorf("badgerkv: commit: %w", err)
}

// fail ends all writing; the first failure stays.
func (s *Store) fail(err error) { s.broken.CompareAndSwap(nil, &err) }

// put gives rows to the engine.
func (s *Store) put(rs *rows.Tree, ts kv.TS) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if err := stage(txn, rs, ts); err != nil {
		return err
	}
	return protect(txn.Commit)
}

// stage hands rows to an engine transaction, which keeps the slices.
func stage(txn *badger.Txn, rs *rows.Tree, ts kv.TS) error {
	entries := make([]badger.Entry, rs.Len()) // one piece of memory for all of them
	for c := rs.Scan(kv.Range{}); c.Valid(); c.Next() {
		row := c.Row()
		var err error
		if row.Deleted {
			err = txn.Delete(row.Key)
		} else {
			entries[0] = badger.Entry{Key: row.Key, Value: row.Value}
			err = txn.SetEntry(&entries[0])
			entries = entries[1:]
		}
		if err != nil {
			return err
		}
	}
	return txn.Set(timeKey, binary.BigEndian.AppendUint64(nil, uint64(ts)))
}
