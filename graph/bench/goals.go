package main

import (
	"fmt"
	"math"
	"strings"
)

// goal is a line of the speed goals: a ratio within this run, and what it is to be.
type goal struct {
	What    string  `json:"what"`
	Reached float64 `json:"reached"`
	Unit    string  `json:"unit"`  // "×": a ratio
	First   limit   `json:"first"` // to be reached first
	Then    limit   `json:"then"`
}

// limit is a bound: at most, or, where more is better, at least. 0: none.
type limit struct {
	Bound float64 `json:"bound"`
	Least bool    `json:"least"`
}

func atMost(x float64) limit  { return limit{x, false} }
func atLeast(x float64) limit { return limit{x, true} }

func (l limit) met(x float64) bool {
	if l.Least {
		return x >= l.Bound
	}
	return x <= l.Bound
}

func (l limit) String() string {
	switch {
	case l.Bound == 0:
		return "–"
	case l.Least:
		return "≥ " + figure(l.Bound)
	}
	return "≤ " + figure(l.Bound)
}

// book looks figures up.
type book struct {
	sized
	durable durable
	goals   []goal
}

func (b *book) timing(k kind, peer string) timing {
	for _, t := range b.Timings {
		if t.Kind == k && t.Peer == peer {
			return t
		}
	}
	return timing{P50: math.NaN(), P99: math.NaN(), Rate: math.NaN(), CPU: math.NaN()}
}

func loadOf(list []loaded, peer string) loaded {
	for _, l := range list {
		if l.Peer == peer && !l.Reused {
			return l
		}
	}
	return loaded{Rate: math.NaN(), PerFact: math.NaN()}
}

// best is the least that any of the other peers needs.
func (b *book) best(k kind, get func(timing) float64) float64 {
	least := math.NaN()
	for _, t := range b.Timings {
		if t.Kind == k && t.Peer != "parley" && t.Peer != "memory" && !(get(t) > least) {
			least = get(t)
		}
	}
	return least
}

// add notes a goal whose figures are there.
func (b *book) add(what string, reached float64, first, then limit) {
	b.addIn("×", what, reached, first, then)
}

func (b *book) addIn(unit, what string, reached float64, first, then limit) {
	if !math.IsNaN(reached) && !math.IsInf(reached, 0) && reached != 0 {
		b.goals = append(b.goals, goal{what, reached, unit, first, then})
	}
}

// sections is how many scans the newest events of an entity take: its events
// outwards and inwards.
const sections = 2

// goalsOf computes the goals from what was measured over one size.
func goalsOf(s sized, d durable) []goal {
	b := &book{sized: s, durable: d}
	b.rows()
	b.stores()
	b.peers()
	return b.goals
}

// rows are the goals that are multiples of what the engine needs.
func (b *book) rows() {
	r1, r2 := b.Floors.Key, b.Floors.Seek
	h, h2 := b.timing(hub, "parley").P50, b.timing(hubKnown, "parley").P50
	b.add("the 50 newest relations of a hub (H), p50 / (2·R2 + 50·R1)", h/(sections*r2+50*r1), atMost(2), atMost(1.1))
	b.add("what holds on a day around a hub, 50 rows (D@now / H@now)", b.timing(onDay, "parley").P50/h2, atMost(2.5), atMost(1.5))
	b.add("at a past knownOn against now (N1@past / N1@now), p50", b.timing(pastKnown, "parley").P50/b.timing(nowKnown, "parley").P50, atMost(1.2), atMost(1.05))
	b.add("at a past knownOn against now (D@past / D@now), p50", b.timing(onDayPast, "parley").P50/b.timing(onDay, "parley").P50, atMost(1.2), atMost(1.05))
	b.add("H against plain arrays in memory, p50", h/b.timing(hub, "memory").P50, limit{}, atMost(2.5))
	b.add("two hops (N2), mean / (expansions · R2)", b.perWork(twoHops)/r2, atMost(1.4), atMost(0.9))
	b.add("hub scan at a point (A): edges/s · R1", r1/b.perWork(counts), atLeast(0.5), atLeast(5))
	b.add("an entity by name (E), p50 / R2", b.timing(lookup, "parley").P50/r2, atMost(1.6), atMost(1))
}

