package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parleydb/parley/graph"
)

// pair is what a promise judges: whether two of a writer's entities are one.
type pair struct {
	pool, one, other int
	apart            bool
}

// Each writer has some entities of its own, so that it knows what must be
// refused; so has the loader, whose pool is the last one.
const pools, ofPool = 4, 4

func poolKey(pool, i int) string { return fmt.Sprintf("q%d.%d", pool, i) }

// poolActs name the entities of all pools.
func poolActs() (acts []act) {
	for pool := range pools {
		s := speech{doc: "d1", key: fmt.Sprint("pool ", pool)}
		for i := range ofPool {
			name := poolKey(pool, i)
			acts = append(acts, declareAct(name, "State"))
			s.links = append(s.links, said{subject: name, property: "name", value: "=Name of " + name})
		}
		acts = append(acts, assertAct(s))
	}
	return acts
}

// known is who is one with whom in a pool, given the fate of each promise.
func (s *simulation) known(pool int, fateOf func(*promise) fate) (n twinsModel) {
	for _, p := range s.promises {
		switch {
		case p.pair == nil || p.pair.pool != pool || fateOf(p) != present:
		case p.pair.apart:
			n.apart = append(n.apart, ordered(p.pair.one, p.pair.other))
		default:
			n.merged = append(n.merged, ordered(p.pair.one, p.pair.other))
		}
	}
	return n
}

func settled(p *promise) fate { return p.may[0] }

// judge makes up a judgement in a pool, and tells whether it must be accepted.
func (s *simulation) judge(pool int) (p pair, accepted bool) {
	p = pair{pool: pool, one: s.rand.IntN(ofPool), apart: s.rand.IntN(4) == 0}
	p.other = s.another(p.one)
	n, two := s.known(pool, settled), ordered(p.one, p.other)
	direct := slices.Contains(n.merged, two)
	p.apart = p.apart && !direct // what both join and part is for other tests
	h := n.heads(two)
	accepted = p.one != p.other && h[p.one] != h[p.other] && (p.apart || !n.barred(p.one, p.other))
	return p, accepted
}

// another is mostly another one of a pool.
func (s *simulation) another(one int) int {
	return (one + (1+s.rand.IntN(ofPool*2-1))%ofPool) % ofPool
}

// merge judges, in an update of its own.
func (s *simulation) merge(writer string, pool, at int) error {
	judged, accepted := s.judge(pool)
	p := &promise{name: fmt.Sprintf("%s.%d", writer, at), may: []fate{absent, present}, pair: &judged}
	s.promises = append(s.promises, p)
	ts, err := s.db.Update(ctx, graph.Act{Author: writer}, func(tx *graph.Tx) error {
		s.begins(tx.TS())
		do := tx.Merge
		if judged.apart {
			do = tx.KeepApart
		}
		id, _, err := do(ref(poolKey(pool, judged.one)), ref(poolKey(pool, judged.other)), &graph.Draft{Document: graph.ByKey("source:d2"), Key: p.name})
		p.assertions = []graph.AssertionID{id}
		return err
	})
	s.tell("%s judges %+v: %d, %v", p.name, judged, ts, err)
	switch {
	case errors.Is(err, graph.ErrRefused) && !accepted:
		p.may = []fate{absent}
		return nil
	case err != nil:
		s.broke(p.name, err)
		return err
	case !accepted:
		s.fail("%s: %+v was not refused", p.name, judged)
	}
	p.ts, p.may, s.kept = ts, []fate{present}, max(s.kept, ts)
	return nil
}

