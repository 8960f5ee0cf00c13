package rows

import (
	"bytes"
	"errors"

	"github.com/parleydb/parley/graph/kv"
)

// Over scans a range of the tree as it lies over other rows, which the function
// under scans in the way of kv.Reader.Scan. The tree must not change meanwhile.
func (t *Tree) Over(r kv.Range, under func(kv.Range, func(key, value []byte) error) error, fn func(key, value []byte) error) error {
	if !t.Any(r) {
		return under(r, fn)
	}
	m := merge{rg: r, over: t.Scan(r), fn: fn}
	r.Limit = 0 // rows from below may be hidden
	err := under(r, m.below)
	if err == nil && !m.stopped {
		err = m.above(nil)
	}
	if errors.Is(err, kv.Stop) {
		return nil
	}
	return err
}

// merge gives the rows from below and from above in one order.
type merge struct {
	rg      kv.Range
	over    *Cursor
	fn      func(key, value []byte) error
	given   int
	stopped bool
}

// below takes the next row from below.
func (m *merge) below(key, value []byte) error {
	if err := m.above(key); err != nil {
		return err
	}
	if m.over.Valid() && bytes.Equal(m.over.Row().Key, key) {
		return nil // hidden; the next call gives what lies over it
	}
	return m.give(key, value)
}

// above gives the rows from above that come before key, or all for nil.
func (m *merge) above(key []byte) error {
	for ; m.over.Valid(); m.over.Next() {
		row := m.over.Row()
		if key != nil && !m.before(row.Key, key) {
			return nil
		}
		if row.Deleted {
			continue
		}
		if err := m.give(row.Key, row.Value); err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) before(a, b []byte) bool {
	if m.rg.Reverse {
		a, b = b, a
	}
	return bytes.Compare(a, b) < 0
}

func (m *merge) give(key, value []byte) error {
	if m.rg.KeysOnly {
		value = nil
	}
	err := m.fn(key, value)
	if m.given++; err == nil && m.given == m.rg.Limit {
		err = kv.Stop
	}
	m.stopped = errors.Is(err, kv.Stop)
	return err
}
