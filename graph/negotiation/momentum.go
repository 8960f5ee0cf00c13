package negotiation

import (
	"context"
	"fmt"

	"github.com/parleydb/parley/graph"
)

// Momentum is how the gaps between parties moved from one day to another, by
// what is known at one point.
type Momentum struct {
	From, To graph.Interval // the days that are compared
	Before   Gaps           // on the first day, of the same parties and issues
	After    Gaps
	Issues   []GapMove // by id
}

// GapMove is how the gap on one issue moved.
type GapMove struct {
	Issue         graph.EntityID
	Turn          GapTurn
	By            float64 // by how much the distance of the closest pair that accepts nothing in common grew, where Measured
	Measured      bool
	Before, After *Gap
}

// GapTurn is where the gap on an issue moved to.
type GapTurn string

// The turns, the first that fits.
const (
	GapClosed   GapTurn = "CLOSED"   // all accept something in common, which they did not
	GapReopened GapTurn = "REOPENED" // they accepted something in common, and do no more
	GapNarrowed GapTurn = "NARROWED" // the closest pair that accepts nothing in common is closer than the closest one was
	GapWidened  GapTurn = "WIDENED"
	GapUnmoved  GapTurn = "UNMOVED"
	GapUnknown  GapTurn = "UNKNOWN" // on one of the days there is no distance that could be measured
)

// MomentumOf compares the gaps at the view's point, or at the end of During if
// that is earlier, with those of the day before During; without During, with
// those of thirty days before, for as long as a word counts as fresh. The
// parties whose agreement is needed are those of GapsOf, on the later day.
func MomentumOf(ctx context.Context, v graph.View, q *PulseQuery) (Momentum, error) {
	if q == nil {
		q = &PulseQuery{}
	}
	asked := *q
	err := ask(ctx, v).part(&asked.Negotiation, &asked.Issues, &asked.Parties)
	var m Momentum
	if err == nil {
		m, err = momentum(ctx, v.On(v.Day()), &asked)
	}
	if err != nil {
		return Momentum{}, fmt.Errorf("negotiation: momentum: %w", err)
	}
	return m, nil
}

func momentum(ctx context.Context, v graph.View, q *PulseQuery) (m Momentum, err error) {
	if m.From, m.To, err = q.days(v.Point().On); err != nil {
		return m, err
	}
	gq := GapQuery{Negotiation: q.Negotiation, Issues: q.Issues, Parties: q.Parties, RollUp: q.RollUp, MinRank: q.MinRank, Ranked: q.Ranked}
	if m.After, err = gapsOn(ctx, v.On(m.To), gq); err != nil || len(m.After.Issues) == 0 {
		return m, err
	}
	gq.Negotiation, gq.Parties, gq.Issues = graph.EntityID{}, m.After.Parties, nil
	for i := range m.After.Issues {
		gq.Issues = append(gq.Issues, m.After.Issues[i].Issue)
	}
	if m.Before, err = gapsOn(ctx, v.On(m.From), gq); err != nil {
		return m, err
	}
	for i := range m.After.Issues {
		m.Issues = append(m.Issues, moved(&m.Before.Issues[i], &m.After.Issues[i]))
	}
	return m, nil
}

func gapsOn(ctx context.Context, v graph.View, q GapQuery) (Gaps, error) {
	r := gapReading{ctx: ctx, v: v, q: &q}
	if err := r.read(); err != nil {
		return Gaps{}, err
	}
	return r.gaps(), nil
}

// days are the two that are compared.
func (q *PulseQuery) days(on graph.Interval) (from, to graph.Interval, err error) {
	to = on
	start := on.To - day - halfLifeDays*day
	if !q.During.IsZero() {
		start = q.During.From - day
		if q.During.To < on.To {
			to = graph.Interval{From: q.During.To - day, To: q.During.To}
		}
	}
	switch {
	case q.During.From == graph.MinTime && !q.During.IsZero():
		err = fmt.Errorf("%w: the interval has no beginning, before which a gap could be measured: give one", graph.ErrValue)
	case start+day >= to.To:
		err = fmt.Errorf("%w: the interval begins on %s, behind the day that is asked about", graph.ErrValue, q.During.From)
	}
	return graph.Interval{From: start, To: start + day}, to, err
}

// moved compares two gaps: pure.
func moved(before, after *Gap) GapMove {
	m := GapMove{Issue: after.Issue, Before: before, After: after, Turn: GapUnknown}
	was, measuredBefore := before.closest()
	is, measured := after.closest()
	switch {
	case before.Zone != NonEmpty && after.Zone == NonEmpty:
		m.Turn = GapClosed
	case before.Zone == NonEmpty && after.Zone != NonEmpty:
		m.Turn = GapReopened
	case after.Zone == NonEmpty:
		m.Turn = GapUnmoved
	case measured && measuredBefore:
		m.By, m.Measured = is-was, true
		m.Turn = sign(m.By)
	}
	return m
}

func sign(by float64) GapTurn {
	switch {
	case by < 0:
		return GapNarrowed
	case by > 0:
		return GapWidened
	}
	return GapUnmoved
}

// closest is the distance of the closest pair that accepts nothing in common.
func (g *Gap) closest() (amount float64, measured bool) {
	if len(g.Apart) == 0 || !g.Apart[0].Measured {
		return 0, false
	}
	return g.Apart[0].Amount, true
}
