package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// The world with two clocks: the same kind of facts, of which some last, and
// what was known of some of them changed in ten rounds after the first load.
const (
	rounds    = 10
	pastRound = 5
	forever   = 99 // the round in which a version that stands is given up

	maxShort = 31 // days, of what is an event
)

// version is what was known of a fact from one round until another one.
type version struct {
	fact
	id        int32
	until     uint16 // the day behind its last one
	known     uint8  // the round in which it came
	gone      uint8
	contested bool
}

func (v *version) long() bool { return v.until-v.day > maxShort }

func (v *version) knownIn(round int) bool { return int(v.known) <= round && round < int(v.gone) }

// history is the world with two clocks.
type history struct {
	*world
	versions []version
	changes  [rounds + 1][]change // by round
	alone    []bool               // by fact: it has an assertion of its own
	ties     int                  // the first relation that lasts
}

// change is what happens to a fact in a round.
type change struct {
	id   int32
	what changeKind
	now  version
}

type changeKind uint8

const (
	corrected changeKind = iota // to another day
	retracted
	again  // asserted again, a round after it was retracted
	denied // by another source
)

// newHistory makes the same history for the same n: 5 % of the facts last, 5 %
// are corrected, and of 5 % one row does not tell all: half of these are
// retracted and asserted again, half are contested by another source.
func newHistory(n int, events, ties []string) *history {
	h := &history{world: newWorld(n, events), alone: make([]bool, n)}
	h.ties = len(h.relations)
	h.relations = append(h.relations, ties...)
	r := rand.New(rand.NewPCG(3, uint64(n)))
	taken := make(map[fact]bool, n)
	for i := range h.facts {
		taken[h.facts[i]] = true
	}
	for i := range h.facts {
		v := version{fact: h.facts[i], id: int32(i), until: h.facts[i].day + 1, gone: forever}
		if r.IntN(20) == 0 {
			h.lasting(r, &v, taken)
		}
		round := 1 + r.IntN(rounds-1)
		switch r.IntN(40) {
		case 0, 1:
			h.correct(r, v, round, taken)
		case 2:
			h.retract(v, round)
		case 3:
			h.deny(v, round)
		default:
			h.versions = append(h.versions, v)
			continue
		}
		h.alone[i] = true
	}
	return h
}

// ownHistory is a world of which each fact has an assertion of its own, and
// nothing changes.
func ownHistory(n int) (*history, error) {
	o, err := ontology()
	if err != nil {
		return nil, err
	}
	h := &history{world: newWorld(n, relationNames(o)), alone: make([]bool, n)}
	for i := range h.facts {
		h.versions = append(h.versions, version{fact: h.facts[i], id: int32(i), until: h.facts[i].day + 1, gone: forever})
		h.alone[i] = true
	}
	return h, nil
}

// lasting makes a tie of an event, unless there is that tie already.
func (h *history) lasting(r *rand.Rand, v *version, taken map[fact]bool) {
	f := v.fact
	f.relation = uint16(h.ties + r.IntN(len(h.relations)-h.ties))
	if taken[f] {
		return
	}
	taken[f] = true
	v.fact, v.until = f, f.day+maxShort+1+uint16(r.IntN(1500))
}

func (h *history) correct(r *rand.Rand, v version, round int, taken map[fact]bool) {
	now := v
	for taken[now.fact] {
		now.day = uint16(r.IntN(days))
	}
	taken[now.fact] = true
	now.until = now.day + v.until - v.day
	now.known = uint8(round)
	v.gone = uint8(round)
	h.versions = append(h.versions, v, now)
	h.change(round, corrected, now)
}

func (h *history) retract(v version, round int) {
	now := v
	v.gone, now.known = uint8(round), uint8(round+1)
	h.versions = append(h.versions, v, now)
	h.change(round, retracted, now)
	h.change(round+1, again, now)
}

func (h *history) deny(v version, round int) {
	now := v
	v.gone, now.known, now.contested = uint8(round), uint8(round), true
	h.versions = append(h.versions, v, now)
	h.change(round, denied, now)
}

func (h *history) change(round int, what changeKind, now version) {
	h.changes[round] = append(h.changes[round], change{now.id, what, now})
}

// questions draws those with clocks; the days of D are asked of the busiest.
func (h *history) questions(share float64) workload {
	load := h.world.questions(share)
	r := rand.New(rand.NewPCG(9, uint64(len(h.facts))))
	load[nowKnown], load[pastKnown], load[hubKnown] = load[newest], load[newest], load[hub]
	hubs := h.busiest(20)
	for range max(5, int(float64(scale[onDay])*share)) {
		day := days/4 + r.IntN(days/2)
		load[onDay] = append(load[onDay], query{x: hubs[r.IntN(len(hubs))], from: day, to: day})
	}
	load[onDayPast] = load[onDay]
	return load
}

// clockMemory answers from all versions, one after another: it knows the
// answers, and is not timed.
type clockMemory struct {
	*history
	of   [][]int32 // versions by actor
	rows []row
}

func newClockMemory(h *history) *clockMemory {
	m := &clockMemory{history: h, of: make([][]int32, len(h.actors))}
	for i := range h.versions {
		v := &h.versions[i]
		m.of[v.subject] = append(m.of[v.subject], int32(i))
		m.of[v.object] = append(m.of[v.object], int32(i))
	}
	return m
}

func (m *clockMemory) close() error { return nil }

func (m *clockMemory) ask(_ context.Context, k kind, q *query) error {
	round := rounds
	switch k {
	case pastKnown, onDayPast:
		round = pastRound
	case nowKnown, hubKnown, onDay:
	default:
		return fmt.Errorf("memory: no answer to %s", k)
	}
	m.rows = m.rows[:0]
	for _, i := range m.of[q.x] {
		v := &m.versions[i]
		fits := int(v.day) >= q.from && int(v.day) <= q.to
		if k == onDay || k == onDayPast {
			fits = int(v.day) <= q.to && int(v.until) > q.from
		}
		if !fits || !v.knownIn(round) {
			continue
		}
		out, other := v.subject == q.x, v.subject
		if out {
			other = v.object
		}
		m.rows = append(m.rows, row{day: int(v.day), relation: m.relations[v.relation], other: other, out: out, contested: v.contested})
	}
	slices.SortFunc(m.rows, func(a, b row) int { return cmp.Compare(b.day, a.day) })
	m.rows = m.rows[:min(firstNewest, len(m.rows))]
	return nil
}

func (m *clockMemory) answer(k kind) []string { return rowLines(k, m.rows) }
