package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// TwoHopsQuery asks for what is at most two hops away from an entity.
type TwoHopsQuery struct {
	Entity Ref
	Hops
	Most          int // list at most so many; 0: 1,000
	MaxExpansions int // ErrBound beyond so many expanded entities; 0: 10,000
}

// TwoHops is what is one or two hops away, each entity once, at its distance.
type TwoHops struct {
	One, Two int // how many there are
	// Entities are those at one hop, then those at two, each by the number of
	// edges by which they are reached, the most first, then by id.
	Entities []Reached
	Cut      bool // there are more than are listed
}

// Reached is an entity that a traversal came to.
type Reached struct {
	Entity EntityID
	Hops   int
	Edges  int // by which it is reached from what is one hop nearer
}

// TwoHops finds the entities at one hop and at two.
func (v View) TwoHops(ctx context.Context, q TwoHopsQuery) (t TwoHops, err error) {
	err = v.read(ctx, func(rd *reading) error {
		t = TwoHops{}
		n, err := rd.lookup(q.Entity)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		t, err = rd.hopper("two hops", q.Hops, q.MaxExpansions).twoHops(n, cmp.Or(max(q.Most, 0), 1000))
		return err
	})
	return t, err
}

func (h *hopper) twoHops(n num, most int) (t TwoHops, err error) {
	defer h.leave()
	var all tally
	all.place(n)
	nearer := 1 // those before are nearer than what is being reached
	count := func(e hop) {
		if i := all.place(e.other); i >= nearer {
			all.counts[i]++
		}
	}
	if err := h.each(n, count); err != nil {
		return t, err
	}
	nearer = len(all.list)
	for i := 1; i < nearer; i++ {
		if err := h.each(all.list[i], count); err != nil {
			return t, err
		}
	}
	t.One, t.Two = nearer-1, len(all.list)-nearer
	t.Cut = t.One+t.Two > most
	if t.Entities, err = h.rd.ranked(all.list[1:nearer], all.counts[1:nearer], 1, most); err != nil {
		return t, err
	}
	two, err := h.rd.ranked(all.list[nearer:], all.counts[nearer:], 2, most-len(t.Entities))
	t.Entities = append(t.Entities, two...)
	return t, err
}

// ranked lists what was reached by the number of edges, the most first, then by
// id, and so many of them at most.
func (rd *reading) ranked(reached []num, edges []int, hops, most int) (list []Reached, err error) {
	if most == 0 {
		return nil, nil
	}
	least := among(edges, most)
	var numbers []num
	for i, n := range reached {
		if edges[i] >= least {
			numbers, list = append(numbers, n), append(list, Reached{Hops: hops, Edges: edges[i]})
		}
	}
	ids := make([]EntityID, len(numbers))
	if err := rd.ids(ids, func(i int) num { return numbers[i] }); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Entity = ids[i]
	}
	slices.SortFunc(list, func(a, b Reached) int {
		return cmp.Or(cmp.Compare(b.Edges, a.Edges), bytes.Compare(a.Entity[:], b.Entity[:]))
	})
	return list[:min(most, len(list))], nil
}

// among is the least of the n largest counts, each of which is 1 or more.
func among(counts []int, n int) int {
	if len(counts) <= n {
		return 1
	}
	return sort.Search(slices.Max(counts), func(c int) bool {
		more := 0
		for _, have := range counts {
			more += boolBit(have > c)
		}
		return more < n
	})
}

// SubgraphQuery asks for what is around an entity.
type SubgraphQuery struct {
	Around EntityID
	Hops
	Depth       int // hops; 0: 1
	Limit       int // edges of each entity, the newest; 0: 50
	MaxEntities int // that of Around included; 0: 500
}

// Subgraph is a part of the graph around an entity, and where it was cut.
type Subgraph struct {
	// Entities begin with the one asked about; the others come in the order in
	// which they were reached.
	Entities []Node
	// Edges are each given once, seen from the end that was reached first.
	// Those between two entities at the full depth are not looked for.
	Edges []Edge
	Cut   bool // anything was
}

