package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// settings are what the flags say.
type settings struct {
	sizes   []int
	share   float64 // of the questions that are asked at full size
	passes  int
	peers   []string // none: all
	kinds   []string // none: all
	dir     string
	reuse   bool
	profile string // folder
	log     io.Writer
}

func chosen(list []string, name string) bool {
	if len(list) == 0 {
		return true
	}
	for _, l := range list {
		if strings.EqualFold(l, name) {
			return true
		}
	}
	return false
}

// say tells how far the run is.
func (s *settings) say(format string, args ...any) {
	fmt.Fprintf(s.log, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}

// sized is what was measured over one number of facts.
type sized struct {
	Facts   int      `json:"facts"`
	Actors  int      `json:"actors"`
	Busiest int      `json:"busiest"` // facts in which the busiest actor takes part
	Loads   []loaded `json:"loads"`
	Timings []timing `json:"timings"`
	// Work is what all questions of a kind take: entities expanded by N2,
	// relations counted by A.
	Work    map[kind]int `json:"work"`
	Floors  floors       `json:"floors"`
	Opening opening      `json:"opening"`

	Clocked    int      `json:"clocked"` // facts of the world with two clocks
	ClockLoads []loaded `json:"clock_loads"`
	Missing    []string `json:"missing"` // peers that are not installed
	Own        loaded   `json:"own"`     // claims that have an assertion each
}

// runner measures one size.
type runner struct {
	*settings
	dir   string
	names *names
	load  workload
	want  map[kind][]uint64
	done  sized
}

func (s *settings) run(ctx context.Context, n int) (sized, error) {
	r := &runner{settings: s, dir: filepath.Join(s.dir, fmt.Sprint(n)), want: map[kind][]uint64{}, done: sized{Work: map[kind]int{}}}
	if err := r.prepare(ctx, n); err != nil {
		return r.done, err
	}
	for _, step := range []func(context.Context) error{r.loadAll, r.plain, r.overHTTP, r.clocks, r.own, r.below} {
		if err := step(ctx); err != nil {
			return r.done, err
		}
	}
	return r.done, nil
}

// prepare writes the files and finds out what the answers are to be.
func (r *runner) prepare(ctx context.Context, n int) error {
	o, err := ontology()
	if err != nil {
		return err
	}
	r.say("%d facts: generating", n)
	w := newWorld(n, relationNames(o))
	r.names, r.load = w.names(), w.questions(r.share)
	r.done.Facts, r.done.Actors = n, len(w.actors)
	if err := r.write(w); err != nil {
		return err
	}
	m := newMemoryPeer(w)
	busiest := w.busiest(1)[0]
	r.done.Busiest = int(m.start[busiest+1] - m.start[busiest])
	for _, k := range plainKinds {
		m.work = 0
		if r.want[k], err = answers(ctx, k, r.load[k], m); err != nil {
			return err
		}
		r.done.Work[k] = m.work
		if err := r.duel(ctx, k, []contender{one("memory", m)}); err != nil {
			return err
		}
	}
	r.want[served1], r.want[served8] = r.want[named], r.want[named]
	return nil
}

func (r *runner) asks(k kind) bool { return chosen(r.kinds, string(k)) }

func (r *runner) asksAny(list ...kind) bool { return slices.ContainsFunc(list, r.asks) }

func (r *runner) data() string { return filepath.Join(r.dir, "data") }

func (r *runner) store(peer string) string { return filepath.Join(r.dir, peer) }

func (r *runner) write(w *world) error {
	if r.reuse && exists(filepath.Join(r.data(), quadsFile)) {
		return nil
	}
	if err := os.MkdirAll(r.data(), 0o755); err != nil {
		return err
	}
	return w.write(r.data())
}

// embedded are the peers that keep a store of their own.
func (r *runner) embedded() (list []string) {
	if chosen(r.peers, "parley") {
		list = append(list, "parley")
	}
	for _, l := range libraries() {
		if chosen(r.peers, l.name) {
			list = append(list, l.name)
		}
	}
	return list
}

func (r *runner) loadAll(ctx context.Context) error {
	for _, name := range r.embedded() {
		l, err := r.loadOne(ctx, name, r.data(), r.done.Facts)
		if err != nil {
			return err
		}
		r.done.Loads = append(r.done.Loads, l)
	}
	return nil
}

func (r *runner) loadOne(ctx context.Context, name, data string, facts int) (loaded, error) {
	dir := r.store(name)
	if r.reuse && exists(dir) {
		return loaded{Peer: name, Facts: facts, Reused: true}.sized(dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		return loaded{}, err
	}
	l, err := load(ctx, name, data, dir, facts)
	if err == nil {
		r.say("%s: loaded in %.1f s, %.0f facts/s, %.0f B/fact, %d MiB", name, l.Seconds, l.Rate, l.PerFact, l.Peak>>20)
	}
	return l, err
}

// plain asks the questions without clocks.
func (r *runner) plain(ctx context.Context) (err error) {
	var list []contender
	for _, name := range r.embedded() {
		p, err := r.open(ctx, name)
		if err != nil {
			return err
		}
		defer ending(&err, p.close)
		list = append(list, one(name, p))
	}
	for _, k := range plainKinds {
		if err := r.duel(ctx, k, list); err != nil {
			return err
		}
	}
	return nil
}

// ending closes something when a function returns, and adds what goes wrong.
func ending(err *error, close func() error) { *err = errors.Join(*err, close()) }

func (r *runner) open(ctx context.Context, name string) (peer, error) {
	if name == "parley" {
		return newParleyPeer(ctx, r.store(name), r.names)
	}
	l, err := libraryOf(name)
	if err != nil {
		return nil, err
	}
	return l.peer(ctx, r.store(name), r.names)
}

// overHTTP asks the servers, with eight clients and with one.
func (r *runner) overHTTP(ctx context.Context) (err error) {
	if !r.asksAny(served1, served8) {
		return nil
	}
	var eight, single []contender
	for _, name := range r.embedded() {
		s, err := serveStore(ctx, name, r.store(name))
		if err != nil {
			return err
		}
		defer ending(&err, s.stop)
		c := contender{s.name, s.clients(r.names)}
		eight, single = append(eight, c), append(single, one(c.name, c.peers[0]))
	}
	return errors.Join(r.duel(ctx, served1, single), r.duel(ctx, served8, eight))
}

func (r *runner) duel(ctx context.Context, k kind, list []contender) error {
	if !r.asks(k) || len(list) == 0 {
		return nil
	}
	ts, err := duel(ctx, k, r.load[k], r.want[k], list, r.passes)
	if err != nil {
		return err
	}
	for _, t := range ts {
		r.say("%-8s %-12s p50 %10.1f us, p99 %10.1f us, %10.0f/s, %8.1f us of CPU", k, t.Peer, t.P50, t.P99, t.Rate, t.CPU)
	}
	r.done.Timings = append(r.done.Timings, ts...)
	if r.profile == "" {
		return nil
	}
	return r.record(ctx, k, list)
}

// mostOwn is how many claims with an assertion each are loaded at most.
const mostOwn = 100_000

// own loads facts of which each has an assertion of its own, for their size.
func (r *runner) own(ctx context.Context) error {
	if !chosen(r.peers, "parley") || len(r.kinds) > 0 {
		return nil
	}
	n, dir := min(r.done.Facts, mostOwn), r.store("parley-own")
	r.done.Own = loaded{Peer: "parley", Facts: n, Reused: r.reuse && exists(dir)}
	if !r.done.Own.Reused {
		h, err := ownHistory(n)
		if err != nil {
			return err
		}
		start := time.Now()
		if err := h.loadParley(ctx, dir); err != nil {
			return err
		}
		r.done.Own.Seconds = time.Since(start).Seconds()
	}
	var err error
	r.done.Own, err = r.done.Own.sized(dir)
	r.say("parley: claims with an assertion each: %.0f B", r.done.Own.PerFact)
	return err
}

// below measures the engine below Parley's store, and how long that takes to open.
func (r *runner) below(ctx context.Context) (err error) {
	if !chosen(r.peers, "parley") || len(r.kinds) > 0 {
		return nil
	}
	if r.done.Floors, err = readFloors(r.store("parley")); err != nil {
		return err
	}
	r.say("engine: %.3f us a key, %.2f us a seek", r.done.Floors.Key, r.done.Floors.Seek)
	r.done.Opening, err = measureOpening(ctx, r.store("parley"))
	r.say("open: %.1f ms, %.1f ms after a kill", r.done.Opening.Clean, r.done.Opening.Killed)
	return err
}

// longEnough is how long a profile is taken.
const longEnough = 5 * time.Second

// record takes a CPU profile of Parley's answers.
func (r *runner) record(ctx context.Context, k kind, list []contender) error {
	for _, c := range list {
		if c.name != "parley" {
			continue
		}
		f, err := os.Create(filepath.Join(r.profile, fmt.Sprintf("%s-%d.pprof", k, r.done.Facts)))
		if err != nil {
			return err
		}
		runtime.GC()
		if err := pprof.StartCPUProfile(f); err != nil {
			return errors.Join(err, f.Close())
		}
		for start := time.Now(); time.Since(start) < longEnough && err == nil; {
			_, err = pass(ctx, k, r.load[k], c)
		}
		pprof.StopCPUProfile()
		return errors.Join(err, f.Close())
	}
	return nil
}
