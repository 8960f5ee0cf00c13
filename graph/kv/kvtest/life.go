package kvtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/parleydb/parley/graph/kv"
)

var lifeTests = []test{
	{"Done", testDone},
	{"UseAfterClose", testUseAfterClose},
	{"CloseWaits", testCloseWaits},
	{"Cancelled", testCancelled},
	{"CancelledWhileScanning", testCancelledWhileScanning},
	{"CancelledByFunction", testCancelledByFunction},
	{"CancelledWhileWaiting", testCancelledWhileWaiting},
	{"Panic", testPanic},
	{"Goexit", testGoexit},
	{"ViewWithinUpdate", testViewWithinUpdate},
}

// readAll tries every way of reading and returns their errors by name.
func readAll(r kv.Reader) map[string]error {
	_, get := r.Get([]byte("a"))
	return map[string]error{
		"get":      get,
		"get many": r.GetMany([][]byte{[]byte("a")}, func(int, []byte) error { return nil }),
		"scan":     read(r),
	}
}

// useAll tries every method of a transaction and returns their errors by name.
func useAll(tx kv.Txn) map[string]error {
	errs := readAll(tx)
	errs["set"] = tx.Set([]byte("a"), nil)
	errs["delete"] = tx.Delete([]byte("a"))
	return errs
}

func (e *env) all(errs map[string]error, want error) {
	e.Helper()
	for name, err := range errs {
		if !errors.Is(err, want) {
			e.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

func testDone(e *env) {
	var r kv.Reader
	var ok, failed kv.Txn
	e.view(func(reader kv.Reader) error { r = reader; return nil })
	e.update(func(tx kv.Txn) error { ok = tx; return nil })
	_, _ = e.store.Update(e.ctx, func(tx kv.Txn) error { failed = tx; return errFn })
	e.all(readAll(r), kv.ErrDone)
	e.all(useAll(ok), kv.ErrDone)
	e.all(useAll(failed), kv.ErrDone)
	e.has()
}

func testUseAfterClose(e *env) {
	e.set("a", "1")
	e.ok(e.store.Close())
	e.ok(e.store.Close())
	_, update := e.store.Update(e.ctx, func(kv.Txn) error { return nil })
	_, closed := e.store.Closed(e.ctx)
	e.all(map[string]error{
		"view":   e.store.View(e.ctx, func(kv.Reader) error { return nil }),
		"update": update,
		"closed": closed,
	}, kv.ErrClosed)
}

// testCloseWaits closes the store under a view, which must go on reading.
func testCloseWaits(e *env) {
	e.set("a", "1")
	began, closing, closed := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		<-began
		go func() { closed <- e.store.Close() }()
		for e.store.View(e.ctx, func(kv.Reader) error { return nil }) == nil {
			runtime.Gosched()
		}
		close(closing)
	}()
	err := e.store.View(e.ctx, func(r kv.Reader) error {
		close(began)
		<-closing
		return e.finds(r, kv.Range{}, "a", "1")
	})
	e.ok(err)
	e.ok(<-closed)
}

func testCancelled(e *env) {
	e.set("a", "1")
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	_, update := e.store.Update(ctx, func(tx kv.Txn) error { return setAll(tx, "a", "2") })
	_, closed := e.store.Closed(ctx)
	e.all(map[string]error{
		"view":   e.store.View(ctx, func(kv.Reader) error { return nil }),
		"update": update,
		"closed": closed,
	}, context.Canceled)
	e.has("a", "1")
}

func testCancelledWhileScanning(e *env) {
	const rows = 5000
	e.update(func(tx kv.Txn) error {
		for i := range rows {
			if err := tx.Set(number(i), nil); err != nil {
				return err
			}
		}
		return nil
	})
	ctx, cancel := context.WithCancel(e.ctx)
	seen := 0
	err := e.store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(_, _ []byte) error { cancel(); seen++; return nil })
	})
	if !errors.Is(err, context.Canceled) || seen == rows {
		e.Errorf("scan gave %d rows and %v, want fewer than %d and %v", seen, err, rows, context.Canceled)
	}
}

func testCancelledByFunction(e *env) {
	ctx, cancel := context.WithCancel(e.ctx)
	_, err := e.store.Update(ctx, func(tx kv.Txn) error {
		defer cancel()
		return setAll(tx, "a", "1")
	})
	if !errors.Is(err, context.Canceled) {
		e.Errorf("update: %v, want %v", err, context.Canceled)
	}
	e.has()
}

// testCancelledWhileWaiting gives up an update that waits behind another one.
func testCancelledWhileWaiting(e *env) {
	running, gaveUp := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		_, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
			select {
			case <-running:
			default:
				close(running)
			}
			<-gaveUp
			return setAll(tx, "a", "1")
		})
		first <- err
	}()
	<-running
	ctx, cancel := context.WithCancel(e.ctx)
	second := make(chan error)
	go func() {
		_, err := e.store.Update(ctx, func(tx kv.Txn) error { return setAll(tx, "a", "2") })
		second <- err
	}()
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		e.Errorf("waiting update: %v, want %v", err, context.Canceled)
	}
	close(gaveUp)
	e.ok(<-first)
	e.has("a", "1")
}

// panics runs a call and returns what it panicked with.
func panics(call func()) (p any) {
	defer func() { p = recover() }()
	call()
	return nil
}

func testPanic(e *env) {
	e.set("a", "1")
	calls := map[string]func(){
		"view":   func() { _ = e.store.View(e.ctx, func(kv.Reader) error { panic(errFn) }) },
		"update": func() { _, _ = e.store.Update(e.ctx, panicking) },
		"scan": func() {
			_ = e.store.View(e.ctx, func(r kv.Reader) error {
				return r.Scan(kv.Range{}, func(_, _ []byte) error { panic(errFn) })
			})
		},
	}
	for name, call := range calls {
		if p := panics(call); p != errFn {
			e.Errorf("%s: panic of the function arrived as %v", name, p)
		}
		e.has("a", "1")
		e.set("a", "1")
	}
}

func panicking(tx kv.Txn) error {
	if err := setAll(tx, "a", "2"); err != nil {
		return err
	}
	panic(errFn)
}

// testGoexit ends the goroutine within an update, as a failing test does.
func testGoexit(e *env) {
	e.set("a", "1")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = e.store.Update(e.ctx, func(tx kv.Txn) error {
			_ = setAll(tx, "a", "2")
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	e.has("a", "1")
	e.set("b", "1")
}

func testViewWithinUpdate(e *env) {
	e.set("a", "1")
	e.update(func(tx kv.Txn) error {
		if err := setAll(tx, "a", "2"); err != nil {
			return err
		}
		return e.store.View(e.ctx, func(r kv.Reader) error {
			return e.finds(r, kv.Range{}, "a", fmt.Sprint(1))
		})
	})
	e.has("a", "2")
}
