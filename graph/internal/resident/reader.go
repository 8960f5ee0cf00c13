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
	last  *run    // in which a row was looked for
	row   []byte  // in which a scan puts its rows together
	read  stretch // that is to be a chunk
	wide  stretch // that takes the place of read where all of a small run is read

	suffix [32]byte // in which one of a row is put together
}

// right tells whether what is known of a run to be right at a time is so in the
// snapshot. What is to be used must have been found before this is asked.
func (r *reader) right(built kv.TS, of *run) bool {
	known := min(built, r.since)
	return r.im.newest() <= known || r.im.written(of.place) <= known
}

// open finds the run with a prefix, or begins one where somebody asked for it
// before; nil: the rows are left to the store.
func (r *reader) open(prefix []byte) *run {
	place := r.im.place(prefix)
	if found := r.im.run(place, prefix); found != nil || !r.im.again(place) {
		return found
	}
	return newRun(place, prefix)
}

// chunk finds or makes the chunk of a run in which a key lies, for who reads up
// to end; nil where rows are too new to be kept. It gives the run as it is then.
func (r *reader) chunk(of *run, key, end []byte) (*chunk, *run, error) {
	c, next := of.at(key)
	if c != nil && r.right(c.built, of) {
		return c, of, nil
	}
	if !r.right(r.since, of) {
		return nil, of, nil
	}
	if next == nil {
		next = of.end()
	}
	r.read.begin(key, next)
	if err := r.gather(of, end); err != nil || !r.right(r.since, of) {
		return nil, of, err
	}
	c, now := r.im.add(of, &r.read, r.since)
	if r.last == of {
		r.last = now
	}
	return c, now, nil
}

// gather reads rows of a gap, from its beginning: as many as a chunk has or, in
// an image that is full, not many more than there are up to end.
func (r *reader) gather(of *run, end []byte) error {
	least, prefix, s := chunkRows, len(of.prefix()), &r.read
	if r.im.full() {
		least = fewRows
	}
	err := r.Reader.Scan(kv.Range{Start: s.lo, End: s.hi}, func(key, value []byte) error {
		if s.full() || s.len() >= least && bytes.Compare(key, end) >= 0 {
			s.hi = slices.Clone(key)
			return kv.Stop
		}
		s.put(key[prefix:], value)
		return nil
	})
	if err == nil && len(of.parts()) == 0 && len(s.lo) > prefix && bytes.Equal(s.hi, of.end()) {
		err = r.widen(of, least)
	}
	return err
}

// widen takes what there is of a run before the rows that were gathered up to
// its end, unless that makes more than most of them: all of a small run is one
// chunk, wherever somebody began to read. Where there are more, at most as many
// as most, and one, are read in vain, and only while the run has no part.
func (r *reader) widen(of *run, most int) error {
	prefix, all, s := len(of.prefix()), &r.wide, &r.read
	all.begin(of.prefix(), s.hi)
	err := r.Reader.Scan(kv.Range{Start: all.lo, End: s.lo}, func(key, value []byte) error {
		all.put(key[prefix:], value)
		if all.len()+s.len() > most || len(all.data)+len(s.data) > chunkBytes {
			all.lo = nil
			return kv.Stop
		}
		return nil
	})
	if err != nil || all.lo == nil {
		return err
	}
	for i := range s.len() {
		all.put(s.row(i))
	}
	r.read, r.wide = r.wide, r.read
	return nil
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
	n := r.layout(key)
	if n <= 0 || n >= len(key) {
		return nil, false, nil
	}
	c, err := r.holding(key, n, nil)
	if err != nil || c == nil {
		return nil, false, err
	}
	i := c.from(key[n:], r.suffix[:0])
	if i == c.len() || !bytes.Equal(c.suffix(i, r.suffix[:0]), key[n:]) {
		return nil, true, nil
	}
	return c.value(i, []byte{}), true, nil
}

// enter opens the run with a prefix, which may be that in which was looked last.
func (r *reader) enter(prefix []byte) *run {
	if r.last != nil && bytes.Equal(r.last.prefix(), prefix) {
		return r.last
	}
	of := r.open(prefix)
	if of != nil {
		r.last = of
	}
	return of
}

// holding finds the chunk that holds a key, whose prefix has n bytes; nil: the
// key is to be read from the store. A chunk that is missing is made if the rows
// of the run are numbered, or if the caller reads on up to end; with end nil he
// does not.
func (r *reader) holding(key []byte, n int, end []byte) (*chunk, error) {
	of := r.enter(key[:n:n])
	if of == nil {
		return nil, nil
	}
	c, _ := of.at(key)
	switch {
	case c != nil && r.right(c.built, of):
		return c, nil
	case len(key) <= n+1:
		return r.numbered(of, key)
	case end != nil:
		c, _, err := r.chunk(of, key, end)
		return c, err
	}
	return nil, nil
}

// numbered makes the chunks of a run up to the one that holds a key, and gives
// that. In an image that is full it makes no more than a chunk of few rows: a
// larger one would push out more than it is asked for.
func (r *reader) numbered(of *run, key []byte) (c *chunk, err error) {
	from, end := of.prefix(), of.end()
	if r.im.full() && len(key) > len(from) {
		from, end = slices.Clone(key), behind(nil, key)
		from[len(from)-1] &^= fewRows - 1
	}
	for ; c == nil || bytes.Compare(c.hi(), key) <= 0; from = c.hi() {
		if c, of, err = r.chunk(of, from, end); err != nil || c == nil {
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
