package badgerkv

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// Update implements kv.Store. It runs fn once, in the caller's goroutine; a
// call of Update or Load within it would wait for itself.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	m, err := s.join(ctx, fn)
	if err != nil {
		return 0, err
	}
	if m.first {
		s.finish(m.group)
	}
	<-m.group.done
	if m.group.err != nil {
		return 0, m.group.err
	}
	return m.ts, nil
}

// join runs fn on top of the open group and adds its writes to it.
func (s *Store) join(ctx context.Context, fn func(kv.Txn) error) (member, error) {
	if err := s.room(ctx); err != nil {
		return member{}, err
	}
	defer s.turn.Give()
	if err := s.writable(); err != nil {
		return member{}, err
	}
	t := s.begin(ctx, kv.MaxUpdateTime)
	defer s.release(&t.reader)
	if err := fn(&t); err != nil {
		return member{}, err
	}
	if err := t.call.Check(); err != nil {
		return member{}, err
	}
	s.wrote = t.ts
	s.pace.joined(s.now().Sub(t.call.Began()))
	return s.groups.add(&t), nil
}

// room takes the turn when there is no full group, and commits one that it finds.
func (s *Store) room(ctx context.Context) error {
	for {
		s.queue.Add(1)
		err := s.turn.Take(ctx)
		s.queue.Add(-1)
		if err != nil {
			return err
		}
		full := s.groups.full()
		if full == nil {
			return nil
		}
		s.turn.Give()
		if err := s.commit(ctx, full); err != nil {
			return err
		}
	}
}

// finish commits the group of which the caller is the first. By the time that
// the commit before is done, others have joined it; those whom that commit has
// woken get time to queue.
func (s *Store) finish(g *group) {
	select {
	case s.committing <- struct{}{}:
	case <-g.done: // somebody who is alone now did
		return
	}
	runtime.Gosched()
	if s.pace.worth(s.queue.Load()) {
		s.turn.Lock()
		s.turn.Give()
	}
	s.pass(s.groups.take(g))
}

// commit makes a group durable, unless its first member does.
func (s *Store) commit(ctx context.Context, g *group) error {
	select {
	case s.committing <- struct{}{}:
	case <-g.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	s.pass(s.groups.take(g))
	return nil
}

// alone lets nobody else write or commit, once all updates before are durable.
func (s *Store) alone(ctx context.Context) error {
	if err := s.committing.Take(ctx); err != nil {
		return err
	}
	if err := s.turn.Take(ctx); err != nil {
		s.committing.Give()
		return err
	}
	s.end(s.groups.take(nil))
	s.applying.Lock()
	s.wrote = 0 // who is alone may write as it likes
	return nil
}

// among ends alone.
func (s *Store) among() {
	s.commits = s.snapshots.commit()
	s.applying.Give()
	s.turn.Give()
	s.committing.Give()
}

func (s *Store) writable() error {
	if s.readOnly {
		return kv.ErrReadOnly
	}
	if broken := s.broken.Load(); broken != nil {
		return fmt.Errorf("badgerkv: no writes until the store is opened again, since a commit failed: %w", *broken)
	}
	if err := s.sums.damaged(); err != nil {
		return fmt.Errorf("badgerkv: no writes: %w", err)
	}
	return nil
}

// begin makes the transaction of an update or a load, which reads rows over
// those that are not committed yet, over the latest snapshot.
func (s *Store) begin(ctx context.Context, longest time.Duration) txn {
	s.last = s.last.Next(s.now())
	t := txn{rows: rows.New(), under: s.groups.uncommitted(), ts: s.last, after: s.wrote}
	t.reader = s.reader(ctx, longest) // behind under: the snapshot has what is no longer there
	return t
}
