// Package guard enforces what the contract of package kv asks of every store
// before its engine is reached, so that all stores refuse the same things with
// the same errors.
//
// A Gate is the life of a store: calls enter until it closes. A Turn lets one
// writer in at a time. A Call is the life of one function given to View, Update
// or Load. A Chunk counts the writes of one update. Key and Chunk.Add check
// keys and sizes.
package guard

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleydb/parley/graph/kv"
)

// Gate counts the calls that are running in a store. The zero Gate is open.
type Gate struct {
	mu struct {
		sync.Mutex
		closed bool
	}
	running sync.WaitGroup
}

// Enter begins a call, which must end with Leave. It fails with kv.ErrClosed
// behind Close.
func (g *Gate) Enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.mu.closed {
		return kv.ErrClosed
	}
	g.running.Add(1)
	return nil
}

// Leave ends a call.
func (g *Gate) Leave() { g.running.Done() }

// Close lets nobody in any more, waits for those who are, and reports whether
// this was the first Close.
func (g *Gate) Close() bool {
	g.mu.Lock()
	first := !g.mu.closed
	g.mu.closed = true
	g.mu.Unlock()
	g.running.Wait()
	return first
}

// Turn is a lock that can be waited for with a context. Those who wait get it
// in the order in which they came.
type Turn chan struct{}

// NewTurn makes a Turn that is free.
func NewTurn() Turn { return make(Turn, 1) }

// Take waits for the turn, or until the context ends.
func (t Turn) Take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Lock waits for the turn, however long.
func (t Turn) Lock() { t <- struct{}{} }

// Give hands the turn to the next who waits.
func (t Turn) Give() { <-t }

// between is the number of rows of a scan from one look at the clock and the
// context to the next.
const between = 256

// Call is one run of a function given to View, Update or Load. It keeps the
// context because the methods of kv.Reader have none: a Call does not outlive
// the call that the context was given to.
type Call struct {
	ctx     context.Context
	now     func() time.Time
	began   time.Time
	longest time.Duration
	steps   int
	ended   atomic.Bool
}

// Begin starts a call whose function may take as long as longest by the clock
// now; 0 is for ever.
func Begin(ctx context.Context, now func() time.Time, longest time.Duration) *Call {
	return &Call{ctx: ctx, now: now, began: now(), longest: longest}
}

// Began is the time at which the call started.
func (c *Call) Began() time.Time { return c.began }

// End makes every later Check fail with kv.ErrDone.
func (c *Call) End() { c.ended.Store(true) }

// Check tells why the function must not go on: it has returned, its context
// has ended, or it took too long.
func (c *Call) Check() error {
	if c.ended.Load() {
		return kv.ErrDone
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if c.longest == 0 {
		return nil
	}
	if d := c.now().Sub(c.began); d >= c.longest {
		return fmt.Errorf("%w: %s, limit %s", kv.ErrTooLong, d, c.longest)
	}
	return nil
}

// Step is Check for what happens often: it looks at the clock and the context
// only now and then.
func (c *Call) Step() error {
	if c.steps++; c.steps%between == 0 || c.ended.Load() {
		return c.Check()
	}
	return nil
}
