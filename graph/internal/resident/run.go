package resident

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

// run holds chunks of the rows with one prefix, in order, with gaps.
type run struct {
	prefix []byte
	mu     sync.Mutex // of who adds a chunk: readers take the list as it is
	chunks atomic.Pointer[[]*chunk]
	size   atomic.Int64
}

// chunk holds all rows of its run from lo up to hi, which were so at built and
// at any time until a newer transaction wrote to the run.
type chunk struct {
	lo, hi []byte // whole keys; hi is no part of it
	built  kv.TS
	whole  bool     // it holds all of its run
	rows   Rows     // packed, where that gives the rows back; else they stand here:
	data   []byte   // of each row, what its key has behind the prefix, and then its value
	ends   []uint32 // in data: of the key and of the value of each row

	packed     any // what was made of the rows, or nil
	packedSize int
}

const (
	chunkRows  = 256
	fewRows    = 32 // of a chunk of which somebody reads a part, in an image that is full
	chunkBytes = 32 << 10
	runSize    = 250 // bytes beside its chunks
	chunkSize  = 150 // bytes beside its rows
)

func (r *run) weight() uint32 { return uint32(min(runSize+r.size.Load(), 1<<31)) }

func (c *chunk) weight() int64 {
	return int64(chunkSize + len(c.lo) + len(c.hi) + cap(c.data) + 4*cap(c.ends) + c.packedSize)
}

func (r *run) list() []*chunk {
	if list := r.chunks.Load(); list != nil {
		return *list
	}
	return nil
}

// end is behind all keys of the run.
func (r *run) end() []byte { return behind(nil, r.prefix) }

// at finds the chunk in which a key lies, if any, and where the next one begins.
func (r *run) at(key []byte) (in *chunk, next []byte) {
	list := r.list()
	if len(list) == 1 && list[0].whole {
		return list[0], nil
	}
	i, found := slices.BinarySearchFunc(list, key, func(c *chunk, key []byte) int { return bytes.Compare(c.lo, key) })
	if !found {
		i-- // the last that begins before
	}
	if i >= 0 && bytes.Compare(key, list[i].hi) < 0 {
		in = list[i]
	}
	if i+1 < len(list) {
		next = list[i+1].lo
	}
	return in, next
}

// add puts a chunk in the place of those that it overlaps.
func (r *run) add(c *chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*chunk, 0, len(r.list())+1)
	for _, old := range r.list() {
		if bytes.Compare(old.hi, c.lo) <= 0 || bytes.Compare(c.hi, old.lo) <= 0 {
			list = append(list, old)
		}
	}
	i, _ := slices.BinarySearchFunc(list, c.lo, func(c *chunk, key []byte) int { return bytes.Compare(c.lo, key) })
	r.set(slices.Insert(list, i, c))
}

// set makes these the chunks, which are sorted and do not overlap.
func (r *run) set(list []*chunk) {
	size := int64(0)
	for _, c := range list {
		size += c.weight()
	}
	r.chunks.Store(&list)
	r.size.Store(size)
}

func (c *chunk) len() int {
	if c.rows != nil {
		return c.rows.Len()
	}
	return len(c.ends) / 2
}

func (c *chunk) full() bool { return c.len() == chunkRows || len(c.data) >= chunkBytes }

// put appends a row.
func (c *chunk) put(suffix, value []byte) {
	c.data = append(c.data, suffix...)
	end := uint32(len(c.data))
	c.data = append(c.data, value...)
	c.ends = append(c.ends, end, uint32(len(c.data)))
}

// row gives what a row's key has behind the prefix, and its value, of a chunk
// that is not complete.
func (c *chunk) row(i int) (suffix, value []byte) {
	from := uint32(0)
	if i > 0 {
		from = c.ends[2*i-1]
	}
	mid, to := c.ends[2*i], c.ends[2*i+1]
	return c.data[from:mid:mid], c.data[mid:to:to]
}

// suffix gives what a row's key has behind the prefix, if need be in the room
// that is given.
func (c *chunk) suffix(i int, room []byte) []byte {
	if c.rows != nil {
		return c.rows.AppendSuffix(room, i)
	}
	suffix, _ := c.row(i)
	return suffix
}

// value gives the value of a row, if need be in the room that is given.
func (c *chunk) value(i int, room []byte) []byte {
	if c.rows != nil {
		return c.rows.AppendValue(room, i)
	}
	_, value := c.row(i)
	return value
}

// from is the first row whose key is at or behind one, of which suffix is what
// it has behind the prefix. In room keys are put together.
func (c *chunk) from(suffix, room []byte) int { return c.between(0, c.len(), suffix, room) }

// soon is from where that is mostly a few rows behind one.
func (c *chunk) soon(row int, suffix, room []byte) int {
	for step := 1; ; step *= 2 {
		next := min(row+step, c.len())
		if next == c.len() || bytes.Compare(c.suffix(next, room), suffix) >= 0 {
			return c.between(row, next, suffix, room)
		}
		row = next
	}
}

func (c *chunk) between(lo, hi int, suffix, room []byte) int {
	for lo < hi {
		mid := (lo + hi) / 2
		if bytes.Compare(c.suffix(mid, room), suffix) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
