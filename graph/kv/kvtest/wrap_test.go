package kvtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func TestFaultyKeepsContractBeforeItsFault(t *testing.T) {
	kvtest.Run(t, kvtest.Harness{Open: func(_ *testing.T, _ string, now func() time.Time) kv.Store {
		return kvtest.FailAt(memkv.New(&memkv.Options{Now: now}), 1<<40)
	}})
}

func TestFailAt(t *testing.T) {
	rows := map[int]int{1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 2} // left behind by a fault at each step
	for n := 1; ; n++ {
		store := kvtest.FailAt(memkv.New(nil), n)
		_, err := store.Load(t.Context(), twoChunks)
		got := count(t, store)
		if !store.Failed() {
			if err != nil || n != len(rows) {
				t.Errorf("load has %d steps and returned %v, want %d and no error", n-1, err, len(rows)-1)
			}
			return
		}
		if !errors.Is(err, kvtest.ErrFault) {
			t.Errorf("fault at step %d: load returned %v", n, err)
		}
		if got != rows[n] {
			t.Errorf("fault at step %d left %d rows, want %d", n, got, rows[n])
		}
	}
}

// twoChunks has five steps, the commit at its end included.
func twoChunks(b kv.BulkTxn) error {
	steps := []func() error{
		func() error { return b.Set([]byte("a"), nil) },
		func() error { return b.Delete([]byte("b")) },
		b.Flush,
		func() error { return b.Set([]byte("c"), nil) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func count(t *testing.T, s kv.Store) int {
	n := 0
	err := s.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(_, _ []byte) error { n++; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStrict(t *testing.T) {
	s := kvtest.Strict{BulkStore: memkv.New(nil)}
	runs := 0
	var kept []byte
	_, err := s.Update(context.Background(), func(tx kv.Txn) error {
		runs++
		return tx.Set([]byte("key"), []byte("value"))
	})
	if err != nil || runs != 2 {
		t.Errorf("update ran its function %d times and returned %v, want 2 and no error", runs, err)
	}
	err = s.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(_, v []byte) error { kept = v; return nil })
	})
	if err != nil || string(kept) == "value" {
		t.Errorf("a kept slice is still valid: %q, %v", kept, err)
	}
}
