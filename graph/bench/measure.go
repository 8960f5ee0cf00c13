package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// peer answers questions, one at a time.
type peer interface {
	// ask is timed. The answer stays with the peer until the next question.
	ask(ctx context.Context, k kind, q *query) error
	// answer puts what was answered last in words, which are the same for all peers.
	answer(k kind) []string
	close() error
}

// timing is how long questions of a kind took one peer, in microseconds: the
// median over passes of each pass's percentile.
type timing struct {
	Kind kind    `json:"kind"`
	Peer string  `json:"peer"`
	N    int     `json:"n"`
	P50  float64 `json:"p50_us"`
	P99  float64 `json:"p99_us"`
	Rate float64 `json:"per_s"`
	// Times50 and Times99 are how many times Parley's; 0: Parley was not asked.
	Times50 float64 `json:"p50_times_parley,omitempty"`
	Times99 float64 `json:"p99_times_parley,omitempty"`
	CPU     float64 `json:"cpu_us"` // processor time of the whole process per question, garbage collection included
}

// contender is a peer and its name in tables. What is served over HTTP has a
// peer for each client.
type contender struct {
	name  string
	peers []peer
}

func one(name string, p peer) contender { return contender{name, []peer{p}} }

// duel asks all peers all questions of one kind: first once, comparing the
// answers with what they are to be, then in timed passes, the peers in turn,
// so that what slows the machine down for a while slows all of them.
func duel(ctx context.Context, k kind, qs []query, want []uint64, list []contender, passes int) ([]timing, error) {
	for _, c := range list {
		if err := verify(ctx, k, qs, want, c); err != nil {
			return nil, err
		}
	}
	samples := make([][]sample, len(list))
	for range passes {
		for i, c := range list {
			runtime.GC()
			s, err := pass(ctx, k, qs, c)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.name, k, err)
			}
			samples[i] = append(samples[i], s)
		}
	}
	timings := make([]timing, len(list))
	for i, c := range list {
		timings[i] = middle(samples[i])
		timings[i].Kind, timings[i].Peer, timings[i].N = k, c.name, len(qs)
	}
	return timings, nil
}

// answers are the digests of a peer's answers.
func answers(ctx context.Context, k kind, qs []query, p peer) ([]uint64, error) {
	list := make([]uint64, len(qs))
	for i := range qs {
		if err := p.ask(ctx, k, &qs[i]); err != nil {
			return nil, err
		}
		list[i] = digest(p.answer(k))
	}
	return list, nil
}

func verify(ctx context.Context, k kind, qs []query, want []uint64, c contender) error {
	p := c.peers[0]
	for i := range qs {
		if err := p.ask(ctx, k, &qs[i]); err != nil {
			return fmt.Errorf("%s: question %d of %s, %+v: %w", c.name, i, k, qs[i], err)
		}
		if lines := p.answer(k); digest(lines) != want[i] {
			return fmt.Errorf("%s: question %d of %s, %+v: not the answer of the others: %q", c.name, i, k, qs[i], lines)
		}
	}
	return nil
}

// sample is one pass.
type sample struct{ p50, p99, rate, cpu float64 }

// pass asks all questions: the peers of a contender take them in turn.
func pass(ctx context.Context, k kind, qs []query, c contender) (sample, error) {
	took := make([]time.Duration, len(qs))
	failed := make([]error, len(c.peers))
	var next atomic.Int64
	var all sync.WaitGroup
	begin, used := time.Now(), cpu()
	for w, p := range c.peers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(qs)) && failed[w] == nil; i = next.Add(1) - 1 {
				start := time.Now()
				failed[w] = p.ask(ctx, k, &qs[i])
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	s := sampleOf(took, time.Since(begin))
	s.cpu = micro(cpu()-used) / float64(len(qs))
	return s, errors.Join(failed...)
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func sampleOf(took []time.Duration, whole time.Duration) sample {
	slices.Sort(took)
	at := func(percent int) float64 { return micro(took[min(len(took)-1, len(took)*percent/100)]) }
	return sample{p50: at(50), p99: at(99), rate: float64(len(took)) / whole.Seconds()}
}

// middle is the median over passes of each figure.
func middle(list []sample) timing {
	of := func(get func(sample) float64) float64 {
		values := make([]float64, len(list))
		for i, s := range list {
			values[i] = get(s)
		}
		return median(values)
	}
	return timing{
		P50:  of(func(s sample) float64 { return s.p50 }),
		P99:  of(func(s sample) float64 { return s.p99 }),
		Rate: of(func(s sample) float64 { return s.rate }),
		CPU:  of(func(s sample) float64 { return s.cpu }),
	}
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}
