package badgerkv

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
)

// first is the lowest key that is not the store's own.
var first = []byte{1}

// prefix is the first byte that all keys of a range share, or none. The engine
// opens an iterator with a prefix on the tables only that may hold it.
type prefix int

const none prefix = -1

func (p prefix) bytes() []byte {
	if p == none {
		return nil
	}
	return []byte{byte(p)}
}

// bounds are a range without the store's own keys.
type bounds struct {
	low, high []byte // high is empty behind the last key
	reverse   bool
}

func boundsOf(r kv.Range) bounds {
	b := bounds{low: r.Start, high: r.End, reverse: r.Reverse}
	if bytes.Compare(b.low, first) < 0 {
		b.low = first
	}
	return b
}

// empty reports whether no key can lie within.
func (b bounds) empty() bool {
	return len(b.high) > 0 && bytes.Compare(b.low, b.high) >= 0
}

// prefix finds the first byte of a range that is not empty.
func (b bounds) prefix() prefix {
	lead := b.low[0]
	switch {
	case len(b.high) == 0 && lead == 0xff,
		len(b.high) > 0 && b.high[0] == lead,
		len(b.high) == 1 && b.high[0] == lead+1:
		return prefix(lead)
	}
	return none
}

// from is the key that a scan with iterators of a prefix seeks; it is empty
// behind the last key.
func (b bounds) from(p prefix) []byte {
	switch {
	case !b.reverse:
		return b.low
	case p != none && (len(b.high) == 0 || prefix(b.high[0]) != p):
		return last(byte(p))
	default:
		return b.high
	}
}

// seek moves the iterator to the first key in the direction of the scan.
func (b bounds) seek(it *iter) {
	from := b.from(it.prefix)
	it.Seek(from)
	if b.reverse && it.Valid() && bytes.Equal(it.Item().Key(), from) && bytes.Equal(from, b.high) {
		it.Next()
	}
}

// last is a key that no key with the same first byte lies behind. Seeking from
// the next first byte instead could end on a key that is exactly that byte,
// where an iterator with a prefix stops.
func last(lead byte) []byte {
	key := bytes.Repeat([]byte{0xff}, kv.MaxKey)
	key[0] = lead
	return key
}

// past reports whether the scan has left the range.
func (b bounds) past(key []byte) bool {
	if b.reverse {
		return bytes.Compare(key, b.low) < 0
	}
	return len(b.high) > 0 && bytes.Compare(key, b.high) >= 0
}
