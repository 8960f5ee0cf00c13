package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
)

// progress shows how far a load is: on a terminal a bar that moves, elsewhere a
// plain line every five seconds.
type progress struct {
	to    io.Writer
	now   func() time.Time
	start time.Time
	last  time.Time
	bar   bool
	wide  int // columns that the bar has used
}

const (
	everyLine = 5 * time.Second
	everyBar  = 200 * time.Millisecond
	barWidth  = 30
)

// newProgress begins to count time.
func newProgress(to io.Writer, now func() time.Time) *progress {
	start := now()
	return &progress{to: to, now: now, start: start, last: start, bar: isTerminal(to)}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show is called often, and shows something now and then.
func (p *progress) show(at graph.Progress) {
	now := p.now()
	every := everyLine
	if p.bar {
		every = everyBar
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	line := p.line(at, now.Sub(p.start))
	if !p.bar {
		fmt.Fprintln(p.to, line)
		return
	}
	full := int(at.Share() * barWidth)
	line = "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "] " + line
	p.draw(line)
}

// draw writes over what the bar has shown before.
func (p *progress) draw(line string) {
	_, _ = fmt.Fprint(p.to, "\r"+line+strings.Repeat(" ", max(0, p.wide-len(line))))
	p.wide = len(line)
}

// done takes the bar away.
func (p *progress) done() {
	if p.wide > 0 {
		p.draw("")
		_, _ = fmt.Fprint(p.to, "\r")
	}
}

// line says how far a load is:
//
//	[ 10s] reading: facts 120,400, 12.0k/s, 41 %, 14 s left
func (p *progress) line(at graph.Progress, passed time.Duration) string {
	seconds := passed.Seconds()
	line := fmt.Sprintf("[%3.0fs] %s: facts %s, %.1fk/s", seconds, at.Step, thousands(at.Facts), float64(at.Facts)/1000/seconds)
	share := at.Share()
	if at.All == 0 || share == 0 {
		return line
	}
	left := time.Duration(seconds * (1 - share) / share * float64(time.Second)).Round(time.Second)
	return line + fmt.Sprintf(", %.0f %%, %s left", share*100, roughly(left))
}

// roughly is a duration as "14 s", "3 min" or "2 h 5 min".
func roughly(d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// thousands parts a number by commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
