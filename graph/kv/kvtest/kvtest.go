package kvtest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
)

// Harness tells Run how to open the store under test.
type Harness struct {
	// Open opens the store that is kept in a directory, which is empty the
	// first time, and takes its time from now. It fails the test rather than
	// return nil. Run closes the store.
	Open func(t *testing.T, dir string, now func() time.Time) kv.Store
	// Persistent says that a store opened with the directory of a closed one
	// has the same rows and goes on with its transaction times.
	Persistent bool
}

// Run holds the store to the whole contract. Tests of optional interfaces are
// skipped where a store has none.
func Run(t *testing.T, h Harness) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"Read", readTests},
		{"Write", writeTests},
		{"Limit", limitTests},
		{"Time", timeTests},
		{"Life", lifeTests},
		{"Bulk", bulkTests},
		{"Fill", fillTests},
		{"Concurrent", concurrentTests},
		{"Model", modelTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) { test.run(open(t, h)) })
			}
		})
	}
}

type test struct {
	name string
	run  func(*env)
}

// env is one test with a store of its own.
type env struct {
	*testing.T
	harness Harness
	dir     string
	clock   *clock
	store   kv.Store
	ctx     context.Context
}

func open(t *testing.T, h Harness) *env {
	e := &env{T: t, harness: h, dir: t.TempDir(), clock: newClock(), ctx: t.Context()}
	e.store = h.Open(t, e.dir, e.clock.Now)
	t.Cleanup(func() {
		if err := e.store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

// reopen closes the store and opens what it left behind.
func (e *env) reopen() {
	e.Helper()
	e.ok(e.store.Close())
	e.store = e.harness.Open(e.T, e.dir, e.clock.Now)
}

func (e *env) bulk() kv.Bulk {
	e.Helper()
	b, ok := e.store.(kv.Bulk)
	if !ok {
		e.Skip("the store does not implement kv.Bulk")
	}
	return b
}

// clock stands still until it is told otherwise.
type clock struct {
	mu struct {
		sync.Mutex
		now time.Time
	}
}

func newClock() *clock {
	c := &clock{}
	c.mu.now = time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)
	return c
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.now = c.mu.now.Add(d)
}

// ok ends the test on an error. It must not be called within the function of
// an update, which may run in a goroutine of the store.
func (e *env) ok(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

func (e *env) view(fn func(kv.Reader) error) {
	e.Helper()
	e.ok(e.store.View(e.ctx, fn))
}

func (e *env) update(fn func(kv.Txn) error) kv.TS {
	e.Helper()
	ts, err := e.store.Update(e.ctx, fn)
	e.ok(err)
	return ts
}

// set writes pairs of keys and values.
func (e *env) set(pairs ...string) kv.TS {
	e.Helper()
	return e.update(func(tx kv.Txn) error { return setAll(tx, pairs...) })
}

func setAll(tx kv.Txn, pairs ...string) error {
	for p := range slices.Chunk(pairs, 2) {
		if err := tx.Set([]byte(p[0]), []byte(p[1])); err != nil {
			return err
		}
	}
	return nil
}

func deleteAll(tx kv.Txn, keys ...string) error {
	for _, k := range keys {
		if err := tx.Delete([]byte(k)); err != nil {
			return err
		}
	}
	return nil
}

// has compares all rows of the store with pairs of keys and values.
func (e *env) has(pairs ...string) {
	e.Helper()
	e.view(func(r kv.Reader) error {
		e.Helper()
		return e.finds(r, kv.Range{}, pairs...)
	})
}

// finds compares the rows of a range with pairs of keys and values.
func (e *env) finds(r kv.Reader, rg kv.Range, pairs ...string) error {
	e.Helper()
	got, err := scan(r, rg)
	if err != nil {
		return err
	}
	if !slices.Equal(got, pairs) {
		e.Errorf("scan %s:\n got %q\nwant %q", show(rg), got, pairs)
	}
	return nil
}

// scan collects pairs of keys and values.
func scan(r kv.Reader, rg kv.Range) ([]string, error) {
	var pairs []string
	err := r.Scan(rg, func(k, v []byte) error {
		pairs = append(pairs, string(k), string(v))
		return nil
	})
	return pairs, err
}

func show(rg kv.Range) string {
	return fmt.Sprintf("[%q, %q) reverse=%t keysOnly=%t limit=%d", rg.Start, rg.End, rg.Reverse, rg.KeysOnly, rg.Limit)
}

// inside is the naive reading of a range's bounds.
func inside(rg kv.Range, key string) bool {
	return bytes.Compare([]byte(key), rg.Start) >= 0 && (len(rg.End) == 0 || key < string(rg.End))
}
