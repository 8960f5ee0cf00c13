package sorted

import (
	"bytes"
	"sort"
)

// cursor walks over rows of one source in either direction.
type cursor interface {
	row() (Row, bool) // false behind the last
	next() error
}

// tableCursor walks over an ordered list of a table.
type tableCursor struct {
	list
	step int
	at   int
}

func (c *tableCursor) row() (Row, bool) {
	if c.at < 0 || c.at >= len(c.entries) {
		return Row{}, false
	}
	return c.of.row(c.entries[c.at]), true
}

func (c *tableCursor) next() error {
	c.at += c.step
	return nil
}

// runCursor walks over a run.
type runCursor struct {
	of    *run
	piece int
	held  *pieceRows
	step  int
	at    int
}

// newRunCursor stands on the first row that is not before key or, in reverse,
// on the last before it; an empty key is the first, in reverse the end. It reads
// into held. The cursor is given with an error, too.
func newRunCursor(r *run, held *pieceRows, key []byte, reverse bool) (*runCursor, error) {
	c := &runCursor{of: r, held: held, step: 1}
	if reverse {
		c.step = -1
	}
	c.piece = r.find(key)
	if reverse && len(key) == 0 {
		c.piece = len(r.pieces) - 1
	}
	if err := c.load(); err != nil {
		return c, err
	}
	c.at = sort.Search(len(c.held.at), func(i int) bool { return bytes.Compare(c.held.row(i).Key, key) >= 0 })
	if reverse {
		if len(key) == 0 {
			c.at = len(c.held.at)
		}
		c.at--
	}
	return c, c.settle()
}

func (c *runCursor) load() error { return c.of.read(c.piece, c.held) }

func (c *runCursor) row() (Row, bool) {
	if c.at < 0 || c.at >= len(c.held.at) {
		return Row{}, false
	}
	return c.held.row(c.at), true
}

func (c *runCursor) next() error {
	c.at += c.step
	return c.settle()
}

// settle goes on to the next piece behind the end of one.
func (c *runCursor) settle() error {
	if _, ok := c.row(); ok {
		return nil
	}
	if c.piece+c.step < 0 || c.piece+c.step >= len(c.of.pieces) {
		return nil
	}
	c.piece += c.step
	if err := c.load(); err != nil {
		return err
	}
	c.at = 0
	if c.step < 0 {
		c.at = len(c.held.at) - 1
	}
	return nil
}

// merge walks over several sources at once, which come from the newest to the
// oldest; of rows with one key it gives the newest. It is a heap.
type merge struct {
	heap    []source
	reverse bool
	seen    []byte
}

type source struct {
	cursor
	age  int // 0 is the newest
	here Row
}

func newMerge(cursors []cursor, reverse bool) *merge {
	m := &merge{reverse: reverse}
	for age, c := range cursors {
		if r, ok := c.row(); ok {
			m.heap = append(m.heap, source{c, age, r})
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m
}

func (m *merge) before(a, b *source) bool {
	c := bytes.Compare(a.here.Key, b.here.Key)
	if m.reverse {
		c = -c
	}
	return c < 0 || c == 0 && a.age < b.age
}

func (m *merge) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.before(&m.heap[child], &m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// row is the row that the merge stands on; false behind the last.
func (m *merge) row() (Row, bool) {
	if len(m.heap) == 0 {
		return Row{}, false
	}
	return m.heap[0].here, true
}

// next goes on to the next key.
func (m *merge) next() error {
	if len(m.heap) == 1 {
		return m.step() // no source has a key twice
	}
	m.seen = append(m.seen[:0], m.heap[0].here.Key...)
	for {
		if err := m.step(); err != nil {
			return err
		}
		if len(m.heap) == 0 || !bytes.Equal(m.heap[0].here.Key, m.seen) {
			return nil
		}
	}
}

func (m *merge) step() error {
	top := &m.heap[0]
	if err := top.next(); err != nil {
		return err
	}
	r, ok := top.row()
	if top.here = r; !ok {
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	}
	m.sink(0)
	return nil
}
