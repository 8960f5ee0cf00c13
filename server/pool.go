package server

import (
	"context"
	"sync"
)

// pool counts what is open at once, up to a limit, and waits for its end.
type pool struct {
	limit int
	of    string
	empty chan struct{} // is closed when the pool is, and the last one has left
	mu    struct {
		sync.Mutex
		open   int
		closed bool
	}
}

func newPool(limit int, of string) *pool {
	return &pool{limit: limit, of: of, empty: make(chan struct{})}
}

// enter takes a place, or says why there is none.
func (p *pool) enter() *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.mu.closed:
		return faultf(codeBusy, "the server is shutting down")
	case p.mu.open == p.limit:
		return faultf(codeBusy, "the server has %d %s, and takes no more", p.limit, p.of)
	}
	p.mu.open++
	return nil
}

func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.open--
	if p.mu.closed && p.mu.open == 0 {
		close(p.empty)
	}
}

// close lets nobody in from now on.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.mu.closed && p.mu.open == 0 {
		close(p.empty)
	}
	p.mu.closed = true
}

// wait waits until a pool that was closed is empty.
func (p *pool) wait(ctx context.Context) error {
	select {
	case <-p.empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
