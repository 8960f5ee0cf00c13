package main

import (
	"fmt"
	"hash/fnv"
	"slices"
)

// names is what is left of a world when it is loaded.
type names struct {
	actors    []string
	relations []string
}

func (w *world) names() *names {
	n := &names{relations: w.relations}
	for i := range w.actors {
		n.actors = append(n.actors, w.actors[i].name)
	}
	return n
}

// row is one relation in an answer.
type row struct {
	day       int
	relation  string
	other     int32
	name      string // of the other, where it is asked for
	out       bool
	contested bool
}

// limits of the lists that are cut.
var limits = map[kind]int{newest: firstNewest, hub: firstNewest, hubKnown: firstNewest, named: firstNewest, nowKnown: firstNewest, pastKnown: firstNewest,
	onDay: firstNewest, onDayPast: firstNewest, timeline: firstTimeline}

// rowLines puts rows in words. Of one day, any order will do, and where a list
// is cut within a day, any of that day's rows: the last day is then left out.
func rowLines(k kind, rows []row) []string {
	lines := make([]string, 0, len(rows)+1)
	last := 0
	if len(rows) > 0 {
		last = rows[len(rows)-1].day
	}
	cut := len(rows) == limits[k]
	for i := range rows {
		r := &rows[i]
		if i > 0 && r.day > rows[i-1].day {
			lines = append(lines, fmt.Sprintf("row %d is newer than the one before it", i))
		}
		if !cut || r.day != last {
			lines = append(lines, fmt.Sprintf("%04d %t %s %d %s %t", r.day, r.out, r.relation, r.other, r.name, r.contested))
		}
	}
	slices.Sort(lines)
	return append(lines, fmt.Sprintf("%d rows to day %d", len(rows), last))
}

// sumLines puts counts in words.
func sumLines(sums map[string]int) []string {
	lines := make([]string, 0, len(sums))
	for name, n := range sums {
		lines = append(lines, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(lines)
	return lines
}

// digest is a checksum of an answer.
func digest(lines []string) uint64 {
	h := fnv.New64a()
	for _, l := range lines {
		fmt.Fprintln(h, l)
	}
	return h.Sum64()
}
