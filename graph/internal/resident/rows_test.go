package resident

import (
	"context"
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
		kept := b.im.run(b.im.place([]byte("ab"))).list()[0]
		if (kept.data == nil) != c.packed || (kept.ends == nil) != c.packed {
			t.Errorf("%s: rows are kept beside what was made of them, or not: %v", name, kept.rows)
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
