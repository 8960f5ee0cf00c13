package rows

import (
	"bytes"

	"github.com/tidwall/btree"

	"github.com/parleydb/parley/graph/kv"
)

// Cursor stands on one row of a range, or behind the last. The tree must not
// change while a cursor is in use; copy it before.
type Cursor struct {
	few   []Row // that it has not stood on yet
	row   Row
	many  *btree.IterG[Row] // nil: they are few
	r     kv.Range
	valid bool
}

// Scan makes a cursor that stands on the first row of the range. It heeds the
// bounds and the direction, not Limit and KeysOnly.
func (t *Tree) Scan(r kv.Range) *Cursor {
	c := &Cursor{r: r}
	if t.many == nil {
		c.few = t.within(r)
		c.Next()
		return c
	}
	at := t.many.Iter()
	c.many = &at
	c.valid = c.first() && c.inside()
	return c
}

func (c *Cursor) first() bool {
	switch {
	case !c.r.Reverse:
		return c.many.Seek(Row{Key: c.r.Start})
	case len(c.r.End) > 0 && c.many.Seek(Row{Key: c.r.End}):
		return c.many.Prev()
	default:
		return c.many.Last()
	}
}

// inside reports whether the row still belongs to the range.
func (c *Cursor) inside() bool {
	c.row = c.many.Item()
	if c.r.Reverse {
		return bytes.Compare(c.row.Key, c.r.Start) >= 0
	}
	return len(c.r.End) == 0 || bytes.Compare(c.row.Key, c.r.End) < 0
}

// Valid reports whether the cursor stands on a row.
func (c *Cursor) Valid() bool { return c.valid }

// Row is the row that the cursor stands on.
func (c *Cursor) Row() Row { return c.row }

// Next goes one row further.
func (c *Cursor) Next() {
	if c.many == nil {
		c.nextOfFew()
		return
	}
	step := c.many.Next
	if c.r.Reverse {
		step = c.many.Prev
	}
	c.valid = step() && c.inside()
}

func (c *Cursor) nextOfFew() {
	last := len(c.few) - 1
	if c.valid = last >= 0; !c.valid {
		return
	}
	if c.r.Reverse {
		c.row, c.few = c.few[last], c.few[:last]
	} else {
		c.row, c.few = c.few[0], c.few[1:]
	}
}
