package main

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// kind names a kind of question.
type kind string

// The questions. Those with an @ are asked of the world with two clocks.
const (
	lookup    kind = "E"
	byName    kind = "P"
	hub       kind = "H"
	newest    kind = "N1"
	named     kind = "N1n"
	twoHops   kind = "N2"
	timeline  kind = "T"
	counts    kind = "A"
	path      kind = "S"
	served1   kind = "G1"
	served8   kind = "G"
	hubKnown  kind = "H@now"
	nowKnown  kind = "N1@now"
	pastKnown kind = "N1@past"
	onDay     kind = "D@now"
	onDayPast kind = "D@past"
)

// asked says in words what is asked.
var asked = map[kind]string{
	lookup:    "an entity by name",
	hub:       "N1 for one of the 20 busiest, within a year",
	hubKnown:  "H over corrected data",
	byName:    "an entity by name, with its attributes",
	newest:    "the 50 newest relations of X that start in a window, both directions",
	named:     "the same, with the name of each other end",
	twoHops:   "how many entities are within two hops of X in 90 days",
	timeline:  "the 100 newest relations between X and Y, both directions",
	counts:    "relations of X up to a day, counted by relation",
	path:      "a shortest path of at most four hops within 90 days",
	served1:   "N1n over HTTP, one client",
	served8:   "N1n over HTTP, eight clients",
	nowKnown:  "N1 over corrected data",
	pastKnown: "N1 as it was known half-way through the corrections",
	onDay:     "the 50 newest relations of a hub that hold on a day",
	onDayPast: "the same as it was known half-way through the corrections",
}

var (
	plainKinds = []kind{lookup, byName, newest, hub, named, twoHops, timeline, counts, path}
	clockKinds = []kind{hubKnown, nowKnown, pastKnown, onDay, onDayPast}
)

// Limits of lists.
const (
	firstNewest   = 50
	firstTimeline = 100
	mostHops      = 4
)

// query is one question: about X, or X and Y, from a day to another one, both
// included.
type query struct {
	x, y     int32
	from, to int
}

// workload holds the questions of each kind, the same ones for every peer.
type workload map[kind][]query

// scale is how many questions of each kind are asked at full size.
var scale = map[kind]int{byName: 2000, newest: 1000, twoHops: 100, timeline: 1000, counts: 500, path: 60, onDay: 500, hub: 500}

// questions draws a workload over a world. Who is asked about is drawn from the
// facts, so that the busiest are asked about most.
func (w *world) questions(share float64) workload {
	r := rand.New(rand.NewPCG(7, uint64(len(w.facts))))
	load := workload{}
	add := func(k kind, draw func(i int) query) {
		for i := range max(5, int(float64(scale[k])*share)) {
			load[k] = append(load[k], draw(i))
		}
	}
	window := func(width int) (from, to int) {
		from = r.IntN(days - width + 1)
		return from, from + width - 1
	}
	add(byName, func(int) query { return query{x: w.somebody(r)} })
	add(newest, func(i int) query {
		from, to := window([]int{30, 365, 3650}[i%3])
		return query{x: w.somebody(r), from: from, to: to}
	})
	add(twoHops, func(int) query {
		from, to := window(90)
		return query{x: w.somebody(r), from: from, to: to}
	})
	add(timeline, func(int) query {
		f := &w.facts[r.IntN(len(w.facts))]
		return query{x: f.subject, y: f.object, to: days}
	})
	add(counts, func(int) query { return query{x: w.somebody(r), to: r.IntN(days)} })
	add(path, func(int) query {
		from, to := window(90)
		q := query{x: w.somebody(r), from: from, to: to}
		for q.y = w.somebody(r); q.y == q.x; {
			q.y = w.somebody(r)
		}
		return q
	})
	load[lookup], load[named], load[served1], load[served8] = load[byName], load[newest], load[newest], load[newest]
	hubs := w.busiest(20)
	add(hub, func(int) query {
		from, to := window(365)
		return query{x: hubs[r.IntN(len(hubs))], from: from, to: to}
	})
	return load
}

func (w *world) somebody(r *rand.Rand) int32 {
	f := &w.facts[r.IntN(len(w.facts))]
	if r.IntN(2) == 0 {
		return f.object
	}
	return f.subject
}

// busiest are the actors with the most facts.
func (w *world) busiest(n int) []int32 {
	facts := make([]int, len(w.actors))
	order := make([]int32, len(w.actors))
	for i := range order {
		order[i] = int32(i)
	}
	for i := range w.facts {
		facts[w.facts[i].subject]++
		facts[w.facts[i].object]++
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(facts[b], facts[a]), cmp.Compare(a, b)) })
	return order[:n]
}

// A small run sees that all answers agree; its times say little.
const (
	smallSize  = 4000
	smallShare = 0.05
)
