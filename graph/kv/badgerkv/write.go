package badgerkv

import (
	"context"
	"encoding/binary"
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
// guarded by the store's turn; err may be read once done is closed.
type group struct {
	rows *rows.Tree // what they wrote
	size guard.Chunk
	ts   kv.TS // of the last of them; 0 while there is none
	done chan struct{}
	err  error
}

func (g *group) empty() bool { return g.ts == 0 }

func (g *group) full() bool { return g.size.Keys >= maxGroup.Keys || g.size.Bytes >= maxGroup.Bytes }

// member is an update that has become part of a group.
type member struct {
	group *group
	ts    kv.TS
	first bool // and so has to finish the group
}

// add takes over what an update wrote.
func (g *group) add(t *txn) member {
	m := member{group: g, ts: t.ts, first: g.empty()}
	g.rows, g.ts = t.rows, t.ts
	g.size.Keys += t.chunk.Keys
	g.size.Bytes += t.chunk.Bytes
	return m
}

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
	if err := s.turn.Take(ctx); err != nil {
		return member{}, err
	}
	defer s.turn.Give()
	if err := s.writable(); err != nil {
		return member{}, err
	}
	g := s.room()
	t := s.begin(ctx, kv.MaxUpdateTime, g.rows.Copy())
	defer s.release(&t.reader)
	if err := fn(&t); err != nil {
		return member{}, err
	}
	if err := t.call.Check(); err != nil {
		return member{}, err
	}
	return g.add(&t), nil
}

// finish commits the group. It queues twice before: behind those who waited
// when the group began, and behind those whom the commit before has woken, who
// have had no time to queue yet. Who finds the group full on the way commits it
// already.
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
	if err := s.sums.damaged(); err != nil {
		return fmt.Errorf("badgerkv: no writes: %w", err)
	}
	return nil
}

// room gives a group that another update fits into.
func (s *Store) room() *group {
	if s.open != nil && s.open.full() {
		s.commit()
	}
	if s.open == nil {
		s.open = &group{rows: rows.New(), done: make(chan struct{})}
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
	if err := s.writable(); err != nil {
		return err
	}
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
	if !s.noSync {
		s.broken = s.mark.reached(s.snapshots.commit())
	}
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

// begin makes the transaction of an update or a load, which reads rows over the
// latest snapshot.
func (s *Store) begin(ctx context.Context, longest time.Duration, rs *rows.Tree) txn {
	s.last = s.last.Next(s.now())
	return txn{reader: s.reader(ctx, longest), rows: rs, ts: s.last}
}