// Node is an entity of a subgraph.
type Node struct {
	Entity
	Depth int
	// Cut tells that it has more edges here than the limit, or edges to
	// entities for which there was no room.
	Cut bool
}

// Subgraph reads the newest edges of an entity, of those that they lead to,
// and so on to the depth asked for. Where the point does not show the entity
// it is ErrNotFound.
func (v View) Subgraph(ctx context.Context, q SubgraphQuery) (s Subgraph, err error) {
	q.Depth, q.Limit = cmp.Or(max(q.Depth, 0), 1), cmp.Or(max(q.Limit, 0), 50)
	q.MaxEntities = cmp.Or(max(q.MaxEntities, 0), 500)
	err = v.read(ctx, func(rd *reading) error {
		if q.Around, err = rd.shownID(q.Around); err != nil {
			return err
		}
		around, err := rd.lookup(ByID(q.Around))
		if err != nil {
			return err
		}
		g := gatherer{hopper: rd.hopper("subgraph", q.Hops, q.MaxEntities, around), q: q, at: map[EntityID]int{}, seen: map[num]bool{}}
		if err := g.gather(); err != nil {
			return err
		}
		s = g.Subgraph
		return nil
	})
	return s, err
}

// gatherer puts a subgraph together.
type gatherer struct {
	*hopper
	Subgraph
	q    SubgraphQuery
	at   map[EntityID]int // where in Entities
	seen map[num]bool     // claims whose edges are there
}

func (g *gatherer) gather() error {
	if err := g.begin(); err != nil {
		return err
	}
	for i := 0; i < len(g.Entities) && g.Entities[i].Depth < g.q.Depth; i++ {
		if err := g.around(i); err != nil {
			return err
		}
	}
	for i := range g.Entities {
		g.Cut = g.Cut || g.Entities[i].Cut
	}
	return nil
}

// begin puts the entity asked about in the middle.
func (g *gatherer) begin() error {
	var list []Entity
	n, err := g.rd.lookup(ByID(g.q.Around))
	if err == nil {
		err = g.rd.appendVisible(n, &list)
	}
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: entity %s", ErrNotFound, ByID(g.q.Around))
	}
	if err != nil {
		return err
	}
	g.at[g.q.Around] = 0
	g.Entities = []Node{{Entity: list[0]}}
	return nil
}

// around adds the newest edges of an entity, and what they lead to.
func (g *gatherer) around(i int) error {
	room := g.q.Limit
	first := room + 1 // one more tells whether to cut
	if len(g.Kinds) > 0 {
		first = 0
	}
	var failed error
	err := g.expand(g.Entities[i].ID, first, func(e *Edge) bool {
		if room--; room < 0 {
			g.Entities[i].Cut = true
			return false
		}
		failed = g.edge(i, e)
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	return err
}

// edge adds an edge, and its other end where there is room for it.
func (g *gatherer) edge(i int, e *Edge) error {
	claim, _ := e.shown()
	if g.seen[claim] {
		return nil
	}
	if _, ok := g.at[e.Other]; !ok {
		if len(g.Entities) == g.q.MaxEntities {
			g.Entities[i].Cut = true
			return nil
		}
		if err := g.node(e.Other, g.Entities[i].Depth+1); err != nil {
			return err
		}
	}
	g.seen[claim] = true
	g.Edges = append(g.Edges, detached(e))
	return nil
}

func (g *gatherer) node(id EntityID, depth int) error {
	n, err := g.rd.lookup(ByID(id))
	if err != nil {
		return err
	}
	e, err := g.rd.entity(n)
	g.at[id] = len(g.Entities)
	g.Entities = append(g.Entities, Node{Entity: e, Depth: depth})
	return err
}
