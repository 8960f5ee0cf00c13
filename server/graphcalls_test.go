package server

import (
	"context"
	"sync"
	"testing"

	"github.com/parleydb/parley/server/exec"
)

// countdown is a context whose deadline comes when it was looked at so many
// times: at every place in turn where a request may be overtaken by it.
type countdown struct {
	context.Context
	mu struct {
		sync.Mutex
		left int
	}
	done chan struct{}
}

func newCountdown(parent context.Context, left int) *countdown {
	c := &countdown{Context: parent, done: make(chan struct{})}
	c.mu.left = left
	return c
}

// look counts, and tells whether the deadline has come.
func (c *countdown) look() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.left--; c.mu.left == 0 {
		close(c.done)
	}
	return c.mu.left <= 0
}

func (c *countdown) Done() <-chan struct{} { return c.done }

func (c *countdown) Err() error {
	if c.look() {
		return context.DeadlineExceeded
	}
	return nil
}

// Wherever the deadline comes, in resolvers or in the graph below them, the
// answer says so and holds nothing; what was answered in time is whole.
func TestGraphCallsEndWithTheRequest(t *testing.T) {
	s := ukraine(t, nil)
	for _, q := range append(five, struct{ name, query, begins string }{"matrix", matrixQuery, ""}) {
		whole := s.engine.Do(t.Context(), exec.Request{Query: q.query})
		counter := newCountdown(t.Context(), 1<<40)
		s.engine.Do(counter, exec.Request{Query: q.query})
		looks := 1<<40 - counter.mu.left
		if looks < 20 {
			t.Errorf("%s: the context is looked at %d times", q.name, looks)
		}
		for left := 1; left <= looks+1; left += 1 + looks/200 {
			answer := s.engine.Do(newCountdown(t.Context(), left), exec.Request{Query: q.query})
			switch {
			case string(answer.Body) == string(whole.Body):
			case len(answer.Errors) == 0 || answer.Errors[0].Code() != exec.CodeTime:
				t.Fatalf("%s, after %d looks: %.300s", q.name, left, answer.Body)
			}
		}
	}
}
