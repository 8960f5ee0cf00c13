package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is a whole run.
type report struct {
	Date    string  `json:"date"`
	Command string  `json:"command"`
	Machine machine `json:"machine"`
	Passes  int     `json:"passes"`
	Durable durable `json:"durable"`
	Sizes   []sized `json:"sizes"`
	Goals   []goals `json:"goals"`
}

// goals are those of one size.
type goals struct {
	Facts int    `json:"facts"` // 0: of several sizes
	Goals []goal `json:"goals"`
}

type machine struct {
	OS     string `json:"os"`
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	Go     string `json:"go"`
	Load   string `json:"load"` // average when the run began, where Linux tells it
}

func thisMachine() machine {
	m := machine{OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version()}
	m.CPU = field("/proc/cpuinfo", "model name")
	m.Memory = field("/proc/meminfo", "MemTotal")
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(text), " ")
	}
	return m
}

// field is the first value of that name in a file of lines "name: value", or "".
func field(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func newReport(passes int) *report {
	return &report{Date: time.Now().UTC().Format(time.DateOnly), Command: commandLine(), Machine: thisMachine(), Passes: passes}
}

// commandLine is how to get the same again; where files lie does not matter.
func commandLine() string {
	line := "go run ."
	flag.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"n", "size", "passes", "peers", "queries"}, f.Name) {
			line += " -" + f.Name + " " + f.Value.String()
		}
	})
	return line
}

// judge adds ratios and goals.
func (r *report) judge() {
	for _, s := range r.Sizes {
		b := book{sized: s}
		for i := range s.Timings {
			t := &s.Timings[i]
			if own := b.timing(t.Kind, "parley"); own.N > 0 {
				t.Times50, t.Times99 = t.P50/own.P50, t.P99/own.P99
			}
		}
		r.Goals = append(r.Goals, goals{s.Facts, goalsOf(s, r.Durable)})
	}
	if list := growth(r.Sizes); len(list) > 0 {
		r.Goals = append(r.Goals, goals{0, list})
	}
}

func (r *report) json(w io.Writer) {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		fmt.Fprintln(w, err)
	}
}

// readReport reads what json has written.
func readReport(name string) (*report, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &r, nil
}

