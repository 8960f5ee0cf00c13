// Package rows keeps rows in memory in the order of their keys. A Tree can be
// copied at once, whatever its size, since copies share what neither of them
// has changed. A Cursor walks over a kv.Range of a Tree in either direction;
// Over walks over a Tree that lies over the rows of a store.
package rows

import (
	"bytes"

	"github.com/tidwall/btree"

	"github.com/parleydb/parley/graph/kv"
)

// Row is a key and its value. In a tree that lies over other rows, Deleted
// hides the row below.
type Row struct {
	Key, Value []byte
	Deleted    bool
}

// Tree is a sorted set of rows. One goroutine at a time may write to a tree or
// copy it; a tree that nobody writes to may be read by many, also while it is
// copied.
type Tree struct{ b *btree.BTreeG[Row] }

// New makes an empty tree.
func New() *Tree {
	less := func(a, b Row) bool { return bytes.Compare(a.Key, b.Key) < 0 }
	return &Tree{btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})}
}

// Copy makes a tree with the same rows; later writes to one are not seen in
// the other.
func (t *Tree) Copy() *Tree { return &Tree{t.b.Copy()} }

// Len is the number of rows.
func (t *Tree) Len() int { return t.b.Len() }

// Get finds the row with a key.
func (t *Tree) Get(key []byte) (Row, bool) { return t.b.Get(Row{Key: key}) }

// Put adds the row, or replaces the one with its key. The tree keeps the
// slices.
func (t *Tree) Put(r Row) { t.b.Set(r) }

// PutAll adds the rows of another tree, which may go on in this one.
func (t *Tree) PutAll(of *Tree) {
	of.b.Scan(func(r Row) bool { t.b.Set(r); return true })
}

// Remove takes the row with the key out.
func (t *Tree) Remove(key []byte) { t.b.Delete(Row{Key: key}) }

// Cursor stands on one row of a range, or behind the last. The tree must not
// change while a cursor is in use; copy it before.
type Cursor struct {
	at    btree.IterG[Row]
	r     kv.Range
	valid bool
}

// Scan makes a cursor that stands on the first row of the range. It heeds the
// bounds and the direction, not Limit and KeysOnly.
func (t *Tree) Scan(r kv.Range) *Cursor {
	c := &Cursor{at: t.b.Iter(), r: r}
	c.valid = c.first() && c.inside()
	return c
}

func (c *Cursor) first() bool {
	switch {
	case !c.r.Reverse:
		return c.at.Seek(Row{Key: c.r.Start})
	case len(c.r.End) > 0 && c.at.Seek(Row{Key: c.r.End}):
		return c.at.Prev()
	default:
		return c.at.Last()
	}
}

// inside reports whether the row still belongs to the range.
func (c *Cursor) inside() bool {
	key := c.at.Item().Key
	if c.r.Reverse {
		return bytes.Compare(key, c.r.Start) >= 0
	}
	return len(c.r.End) == 0 || bytes.Compare(key, c.r.End) < 0
}

// Valid reports whether the cursor stands on a row.
func (c *Cursor) Valid() bool { return c.valid }

// Row is the row that the cursor stands on.
func (c *Cursor) Row() Row { return c.at.Item() }

// Next goes one row further.
func (c *Cursor) Next() {
	step := c.at.Next
	if c.r.Reverse {
		step = c.at.Prev
	}
	c.valid = step() && c.inside()
}
