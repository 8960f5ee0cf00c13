package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"
	"time"
)

// clocks measures the world with two clocks.
func (r *runner) clocks(ctx context.Context) (err error) {
	if !r.asksAny(clockKinds...) {
		return nil
	}
	n := min(r.done.Facts, mostClocks)
	o, err := ontology()
	if err != nil {
		return err
	}
	h := newHistory(n, relationNames(o), tieNames(o))
	r.names, r.load, r.done.Clocked = h.names(), h.questions(r.share), n
	m := newClockMemory(h)
	for _, k := range clockKinds {
		if r.want[k], err = answers(ctx, k, r.load[k], m); err != nil {
			return err
		}
	}
	list, err := r.clockPeers(ctx, h)
	for _, c := range list {
		defer ending(&err, c.peers[0].close)
	}
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // what the loads needed
	for _, k := range clockKinds {
		if err := r.duel(ctx, k, list); err != nil {
			return err
		}
	}
	return nil
}

// mostClocks is how many facts the world with two clocks has at most.
const mostClocks = 1_000_000

// clockPeers loads the history into all peers and opens them.
func (r *runner) clockPeers(ctx context.Context, h *history) (list []contender, err error) {
	if chosen(r.peers, "parley") {
		dir := r.store("parley-clocks")
		p, err := r.clockPeer("parley", dir, func() error { return h.loadParley(ctx, dir) },
			func() (peer, error) { return newClockPeer(ctx, dir, r.names) })
		if err != nil {
			return list, err
		}
		list = append(list, p)
	}
	for _, l := range libraries() {
		if !chosen(r.peers, l.name) {
			continue
		}
		dir := r.store(l.name + "-clocks")
		p, err := r.clockPeer(l.name, dir, func() error { return l.loadClocks(ctx, h, dir) },
			func() (peer, error) { return l.clockPeer(ctx, dir, r.names) })
		if err != nil {
			return list, err
		}
		list = append(list, p)
	}
	if !chosen(r.peers, "postgres") {
		return list, nil
	}
	p, err := r.postgres(ctx, h)
	if err == nil && p != nil {
		list = append(list, *p)
	}
	return list, err
}

func (r *runner) clockPeer(name, dir string, load func() error, open func() (peer, error)) (contender, error) {
	l := loaded{Peer: name, Facts: r.done.Clocked, Reused: r.reuse && exists(dir)}
	if !l.Reused {
		start, used := time.Now(), cpu()
		if err := load(); err != nil {
			return contender{}, err
		}
		l.Seconds, l.CPU = time.Since(start).Seconds(), (cpu() - used).Seconds()
	}
	l, err := l.sized(dir)
	if err != nil {
		return contender{}, err
	}
	r.say("%s: loaded with two clocks in %.1f s, %.0f B/fact", name, l.Seconds, l.PerFact)
	r.done.ClockLoads = append(r.done.ClockLoads, l)
	p, err := open()
	return one(name, p), err
}

// postgres loads and opens PostgreSQL where it is installed.
func (r *runner) postgres(ctx context.Context, h *history) (*contender, error) {
	bin := postgresBin()
	if bin == "" {
		r.say("postgres: not installed")
		r.done.Missing = append(r.done.Missing, "postgres")
		return nil, nil
	}
	c, err := startCluster(ctx, bin)
	if err != nil {
		return nil, err
	}
	p, err := r.clockPeer("postgres", filepath.Join(c.data(), "base"), func() error { return c.loadClocks(ctx, h) },
		func() (peer, error) { return c.peer(ctx, r.names) })
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return &p, nil
}
