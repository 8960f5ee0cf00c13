package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph/negotiation"
)

// momentum is what the type Momentum resolves from, and gapMove one of its issues.
type momentum struct {
	negotiation.Momentum
	before, after *gaps
}

type gapMove struct {
	*momentum
	*negotiation.GapMove
}

func (b *builder) momentumType() *graphql.Object {
	return b.answerType("Momentum", "How the gaps between parties moved from one day to another.", func() graphql.Fields {
		return graphql.Fields{
			"from":    field(dateTime, "The first day: that before the interval; without one, thirty days before.", plain(func(m *momentum) any { return instant(m.From.From) })),
			"to":      field(dateTime, "The day that is asked about, or the interval's last if that is earlier.", plain(func(m *momentum) any { return instant(m.To.From) })),
			"parties": field(listOf(b.typeNamed(kindActor)), "Whose agreement is needed.", plain(func(m *momentum) any { return m.after.nodes(m.after.Parties) })),
			"issues":  field(listOf(b.gapMoveType()), "", plain((*momentum).moves)),
		}
	})
}

func (b *builder) gapMoveType() *graphql.Object {
	return b.answerType("GapMove", "How the gap on one issue moved.", func() graphql.Fields {
		return graphql.Fields{
			"issue":  field(must(b.typeNamed(kindIssue)), "", plain(func(m gapMove) any { return m.after.node(m.Issue) })),
			"turn":   field(must(b.gapTurnEnum()), "", plain(func(m gapMove) any { return word(m.Turn) })),
			"by":     field(graphql.Float, "By how much the distance of the closest pair that accepts nothing in common grew; nothing where it has no measure.", plain(gapMove.by)),
			"before": field(must(b.gapType()), "On the first day.", plain(func(m gapMove) any { return gap{m.before, m.GapMove.Before} })),
			"after":  field(must(b.gapType()), "", plain(func(m gapMove) any { return gap{m.after, m.GapMove.After} })),
		}
	})
}

func (b *builder) gapTurnEnum() *graphql.Enum {
	return enumOfOnce(b, "GapTurn", "Where the gap on an issue moved to.",
		enumValue{"CLOSED", "CLOSED", "All accept something in common, which they did not."},
		enumValue{"REOPENED", "REOPENED", "They accepted something in common, and do no more."},
		enumValue{"NARROWED", "NARROWED", ""},
		enumValue{"WIDENED", "WIDENED", ""},
		enumValue{"UNMOVED", "UNMOVED", ""},
		enumValue{"UNKNOWN", "UNKNOWN", "On one of the days there is no distance that could be measured."})
}

// momentum compares gaps for a pulse, of which this is asked.
func (p *pulse) momentum(ctx context.Context) (any, error) {
	found, err := negotiation.MomentumOf(ctx, p.talk.view, p.query)
	if err != nil {
		return nil, err
	}
	then, now := *p.talk, *p.talk
	then.view, now.view = then.view.On(found.From), now.view.On(found.To)
	return &momentum{found, then.gaps(found.Before), now.gaps(found.After)}, nil
}

func (m *momentum) moves() any {
	all := make([]gapMove, len(m.Issues))
	for i := range all {
		all[i] = gapMove{m, &m.Issues[i]}
	}
	return all
}

func (m gapMove) by() any {
	if !m.Measured {
		return nil
	}
	return m.By
}
