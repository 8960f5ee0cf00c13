package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) positions() *cobra.Command {
	var only onlyFlags
	var since string
	var momentum bool
	cmd, f := p.asks(&cobra.Command{
		Use:   "positions",
		Short: "Show how the positions of a party or on an issue moved over time",
		Long: `Positions lists what was held, the oldest first on each issue, up to --on: also
what a later position took over from. The turn tells where a party's own word
leads from its word before; what others say of it has none. With --momentum the
gaps between the parties stand below: what they were before --since, else thirty
days before, and what became of them by --on, else by today.`,
	}, func(q *inquiry) (report, error) { return positionsOf(q, &only, since, momentum) })
	f.scopeFlags(cmd)
	only.add(cmd)
	cmd.Flags().BoolVar(&momentum, "momentum", false, "also how the gap between the parties moved on each issue")
	cmd.Flags().StringVar(&since, "since", "", "only what began on this day or later")
	return cmd
}

// positionsOf answers parley positions.
func positionsOf(q *inquiry, only *onlyFlags, since string, momentum bool) (report, error) {
	query := q.matrixQuery()
	from, err := sinceOf(since, q.view.Point().On)
	if err == nil {
		query.Only, err = only.read()
	}
	if err != nil {
		return report{}, usageError{err}
	}
	list, err := negotiation.Positions(q.ctx, q.view, query)
	if err != nil {
		return report{}, err
	}
	turns, err := q.turns()
	if err != nil {
		return report{}, err
	}
	s := section{name: "positions", columns: []column{{"issue", "Issue", 26}, {"party", "Party", 20}, {"since", "Since", 0}, {"stance", "Stance", 16},
		{"text", "In a line", 44}, {"voice", "Voice", 0}, {"turn", "Turn", 0}, {"said", "Said", 0}, {"denied", "Denied", 0}, {"predicted", "Predicted", 0}, {"roots", "Origins", 0}}}
	list = slices.DeleteFunc(list, func(p negotiation.Position) bool { return p.Start < from })
	slices.SortStableFunc(list, func(a, b negotiation.Position) int {
		return strings.Compare(q.name(a.Issue)+"\x00"+q.name(a.Holder), q.name(b.Issue)+"\x00"+q.name(b.Holder))
	})
	for i := range list {
		p := &list[i]
		s.add(ids{"id": p.ID, "issue_id": p.Issue, "party_id": p.Holder}, q.sources(p.Evidence),
			q.name(p.Issue), q.name(p.Holder), date(p.Start), p.Stance, q.gist(p), p.Voice.String(), turns[p.ID], date(p.Said),
			p.Denied, p.Predicted, len(p.Roots))
	}
	if len(s.rows) == 0 {
		s.none = q.empty("Positions", negotiation.NoPosition)
	}
	r := report{name: "positions", title: "Positions in " + q.name(q.negotiation), sections: []section{s}, whenever: true}
	if momentum {
		if s, err = q.momentum(from); err != nil {
			return report{}, err
		}
		r.sections = append(r.sections, s)
	}
	return r, nil
}

// sinceOf reads --since, which must not lie behind the day that is asked of.
func sinceOf(since string, on graph.Interval) (graph.Time, error) {
	if since == "" {
		return graph.MinTime, nil
	}
	i, err := graph.ParseOn(since)
	switch {
	case err != nil:
		return 0, fmt.Errorf("since: %w", err)
	case !on.IsZero() && i.From >= on.To:
		return 0, fmt.Errorf("--since %s is later than --on: give an earlier day", since)
	}
	return i.From, nil
}

func (q *inquiry) pulseQuery() *negotiation.PulseQuery {
	return &negotiation.PulseQuery{Negotiation: q.negotiation, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true}
}

// turns tells of each position in a party's own word where it leads; of the
// rest, that it leads nowhere.
func (q *inquiry) turns() (map[graph.EntityID]any, error) {
	pulse, err := negotiation.PulseOf(q.ctx, q.view, q.pulseQuery())
	by := map[graph.EntityID]any{}
	for _, m := range pulse.Movements {
		for i := range m.Moves {
			by[m.Moves[i].ID] = string(m.Moves[i].Turn)
		}
	}
	return by, err
}
