package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"slices"

	"github.com/parleydb/parley/graph/internal/resident"
)

// pageOf is how many edges are gathered at once where the query has no limit.
const pageOf = 64

// Neighbors yields the edges of an entity, the newest start first; edges with
// the same start come in the order in which their properties and claims were
// first recorded. Each edge carries a cursor that resumes behind it.
func (v View) Neighbors(ctx context.Context, q EdgeQuery) iter.Seq2[Edge, error] {
	return func(yield func(Edge, error) bool) {
		err := v.read(ctx, func(rd *reading) error {
			w, err := rd.walk(q)
			if err != nil || w == nil {
				return err
			}
			defer w.leave()
			return w.run(yield)
		})
		if err != nil {
			yield(Edge{}, err)
		}
	}
}

// Edges yields the edges of one link property that start in a window, of all
// entities, the newest start first, seen from their subjects.
func (v View) Edges(ctx context.Context, property string, starts Interval) iter.Seq2[Edge, error] {
	return func(yield func(Edge, error) bool) {
		err := v.read(ctx, func(rd *reading) error {
			w, err := rd.edgesOf(property, starts)
			if err != nil || w == nil {
				return err
			}
			return w.run(yield)
		})
		if err != nil {
			yield(Edge{}, err)
		}
	}
}

// edgesOf walks the edges of a property, or is nil where nobody uses it.
func (rd *reading) edgesOf(property string, starts Interval) (*walk, error) {
	n, ok, err := rd.number(property)
	if err != nil || !ok {
		return nil, err
	}
	return &walk{rd: rd, same: rd.same(), q: EdgeQuery{Starts: starts}, sections: []section{{prefix: put2([]byte{famProperty}, n), prop: n}}}, nil
}

// walk merges the sections of an entity's edges: in and out, events and states.
type walk struct {
	rd       *reading
	q        EdgeQuery
	entity   num
	other    num
	id       EntityID
	props    map[uint16]bool // nil: all
	sections []section
	same     *clusters
	bind     uint64 // what a cursor of this list is bound to
	known    []verdict
	runs     []resident.Run // of the sections
	keys     []byte         // of the sections
	merger   merger
}

// position is where an edge stands in the merged order.
type position struct {
	from  Time
	prop  uint16
	claim num
	dir   byte
}

func (p position) before(q position) bool {
	switch {
	case p.from != q.from:
		return p.from > q.from
	case p.prop != q.prop:
		return p.prop < q.prop
	case p.claim != q.claim:
		return p.claim < q.claim
	}
	return p.dir < q.dir
}

// found is an edge in numbers.
type found struct {
	position
	row
	subject, ref, other, doc num
	truth                    Truth
	shown                    num // the claim that the row, or another one in its place, shows
	with                     []num
}

// walk walks the edges that are asked for; nil: there is no such entity.
func (rd *reading) walk(q EdgeQuery) (*walk, error) {
	n, err := rd.anchor(&q.Entity)
	var other num
	if err == nil && !q.Other.IsZero() {
		other, err = rd.anchor(&q.Other)
	}
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := rd.walkOf(n, q)
	w.other, w.bind = other, rd.bindTo(&q)
	if w.id, err = rd.id(n); err != nil {
		return nil, err
	}
	if w.other == 0 || w.other == n { // a link to itself is seen from both of its ends
		w.around(n)
	} else {
		w.between(n, w.other)
	}
	w.props, err = rd.numbers(q.Properties)
	return w, err
}

// anchor finds an entity that a query names, by its key too, and gives the query
// its id: to that, cursors are bound.
func (rd *reading) anchor(r *Ref) (num, error) {
	n, err := rd.named(*r)
	if err == nil && r.ID.IsZero() {
		r.ID, err = rd.writtenID(n)
	}
	return rd.same().head(n), err
}

// walkBetween walks the edges between two entities.
func (rd *reading) walkBetween(n, other num, q EdgeQuery) (w *walk, err error) {
	w = rd.walkOf(n, q)
	w.other = other
	w.between(n, other)
	if w.id, err = rd.id(n); err == nil {
		w.props, err = rd.numbers(q.Properties)
	}
	return w, err
}

// walkOf begins a walk, in the room of one that was left.
func (rd *reading) walkOf(n num, q EdgeQuery) *walk {
	room := rd.hand()
	w := room.walk
	if room.walk = nil; w == nil {
		w = &walk{}
	}
	w.rd, w.same, w.q, w.entity = rd, rd.same(), q, n
	return w
}

// leave ends a walk. Its room is the next one's.
func (w *walk) leave() {
	room := w.rd.hand()
	clear(w.sections)
	clear(w.runs)
	clear(w.merger.heads)
	clear(w.merger.edges)
	*w = walk{sections: w.sections[:0], runs: w.runs[:0], keys: w.keys[:0], known: w.known[:0],
		merger: merger{heads: w.merger.heads[:0], edges: w.merger.edges[:0], ends: w.merger.ends[:0]}}
	room.walk = w
}

