package graph

import (
	"fmt"
	"slices"
	"unsafe"
)

// block is rows of edges, decoded once for all who read them: of one entity, of
// one pair, or of one property. Rows that were moved are left out; the others it
// gives back as they are kept (resident.Rows).
type block struct {
	family  byte
	dir     [5]uint16 // of family n: where each direction begins, and the last one ends
	scale   scale     // of slim
	slim    []slimRow
	seconds []uint32  // of slim, of family y: the object
	wide    []wideRow // in place of slim
	likes   []likeness
	only    [1]likeness // likes, where there is one
}

// blockRows is how many rows a block has at most, which like counts.
const blockRows = 256

// likeness is what many rows share.
type likeness struct {
	flags
	lasts  Time // from start to end
	tf, tt TS
	pf     Time
	doc    num
}

// row gives what a row says that begins at from.
func (l *likeness) row(from Time) row { return row{l.flags, l.until(from), l.tf, l.tt, l.pf} }

func (l *likeness) until(from Time) Time {
	if l.end() == OpenEnd {
		return MaxTime
	}
	return from + l.lasts
}

// edgeRow is a row of family n, r or y.
type edgeRow struct {
	row
	from     Time
	prop     uint16
	claim    num
	one, two num
	doc      num
	dir      byte
}

// lenEdge is how long a key is behind what its block has in common.
func lenEdge(family byte) int {
	switch family {
	case famEdge:
		return 1 + 6 + 2 + 5
	case famPair:
		return 6 + 2 + 5
	}
	return 6 + 5
}

// decodeEdge reads a row; rest is its key behind what its block has in common.
func decodeEdge(family byte, rest, v []byte, e *edgeRow) error {
	if want := lenEdge(family); len(rest) != want {
		return fmt.Errorf("%w: edge key of family %c has %d bytes, want %d", ErrDamaged, family, len(rest), want)
	}
	if family == famEdge {
		if e.dir, rest = rest[0], rest[1:]; e.dir > inState {
			return fmt.Errorf("%w: edge key: direction %d", ErrDamaged, e.dir)
		}
	}
	e.from = getNewest(rest)
	if family != famProperty {
		e.prop = get2(rest[6:])
	}
	e.claim = get5(rest[len(rest)-5:])
	d := dec{b: v}
	e.row = d.row(e.from)
	e.one = d.num()
	if family == famProperty {
		e.two = d.num()
	}
	e.doc = d.num()
	if d.bad || len(d.b) > 0 {
		return fmt.Errorf("%w: edge row", ErrDamaged)
	}
	return nil
}

func newBlock(family byte, rows int) *block {
	return &block{family: family, wide: make([]wideRow, 0, rows)}
}

// add appends a row, which sorts behind those that are there.
func (b *block) add(rest, v []byte) error {
	if moved(v) {
		return nil
	}
	var e edgeRow
	if err := decodeEdge(b.family, rest, v, &e); err != nil {
		return err
	}
	l := likeness{e.flags, 0, e.tf, e.tt, e.pf, e.doc}
	if e.end() != OpenEnd {
		l.lasts = e.until - e.from
	}
	b.wide = append(b.wide, wideRow{e.from, e.claim, e.one, e.two, e.prop, b.likeness(l)})
	for i := int(e.dir) + 1; i < len(b.dir); i++ {
		b.dir[i] = uint16(len(b.wide))
	}
	return nil
}

// fewLikes is how many likenesses are looked through for one that is there.
const fewLikes = 8

func (b *block) likeness(l likeness) uint8 {
	for i := len(b.likes) - 1; i >= max(0, len(b.likes)-fewLikes); i-- {
		if b.likes[i] == l {
			return uint8(i)
		}
	}
	b.likes = append(b.likes, l)
	return uint8(len(b.likes) - 1)
}

// narrow takes less memory for a block that is complete.
func (b *block) narrow() {
	if b.likes = slices.Clone(b.likes); len(b.likes) == 1 {
		b.only[0] = b.likes[0]
		b.likes = b.only[:]
	}
	var ok bool
	if b.scale, ok = scaleOf(b.wide); !ok {
		b.wide = slices.Clone(b.wide)
		return
	}
	b.slim = make([]slimRow, len(b.wide))
	if b.family == famProperty {
		b.seconds = make([]uint32, len(b.wide))
	}
	for i := range b.wide {
		b.slim[i] = b.scale.slim(&b.wide[i])
		if b.seconds != nil {
			b.seconds[i] = uint32(b.wide[i].two)
		}
	}
	b.wide = nil
}

// size is how many bytes a block takes, about.
func (b *block) size() int {
	size := int(unsafe.Sizeof(*b)) + len(b.slim)*int(unsafe.Sizeof(slimRow{})) + 4*len(b.seconds) + cap(b.wide)*int(unsafe.Sizeof(wideRow{}))
	if len(b.likes) > 1 {
		size += len(b.likes) * int(unsafe.Sizeof(likeness{}))
	}
	return size
}

func (b *block) from(i int) Time {
	if b.wide == nil {
		return b.scale.start(b.slim[i].before)
	}
	return b.wide[i].from
}

func (b *block) claim(i int) num {
	if b.wide == nil {
		return num(b.slim[i].above)<<32 | num(b.slim[i].claim)
	}
	return b.wide[i].claim
}

// one is the other end; of families r and y the subject.
func (b *block) one(i int) num {
	if b.wide == nil {
		return num(b.slim[i].one)
	}
	return b.wide[i].one
}

// two is, of family y, the object; 0 of others.
func (b *block) two(i int) num {
	switch {
	case b.seconds != nil:
		return num(b.seconds[i])
	case b.wide != nil:
		return b.wide[i].two
	}
	return 0
}

// prop is the property; not of family y.
func (b *block) prop(i int) uint16 {
	if b.wide == nil {
		return b.slim[i].prop
	}
	return b.wide[i].prop
}

// like is what a row shares with others.
func (b *block) like(i int) *likeness { return &b.likes[b.likeOf(i)] }

func (b *block) likeOf(i int) uint8 {
	if b.wide == nil {
		return b.slim[i].like
	}
	return b.wide[i].like
}

// window gives the rows of a direction that start between two instants, both
// included, last before first.
func (b *block) window(s *section, first, last Time) (from, to int) {
	to = b.Len()
	if s.family() == famEdge {
		from, to = int(b.dir[s.dir]), int(b.dir[s.dir+1])
	}
	return b.later(from, to, first), b.later(from, to, last-1)
}

// later is behind those of the rows from:to, the latest first, that start later
// than an instant.
func (b *block) later(from, to int, t Time) int {
	for from < to {
		if mid := int(uint(from+to) / 2); b.from(mid) > t {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// Len is how many rows the block has.
func (b *block) Len() int { return max(len(b.slim), len(b.wide)) }

// AppendSuffix appends what the key of a row has behind what its block has in
// common.
func (b *block) AppendSuffix(to []byte, i int) []byte {
	if b.family == famEdge {
		dir := outEvent
		for int(b.dir[dir+1]) <= i {
			dir++
		}
		to = append(to, dir)
	}
	to = putNewest(to, b.from(i))
	if b.family != famProperty {
		to = put2(to, b.prop(i))
	}
	return put5(to, b.claim(i))
}

// AppendValue appends the value of a row.
func (b *block) AppendValue(to []byte, i int) []byte {
	l, from := b.like(i), b.from(i)
	r, v := l.row(from), enc(to)
	if b.family == famProperty {
		v.edge(&r, from, l.doc, b.one(i), b.two(i))
	} else {
		v.edge(&r, from, l.doc, b.one(i))
	}
	return v
}
