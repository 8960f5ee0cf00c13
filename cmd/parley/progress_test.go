package main

import (
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
)

func TestProgressLines(t *testing.T) {
	var out strings.Builder
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := newProgress(&out, func() time.Time { return now })
	for _, c := range []struct {
		after time.Duration
		at    graph.Progress
	}{
		{4 * time.Second, graph.Progress{Step: graph.Reading, Done: 1000, All: 2000, Facts: 1000}},
		{time.Second, graph.Progress{Step: graph.Reading, Done: 120_400, All: 240_800, Facts: 120_400}},
		{4 * time.Second, graph.Progress{Step: graph.Checking, Facts: 240_800}},
		{6 * time.Second, graph.Progress{Step: graph.Reading, Done: 240_800, Facts: 240_800}},
		{5 * time.Second, graph.Progress{Step: graph.Storing, Done: 1, All: 2, Facts: 1_240_800}},
	} {
		now = now.Add(c.after)
		p.show(c.at)
	}
	p.done()
	const want = `[  5s] reading: facts 120,400, 24.1k/s, 5 %, 95 s left
[ 15s] reading: facts 240,800, 16.1k/s
[ 20s] storing: facts 1,240,800, 62.0k/s, 88 %, 3 s left
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestProgressBar(t *testing.T) {
	var out strings.Builder
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := newProgress(&out, func() time.Time { return now })
	p.bar = true
	now = now.Add(2 * time.Second)
	p.show(graph.Progress{Step: graph.Writing, Done: 1, All: 3, Facts: 9})
	p.done()
	line := "[=============                 ] [  2s] writing: facts 9, 0.0k/s, 45 %, 2 s left"
	if want := "\r" + line + "\r" + strings.Repeat(" ", len(line)) + "\r"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{3 * time.Second: "3 s", 99 * time.Second: "99 s", 3 * time.Minute: "3 min", 125 * time.Minute: "2 h 5 min"} {
		if got := roughly(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1000": 1000, "64KiB": 64 << 10, "256 MiB": 256 << 20, "1GiB": 1 << 30} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-1", "much", "3 apples", "99999999999GiB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q: got %d, want an error", text, got)
		}
	}
}
