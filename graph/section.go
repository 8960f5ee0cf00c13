package graph

import (
	"bytes"
	"slices"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
)

// section is a run of rows that are sorted newest first.
type section struct {
	prefix []byte
	dir    byte
	prop   uint16        // of family y, whose keys do not repeat it
	node   num           // of family n: whose edges; of family r: one of the pair
	other  num           // of family r: the other one
	rows   *resident.Run // shared by the sections of an entity
	all    *block        // where it is in memory: of all of these
}

func (s *section) family() byte { return s.prefix[0] }

func (s *section) out() bool { return s.dir == outEvent || s.dir == outState }

// common is what the keys of a block have in common.
func (s *section) common() []byte { return s.prefix[:rowsTogether(s.prefix)] }

// sectionsOf are the sections of the edges of entities that are one.
func sectionsOf(members []num, d Direction) []section {
	list, keys := make([]section, 0, 4*len(members)), make([]byte, 0, 4*lenSection*len(members))
	for _, n := range members {
		list, keys = appendSections(list, keys, n, d)
	}
	return list
}

const lenSection = 1 + 5 + 1

// appendSections appends the sections of one entity, and their keys.
func appendSections(list []section, keys []byte, n num, d Direction) ([]section, []byte) {
	from, to := outEvent, inState
	switch d {
	case Out:
		to = outState
	case In:
		from = inEvent
	}
	for dir := from; dir <= to; dir++ {
		at := len(keys)
		keys = append(put5(append(keys, famEdge), n), dir)
		list = append(list, section{prefix: keys[at:len(keys):len(keys)], dir: dir, node: n})
	}
	return list, keys
}

func (s *section) whole() kv.Range { return kv.Range{Start: s.prefix, End: behind(s.prefix)} }

// between makes the walk one of the edges between any two of two clusters.
func (w *walk) between(one, other num) {
	w.sections, w.keys = w.sections[:0], w.keys[:0]
	for _, a := range w.same.of(one) {
		for _, b := range w.same.of(other) {
			at := len(w.keys)
			w.keys = put5(put5(append(w.keys, famPair), min(a, b)), max(a, b))
			prefix := w.keys[at:len(w.keys):len(w.keys)]
			if !slices.ContainsFunc(w.sections, func(s section) bool { return bytes.Equal(s.prefix, prefix) }) {
				w.sections = append(w.sections, section{prefix: prefix, node: a, other: b})
			}
		}
	}
}

// decode reads a row by itself.
func (s *section) decode(k, v []byte, f *found) error {
	var e edgeRow
	err := decodeEdge(s.family(), k[len(s.common()):], v, &e)
	*f = found{position: position{e.from, e.prop, e.claim, s.dir}, row: e.row, doc: e.doc}
	s.see(e.one, e.two, f)
	return err
}

// take takes a row of a block.
func (s *section) take(b *block, i int, f *found) {
	l, from := b.like(i), b.from(i)
	*f = found{position: position{from, b.prop(i), b.claim(i), s.dir}, row: l.row(from), doc: l.doc}
	s.see(b.one(i), b.two(i), f)
}

// see puts an edge, whose row names one or two of its ends, as it is seen from the
// section.
func (s *section) see(one, two num, f *found) {
	f.ends, f.dir = s.ends(one, two)
	if s.family() == famProperty {
		f.prop = s.prop
	}
}

// ends are those of an edge whose row names one or two of them, and the direction
// in which it is seen.
func (s *section) ends(one, two num) (e ends, dir byte) {
	switch {
	case s.family() == famProperty:
		return ends{one, two, two}, s.dir
	case s.family() == famPair && one == s.node:
		return ends{one, s.other, s.other}, outState
	case s.family() == famPair:
		return ends{one, s.node, s.other}, inState
	case s.out():
		return ends{s.node, one, one}, s.dir
	}
	return ends{one, s.node, one}, s.dir
}

// span is the time in which a section's rows can matter: the newest and the
// oldest start, both included.
func (w *walk) span(s *section, after *position) (first, last Time) {
	first, last = MaxTime-1, MinTime
	switch on := w.rd.point.On; {
	case !w.q.Starts.IsZero():
		first, last = w.q.Starts.To-1, w.q.Starts.From
	case !on.IsZero():
		first = on.To - 1
		if s.family() == famEdge && (s.dir == outEvent || s.dir == inEvent) {
			last = max(MinTime, on.From-MaxEvent)
		}
	}
	if after != nil {
		first = min(first, after.from)
	}
	return first, last
}

// keys is the range of a section's keys in a span.
func (s *section) keys(first, last Time) kv.Range {
	n := len(s.prefix) + 6
	both := make([]byte, 0, 2*n)
	start := putNewest(append(both, s.prefix...), first)
	end := putNewest(append(both[n:n], s.prefix...), last)
	next(end)
	if first == MaxTime-1 { // so that whoever reads all rows is known to
		start = s.prefix
	}
	switch {
	case first < last:
		end = start
	case !bytes.HasPrefix(end, s.prefix): // it was the last key
		end = behind(s.prefix)
	}
	return kv.Range{Start: start, End: end}
}

// stream gives rows of a section, the newest first, a block at a time.
type stream struct {
	s           *section
	first, last Time
	rng         kv.Range // of the rows that are not in hand
	batch       int      // rows to read at once from the store
	block       *block
	i, end      int  // in block: the rows in hand
	read        bool // all of the section
}

func (w *walk) stream(s *section, after *position, batch int) stream {
	first, last := w.span(s, after)
	t := stream{s: s, first: first, last: last, batch: min(batch, blockRows)}
	if s.all == nil {
		t.rng = s.keys(first, last)
	}
	return t
}

// more takes the next rows in hand, and tells whether there were any left to read.
func (t *stream) more() (bool, error) {
	if t.read {
		return false, nil
	}
	if t.s.all != nil {
		t.block, t.read = t.s.all, true
		t.i, t.end = t.block.window(t.s, t.first, t.last)
		return true, nil
	}
	if bytes.Compare(t.rng.Start, t.rng.End) >= 0 {
		return false, nil
	}
	packed, rest, err := t.s.rows.Next(t.rng)
	if err != nil {
		return false, err
	}
	t.rng = rest
	if packed != nil {
		t.block = packed.(*block)
	} else if err := t.fetch(); err != nil {
		return false, err
	}
	t.i, t.end = t.block.window(t.s, t.first, t.last)
	return true, nil
}

// fetch makes a block of rows of the store.
func (t *stream) fetch() error {
	t.block = newBlock(t.s.family(), t.batch)
	rng, n, last := t.rng, 0, []byte(nil)
	rng.Limit = t.batch
	common := len(t.s.common())
	err := t.s.rows.Scan(rng, func(k, v []byte) error {
		if n++; n == rng.Limit {
			last = append(bytes.Clone(k), 0)
		}
		return t.block.add(k[common:], v)
	})
	if last == nil {
		last = t.rng.End
	}
	t.rng.Start, t.batch = last, blockRows
	return err
}
