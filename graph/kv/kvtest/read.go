package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

var errFn = errors.New("kvtest: the function's own error")

var readTests = []test{
	{"Get", testGet},
	{"GetMany", testGetMany},
	{"GetManyEndsEarly", testGetManyEndsEarly},
	{"Empty", func(e *env) { e.has() }},
	{"Ranges", testRanges},
	{"ScanEndsEarly", testScanEndsEarly},
	{"Nested", testNested},
	{"NestedInGetMany", testNestedInGetMany},
	{"Snapshot", testSnapshot},
	{"ViewsTogether", testViewsTogether},
	{"ViewReturnsError", testViewReturnsError},
	{"RefusedKeys", testRefusedKeys},
}

func testGet(e *env) {
	e.set("a", "1", "empty", "", "\xff\xff", "2")
	var kept []byte
	e.view(func(r kv.Reader) error {
		for key, want := range map[string]string{"a": "1", "empty": "", "\xff\xff": "2"} {
			got, err := r.Get([]byte(key))
			if err != nil || string(got) != want {
				e.Errorf("get %q = %q, %v; want %q", key, got, err, want)
			}
		}
		for _, key := range []string{"b", "a\x00", "\xff", "emptyy", "empt"} {
			if _, err := r.Get([]byte(key)); !errors.Is(err, kv.ErrNotFound) {
				e.Errorf("get %q: %v, want kv.ErrNotFound", key, err)
			}
		}
		var err error
		kept, err = r.Get([]byte("a"))
		return err
	})
	kept[0] = 'x' // it is the caller's
	e.has("a", "1", "empty", "", "\xff\xff", "2")
}

func testGetMany(e *env) {
	e.set("a", "1", "b", "2", "c", "")
	keys := slices.Collect(split("c", "x", "a", "a", "b", "\xff"))
	e.view(func(r kv.Reader) error {
		var got []string
		err := r.GetMany(keys, func(i int, v []byte) error {
			got = append(got, fmt.Sprintf("%d=%s", i, v))
			return nil
		})
		if want := []string{"0=", "2=1", "3=1", "4=2"}; !slices.Equal(got, want) {
			e.Errorf("get many: got %q, want %q", got, want)
		}
		return err
	})
	e.view(func(r kv.Reader) error { return r.GetMany(nil, nil) })
}

// split gives each string as a slice of bytes.
func split(keys ...string) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for _, k := range keys {
			if !yield([]byte(k)) {
				return
			}
		}
	}
}

// readers are a view, and an update that has written one of the rows a, b, c.
func (e *env) readers() map[string]func(fn func(kv.Reader) error) error {
	e.set("a", "1", "b", "2", "c", "3")
	return map[string]func(fn func(kv.Reader) error) error{
		"view": func(fn func(kv.Reader) error) error { return e.store.View(e.ctx, fn) },
		"update": func(fn func(kv.Reader) error) error {
			_, err := e.store.Update(e.ctx, func(tx kv.Txn) error {
				if err := setAll(tx, "b", "4"); err != nil {
					return err
				}
				return fn(tx)
			})
			return err
		},
	}
}

// endsEarly ends a call of a callback for a, b and c at each of them.
func (e *env) endsEarly(call func(r kv.Reader, callback func() error) error) {
	e.Helper()
	for name, read := range e.readers() {
		for _, test := range endings {
			for last := 1; last <= 3; last++ {
				calls := 0
				err := read(func(r kv.Reader) error {
					return call(r, func() error { calls++; return endAt(calls, last, test.end) })
				})
				if calls != last || !errors.Is(err, test.want) {
					e.Errorf("%s: callback %d returned %v: %d calls and %v, want %v", name, last, test.end, calls, err, test.want)
				}
			}
		}
	}
}

func testGetManyEndsEarly(e *env) {
	keys := slices.Collect(split("a", "b", "c"))
	e.endsEarly(func(r kv.Reader, callback func() error) error {
		return r.GetMany(keys, func(int, []byte) error { return callback() })
	})
}

// endings are errors that a callback may return, and what becomes of them.
var endings = []struct{ end, want error }{
	{kv.Stop, nil},
	{fmt.Errorf("enough: %w", kv.Stop), nil},
	{errFn, errFn},
}

func endAt(calls, last int, err error) error {
	if calls == last {
		return err
	}
	return nil
}

func testScanEndsEarly(e *env) {
	e.endsEarly(func(r kv.Reader, callback func() error) error {
		return r.Scan(kv.Range{}, func(_, _ []byte) error { return callback() })
	})
}

// awkward are keys and bounds at which off-by-one errors show.
var awkward = []string{"\x01", "a", "a\x00", "a\x00\x00", "ab", "a\xff", "a\xff\xff", "b", "ba", "\xfe\xff", "\xff", "\xff\x00", "\xff\xff"}

func testRanges(e *env) {
	var pairs []string
	for i, k := range awkward {
		pairs = append(pairs, k, fmt.Sprint(i))
	}
	e.set(pairs...)
	e.view(func(r kv.Reader) error { return eachRange(r, pairs, e.finds) })
	_, err := e.store.Update(e.ctx, func(tx kv.Txn) error { return eachRange(tx, pairs, e.finds) })
	e.ok(err)
}

