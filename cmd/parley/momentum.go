package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// momentum tells how the gap on each issue moved, from the day before one, else
// from thirty days before, to the day that is asked about.
func (q *inquiry) momentum(since graph.Time) (section, error) {
	if len(q.parties) == 1 {
		return section{}, usageError{errors.New("--momentum is of the gaps between parties: name two or more with --party, or none for all that the negotiation declares")}
	}
	query := q.pulseQuery()
	if since != graph.MinTime {
		query.During = graph.Interval{From: since, To: q.view.Day().To}
	}
	m, err := negotiation.MomentumOf(q.ctx, q.view, query)
	if err != nil {
		return section{}, err
	}
	s := section{name: "momentum", title: fmt.Sprintf("How gaps moved from %s to %s", day(m.From.From), day(m.To.From)),
		columns: []column{{"issue", "Issue", 26}, {"gap", "Gap", 0}, {"by", "By", 0}, {"before", "Before", 0}, {"after", "After", 0}, {"missing", "Missing", 44}}}
	slices.SortStableFunc(m.Issues, func(a, b negotiation.GapMove) int { return strings.Compare(q.name(a.Issue), q.name(b.Issue)) })
	for i := range m.Issues {
		g := &m.Issues[i]
		s.add(ids{"issue_id": g.Issue}, nil, q.name(g.Issue), string(g.Turn), by(g), string(g.Before.Zone), string(g.After.Zone), q.missing(g.After))
	}
	if len(s.rows) == 0 {
		s.none = q.empty("Momentum", negotiation.NoPosition)
	}
	return s, nil
}

// by is by how much a gap grew; blank where it has no measure.
func by(g *negotiation.GapMove) any {
	if !g.Measured {
		return blank{}
	}
	return fmt.Sprintf("%+g", g.By)
}

// missing lists of whom it is not known what they accept, and why; blank: of nobody.
func (q *inquiry) missing(g *negotiation.Gap) any {
	if len(g.Missing) == 0 {
		return blank{}
	}
	list := make([]string, len(g.Missing))
	for i, m := range g.Missing {
		list[i] = q.name(m.Party) + " " + string(m.Why)
	}
	return list
}
