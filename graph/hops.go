package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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
	fits map[EntityID]bool // by what is known of their kinds
}

func (rd *reading) hopper(of string, h Hops, most int, exempt ...EntityID) *hopper {
	if most <= 0 {
		most = maxExpansions
	}
	p := &hopper{Hops: h, rd: rd, of: of, left: most, most: most, fits: map[EntityID]bool{}}
	for _, id := range exempt {
		p.fits[id] = true
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
	w, err := h.rd.walkFrom(n, h.edges())
	if err != nil {
		return err
	}
	if len(h.Kinds) == 0 {
		return w.each(func(f *found) { fn(w.hop(f)) })
	}
	var list []hop
	if err := w.each(func(f *found) { list = append(list, w.hop(f)) }); err != nil {
		return err
	}
	fits, err := h.fitting(list)
	for _, e := range list {
		if err == nil && fits[e.other] {
			fn(e)
		}
	}
	return err
}

func (w *walk) hop(f *found) hop {
	return hop{w.same.head(f.other), f.prop, f.dir == outEvent || f.dir == outState}
}

// fitting tells of the other ends whether they are of a kind that fits, looked
// up for all at once.
func (h *hopper) fitting(list []hop) (map[num]bool, error) {
	fits := make(map[num]bool, len(list))
	for _, e := range list {
		fits[e.other] = false
	}
	if err := h.rd.headers(slices.Collect(maps.Keys(fits))); err != nil {
		return nil, err
	}
	for n := range fits {
		var err error
		if fits[n], err = h.fit(n); err != nil {
			return nil, err
		}
	}
	return fits, nil
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
	q.Entity, q.First = id, first
	w, err := h.rd.walk(q)
	if err != nil || w == nil {
		return err
	}
	if len(h.Kinds) == 0 {
		return w.run(func(e Edge, _ error) bool { return fn(&e) })
	}
	return h.sift(w, fn)
}

// sift gives fn the edges of a walk whose other end is of a kind that fits,
// looked up for many edges at once.
func (h *hopper) sift(w *walk, fn func(*Edge) bool) (err error) {
	var page []Edge
	going := true
	flush := func() {
		if err = h.learn(page); err != nil {
			going = false
		}
		for i := 0; i < len(page) && going; i++ {
			if h.fits[page[i].Other] {
				going = fn(&page[i])
			}
		}
		page = page[:0]
	}
	ran := w.run(func(e Edge, _ error) bool {
		if page = append(page, e); len(page) == pageOf {
			flush()
		}
		return going
	})
	if going {
		flush()
	}
	return errors.Join(ran, err)
}

// learn finds out which of the edges' other ends are of a kind that fits.
func (h *hopper) learn(page []Edge) error {
	var ids []EntityID
	var numbers []num
	for i := range page {
		id := page[i].Other
		if _, known := h.fits[id]; known {
			continue
		}
		n, err := h.rd.lookup(ByID(id))
		if err != nil {
			return err
		}
		ids, numbers = append(ids, id), append(numbers, n)
	}
	if err := h.rd.headers(numbers); err != nil {
		return err
	}
	for i, n := range numbers {
		var err error
		if h.fits[ids[i]], err = h.fit(n); err != nil {
			return err
		}
	}
	return nil
}

// detached is an edge of an answer that has an order of its own.
func detached(e *Edge) Edge {
	d := *e
	d.at, d.bind = position{}, 0
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
