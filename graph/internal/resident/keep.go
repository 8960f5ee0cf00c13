package resident

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Keep writes the blocks that are missing, in updates that end soon.
func (b *Blocks) Keep(ctx context.Context, store kv.Store) error {
	b.keeping.Lock()
	defer b.keeping.Unlock()
	if !b.kept.Load() { // what there is nobody has kept right
		if err := b.drop(ctx, store); err != nil {
			return err
		}
	}
	for from := []byte{b.Of}; from != nil; {
		var gaps []gap
		err := store.View(ctx, func(r kv.Reader) (err error) {
			gaps, from, err = b.missing(ctx, r, from)
			return err
		})
		for err == nil && len(gaps) > 0 {
			gaps, err = b.write(ctx, store, gaps)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write writes some of the blocks that gaps lack, and tells what is left. Since
// nobody else writes blocks, there are none in the gaps still, whatever else
// was written meanwhile.
func (b *Blocks) write(ctx context.Context, store kv.Store, gaps []gap) (left []gap, err error) {
	var g gap
	_, err = store.Update(ctx, func(t kv.Txn) error {
		if err := b.announce(t); err != nil {
			return err
		}
		left, g = gaps, gaps[0]
		for written := 0; written < b.Batch && len(left) > 0; {
			n, err := b.writeOne(t, &g)
			if err != nil {
				return err
			}
			written += n
			if !bytes.Equal(g.lo, g.hi) {
				continue
			}
			if left = left[1:]; len(left) > 0 {
				g = left[0]
			}
		}
		return ctx.Err()
	})
	if err == nil && len(left) > 0 {
		left[0] = g
	}
	return left, err
}

// announce writes the flag. Whoever writes from now on looks for blocks.
func (b *Blocks) announce(t kv.Txn) error {
	_, err := t.Get(b.Flag)
	if errors.Is(err, kv.ErrNotFound) {
		err = t.Set(b.Flag, nil)
	}
	b.kept.Store(true)
	return err
}

// writeOne writes the first block that a gap lacks, and makes the gap smaller.
func (b *Blocks) writeOne(t kv.Txn, g *gap) (bytes int, err error) {
	s := &stretch{lo: g.lo, hi: g.hi}
	most := g.share(b.Most)
	err = t.Scan(kv.Range{Start: g.lo, End: g.hi}, func(key, value []byte) error {
		if s.len() == most || s.full() {
			s.hi = slices.Clone(key)
			return kv.Stop
		}
		s.put(key[b.Layout(key):], value)
		return nil
	})
	g.lo, g.rows = s.hi, g.rows-s.len()
	if err != nil || s.len() == 0 {
		return 0, err
	}
	bounds, beginning := b.encodeBounds(s)
	k, v := b.encode(s)
	return len(k) + len(v), errors.Join(t.Set(bounds, beginning), t.Set(k, v))
}

// gap is where rows of a run are in no block.
type gap struct {
	lo, hi []byte
	rows   int
}

// share is how many rows a block gets so that all of the gap are alike; as many
// as may be where the gap has more than were counted.
func (g *gap) share(most int) int {
	if g.rows <= 0 {
		return most
	}
	blocks := (g.rows + most - 1) / most
	return (g.rows + blocks - 1) / blocks
}

// missing finds gaps that are to be filled: all of runs that have blocks, and
// runs that have none and many rows. It begins at a key between runs and tells
// where to go on; nil: there are no more.
func (b *Blocks) missing(ctx context.Context, r kv.Reader, from []byte) (gaps []gap, next []byte, err error) {
	s := survey{blocks: b, r: r, ctx: ctx, from: from}
	err = r.Scan(kv.Range{Start: append(b.key(boundsRow, from), 0), End: b.all(boundsRow).End}, s.bounds)
	if err == nil && s.next == nil {
		err = s.scan([]byte{b.Of + 1})
	}
	if s.next == nil {
		s.end(behind(nil, s.prefix))
	}
	return s.found, s.next, err
}

// survey goes through the runs.
type survey struct {
	blocks  *Blocks
	r       kv.Reader
	ctx     context.Context
	from    []byte // what was looked at ends here
	prefix  []byte // of the run in hand; nil: none yet
	covered bool   // by a block, somewhere
	gap     gap    // in hand
	found   []gap
	next    []byte // where to go on, with enough found
}

// bounds looks at a block, and at what lies before it.
func (s *survey) bounds(k, v []byte) error {
	lo, hi, err := s.blocks.decodeBounds(k, v)
	if err == nil {
		err = s.scan(lo)
	}
	if err != nil {
		return err
	}
	if s.next != nil || !s.enter(lo) {
		return kv.Stop
	}
	s.covered = true
	s.end(lo)
	s.gap.lo, s.from = hi, hi
	return nil
}

// scan looks at rows that are in no block.
func (s *survey) scan(to []byte) error {
	if bytes.Compare(s.from, to) >= 0 {
		return s.ctx.Err()
	}
	return s.r.Scan(kv.Range{Start: s.from, End: to, KeysOnly: true}, func(key, _ []byte) error {
		if !s.blocks.whose(key) {
			return s.ctx.Err()
		}
		if !s.enter(key) {
			return kv.Stop
		}
		s.gap.rows++
		return s.ctx.Err()
	})
}

// enter begins another run, if a key is in another one, unless enough was found.
func (s *survey) enter(key []byte) bool {
	prefix := key[:s.blocks.Layout(key)]
	if bytes.Equal(prefix, s.prefix) {
		return true
	}
	s.end(behind(nil, s.prefix))
	if len(s.found) >= s.blocks.Gaps {
		s.next = slices.Clone(prefix)
		return false
	}
	s.prefix, s.covered = slices.Clone(prefix), false
	s.gap.lo = s.prefix
	return true
}

// end ends a gap.
func (s *survey) end(hi []byte) {
	least := s.blocks.Least
	if s.covered {
		least = 1
	}
	if s.gap.hi = hi; s.gap.rows >= least {
		s.found = append(s.found, s.gap)
	}
	s.gap = gap{}
}

// Drop deletes all blocks, and then the flag.
func (b *Blocks) Drop(ctx context.Context, store kv.Store) error {
	b.keeping.Lock()
	defer b.keeping.Unlock()
	if err := b.drop(ctx, store); err != nil {
		return err
	}
	b.kept.Store(false)
	return nil
}

// dropped is how many blocks are deleted at once.
const dropped = 10_000

func (b *Blocks) drop(ctx context.Context, store kv.Store) error {
	any := false
	err := store.View(ctx, func(r kv.Reader) error {
		return r.Scan(b.every(1), func(_, _ []byte) error { any = true; return nil })
	})
	for more := any || b.kept.Load(); more && err == nil; {
		_, err = store.Update(ctx, func(t kv.Txn) error {
			var list [][]byte
			err := t.Scan(b.every(dropped), func(k, _ []byte) error { list = append(list, slices.Clone(k)); return nil })
			if more = len(list) == dropped; !more {
				list = append(list, b.Flag)
			}
			for _, k := range list {
				err = errors.Join(err, t.Delete(k))
			}
			return err
		})
	}
	return err
}

// every selects blocks, whatever they look like.
func (b *Blocks) every(limit int) kv.Range {
	return kv.Range{Start: []byte{b.Family}, End: []byte{b.Family + 1}, KeysOnly: true, Limit: limit}
}
