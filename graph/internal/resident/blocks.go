package resident

import (
	"cmp"
	"sync"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

// Blocks keeps chunks of the rows of one family in the store itself: rows that
// are derived from others, of which filling an image reads one in place of many.
//
// A block has all rows of its run from one key up to another, in every snapshot
// that has the block: whoever writes to the run deletes, in the same
// transaction, the block in which his row lies. So blocks do not overlap, and
// between them there are gaps, whose rows are read as if there were none.
// Blocks are written by whoever keeps them, by nobody else.
type Blocks struct {
	BlockOptions
	kept    atomic.Bool // there may be some
	keeping sync.Mutex  // of who writes or drops them
}

// BlockOptions tell where blocks stand.
type BlockOptions struct {
	Family  byte // of blocks
	Of      byte // of the rows that they hold
	Layout  Layout
	Flag    []byte // key of the row that a store has that may hold blocks
	Damaged error  // wrapped by errors that tell of a block that is damaged

	Least int // rows of a run without blocks from which on it gets some
	Most  int // rows of a block
	Batch int // bytes of blocks to write at once, about
	Gaps  int // how many to gather before they are filled
	Known int // how many runs and blocks a load remembers
}

// The sizes that BlockOptions have where they are 0.
const (
	leastRows  = 16
	batchBytes = 1 << 20
	manyGaps   = 10_000
	manyKnown  = 100_000
)

// NewBlocks is for a store that holds none, until Found says otherwise.
func NewBlocks(opts BlockOptions) *Blocks {
	b := &Blocks{BlockOptions: opts}
	b.Least, b.Most = cmp.Or(b.Least, leastRows), min(cmp.Or(b.Most, chunkRows), chunkRows)
	b.Batch, b.Gaps = cmp.Or(b.Batch, batchBytes), cmp.Or(b.Gaps, manyGaps)
	b.Known = cmp.Or(b.Known, manyKnown)
	return b
}

// Found tells that the store may hold blocks: it has the flag.
func (b *Blocks) Found() { b.kept.Store(true) }

// whose tells whether a key is one of the rows that blocks hold.
func (b *Blocks) whose(key []byte) bool {
	return len(key) > 0 && key[0] == b.Of && len(key) >= b.Layout(key)
}

// The second byte of a key of the family.
const (
	boundsRow = 0 // where a block begins, for who writes: he need not read the block
	blockRow  = 1
)

// key is that of the block that ends at hi, or of its bounds.
func (b *Blocks) key(which byte, hi []byte) []byte {
	return append([]byte{b.Family, which}, hi...)
}

// all selects the blocks, or their bounds.
func (b *Blocks) all(which byte) kv.Range {
	return kv.Range{Start: b.key(which, nil), End: b.key(which+1, nil)}
}

// each calls fn for each block, in the order of the rows that they hold.
func (b *Blocks) each(r kv.Reader, fn func(*stretch) error) error {
	return r.Scan(b.all(blockRow), func(k, v []byte) error {
		s, err := b.decode(k, v)
		if err != nil {
			return err
		}
		return fn(s)
	})
}
