package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// maxHops is how long a path may be where its query does not say.
const maxHops = 6

// PathQuery asks for a shortest path between two entities.
type PathQuery struct {
	From, To Ref
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
		var ends [2]num
		for i, end := range []*Ref{&q.From, &q.To} {
			if ends[i], err = rd.lookup(*end); err == nil && !end.ID.IsZero() {
				end.ID, err = rd.id(ends[i])
			}
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		path, err = rd.path(q, ends[0], ends[1])
		return err
	})
	return path, err
}

// path finds a path between entities; 0: there is no such entity.
func (rd *reading) path(q PathQuery, from, to num) ([]Edge, error) {
	p := pathfinder{hopper: rd.hopper("path", q.Hops, q.MaxExpansions, from, to), from: rd.side(from), to: rd.side(to)}
	defer p.leave()
	met, err := p.search(q)
	if err != nil {
		return nil, err
	}
	if met == nil {
		return nil, fmt.Errorf("%w: no path of at most %d hops from %s to %s", ErrNotFound, q.MaxHops, q.From, q.To)
	}
	return p.trace(met)
}

// pathfinder searches from both ends, level by level.
type pathfinder struct {
	*hopper
	from, to *side
}

// side is what has been reached from one end.
type side struct {
	numbered         // what was reached, the nearest first
	level    int     // how many hops were gone
	frontier int     // where in the list that begins which is as many hops away
	first    []int32 // by place: of steps, one more than where the last one is that leads there; 0: none
	steps    []step
}

// step leads to an entity from one that is one hop nearer to the end.
type step struct{ from, before int32 } // a place, and another step to the same

// side begins at an end, in the room of one that was left.
func (rd *reading) side(n num) *side {
	room, s := rd.scratch(), &side{}
	if last := len(room.sides) - 1; last >= 0 {
		s, room.sides = room.sides[last], room.sides[:last]
	}
	s.reach(n, -1)
	return s
}

// leave ends a search. Its room is the next one's.
func (p *pathfinder) leave() {
	room := p.rd.scratch()
	for _, s := range []*side{p.from, p.to} {
		if s.reset() {
			*s = side{numbered: s.numbered, first: spare(s.first), steps: spare(s.steps)}
			room.sides = append(room.sides, s)
		}
	}
	p.hopper.leave()
}

// ahead is how many entities are as far away as any that was reached.
func (s *side) ahead() int { return len(s.list) - s.frontier }

// search returns the entities in which shortest paths meet, or nil.
func (p *pathfinder) search(q PathQuery) ([]num, error) {
	if p.from.list[0] == 0 || p.to.list[0] == 0 {
		return nil, nil
	}
	if p.from.list[0] == p.to.list[0] {
		return p.alone(p.from.list[0])
	}
	for p.from.level+p.to.level < q.MaxHops {
		s, other := p.from, p.to
		if other.ahead() < s.ahead() {
			s, other = other, s
		}
		if s.ahead() == 0 {
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
func (p *pathfinder) alone(n num) ([]num, error) {
	shown, err := p.rd.visible(n)
	if err != nil || !shown {
		return nil, err
	}
	return []num{n}, nil
}

// grow expands the frontier of a side by one hop.
func (p *pathfinder) grow(s *side) error {
	from, to := s.frontier, len(s.list)
	s.frontier = to
	s.level++
	for i := from; i < to; i++ {
		if err := p.each(s.list[i], func(e hop) { s.reach(e.other, int32(i)) }); err != nil {
			return err
		}
	}
	return nil
}

// reach notes that an entity is reached from one whose place is given.
func (s *side) reach(n num, from int32) {
	i := s.place(n)
	switch {
	case i == len(s.first):
		s.first = append(s.first, 0)
	case i < s.frontier:
		return // it is nearer
	}
	if last := s.first[i]; from >= 0 && (last == 0 || s.steps[last-1].from != from) {
		s.steps = append(s.steps, step{from, last})
		s.first[i] = int32(len(s.steps))
	}
}

// nearer lists the entities that lead to one.
func (s *side) nearer(n num) (list []num) {
	for at := s.first[s.find(n)]; at > 0; at = s.steps[at-1].before {
		list = append(list, s.list[s.steps[at-1].from])
	}
	return list
}

// met is where the frontier has reached what the other side has reached.
func (s *side) met(other *side) (met []num) {
	for _, n := range s.list[s.frontier:] {
		if other.find(n) >= 0 {
			met = append(met, n)
		}
	}
	return met
}

// trace chooses one of the shortest paths through where they meet.
func (p *pathfinder) trace(met []num) (path []Edge, err error) {
	onward := p.from.onward(met)
	for at := p.from.list[0]; at != p.to.list[0]; {
		hops := onward[at]
		if hops == nil {
			hops = p.to.nearer(at)
		}
		next, err := p.least(hops)
		if err != nil {
			return nil, err
		}
		e, err := p.best(at, next)
		if err != nil {
			return nil, err
		}
		path, at = append(path, e), next
	}
	return path, nil
}

// onward lists for each entity those that lead to where the paths meet.
func (s *side) onward(met []num) map[num][]num {
	hops := map[num][]num{}
	seen := map[num]bool{}
	for rest := met; len(rest) > 0; rest = rest[1:] {
		if seen[rest[0]] {
			continue
		}
		seen[rest[0]] = true
		for _, n := range s.nearer(rest[0]) {
			hops[n] = append(hops[n], rest[0])
			rest = append(rest, n)
		}
	}
	return hops
}

// least is the entity with the least id.
func (p *pathfinder) least(list []num) (num, error) {
	ids := make([]EntityID, len(list))
	err := p.rd.ids(ids, func(i int) num { return list[i] })
	least := 0
	for i := range ids {
		if bytes.Compare(ids[i][:], ids[least][:]) < 0 {
			least = i
		}
	}
	return list[least], err
}

// best is, of the edges between two entities, the one that starts last, then by
// property, then the one that leads onwards.
func (p *pathfinder) best(from, to num) (best Edge, err error) {
	w, err := p.rd.walkBetween(from, to, p.edges())
	if err != nil {
		return best, err
	}
	defer w.leave()
	better := func(a, b *Edge) int {
		return cmp.Or(strings.Compare(a.Property, b.Property), boolBit(b.Out)-boolBit(a.Out))
	}
	any := false
	err = w.run(func(e Edge, _ error) bool {
		if !any || (e.From == best.From && better(&e, &best) < 0) {
			best, any = detached(&e), true
		}
		return e.From == best.From
	})
	if err == nil && !any {
		err = fmt.Errorf("%w: an edge stands at one of its ends only", ErrDamaged)
	}
	return best, err
}
