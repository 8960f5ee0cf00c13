package negotiation

import (
	"bytes"
	"slices"

	"github.com/parleydb/parley/graph"
)

// hinge is one thing that something hangs on: a condition, and what it waits
// for; of an issue, without a condition, something that is said on it.
type hinge struct {
	condition graph.EntityID
	met       bool
	awaits    []graph.EntityID
}

// hinges tells of each thing what it hangs on.
func hinges(waits []Wait) map[graph.EntityID][]hinge {
	things := map[graph.EntityID][]hinge{}
	issues := map[pair]bool{}
	for i := range waits {
		w := &waits[i]
		h := hinge{condition: w.Condition.ID, met: w.Condition.Met()}
		for j := range w.Awaits {
			h.awaits = append(h.awaits, w.Awaits[j].ID)
		}
		things[w.Waiter.ID] = append(things[w.Waiter.ID], h)
		for _, c := range w.Waiter.All(fieldIssue) {
			if issue := c.Value.Entity(); !issues[pair{issue, w.Waiter.ID}] {
				issues[pair{issue, w.Waiter.ID}] = true
				things[issue] = append(things[issue], hinge{awaits: []graph.EntityID{w.Waiter.ID}})
			}
		}
	}
	return things
}

// circles finds, for each thing that waits for itself, one of the shortest ways
// round; each way once, by the ids.
func circles(things map[graph.EntityID][]hinge) (list []Circle) {
	for _, id := range order(things) {
		c, ok := around(things, id)
		if ok && !slices.ContainsFunc(list, func(o Circle) bool {
			return slices.Equal(o.Things, c.Things) && slices.Equal(o.Conditions, c.Conditions)
		}) {
			list = append(list, c)
		}
	}
	return list
}

func order(things map[graph.EntityID][]hinge) []graph.EntityID {
	var ids []graph.EntityID
	for id := range things {
		ids = append(ids, id)
	}
	return sorted(ids)
}

// around searches the shortest way from a thing to itself, breadth first.
func around(things map[graph.EntityID][]hinge, start graph.EntityID) (Circle, bool) {
	type came struct{ from, condition graph.EntityID }
	by := map[graph.EntityID]came{}
	for next := []graph.EntityID{start}; len(next) > 0; next = next[1:] {
		for _, h := range things[next[0]] {
			if h.met {
				continue
			}
			for _, to := range h.awaits {
				if _, seen := by[to]; seen {
					continue
				}
				by[to] = came{next[0], h.condition}
				next = append(next, to)
			}
		}
		if _, round := by[start]; round {
			break
		}
	}
	var c Circle
	at, round := by[start]
	for round {
		c.Things, c.Conditions = append(c.Things, at.from), append(c.Conditions, at.condition)
		if at.from == start {
			break
		}
		at = by[at.from]
	}
	slices.Reverse(c.Things)
	slices.Reverse(c.Conditions)
	return c.turned(), round
}

// turned begins a circle with its smallest id.
func (c Circle) turned() Circle {
	if len(c.Things) == 0 {
		return c
	}
	first := 0
	for i := range c.Things {
		if bytes.Compare(c.Things[i][:], c.Things[first][:]) < 0 {
			first = i
		}
	}
	return Circle{slices.Concat(c.Things[first:], c.Things[:first]), slices.Concat(c.Conditions[first:], c.Conditions[:first])}
}

// Unlocking is conditions that, once they are met, leave none that holds
// something up.
type Unlocking struct {
	Conditions []graph.EntityID // by id
	// Smallest: no smaller set does. Where too many sets would have to be tried,
	// it is the thing's own open conditions instead.
	Smallest bool
}

// maxTries bounds how many sets of conditions are tried.
const maxTries = 200_000

// Unlock finds the smallest set of open conditions that would unlock a thing;
// of several of one size the first by id. A condition counts as met, too, where
// all that it waits for is unlocked, and a thing is where it has conditions and
// all of them are met: what the claims do not know to hold up is not in the way.
func (w *Waiting) Unlock(thing graph.EntityID) Unlocking {
	u := unlocking{things: w.things, goal: thing, chosen: map[graph.EntityID]bool{}}
	u.open = u.reachable()
	for size := 0; size <= len(u.open); size++ {
		if u.choose(0, size) {
			return Unlocking{u.set(), true}
		}
		if u.tries > maxTries {
			break
		}
	}
	var own []graph.EntityID
	for _, h := range w.things[thing] {
		if !h.met && !h.condition.IsZero() {
			own = append(own, h.condition)
		}
	}
	return Unlocking{sorted(own), len(own) == 0}
}

type unlocking struct {
	things map[graph.EntityID][]hinge
	goal   graph.EntityID
	open   []graph.EntityID // the conditions that may have to do with it, by id
	chosen map[graph.EntityID]bool
	tries  int
}

// reachable lists the open conditions that the goal hangs on, directly or not.
func (u *unlocking) reachable() (open []graph.EntityID) {
	seen := map[graph.EntityID]bool{u.goal: true}
	for next := []graph.EntityID{u.goal}; len(next) > 0; next = next[1:] {
		for _, h := range u.things[next[0]] {
			if h.met {
				continue
			}
			if !h.condition.IsZero() {
				open = append(open, h.condition)
			}
			for _, to := range h.awaits {
				if !seen[to] {
					seen[to] = true
					next = append(next, to)
				}
			}
		}
	}
	return sorted(open)
}

// choose tries the sets of a size among the conditions from one on.
func (u *unlocking) choose(from, size int) bool {
	if size == 0 {
		u.tries++
		return u.unlocks()
	}
	for i := from; i+size <= len(u.open) && u.tries <= maxTries; i++ {
		u.chosen[u.open[i]] = true
		if u.choose(i+1, size-1) {
			return true
		}
		delete(u.chosen, u.open[i])
	}
	return false
}

func (u *unlocking) set() (list []graph.EntityID) {
	for id := range u.chosen {
		list = append(list, id)
	}
	return sorted(list)
}

// unlocks tells whether the chosen conditions unlock the goal: what is unlocked
// grows until nothing more is.
func (u *unlocking) unlocks() bool {
	free := map[graph.EntityID]bool{}
	for grown := true; grown; {
		grown = false
		for thing, list := range u.things {
			if !free[thing] && !slices.ContainsFunc(list, func(h hinge) bool { return !u.holds(h, free) }) {
				free[thing], grown = true, true
			}
		}
	}
	return free[u.goal] || len(u.things[u.goal]) == 0
}

// holds tells whether a hinge holds nothing up.
func (u *unlocking) holds(h hinge, free map[graph.EntityID]bool) bool {
	if h.met || u.chosen[h.condition] {
		return true
	}
	return len(h.awaits) > 0 && !slices.ContainsFunc(h.awaits, func(id graph.EntityID) bool { return !free[id] })
}
