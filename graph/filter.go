package graph

import (
	"fmt"
	"hash/maphash"
	"math/bits"

	"github.com/parleydb/parley/graph/kv"
)

// firstTxn is the transaction that fills a store in which there is nothing. Most
// of what is looked up to see whether it is there already is not; a filter says
// so without a look into what was written.
type firstTxn struct {
	kv.BulkTxn
	seen  filter
	seeds [2]maphash.Seed
}

func newFirstTxn(t kv.BulkTxn) *firstTxn {
	return &firstTxn{BulkTxn: t, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// soughtBy is the part of a key by which its row is looked up, or nothing where
// lookups are of what is there.
func soughtBy(key []byte) []byte {
	switch key[0] {
	case famHash:
		return key[:lenHash-5]
	case famUUID, famKey, famKind:
		return key
	}
	return nil
}

func (t *firstTxn) Set(key, value []byte) error {
	err := t.BulkTxn.Set(key, value)
	if err == nil {
		if part := soughtBy(key); part != nil {
			t.seen.add(t.hash(part))
		}
	}
	return err
}

func (t *firstTxn) Get(key []byte) ([]byte, error) {
	if len(key) > 0 && t.unseen(soughtBy(key)) {
		return nil, fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return t.BulkTxn.Get(key)
}

func (t *firstTxn) unseen(part []byte) bool { return part != nil && !t.seen.may(t.hash(part)) }

func (t *firstTxn) hash(b []byte) (at, step uint64) {
	return maphash.Bytes(t.seeds[0], b), maphash.Bytes(t.seeds[1], b) | 1
}

// filter remembers which hashes were there, in three bytes each: what it does not
// know was not, and of what was not it takes one in ten thousand for known. It is
// one Bloom filter after another, each for four times as many.
type filter struct{ parts []filterPart }

type filterPart struct {
	words []uint64
	room  int // hashes that it still takes
}

const (
	filterBits   = 24 // for a hash; whoever is wrong looks into every run
	filterProbes = 8
	filterFirst  = 1 << 16 // hashes in the first part
)

func (f *filter) add(at, step uint64) {
	last := len(f.parts) - 1
	if last < 0 || f.parts[last].room == 0 {
		room := filterFirst << (2 * len(f.parts))
		f.parts = append(f.parts, filterPart{make([]uint64, room*filterBits/64), room})
		last++
	}
	p := &f.parts[last]
	p.room--
	for range filterProbes {
		word, bit := p.place(at)
		p.words[word] |= bit
		at += step
	}
}

func (f *filter) may(at, step uint64) bool {
	for i := range f.parts {
		if f.parts[i].has(at, step) {
			return true
		}
	}
	return false
}

func (p *filterPart) has(at, step uint64) bool {
	for range filterProbes {
		if word, bit := p.place(at); p.words[word]&bit == 0 {
			return false
		}
		at += step
	}
	return true
}

// place spreads a hash evenly over the bits.
func (p *filterPart) place(hash uint64) (word, bit uint64) {
	word, rest := bits.Mul64(hash, uint64(len(p.words)))
	return word, 1 << (rest >> 58)
}
