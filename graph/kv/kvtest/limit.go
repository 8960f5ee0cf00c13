package kvtest

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/parleydb/parley/graph/kv"
)

var limitTests = []test{
	{"Keys", testLimitKeys},
	{"Values", testLimitValues},
	{"UpdateBytes", testLimitUpdateBytes},
	{"UpdateKeys", testLimitUpdateKeys},
}

func testLimitKeys(e *env) {
	longest := bytes.Repeat([]byte{0xff}, kv.MaxKey)
	e.update(func(tx kv.Txn) error {
		for _, test := range refused {
			if err := tx.Set([]byte(test.key), nil); !errors.Is(err, test.want) {
				e.Errorf("set of %s key: %v, want %v", test.name, err, test.want)
			}
			if err := tx.Delete([]byte(test.key)); !errors.Is(err, test.want) {
				e.Errorf("delete of %s key: %v, want %v", test.name, err, test.want)
			}
		}
		return errors.Join(tx.Set(longest, nil), setAll(tx, "a", "1"))
	})
	e.has("a", "1", string(longest), "")
	e.view(func(r kv.Reader) error {
		return e.finds(r, kv.Range{Start: []byte{0xff}, Reverse: true}, string(longest), "")
	})
}

func testLimitValues(e *env) {
	value := make([]byte, kv.MaxValue+1)
	e.update(func(tx kv.Txn) error {
		if err := tx.Set([]byte("a"), value); !errors.Is(err, kv.ErrTooLarge) {
			e.Errorf("set of a value that is too long: %v, want kv.ErrTooLarge", err)
		}
		return tx.Set([]byte("b"), value[:kv.MaxValue])
	})
	e.has("b", string(value[:kv.MaxValue]))
}

func testLimitUpdateBytes(e *env) {
	value := make([]byte, kv.MaxValue)
	n := 0
	e.update(func(tx kv.Txn) error {
		left := kv.MaxUpdateBytes
		for n = 0; left > 0; n++ {
			size := min(left-1, kv.MaxValue)
			if err := tx.Set([]byte{byte('a' + n)}, value[:size]); err != nil {
				return err
			}
			left -= 1 + size
		}
		if err := setAll(tx, "z", ""); !errors.Is(err, kv.ErrTooLarge) {
			e.Errorf("set of a byte too many: %v, want kv.ErrTooLarge", err)
		}
		if err := deleteAll(tx, "z"); !errors.Is(err, kv.ErrTooLarge) {
			e.Errorf("delete of a byte too many: %v, want kv.ErrTooLarge", err)
		}
		return nil
	})
	if got := count(e); got != n {
		e.Errorf("%d rows, want %d", got, n)
	}
}

// testLimitUpdateKeys fills one update with as many writes, and nearly as many
// bytes, as it may have.
func testLimitUpdateKeys(e *env) {
	value := make([]byte, kv.MaxUpdateBytes/kv.MaxUpdateKeys-len(number(0)))
	e.update(func(tx kv.Txn) error {
		for i := range kv.MaxUpdateKeys {
			if err := tx.Set(number(i), value); err != nil {
				return err
			}
		}
		if err := setAll(tx, "z", ""); !errors.Is(err, kv.ErrTooLarge) {
			e.Errorf("one write too many: %v, want kv.ErrTooLarge", err)
		}
		return nil
	})
	if n := count(e); n != kv.MaxUpdateKeys {
		e.Errorf("%d rows, want %d", n, kv.MaxUpdateKeys)
	}
}

// number is a key of 5 bytes that sorts by i.
func number(i int) []byte { return binary.BigEndian.AppendUint32([]byte{'n'}, uint32(i)) }

func count(e *env) int {
	n := 0
	e.view(func(r kv.Reader) error {
		return r.Scan(kv.Range{KeysOnly: true}, func(_, _ []byte) error { n++; return nil })
	})
	return n
}
