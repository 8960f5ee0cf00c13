package badgerkv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
)

func mustOpen(t testing.TB, dir string, opts *Options) *Store {
	t.Helper()
	s, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func update(t testing.TB, s *Store, key string) {
	t.Helper()
	if _, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte(key), nil) }); err != nil {
		t.Error(err)
	}
}

// commits counts the engine's transactions, each of which waits for the disk
// once.
func commits(s *Store) uint64 { return s.db.MaxVersion() }

func TestWritersMakeGroups(t *testing.T) {
	const writers, rounds = 16, 20
	s := mustOpen(t, t.TempDir(), nil)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range rounds {
				update(t, s, fmt.Sprint("key ", w, n))
			}
		})
	}
	all.Wait()
	if n := commits(s); n > writers*rounds/3 {
		t.Errorf("%d updates of %d writers took %d commits", writers*rounds, writers, n)
	}
}

// join adds an update to the open group.
func join(t *testing.T, s *Store, fn func(kv.Txn) error) member {
	t.Helper()
	m, err := s.join(t.Context(), fn)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGroupIsOneCommit(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	set := func(key string) func(kv.Txn) error {
		return func(tx kv.Txn) error { return tx.Set([]byte(key), nil) }
	}
	a, b := join(t, s, set("a")), join(t, s, set("b"))
	if !a.first || b.first || a.group != b.group || a.ts >= b.ts {
		t.Errorf("two updates joined as %+v and %+v", a, b)
	}
	s.finish(a.group)
	<-b.group.done
	if n := commits(s); n != 1 || b.group.err != nil {
		t.Errorf("%d commits, %v; want 1", n, b.group.err)
	}
}

// TestLargestGroup adds the largest update to a group that is nearly full, and
// another one to a group that is full.
func TestLargestGroup(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	a := join(t, s, func(tx kv.Txn) error {
		for n := range maxGroup.Keys - 1 {
			if err := tx.Set(fmt.Appendf(nil, "a%05d", n), make([]byte, maxGroup.Bytes/maxGroup.Keys-6)); err != nil {
				return err
			}
		}
		return nil
	})
	b := join(t, s, func(tx kv.Txn) error { return fillUpdate(tx, 'b') })
	c := join(t, s, func(tx kv.Txn) error { return fillUpdate(tx, 'c') })
	if a.group != b.group || b.group == c.group || !c.first {
		t.Error("updates joined other groups than they should")
	}
	s.finish(a.group)
	s.finish(c.group)
	for _, m := range []member{a, c} {
		<-m.group.done
		if m.group.err != nil {
			t.Error(m.group.err)
		}
	}
}

// TestOnTopOfCommit: while a group is being committed, updates read what it
// wrote, and what others wrote on top of it.
func TestOnTopOfCommit(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	update(t, s, "a0")
	update(t, s, "a1")
	below := join(t, s, func(tx kv.Txn) error {
		return errors.Join(tx.Delete([]byte("a0")), tx.Set([]byte("a2"), []byte("below")), tx.Set([]byte("a3"), nil))
	})
	if s.groups.take(below.group) != below.group {
		t.Fatal("the group is not open")
	}
	above := join(t, s, func(tx kv.Txn) error {
		return errors.Join(tx.Delete([]byte("a3")), tx.Set([]byte("a4"), nil))
	})
	top := join(t, s, func(tx kv.Txn) error {
		if got := seen(tx); got != "a1 a2 a4 | a4 a2 a1 | a1" {
			t.Errorf("saw %s", got)
		}
		if _, err := tx.Get([]byte("a0")); !errors.Is(err, kv.ErrNotFound) {
			t.Errorf("a deleted row: %v", err)
		}
		if v, err := tx.Get([]byte("a2")); string(v) != "below" {
			t.Errorf("a row of the group that is being committed: %q, %v", v, err)
		}
		return tx.Set([]byte("a0"), nil)
	})
	if !above.first || above.group == below.group || top.group != above.group {
		t.Error("updates joined other groups than they should")
	}
	s.end(below.group)
	s.finish(above.group)
	var got string
	err := s.View(t.Context(), func(r kv.Reader) error { got = seen(r); return nil })
	if err != nil || got != "a0 a1 a2 a4 | a4 a2 a1 a0 | a0" {
		t.Errorf("afterwards: %s, %v", got, err)
	}
}

// seen lists the keys that begin with a, forwards, backwards, and the first.
func seen(r kv.Reader) string {
	var list []string
	add := func(k, _ []byte) error { list = append(list, string(k)); return nil }
	rg := kv.Range{Start: []byte("a"), End: []byte("b")}
	err := r.Scan(rg, add)
	list = append(list, "|")
	rg.Reverse = true
	err = errors.Join(err, r.Scan(rg, add))
	list = append(list, "|")
	err = errors.Join(err, r.Scan(kv.Range{Start: []byte("a"), Limit: 1}, add))
	if err != nil {
		return err.Error()
	}
	return strings.Join(list, " ")
}

// TestOnTopOfFailure: what was written on top of a group that cannot be
// committed fails with it.
func TestOnTopOfFailure(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	set := func(tx kv.Txn) error { return tx.Set([]byte("a"), nil) }
	below := join(t, s, set)
	s.groups.take(below.group)
	above := join(t, s, set)
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.end(below.group)
	s.finish(above.group)
	if below.group.err == nil || !errors.Is(above.group.err, *s.broken.Load()) {
		t.Errorf("%v, and on top of it %v", below.group.err, above.group.err)
	}
}

// TestWritersGoOn: nobody waits for a commit in order to write on top of it.
func TestWritersGoOn(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	s.committing.Lock() // as a commit does while it waits for the disk
	set := func(tx kv.Txn) error { return tx.Set([]byte("a"), nil) }
	if a, b := join(t, s, set), join(t, s, set); a.group != b.group {
		t.Error("updates that waited for one commit are in two groups")
	}
	s.committing.Give()
}

// TestPace: a group waits for the queue where the disk takes longer than what it
// waits for.
func TestPace(t *testing.T) {
	var p pace
	if !p.worth(16) {
		t.Error("a store that has not measured anything waits for nobody")
	}
	for range 100 {
		p.joined(50 * time.Microsecond)
		p.committed(400 * time.Microsecond)
	}
	if !p.worth(3) || p.worth(5) {
		t.Errorf("400 us are worth waiting for 3 of 50 us: %v, for 5: %v", p.worth(3), p.worth(5))
	}
	for range 100 {
		p.committed(4 * time.Millisecond)
	}
	if !p.worth(16) {
		t.Error("a slow disk waits for nobody")
	}
}

// fillUpdate writes as much as one update may hold.
func fillUpdate(tx kv.Txn, lead byte) error {
	value := make([]byte, kv.MaxUpdateBytes/kv.MaxUpdateKeys-6)
	for n := range kv.MaxUpdateKeys {
		if err := tx.Set(fmt.Appendf([]byte{lead}, "%05d", n), value); err != nil {
			return err
		}
	}
	return nil
}

func scanAll(r kv.Reader) error {
	return r.Scan(kv.Range{Start: []byte("a"), End: []byte("b")}, func(_, _ []byte) error { return nil })
}

// TestSnapshotsShared: views reuse iterators until there is a commit, which
// closes them.
func TestSnapshotsShared(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	update(t, s, "a")
	first := s.snapshots.mu.latest
	for range 10 {
		if err := s.View(t.Context(), scanAll); err != nil {
			t.Fatal(err)
		}
	}
	if s.snapshots.mu.latest != first || len(first.idle) != 1 || len(first.idle[0].open) != 1 || first.users != 0 {
		t.Errorf("after ten views: %d idle, %d users", len(first.idle), first.users)
	}
	update(t, s, "a")
	if s.snapshots.mu.latest == first || len(first.idle) != 0 {
		t.Error("a commit left the old snapshot open")
	}
}

// TestSnapshotOutlivesCommit: a view keeps its snapshot, which ends with it.
func TestSnapshotOutlivesCommit(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	old := s.snapshots.mu.latest
	err := s.View(t.Context(), func(r kv.Reader) error {
		update(t, s, "a")
		if old.users != 1 {
			t.Errorf("old snapshot has %d users, want 1", old.users)
		}
		return errors.Join(scanAll(r), s.View(t.Context(), scanAll))
	})
	if err != nil || old.users != 0 || len(old.idle) != 0 {
		t.Errorf("after the view: %v, %d users, %d idle", err, old.users, len(old.idle))
	}
	if _, err := old.txn.Get([]byte("a")); err == nil || errors.Is(err, kv.ErrNotFound) {
		t.Errorf("the old snapshot is still open: %v", err)
	}
}

// TestFlushKeepsScan: a scan that is under way when a load flushes stays on the
// snapshot that it began with, which ends when there is no such scan any more.
func TestFlushKeepsScan(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	update(t, s, "a")
	old := s.snapshots.mu.latest
	_, err := s.Load(t.Context(), func(b kv.BulkTxn) error {
		err := b.Scan(kv.Range{}, func(_, _ []byte) error {
			err := errors.Join(b.Flush(), b.Flush())
			if old.users != 1 {
				t.Errorf("the scan's snapshot has %d users, want 1", old.users)
			}
			return err
		})
		err = errors.Join(err, b.Flush())
		if old.users != 0 {
			t.Errorf("behind the scan its snapshot has %d users, want 0", old.users)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestIteratorsAge: iterators that have been open for long are closed before
// they are used again.
func TestIteratorsAge(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true, Now: func() time.Time { return now }})
	if err := s.View(t.Context(), scanAll); err != nil {
		t.Fatal(err)
	}
	i := s.snapshots.mu.latest.idle[0]
	it := i.open[0]
	now = now.Add(maxAge + 1)
	if err := s.View(t.Context(), scanAll); err != nil {
		t.Fatal(err)
	}
	if len(i.open) != 1 || i.open[0] == it {
		t.Error("an old iterator was used again")
	}
}

// TestDeepNesting opens more iterators than a view keeps.
func TestDeepNesting(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	update(t, s, "a")
	depth := 0
	var nest func(r kv.Reader) error
	nest = func(r kv.Reader) error {
		return r.Scan(kv.Range{Start: []byte("a"), End: []byte("b")}, func(k, _ []byte) error {
			if depth++; depth == 2*maxIterators {
				return nil
			}
			return nest(r)
		})
	}
	if err := s.View(t.Context(), nest); err != nil || depth != 2*maxIterators {
		t.Errorf("nested %d scans: %v", depth, err)
	}
	if n := len(s.snapshots.mu.latest.idle[0].open); n > maxIterators {
		t.Errorf("%d iterators kept, limit %d", n, maxIterators)
	}
}

// TestBroken: behind a commit that failed, the store reads and does not write.
func TestBroken(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	update(t, s, "a")
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(tx kv.Txn) error { return tx.Set([]byte("b"), nil) }
	closed, _ := s.Closed(t.Context())
	_, first := s.Update(t.Context(), write)
	_, second := s.Update(t.Context(), write)
	_, load := s.Load(t.Context(), func(b kv.BulkTxn) error { return write(b) })
	for _, err := range []error{second, load} {
		if first == nil || err == nil || !errors.Is(err, *s.broken.Load()) {
			t.Errorf("%v after %v", err, first)
		}
	}
	if now, _ := s.Closed(t.Context()); now != closed {
		t.Errorf("closed moved from %d to %d", closed, now)
	}
}

// TestNotBehindLoad: an update that was made durable by somebody who is then
// alone for long, as a load is, returns; and one that waits for a full group
// waits no longer than its context says.
func TestNotBehindLoad(t *testing.T) {
	s := mustOpen(t, t.TempDir(), &Options{NoSync: true})
	s.committing.Lock()
	defer s.committing.Give()
	updated := make(chan error, 1)
	go func() {
		_, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("row"), nil) })
		updated <- err
	}()
	open := func() *group {
		s.groups.mu.Lock()
		defer s.groups.mu.Unlock()
		return s.groups.mu.open
	}
	for open() == nil {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.commit(ctx, open()); !errors.Is(err, context.Canceled) {
		t.Errorf("waited for a group: %v", err)
	}
	s.turn.Lock()
	s.end(s.groups.take(nil))
	s.turn.Give()
	select {
	case err := <-updated:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the update waits")
	}
}
