package resident

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
)

// Pack makes of the rows of a chunk, in their order, what is kept beside them
// for those who read many, and tells how many bytes it takes; nil: nothing.
type Pack func(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (packed any, size int)

// pack completes a chunk.
func (im *Image) pack(c *chunk, prefix []byte) {
	if im.packer != nil {
		c.packed, c.packedSize = im.packer(prefix, c.len(), c.row)
	}
}

// Run reads rows with one prefix, by which a layout keeps them together.
type Run struct {
	store kv.Reader
	from  *reader
	place place
	kept  *run
}

// Open begins to read the rows with a prefix. Any reader will do.
func Open(r kv.Reader, prefix []byte) Run {
	from, ok := r.(*reader)
	if !ok {
		return Run{store: r}
	}
	p := from.im.place(prefix)
	return Run{from.Reader, from, p, from.open(p, false)}
}

// Next gives what was made of the chunk in which a range begins, which may hold
// rows that are not in the range, and the rest of the range, which is empty where
// it begins at its end or behind. Where it gives nil, the range is to be scanned.
func (r *Run) Next(rng kv.Range) (packed any, rest kv.Range, err error) {
	if r.kept == nil || !bytes.HasPrefix(rng.Start, r.place.prefix) {
		return nil, rng, nil
	}
	if err := r.from.ctx.Err(); err != nil {
		return nil, rng, err
	}
	c, err := r.from.chunk(r.place, r.kept, rng.Start)
	if err != nil || c == nil || c.packed == nil {
		return nil, rng, err
	}
	rng.Start = c.hi
	return c.packed, rng, nil
}

// Whole gives what was made of all rows with the prefix, where one chunk holds
// them; nil: there is no such thing.
func (r *Run) Whole() any {
	if r.kept == nil {
		return nil
	}
	list := r.kept.list()
	if len(list) != 1 || len(list[0].lo) > len(r.place.prefix) {
		return nil
	}
	var room [32]byte
	if c := list[0]; bytes.Equal(c.hi, behind(room[:0], r.place.prefix)) && r.from.right(c.built, r.place) {
		return c.packed
	}
	return nil
}

// Scan reads rows from the store.
func (r *Run) Scan(rng kv.Range, fn func(key, value []byte) error) error {
	return r.store.Scan(rng, fn)
}
