package kvtest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/parleydb/parley/graph/kv"
)

// ErrFault is the error of a Faulty store's failing step.
var ErrFault = errors.New("kvtest: injected fault")

// BulkStore is a store that can load.
type BulkStore interface {
	kv.Store
	kv.Bulk
}

// Faulty is a store that fails at one step. Steps are each Set, each Delete,
// each Flush, the end of each Update and Load whose function has returned nil,
// and each Scrub. A step that fails leaves the store below as if it had not been tried, so
// an update fails as a whole and a load keeps the chunks flushed before.
//
// A test makes an operation fail at every step that it has:
//
//	for n := 1; ; n++ {
//		store := kvtest.FailAt(memkv.New(nil), n)
//		operate(store)
//		check(store)
//		if !store.Failed() {
//			break // the operation has fewer than n steps
//		}
//	}
type Faulty struct {
	store BulkStore
	mu    struct {
		sync.Mutex
		left int // steps to go, the failing one included; not above 0 behind it
	}
}

// FailAt makes a store that fails at the n-th step, counted from 1, and at no
// other.
func FailAt(store BulkStore, n int) *Faulty {
	f := &Faulty{store: store}
	f.mu.left = n
	return f
}

// Failed reports whether the store has failed.
func (f *Faulty) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.left <= 0
}

// step counts a step and fails if it is the one.
func (f *Faulty) step(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.left--; f.mu.left == 0 {
		return fmt.Errorf("%w: %s", ErrFault, what)
	}
	return nil
}

// View implements kv.Store.
func (f *Faulty) View(ctx context.Context, fn func(kv.Reader) error) error {
	return f.store.View(ctx, fn)
}

// Update implements kv.Store.
func (f *Faulty) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	return f.store.Update(ctx, func(tx kv.Txn) error {
		if err := fn(faultyTxn{tx, f}); err != nil {
			return err
		}
		return f.step("commit")
	})
}

// Load implements kv.Bulk.
func (f *Faulty) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	return f.store.Load(ctx, func(b kv.BulkTxn) error {
		if err := fn(faultyBulkTxn{faultyTxn{b, f}, b}); err != nil {
			return err
		}
		return f.step("commit")
	})
}

// Scrub implements kv.Scrubber; it passes the call on where the store below can scrub.
func (f *Faulty) Scrub(ctx context.Context) error {
	if err := f.step("scrub"); err != nil {
		return err
	}
	if s, ok := f.store.(kv.Scrubber); ok {
		return s.Scrub(ctx)
	}
	return nil
}

// Closed implements kv.Store.
func (f *Faulty) Closed(ctx context.Context) (kv.TS, error) { return f.store.Closed(ctx) }

// Close implements kv.Store.
func (f *Faulty) Close() error { return f.store.Close() }

type faultyTxn struct {
	kv.Txn
	faulty *Faulty
}

func (t faultyTxn) After() kv.TS { return after(t.Txn) }

func (t faultyTxn) Set(key, value []byte) error {
	if err := t.faulty.step("set"); err != nil {
		return err
	}
	return t.Txn.Set(key, value)
}

func (t faultyTxn) Delete(key []byte) error {
	if err := t.faulty.step("delete"); err != nil {
		return err
	}
	return t.Txn.Delete(key)
}

type faultyBulkTxn struct {
	faultyTxn
	bulk kv.BulkTxn
}

func (b faultyBulkTxn) Flush() error {
	if err := b.faulty.step("flush"); err != nil {
		return err
	}
	return b.bulk.Flush()
}

func (b faultyBulkTxn) Pending() (keys, bytes int) { return b.bulk.Pending() }
