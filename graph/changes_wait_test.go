package graph_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// patience is longer than any test takes.
const patience = time.Minute

// waited is what a sequence gave, and how long it took.
type waited struct {
	list []graph.Transaction
	err  error
	took time.Duration
}

// waiting reads in the background, and returns once it waits or has ended.
func waiting(ctx context.Context, w *graphtest.World, from, to graph.TS, o graph.ChangesOptions) <-chan waited {
	done := make(chan waited, 1)
	go func() {
		var got waited
		start := time.Now()
		for tx, err := range w.Changes(ctx, from, to, &o) {
			if err != nil {
				got.err = err
				break
			}
			got.list = append(got.list, tx)
		}
		got.took = time.Since(start)
		done <- got
	}()
	synctest.Wait()
	return done
}

// Waiting ends with the first transaction that the reader may see, or when the
// time is over, and not by anything else. The bubble of each case also proves
// that no goroutine is left.
func TestChangesWait(t *testing.T) {
	secret := func(w *graphtest.World, key string) {
		d := meeting(w, "d1", key, "m1", "2025-11-20")
		d.Judgement.Marking = graph.Red
		w.Assert(d)
	}
	cases := map[string]struct {
		act   func(w *graphtest.World)
		given int
		took  time.Duration
	}{
		"nothing":     {func(*graphtest.World) {}, 0, patience},
		"something":   {func(w *graphtest.World) { w.Assert(meeting(w, "d1", "a2", "m1", "2025-11-20")) }, 1, time.Second},
		"hidden":      {func(w *graphtest.World) { secret(w, "a2") }, 0, patience},
		"hidden, not": {func(w *graphtest.World) { secret(w, "a2"); w.Assert(meeting(w, "d1", "a3", "m1", "2025-11-20")) }, 1, time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := graphtest.Open(t, nil)
				table(w)
				w.Assert(meeting(w, "d1", "a1", "m1", "2025-11-20"))
				done := waiting(ctx, w, w.At(graph.Point{}).TS(), 0, graph.ChangesOptions{Wait: patience})
				time.Sleep(time.Second)
				c.act(w)
				got := <-done
				if got.err != nil || len(got.list) != c.given || got.took != c.took {
					t.Errorf("got %d after %s (%v), want %d after %s", len(got.list), got.took, got.err, c.given, c.took)
				}
			})
		})
	}
}

// What is there already, or can come no more, is not waited for.
func TestChangesWaitNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := graphtest.Open(t, nil)
		if got := <-waiting(ctx, w, 0, 0, graph.ChangesOptions{Wait: patience}); len(got.list) != 0 || got.took != patience {
			t.Errorf("in an empty database: %d after %s", len(got.list), got.took)
		}
		table(w)
		w.Assert(meeting(w, "d1", "a1", "m1", "2025-11-20"))
		newest := w.At(graph.Point{}).TS()
		if got := <-waiting(ctx, w, 0, 0, graph.ChangesOptions{Wait: patience}); len(got.list) != 1 || got.took != 0 {
			t.Errorf("what is there: %d after %s", len(got.list), got.took)
		}
		if got := <-waiting(ctx, w, newest-1, newest, graph.ChangesOptions{Wait: patience}); len(got.list) != 1 || got.took != 0 {
			t.Errorf("the last: %d after %s", len(got.list), got.took)
		}
		if got := <-waiting(ctx, w, newest, newest, graph.ChangesOptions{Wait: patience}); len(got.list) != 0 || got.took != 0 {
			t.Errorf("behind the last: %d after %s", len(got.list), got.took)
		}
		done := waiting(ctx, w, newest, newest+1, graph.ChangesOptions{Wait: patience})
		w.Day("2025-12-09") // beyond the bound
		w.Assert(meeting(w, "d1", "a2", "m2", "2025-11-20"))
		if got := <-done; len(got.list) != 0 || got.took != 0 {
			t.Errorf("when the bound has passed: %d after %s", len(got.list), got.took)
		}
	})
}

// A context that ends and a database that is closed end the wait with an error.
func TestChangesWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := graphtest.Open(t, nil)
		table(w)
		c, cancel := context.WithCancel(ctx)
		done := waiting(c, w, w.At(graph.Point{}).TS(), 0, graph.ChangesOptions{Wait: patience})
		cancel()
		if got := <-done; !errors.Is(got.err, context.Canceled) || got.took != 0 {
			t.Errorf("cancelled: %v after %s", got.err, got.took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		db, err := graph.Open(ctx, memkv.New(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		w := &graphtest.World{TB: t, DB: db}
		done := waiting(ctx, w, 0, 0, graph.ChangesOptions{Wait: patience})
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if got := <-done; !errors.Is(got.err, kv.ErrClosed) || got.took != 0 {
			t.Errorf("closed: %v after %s", got.err, got.took)
		}
	})
}
