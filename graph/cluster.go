package graph

import (
	"slices"
	"sync"
)

// KindSameAs is the kind of the relations that judge whether two entities, one
// and other, are the same. Every database has it, whatever its ontology.
const KindSameAs = "SameAs"

// The judgements of a SameAs relation that decide something (rule 11). Others,
// such as UNSURE, are kept and shown like any claim.
const (
	SamePositive = "POSITIVE" // they are one
	SameNegative = "NEGATIVE" // they are two, whatever else says that they are one
	SameUnsure   = "UNSURE"
)

// The fields of a SameAs relation.
const (
	fieldOne       = "one"
	fieldOther     = "other"
	fieldJudgement = "judgement"
)

// clusters are the entities that are one at a point. A nil *clusters has none.
//
// The invariant (rule 11): rows are keyed by the entity that was named when
// they were written, and stay so. Every read goes from what it is asked to the
// cluster's oldest member (lookup), from that to the rows of all members
// (members), and from numbers in rows to the id of the oldest member (ids). A
// claim that another one equals, once its subject and value are resolved, is
// shown as the one recorded first (joined). So a read never depends on which
// member somebody named, and taking the merge back leaves nothing behind. The
// SameAs relations themselves are read as they are written.
type clusters struct {
	oldest  map[num]num // of each member of a cluster, itself included
	members map[num][]num
	joins   map[num][]num // what is judged the same, both ways
	apart   map[num][]num // what is judged not to be, both ways
	said    map[num]bool  // the SameAs relations
}

// sameness is one SameAs relation at a point.
type sameness struct {
	relation, one, other num
	word                 string // SamePositive, SameNegative or ""
}

func newClusters() *clusters {
	return &clusters{map[num]num{}, map[num][]num{}, map[num][]num{}, map[num][]num{}, map[num]bool{}}
}

// clustersOf joins what is judged the same. What was recorded first stands: a
// pair that would bring together what is judged apart joins nothing.
func clustersOf(list []sameness) *clusters {
	c := newClusters()
	for _, s := range list {
		c.said[s.relation] = true
		if s.word == SameNegative {
			c.part(s.one, s.other)
		}
	}
	for _, s := range list {
		if s.word == SamePositive {
			if _, _, barred := c.barred(s.one, s.other); !barred {
				c.join(s.one, s.other)
			}
		}
	}
	return c
}

func (c *clusters) part(a, b num) {
	c.apart[a], c.apart[b] = appendNew(c.apart[a], b), appendNew(c.apart[b], a)
}

func (c *clusters) join(a, b num) {
	c.joins[a], c.joins[b] = appendNew(c.joins[a], b), appendNew(c.joins[b], a)
	if a == b || (c.oldest[a] != 0 && c.head(a) == c.head(b)) {
		return
	}
	all := slices.Concat(c.of(a), c.of(b))
	slices.Sort(all)
	delete(c.members, c.head(a))
	delete(c.members, c.head(b))
	for _, n := range all {
		c.oldest[n] = all[0]
	}
	c.members[all[0]] = all
}

// head is the oldest member of an entity's cluster.
func (c *clusters) head(n num) num {
	if c == nil {
		return n
	}
	if h := c.oldest[n]; h != 0 {
		return h
	}
	return n
}

// of lists the members of an entity's cluster, the oldest first.
func (c *clusters) of(n num) []num {
	if c != nil {
		if all := c.members[c.head(n)]; all != nil {
			return all
		}
	}
	return []num{n}
}

// merged tells whether an entity is one with another.
func (c *clusters) merged(n num) bool { return c != nil && c.oldest[n] != 0 }

// touches tells whether a claim may equal one that says the same of, or with,
// another member of a cluster.
func (c *clusters) touches(subject, ref num) bool {
	return c != nil && !c.said[subject] && (c.merged(subject) || (ref != 0 && c.merged(ref)))
}

// barred finds a pair that is judged apart and that joining a and b would
// bring together.
func (c *clusters) barred(a, b num) (one, other num, found bool) {
	whole := slices.Concat(c.of(a), c.of(b))
	for _, one := range whole {
		for _, other := range c.apart[one] {
			if slices.Contains(whole, other) {
				return one, other, true
			}
		}
	}
	return 0, 0, false
}

// chain is a shortest way from one entity to another over what is judged the
// same, the step between the two themselves left out; nil: there is none.
func (c *clusters) chain(from, to num) []num {
	before := map[num]num{from: from}
	for next := []num{from}; len(next) > 0; next = next[1:] {
		for _, n := range c.joins[next[0]] {
			if before[n] != 0 || (next[0] == from && n == to) {
				continue
			}
			if before[n] = next[0]; n == to {
				return wayBack(before, from, to)
			}
			next = append(next, n)
		}
	}
	return nil
}

func wayBack(before map[num]num, from, to num) []num {
	way := []num{to}
	for n := to; n != from; {
		n = before[n]
		way = append(way, n)
	}
	slices.Reverse(way)
	return way
}

// pointCache keeps what was found at the points that were asked about lately.
type pointCache[T any] struct {
	mu struct {
		sync.Mutex
		list []cached[T]
		next int
	}
}

// cached is what was found at a point. Embargoes make it depend on the moment
// of the view, too: it is right while that lies in moments.
type cached[T any] struct {
	place
	moments Interval
	found   T
}

// place is what decides, besides the moment, what a view shows at any valid time.
type place struct {
	ts        TS
	known     Time
	clearance Marking
	bySpeech  bool
}

func (v *View) place() place { return place{v.ts, v.known, v.point.Clearance, v.bySpeech()} }

const maxCached = 64

func (c *pointCache[T]) get(at place, now Time) (cached[T], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.mu.list {
		if e.place == at && e.moments.Contains(now) {
			return e, true
		}
	}
	return cached[T]{}, false
}

// forget drops all that was found: the past has changed.
func (c *pointCache[T]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.list, c.mu.next = nil, 0
}

// put keeps what was found, if it is current, which is asked while nothing can be forgotten.
func (c *pointCache[T]) put(e cached[T], current func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !current() {
		return
	}
	if len(c.mu.list) < maxCached {
		c.mu.list = append(c.mu.list, e)
		return
	}
	c.mu.list[c.mu.next] = e
	c.mu.next = (c.mu.next + 1) % maxCached
}