// perWork is the time of one piece of work of a kind, in microseconds: that of
// the processor, where it is known.
func (b *book) perWork(k kind) float64 {
	t := b.timing(k, "parley")
	each := t.CPU
	if each == 0 {
		each = 1e6 / t.Rate
	}
	return float64(t.N) * each / float64(b.Work[k])
}

// stores are the goals of loading, writing and opening.
func (b *book) stores() {
	parley := loadOf(b.Loads, "parley")
	b.add("first load (L), facts/s against sqlite-go", parley.Rate/loadOf(b.Loads, pureGo.name).Rate, atLeast(1), atLeast(2))
	for _, l := range b.Loads {
		if l.Peer == "parley" {
			b.addIn("B", "bytes on disk for each plain fact", l.PerFact, atMost(170), atMost(107))
			b.addIn("MiB", "peak memory of the load", float64(l.Peak>>20), atMost(1536), limit{})
		}
	}
	b.addIn("B", fmt.Sprintf("bytes on disk for each claim with an assertion of its own (%s)", facts(b.Own.Facts)), b.Own.PerFact, atMost(300), atMost(200))
	b.add("one durable transaction, p50 / R3", b.durable.One/b.durable.Sync, atMost(1.8), atMost(1.25))
	b.add("16 durable writers / Badger's SyncWrites with 16", b.durable.Many/b.durable.Engine, atLeast(3), atLeast(6))
	b.addIn("ms", "open after a clean close", b.Opening.Clean, atMost(50), atMost(20))
	b.addIn("ms", "open after a kill", b.Opening.Killed, atMost(1500), atMost(1000))
}

// peers are the goals against the best of the other peers.
func (b *book) peers() {
	for _, k := range []kind{newest, twoHops, timeline, counts, path} {
		least := atLeast(1)
		if k == newest || k == timeline {
			least = atLeast(3)
		}
		b.add(fmt.Sprintf("%s against SQLite at its best, p50", k), b.best(k, p50.of)/b.timing(k, "parley").P50, least, atLeast(5))
		b.add(fmt.Sprintf("%s against SQLite at its best, p99", k), b.best(k, p99.of)/b.timing(k, "parley").P99, atLeast(1), atLeast(5))
	}
	for _, k := range []kind{nowKnown, pastKnown, onDay, onDayPast} {
		b.add(fmt.Sprintf("%s against four columns of time, p50", k), b.best(k, p50.of)/b.timing(k, "parley").P50, atLeast(3), atLeast(10))
		b.add(fmt.Sprintf("%s against four columns of time, p99", k), b.best(k, p99.of)/b.timing(k, "parley").P99, atLeast(3), atLeast(10))
	}
	slow := func(t timing) float64 { return -t.Rate }
	b.add("G: requests/s against graphql-go over SQLite, 8 clients", b.timing(served8, "parley").Rate/-b.best(served8, slow), atLeast(5), atLeast(10))
}

// growth compares the answers over many facts with those over a million.
func growth(sizes []sized) (list []goal) {
	for _, small := range sizes {
		for _, large := range sizes {
			if small.Facts != 1_000_000 || large.Facts <= small.Facts {
				continue
			}
			a, b := book{sized: small}, book{sized: large}
			for _, k := range plainKinds {
				b.add(fmt.Sprintf("%s over %s against %s facts, p50", k, facts(large.Facts), facts(small.Facts)),
					b.timing(k, "parley").P50/a.timing(k, "parley").P50, atMost(1.5), atMost(1.15))
			}
			list = append(list, b.goals...)
		}
	}
	return list
}

// facts is a number of facts, short.
func facts(n int) string {
	switch {
	case n >= 1_000_000_000 && n%1_000_000_000 == 0:
		return fmt.Sprintf("%dB", n/1_000_000_000)
	case n >= 1_000_000 && n%1_000_000 == 0:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1000 && n%1000 == 0:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}

// figure is a number with three figures that count, without an exponent.
func figure(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "–"
	case a >= 99.95:
		return thousands(fmt.Sprintf("%.0f", x))
	case a >= 9.995:
		return trimmed(fmt.Sprintf("%.1f", x))
	}
	return trimmed(fmt.Sprintf("%.2f", x))
}

func trimmed(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

func thousands(s string) string {
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
