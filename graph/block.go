package graph

import "fmt"

// block is rows of edges in columns, decoded once for all who read them: of one
// entity, of one pair, or of one property. Rows that were moved are left out.
type block struct {
	from  []Time
	prop  []uint16 // not of family y
	claim []num
	one   []num // the other end; of families r and y the subject
	two   []num // of family y the object
	like  []uint8
	likes []likeness
	dir   [5]uint16 // of family n: where each direction begins, and the last one ends
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
	b := &block{from: make([]Time, 0, rows), claim: make([]num, 0, rows), one: make([]num, 0, rows), like: make([]uint8, 0, rows)}
	if family == famProperty {
		b.two = make([]num, 0, rows)
	} else {
		b.prop = make([]uint16, 0, rows)
	}
	return b
}

// add appends a row, which sorts behind those that are there.
func (b *block) add(family byte, rest, v []byte) error {
	if moved(v) {
		return nil
	}
	var e edgeRow
	if err := decodeEdge(family, rest, v, &e); err != nil {
		return err
	}
	b.from, b.claim, b.one = append(b.from, e.from), append(b.claim, e.claim), append(b.one, e.one)
	if family == famProperty {
		b.two = append(b.two, e.two)
	} else {
		b.prop = append(b.prop, e.prop)
	}
	for i := int(e.dir) + 1; i < len(b.dir); i++ {
		b.dir[i] = uint16(len(b.from))
	}
	l := likeness{e.flags, 0, e.tf, e.tt, e.pf, e.doc}
	if e.end() != OpenEnd {
		l.lasts = e.until - e.from
	}
	b.like = append(b.like, b.likeness(l))
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

// size is how many bytes a block takes, about.
func (b *block) size() int {
	return 250 + 8*(cap(b.from)+cap(b.claim)+cap(b.one)+cap(b.two)) + 2*cap(b.prop) + cap(b.like) + 48*cap(b.likes)
}

// window gives the rows of a direction that start between two instants, both
// included, last before first.
func (b *block) window(s *section, first, last Time) (from, to int) {
	to = len(b.from)
	if s.family() == famEdge {
		from, to = int(b.dir[s.dir]), int(b.dir[s.dir+1])
	}
	list := b.from[from:to]
	return from + startAfter(list, first), from + startAfter(list, last-1)
}

// startAfter is how many of the starts, the latest first, are later than an instant.
func startAfter(list []Time, t Time) int {
	from, to := 0, len(list)
	for from < to {
		if mid := int(uint(from+to) / 2); list[mid] > t {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// edge is a row again.
func (b *block) edge(i int) (e edgeRow) {
	l := &b.likes[b.like[i]]
	e = edgeRow{row: row{l.flags, MaxTime, l.tf, l.tt, l.pf}, from: b.from[i], claim: b.claim[i], one: b.one[i], doc: l.doc}
	if l.end() != OpenEnd {
		e.until = e.from + l.lasts
	}
	if b.two == nil {
		e.prop = b.prop[i]
	} else {
		e.two = b.two[i]
	}
	return e
}

// packRows makes blocks of what the image keeps of edges. Of damaged rows it
// makes nothing: who reads them by themselves is told.
func packRows(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (any, int) {
	switch family := prefix[0]; family {
	case famEdge, famPair, famProperty:
		b := newBlock(family, rows)
		for i := range rows {
			suffix, value := row(i)
			if b.add(family, suffix, value) != nil {
				return nil, 0
			}
		}
		return b, b.size()
	}
	return nil, 0
}
