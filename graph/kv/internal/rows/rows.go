// Package rows keeps rows in memory in the order of their keys. A Tree can be
// copied at once, whatever its size, since copies share what neither of them
// has changed. A Cursor walks over a kv.Range of a Tree in either direction;
// Over walks over a Tree that lies over the rows of a store.
package rows

import (
	"bytes"
	"slices"

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
type Tree struct {
	few    []Row // sorted; not used once there are many
	shared bool  // few is that of a copy, too
	many   *btree.BTreeG[Row]
}

// maxFew is how many rows stand in one slice. That takes less time and memory
// than a B-tree of them, and tells at no cost that a range is empty.
const maxFew = 256

const firstFew = 16 // to have room for at first

// New makes an empty tree.
func New() *Tree { return new(Tree) }

// Copy makes a tree with the same rows; later writes to one are not seen in
// the other.
func (t *Tree) Copy() *Tree {
	if t.many != nil {
		return &Tree{many: t.many.Copy()}
	}
	t.shared = true
	return &Tree{few: t.few, shared: true}
}

// Len is the number of rows.
func (t *Tree) Len() int {
	if t.many != nil {
		return t.many.Len()
	}
	return len(t.few)
}

// Get finds the row with a key.
func (t *Tree) Get(key []byte) (Row, bool) {
	if t.many != nil {
		return t.many.Get(Row{Key: key})
	}
	if i, found := t.find(key); found {
		return t.few[i], true
	}
	return Row{}, false
}

// find is where among the few a key is, or would be.
func (t *Tree) find(key []byte) (int, bool) {
	return slices.BinarySearchFunc(t.few, key, func(r Row, key []byte) int { return bytes.Compare(r.Key, key) })
}

// Put adds the row, or replaces the one with its key. The tree keeps the
// slices.
func (t *Tree) Put(r Row) {
	if len(t.few) == maxFew {
		t.grow()
	}
	if t.many != nil {
		t.many.Set(r)
		return
	}
	if t.few == nil {
		t.few = make([]Row, 0, firstFew)
	}
	i, found := t.find(r.Key)
	t.own()
	if found {
		t.few[i] = r
	} else {
		t.few = slices.Insert(t.few, i, r)
	}
}

// grow makes many of the few.
func (t *Tree) grow() {
	less := func(a, b Row) bool { return bytes.Compare(a.Key, b.Key) < 0 }
	t.many = btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
	for _, r := range t.few {
		t.many.Load(r)
	}
	t.few = nil
}

// own lets copies keep the few that are there, and goes on with others.
func (t *Tree) own() {
	if t.shared {
		t.few, t.shared = slices.Clone(t.few), false
	}
}

// PutAll adds the rows of another tree, which may go on in this one.
func (t *Tree) PutAll(of *Tree) {
	for _, r := range of.few {
		t.Put(r)
	}
	if of.many != nil {
		of.many.Scan(func(r Row) bool { t.Put(r); return true })
	}
}

// Remove takes the row with the key out.
func (t *Tree) Remove(key []byte) {
	if t.many != nil {
		t.many.Delete(Row{Key: key})
		return
	}
	if i, found := t.find(key); found {
		t.own()
		t.few = slices.Delete(t.few, i, i+1)
	}
}

// Any tells whether there is a row in the range.
func (t *Tree) Any(r kv.Range) (found bool) {
	if t.many == nil {
		return len(t.within(r)) > 0
	}
	t.many.Ascend(Row{Key: r.Start}, func(row Row) bool {
		found = len(r.End) == 0 || bytes.Compare(row.Key, r.End) < 0
		return false
	})
	return found
}

// within are those of the few that are in the range.
func (t *Tree) within(r kv.Range) []Row {
	list := t.few
	if len(r.End) > 0 {
		end, _ := t.find(r.End)
		list = list[:end]
	}
	start, _ := t.find(r.Start)
	return list[min(start, len(list)):]
}
