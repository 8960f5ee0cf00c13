package resident

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// A block on disk: its first key, how many rows and bytes they have, then each
// row, what its key has behind the prefix and its value, as it differs from the
// row before: how many bytes it has in common with that from its beginning, how
// many follow, and these. Last a checksum (CRC-32C) of its key and all that.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// encode gives the row that keeps a stretch.
func (b *Blocks) encode(s *stretch) (key, value []byte) {
	v := make([]byte, 0, 64+len(s.data)/2)
	v = appendBytes(v, s.lo)
	v = binary.AppendUvarint(v, uint64(s.len()))
	v = binary.AppendUvarint(v, uint64(len(s.data)))
	var lastSuffix, last []byte
	for i := range s.len() {
		suffix, value := s.row(i)
		v = appendBeside(v, lastSuffix, suffix)
		v = appendBeside(v, last, value)
		lastSuffix, last = suffix, value
	}
	key = b.key(blockRow, s.hi)
	return key, binary.BigEndian.AppendUint32(v, checksum(key, v))
}

func appendBytes(v, b []byte) []byte {
	return append(binary.AppendUvarint(v, uint64(len(b))), b...)
}

// appendBeside appends bytes as they differ from those before.
func appendBeside(v, last, b []byte) []byte {
	same := 0
	for same < len(last) && same < len(b) && last[same] == b[same] {
		same++
	}
	return appendBytes(binary.AppendUvarint(v, uint64(same)), b[same:])
}

// mostBytes is how many bytes of rows a block can have.
const mostBytes = chunkBytes + kv.MaxKey + kv.MaxValue

// decode reads a block.
func (b *Blocks) decode(key, value []byte) (*stretch, error) {
	n := len(value) - crc32.Size
	if n < 0 || len(key) < 2 || binary.BigEndian.Uint32(value[n:]) != checksum(key, value[:n]) {
		return nil, b.damage("checksum")
	}
	p := parser{b: value[:n]}
	s := &stretch{lo: bytes.Clone(p.take(p.uint())), hi: bytes.Clone(key[2:])}
	rows, size := p.uint(), p.uint()
	if p.bad || rows > chunkRows || size > mostBytes {
		return nil, b.damage("size")
	}
	if !b.bounds(s.lo, s.hi) {
		return nil, b.damage("bounds")
	}
	s.data, s.ends = make([]byte, 0, size), make([]uint32, 0, 2*rows)
	var suffix, last []byte
	for range rows {
		suffix, last = p.beside(s, suffix), p.beside(s, last)
	}
	if p.bad || len(p.b) > 0 || len(s.data) != int(size) {
		return nil, b.damage("rows")
	}
	return s, nil
}

// bounds tells whether a stretch lies in one run.
func (b *Blocks) bounds(lo, hi []byte) bool {
	if !b.whose(lo) || bytes.Compare(lo, hi) >= 0 {
		return false
	}
	n := b.Layout(lo)
	return bytes.HasPrefix(hi, lo[:n]) || bytes.Equal(hi, behind(nil, lo[:n]))
}

// encodeBounds gives the row that tells where the block of a stretch begins and
// ends: in its value its first key, and a checksum of both.
func (b *Blocks) encodeBounds(s *stretch) (key, value []byte) {
	key = b.key(boundsRow, s.hi)
	return key, binary.BigEndian.AppendUint32(slices.Clone(s.lo), checksum(key, s.lo))
}

// decodeBounds reads where a block begins and ends.
func (b *Blocks) decodeBounds(key, value []byte) (lo, hi []byte, err error) {
	n := len(value) - crc32.Size
	if n < 0 || len(key) < 2 || binary.BigEndian.Uint32(value[n:]) != checksum(key, value[:n]) || !b.bounds(value[:n], key[2:]) {
		return nil, nil, b.damage("bounds")
	}
	return slices.Clone(value[:n]), slices.Clone(key[2:]), nil
}

func (b *Blocks) damage(what string) error {
	return fmt.Errorf("%w: block of rows: %s: drop the blocks (parley serve --warm --blocks drop), and keep them anew", b.Damaged, what)
}

// parser takes a block apart; bad is set at the first thing that is wrong.
type parser struct {
	b   []byte
	bad bool
}

func (p *parser) uint() uint64 {
	u, n := binary.Uvarint(p.b)
	if n <= 0 {
		p.bad, p.b = true, nil
		return 0
	}
	p.b = p.b[n:]
	return u
}

func (p *parser) take(n uint64) []byte {
	if n > uint64(len(p.b)) {
		p.bad, p.b = true, nil
		return nil
	}
	taken := p.b[:n]
	p.b = p.b[n:]
	return taken
}

// beside reads into a stretch the next key or value, which differs from last.
func (p *parser) beside(s *stretch, last []byte) (added []byte) {
	same, rest := p.uint(), p.take(p.uint())
	if same > uint64(len(last)) || len(s.data)+int(same)+len(rest) > cap(s.data) {
		p.bad, p.b = true, nil
		return nil
	}
	from := len(s.data)
	s.data = append(append(s.data, last[:same]...), rest...)
	s.ends = append(s.ends, uint32(len(s.data)))
	return s.data[from:]
}
