package resident

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
)

// Pack makes of the rows of a chunk, in their order, what is kept for those who
// read many, and tells how many bytes it takes; nil: nothing. What row gives is
// not kept.
type Pack func(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (packed any, size int)

// Rows is what a Pack makes where it may give the rows back that it was made of.
// A chunk whose rows all come back the same keeps nothing else of them.
type Rows interface {
	Len() int
	// AppendSuffix appends what the key of a row has behind the prefix.
	AppendSuffix(to []byte, i int) []byte
	AppendValue(to []byte, i int) []byte
}

// pack puts the rows of a stretch into a chunk, which has none: what is made of
// them and, where that does not give them back, they themselves.
func (im *Image) pack(c *chunk, s *stretch, prefix []byte, built kv.TS) {
	c.built, c.n = built, uint16(s.len())
	if im.packer != nil {
		var size int
		c.packed, size = im.packer(prefix, s.len(), s.row)
		c.size += size
	}
	if rows, ok := c.packed.(Rows); !ok || !s.comesBack(rows) {
		c.keep(s)
	}
}

// comesBack tells whether rows are those of the stretch.
func (s *stretch) comesBack(rows Rows) bool {
	if rows.Len() != s.len() {
		return false
	}
	var again []byte
	for i := range s.len() {
		suffix, value := s.row(i)
		again = rows.AppendSuffix(again[:0], i)
		n := len(again)
		again = rows.AppendValue(again, i)
		if !bytes.Equal(again[:n], suffix) || !bytes.Equal(again[n:], value) {
			return false
		}
	}
	return true
}

// Packed gives what was made of the chunk in which all of a range lies, which may
// hold rows that are not in the range. Where it gives nil, rows are to be read.
// Any reader will do.
func Packed(r kv.Reader, rng kv.Range) (any, error) {
	from, ok := r.(*reader)
	if !ok {
		return nil, nil
	}
	prefix, end := from.within(rng)
	if prefix == nil {
		return nil, nil
	}
	if err := from.err(); err != nil {
		return nil, err
	}
	c, err := from.holding(rng.Start, len(prefix), end)
	if err != nil || c == nil || (!c.whole && bytes.Compare(end, c.hi()) > 0) {
		return nil, err
	}
	return c.packed, nil
}

// Run reads rows with one prefix, by which a layout keeps them together.
type Run struct {
	store kv.Reader
	from  *reader
	kept  *run
}

// Open begins to read the rows with a prefix. Any reader will do.
func Open(r kv.Reader, prefix []byte) Run {
	from, ok := r.(*reader)
	if !ok || from.im == nil {
		return Run{store: r}
	}
	return Run{from.Reader, from, from.open(prefix)}
}

// Next gives what was made of the chunk in which a range begins, which may hold
// rows that are not in the range, and the rest of the range, which is empty where
// it begins at its end or behind. Where it gives nil, the range is to be scanned.
func (r *Run) Next(rng kv.Range) (packed any, rest kv.Range, err error) {
	if r.kept == nil || !bytes.HasPrefix(rng.Start, r.kept.prefix()) {
		return nil, rng, nil
	}
	if err := r.from.err(); err != nil {
		return nil, rng, err
	}
	c, kept, err := r.from.chunk(r.kept, rng.Start, rng.End)
	if err != nil || c == nil || c.packed == nil {
		return nil, rng, err
	}
	r.kept, rng.Start = kept, c.hi()
	return c.packed, rng, nil
}

// Whole gives what was made of all rows with the prefix, where one chunk holds
// them; nil: there is no such thing.
func (r *Run) Whole() any {
	if r.kept == nil || r.from.im == nil || !r.kept.all.whole || !r.from.right(r.kept.all.built, r.kept) {
		return nil
	}
	return r.kept.all.packed
}

// Scan reads rows from the store.
func (r *Run) Scan(rng kv.Range, fn func(key, value []byte) error) error {
	return r.store.Scan(rng, fn)
}
