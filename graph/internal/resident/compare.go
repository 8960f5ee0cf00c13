package resident

import (
	"bytes"
	"errors"

	"github.com/parleydb/parley/graph/kv"
)

// Comparison compares blocks, in their order, with the rows of a store.
type Comparison struct {
	blocks *Blocks
	r      kv.Reader
	last   []byte // where the one before ends
}

// Compare begins before the first row of the family.
func (b *Blocks) Compare(r kv.Reader) *Comparison { return &Comparison{blocks: b, r: r} }

// Next compares the next row of the family, and tells what is wrong with it.
func (p *Comparison) Next(key, value []byte) error {
	if len(key) < 2 || key[1] != blockRow {
		return p.bounds(key, value)
	}
	s, err := p.blocks.decode(key, value)
	if err != nil {
		return err
	}
	if bytes.Compare(s.lo, p.last) < 0 {
		return p.blocks.damage("it overlaps the one before")
	}
	p.last = s.hi
	bounds, beginning := p.blocks.encodeBounds(s)
	if there, err := p.r.Get(bounds); err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	} else if !bytes.Equal(there, beginning) {
		return p.blocks.damage("its bounds are not there")
	}
	return p.rows(s)
}

// bounds compares bounds with their block.
func (p *Comparison) bounds(key, value []byte) error {
	_, hi, err := p.blocks.decodeBounds(key, value)
	if err != nil {
		return err
	}
	_, err = p.r.Get(p.blocks.key(blockRow, hi))
	if errors.Is(err, kv.ErrNotFound) {
		return p.blocks.damage("it is not there")
	}
	return err
}

// rows compares what a block holds with the rows that there are.
func (p *Comparison) rows(s *stretch) error {
	i, n, differs := 0, p.blocks.Layout(s.lo), false
	err := p.r.Scan(kv.Range{Start: s.lo, End: s.hi}, func(key, value []byte) error {
		if differs = !s.is(i, key[n:], value); differs {
			return kv.Stop
		}
		i++
		return nil
	})
	if err == nil && (differs || i < s.len()) {
		err = p.blocks.damage("it does not hold the rows that there are")
	}
	return err
}

// is tells whether a row is the i-th.
func (s *stretch) is(i int, suffix, value []byte) bool {
	if i >= s.len() {
		return false
	}
	k, v := s.row(i)
	return bytes.Equal(k, suffix) && bytes.Equal(v, value)
}
