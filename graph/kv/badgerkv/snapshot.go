package badgerkv

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// Iterators that were kept for later views go when there are more of them than
// this, or when they have been open for longer: the engine cannot drop tables
// that an iterator still stands on.
const (
	maxIdle      = 16
	maxIterators = 32
	maxAge       = time.Minute
)

// snapshot is an engine transaction that all views of one state share. A
// read-only transaction of the engine may be used by many goroutines, as long
// as each has its own iterators.
type snapshot struct {
	txn   *badger.Txn
	users int      // guarded by snapshots.mu, as is idle
	idle  []*iters // iterators that no view is using
}

// snapshots keeps the latest snapshot, and older ones while they are used.
type snapshots struct {
	db *badger.DB
	mu struct {
		sync.Mutex
		latest  *snapshot
		old     *rows.Tree    // what views read where there is no latest
		older   int           // snapshots that are still used
		drained chan struct{} // closed when there is none; nil: nobody waits
	}
}

// take gives a view the latest snapshot, with iterators of its own, or, while
// there is none, the rows that it reads instead.
func (s *snapshots) take(now time.Time) (*iters, *rows.Tree) {
	i, old := s.pick()
	if i != nil && now.Sub(i.opened) > maxAge {
		i.close()
		i.opened = now
	}
	return i, old
}

func (s *snapshots) pick() (*iters, *rows.Tree) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.mu.latest
	if snap == nil {
		return nil, s.mu.old
	}
	snap.users++
	last := len(snap.idle) - 1
	if last < 0 {
		return &iters{of: snap}, nil
	}
	i := snap.idle[last]
	snap.idle = snap.idle[:last]
	return i, nil
}

// away leaves the engine to itself: views that begin from now on read old, until
// renew.
func (s *snapshots) away(old *rows.Tree) {
	s.mu.Lock()
	s.mu.old = old
	s.mu.Unlock()
	s.replace(nil)
}

// give takes back what take gave.
func (s *snapshots) give(i *iters) {
	if !s.keep(i) {
		i.close()
		s.leave(i.of)
	}
}

// keep holds the iterators ready for the next view, if there can be one.
func (s *snapshots) keep(i *iters) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.of != s.mu.latest || len(i.of.idle) == maxIdle {
		return false
	}
	i.of.idle = append(i.of.idle, i)
	i.of.users--
	return true
}

// leave ends one use of a snapshot, and the snapshot with its last use.
func (s *snapshots) leave(snap *snapshot) {
	s.mu.Lock()
	snap.users--
	over := snap.users == 0 && snap != s.mu.latest
	s.mu.Unlock()
	if !over {
		return
	}
	tolerate(snap.txn.Discard)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.older--; s.mu.older == 0 && s.mu.drained != nil {
		close(s.mu.drained)
		s.mu.drained = nil
	}
}

// renew makes a snapshot of the engine's present state the latest. No commit
// may be under way, for which the engine would wait.
func (s *snapshots) renew() { s.replace(&snapshot{txn: s.db.NewTransaction(false)}) }

// commit is the last transaction of the engine that the latest snapshot shows; 0
// without one.
func (s *snapshots) commit() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.latest == nil {
		return 0
	}
	return s.mu.latest.txn.ReadTs()
}

// close ends the latest snapshot; nobody may be using it.
func (s *snapshots) close() { s.replace(nil) }

func (s *snapshots) replace(next *snapshot) {
	s.mu.Lock()
	old := s.mu.latest
	s.mu.latest = next
	if old == nil {
		s.mu.Unlock()
		return
	}
	s.mu.older++
	idle := old.idle
	old.idle = nil
	old.users++ // until its iterators are closed
	s.mu.Unlock()
	for _, i := range idle {
		i.close()
	}
	s.leave(old)
}

// drained waits until nobody uses an older snapshot than the latest.
func (s *snapshots) drained(ctx context.Context) error {
	s.mu.Lock()
	if s.mu.older == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.mu.drained == nil {
		s.mu.drained = make(chan struct{})
	}
	wait := s.mu.drained
	s.mu.Unlock()
	select {
	case <-wait:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// iters are the iterators on a snapshot that one view uses at a time.
type iters struct {
	of     *snapshot
	opened time.Time
	open   []*iter
}

// iter is an engine iterator over the keys of one first byte, or over all.
type iter struct {
	*badger.Iterator
	prefix  prefix
	reverse bool
	busy    bool // a scan is using it; a scan within needs another one
}

// take finds or opens an iterator that no scan is using.
func (i *iters) take(p prefix, reverse bool) *iter {
	for _, it := range i.open {
		if it.prefix == p && it.reverse == reverse && !it.busy {
			it.busy = true
			return it
		}
	}
	it := &iter{prefix: p, reverse: reverse, busy: true}
	it.Iterator = i.of.txn.NewIterator(badger.IteratorOptions{Prefix: p.bytes(), Reverse: reverse})
	i.open = append(i.open, it)
	return it
}

// give takes back what take gave.
func (i *iters) give(it *iter) {
	it.busy = false
	if len(i.open) <= maxIterators {
		return
	}
	tolerate(it.Close)
	i.open = slices.DeleteFunc(i.open, func(o *iter) bool { return o == it })
}

func (i *iters) close() {
	for _, it := range i.open {
		tolerate(it.Close)
	}
	i.open = nil
}

// busy reports whether a scan is under way.
func (i *iters) busy() bool {
	for _, it := range i.open {
		if it.busy {
			return true
		}
	}
	return false
}
