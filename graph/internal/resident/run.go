package resident

import (
	"bytes"
	"slices"
	"unsafe"
)

// run is what is kept of the rows with one prefix. It does not change: who has
// read more of them puts another run in its place. Most are small, and all that
// is found on the way to the rows of such a run stands in one piece of memory.
type run struct {
	place uint64    // in the image
	all   chunk     // of all rows; whole, or without rows
	room  [24]byte  // for the keys of all
	more  *[]*chunk // those that hold parts, in order, with gaps; nil where all is whole
}

// runSize is how many bytes a run takes beside its chunks, with what the cache
// takes for it.
const runSize = int(unsafe.Sizeof(run{})) + 80

// newRun is a run without rows.
func newRun(place uint64, prefix []byte) *run {
	r := &run{place: place}
	r.all.keys = behind(append(slices.Grow(r.room[:0], 2*len(prefix)), prefix...), prefix)
	r.all.cut = uint32(len(prefix))
	r.all.size = runSize
	if n := cap(r.all.keys); n > len(r.room) {
		r.all.size += n
	}
	return r
}

func (r *run) weight() uint32 {
	size := r.all.size
	for _, c := range r.parts() {
		size += c.size
	}
	return uint32(min(size, 1<<31))
}

// prefix is that of all its keys, and end is behind them.
func (r *run) prefix() []byte { return r.all.lo() }
func (r *run) end() []byte    { return r.all.hi() }

// parts are the chunks that hold parts.
func (r *run) parts() []*chunk {
	if r.more == nil {
		return nil
	}
	return *r.more
}

// spans tells whether a stretch is the whole run.
func (r *run) spans(s *stretch) bool {
	return bytes.Equal(s.lo, r.prefix()) && bytes.Equal(s.hi, r.end())
}

// at finds the chunk in which a key lies, if any, and where the next one begins.
func (r *run) at(key []byte) (in *chunk, next []byte) {
	if r.all.whole {
		return &r.all, nil
	}
	parts := r.parts()
	i, found := search(parts, key)
	if !found {
		i-- // the last that begins before
	}
	if i >= 0 && bytes.Compare(key, parts[i].hi()) < 0 {
		in = parts[i]
	}
	if i+1 < len(parts) {
		next = parts[i+1].lo()
	}
	return in, next
}

// search finds the part that begins with a key, or where that belongs.
func search(parts []*chunk, key []byte) (int, bool) {
	return slices.BinarySearchFunc(parts, key, func(c *chunk, key []byte) int { return bytes.Compare(c.lo(), key) })
}

// with is the run with another chunk in the place of those that it overlaps.
func (r *run) with(c *chunk) *run {
	parts := make([]*chunk, 0, len(r.parts())+1)
	for _, old := range r.parts() {
		if bytes.Compare(old.hi(), c.lo()) <= 0 || bytes.Compare(c.hi(), old.lo()) <= 0 {
			parts = append(parts, old)
		}
	}
	i, _ := search(parts, c.lo())
	parts = slices.Insert(parts, i, c)
	now := newRun(r.place, r.prefix())
	now.more = &parts
	return now
}
