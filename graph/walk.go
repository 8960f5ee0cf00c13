package graph

import (
	"bytes"
	"context"
	"errors"
	"iter"
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
		d := v.desk(ctx)
		d.image, d.kept.edges = v.db.image, edgesAsked{q, yield}
		if err := d.read(neighbors); err != nil {
			yield(Edge{}, err)
		}
	}
}

// edgesAsked is what a call of Neighbors asks for. It stands at the desk, where
// it takes no memory of its own.
type edgesAsked struct {
	q     EdgeQuery
	yield func(Edge, error) bool
}

func neighbors(rd *reading) error {
	if err := rd.knowsSame(); err != nil {
		return err
	}
	asked := &rd.scratch().edges
	w, err := rd.walk(&asked.q)
	if err != nil || w == nil {
		return err
	}
	defer w.leave()
	return w.run(asked.yield)
}

// Edges yields the edges of one link property that start in a window, of all
// entities, the newest start first, seen from their subjects.
func (v View) Edges(ctx context.Context, property string, starts Interval) iter.Seq2[Edge, error] {
	return sequence(ctx, v, func(rd *reading, yield func(Edge, error) bool) error {
		w, err := rd.edgesOf(property, starts)
		if err != nil || w == nil {
			return err
		}
		defer w.leave()
		return w.run(yield)
	})
}

// edgesOf walks the edges of a property, or is nil where nobody uses it.
func (rd *reading) edgesOf(property string, starts Interval) (*walk, error) {
	n, ok, err := rd.number(property)
	if err != nil || !ok {
		return nil, err
	}
	w := rd.walkOf(0, &EdgeQuery{Starts: starts})
	w.sections = append(w.sections[:0], section{prefix: put2([]byte{famProperty}, n), prop: n})
	return w, nil
}

// walk merges the sections of an entity's edges: in and out, events and states.
type walk struct {
	rd       *reading
	q        EdgeQuery
	entity   num
	other    num
	id       EntityID
	otherID  EntityID        // where other is given
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
	ends
	doc   num
	truth Truth
	as    *joint // nil: it shows its own claim, and no other
}

// ends are those of an edge: of its claim, and the one that is not where it is
// seen from.
type ends struct{ subject, ref, other num }

// walk walks the edges that are asked for; nil: there is no such entity.
func (rd *reading) walk(q *EdgeQuery) (*walk, error) {
	w := rd.walkOf(0, q)
	there, err := w.begin()
	if there && err == nil {
		return w, nil
	}
	w.leave()
	return nil, err
}

// begin finds what the query names, and tells whether it is there.
func (w *walk) begin() (there bool, err error) {
	var other num
	if w.entity, err = w.rd.anchor(&w.q.Entity); err == nil && !w.q.Other.IsZero() {
		other, err = w.rd.anchor(&w.q.Other)
	}
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err == nil {
		err = w.identify(other)
	}
	if err != nil {
		return false, err
	}
	w.bind = w.rd.bindTo(&w.q)
	if other == 0 || other == w.entity { // a link to itself is seen from both of its ends
		w.around(w.entity)
	} else {
		w.between(w.entity, other)
	}
	w.props, err = w.rd.numbers(w.q.Properties)
	return true, err
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
	w = rd.walkOf(n, &q)
	w.between(n, other)
	if err = w.identify(other); err == nil {
		w.props, err = rd.numbers(q.Properties)
	}
	return w, err
}

// identify finds the ids of whom the walk is about; 0: any other.
func (w *walk) identify(other num) (err error) {
	w.other = other
	if w.id, err = w.rd.id(w.entity); err == nil && other != 0 {
		w.otherID, err = w.rd.id(other)
	}
	return err
}

// walkOf begins a walk, in the room of one that was left.
func (rd *reading) walkOf(n num, q *EdgeQuery) *walk {
	room := rd.scratch()
	w := room.walk
	if room.walk = nil; w == nil {
		w = &walk{}
	}
	w.rd, w.same, w.q, w.entity = rd, rd.same(), *q, n
	return w
}

// leave ends a walk. Its room is the next one's.
func (w *walk) leave() {
	room, m := w.rd.scratch(), &w.merger
	*w = walk{sections: spare(w.sections), runs: spare(w.runs), keys: spare(w.keys), known: spare(w.known),
		merger: merger{heads: spare(m.heads), edges: spare(m.edges), ends: spare(m.ends)}}
	room.walk = w
}

// around makes the walk one of all edges of an entity.
func (w *walk) around(n num) {
	clear(w.sections)
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
	clear(w.runs)
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
		more, err := t.more()
		for err == nil && more {
			if err = fn(t.s, t.block, t.i, t.end); err == nil {
				more, err = t.more()
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
