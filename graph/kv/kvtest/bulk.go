package kvtest

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

var bulkTests = []test{
	{"Chunks", testChunks},
	{"Pending", testPending},
	{"Failure", testBulkFailure},
	{"OwnWrites", testBulkOwnWrites},
	{"FlushWithinScan", testFlushWithinScan},
	{"WritersWait", testWritersWait},
	{"Closed", testBulkClosed},
	{"Limits", testBulkLimits},
	{"NoTimeLimit", testBulkNoTimeLimit},
	{"Cancelled", testBulkCancelled},
	{"Life", testBulkLife},
	{"Panic", testBulkPanic},
	{"Many", testBulkMany},
	{"Persistence", testBulkPersistence},
}

func (e *env) load(fn func(kv.BulkTxn) error) kv.TS {
	e.Helper()
	ts, err := e.bulk().Load(e.ctx, fn)
	e.ok(err)
	return ts
}

func testChunks(e *env) {
	before := e.set("a", "0")
	var inside kv.TS
	ts := e.load(func(b kv.BulkTxn) error {
		inside = b.TS()
		if err := setAll(b, "a", "1", "b", "1"); err != nil {
			return err
		}
		e.has("a", "0")
		if err := b.Flush(); err != nil {
			return err
		}
		e.has("a", "1", "b", "1")
		return errors.Join(setAll(b, "c", "1"), deleteAll(b, "a"))
	})
	e.has("b", "1", "c", "1")
	if ts != inside || ts <= before {
		e.Errorf("load returned %d and gave its function %d after %d", ts, inside, before)
	}
	e.rising(ts, 1)
}

func testPending(e *env) {
	pending := func(b kv.BulkTxn, keys, bytes int) {
		if k, n := b.Pending(); k != keys || n != bytes {
			e.Errorf("pending = %d keys, %d bytes; want %d, %d", k, n, keys, bytes)
		}
	}
	e.load(func(b kv.BulkTxn) error {
		pending(b, 0, 0)
		err := errors.Join(setAll(b, "key", "value"), deleteAll(b, "gone"), b.Set(nil, nil))
		pending(b, 2, len("key"+"value"+"gone"))
		if !errors.Is(err, kv.ErrKey) {
			e.Errorf("set: %v, want kv.ErrKey", err)
		}
		err = b.Flush()
		pending(b, 0, 0)
		return err
	})
}

func testBulkFailure(e *env) {
	e.set("a", "0")
	ts, err := e.bulk().Load(e.ctx, func(b kv.BulkTxn) error {
		if err := errors.Join(setAll(b, "b", "1"), b.Flush(), setAll(b, "c", "1")); err != nil {
			return err
		}
		return errFn
	})
	if !errors.Is(err, errFn) || ts != 0 {
		e.Errorf("load = %d, %v; want 0, %v", ts, err, errFn)
	}
	e.has("a", "0", "b", "1")
	e.set("c", "2")
	e.has("a", "0", "b", "1", "c", "2")
}

func testBulkOwnWrites(e *env) {
	e.set("a", "0", "b", "0")
	e.load(func(b kv.BulkTxn) error {
		if err := errors.Join(setAll(b, "a", "1"), b.Flush(), deleteAll(b, "b"), setAll(b, "c", "1")); err != nil {
			return err
		}
		if v, err := b.Get([]byte("a")); err != nil || string(v) != "1" {
			e.Errorf("get a = %q, %v; want 1", v, err)
		}
		return e.finds(b, kv.Range{}, "a", "1", "c", "1")
	})
	e.has("a", "1", "c", "1")
}

// testFlushWithinScan makes chunks durable under the feet of a scan.
func testFlushWithinScan(e *env) {
	e.set("a", "0", "b", "0", "c", "0")
	e.load(func(b kv.BulkTxn) error {
		seen := ""
		err := b.Scan(kv.Range{}, func(k, _ []byte) error {
			seen += string(k)
			return errors.Join(deleteAll(b, string(k)), setAll(b, string(k)+"x", "1"), b.Flush(), e.finds(b, kv.Range{Limit: 1}, "ax", "1"))
		})
		if seen != "abc" {
			e.Errorf("scan saw %q, want abc", seen)
		}
		return err
	})
	e.has("ax", "1", "bx", "1", "cx", "1")
}

