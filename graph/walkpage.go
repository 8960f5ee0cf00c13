package graph

import (
	"cmp"
	"math"
	"slices"
)

// fewEdges is how many edges are gathered first where the query has no limit:
// who asks may want a few.
const fewEdges = 4

// run yields the edges in pages, each merged from all sections.
func (w *walk) run(yield func(Edge, error) bool) error {
	after, err := w.resume()
	if err != nil {
		return err
	}
	left := cmp.Or(w.q.First, math.MaxInt)
	m := &w.merger
	m.begin(w, after, left)
	size := pageOf
	if w.q.First == 0 {
		size = fewEdges
	}
	for ; left > 0; size = min(2*size, pageOf) {
		want := min(left, size)
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
func (m *merger) next(h *head) (err error) {
	for h.known = true; ; {
		for h.i < h.end {
			i := h.i
			h.i++
			if h.any, err = m.shows(h, i); h.any || err != nil {
				return err
			}
		}
		if h.any, err = h.more(); err != nil || !h.any {
			return err
		}
	}
}

// shows puts a row at the head of its section, and tells whether it is wanted and
// shown.
func (m *merger) shows(h *head, i int) (bool, error) {
	h.s.take(h.block, i, &h.found)
	if m.after != nil && !m.after.before(h.position) || !m.w.wanted(&h.found) {
		return false, nil
	}
	if !m.w.same.touches(h.subject, h.ref) {
		if v := m.w.verdictOn(h.block.like(i), h.from); v != unsure {
			return v == plain, nil
		}
	}
	return m.w.shown(&h.found)
}

// page gathers the next edges, which are good until the next call.
func (m *merger) page(want int) ([]Edge, error) {
	clear(m.edges)
	m.edges, m.ends = m.edges[:0], m.ends[:0]
	for len(m.edges) < want {
		h, err := m.first()
		if err != nil {
			return nil, err
		}
		if h == nil {
			break
		}
		m.edges = slices.Grow(m.edges, 1)[:len(m.edges)+1]
		if err := m.w.edge(&h.found, &m.edges[len(m.edges)-1]); err != nil {
			return nil, err
		}
		if h.known = false; m.w.other == 0 {
			m.ends = append(m.ends, h.ends)
		}
	}
	if m.w.other != 0 {
		return m.edges, nil
	}
	return m.edges, m.w.name(m.edges, m.ends)
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

// name gives the ends of edges their ids.
func (w *walk) name(page []Edge, ends []ends) error {
	room := w.rd.scratch()
	room.ids = slices.Grow(room.ids[:0], len(page))
	ids := room.ids[:len(page)]
	err := w.rd.ids(ids, func(i int) num { return ends[i].other })
	for i := range page {
		page[i].Other = ids[i]
	}
	if w.entity == 0 && err == nil {
		err = w.rd.ids(ids, func(i int) num { return ends[i].subject })
		for i := range page {
			page[i].Entity = ids[i]
		}
	}
	return err
}

func (w *walk) edge(f *found, e *Edge) error {
	property, err := w.rd.nameOf(f.prop)
	*e = Edge{
		Property: property, Entity: w.id, Other: w.otherID, Out: f.dir == outEvent || f.dir == outState || w.entity == 0,
		Class: f.class(), Truth: f.truth, Rank: f.rank(), From: f.from, End: End{Kind: f.end(), Until: f.until},
		dir: f.dir, prop: f.prop, bind: w.bind, claim: f.claim, document: f.doc, as: f.as,
	}
	return err
}
