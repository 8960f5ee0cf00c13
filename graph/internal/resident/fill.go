package resident

import (
	"bytes"
	"context"
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
	err := r.Scan(rng, func(key, value []byte) error {
		prefix := im.prefix(key)
		if prefix == nil {
			return nil
		}
		if f.run == nil || !bytes.Equal(f.run.prefix, prefix) {
			f.end()
			if im.full() {
				return kv.Stop
			}
			f.begin(prefix, im.layout(key) == Alone)
		}
		f.put(key, value)
		return ctx.Err()
	})
	f.end()
	return err
}

// full tells whether what is added now would push out something else.
func (im *Image) full() bool { return im.runs.WeightedSize() >= im.runs.GetMaximum()*9/10 }

// filler makes one run after another.
type filler struct {
	reader
	run    *run
	chunks []*chunk
}

func (f *filler) begin(prefix []byte, alone bool) {
	f.run = &run{prefix: slices.Clone(prefix), alone: alone}
	f.chunks = []*chunk{{lo: f.run.prefix, built: f.since}}
}

func (f *filler) put(key, value []byte) {
	last := f.chunks[len(f.chunks)-1]
	if last.full() {
		last.hi = slices.Clone(key)
		f.pack(last)
		last = &chunk{lo: last.hi, built: f.since}
		f.chunks = append(f.chunks, last)
	}
	last.put(key[len(f.run.prefix):], value)
}

// end keeps the run in hand, if it is not too new.
func (f *filler) end() {
	if f.run == nil {
		return
	}
	last := f.chunks[len(f.chunks)-1]
	last.hi = f.run.end()
	f.pack(last)
	if p := f.im.place(f.run.prefix); f.right(f.since, p) {
		f.run.set(f.chunks)
		f.im.runs.Set(p.hash, f.run)
	}
	f.run = nil
}

// pack completes a chunk of the run in hand.
func (f *filler) pack(c *chunk) {
	c.data, c.ends = slices.Clip(c.data), slices.Clip(c.ends)
	f.im.pack(c, f.run.prefix)
}
