package resident

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Fill keeps the rows of a range, whether or not anybody has asked for them,
// until the image is full. The reader's snapshot shows at least all
// transactions up to since; a range begins and ends between runs.
func (im *Image) Fill(ctx context.Context, r kv.Reader, since kv.TS, rng kv.Range) error {
	if im == nil {
		return nil
	}
	f := filler{reader: reader{Reader: r, ctx: ctx, im: im, since: since}}
	err := f.fill(rng)
	if errors.Is(err, errFull) { // the run before has ended
		return nil
	}
	if err == nil { // else the run in hand lacks rows
		f.end()
	}
	return err
}

// errFull ends filling.
var errFull = errors.New("resident: full")

// full tells whether what is added now would push out something else.
func (im *Image) full() bool { return im.runs.WeightedSize() >= im.runs.GetMaximum()*9/10 }

// filler makes one run after another.
type filler struct {
	reader
	run    *run
	chunks []*chunk
	last   *chunk // in hand: it begins where the others end
}

// fill takes blocks where there are any, and rows from between them.
func (f *filler) fill(rng kv.Range) error {
	if b := f.im.blocks; b != nil && b.kept.Load() && bytes.Equal(rng.Start, []byte{b.Of}) {
		err := b.each(f.Reader, func(c *chunk) error {
			if err := f.scan(rng.Start, c.lo); err != nil {
				return err
			}
			rng.Start = c.hi
			return f.add(c)
		})
		if err != nil {
			return err
		}
	}
	return f.scan(rng.Start, rng.End)
}

// scan takes rows.
func (f *filler) scan(from, to []byte) error {
	if bytes.Compare(from, to) >= 0 {
		return f.ctx.Err()
	}
	return f.Reader.Scan(kv.Range{Start: from, End: to}, func(key, value []byte) error {
		prefix := f.im.prefix(key)
		if prefix == nil {
			return nil
		}
		if err := f.enter(prefix); err != nil {
			return err
		}
		f.put(key, value)
		return f.ctx.Err()
	})
}

// enter begins another run, if the prefix is not that of the run in hand.
func (f *filler) enter(prefix []byte) error {
	if f.run != nil && bytes.Equal(f.run.prefix, prefix) {
		return nil
	}
	f.end()
	if f.im.full() {
		return errFull
	}
	f.run = &run{prefix: slices.Clone(prefix)}
	f.chunks = nil
	f.begin(f.run.prefix)
	return nil
}

func (f *filler) put(key, value []byte) {
	if f.last.full() {
		f.close(slices.Clone(key))
	}
	f.last.put(key[len(f.run.prefix):], value)
}

// close completes the chunk in hand and begins the next one.
func (f *filler) close(hi []byte) {
	c := f.last
	c.hi = hi
	f.read.data, f.read.ends = c.data, c.ends
	f.im.complete(c, f.run.prefix)
	f.chunks = append(f.chunks, c)
	f.begin(hi)
}

// begin begins a chunk.
func (f *filler) begin(lo []byte) {
	f.last = &chunk{lo: lo, built: f.since, data: f.read.data[:0], ends: f.read.ends[:0]}
}

// add adds a chunk that was kept.
func (f *filler) add(c *chunk) error {
	if err := f.enter(f.im.prefix(c.lo)); err != nil {
		return err
	}
	if bytes.Compare(f.last.lo, c.lo) < 0 {
		f.close(c.lo)
	}
	f.last, c.built = c, f.since
	f.close(c.hi)
	return nil
}

// end keeps the run in hand, if it is not too new.
func (f *filler) end() {
	if f.run == nil {
		return
	}
	if end := f.run.end(); bytes.Compare(f.last.lo, end) < 0 {
		f.close(end)
	}
	if p := f.im.place(f.run.prefix); f.right(f.since, p) {
		f.run.set(f.chunks)
		f.im.runs.Set(p.hash, f.run)
	}
	f.run = nil
}
