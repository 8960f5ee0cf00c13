package kvtest

import (
	"errors"
	"time"

	"github.com/parleydb/parley/graph/kv"
)

var timeTests = []test{
	{"Clock", testClock},
	{"Increasing", testIncreasing},
	{"SetBack", testSetBack},
	{"Reopen", testTimeReopen},
	{"Raise", testRaise},
	{"Closed", testClosed},
	{"After", testAfter},
	{"UpdateTooLong", testUpdateTooLong},
	{"ViewTooLong", testViewTooLong},
}

func testClock(e *env) {
	if ts, want := e.set("a", "1"), kv.At(e.clock.Now()); ts != want {
		e.Errorf("first transaction time %d, want that of the clock, %d", ts, want)
	}
	e.clock.Advance(time.Minute)
	if ts, want := e.set("a", "1"), kv.At(e.clock.Now()); ts != want {
		e.Errorf("transaction time %d, want that of the clock, %d", ts, want)
	}
}

// rising fails the test unless each update's time, handed to its function and
// returned, is above the one before.
func (e *env) rising(last kv.TS, n int) kv.TS {
	e.Helper()
	for range n {
		var inside kv.TS
		ts := e.update(func(tx kv.Txn) error { inside = tx.TS(); return setAll(tx, "a", "1") })
		if ts != inside || ts <= last {
			e.Fatalf("update returned %d and gave its function %d after %d", ts, inside, last)
		}
		last = ts
	}
	return last
}

func testIncreasing(e *env) {
	last := e.rising(0, 3)
	_, err := e.store.Update(e.ctx, func(tx kv.Txn) error { last = tx.TS(); return errFn })
	if !errors.Is(err, errFn) {
		e.Errorf("update: %v, want %v", err, errFn)
	}
	last = e.rising(last, 3)
	if ts := e.update(func(kv.Txn) error { return nil }); ts <= last {
		e.Errorf("update without writes returned %d after %d", ts, last)
	}
}

func testRaise(e *env) {
	r, ok := e.store.(kv.Restorable)
	if !ok {
		e.Skip("the store does not implement kv.Restorable")
	}
	high := kv.At(e.clock.Now().Add(time.Hour)) + 5
	e.ok(r.Raise(e.ctx, high))
	last := e.rising(high, 2)
	e.ok(r.Raise(e.ctx, high)) // what it is above already changes nothing
	last = e.rising(last, 1)
	if !e.harness.Persistent {
		return
	}
	e.reopen()
	e.rising(last, 1)
}

func testSetBack(e *env) {
	last := e.rising(0, 2)
	e.clock.Advance(-time.Hour)
	last = e.rising(last, 2)
	e.clock.Advance(2 * time.Hour)
	e.rising(last, 2)
}

func testTimeReopen(e *env) {
	if !e.harness.Persistent {
		e.Skip("the store forgets")
	}
	last := e.rising(0, 3)
	for range 3 {
		e.clock.Advance(-time.Hour)
		e.reopen()
		if got := e.closed(); got != last {
			e.Errorf("closed after reopening: %d, want %d", got, last)
		}
		last = e.rising(last, 2)
	}
}

func (e *env) closed() kv.TS {
	e.Helper()
	ts, err := e.store.Closed(e.ctx)
	e.ok(err)
	return ts
}

func testClosed(e *env) {
	if ts := e.closed(); ts != 0 {
		e.Errorf("closed of an empty store: %d, want 0", ts)
	}
	for range 3 {
		ts := e.update(func(tx kv.Txn) error {
			if c := e.closed(); c >= tx.TS() {
				e.Errorf("closed is %d while the update of %d runs", c, tx.TS())
			}
			return nil
		})
		if c := e.closed(); c != ts {
			e.Errorf("closed = %d, want %d", c, ts)
		}
	}
}

// after is what an update is told that it follows, and its own time.
func (e *env) after() (follows, ts kv.TS) {
	e.Helper()
	ts = e.update(func(tx kv.Txn) error {
		follows = after(tx)
		return tx.Set([]byte("after"), nil)
	})
	return follows, ts
}

// testAfter: an update may rely on it that nothing was written since the one
// that it follows, if it is told of one.
func testAfter(e *env) {
	if first, _ := e.after(); first != 0 {
		e.Errorf("the first update follows %d", first)
	}
	_, last := e.after()
	follows, last2 := e.after()
	if follows == 0 {
		e.Skip("the store does not implement kv.Following")
	}
	if follows != last {
		e.Errorf("follows %d, want %d", follows, last)
	}
	late := func(tx kv.Txn) error { e.clock.Advance(kv.MaxUpdateTime); return nil }
	for _, fails := range []func(kv.Txn) error{func(kv.Txn) error { return errFn }, late} {
		if _, err := e.store.Update(e.ctx, fails); err == nil {
			e.Error("an update that fails does not")
		}
	}
	if follows, last = e.after(); follows != last2 {
		e.Errorf("behind updates that failed: follows %d, want %d", follows, last2)
	}
	e.testAfterLoad(last)
}

func (e *env) testAfterLoad(last kv.TS) {
	bulk, ok := e.store.(kv.Bulk)
	if !ok {
		return
	}
	for _, end := range []error{errFn, nil} {
		ts, err := bulk.Load(e.ctx, func(tx kv.BulkTxn) error { return errors.Join(tx.Set([]byte("a"), nil), tx.Flush(), end) })
		if !errors.Is(err, end) {
			e.Fatal(err)
		}
		if follows, _ := e.after(); follows == last || (follows != 0 && follows != ts) {
			e.Errorf("behind a load of %d that ended with %v: follows %d", ts, err, follows)
		}
		_, last = e.after()
	}
}

func testUpdateTooLong(e *env) {
	late := func(tx kv.Txn) error {
		if err := setAll(tx, "a", "1"); err != nil {
			return err
		}
		e.clock.Advance(kv.MaxUpdateTime)
		return nil
	}
	if _, err := e.store.Update(e.ctx, late); !errors.Is(err, kv.ErrTooLong) {
		e.Errorf("update: %v, want kv.ErrTooLong", err)
	}
	_, err := e.store.Update(e.ctx, func(tx kv.Txn) error { return errors.Join(late(tx), read(tx)) })
	if !errors.Is(err, kv.ErrTooLong) {
		e.Errorf("read after the time: %v, want kv.ErrTooLong", err)
	}
	e.has()
	e.set("b", "1")
}

func read(r kv.Reader) error {
	_, err := scan(r, kv.Range{})
	return err
}

func testViewTooLong(e *env) {
	e.set("a", "1")
	err := e.store.View(e.ctx, func(r kv.Reader) error {
		e.clock.Advance(kv.MaxViewTime - 1)
		if err := read(r); err != nil {
			e.Errorf("read just in time: %v", err)
		}
		e.clock.Advance(1)
		for name, err := range readAll(r) {
			if !errors.Is(err, kv.ErrTooLong) {
				e.Errorf("%s after the time: %v, want kv.ErrTooLong", name, err)
			}
		}
		return read(r)
	})
	if !errors.Is(err, kv.ErrTooLong) {
		e.Errorf("view: %v, want kv.ErrTooLong", err)
	}
	e.has("a", "1")
}
