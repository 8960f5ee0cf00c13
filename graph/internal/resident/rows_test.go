package resident

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// changed is rows as text of which some come back otherwise.
type changed struct {
	text
	suffix, value int // the rows that do; -1: none
	more          int // rows that there were not
}

func (c changed) Len() int { return c.text.Len() + c.more }

func (c changed) AppendSuffix(to []byte, i int) []byte {
	if to = c.text.AppendSuffix(to, i); i == c.suffix {
		to[len(to)-1] ^= 1
	}
	return to
}

func (c changed) AppendValue(to []byte, i int) []byte {
	if to = c.text.AppendValue(to, i); i == c.value {
		to = append(to, 0)
	}
	return to
}

// A chunk keeps no rows where what was made of it gives all of them back, and
// its own ones where that lacks a row, or one comes back otherwise. Answers are
// the same.
func TestRowsComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		made   changed
		lacks  int // rows
		packed bool
	}{
		"all":           {changed{suffix: -1, value: -1}, 0, true},
		"another key":   {changed{suffix: 39, value: -1}, 0, false},
		"another value": {changed{suffix: -1, value: 0}, 0, false},
		"a row less":    {changed{suffix: -1, value: -1}, 1, false},
		"a row more":    {changed{suffix: -1, value: -1, more: 1}, 0, false},
	} {
		b := newBed(1 << 20)
		b.im.packer = func(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (any, int) {
			made, size := listed(prefix, rows, row)
			c.made.text = made.(text)[:rows-c.lacks]
			return c.made, size
		}
		b.update(func(t kv.Txn) (err error) {
			for i := range 40 {
				err = t.Set(fmt.Appendf(nil, "ab%04d", 2*i), fmt.Appendf(nil, "v%d", i))
			}
			return err
		})
		all := kv.Range{Start: []byte("ab"), End: []byte("ac")}
		_ = b.view(func(_, r kv.Reader) error { return b.im.Fill(context.Background(), r, kv.TS(b.published.Load()), all) })
		b.inMemory(t, "ab", "ac")
		kept := b.im.run(b.im.place([]byte("ab")), []byte("ab")).all
		if !kept.whole || (kept.data == nil) != c.packed {
			t.Errorf("%s: rows are kept beside what was made of them, or not: %v", name, kept.packed)
		}
		keys := [][]byte{[]byte("ab0000"), []byte("ab0033"), []byte("ab0078"), []byte("ab0079")}
		for _, rng := range []kv.Range{all, {Start: []byte("ab0003"), End: []byte("ab0021")}, {Start: all.Start, End: all.End, KeysOnly: true, Limit: 7}} {
			_ = b.view(func(with, without kv.Reader) error {
				if got, want := read(with, rng, keys, 100), read(without, rng, keys, 100); got != want {
					t.Errorf("%s: %s\nwant\n%s", name, got, want)
				}
				return nil
			})
		}
	}
}

// counted counts the rows that the store gives.
type counted struct {
	kv.Reader
	rows int
}

func (c *counted) Scan(rng kv.Range, fn func(k, v []byte) error) error {
	return c.Reader.Scan(rng, func(k, v []byte) error { c.rows++; return fn(k, v) })
}

// Who asks for a few rows has many read that may be asked for next, unless the
// image is full: then what is read beside them pushes something else out.
func TestReadsLittleWhenFull(t *testing.T) {
	for _, c := range []struct {
		size      int64 // of the image; what is filled takes some 150 KiB
		ask, read int   // rows
	}{
		{1 << 20, 5, chunkRows + 1},
		{64 << 10, 5, fewRows + 1},
		{64 << 10, 70, 70 + 1},
	} {
		b := newBed(c.size)
		for run := range 'z' - 'a' + 1 {
			b.update(func(t kv.Txn) (err error) {
				for i := range 200 + 10*run { // the last one, which is not filled, has the most
					err = t.Set(fmt.Appendf(nil, "a%c%04d", 'a'+run, i), []byte("value"))
				}
				return err
			})
		}
		asked, n := kv.Range{Start: []byte("az0100"), End: fmt.Appendf(nil, "az%04d", 100+c.ask)}, 0
		store := counted{}
		err := b.view(func(_, r kv.Reader) error {
			since := kv.TS(b.published.Load())
			if err := b.im.Fill(context.Background(), r, since, kv.Range{Start: []byte("aa"), End: []byte("az")}); err != nil {
				return err
			}
			b.im.again(b.im.place([]byte("az"))) // as if somebody had asked
			store.Reader = r
			return b.im.Reader(context.Background(), &store, since, nil).Scan(asked, func(_, _ []byte) error { n++; return nil })
		})
		if n != c.ask || store.rows != c.read || err != nil {
			t.Errorf("of %d bytes: %d rows, for which %d were read of the store, want %d, %d (%v)", c.size, n, store.rows, c.ask, c.read, err)
		}
	}
}

// Who begins near the end of a run of many rows has a chunk of others read in
// vain, unless some part of the run is kept.
func TestReadsInVainOnce(t *testing.T) {
	type step struct{ from, to, read int }
	for _, steps := range [][]step{
		{{990, 1000, chunkRows + 1}, {990, 1000, 0}, {980, 1000, 10}},
		{{100, 110, chunkRows + 1}, {990, 1000, 10}},
	} {
		b := newBed(1 << 20)
		b.update(func(t kv.Txn) (err error) {
			for i := range 1000 {
				err = errors.Join(err, t.Set(fmt.Appendf(nil, "aa%04d", i), []byte("value")))
			}
			return err
		})
		b.im.again(b.im.place([]byte("aa"))) // as if somebody had asked
		for _, s := range steps {
			n, store := 0, counted{}
			err := b.view(func(_, r kv.Reader) error {
				store.Reader = r
				with := b.im.Reader(context.Background(), &store, kv.TS(b.published.Load()), nil)
				rng := kv.Range{Start: fmt.Appendf(nil, "aa%04d", s.from), End: fmt.Appendf(nil, "aa%04d", s.to)}
				return with.Scan(rng, func(_, _ []byte) error { n++; return nil })
			})
			if n != s.to-s.from || store.rows != s.read || err != nil {
				t.Errorf("%+v: %d rows, for which %d were read of the store (%v)", s, n, store.rows, err)
			}
		}
	}
}
