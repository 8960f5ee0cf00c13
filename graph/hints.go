package graph

import (
	"context"
	"hash/maphash"
	"sync/atomic"

	"github.com/parleydb/parley/graph/kv"
)

// hints tells which entity goes by a key, of keys by which no more than one
// does: a few bytes for each key instead of its row. Who is given a number looks
// whether the entity's header has the key at the view. Of a key's row entities
// only go when they are erased, and what is found behind an erasure is another
// hint; so the first entity that the row has is the one.
type hints struct {
	seed  maphash.Seed
	slots []atomic.Uint64 // by hash: in the upper bits more of the hash, below a number; 0: none
}

const (
	hintShare = 64 // one part in so many of the memory is for hints
	hintWays  = 4  // slots in which a hint may be
	numBits   = 40
)

// newHints makes room for hints of so many bytes.
func newHints(size int64) hints {
	if size <= 0 {
		return hints{}
	}
	n := int64(hintWays)
	for n*2*8 <= size {
		n *= 2
	}
	return hints{maphash.MakeSeed(), make([]atomic.Uint64, n)}
}

// hash is that of the row of a key, behind so many erasures.
func (h *hints) hash(row []byte, erasures uint64) uint64 {
	if len(h.slots) == 0 { // nothing is kept
		return 0
	}
	return maphash.Bytes(h.seed, row) + erasures*0x9e3779b97f4a7c15
}

// ways are the slots in which a hint may be.
func (h *hints) ways(hash uint64) []atomic.Uint64 {
	if len(h.slots) == 0 {
		return nil
	}
	first := int(hash&uint64(len(h.slots)-1)) &^ (hintWays - 1)
	return h.slots[first : first+hintWays]
}

// get is the number of an entity that may go by the key; 0: nothing is known.
func (h *hints) get(hash uint64) num {
	ways := h.ways(hash)
	for i := range ways {
		if s := ways[i].Load(); s != 0 && s>>numBits == hash>>numBits {
			return num(s & (1<<numBits - 1))
		}
	}
	return 0
}

// put keeps a hint, perhaps in the place of another one.
func (h *hints) put(hash uint64, n num) {
	ways := h.ways(hash)
	if ways == nil {
		return
	}
	way := &ways[hash>>numBits%hintWays]
	for i := range ways {
		if s := ways[i].Load(); s == 0 || s>>numBits == hash>>numBits {
			way = &ways[i]
			break
		}
	}
	way.Store(hash>>numBits<<numBits | uint64(n))
}

// warmHints fills hints from the rows of keys, as far as readers see them.
func (db *DB) warmHints(ctx context.Context, r kv.Reader, since TS, erasures uint64) error {
	if len(db.hints.slots) == 0 {
		return nil
	}
	return r.Scan(kv.Range{Start: []byte{famKey}, End: []byte{famKey + 1}}, func(k, v []byte) error {
		owners, err := decodeOwners(v)
		if err == nil && len(owners) == 1 && owners[0].ts <= since && db.erasures.Load() == erasures {
			db.hints.put(db.hints.hash(k, erasures), owners[0].entity)
		}
		return ctx.Err() // who asks for a key whose row is damaged is told
	})
}
