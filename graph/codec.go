package graph

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parleydb/parley/graph/edtf"
)

// ErrDamaged reports rows that are not what this package writes.
var ErrDamaged = errors.New("graph: store is damaged: run parley check, and restore the last good backup")

// enc appends to a row's value.
type enc []byte

func (e *enc) byte(b byte)     { *e = append(*e, b) }
func (e *enc) uint(u uint64)   { *e = binary.AppendUvarint(*e, u) }
func (e *enc) num(n num)       { e.uint(uint64(n)) }
func (e *enc) ts(ts TS)        { *e = binary.BigEndian.AppendUint64(*e, uint64(ts)) }
func (e *enc) time(t Time)     { *e = putTime(*e, t) }
func (e *enc) bytes(b []byte)  { e.uint(uint64(len(b))); *e = append(*e, b...) }
func (e *enc) string(s string) { e.uint(uint64(len(s))); *e = append(*e, s...) }

func (e *enc) date(d edtf.Date) {
	var b [32]byte // what most of them fit into
	e.bytes(d.Append(b[:0]))
}

// dec takes a row's value apart, and accepts only what enc writes. After the
// first short or impossible field bad is set, and what follows means nothing.
type dec struct {
	b   []byte
	bad bool
}

func (d *dec) take(n int) []byte {
	if d.bad || n < 0 || len(d.b) < n {
		d.bad = true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *dec) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

// below is a byte of a code that has n values.
func (d *dec) below(n int) byte {
	b := d.byte()
	if int(b) >= n {
		d.bad = true
		return 0
	}
	return b
}

func (d *dec) bool() bool { return d.below(2) == 1 }

func (d *dec) uint() uint64 {
	if len(d.b) > 0 && d.b[0] < 0x80 && !d.bad {
		u := uint64(d.b[0])
		d.b = d.b[1:]
		return u
	}
	u, n := binary.Uvarint(d.b)
	if n <= 0 || (n > 1 && d.b[n-1] == 0) { // not the shortest form
		d.bad = true
		return 0
	}
	d.take(n)
	return u
}

func (d *dec) num() num {
	n := num(d.uint())
	if n > maxNum {
		d.bad = true
		return 0
	}
	return n
}

func (d *dec) ts() TS {
	if b := d.take(8); b != nil {
		return TS(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (d *dec) time() Time {
	if b := d.take(6); b != nil {
		return getTime(b)
	}
	return 0
}

func (d *dec) bytes() []byte {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.bad = true
		return nil
	}
	return d.take(int(n))
}

func (d *dec) string() string { return string(d.bytes()) }

func (d *dec) date() edtf.Date {
	s := d.bytes()
	if len(s) == 0 {
		return edtf.Date{}
	}
	date, ok := edtf.ParseCanonical(s)
	d.bad = d.bad || !ok
	return date
}

// count reads the length of a list whose items take at least one byte each.
func (d *dec) count() int {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.bad = true
		return 0
	}
	return int(n)
}

// done reports whether the value was read to its end and nothing was wrong.
func (d *dec) done(what string) error {
	if d.bad || len(d.b) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal ends a value that no other row vouches for with its checksum (CRC-32C).
func seal(b []byte) []byte {
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// unseal takes the checksum off a sealed value.
func unseal(b []byte, what string) ([]byte, error) {
	n := len(b) - crc32.Size
	if n < 0 || binary.BigEndian.Uint32(b[n:]) != crc32.Checksum(b[:n], castagnoli) {
		return nil, fmt.Errorf("%w: %s: checksum", ErrDamaged, what)
	}
	return b[:n], nil
}

// flags begin every claim-bearing value.
type flags uint16

const (
	flagAsk          flags = 1 << 0 // the row does not answer alone: look at the claim's s rows
	flagClosed       flags = 1 << 1 // tt follows
	flagStartUnknown flags = 1 << 2
	flagStartOpen    flags = 1 << 3
	shiftEnd               = 4  // 2 bits: EndKind
	shiftMarking           = 6  // 3 bits
	shiftRank              = 9  // 2 bits
	shiftClass             = 11 // 2 bits
	// flagMoved marks a row in an event section that no longer counts: some
	// record makes the claim unbounded, and its row in the state section shows it.
	flagMoved flags = 1 << 13
)

func (f flags) ask() bool        { return f&flagAsk != 0 }
func (f flags) end() EndKind     { return EndKind(f >> shiftEnd & 3) }
func (f flags) marking() Marking { return Marking(f >> shiftMarking & 7) }
func (f flags) rank() Rank       { return Rank(f >> shiftRank & 3) }
func (f flags) class() Class     { return Class(f >> shiftClass & 3) }

// possible refuses bits that nothing sets and codes that there are not.
func (f flags) possible() bool {
	return f>>14 == 0 && f.end() <= DatedEnd && f.marking() <= Red && f.class() <= Timeless
}

// moved tells whether a row stands in an event section and counts no more.
func moved(value []byte) bool { return len(value) >= 2 && flags(get2(value))&flagMoved != 0 }

// row is what every claim-bearing value says: v, n, r, y and a.
type row struct {
	flags
	until  Time // of a dated or unknown end: the first instant behind it
	tf, tt TS
	pf     Time // earliest publication
}

func (r *row) append(e *enc, from Time) {
	*e = put2(*e, uint16(r.flags))
	if r.end() != OpenEnd {
		e.uint(uint64(r.until - from))
	}
	e.ts(r.tf)
	if r.flags&flagClosed != 0 {
		e.ts(r.tt)
	}
	e.time(r.pf)
}

func (d *dec) row(from Time) row {
	var r row
	if b := d.take(2); b != nil {
		r.flags = flags(get2(b))
	}
	d.bad = d.bad || !r.possible()
	r.until = MaxTime
	if r.end() != OpenEnd {
		r.until = from + Time(d.uint())
	}
	r.tf = d.ts()
	if r.flags&flagClosed != 0 {
		r.tt = d.ts()
	}
	r.pf = d.time()
	return r
}

// value writes a value as it stands in rows: references by number.
func (e *enc) value(v Value, ref num) {
	e.byte(byte(v.typ))
	switch v.typ {
	case Text:
		e.string(v.text)
		t := sharedBy(v.tongue)
		e.string(t.lang)
		e.string(t.script)
		e.string(t.scope)
	case Code, Date:
		e.string(v.text)
	case Integer, Number, Boolean:
		*e = binary.BigEndian.AppendUint64(*e, v.bits)
	case Reference:
		e.num(ref)
	}
}

func (d *dec) value() (v Value, ref num) {
	v.typ = ValueType(d.byte())
	switch v.typ {
	case Text:
		v.text = d.string()
		v.tongue = shared(tongue{d.string(), d.string(), d.string()})
	case Code, Date:
		v.text = d.string()
	case Integer, Number, Boolean:
		v.bits = uint64(d.ts())
	case Reference:
		ref = d.num()
	default:
		d.bad = true
	}
	return v, ref
}

// firsts holds for each marking the transaction time at which something first
// carried it; 0: nothing did.
type firsts [Red + 1]TS

func (f *firsts) append(e *enc) {
	for m, ts := range f {
		if ts != 0 {
			e.byte(byte(m))
			e.ts(ts)
		}
	}
}

// firsts reads to the end of the value, or to the markings of keys.
func (d *dec) firsts() (f firsts) {
	next := Clear
	for len(d.b) > 0 && d.b[0] != keyMarkings && !d.bad {
		m := Marking(d.below(len(f)))
		d.bad = d.bad || m < next
		f[m] = d.ts()
		d.bad = d.bad || f[m] == 0
		next = m + 1
	}
	return f
}

// see notes that something with a marking was there at ts.
func (f *firsts) see(m Marking, ts TS) {
	if f[m] == 0 || ts < f[m] {
		f[m] = ts
	}
}

// without is f without what was first at ts.
func (f firsts) without(ts TS) firsts {
	for m := range f {
		if f[m] == ts {
			f[m] = 0
		}
	}
	return f
}

// may tells whether anything that the clearance sees was there at ts: it only rules out.
func (f *firsts) may(ts TS, clearance Marking) bool {
	for m := Clear; m <= clearance; m++ {
		if f[m] != 0 && f[m] <= ts {
			return true
		}
	}
	return false
}