// text writes each question as one line for each peer, with how many times
// Parley's time that is, and then the goals.
func text(w io.Writer, r *report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := range r.Sizes {
		b := book{sized: r.Sizes[i]}
		fmt.Fprintf(t, "\n%s facts\tp50 µs\t× Parley\tp99 µs\t× Parley\tCPU µs\t× Parley\n", facts(b.Facts))
		for _, m := range b.Timings {
			own := b.timing(m.Kind, "parley")
			fmt.Fprintf(t, "%s %s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Kind, m.Peer, figure(m.P50), figure(m.Times50), figure(m.P99), figure(m.Times99), figure(m.CPU), figure(m.CPU/own.CPU))
		}
	}
	for _, g := range r.Goals {
		fmt.Fprintf(t, "\ngoals, %s facts\treached\tfirst\tthen\n", facts(g.Facts))
		for _, l := range g.Goals {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", l.What, l.reached(), l.First, l.Then)
		}
	}
	return t.Flush()
}

// markdown writes the report as a page.
func (r *report) markdown(w io.Writer) {
	p := page{w}
	p.line("# Results")
	p.line("")
	p.line("Printed by `%s` in this folder, on %s. What is asked, and of whom: [README.md](README.md).", r.Command, r.Date)
	p.line("Times are microseconds, medians of %d passes. Compare figures of one run with each other, not with other runs.", r.Passes)
	p.line("")
	m := r.Machine
	p.line("Machine: %s, %s, %d cores, memory %s, %s; load average when the run began: %s.", m.OS, m.CPU, m.Cores, m.Memory, m.Go, m.Load)
	for i := range r.Sizes {
		p.size(&r.Sizes[i])
	}
	p.writes(&r.Durable)
	for _, g := range r.Goals {
		p.goals(&g)
	}
	p.losses(r)
}

type page struct{ io.Writer }

func (p page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// table writes a table whose first row is its head.
func (p page) table(rows [][]string) {
	p.line("")
	for i, r := range rows {
		p.line("| %s |", strings.Join(r, " | "))
		if i == 0 {
			p.line("|%s", strings.Repeat("---|", len(r)))
		}
	}
}

func (p page) size(s *sized) {
	p.line("")
	p.line("## %s facts", facts(s.Facts))
	p.loads("L: from files until it can be asked", s.Loads)
	p.timings(s, plainKinds, "p50 / p99 (processor time for each question) = times Parley's")
	p.timings(s, []kind{served1, served8}, "over HTTP: requests/s, and p50 / p99")
	if s.Clocked > 0 {
		p.line("")
		p.line("### Two clocks, %s facts", facts(s.Clocked))
		p.line("")
		p.line("5 %% of the facts last, 5 %% are corrected, and of 5 %% one row does not tell all. The peers have four columns of time.")
		for _, name := range s.Missing {
			p.line("%s: not installed.", name)
		}
		p.loads("", s.ClockLoads)
		p.timings(s, clockKinds, "p50 / p99 (processor time for each question) = times Parley's")
	}
	p.families(s)
}

func (p page) loads(title string, list []loaded) {
	rows := [][]string{{title, "facts/s", "processor time for each fact, µs", "B/fact on disk", "peak memory, MiB"}}
	for _, l := range list {
		rate, used, peak := thousands(fmt.Sprintf("%.0f", l.Rate)), figure(l.CPU*1e6/float64(l.Facts)), fmt.Sprint(l.Peak>>20)
		if l.Reused {
			rate, used = "loaded earlier", "–"
		}
		if l.Peak == 0 {
			peak = "–"
		}
		rows = append(rows, []string{l.Peer, rate, used, figure(l.PerFact), peak})
	}
	if len(list) > 0 {
		p.table(rows)
	}
}

// timings writes a table of kinds by peers, in the order in which they were timed.
func (p page) timings(s *sized, kinds []kind, title string) {
	var peers []string
	cells := map[string]string{}
	for _, t := range s.Timings {
		if !slices.Contains(kinds, t.Kind) {
			continue
		}
		if !slices.Contains(peers, t.Peer) {
			peers = append(peers, t.Peer)
		}
		cells[string(t.Kind)+t.Peer] = t.cell()
	}
	if len(peers) == 0 {
		return
	}
	rows := [][]string{append([]string{title}, peers...)}
	for _, k := range kinds {
		row := []string{fmt.Sprintf("**%s** %s", k, asked[k])}
		for _, name := range peers {
			row = append(row, cells[string(k)+name])
		}
		rows = append(rows, row)
	}
	p.table(rows)
}

func (t timing) cell() string {
	if t.Kind == served1 || t.Kind == served8 {
		return fmt.Sprintf("%s/s, %s / %s", figure(t.Rate), figure(t.P50), figure(t.P99))
	}
	text := fmt.Sprintf("%s / %s (%s)", figure(t.P50), figure(t.P99), figure(t.CPU))
	if t.Peer == "parley" || t.Times50 == 0 {
		return text
	}
	return fmt.Sprintf("%s = %s / %s ×", text, figure(t.Times50), figure(t.Times99))
}

func (p page) families(s *sized) {
	if len(s.Floors.Families) == 0 {
		return
	}
	p.line("")
	p.line("Below Parley's store: R1 = %s µs for a key, R2 = %s µs for a seek. Its rows:", figure(s.Floors.Key), figure(s.Floors.Seek))
	rows := [][]string{{"family", "rows", "rows for each fact", "bytes of a key", "bytes of a value"}}
	for _, f := range s.Floors.Families {
		n := float64(f.Rows)
		rows = append(rows, []string{"`" + f.Name + "`", thousands(fmt.Sprint(f.Rows)), figure(n / float64(s.Facts)), figure(float64(f.Keys) / n), figure(float64(f.Values) / n)})
	}
	p.table(rows)
}

func (p page) writes(d *durable) {
	if d.Sync == 0 {
		return
	}
	p.line("")
	p.line("## Durable writes")
	p.line("")
	p.line("R3, an append of 1 KiB brought to the disk: %s µs. One transaction: p50 %s µs. 16 writers: %s transactions/s; Badger's SyncWrites with as many rows of as many bytes: %s/s. Medians of %d passes, in turns.",
		figure(d.Sync), figure(d.One), figure(d.Many), figure(d.Engine), writePasses)
}

func (p page) goals(g *goals) {
	p.line("")
	if g.Facts == 0 {
		p.line("## Growth")
	} else {
		p.line("## Goals at %s facts", facts(g.Facts))
	}
	rows := [][]string{{"", "reached", "first", "then"}}
	for _, l := range g.Goals {
		rows = append(rows, []string{l.What, l.reached(), l.First.String(), l.Then.String()})
	}
	p.table(rows)
}

// reached is the figure, with a mark where it falls short of the first goal.
func (g *goal) reached() string {
	text := figure(g.Reached) + " " + g.Unit
	if g.First.Bound != 0 && !g.First.met(g.Reached) {
		return "**" + text + "**"
	}
	return text
}

// losses lists where another peer is faster, or smaller.
func (p page) losses(r *report) {
	p.line("")
	p.line("## Where Parley loses")
	p.line("")
	n := 0
	for i := range r.Sizes {
		for _, l := range r.Sizes[i].losses() {
			p.line("- %s facts: %s", facts(r.Sizes[i].Facts), l)
			n++
		}
	}
	if n == 0 {
		p.line("Nowhere, in this run.")
	}
}

func (s *sized) losses() (list []string) {
	b := book{sized: *s}
	for _, k := range slices.Concat(plainKinds, []kind{served1, served8}, clockKinds) {
		own := b.timing(k, "parley")
		var lost []string
		for _, p := range []percentile{p50, p99} {
			if times := p.of(own) / b.best(k, p.of); times >= lossFrom {
				lost = append(lost, fmt.Sprintf("%s × at %s", figure(times), p.name))
			}
		}
		if len(lost) > 0 {
			list = append(list, fmt.Sprintf("**%s** takes %s of what the best of the others takes", k, strings.Join(lost, " and ")))
		}
	}
	own := loadOf(s.Loads, "parley")
	for _, l := range s.Loads {
		if own.Rate < l.Rate && !l.Reused {
			list = append(list, fmt.Sprintf("**L** takes %s × the time of %s", figure(l.Rate/own.Rate), l.Peer))
		}
		if own.PerFact > l.PerFact {
			list = append(list, fmt.Sprintf("the store has %s × the bytes of %s's", figure(own.PerFact/l.PerFact), l.Peer))
		}
	}
	return list
}

// lossFrom is how many times another peer's time is no longer a tie.
const lossFrom = 1.05

// percentile is one of the two that are compared.
type percentile struct {
	name string
	of   func(timing) float64
}

var (
	p50 = percentile{"p50", func(t timing) float64 { return t.P50 }}
	p99 = percentile{"p99", func(t timing) float64 { return t.P99 }}
)
