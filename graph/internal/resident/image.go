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
// kept together, or 0 where none is kept. Of keys that are one byte longer the
// whole run is read when one is asked for by itself. All keys of a family are
// longer than the prefix.
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
	stamps []atomic.Uint64 // by hash of the prefix: the newest transaction that wrote there
	met    []atomic.Uint32 // by hash of the prefix: what was read lately, and not kept yet
}

const (
	perStamp    = 4 << 10 // bytes of the image for each stamp
	mostStamps  = 64 << 10
	leastStamps = 16
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
// transactions up to since.
func (im *Image) Reader(ctx context.Context, r kv.Reader, since kv.TS) kv.Reader {
	if im == nil {
		return r
	}
	return &reader{Reader: r, ctx: ctx, im: im, since: since}
}

// place is where the rows with a prefix stand in the image.
type place struct {
	hash   uint64
	prefix []byte
}

func (im *Image) place(prefix []byte) place { return place{maphash.Bytes(im.seed, prefix), prefix} }

func (im *Image) stamp(hash uint64) *atomic.Uint64 {
	return &im.stamps[hash&uint64(len(im.stamps)-1)]
}

// written is the newest transaction that may have written rows with the prefix.
func (im *Image) written(p place) kv.TS { return kv.TS(im.stamp(p.hash).Load()) }

// again tells whether somebody asked for the same lately.
func (im *Image) again(p place) bool {
	mark := uint32(p.hash>>32) | 1
	return im.met[p.hash&uint64(len(im.met)-1)].Swap(mark) == mark
}

func (im *Image) run(p place) *run {
	if r, ok := im.runs.GetIfPresent(p.hash); ok && bytes.Equal(r.prefix, p.prefix) {
		return r
	}
	return nil
}
