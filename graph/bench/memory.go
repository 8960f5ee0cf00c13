package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
)

// memoryPeer keeps plain arrays, sorted by actor and day: it knows the answers,
// and is the floor of what an answer costs.
type memoryPeer struct {
	names *names
	w     *world
	place map[string]int32
	start []int32 // of an actor's arcs; one more than there are actors
	arcs  []arc

	rows  []arc
	named []string
	found actor
	sums  []int32 // by relation
	seen  []int32 // by actor: when it was reached last
	round int32
	count int
	work  int // entities expanded by two hops, or arcs counted, so far
}

// arc is a fact seen from one of its ends.
type arc struct {
	other         int32
	day, relation uint16
	out           bool
}

func newMemoryPeer(w *world) *memoryPeer {
	m := &memoryPeer{names: w.names(), w: w, place: map[string]int32{}, start: make([]int32, len(w.actors)+1), arcs: make([]arc, 2*len(w.facts)),
		sums: make([]int32, len(w.relations)), seen: make([]int32, len(w.actors))}
	for i := range w.actors {
		m.place[w.actors[i].name] = int32(i)
	}
	for i := range w.facts {
		m.start[w.facts[i].subject+1]++
		m.start[w.facts[i].object+1]++
	}
	for i := range w.actors {
		m.start[i+1] += m.start[i]
	}
	next := slices.Clone(m.start)
	put := func(x int32, a arc) {
		m.arcs[next[x]] = a
		next[x]++
	}
	for i := range w.facts {
		f := &w.facts[i]
		put(f.subject, arc{f.object, f.day, f.relation, true})
		put(f.object, arc{f.subject, f.day, f.relation, false})
	}
	return m
}

func (m *memoryPeer) close() error { return nil }

// within are the arcs of an actor in a window, the oldest first.
func (m *memoryPeer) within(x int32, from, to int) []arc {
	list := m.arcs[m.start[x]:m.start[x+1]]
	i := sort.Search(len(list), func(i int) bool { return int(list[i].day) >= from })
	j := i + sort.Search(len(list)-i, func(j int) bool { return int(list[i+j].day) > to })
	return list[i:j]
}

func (m *memoryPeer) ask(_ context.Context, k kind, q *query) error {
	x := m.place[m.names.actors[q.x]]
	m.rows = m.rows[:0]
	switch k {
	case lookup, byName:
		m.found = m.w.actors[x]
	case newest, hub, named:
		m.newest(m.within(x, q.from, q.to), firstNewest, nil)
		m.named = m.named[:0]
		for i := range m.rows {
			m.named = append(m.named, m.names.actors[m.rows[i].other])
		}
	case timeline:
		y := m.place[m.names.actors[q.y]]
		m.newest(m.within(x, q.from, q.to), firstTimeline, func(a *arc) bool { return a.other == y })
	case counts:
		clear(m.sums)
		for _, a := range m.within(x, 0, q.to) {
			m.sums[a.relation]++
			m.work++
		}
	case twoHops:
		m.twoHops(x, q)
	case path:
		m.path(x, m.place[m.names.actors[q.y]], q)
	default:
		return fmt.Errorf("memory: no answer to %s", k)
	}
	return nil
}

// newest keeps the newest arcs that fit; nil fits all.
func (m *memoryPeer) newest(list []arc, most int, fits func(*arc) bool) {
	for i := len(list) - 1; i >= 0 && len(m.rows) < most; i-- {
		if fits == nil || fits(&list[i]) {
			m.rows = append(m.rows, list[i])
		}
	}
}

// reach tells whether an actor is met for the first time in this question.
func (m *memoryPeer) reach(x int32) bool {
	first := m.seen[x] != m.round
	m.seen[x] = m.round
	return first
}

func (m *memoryPeer) twoHops(x int32, q *query) {
	m.round++
	m.reach(x)
	m.count = 0
	next := []int32{x}
	for range 2 {
		var reached []int32
		m.work += len(next)
		for _, y := range next {
			for _, a := range m.within(y, q.from, q.to) {
				if m.reach(a.other) {
					reached = append(reached, a.other)
				}
			}
		}
		m.count += len(reached)
		next = reached
	}
}

// path counts the hops to an actor, level by level; -1 is no path.
func (m *memoryPeer) path(x, y int32, q *query) {
	m.round++
	m.reach(x)
	next := []int32{x}
	for m.count = 1; m.count <= mostHops; m.count++ {
		var reached []int32
		for _, z := range next {
			for _, a := range m.within(z, q.from, q.to) {
				if a.other == y {
					return
				}
				if m.reach(a.other) {
					reached = append(reached, a.other)
				}
			}
		}
		next = reached
	}
	m.count = -1
}

func (m *memoryPeer) answer(k kind) []string {
	switch k {
	case lookup:
		return []string{m.found.name}
	case byName:
		return attributeLines(m.found.name, m.found.country, m.found.sector, dateOf(m.found.founded))
	case twoHops:
		return []string{fmt.Sprint(m.count)}
	case path:
		return []string{pathLine(m.count)}
	case counts:
		sums := map[string]int{}
		for i, n := range m.sums {
			if n > 0 {
				sums[m.names.relations[i]] = int(n)
			}
		}
		return sumLines(sums)
	}
	rows := make([]row, len(m.rows))
	for i, a := range m.rows {
		rows[i] = row{day: int(a.day), relation: m.names.relations[a.relation], other: a.other, out: a.out}
		if k == named {
			rows[i].name = m.named[i]
		}
	}
	return rowLines(k, rows)
}

func attributeLines(name, country, sector, founded string) []string {
	return []string{name, "country " + country, "founded " + founded, "sector " + sector}
}

func pathLine(hops int) string { return fmt.Sprint(cmp.Or(max(hops, 0), -1), " hops") }
