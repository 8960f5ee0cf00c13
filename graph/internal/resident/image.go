package resident

import (
	"bytes"
	"context"
	"hash/maphash"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/parleydb/parley/graph/kv"
)

// Layout gives the length of the prefix by which the rows of a key's family are
// kept together, or 0 where none is kept. All keys of a family are longer than
// the prefix. Keys that are one byte longer number the rows of a run: when one
// of these is asked for by itself, the chunks of the run up to it are made or, if
// the image is full, one of a few rows around it.
type Layout func(key []byte) int

// prefix is that of the run to which a key belongs; nil: it is not kept.
func (im *Image) prefix(key []byte) []byte {
	n := im.layout(key)
	if n <= 0 || n > len(key) {
		return nil
	}
	return key[:n:n]
}

// Image keeps rows of one store. A nil *Image keeps none.
type Image struct {
	layout Layout
	packer Pack
	blocks *Blocks // of the store; nil: it has none
	seed   maphash.Seed
	runs   *otter.Cache[uint64, *run]
	stamps []atomic.Uint64 // by place: the newest transaction that wrote there
	last   atomic.Uint64   // the newest of them
	met    []atomic.Uint32 // by place: what was read lately, and not kept yet
}

const (
	perStamp    = 4 << 10 // bytes of the image for each stamp
	mostStamps  = 64 << 10
	leastStamps = 16
	metWays     = 4 // places in which what was met may be noted
)

// New is an empty image that takes about so many bytes at most; nil where that
// is nothing. A nil pack makes nothing of any chunk; from blocks, unless nil, it is
// filled.
func New(size int64, layout Layout, pack Pack, blocks *Blocks) *Image {
	if size <= 0 {
		return nil
	}
	n := leastStamps
	for n < mostStamps && int64(n) < size/perStamp {
		n *= 2
	}
	return &Image{
		layout: layout,
		packer: pack,
		blocks: blocks,
		seed:   maphash.MakeSeed(),
		runs: otter.Must(&otter.Options[uint64, *run]{
			MaximumWeight: uint64(size),
			Weigher:       func(_ uint64, r *run) uint32 { return r.weight() },
			Executor:      func(fn func()) { fn() }, // what is dropped is dropped by whoever adds
		}),
		stamps: make([]atomic.Uint64, n),
		met:    make([]atomic.Uint32, n),
	}
}

// Used is how many bytes the image takes, about.
func (im *Image) Used() int64 {
	if im == nil {
		return 0
	}
	return int64(im.runs.WeightedSize())
}

// Reader puts the image before a reader whose snapshot shows at least all
// transactions up to since. It reads in the room that it is given, unless nil,
// until that is cleared.
func (im *Image) Reader(ctx context.Context, r kv.Reader, since kv.TS, room *Room) kv.Reader {
	if im == nil {
		return r
	}
	if room == nil {
		room = &Room{}
	}
	from := &room.reader
	from.Reader, from.ctx, from.im, from.since = r, ctx, im, since
	return from
}

// place is where the rows with a prefix stand in the image.
func (im *Image) place(prefix []byte) uint64 { return maphash.Bytes(im.seed, prefix) }

func (im *Image) stamp(place uint64) *atomic.Uint64 {
	return &im.stamps[place&uint64(len(im.stamps)-1)]
}

// written is the newest transaction that may have written rows at a place, and
// newest the newest one of all, which is mostly enough to know and is at hand.
func (im *Image) written(place uint64) kv.TS { return kv.TS(im.stamp(place).Load()) }
func (im *Image) newest() kv.TS              { return kv.TS(im.last.Load()) }

// again tells whether somebody asked for the same lately. With fewer ways, prefixes
// that are asked for in turns would push each other out.
func (im *Image) again(place uint64) bool {
	mark := uint32(place>>32) | 1
	first := place & uint64(len(im.met)-1) &^ (metWays - 1)
	set, last := im.met[first:first+metWays], mark
	for i := range set {
		if last = set[i].Swap(last); last == mark {
			return true
		}
	}
	return false
}

// run finds the run with a prefix.
func (im *Image) run(place uint64, prefix []byte) *run {
	if r, ok := im.runs.GetIfPresent(place); ok && bytes.Equal(r.prefix(), prefix) {
		return r
	}
	return nil
}

// add makes a chunk of a stretch of a run, which was so at built, and keeps it
// beside what there is of the run by now, which it gives, too.
func (im *Image) add(of *run, s *stretch, built kv.TS) (c *chunk, now *run) {
	if of.spans(s) {
		all := newRun(of.place, of.prefix())
		im.packAll(all, s, built)
		return &all.all, im.replace(of, built, func(*run) *run { return all })
	}
	c = newChunk(s)
	im.pack(c, s, of.prefix(), built)
	return c, im.replace(of, built, func(there *run) *run { return there.with(c) })
}

// replace puts another run in the place of what there is of it by now, unless
// that is whole and not older than what was built: who adds may have read long
// ago. It gives the run that is kept.
func (im *Image) replace(of *run, built kv.TS, by func(there *run) *run) (now *run) {
	im.runs.Compute(of.place, func(there *run, found bool) (*run, otter.ComputeOp) {
		if !found || !bytes.Equal(there.prefix(), of.prefix()) {
			there = of
		} else if there.all.whole && there.all.built >= built {
			now = there
			return now, otter.CancelOp
		}
		now = by(there)
		return now, otter.WriteOp
	})
	return now
}

// packAll makes the only chunk of a run, of all its rows.
func (im *Image) packAll(of *run, s *stretch, built kv.TS) {
	im.pack(&of.all, s, of.prefix(), built)
	of.all.whole = true
}
