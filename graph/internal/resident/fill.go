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
		n := im.layout(key)
		if n <= 0 || n > len(key) {
			return nil
		}
		if f.run == nil || !bytes.Equal(f.run.prefix, key[:n]) {
			f.end()
			if im.full() {
				return kv.Stop
			}
			f.begin(key[:n])
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

func (f *filler) begin(prefix []byte) {
	f.run = &run{prefix: slices.Clone(prefix)}
	f.chunks = []*chunk{{lo: f.run.prefix, built: f.since}}
}

func (f *filler) put(key, value []byte) {
	last := f.chunks[len(f.chunks)-1]
	if last.full() {
		last.hi = slices.Clone(key)
		f.im.pack(last, f.run.prefix)
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
	last.hi = behind(nil, f.run.prefix)
	f.im.pack(last, f.run.prefix)
	if p := f.im.place(f.run.prefix); f.right(f.since, p) {
		f.run.set(f.chunks)
		f.im.runs.Set(p.hash, f.run)
	}
	f.run = nil
}
