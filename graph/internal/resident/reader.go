package resident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// reader answers from the image where it can.
type reader struct {
	kv.Reader
	ctx   context.Context
	im    *Image
	since kv.TS
	last  *run   // in which a row was looked for
	at    place  // of it
	room  []byte // for the rows of a scan
	read  chunk  // room for the rows of a chunk until it is complete
	hand  [32]byte
}

// right tells whether what is known to be right at a time is so in the snapshot.
// What is to be used must have been found before this is asked.
func (r *reader) right(built kv.TS, p place) bool {
	written := r.im.written(p)
	return written <= built && written <= r.since
}

// open finds the run at a place, or begins one where somebody asked for it
// before; nil: the rows are left to the store.
func (r *reader) open(p place) *run {
	if found := r.im.run(p); found != nil || !r.im.again(p) {
		return found
	}
	return &run{prefix: slices.Clone(p.prefix)}
}

// chunk finds or makes the chunk of a run in which a key lies, for who reads up
// to end; nil where rows are too new to be kept.
func (r *reader) chunk(p place, of *run, key, end []byte) (*chunk, error) {
	c, next := of.at(key)
	if c != nil && r.right(c.built, p) {
		return c, nil
	}
	if !r.right(r.since, p) {
		return nil, nil
	}
	if next == nil {
		next = of.end()
	}
	c, err := r.build(len(of.prefix), slices.Clone(key), next, end)
	if err != nil || !r.right(c.built, p) {
		return nil, err
	}
	of.add(c)
	r.im.runs.Set(p.hash, of)
	return c, nil
}

// build reads rows of a gap, from its beginning: as many as a chunk has or, in
// an image that is full, not many more than there are up to end.
func (r *reader) build(prefix int, lo, hi, end []byte) (*chunk, error) {
	least := chunkRows
	if r.im.full() {
		least = fewRows
	}
	c := &chunk{lo: lo, hi: hi, built: r.since, data: r.read.data[:0], ends: r.read.ends[:0]}
	err := r.Reader.Scan(kv.Range{Start: lo, End: hi}, func(key, value []byte) error {
		if c.full() || c.len() >= least && bytes.Compare(key, end) >= 0 {
			c.hi = slices.Clone(key)
			return kv.Stop
		}
		c.put(key[prefix:], value)
		return nil
	})
	r.read.data, r.read.ends = c.data, c.ends
	r.im.complete(c, lo[:prefix])
	return c, err
}

// behind appends the first key of its length behind all that begin with prefix.
func behind(b, prefix []byte) []byte {
	b = append(b, prefix...)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i]++; b[i] != 0 {
			break
		}
	}
	return b
}

// find looks for a row in the image; known tells whether it has, or has not,
// what the store has.
func (r *reader) find(key []byte) (value []byte, known bool, err error) {
	n := r.im.layout(key)
	if n <= 0 || n >= len(key) {
		return nil, false, nil
	}
	c, err := r.holding(key, n, nil)
	if err != nil || c == nil {
		return nil, false, err
	}
	i := c.from(key[n:], r.hand[:0])
	if i == c.len() || !bytes.Equal(c.suffix(i, r.hand[:0]), key[n:]) {
		return nil, true, nil
	}
	return c.value(i, []byte{}), true, nil
}

// enter opens the run with a prefix, which may be that in which was looked last.
func (r *reader) enter(prefix []byte) (place, *run) {
	if r.last != nil && bytes.Equal(r.last.prefix, prefix) {
		return r.at, r.last
	}
	p := r.im.place(prefix)
	of := r.open(p)
	if of != nil {
		p.prefix = of.prefix // which stays as it is
		r.at, r.last = p, of
	}
	return p, of
}

// holding finds the chunk in which a key lies, whose prefix has n bytes; nil: it
// is left to the store. A chunk that is not there is made where the whole run is
// small, and for who reads up to end; nil: it is not.
func (r *reader) holding(key []byte, n int, end []byte) (*chunk, error) {
	p, of := r.enter(key[:n:n])
	if of == nil {
		return nil, nil
	}
	c, _ := of.at(key)
	switch {
	case c != nil && r.right(c.built, p):
		return c, nil
	case len(key) <= n+1:
		return r.whole(p, of, key)
	case end != nil:
		return r.chunk(p, of, key, end)
	}
	return nil, nil
}

// whole makes the chunks of a run up to the one in which a key lies, and gives that.
func (r *reader) whole(p place, of *run, key []byte) (c *chunk, err error) {
	for from := p.prefix; c == nil || bytes.Compare(c.hi, key) <= 0; from = c.hi {
		if c, err = r.chunk(p, of, from, of.end()); err != nil || c == nil {
			return nil, err
		}
	}
	return c, nil
}

func (r *reader) Get(key []byte) ([]byte, error) {
	value, known, err := r.find(key)
	switch {
	case err != nil:
		return nil, err
	case !known:
		return r.Reader.Get(key)
	case value == nil:
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return value, nil
}

func (r *reader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	var missing [][]byte
	var at []int
	found := make([][]byte, len(keys))
	for i, key := range keys {
		value, known, err := r.find(key)
		if err != nil {
			return err
		}
		if found[i] = value; !known {
			missing, at = append(missing, key), append(at, i)
		}
	}
	if len(missing) > 0 {
		err := r.Reader.GetMany(missing, func(i int, value []byte) error {
			found[at[i]] = append([]byte{}, value...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i, value := range found {
		if value == nil {
			continue
		}
		if err := fn(i, value); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

func unlessStop(err error) error {
	if errors.Is(err, kv.Stop) {
		return nil
	}
	return err
}