// unmerge takes back what says that two of a pool are one.
func (s *simulation) unmerge(pool int) error {
	one := s.rand.IntN(ofPool)
	other := s.another(one)
	n, two := s.known(pool, settled), ordered(one, other)
	h := n.heads(two)
	accepted := h[one] != h[other] && slices.Contains(n.merged, two)
	var taken []*promise
	for _, p := range s.promises {
		if p.pair != nil && p.pair.pool == pool && !p.pair.apart && ordered(p.pair.one, p.pair.other) == two && settled(p) == present && accepted {
			p.may, taken = []fate{present, withdrawn}, append(taken, p)
		}
	}
	_, err := s.db.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		s.begins(tx.TS())
		return tx.Unmerge(ref(poolKey(pool, one)), ref(poolKey(pool, other)))
	})
	s.tell("unmerge %v of %d: %v", two, pool, err)
	switch {
	case (errors.Is(err, graph.ErrRefused) || errors.Is(err, graph.ErrNotFound)) && !accepted:
		return nil
	case err != nil:
		s.broke("unmerge", err)
		return err
	case !accepted:
		s.fail("%v of %d: unmerging was not refused", two, pool)
	}
	for _, p := range taken {
		p.may = []fate{withdrawn}
	}
	return nil
}

// erase destroys what a promise recorded, withdrawn or not.
func (s *simulation) erase(p *promise) error {
	if len(p.may) > 1 || p.allows(absent) || p.allows(erased) {
		return nil
	}
	var targets []graph.Target
	for _, id := range p.assertions {
		targets = append(targets, graph.Target{Assertion: id})
	}
	p.may = append(p.may, erased)
	begun := s.begun
	s.erasures++
	ts, err := s.db.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, targets...)
	s.tell("%s erased: %d, %v", p.name, ts, err)
	if err != nil {
		s.broke("erase "+p.name, err)
		return err
	}
	if ts <= begun {
		s.fail("an erasure at %d after a transaction at %d", ts, begun)
	}
	s.erasures++
	p.may, s.kept = []fate{erased}, max(s.kept, ts)
	return nil
}

// erasing tells whether rows of the promise may be going right now.
func (p *promise) erasing() bool { return len(p.may) > 1 && p.allows(erased) }

// tick moves the clock, back, too.
func (s *simulation) tick() {
	s.now = s.now.Add([]time.Duration{0, 0, time.Millisecond, time.Second, -time.Second, -time.Hour}[s.rand.IntN(6)])
}

// together compares who is one with whom in a view with the judgements that
// the same view shows.
func (s *simulation) together(v graph.View, when string, fates map[*promise]fate) {
	for pool := range pools {
		if slices.ContainsFunc(s.promises, func(p *promise) bool { return p.pair != nil && p.pair.pool == pool && p.erasing() }) {
			continue
		}
		n := s.known(pool, func(p *promise) fate { return fates[p] })
		h := n.heads(none)
		var ids [ofPool]graph.EntityID
		for i := range ids {
			e, err := v.Entity(ctx, graph.ByKey("x:"+poolKey(pool, i)))
			if err != nil && !died(err) && !errors.Is(err, graph.ErrNotFound) {
				s.fail("%s: %s: %v", when, poolKey(pool, i), err)
			}
			if err != nil {
				return // before the entities are named
			}
			if ids[i] = e.ID; e.ID != ids[h[i]] {
				s.fail("%s: %s is not one with %s", when, poolKey(pool, i), poolKey(pool, h[i]))
			}
			if h[i] == i && slices.Index(ids[:i], e.ID) >= 0 {
				s.fail("%s: %s is one with another one", when, poolKey(pool, i))
			}
		}
	}
}

// glance is a view and what it showed before anything was erased since.
type glance struct {
	graph.View
	fates    map[*promise]fate
	erasures int
}

// again looks at an earlier view: it must show what it showed.
func (s *simulation) again(g *glance) {
	if g.erasures != s.erasures {
		return
	}
	for _, p := range s.promises {
		if p.erasing() {
			continue
		}
		before, seen := g.fates[p]
		found, err := s.fateOf(g.View, p)
		if before == erased {
			before = absent // to who does not ask for tombstones
		}
		if err == nil && seen && found != before {
			s.fail("a view that showed %s as %d shows it as %d", p.name, before, found)
		}
	}
	s.together(g.View, "an earlier view", g.fates)
}
