package resident

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestFillFails shows that an image that could not be filled to the end answers
// as the store does.
func TestFillFails(t *testing.T) {
	b := newBed(1 << 20)
	b.update(func(tx kv.Txn) error {
		for i := range 10 {
			if err := tx.Set(fmt.Appendf(nil, "aa%04d", i), []byte("x")); err != nil {
				return err
			}
		}
		return nil
	})
	unreadable := errors.New("unreadable")
	err := b.view(func(with, without kv.Reader) error {
		broken := failing{without, 5, unreadable}
		if err := b.im.Fill(t.Context(), broken, kv.TS(b.published.Load()), kv.Range{Start: []byte("a"), End: []byte("b")}); !errors.Is(err, unreadable) {
			t.Errorf("filled: %v", err)
		}
		n := 0
		err := with.Scan(kv.Range{Start: []byte("aa"), End: []byte("ab")}, func(_, _ []byte) error { n++; return nil })
		if n != 10 {
			t.Errorf("%d rows, want 10", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// failing gives some rows of a scan, and then an error.
type failing struct {
	kv.Reader
	rows int
	err  error
}

func (r failing) Scan(rng kv.Range, fn func(key, value []byte) error) error {
	n, failed := 0, error(nil)
	err := r.Reader.Scan(rng, func(k, v []byte) error {
		if n++; n > r.rows {
			failed = r.err
			return kv.Stop
		}
		return fn(k, v)
	})
	return errors.Join(err, failed)
}

// TestShare shows how many rows blocks get of gaps, of which one has grown since
// its rows were counted.
func TestShare(t *testing.T) {
	for rows, want := range map[int]int{-3: 256, 0: 256, 1: 1, 256: 256, 257: 129, 600: 200} {
		if got := (&gap{rows: rows}).share(256); got != want {
			t.Errorf("%d rows: %d, want %d", rows, got, want)
		}
	}
}
