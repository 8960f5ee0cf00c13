package sorted

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
	"sync"
)

// entry points to a row and repeats the beginning of its key behind the first
// byte, by which most rows can be told apart.
type entry struct {
	high, low uint64
	at        uint64 // block in the upper half, offset in the lower
}

const entrySize = 24

// table is rows in memory. Two goroutines may read one to which nothing is put
// any more.
type table struct {
	blocks   [][]byte
	spare    [][]byte    // blocks of earlier rows, to be used again
	families [256]family // by the first byte of the key
	size     int
}

// family is the rows whose keys share the first byte: some that are in order,
// the longest lists first, and those that came since.
type family struct {
	mu      sync.Mutex // of those who put it in order
	ordered [][]entry
	tail    []entry
}

const (
	blockSize = 1 << 20
	rowHead   = 6       // length of the key (2), of the value (4)
	gone      = 1 << 31 // in the length of the value: the row was deleted
)

func (t *table) put(key, value []byte, deleted bool) {
	n := rowHead + len(key) + len(value)
	last := len(t.blocks) - 1
	if last < 0 || len(t.blocks[last])+n > cap(t.blocks[last]) {
		t.blocks = append(t.blocks, t.block(n))
		last++
	}
	e := entry{at: uint64(last)<<32 | uint64(len(t.blocks[last]))}
	e.high, e.low = begins(key)
	t.blocks[last] = appendRow(t.blocks[last], key, value, deleted)
	f := &t.families[key[0]]
	f.tail = append(f.tail, e)
	t.size += n + entrySize
}

// block gives an empty block that a row of n bytes fits into.
func (t *table) block(n int) []byte {
	if last := len(t.spare) - 1; last >= 0 && cap(t.spare[last]) >= n {
		b := t.spare[last]
		t.spare = t.spare[:last]
		return b
	}
	return make([]byte, 0, max(n, blockSize))
}

// reset makes the table empty and keeps its memory.
func (t *table) reset() {
	for _, b := range t.blocks {
		if cap(b) == blockSize {
			t.spare = append(t.spare, b[:0])
		}
	}
	t.blocks, t.size = t.blocks[:0], 0
	for i := range t.families {
		f := &t.families[i]
		var longest []entry
		for _, list := range append(f.ordered, f.tail) {
			if cap(list) > cap(longest) {
				longest = list
			}
		}
		f.ordered, f.tail = nil, longest[:0]
	}
}

func appendRow(b, key, value []byte, deleted bool) []byte {
	length := uint32(len(value))
	if deleted {
		length |= gone
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(key)))
	b = binary.BigEndian.AppendUint32(b, length)
	return append(append(b, key...), value...)
}

// parseRow reads a row at the beginning of b.
func parseRow(b []byte) (r Row, size int) {
	keyEnd := rowHead + int(binary.BigEndian.Uint16(b))
	length := binary.BigEndian.Uint32(b[2:])
	size = keyEnd + int(length&^gone)
	return Row{Key: b[rowHead:keyEnd:keyEnd], Value: b[keyEnd:size:size], Deleted: length&gone != 0}, size
}

// begins gives 16 bytes of a key behind its first, as numbers in its order.
func begins(key []byte) (high, low uint64) {
	if len(key) > 16 {
		return binary.BigEndian.Uint64(key[1:]), binary.BigEndian.Uint64(key[9:])
	}
	var b [16]byte
	copy(b[:], key[1:])
	return binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
}

func (t *table) row(e entry) Row {
	r, _ := parseRow(t.blocks[e.at>>32][uint32(e.at):])
	return r
}

func (t *table) key(e entry) []byte {
	b := t.blocks[e.at>>32][uint32(e.at):]
	return b[rowHead : rowHead+int(binary.BigEndian.Uint16(b))]
}

// compare orders by key, and the rows of a key from the newest to the oldest.
func (t *table) compare(a, b entry) int {
	switch {
	case a.high != b.high:
		return cmp.Compare(a.high, b.high)
	case a.low != b.low:
		return cmp.Compare(a.low, b.low)
	}
	return cmp.Or(bytes.Compare(t.key(a), t.key(b)), cmp.Compare(b.at, a.at))
}

func (t *table) same(a, b entry) bool {
	return a.high == b.high && a.low == b.low && bytes.Equal(t.key(a), t.key(b))
}

// lists gives the rows of a family in lists that are in order and stay as they are.
func (t *table) lists(f *family) [][]entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	t.order(f)
	return f.ordered
}

// order puts the tail in order. Lists that are not much shorter than the one
// before are joined with it, so that there are few.
func (t *table) order(f *family) {
	if len(f.tail) == 0 {
		return
	}
	list := f.tail
	f.tail = nil
	slices.SortFunc(list, t.compare)
	list = slices.CompactFunc(list, t.same) // keeps the first, which is the newest
	for n := len(f.ordered) - 1; n >= 0 && len(f.ordered[n]) <= 2*len(list); n-- {
		list = t.join(f.ordered[n], list)
		f.ordered = f.ordered[:n:n]
	}
	f.ordered = append(f.ordered, list)
}

// join merges two lists; of rows with one key it keeps the newer.
func (t *table) join(older, newer []entry) []entry {
	list := make([]entry, 0, len(older)+len(newer))
	for len(older) > 0 && len(newer) > 0 {
		switch {
		case t.same(older[0], newer[0]):
			older = older[1:]
		case t.compare(older[0], newer[0]) < 0:
			list, older = append(list, older[0]), older[1:]
		default:
			list, newer = append(list, newer[0]), newer[1:]
		}
	}
	return append(append(list, older...), newer...)
}

// whole puts all rows of a family into one list.
func (t *table) whole(f *family) []entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	t.order(f)
	for n := len(f.ordered); n > 1; n-- {
		f.ordered = append(f.ordered[:n-2:n-2], t.join(f.ordered[n-2], f.ordered[n-1]))
	}
	if len(f.ordered) == 0 {
		return nil
	}
	return f.ordered[0]
}

// seek finds the first entry of an ordered list that is not before key.
func (t *table) seek(list []entry, key []byte) int {
	high, low := begins(key)
	return sort.Search(len(list), func(i int) bool {
		switch e := list[i]; {
		case e.high != high:
			return e.high > high
		case e.low != low:
			return e.low > low
		default:
			return bytes.Compare(t.key(e), key) >= 0
		}
	})
}
