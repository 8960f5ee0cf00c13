package graph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxHops is how long a path may be where its query does not say.
const maxHops = 6

// PathQuery asks for a shortest path between two entities.
type PathQuery struct {
	From, To EntityID
	Hops
	MaxHops       int // at most so many; 0: 6
	MaxExpansions int // ErrBound beyond so many expanded entities; 0: 10,000
}

// Path gives the edges of a shortest path, each seen from the entity that is
// nearer to From; none leads from an entity to itself. Of several paths it is
// the one through the least ids, and of several edges between two entities the
// one that starts last. Without a path within MaxHops, or where the point does
// not show one of the entities, it is ErrNotFound.
func (v View) Path(ctx context.Context, q PathQuery) (path []Edge, err error) {
	if q.MaxHops <= 0 {
		q.MaxHops = maxHops
	}
	err = v.read(ctx, func(rd *reading) error {
		for _, end := range []*EntityID{&q.From, &q.To} {
			if *end, err = rd.shownID(*end); err != nil {
				return err
			}
		}
		p := pathfinder{hopper: rd.hopper("path", q.Hops, q.MaxExpansions, q.From, q.To), from: newSide(q.From), to: newSide(q.To)}
		p.to.back = true
		met, err := p.search(q)
		if err != nil {
			return err
		}
		if met == nil {
			return fmt.Errorf("%w: no path of at most %d hops from %s to %s", ErrNotFound, q.MaxHops, q.From, q.To)
		}
		path = p.trace(q, met)
		return nil
	})
	return path, err
}

// pathfinder searches from both ends, level by level.
type pathfinder struct {
	*hopper
	from, to *side
}

// side is what has been reached from one end.
type side struct {
	back     bool // its edges are seen from the entity that is nearer to To
	level    int
	frontier []EntityID // what is level hops away
	depth    map[EntityID]int
	// steps lead to an entity from those that are one hop nearer to the end,
	// one from each of them.
	steps map[EntityID][]Edge
}

func newSide(id EntityID) *side {
	return &side{frontier: []EntityID{id}, depth: map[EntityID]int{id: 0}, steps: map[EntityID][]Edge{}}
}

// search returns the entities in which shortest paths meet, or nil.
func (p *pathfinder) search(q PathQuery) ([]EntityID, error) {
	if q.From == q.To {
		return p.alone(q.From)
	}
	for p.from.level+p.to.level < q.MaxHops {
		s, other := p.from, p.to
		if len(other.frontier) < len(s.frontier) {
			s, other = other, s
		}
		if len(s.frontier) == 0 {
			return nil, nil
		}
		if err := p.grow(s); err != nil {
			return nil, err
		}
		if met := s.met(other); met != nil {
			return met, nil
		}
	}
	return nil, nil
}

// alone is the path of no hops, where the point shows the entity.
func (p *pathfinder) alone(id EntityID) ([]EntityID, error) {
	n, err := p.rd.lookup(ByID(id))
	if err != nil {
		return nil, err
	}
	shown, err := p.rd.visible(n)
	if err != nil || !shown {
		return nil, err
	}
	return []EntityID{id}, nil
}

// grow expands the frontier of a side by one hop.
func (p *pathfinder) grow(s *side) error {
	frontier := s.frontier
	s.frontier = nil
	s.level++
	for _, id := range frontier {
		if err := p.expand(id, 0, func(e *Edge) bool { s.reach(e); return true }); err != nil {
			return err
		}
	}
	return nil
}

// reach notes that an edge leads to its other end.
func (s *side) reach(e *Edge) {
	switch depth, known := s.depth[e.Other]; {
	case !known:
		s.depth[e.Other] = s.level
		s.frontier = append(s.frontier, e.Other)
	case depth != s.level:
		return
	}
	steps := s.steps[e.Other]
	if last := len(steps) - 1; last >= 0 && steps[last].Entity == e.Entity {
		if s.better(e, &steps[last]) {
			steps[last] = detached(e)
		}
		return
	}
	s.steps[e.Other] = append(steps, detached(e))
}

// better chooses of two edges the one that starts last, then by property, then
// the one that leads onwards.
func (s *side) better(a, b *Edge) bool {
	onwards := func(e *Edge) int { return boolBit(e.Out == s.back) }
	return cmp.Or(cmp.Compare(b.From, a.From), strings.Compare(a.Property, b.Property), onwards(a)-onwards(b)) < 0
}

// met is where the frontier has reached what the other side has reached.
func (s *side) met(other *side) (met []EntityID) {
	for _, id := range s.frontier {
		if _, ok := other.depth[id]; ok {
			met = append(met, id)
		}
	}
	return met
}

// trace chooses one of the shortest paths through where they meet.
func (p *pathfinder) trace(q PathQuery, met []EntityID) []Edge {
	onward := p.from.onward(met)
	var path []Edge
	for at := q.From; at != q.To; at = path[len(path)-1].Other {
		hops := onward[at]
		if hops == nil {
			hops = p.to.homeward(at)
		}
		path = append(path, slices.MinFunc(hops, func(a, b Edge) int { return bytes.Compare(a.Other[:], b.Other[:]) }))
	}
	return path
}

// onward lists for each entity the steps that lead to where the paths meet.
func (s *side) onward(met []EntityID) map[EntityID][]Edge {
	hops := map[EntityID][]Edge{}
	seen := map[EntityID]bool{}
	for rest := met; len(rest) > 0; rest = rest[1:] {
		if seen[rest[0]] {
			continue
		}
		seen[rest[0]] = true
		for _, e := range s.steps[rest[0]] {
			hops[e.Entity] = append(hops[e.Entity], e)
			rest = append(rest, e.Entity)
		}
	}
	return hops
}

// homeward lists the steps of an entity towards the side's end, seen from it.
func (s *side) homeward(id EntityID) []Edge {
	hops := slices.Clone(s.steps[id])
	for i := range hops {
		hops[i].Entity, hops[i].Other, hops[i].Out = hops[i].Other, hops[i].Entity, !hops[i].Out
	}
	return hops
}
