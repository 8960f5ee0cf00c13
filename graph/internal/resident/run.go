package resident

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
	"unsafe"
)

// run is what is kept of the rows with one prefix. Once it is in the image it
// does not change: who has read more of them puts another run in its place. Most
// are small, and all that is found on the way to the rows of such a run stands in
// one piece of memory.
type run struct {
	place    uint64   // in the image
	all      chunk    // of all rows; whole, or without rows
	keyBytes [24]byte // for the keys of all
	more     *[]part  // in order, with gaps; nil where all is whole
}

// part is a chunk that holds a part of its run.
type part struct {
	head uint64 // of its first key, behind the prefix: parts are found by it
	*chunk
}

const partSize = int(unsafe.Sizeof(part{}))

// head is the beginning of a key behind its prefix, as a number, which sorts as
// the key does.
func head(suffix []byte) uint64 {
	var b [8]byte
	copy(b[:], suffix)
	return binary.BigEndian.Uint64(b[:])
}

// runSize is how many bytes a run takes beside its chunks, with what the cache
// takes for it.
const runSize = int(unsafe.Sizeof(run{})) + 80

// newRun is a run without rows.
func newRun(place uint64, prefix []byte) *run {
	r := &run{place: place}
	r.all.keys = behind(append(slices.Grow(r.keyBytes[:0], 2*len(prefix)), prefix...), prefix)
	r.all.cut = uint32(len(prefix))
	r.all.size = runSize
	if n := cap(r.all.keys); n > len(r.keyBytes) {
		r.all.size += n
	}
	return r
}

func (r *run) weight() uint32 {
	size := r.all.size
	for _, p := range r.parts() {
		size += partSize + p.size
	}
	return uint32(min(size, 1<<31))
}

// prefix is that of all its keys, and end is behind them.
func (r *run) prefix() []byte { return r.all.lo() }
func (r *run) end() []byte    { return r.all.hi() }

func (r *run) parts() []part {
	if r.more == nil {
		return nil
	}
	return *r.more
}

// part is a chunk as the run has it.
func (r *run) part(c *chunk) part { return part{head(c.lo()[r.all.cut:]), c} }

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
	i := r.begun(parts, key)
	if i > 0 && bytes.Compare(key, parts[i-1].hi()) < 0 {
		in = parts[i-1].chunk
	}
	if i < len(parts) {
		next = parts[i].lo()
	}
	return in, next
}

// begun tells how many parts begin at or before a key.
func (r *run) begun(parts []part, key []byte) int {
	h := head(key[r.all.cut:])
	return sort.Search(len(parts), func(i int) bool {
		p := &parts[i]
		return p.head > h || p.head == h && bytes.Compare(p.lo(), key) > 0
	})
}

// with is the run with another chunk in the place of those that it overlaps.
func (r *run) with(c *chunk) *run {
	parts := make([]part, 0, len(r.parts())+1)
	for _, old := range r.parts() {
		if bytes.Compare(old.hi(), c.lo()) <= 0 || bytes.Compare(c.hi(), old.lo()) <= 0 {
			parts = append(parts, old)
		}
	}
	parts = slices.Insert(parts, r.begun(parts, c.lo()), r.part(c))
	now := newRun(r.place, r.prefix())
	now.more = &parts
	return now
}
