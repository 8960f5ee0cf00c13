package resident

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"unsafe"

	"github.com/parleydb/parley/graph/kv"
)

// chunk holds all rows of its run from lo up to hi, which were so at built and
// at any time until a newer transaction wrote to the run.
type chunk struct {
	keys   []byte // lo and hi
	cut    uint32 // where hi begins there
	n      uint16 // rows
	wide   bool   // the ends in data take four bytes each, not two
	whole  bool   // it holds all of its run
	built  kv.TS
	packed any    // what was made of the rows, or nil
	data   []byte // see keep; nil: packed gives the rows back
	size   int    // in bytes, with what it points to
}

const (
	chunkRows  = 256 // of a chunk, at most
	fewRows    = 32  // the same in a full image, unless who reads asks for more; a power of two, since it is a mask, too
	chunkBytes = 32 << 10
	chunkSize  = int(unsafe.Sizeof(chunk{}))
)

// lo is the key with which a chunk begins.
func (c *chunk) lo() []byte { return c.keys[:c.cut:c.cut] }

// hi is the key before which it ends.
func (c *chunk) hi() []byte { return c.keys[c.cut:] }

func (c *chunk) len() int { return int(c.n) }

// newChunk is a chunk without rows, which is to have those of a stretch.
func newChunk(s *stretch) *chunk {
	c := &chunk{keys: slices.Concat(s.lo, s.hi), cut: uint32(len(s.lo))}
	c.size = chunkSize + cap(c.keys)
	return c
}

// keep keeps rows in one piece of memory, in which stand first where each
// suffix and each value begins, and where the last one ends, and then all these.
func (c *chunk) keep(s *stretch) {
	ends := 2 * (len(s.ends) + 1)
	if c.wide = ends+len(s.data) > math.MaxUint16; c.wide {
		ends *= 2
	}
	c.data = slices.Grow([]byte(nil), ends+len(s.data))[:ends]
	c.setEnd(0, uint32(ends))
	for i, end := range s.ends {
		c.setEnd(i+1, uint32(ends)+end)
	}
	c.data = append(c.data, s.data...)
	c.size += cap(c.data)
}

// rows are what gives the rows back; nil: they stand in data.
func (c *chunk) rows() Rows {
	if c.data != nil {
		return nil
	}
	rows, _ := c.packed.(Rows)
	return rows
}

func (c *chunk) setEnd(i int, end uint32) {
	if c.wide {
		binary.LittleEndian.PutUint32(c.data[4*i:], end)
	} else {
		binary.LittleEndian.PutUint16(c.data[2*i:], uint16(end))
	}
}

func (c *chunk) end(i int) int {
	if c.wide {
		return int(binary.LittleEndian.Uint32(c.data[4*i:]))
	}
	return int(binary.LittleEndian.Uint16(c.data[2*i:]))
}

// suffix gives what a row's key has behind the prefix, if need be in the room
// that is given.
func (c *chunk) suffix(i int, room []byte) []byte {
	if rows := c.rows(); rows != nil {
		return rows.AppendSuffix(room, i)
	}
	from, to := c.end(2*i), c.end(2*i+1)
	return c.data[from:to:to]
}

// value gives the value of a row, if need be in the room that is given.
func (c *chunk) value(i int, room []byte) []byte {
	if rows := c.rows(); rows != nil {
		return rows.AppendValue(room, i)
	}
	from, to := c.end(2*i+1), c.end(2*i+2)
	return c.data[from:to:to]
}

// from is the first row whose key is at or behind one, of which suffix is what
// it has behind the prefix. In room keys are put together. Rows that are
// numbered one after another mostly stand where their number says.
func (c *chunk) from(suffix, room []byte) int {
	if len(suffix) == 1 {
		if i := int(suffix[0]); i < c.len() && bytes.Equal(c.suffix(i, room), suffix) {
			return i
		}
	}
	return c.between(0, c.len(), suffix, room)
}

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
