package kvtest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

var writeTests = []test{
	{"SetAndDelete", testSetAndDelete},
	{"OwnWrites", testOwnWrites},
	{"OwnWritesInRanges", testOwnWritesInRanges},
	{"ScanSeesWritesBeforeIt", testScanSeesWritesBeforeIt},
	{"Rollback", testRollback},
	{"RollbackBetweenCommits", testRollbackBetweenCommits},
	{"Bytes", testBytes},
	{"Persistence", testPersistence},
}

func testSetAndDelete(e *env) {
	e.set("a", "1", "b", "2", "c", "3")
	e.update(func(tx kv.Txn) error {
		if err := setAll(tx, "b", "", "d", "4", "d", "5"); err != nil {
			return err
		}
		return deleteAll(tx, "a", "absent")
	})
	e.has("b", "", "c", "3", "d", "5")
	e.update(func(tx kv.Txn) error { return deleteAll(tx, "b", "c", "d") })
	e.has()
}

func testOwnWrites(e *env) {
	e.set("a", "1", "b", "1", "c", "1")
	e.update(func(tx kv.Txn) error {
		if err := errors.Join(setAll(tx, "a", "2", "d", "2"), deleteAll(tx, "b")); err != nil {
			return err
		}
		if v, err := tx.Get([]byte("a")); err != nil || string(v) != "2" {
			e.Errorf("get a = %q, %v; want 2", v, err)
		}
		if _, err := tx.Get([]byte("b")); !errors.Is(err, kv.ErrNotFound) {
			e.Errorf("get of a deleted key: %v, want kv.ErrNotFound", err)
		}
		var got []string
		err := tx.GetMany(slices.Collect(split("a", "b", "c", "d")), func(i int, v []byte) error {
			got = append(got, fmt.Sprintf("%d=%s", i, v))
			return nil
		})
		if want := []string{"0=2", "2=1", "3=2"}; !slices.Equal(got, want) {
			e.Errorf("get many: got %q, want %q", got, want)
		}
		return errors.Join(err, e.finds(tx, kv.Range{}, "a", "2", "c", "1", "d", "2"))
	})
	e.has("a", "2", "c", "1", "d", "2")
}

// testOwnWritesInRanges lays new, changed and deleted keys over old ones, and
// scans every awkward range.
func testOwnWritesInRanges(e *env) {
	want := map[string]string{}
	e.update(func(tx kv.Txn) error {
		for i, k := range awkward {
			if i%3 == 0 {
				continue
			}
			want[k] = "old"
			if err := setAll(tx, k, "old"); err != nil {
				return err
			}
		}
		return nil
	})
	e.update(func(tx kv.Txn) error {
		for i, k := range awkward {
			if err := overlay(tx, want, i, k); err != nil {
				return err
			}
		}
		return eachRange(tx, sorted(want), e.finds)
	})
	e.view(func(r kv.Reader) error { return eachRange(r, sorted(want), e.finds) })
}

func overlay(tx kv.Txn, want map[string]string, i int, k string) error {
	switch {
	case i%2 == 0:
		want[k] = "new"
		return setAll(tx, k, "new")
	case i%5 == 0:
		delete(want, k)
		return deleteAll(tx, k)
	}
	return nil
}

func testScanSeesWritesBeforeIt(e *env) {
	e.set("a", "1", "b", "1", "c", "1")
	e.update(func(tx kv.Txn) error {
		if err := setAll(tx, "b", "2"); err != nil {
			return err
		}
		var got []string
		err := tx.Scan(kv.Range{}, func(k, v []byte) error {
			got = append(got, string(k), string(v))
			return errors.Join(setAll(tx, string(k)+"x", "3", "c", "3"), deleteAll(tx, "b"))
		})
		if want := []string{"a", "1", "b", "2", "c", "1"}; !slices.Equal(got, want) {
			e.Errorf("scan while writing: got %q, want %q", got, want)
		}
		return err
	})
	e.has("a", "1", "ax", "3", "bx", "3", "c", "3", "cx", "3")
}

func testRollback(e *env) {
	e.set("a", "1", "b", "1")
	ts, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
		if err := errors.Join(setAll(tx, "a", "2", "c", "2"), deleteAll(tx, "b")); err != nil {
			return err
		}
		return errFn
	})
	if !errors.Is(err, errFn) || ts != 0 {
		e.Errorf("update = %d, %v; want 0, %v", ts, err, errFn)
	}
	e.has("a", "1", "b", "1")
}

func testRollbackBetweenCommits(e *env) {
	for i := range 5 {
		e.set("a", fmt.Sprint(i))
		if _, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
			return errors.Join(setAll(tx, "a", "wrong", "b", "wrong"), errFn)
		}); !errors.Is(err, errFn) {
			e.Errorf("update: %v, want %v", err, errFn)
		}
		e.has("a", fmt.Sprint(i))
	}
}

// testBytes changes slices that belong to the caller again.
func testBytes(e *env) {
	e.update(func(tx kv.Txn) error {
		key, value := []byte("key"), []byte("value")
		if err := tx.Set(key, value); err != nil {
			return err
		}
		copy(key, "xxx")
		copy(value, "xxxxx")
		gone := []byte("gone")
		if err := errors.Join(tx.Set(gone, nil), tx.Delete(gone)); err != nil {
			return err
		}
		copy(gone, "xxxx")
		return e.finds(tx, kv.Range{}, "key", "value")
	})
	e.has("key", "value")
}

func testPersistence(e *env) {
	if !e.harness.Persistent {
		e.Skip("the store forgets")
	}
	e.set("a", "1", "b", "1", "c", "")
	e.update(func(tx kv.Txn) error { return deleteAll(tx, "b") })
	e.reopen()
	e.has("a", "1", "c", "")
	e.set("b", "2")
	e.reopen()
	e.reopen()
	e.has("a", "1", "b", "2", "c", "")
}