// around makes the walk one of all edges of an entity.
func (w *walk) around(n num) {
	w.entity, w.sections, w.keys = n, w.sections[:0], w.keys[:0]
	if !w.same.merged(n) {
		w.sections, w.keys = appendSections(w.sections, w.keys, n, w.q.Direction)
		return
	}
	for _, member := range w.same.of(n) {
		w.sections, w.keys = appendSections(w.sections, w.keys, member, w.q.Direction)
	}
}

// open opens the rows of all sections, once for those of an entity.
func (w *walk) open() {
	w.runs = slices.Grow(w.runs[:0], len(w.sections)) // so that they stay where they are
	for i := range w.sections {
		s := &w.sections[i]
		if i > 0 && bytes.Equal(s.common(), w.sections[i-1].common()) {
			s.rows, s.all = w.sections[i-1].rows, w.sections[i-1].all
			continue
		}
		w.runs = append(w.runs, resident.Open(w.rd.r, s.common()))
		s.rows = &w.runs[len(w.runs)-1]
		s.all, _ = s.rows.Whole().(*block)
	}
}

// blocks calls fn for each block of the sections, and which of its rows lie in
// their span.
func (w *walk) blocks(fn func(s *section, b *block, from, to int) error) error {
	w.open()
	for i := range w.sections {
		t := w.stream(&w.sections[i], nil, blockRows)
		for {
			more, err := t.more()
			if err == nil && more {
				err = fn(t.s, t.block, t.i, t.end)
			}
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
	}
	return nil
}

// each calls fn for each edge, in no order. What fn is given is its own until
// it returns.
func (w *walk) each(fn func(*found)) error {
	var f found
	return w.blocks(func(s *section, b *block, from, to int) error {
		for i := from; i < to; i++ {
			e := b.edge(i)
			s.see(&e, &f)
			ok, err := w.shows(&f)
			if err != nil {
				return err
			}
			if ok {
				fn(&f)
			}
		}
		return nil
	})
}

// run yields the edges in pages, each merged from all sections.
func (w *walk) run(yield func(Edge, error) bool) error {
	after, err := w.resume()
	if err != nil {
		return err
	}
	left := cmp.Or(w.q.First, math.MaxInt)
	m := &w.merger
	m.begin(w, after, left)
	for left > 0 {
		want := min(left, pageOf)
		edges, err := m.page(want)
		if err != nil {
			return err
		}
		for i := range edges {
			if !yield(edges[i], nil) {
				return nil
			}
		}
		if left -= len(edges); len(edges) < want {
			return nil
		}
	}
	return nil
}

// merger gives the edges of all sections, the newest first.
type merger struct {
	w     *walk
	after *position
	heads []head
	edges []Edge // of the page in hand
	ends  []ends // of its edges
}

// head is the next edge of a section.
type head struct {
	stream
	found
	known bool // what is next
	any   bool // there is one
}

// begin begins to merge the sections. Rows of the store are read as if both
// directions were alike, and some more, so that little is read that nobody
// asks for.
func (m *merger) begin(w *walk, after *position, want int) {
	w.open()
	m.w, m.after = w, after
	m.heads = slices.Grow(m.heads[:0], len(w.sections))[:len(w.sections)]
	batch := min(want, pageOf)
	if len(w.sections) > 1 {
		batch = batch/2 + batch/8 + 2
	}
	for i := range m.heads {
		m.heads[i] = head{stream: w.stream(&w.sections[i], after, batch)}
	}
}

// next finds the next edge of a section that the view shows.
func (m *merger) next(h *head) error {
	for h.known = true; ; {
		for h.i < h.end {
			e := h.block.edge(h.i)
			h.i++
			h.s.see(&e, &h.found)
			if m.after != nil && !m.after.before(h.position) {
				continue
			}
			ok, err := m.w.shows(&h.found)
			if ok || err != nil {
				h.any = ok
				return err
			}
		}
		more, err := h.more()
		if err != nil || !more {
			h.any = false
			return err
		}
	}
}

// ends are those of an edge.
type ends struct{ subject, other num }

// page gathers the next edges, which are good until the next call.
func (m *merger) page(want int) ([]Edge, error) {
	m.edges, m.ends = m.edges[:0], m.ends[:0]
	for len(m.edges) < want {
		h, err := m.first()
		if err != nil {
			return nil, err
		}
		if h == nil {
			break
		}
		m.edges, m.ends = append(m.edges, Edge{Entity: m.w.id}), append(m.ends, ends{h.subject, h.other})
		if err := m.w.edge(&h.found, &m.edges[len(m.edges)-1]); err != nil {
			return nil, err
		}
		h.known = false
	}
	return m.edges, m.w.name(m.edges, func(i int) num { return m.ends[i].other }, func(i int) num { return m.ends[i].subject })
}

// first is the section with the newest edge; nil: no more are left.
func (m *merger) first() (first *head, err error) {
	for i := range m.heads {
		h := &m.heads[i]
		if !h.known {
			if err := m.next(h); err != nil {
				return nil, err
			}
		}
		if h.any && (first == nil || h.before(first.position)) {
			first = h
		}
	}
	return first, nil
}

// shows tells whether a row is wanted and shown.
func (w *walk) shows(f *found) (bool, error) {
	if !w.wanted(f) {
		return false, nil
	}
	return w.shown(f)
}

func (w *walk) wanted(f *found) bool {
	if w.props != nil && !w.props[f.prop] {
		return false
	}
	switch {
	case w.other == 0:
		return true
	case w.other == w.entity:
		return w.same.head(f.other) == w.entity
	case w.q.Direction == Both:
		return true
	}
	return (w.same.head(f.subject) == w.entity) == (w.q.Direction == Out)
}

// shown settles whether the view shows the edge, and with which end.
func (w *walk) shown(f *found) (bool, error) {
	if w.same.touches(f.subject, f.ref) {
		if ok, err := w.joined(f); err != nil || !ok {
			return false, err
		}
	} else if w.rd.alone(&f.row) {
		if !w.rd.sees(&f.row) {
			return false, nil
		}
	} else {
		res, err := w.rd.settle(f.claim, f.from)
		if err != nil || !res.live || res.truth == Denied {
			return false, err
		}
		f.settle(&res)
	}
	if !f.rank().AtLeast(w.q.MinRank.floor(w.q.Ranked)) {
		return false, nil
	}
	on := w.rd.point.On
	return !w.q.Starts.IsZero() || on.IsZero() || f.class() == Timeless || Interval{f.from, f.until}.Overlaps(on), nil
}

// joined settles an edge together with those that equal it, and tells whether
// it is the one that stands for them, or in whose place that one is shown.
func (w *walk) joined(f *found) (bool, error) {
	c, err := w.rd.claimContent(f.claim)
	if err != nil {
		return false, err
	}
	shown, with, res, err := w.rd.joined(c)
	if err != nil || res.truth == Denied {
		return false, err
	}
	first, err := w.first(append([]num{shown}, with...), f.from)
	if err != nil || first != f.claim {
		return false, err
	}
	f.shown, f.with = shown, with
	f.settle(&res)
	return true, nil
}

// first is, of claims that are equal, the first by which the walk comes.
func (w *walk) first(list []num, from Time) (num, error) {
	for _, n := range list {
		if passed, err := w.passed(n, from); err != nil || !passed {
			return n, err
		}
	}
	return 0, nil
}

// passed tells whether a walk that looks for what holds on a day does not come
// by a claim: it was said to be bounded, and to begin long before.
func (w *walk) passed(n num, from Time) (bool, error) {
	on := w.rd.point.On
	if w.entity == 0 || w.sections[0].prefix[0] != famEdge || !w.q.Starts.IsZero() || on.IsZero() || from >= on.From-MaxEvent {
		return false, nil
	}
	c, err := w.rd.claimContent(n)
	if err != nil || c.section(outEvent, outState) == outState {
		return false, err
	}
	b, err := w.rd.r.Get(c.home(n))
	return err == nil && !moved(b), err
}

func (f *found) settle(res *resolution) {
	f.truth, f.until = res.truth, res.end.Until
	f.flags = f.flags&^(3<<shiftEnd|3<<shiftRank) | flags(res.end.Kind)<<shiftEnd | flags(res.rank)<<shiftRank
}

// floor is the rank that is asked for, or the lowest where none is.
func (r Rank) floor(asked bool) Rank {
	if asked {
		return r
	}
	return Deprecated
}

// name gives the ends of edges their ids.
func (w *walk) name(page []Edge, other, subject func(int) num) error {
	ids := make([]EntityID, len(page))
	err := w.rd.ids(ids, other)
	for i := range page {
		page[i].Other = ids[i]
	}
	if w.entity == 0 && err == nil {
		err = w.rd.ids(ids, subject)
		for i := range page {
			page[i].Entity = ids[i]
		}
	}
	return err
}

func (w *walk) edge(f *found, e *Edge) (err error) {
	e.Property, err = w.rd.nameOf(f.prop)
	e.Out = f.dir == outEvent || f.dir == outState || w.entity == 0
	e.Class, e.From, e.Truth, e.Rank = f.class(), f.from, f.truth, f.rank()
	e.End = End{Kind: f.end(), Until: f.until}
	e.at, e.bind = f.position, w.bind
	e.claim, e.document, e.with = f.shown, f.doc, f.with
	return err
}