// eachRange compares scans of all awkward ranges with a naive filter of pairs.
func eachRange(r kv.Reader, pairs []string, finds func(kv.Reader, kv.Range, ...string) error) error {
	bounds := append([]string{"", "\x00", "\x00\xff", "aa", "c"}, awkward...)
	for _, start := range bounds {
		for _, end := range bounds {
			for kind := range 16 {
				rg := kv.Range{Start: []byte(start), End: []byte(end), Reverse: kind&1 > 0, KeysOnly: kind&2 > 0, Limit: []int{0, 1, 3, 99}[kind>>2]}
				if err := finds(r, rg, naive(rg, pairs)...); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// naive answers a scan from sorted pairs.
func naive(rg kv.Range, pairs []string) []string {
	var rows [][]string
	for row := range slices.Chunk(pairs, 2) {
		if inside(rg, row[0]) {
			rows = append(rows, slices.Clone(row))
		}
	}
	if rg.Reverse {
		slices.Reverse(rows)
	}
	if rg.Limit > 0 && len(rows) > rg.Limit {
		rows = rows[:rg.Limit]
	}
	for _, row := range rows {
		if rg.KeysOnly {
			row[1] = ""
		}
	}
	return slices.Concat(rows...)
}

// testNested reads in all ways within scans of the same prefix, and looks
// whether the outer scan and its slices bear it.
func testNested(e *env) {
	pairs := []string{"a1", "1", "a2", "2", "a3", "3", "b1", "4"}
	e.set(pairs...)
	check := func(r kv.Reader) error {
		var got []string
		err := r.Scan(kv.Range{Start: []byte("a"), End: []byte("b")}, func(k, v []byte) error {
			if err := readAround(e, r, pairs); err != nil {
				return err
			}
			got = append(got, string(k), string(v))
			return nil
		})
		if !slices.Equal(got, pairs[:6]) {
			e.Errorf("outer scan: got %q, want %q", got, pairs[:6])
		}
		return err
	}
	e.view(check)
	e.view(check) // also with whatever the store keeps from the first time
	e.update(func(tx kv.Txn) error { return check(tx) })
}

func readAround(e *env, r kv.Reader, pairs []string) error {
	if err := e.finds(r, kv.Range{Start: []byte("a"), End: []byte("a9")}, pairs[:6]...); err != nil {
		return err
	}
	if err := e.finds(r, kv.Range{Start: []byte("a"), End: []byte("b"), Limit: 1}, pairs[:2]...); err != nil {
		return err
	}
	if err := e.finds(r, kv.Range{Reverse: true, Limit: 1}, pairs[6:]...); err != nil {
		return err
	}
	return r.Scan(kv.Range{Start: []byte("b")}, func(k, v []byte) error {
		got, err := r.Get(k)
		if err != nil || !bytes.Equal(got, v) {
			e.Errorf("get %q within a scan = %q, %v; want %q", k, got, err, v)
		}
		return r.GetMany([][]byte{[]byte("a3")}, func(int, []byte) error { return nil })
	})
}

func testNestedInGetMany(e *env) {
	e.set("a", "1", "b", "2", "c", "3")
	keys := slices.Collect(split("c", "a", "b"))
	e.view(func(r kv.Reader) error {
		var got []string
		err := r.GetMany(keys, func(i int, v []byte) error {
			if err := e.finds(r, kv.Range{Limit: 1}, "a", "1"); err != nil {
				return err
			}
			got = append(got, string(v))
			return nil
		})
		if want := []string{"3", "1", "2"}; !slices.Equal(got, want) {
			e.Errorf("get many: got %q, want %q", got, want)
		}
		return err
	})
}

func testSnapshot(e *env) {
	e.set("a", "1", "b", "1")
	e.view(func(r kv.Reader) error {
		e.set("a", "2", "c", "2")
		e.update(func(tx kv.Txn) error { return tx.Delete([]byte("b")) })
		if v, err := r.Get([]byte("a")); err != nil || string(v) != "1" {
			e.Errorf("get a = %q, %v; want the value of before", v, err)
		}
		return e.finds(r, kv.Range{}, "a", "1", "b", "1")
	})
	e.has("a", "2", "c", "2")
}

// testViewsTogether interleaves two views of different snapshots.
func testViewsTogether(e *env) {
	e.set("a", "1")
	e.view(func(old kv.Reader) error {
		e.set("a", "2", "b", "2")
		return old.Scan(kv.Range{}, func(k, v []byte) error {
			e.has("a", "2", "b", "2")
			if string(k) != "a" || string(v) != "1" {
				e.Errorf("old view: %q = %q, want a = 1", k, v)
			}
			return nil
		})
	})
	e.has("a", "2", "b", "2")
}

func testViewReturnsError(e *env) {
	if err := e.store.View(e.ctx, func(kv.Reader) error { return errFn }); !errors.Is(err, errFn) {
		e.Errorf("view: %v, want %v", err, errFn)
	}
}

// refused are keys that no store takes, with the error that says so.
var refused = []struct {
	name, key string
	want      error
}{
	{"empty", "", kv.ErrKey},
	{"zero", "\x00", kv.ErrKey},
	{"reserved", "\x00any", kv.ErrKey},
	{"long", "k" + string(make([]byte, kv.MaxKey)), kv.ErrTooLarge},
}

func testRefusedKeys(e *env) {
	for _, test := range refused {
		key := []byte(test.key)
		e.view(func(r kv.Reader) error {
			if _, err := r.Get(key); !errors.Is(err, test.want) {
				e.Errorf("get of %s key: %v, want %v", test.name, err, test.want)
			}
			if err := r.GetMany([][]byte{key}, nil); !errors.Is(err, test.want) {
				e.Errorf("get many of %s key: %v, want %v", test.name, err, test.want)
			}
			return nil
		})
	}
}
