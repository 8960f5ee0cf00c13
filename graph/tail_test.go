package graph_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

var tailAct = graph.Act{Author: "desk", Clearance: graph.Red}

// tailStores are stores that tell which update another one follows.
func tailStores(t *testing.T) map[string]kv.Store {
	disk, err := badgerkv.Open(filepath.Join(t.TempDir(), "store"), &badgerkv.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	return map[string]kv.Store{"memory": memkv.New(nil), "twice": kvtest.Strict{BulkStore: memkv.New(nil)}, "disk": disk}
}

func tailOpen(t *testing.T, store kv.Store) *graph.DB {
	t.Helper()
	db, err := graph.Open(ctx, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// tailSays asserts one link between entities that are there, and returns its id.
func tailSays(t *testing.T, db *graph.DB, key, subject, object string) (id graph.AssertionID) {
	t.Helper()
	_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) (err error) {
		id, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("doc:1"), Key: key,
			Links: []graph.Link{{Subject: graph.ByKey(subject), Property: "meets", Value: graph.RefOf(graph.ByKey(object))}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func tailDeclare(tx *graph.Tx, keys ...string) error {
	for _, k := range keys {
		if _, err := tx.Declare(graph.Declaration{Kind: "Actor", Keys: []graph.Key{graph.ByKey(k).Key}}); err != nil {
			return err
		}
	}
	return nil
}

func tailBegin(t *testing.T, db *graph.DB) {
	t.Helper()
	_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) error {
		_, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "doc", ID: "1"}})
		return errors.Join(err, tailDeclare(tx, "x:a", "x:b"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tailCheck(t *testing.T, db *graph.DB) {
	t.Helper()
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// tailRename gives an entity that is there another key.
func tailRename(tx *graph.Tx) error {
	_, err := tx.Declare(graph.Declaration{Kind: "Actor", Keys: []graph.Key{{Scheme: "x", ID: "a"}, {Scheme: "y", ID: "a"}}})
	return err
}

// TestTailOfAnother: a database goes on where another one on the same store has
// written, whatever it remembers.
func TestTailOfAnother(t *testing.T) {
	for name, store := range tailStores(t) {
		t.Run(name, func(t *testing.T) {
			one, other := tailOpen(t, store), tailOpen(t, store)
			tailBegin(t, one)
			first := tailSays(t, one, "1", "x:a", "x:b")
			_, err := other.Update(ctx, tailAct, func(tx *graph.Tx) error { return tx.Retract(first) }) // gives no number
			if err != nil {
				t.Fatal(err)
			}
			tailSays(t, one, "2", "x:a", "x:b")
			if _, err := other.Update(ctx, tailAct, tailRename); err != nil {
				t.Fatal(err)
			}
			tailSays(t, one, "3", "y:a", "x:b")
			tailCheck(t, one)
		})
	}
}

// TestTailOfFailure: what an update that failed had done is not remembered.
func TestTailOfFailure(t *testing.T) {
	for name, store := range tailStores(t) {
		t.Run(name, func(t *testing.T) {
			db := tailOpen(t, store)
			tailBegin(t, db)
			gone := errors.New("changed my mind")
			_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) error {
				return errors.Join(tailRename(tx), tailDeclare(tx, "x:c"), gone)
			})
			if !errors.Is(err, gone) {
				t.Fatal(err)
			}
			_, err = db.Update(ctx, tailAct, func(tx *graph.Tx) error {
				for _, key := range []string{"x:c", "y:a"} {
					if _, err := tx.Find(graph.ByKey(key)); !errors.Is(err, graph.ErrNotFound) {
						t.Errorf("%s: %v", key, err)
					}
				}
				return tailDeclare(tx, "x:d")
			})
			if err != nil {
				t.Fatal(err)
			}
			tailSays(t, db, "1", "x:d", "x:a")
			tailCheck(t, db)
		})
	}
}

// TestTailOfErasure: what was erased is not remembered.
func TestTailOfErasure(t *testing.T) {
	for name, store := range tailStores(t) {
		t.Run(name, func(t *testing.T) {
			db := tailOpen(t, store)
			tailBegin(t, db)
			tailSays(t, db, "1", "x:a", "x:b")
			var id graph.EntityID
			_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) (err error) {
				id, err = tx.Find(graph.ByKey("x:a"))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Erase(ctx, tailAct, graph.Target{Entity: id}); err != nil {
				t.Fatal(err)
			}
			_, err = db.Update(ctx, tailAct, func(tx *graph.Tx) error {
				if _, err := tx.Find(graph.ByKey("x:a")); !errors.Is(err, graph.ErrNotFound) {
					t.Errorf("an erased key: %v", err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			tailCheck(t, db)
		})
	}
}

// readCounter counts what updates read, by the first byte of the keys.
type readCounter struct {
	kv.Store
	read map[string]int
}

func (s *readCounter) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	return s.Store.Update(ctx, func(t kv.Txn) error { return fn(readCounterTxn{t.(kv.Following), s.read}) })
}

type readCounterTxn struct {
	kv.Following
	read map[string]int
}

func (t readCounterTxn) Get(key []byte) ([]byte, error) {
	t.read["get "+string(key[:1])]++
	return t.Following.Get(key)
}

func (t readCounterTxn) Scan(r kv.Range, fn func(key, value []byte) error) error {
	t.read["scan "+string(r.Start[:1])]++
	return t.Following.Scan(r, fn)
}

// TestTailReads: an update like the one before reads only whether its assertion
// and its claim are new.
func TestTailReads(t *testing.T) {
	store := &readCounter{Store: memkv.New(nil), read: map[string]int{}}
	db := tailOpen(t, store)
	tailBegin(t, db)
	tailSays(t, db, "1", "x:a", "x:b")
	store.read = map[string]int{}
	tailSays(t, db, "2", "x:b", "x:a")
	if got := fmt.Sprint(store.read); got != "map[scan h:2]" {
		t.Errorf("read %s", got)
	}
	tailCheck(t, db)
}

// TestTailOfLeaked: an update that is kept beyond its end reads nothing that the
// next one writes.
func TestTailOfLeaked(t *testing.T) {
	for name, store := range tailStores(t) {
		t.Run(name, func(t *testing.T) {
			leak(t, tailOpen(t, store),
				func(tx *graph.Tx, n int) error { return tailDeclare(tx, fmt.Sprint("a:", n)) },
				func(kept *graph.Tx, n int) { _, _ = kept.Find(graph.ByKey(fmt.Sprint("a:", n))) })
		})
	}
}

// leak makes an update and keeps it beyond its end, where it is used while others
// are made.
func leak(t *testing.T, db *graph.DB, write func(tx *graph.Tx, n int) error, late func(kept *graph.Tx, n int)) {
	t.Helper()
	var kept *graph.Tx
	update := func(n int) {
		t.Helper()
		_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) error {
			if kept == nil {
				kept = tx
			}
			return write(tx, n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	update(1)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for n := range 200 {
			late(kept, n)
		}
	}()
	for n := range 50 {
		update(n)
	}
	<-over
}

// TestTailOfLeakedWriter: an update that is used beyond its end is refused, and
// has no memory in common with the ones that follow.
func TestTailOfLeakedWriter(t *testing.T) {
	for name, store := range tailStores(t) {
		t.Run(name, func(t *testing.T) {
			db := tailOpen(t, store)
			tailBegin(t, db)
			says := func(tx *graph.Tx, key string) error {
				_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("doc:1"), Key: key, Links: []graph.Link{
					{Subject: graph.ByKey("x:a"), Property: "meets", Value: graph.RefOf(graph.ByKey("x:b")), Occurrence: key}}})
				return err
			}
			said := 0
			leak(t, db, func(tx *graph.Tx, _ int) error {
				said++
				return says(tx, fmt.Sprint(said))
			}, func(kept *graph.Tx, n int) {
				key := fmt.Sprint("late ", n)
				if err := errors.Join(says(kept, key), tailDeclare(kept, "late:"+key)); !errors.Is(err, kv.ErrDone) {
					t.Errorf("%s: %v", key, err)
				}
			})
			if got, problems, err := db.Check(ctx); err != nil || len(problems) > 0 || got.Assertions != 51 {
				t.Errorf("%d assertions: %v %v", got.Assertions, problems, err)
			}
		})
	}
}

// TestSmallUpdateMemory: a small update uses the memory of the one before.
func TestSmallUpdateMemory(t *testing.T) {
	const most = 110
	if got := testing.AllocsPerRun(500, smallUpdate(t, false)); got > most {
		t.Errorf("an update of one assertion allocates %.0f times, more than %d", got, most)
	}
}

// smallUpdate gives one update after another of one assertion with one link, to
// entities that are there, in a store that the writes do not reach where they are
// dropped.
func smallUpdate(tb testing.TB, drop bool) func() {
	store := &dropping{Store: memkv.New(nil)}
	db, err := graph.Open(ctx, store, nil)
	if err == nil {
		_, err = db.Update(ctx, tailAct, func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "doc", ID: "1"}})
			return errors.Join(err, tailDeclare(tx, "x:a", "x:b"))
		})
	}
	day, wrong := graph.ParseValid("2014-05-06", "")
	if err = errors.Join(err, wrong); err != nil {
		tb.Fatal(err)
	}
	n := 0
	update := func() {
		n++
		key := strconv.Itoa(n)
		_, err := db.Update(ctx, tailAct, func(tx *graph.Tx) error {
			_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("doc:1"), Key: key, Valid: day, Links: []graph.Link{{
				Subject: graph.ByKey("x:a"), Property: "meets", Value: graph.RefOf(graph.ByKey("x:b")), Occurrence: key}}})
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	update()
	store.drop = drop
	return update
}

// dropping is a store that may drop what is written.
type dropping struct {
	kv.Store
	drop bool
}

func (s *dropping) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	return s.Store.Update(ctx, func(t kv.Txn) error { return fn(&droppingTxn{t.(kv.Following), s.drop}) })
}

type droppingTxn struct {
	kv.Following
	drop bool
}

func (t *droppingTxn) Set(key, value []byte) error {
	if t.drop {
		return nil
	}
	return t.Following.Set(key, value)
}

// BenchmarkSmallUpdate is what a small update costs besides the writes of its store.
func BenchmarkSmallUpdate(b *testing.B) {
	update := smallUpdate(b, true)
	b.ReportAllocs()
	for b.Loop() {
		update()
	}
}
