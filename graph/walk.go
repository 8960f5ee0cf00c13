package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// pageOf is how many edges are gathered at once where the query has no limit.
const pageOf = 256

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
}

// section is a run of rows that are sorted newest first.
type section struct {
	prefix []byte
	dir    byte
	prop   uint16 // of family y, whose keys do not repeat it
	node   num    // of family n: whose edges; of family r: one of the pair
	other  num    // of family r: the other one
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

func (rd *reading) walk(q EdgeQuery) (*walk, error) {
	n, err := rd.lookup(ByID(q.Entity))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := rd.walkOf(n, q)
	w.bind = rd.bindTo(&q)
	if w.id, err = rd.id(n); err != nil {
		return nil, err
	}
	if !q.Other.IsZero() {
		if w.other, err = rd.lookup(ByID(q.Other)); err != nil {
			if errors.Is(err, ErrNotFound) {
				return nil, nil
			}
			return nil, err
		}
	}
	if w.other == 0 || w.other == n { // a link to itself is seen from both of its ends
		w.sections = sectionsOf(w.same.of(n), q.Direction)
	} else {
		w.sections = pairsOf(w.same.of(n), w.same.of(w.other))
	}
	w.props, err = rd.numbers(q.Properties)
	return w, err
}

func (rd *reading) walkOf(n num, q EdgeQuery) *walk {
	return &walk{rd: rd, same: rd.same(), q: q, entity: n}
}

// walkFrom walks all edges of an entity for those who need no Edge of it.
func (rd *reading) walkFrom(n num, q EdgeQuery) (w *walk, err error) {
	w = rd.walkOf(n, q)
	w.sections = sectionsOf(w.same.of(n), q.Direction)
	w.props, err = rd.numbers(q.Properties)
	return w, err
}

// each calls fn for each edge, in no order. What fn is given is its own until
// it returns.
func (w *walk) each(fn func(*found)) error {
	var f found
	for i := range w.sections {
		s := &w.sections[i]
		rng, ok := w.window(s, nil)
		if !ok {
			continue
		}
		err := w.rd.r.Scan(rng, func(k, v []byte) error {
			f = found{}
			ok, err := w.read(s, k, v, nil, &f)
			if ok && err == nil {
				fn(&f)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sectionsOf are the sections of the edges of entities that are one.
func sectionsOf(members []num, d Direction) []section {
	var dirs []byte
	if d != In {
		dirs = append(dirs, outEvent, outState)
	}
	if d != Out {
		dirs = append(dirs, inEvent, inState)
	}
	list := make([]section, 0, len(dirs)*len(members))
	for _, n := range members {
		for _, dir := range dirs {
			list = append(list, section{prefix: append(key(famEdge, n), dir), dir: dir, node: n})
		}
	}
	return list
}

func (s *section) whole() kv.Range { return kv.Range{Start: s.prefix, End: behind(s.prefix)} }

// pairsOf are the sections of the edges between any two of two clusters.
func pairsOf(one, other []num) []section {
	var list []section
	for _, a := range one {
		for _, b := range other {
			prefix := key(famPair, min(a, b), max(a, b))
			if !slices.ContainsFunc(list, func(s section) bool { return bytes.Equal(s.prefix, prefix) }) {
				list = append(list, section{prefix: prefix, node: a, other: b})
			}
		}
	}
	return list
}

// run yields the edges in pages, each merged from all sections.
func (w *walk) run(yield func(Edge, error) bool) error {
	after, err := w.resume()
	if err != nil {
		return err
	}
	left := w.q.First
	for {
		want := pageOf
		if w.q.First > 0 {
			want = min(left, pageOf)
		}
		page, err := w.page(after, want)
		if err != nil {
			return err
		}
		edges, err := w.edges(page)
		if err != nil {
			return err
		}
		for i := range edges {
			if !yield(edges[i], nil) {
				return nil
			}
		}
		if left -= len(page); len(page) < want || (w.q.First > 0 && left == 0) {
			return nil
		}
		after = &page[len(page)-1].position
	}
}

// page gathers the next edges of all sections. Sections are read a share of
// the page at a time, and the one that has given all it was asked for is read
// on, so that little is read that the page has no room for.
func (w *walk) page(after *position, want int) ([]*found, error) {
	runs := make([]run, len(w.sections))
	share := want
	if len(w.sections) > 1 {
		share = want/2 + want/8 + 2 // as if both directions were alike, and some more
	}
	page := make([]*found, 0, want)
	for len(page) < want {
		next := -1
		for i := range runs {
			r := &runs[i]
			if len(r.found) == 0 && !r.done {
				if err := w.fill(&w.sections[i], r, after, share); err != nil {
					return nil, err
				}
			}
			if len(r.found) > 0 && (next < 0 || r.found[0].before(runs[next].found[0].position)) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		page = append(page, &runs[next].found[0])
		runs[next].found = runs[next].found[1:]
	}
	return page, nil
}

// run is what was read of a section and is not on the page yet.
type run struct {
	found []found
	last  position
	begun bool
	done  bool
}

// fill reads the next edges of a section.
func (w *walk) fill(s *section, r *run, after *position, want int) (err error) {
	if r.begun {
		after = &r.last
	}
	r.begun = true
	if r.found, err = w.scan(s, after, want); err != nil {
		return err
	}
	if r.done = len(r.found) < want; !r.done {
		r.last = r.found[want-1].position
	}
	return nil
}

// scan gives a section's next edges that the view shows, at most want.
func (w *walk) scan(s *section, after *position, want int) (list []found, err error) {
	rng, ok := w.window(s, after)
	if !ok {
		return nil, nil
	}
	err = w.rd.r.Scan(rng, func(k, v []byte) error {
		if list == nil {
			list = make([]found, 0, min(want, pageOf/4))
		}
		list = append(list, found{})
		f := &list[len(list)-1]
		ok, err := w.read(s, k, v, after, f)
		if !ok {
			list = list[:len(list)-1]
		}
		if err == nil && len(list) == want {
			return kv.Stop
		}
		return err
	})
	return list, err
}

// read decodes a row, and tells whether it is wanted and shown.
func (w *walk) read(s *section, k, v []byte, after *position, f *found) (bool, error) {
	if moved(v) {
		return false, nil
	}
	if err := s.decode(k, v, f); err != nil || !w.wanted(f) || (after != nil && !after.before(f.position)) {
		return false, err
	}
	return w.shown(f)
}

// window is the range of keys of a section that can matter.
func (w *walk) window(s *section, after *position) (kv.Range, bool) {
	first, last := MaxTime-1, MinTime // newest and oldest start, both inclusive
	switch on := w.rd.point.On; {
	case !w.q.Starts.IsZero():
		first, last = w.q.Starts.To-1, w.q.Starts.From
	case !on.IsZero():
		first = on.To - 1
		if s.prefix[0] == famEdge && (s.dir == outEvent || s.dir == inEvent) {
			last = max(MinTime, on.From-MaxEvent)
		}
	}
	if after != nil {
		first = min(first, after.from)
	}
	n := len(s.prefix) + 6
	keys := make([]byte, 0, 2*n)
	start := putNewest(append(keys, s.prefix...), first)
	end := putNewest(append(keys[n:n], s.prefix...), last)
	next(end)
	return kv.Range{Start: start, End: end}, first >= last && bytes.Compare(start, end) < 0
}

// decode reads a row of family n, r or y.
func (s *section) decode(k, v []byte, f *found) error {
	p := len(s.prefix)
	f.dir, f.prop = s.dir, s.prop
	want := p + 6 + 5
	if s.prefix[0] != famProperty {
		want += 2
	}
	if len(k) != want {
		return fmt.Errorf("%w: edge key of %d bytes", ErrDamaged, len(k))
	}
	f.from = getNewest(k[p:])
	if s.prefix[0] != famProperty {
		f.prop = get2(k[p+6:])
	}
	f.claim = get5(k[len(k)-5:])
	f.shown = f.claim
	d := dec{b: v}
	f.row = d.row(f.from)
	f.other = d.num()
	switch s.prefix[0] {
	case famEdge:
		f.subject, f.ref = s.node, f.other
		if s.dir == inEvent || s.dir == inState {
			f.subject, f.ref = f.other, s.node
		}
	case famPair:
		f.subject, f.other = f.other, s.other
		if f.dir, f.ref = inState, s.node; f.subject == s.node {
			f.dir, f.ref = outState, s.other
		}
	case famProperty:
		f.subject, f.other = f.other, d.num()
		f.ref = f.other
	}
	f.doc = d.num()
	if d.bad || len(d.b) > 0 {
		return fmt.Errorf("%w: edge row", ErrDamaged)
	}
	return nil
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

// edges gives the found edges ids and names.
func (w *walk) edges(page []*found) ([]Edge, error) {
	list := make([]Edge, len(page))
	ids := make([]EntityID, len(page))
	err := w.rd.ids(ids, func(i int) num { return page[i].other })
	for i := range page {
		list[i].Entity, list[i].Other = w.id, ids[i]
	}
	if w.entity == 0 {
		err = errors.Join(err, w.rd.ids(ids, func(i int) num { return page[i].subject }))
		for i := range page {
			list[i].Entity = ids[i]
		}
	}
	for i := range page {
		err = errors.Join(err, w.edge(page[i], &list[i]))
	}
	return list, err
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
