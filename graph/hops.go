package graph

import (
	"errors"
	"fmt"
)

// ErrBound reports a traversal that was given up because it had read as much
// as its query allows.
var ErrBound = errors.New("graph: bound reached")

// maxExpansions is how many entities a traversal may expand where its query
// does not say.
const maxExpansions = 10_000

// Hops selects the hops of a traversal. A hop is one claim between two
// entities: a link, or a role of a relation. From party to party by way of a
// meeting are two hops: from the party to the meeting, and on to the other one.
// Each hop is an edge of Neighbors at the view's point.
type Hops struct {
	Properties []string // the hops that count; none: all
	// Kinds are those of the entities, relations included, that may be reached
	// and passed through, their subtypes included; none: all. Where a
	// traversal starts, or is to arrive, may be of any kind.
	Kinds []string
	// Starts selects the hops that start in the window. Without it, and with
	// the view's point on a day, those that hold on that day; with neither, all.
	Starts  Interval
	MinRank Rank // Normal leaves out DEPRECATED
	Ranked  bool // whether MinRank is meant
}

// hopper expands entities within one reading, and counts them.
type hopper struct {
	Hops
	rd   *reading
	of   string // what is being computed, for the error
	left int
	most int
	fits map[num]bool // by what is known of their kinds
	walk *walk        // from one entity after another
}

func (rd *reading) hopper(of string, h Hops, most int, exempt ...num) *hopper {
	if most <= 0 {
		most = maxExpansions
	}
	p := &hopper{Hops: h, rd: rd, of: of, left: most, most: most, fits: map[num]bool{}}
	for _, n := range exempt {
		p.fits[n] = true
	}
	return p
}

// step counts an expansion.
func (h *hopper) step() error {
	if h.left--; h.left < 0 {
		return fmt.Errorf("%w: %s: %d entities were expanded: give fewer properties or kinds, a shorter window, or a larger MaxExpansions", ErrBound, h.of, h.most)
	}
	return h.rd.ctx.Err()
}

func (h *hopper) edges() EdgeQuery {
	return EdgeQuery{Properties: h.Properties, Starts: h.Starts, MinRank: h.MinRank, Ranked: h.Ranked}
}

// hop is an edge of which only that is known which most traversals ask.
type hop struct {
	other num // what stands for it
	prop  uint16
	out   bool
}

// each calls fn for each edge of an entity whose other end fits, in no order.
func (h *hopper) each(n num, fn func(hop)) error {
	if err := h.step(); err != nil {
		return err
	}
	w, err := h.from(n)
	if err != nil {
		return err
	}
	if len(h.Kinds) == 0 {
		return w.hops(fn)
	}
	var list []hop
	if err := w.hops(func(e hop) { list = append(list, e) }); err != nil {
		return err
	}
	err = h.learn(len(list), func(i int) num { return list[i].other })
	for _, e := range list {
		if err == nil && h.fits[e.other] {
			fn(e)
		}
	}
	return err
}

// from is a walk of the edges of an entity, until that of the next one.
func (h *hopper) from(n num) (w *walk, err error) {
	if h.walk == nil {
		q := h.edges()
		w = h.rd.walkOf(n, &q)
		if w.props, err = h.rd.numbers(h.Properties); err != nil {
			return nil, err
		}
		h.walk = w
	}
	h.walk.around(n)
	return h.walk, nil
}

// leave ends a traversal. The room of its walk is the next one's.
func (h *hopper) leave() {
	if h.walk != nil {
		h.walk.leave()
		h.walk = nil
	}
}

// hops calls fn for each edge that is wanted and shown, in no order.
func (w *walk) hops(fn func(hop)) error {
	var f found
	return w.blocks(func(s *section, b *block, from, to int) error {
		verdicts := w.verdicts(b)
		for i := from; i < to; i++ {
			if w.props != nil && !w.props[b.prop(i)] {
				continue
			}
			shown, err := w.showsRow(verdicts[b.likeOf(i)], s, b, i, &f)
			if err != nil {
				return err
			}
			if shown {
				fn(hop{w.same.head(b.one(i)), b.prop(i), s.out()})
			}
		}
		return nil
	})
}

// learn finds out which entities are of a kind that fits, for all at once.
func (h *hopper) learn(n int, at func(int) num) error {
	var unknown []num
	for i := range n {
		if _, known := h.fits[at(i)]; !known {
			unknown = append(unknown, at(i))
			h.fits[at(i)] = false
		}
	}
	if err := h.rd.headers(unknown); err != nil {
		return err
	}
	for _, n := range unknown {
		var err error
		if h.fits[n], err = h.fit(n); err != nil {
			return err
		}
	}
	return nil
}

// fit tells whether an entity is of a kind that fits.
func (h *hopper) fit(n num) (bool, error) {
	e, err := h.rd.header(n)
	if err != nil {
		return false, err
	}
	kind, err := h.rd.nameOf(e.kind)
	return err == nil && h.rd.db.ontology.IsAny(kind, h.Kinds), err
}

// expand calls fn for each edge of an entity whose other end fits, the newest
// start first, until fn says no. Of first edges no more are read; 0 is all.
func (h *hopper) expand(id EntityID, first int, fn func(*Edge) bool) error {
	if err := h.step(); err != nil {
		return err
	}
	q := h.edges()
	q.Entity, q.First = ByID(id), first
	w, err := h.rd.walk(&q)
	if err != nil || w == nil {
		return err
	}
	defer w.leave()
	if len(h.Kinds) == 0 {
		return w.run(func(e Edge, _ error) bool { return fn(&e) })
	}
	return h.sift(w, fn)
}

// sift gives fn the edges of a walk whose other end is of a kind that fits,
// looked up for many edges at once.
func (h *hopper) sift(w *walk, fn func(*Edge) bool) (err error) {
	var page []Edge
	var others []num
	going := true
	flush := func() {
		if err = h.learn(len(page), func(i int) num { return others[i] }); err != nil {
			going = false
		}
		for i := 0; i < len(page) && going; i++ {
			if h.fits[others[i]] {
				going = fn(&page[i])
			}
		}
		page, others = page[:0], others[:0]
	}
	ran := w.run(func(e Edge, _ error) bool {
		n, failed := h.rd.lookup(ByID(e.Other))
		if failed != nil {
			err, going = failed, false
			return false
		}
		if page, others = append(page, e), append(others, n); len(page) == pageOf {
			flush()
		}
		return going
	})
	if going {
		flush()
	}
	return errors.Join(ran, err)
}

// detached is an edge of an answer that has an order of its own.
func detached(e *Edge) Edge {
	d := *e
	d.claim, _ = e.shown()
	d.prop, d.dir, d.bind = 0, 0, 0
	return d
}

// shownID is the id by which the view shows an entity: of what it is one with,
// the oldest one's (rule 11). One that is not there keeps its id.
func (rd *reading) shownID(id EntityID) (EntityID, error) {
	n, err := rd.lookup(ByID(id))
	if errors.Is(err, ErrNotFound) {
		return id, nil
	}
	if err != nil {
		return id, err
	}
	return rd.id(n)
}
