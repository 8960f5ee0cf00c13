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

// filler makes one run after another. What it reads is a stretch that begins
// where the chunks of the run in hand end.
type filler struct {
	reader
	run *run // in hand
}

// fill takes blocks where there are any, and rows from between them.
func (f *filler) fill(rng kv.Range) error {
	if b := f.im.blocks; b != nil && b.kept.Load() && bytes.Equal(rng.Start, []byte{b.Of}) {
		err := b.each(f.Reader, func(s *stretch) error {
			if err := f.scan(rng.Start, s.lo); err != nil {
				return err
			}
			rng.Start = s.hi
			return f.add(s)
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
	if f.run != nil && bytes.Equal(f.run.prefix(), prefix) {
		return nil
	}
	f.end()
	if f.im.full() {
		return errFull
	}
	f.run = newRun(f.im.place(prefix), prefix)
	f.read.begin(f.run.prefix(), nil)
	return nil
}

func (f *filler) put(key, value []byte) {
	if f.read.full() {
		f.close(slices.Clone(key))
	}
	f.read.put(key[len(f.run.prefix()):], value)
}

// close makes a chunk of what was read.
func (f *filler) close(hi []byte) {
	f.read.hi = hi
	f.keep(&f.read)
}

// keep makes a chunk of a stretch, and begins the next one.
func (f *filler) keep(s *stretch) {
	if f.run.spans(s) {
		f.im.packAll(f.run, s, f.since)
	} else {
		c := newChunk(s)
		f.im.pack(c, s, f.run.prefix(), f.since)
		parts := append(f.run.parts(), f.run.part(c))
		f.run.more = &parts
	}
	f.read.begin(s.hi, nil)
}

// add adds a stretch that was kept.
func (f *filler) add(s *stretch) error {
	if err := f.enter(f.im.prefix(s.lo)); err != nil {
		return err
	}
	if bytes.Compare(f.read.lo, s.lo) < 0 {
		f.close(s.lo)
	}
	f.keep(s)
	return nil
}

// end keeps the run in hand, if it is not too new.
func (f *filler) end() {
	if f.run == nil {
		return
	}
	if end := f.run.end(); bytes.Compare(f.read.lo, end) < 0 {
		f.close(end)
	}
	if f.right(f.since, f.run) {
		f.im.runs.Set(f.run.place, f.run)
	}
	f.run = nil
}