func testWritersWait(e *env) {
	var loading atomic.Bool
	updated := make(chan error)
	var ts kv.TS
	load := e.load(func(b kv.BulkTxn) error {
		loading.Store(true)
		defer loading.Store(false)
		go func() {
			var err error
			ts, err = e.store.Update(e.ctx, func(tx kv.Txn) error {
				if loading.Load() {
					e.Error("an update ran while a load was running")
				}
				return setAll(tx, "a", "2")
			})
			updated <- err
		}()
		for range 10 {
			if err := errors.Join(setAll(b, "a", "1"), b.Flush()); err != nil {
				return err
			}
			runtime.Gosched()
		}
		return nil
	})
	e.ok(<-updated)
	if ts <= load {
		e.Errorf("update has transaction time %d, not above the load's %d", ts, load)
	}
	e.has("a", "2")
}

// testBulkClosed: chunks of a running load can still appear at its time.
func testBulkClosed(e *env) {
	before := e.set("a", "0")
	ts := e.load(func(b kv.BulkTxn) error {
		if err := errors.Join(setAll(b, "a", "1"), b.Flush()); err != nil {
			return err
		}
		if c := e.closed(); c != before {
			e.Errorf("closed while loading: %d, want %d", c, before)
		}
		return nil
	})
	if c := e.closed(); c != ts {
		e.Errorf("closed after loading: %d, want %d", c, ts)
	}
}

func testBulkLimits(e *env) {
	value := make([]byte, kv.MaxValue)
	e.load(func(b kv.BulkTxn) error {
		for i := range 3 * kv.MaxUpdateBytes / kv.MaxValue {
			err := b.Set(number(i), value)
			if errors.Is(err, kv.ErrTooLarge) {
				err = errors.Join(b.Flush(), b.Set(number(i), value))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if n, want := count(e), 3*kv.MaxUpdateBytes/kv.MaxValue; n != want {
		e.Errorf("%d rows, want %d", n, want)
	}
}

func testBulkNoTimeLimit(e *env) {
	e.load(func(b kv.BulkTxn) error {
		e.clock.Advance(2 * kv.MaxViewTime)
		return errors.Join(setAll(b, "a", "1"), b.Flush(), read(b))
	})
	e.has("a", "1")
}

func testBulkCancelled(e *env) {
	ctx, cancel := context.WithCancel(e.ctx)
	_, err := e.bulk().Load(ctx, func(b kv.BulkTxn) error {
		if err := errors.Join(setAll(b, "a", "1"), b.Flush(), setAll(b, "b", "1")); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		e.Errorf("load: %v, want %v", err, context.Canceled)
	}
	e.has("a", "1")
	if _, err := e.bulk().Load(ctx, func(kv.BulkTxn) error { return nil }); !errors.Is(err, context.Canceled) {
		e.Errorf("load: %v, want %v", err, context.Canceled)
	}
}

func testBulkLife(e *env) {
	var kept kv.BulkTxn
	e.load(func(b kv.BulkTxn) error { kept = b; return nil })
	errs := useAll(kept)
	errs["flush"] = kept.Flush()
	e.all(errs, kv.ErrDone)
	e.ok(e.store.Close())
	if _, err := e.bulk().Load(e.ctx, func(kv.BulkTxn) error { return nil }); !errors.Is(err, kv.ErrClosed) {
		e.Errorf("load: %v, want kv.ErrClosed", err)
	}
}

func testBulkPanic(e *env) {
	b := e.bulk()
	p := panics(func() { _, _ = b.Load(e.ctx, func(b kv.BulkTxn) error { return panicking(b) }) })
	if p != errFn {
		e.Errorf("panic of the function arrived as %v", p)
	}
	e.has()
	e.set("a", "1")
}

// testBulkMany loads more rows than any buffer of a store would hold at once.
func testBulkMany(e *env) {
	const rows = 200_000
	value := make([]byte, 100)
	e.load(func(b kv.BulkTxn) error {
		for i := range rows {
			if keys, _ := b.Pending(); keys == kv.MaxUpdateKeys {
				if err := b.Flush(); err != nil {
					return err
				}
			}
			if err := b.Set(number(i*7919%rows), value); err != nil {
				return err
			}
		}
		return nil
	})
	if n := count(e); n != rows {
		e.Errorf("%d rows, want %d", n, rows)
	}
}

func testBulkPersistence(e *env) {
	if !e.harness.Persistent {
		e.Skip("the store forgets")
	}
	var inside kv.TS
	_, err := e.bulk().Load(e.ctx, func(b kv.BulkTxn) error {
		inside = b.TS()
		return errors.Join(setAll(b, "a", "1"), b.Flush(), setAll(b, "b", "1"), errFn)
	})
	if !errors.Is(err, errFn) {
		e.Errorf("load: %v, want %v", err, errFn)
	}
	e.reopen()
	e.has("a", "1")
	e.rising(inside, 1)
}
