package kvtest

import (
	"context"
	"errors"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

var fillTests = []test{
	{"AllAtOnce", testFillAllAtOnce},
	{"OwnWrites", testFillOwnWrites},
	{"Failure", testFillFailure},
	{"Cancelled", testFillCancelled},
	{"Filled", testFilled},
	{"WritersWait", testFillWritersWait},
	{"LikeLoad", testFillLikeLoad},
	{"GoesOn", testFillGoesOn},
	{"Life", testFillLife},
	{"Panic", testFillPanic},
	{"Persistence", testFillPersistence},
}

func (e *env) filler() kv.Filler {
	e.Helper()
	f, ok := e.store.(kv.Filler)
	if !ok {
		e.Skip("the store does not implement kv.Filler")
	}
	return f
}

// small makes a store keep rows in temporary files, if it has any.
var small = &kv.FillOptions{Memory: 16 << 10}

func (e *env) fill(fn func(kv.BulkTxn) error) kv.TS {
	e.Helper()
	ts, err := e.filler().Fill(e.ctx, small, fn)
	e.ok(err)
	return ts
}

// testFillAllAtOnce: views see the store as it was until the end, also those
// that begin within the function.
func testFillAllAtOnce(e *env) {
	before := e.set("a", "0", "b", "0")
	var inside kv.TS
	ts := e.fill(func(b kv.BulkTxn) error {
		inside = b.TS()
		err := errors.Join(setAll(b, "a", "1", "c", "1"), b.Flush(), deleteAll(b, "b"), setAll(b, "d", "1"), b.Flush())
		e.has("a", "0", "b", "0")
		if c := e.closed(); c != before {
			e.Errorf("closed while filling: %d, want %d", c, before)
		}
		return err
	})
	e.has("a", "1", "c", "1", "d", "1")
	if ts != inside || ts <= before || e.closed() != ts {
		e.Errorf("fill returned %d and gave its function %d after %d; closed is %d", ts, inside, before, e.closed())
	}
	e.rising(ts, 1)
}

func testFillOwnWrites(e *env) {
	e.set("a", "0", "b", "0")
	e.fill(func(b kv.BulkTxn) error {
		if err := errors.Join(setAll(b, "a", "1"), b.Flush(), deleteAll(b, "b"), setAll(b, "c", "1")); err != nil {
			return err
		}
		if v, err := b.Get([]byte("a")); err != nil || string(v) != "1" {
			e.Errorf("get a = %q, %v; want 1", v, err)
		}
		if _, err := b.Get([]byte("b")); !errors.Is(err, kv.ErrNotFound) {
			e.Errorf("get b: %v, want kv.ErrNotFound", err)
		}
		if k, n := b.Pending(); k != 2 || n != len("b"+"c1") {
			e.Errorf("pending = %d, %d; want 2, 3", k, n)
		}
		seen := ""
		err := b.GetMany([][]byte{[]byte("c"), []byte("b"), []byte("a")}, func(i int, v []byte) error {
			seen += string(v) + string(rune('0'+i))
			return nil
		})
		if seen != "1012" {
			e.Errorf("get many gave %q, want 1012", seen)
		}
		return errors.Join(err, e.finds(b, kv.Range{}, "a", "1", "c", "1"), e.finds(b, kv.Range{Reverse: true, Limit: 1}, "c", "1"))
	})
}

func testFillFailure(e *env) {
	e.set("a", "0")
	ts, err := e.filler().Fill(e.ctx, small, func(b kv.BulkTxn) error {
		return errors.Join(setAll(b, "a", "1", "b", "1"), b.Flush(), errFn)
	})
	if !errors.Is(err, errFn) || ts != 0 {
		e.Errorf("fill = %d, %v; want 0, %v", ts, err, errFn)
	}
	e.has("a", "0")
	e.set("c", "2")
	e.has("a", "0", "c", "2")
}

func testFillCancelled(e *env) {
	f := e.filler()
	ctx, cancel := context.WithCancel(e.ctx)
	_, err := f.Fill(ctx, nil, func(b kv.BulkTxn) error {
		cancel()
		return setAll(b, "a", "1")
	})
	if !errors.Is(err, context.Canceled) {
		e.Errorf("fill: %v, want %v", err, context.Canceled)
	}
	e.has()
}

func testFilled(e *env) {
	f := e.filler()
	e.update(func(tx kv.Txn) error {
		for i := range kv.MaxFillKeys + 1 {
			if err := tx.Set(number(i), nil); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := f.Fill(e.ctx, nil, func(kv.BulkTxn) error { return errors.New("kvtest: it ran") })
	if !errors.Is(err, kv.ErrFilled) {
		e.Errorf("fill: %v, want kv.ErrFilled", err)
	}
	e.update(func(tx kv.Txn) error { return tx.Delete(number(0)) })
	e.fill(func(b kv.BulkTxn) error { return b.Delete(number(1)) })
	if n := count(e); n != kv.MaxFillKeys-1 {
		e.Errorf("%d rows, want %d", n, kv.MaxFillKeys-1)
	}
}

func testFillWritersWait(e *env) {
	updated := make(chan error)
	e.fill(func(b kv.BulkTxn) error {
		go func() {
			_, err := e.store.Update(e.ctx, func(tx kv.Txn) error { return setAll(tx, "a", "2") })
			updated <- err
		}()
		return setAll(b, "a", "1", "b", "1")
	})
	e.ok(<-updated)
	e.has("a", "2", "b", "1")
}

// testFillLikeLoad writes the same rows in no order, each of them several
// times, by Fill and by Load.
func testFillLikeLoad(e *env) {
	e.filler()
	many := func(b kv.BulkTxn) error {
		for i := range 50_000 {
			key := number(i * 7919 % 20_000)
			err := b.Set(key, number(i))
			if i%11 == 0 {
				err = b.Delete(key)
			}
			if keys, _ := b.Pending(); keys == 10_000 {
				err = errors.Join(err, b.Flush())
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	e.fill(many)
	var filled, loaded []string
	all := func(to *[]string) func(kv.Reader) error {
		return func(r kv.Reader) (err error) { *to, err = scan(r, kv.Range{}); return err }
	}
	e.view(all(&filled))
	e.load(many)
	e.view(all(&loaded))
	if len(filled) == 0 || !slices.Equal(filled, loaded) {
		e.Errorf("%d rows after a fill, %d after a load, or others", len(filled)/2, len(loaded)/2)
	}
}

// testFillGoesOn updates, loads and fills what was filled.
func testFillGoesOn(e *env) {
	e.fill(func(b kv.BulkTxn) error { return setAll(b, "a", "1", "b", "1") })
	e.set("b", "2", "c", "2")
	e.load(func(b kv.BulkTxn) error { return setAll(b, "d", "3") })
	e.update(func(tx kv.Txn) error { return deleteAll(tx, "a") })
	e.fill(func(b kv.BulkTxn) error { return setAll(b, "e", "4") })
	e.has("b", "2", "c", "2", "d", "3", "e", "4")
}

func testFillLife(e *env) {
	f := e.filler()
	var kept kv.BulkTxn
	e.fill(func(b kv.BulkTxn) error { kept = b; return nil })
	errs := useAll(kept)
	errs["flush"] = kept.Flush()
	e.all(errs, kv.ErrDone)
	e.ok(e.store.Close())
	if _, err := f.Fill(e.ctx, nil, func(kv.BulkTxn) error { return nil }); !errors.Is(err, kv.ErrClosed) {
		e.Errorf("fill: %v, want kv.ErrClosed", err)
	}
}

func testFillPanic(e *env) {
	f := e.filler()
	p := panics(func() { _, _ = f.Fill(e.ctx, nil, func(b kv.BulkTxn) error { return panicking(b) }) })
	if p != errFn {
		e.Errorf("panic of the function arrived as %v", p)
	}
	e.has()
	e.set("a", "1")
}

func testFillPersistence(e *env) {
	if !e.harness.Persistent {
		e.Skip("the store forgets")
	}
	ts := e.fill(func(b kv.BulkTxn) error { return setAll(b, "a", "1", "b", "1") })
	e.reopen()
	e.has("a", "1", "b", "1")
	e.rising(ts, 1)
	_, err := e.filler().Fill(e.ctx, nil, func(b kv.BulkTxn) error { return errors.Join(setAll(b, "c", "1"), errFn) })
	if !errors.Is(err, errFn) {
		e.Errorf("fill: %v, want %v", err, errFn)
	}
	e.reopen()
	e.has("a", "1", "b", "1")
}
