package badgerkv

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// scrubKey is a row that comes and goes: the engine moves its log into tables
// when rows that exist are dropped.
var scrubKey = []byte("\x00scrub")

// Scrub implements kv.Scrubber. Writers wait meanwhile; it waits for the views
// that were there before, since the engine keeps what they may still read.
func (s *Store) Scrub(ctx context.Context) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := s.rewriting.Take(ctx); err != nil {
		return err
	}
	defer s.rewriting.Give()
	if err := s.alone(ctx); err != nil {
		return err
	}
	defer s.among()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.stepPast(); err != nil {
		return fmt.Errorf("badgerkv: scrub: %w", err)
	}
	if err := s.snapshots.drained(ctx); err != nil {
		return err
	}
	err := protect(func() error { return s.db.DropPrefix(scrubKey) })
	if err == nil {
		err = protect(func() error { return s.db.Flatten(compactors) })
	}
	err = errors.Join(err, s.takeLog()) // logs have come and gone
	if err == nil && s.journal != nil {
		err = s.journal.wipe()
	}
	s.snapshots.renew() // the last iterators leave the old tables, which then go
	if err != nil {
		return fmt.Errorf("badgerkv: scrub: %w", err)
	}
	return nil
}

// stepPast commits twice and leaves the snapshots behind: the engine drops only
// what is older than a snapshot that has ended. The time is written, too, so
// that the tables still end with the last transaction.
func (s *Store) stepPast() error {
	for range 2 {
		rs := rows.New()
		rs.Put(rows.Row{Key: scrubKey, Value: []byte("done")})
		if err := s.write(rs, s.last); err != nil {
			return err
		}
	}
	return nil
}
