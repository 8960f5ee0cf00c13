package graph

import (
	"fmt"
	"slices"
	"unsafe"
)

// block is rows of edges in columns, decoded once for all who read them: of one
// entity, of one pair, or of one property. Rows that were moved are left out;
// the others it gives back as they are kept (resident.Rows).
type block struct {
	family byte
	from   starts
	prop   []uint16 // not of family y
	claim  nums
	one    nums // the other end; of families r and y the subject
	two    nums // of family y the object
	like   []uint8
	likes  []likeness
	dir    [5]uint16 // of family n: where each direction begins, and the last one ends
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
	b := &block{family: family, from: starts{wide: make([]Time, 0, rows)}, claim: makeNums(rows), one: makeNums(rows), like: make([]uint8, 0, rows)}
	if family == famProperty {
		b.two = makeNums(rows)
	} else {
		b.prop = make([]uint16, 0, rows)
	}
	return b
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
	b.from.add(e.from)
	b.claim.add(e.claim)
	b.one.add(e.one)
	if b.family == famProperty {
		b.two.add(e.two)
	} else {
		b.prop = append(b.prop, e.prop)
	}
	l := likeness{e.flags, 0, e.tf, e.tt, e.pf, e.doc}
	if e.end() != OpenEnd {
		l.lasts = e.until - e.from
	}
	b.like = append(b.like, b.likeness(l))
	for i := int(e.dir) + 1; i < len(b.dir); i++ {
		b.dir[i] = uint16(b.Len())
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
	b.from.narrow()
	b.likes = slices.Clone(b.likes)
}

// size is how many bytes a block takes, about.
func (b *block) size() int {
	return int(unsafe.Sizeof(*b)) + b.from.size() + b.claim.size() + b.one.size() + b.two.size() +
		2*cap(b.prop) + cap(b.like) + cap(b.likes)*int(unsafe.Sizeof(likeness{}))
}

// window gives the rows of a direction that start between two instants, both
// included, last before first.
func (b *block) window(s *section, first, last Time) (from, to int) {
	to = b.Len()
	if s.family() == famEdge {
		from, to = int(b.dir[s.dir]), int(b.dir[s.dir+1])
	}
	return from + b.from.after(from, to, first), from + b.from.after(from, to, last-1)
}

// edge is a row again.
func (b *block) edge(i int) (e edgeRow) {
	l := &b.likes[b.like[i]]
	e = edgeRow{row: row{l.flags, MaxTime, l.tf, l.tt, l.pf}, from: b.from.at(i), claim: b.claim.at(i), one: b.one.at(i), doc: l.doc}
	if l.end() != OpenEnd {
		e.until = e.from + l.lasts
	}
	if b.family == famProperty {
		e.two = b.two.at(i)
	} else {
		e.prop = b.prop[i]
	}
	return e
}

// Len is how many rows the block has.
func (b *block) Len() int { return len(b.like) }

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
	to = putNewest(to, b.from.at(i))
	if b.family != famProperty {
		to = put2(to, b.prop[i])
	}
	return put5(to, b.claim.at(i))
}

// AppendValue appends the value of a row.
func (b *block) AppendValue(to []byte, i int) []byte {
	e := b.edge(i)
	v := enc(to)
	if b.family == famProperty {
		v.edge(&e.row, e.from, e.doc, e.one, e.two)
	} else {
		v.edge(&e.row, e.from, e.doc, e.one)
	}
	return v
}
