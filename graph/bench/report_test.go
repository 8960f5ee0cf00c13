package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.051: "0.05", 1.5: "1.5", 9.996: "10", 12.34: "12.3", 99.96: "100", 1234.5: "1,234", 1234567: "1,234,567"} {
		if got := figure(x); got != want {
			t.Errorf("%g: %s, want %s", x, got, want)
		}
	}
}

func TestRowLines(t *testing.T) {
	rows := make([]row, firstNewest)
	for i := range rows {
		rows[i] = row{day: 100 - i/20, relation: "r", other: int32(i)}
	}
	swapped := append([]row(nil), rows...)
	swapped[0], swapped[1] = rows[1], rows[0]
	swapped[len(rows)-1].other = 999 // another row of the day in which the list is cut
	if digest(rowLines(newest, rows)) != digest(rowLines(newest, swapped)) {
		t.Error("the order within a day counts")
	}
	other := append([]row(nil), rows...)
	other[3].contested = true
	if digest(rowLines(newest, rows)) == digest(rowLines(newest, other)) {
		t.Error("another row does not count")
	}
	older := append([]row(nil), rows...)
	older[0], older[49] = rows[49], rows[0]
	if digest(rowLines(newest, rows)) == digest(rowLines(newest, older)) {
		t.Error("the order of days does not count")
	}
}

// aSize has round figures.
func aSize(n int, parley float64) sized {
	s := sized{Facts: n, Busiest: n / 20, Work: map[kind]int{twoHops: 1000, counts: 10_000}, Opening: opening{Clean: 40, Killed: 2000}}
	s.Floors = floors{Key: 0.1, Seek: 2, Families: []family{{"l", 10, 100, 100 * int64(n)}, {"n", 2 * n, 40 * int64(n), 40 * int64(n)}}}
	s.Loads = []loaded{{Peer: "parley", Facts: n, Rate: 500, PerFact: 200, Peak: 1000 * int64(n)}, {Peer: pureGo.name, Facts: n, Rate: 1000, PerFact: 100}}
	for _, k := range []kind{hub, newest, twoHops, counts} {
		s.Timings = append(s.Timings, timing{Kind: k, Peer: "memory", N: 100, P50: 1, P99: 1, Rate: 1e6},
			timing{Kind: k, Peer: "parley", N: 100, P50: parley, P99: 2 * parley, Rate: 10_000},
			timing{Kind: k, Peer: "sqlite-cgo", N: 100, P50: 27, P99: 27, Rate: 1e5}, timing{Kind: k, Peer: "sqlite-go", N: 100, P50: 90, P99: 9, Rate: 1e4})
	}
	return s
}

func TestGoals(t *testing.T) {
	reached := map[string]float64{
		"the 50 newest relations of a hub (H), p50 / (2·R2 + 50·R1)": 1,
		"H against plain arrays in memory, p50":                      9,
		"two hops (N2), mean / (expansions · R2)":                    5,   // 100 questions of 100 µs, 1000 expansions
		"hub scan at a point (A): edges/s · R1":                      0.1, // 10,000 edges in 10 ms
		"first load (L), facts/s against sqlite-go":                  0.5,
		"bytes on disk for each plain fact":                          200,
		"peak memory of the load":                                    953,
		"one durable transaction, p50 / R3":                          2,
		"16 durable writers / Badger's SyncWrites with 16":           4,
		"open after a clean close":                                   40,
		"open after a kill":                                          2000,
		"N1 against SQLite at its best, p50":                         3,
		"N1 against SQLite at its best, p99":                         0.5,
	}
	missed := map[string]bool{}
	for _, g := range goalsOf(aSize(1_000_000, 9), durable{Sync: 100, One: 200, Many: 4000, Engine: 1000}) {
		missed[g.What] = strings.HasPrefix(g.reached(), "**")
		if want, ok := reached[g.What]; ok && math.Abs(g.Reached-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", g.What, g.Reached, want)
		}
		if strings.Contains(g.What, "clocks") || strings.HasPrefix(g.What, "T ") {
			t.Errorf("%s: was not measured", g.What)
		}
		delete(reached, g.What)
	}
	for what := range reached {
		t.Errorf("%s is missing", what)
	}
	for what, want := range map[string]bool{"N1 against SQLite at its best, p50": false, "N1 against SQLite at its best, p99": true, "open after a clean close": false, "open after a kill": true} {
		if missed[what] != want {
			t.Errorf("%s: missed %t, want %t", what, missed[what], want)
		}
	}
}

func TestReport(t *testing.T) {
	r := &report{Passes: 3, Command: "go run .", Machine: machine{Memory: "1000000 kB"}, Sizes: []sized{aSize(1_000_000, 9), aSize(5_000_000, 18)}}
	r.judge()
	var page, lines, scale, data bytes.Buffer
	r.markdown(&page)
	r.scale(&scale)
	r.json(&data)
	if err := text(&lines, r); err != nil {
		t.Fatal(err)
	}
	for what, of := range map[string]*bytes.Buffer{
		"## 5M facts": &page,
		"| **N1** the 50 newest relations of X that start in a window, both directions | 1 / 1 (0) = 0.11 / 0.06 × | 9 / 18 (0) | 27 / 27 (0) = 3 / 1.5 × | 90 / 9 (0) = 10 / 0.5 × |": &page,
		"| N1 over 5M against 1M facts, p50 | **2 ×** | ≤ 1.5 | ≤ 1.15 |":          &page,
		"- 1M facts: **N1** takes 2 × at p99 of what the best of the others takes": &page,
		"- 1M facts: **L** takes 2 × the time of sqlite-go":                        &page,
		"N1 sqlite-go": &lines,
		"measured at 5M plain facts of one document; the shape stays as it is: an actor for 40 facts, the busiest in 5 % of them": &scale,
		"| keys and values, 180 B for each fact | 18 GB | 180 GB |":                                                               &scale,
		"a load of 100 million needs 100 GB, and this machine (1000000 kB) ends at 1.02 million facts":                            &scale,
		"a fact takes 100 B there: 470 million facts in one load":                                                                 &scale,
		"| A of the busiest, 1 µs an edge | 2.5 million rows, 2.5 s | 25 million rows, 25 s |":                                    &scale,
	} {
		if !strings.Contains(of.String(), what) {
			t.Errorf("no %q in\n%s", what, of)
		}
	}
	var again report
	if err := json.Unmarshal(data.Bytes(), &again); err != nil || again.Sizes[1].Facts != 5_000_000 || len(again.Goals) != 3 {
		t.Errorf("%v: %+v", err, again)
	}
}
