package gqlschema

import (
	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph/negotiation"
)

// disagreement is what the type Disagreement resolves from.
type disagreement struct {
	*found
	*negotiation.Dispute
}

func (b *builder) disagreementType() *graphql.Object {
	return b.answerType("Disagreement", "Two positions or contacts that contradict each other, or one that is denied.", func() graphql.Fields {
		return graphql.Fields{
			"one":       field(must(b.entity), "", plain(func(d disagreement) any { return d.node(d.One) })),
			"other":     field(b.entity, "Nothing where the first one is denied.", plain(func(d disagreement) any { return d.node(d.Other) })),
			"why":       field(must(b.conflictKindEnum()), "", plain(func(d disagreement) any { return word(d.Why) })),
			"judgement": field(b.entity, "By which somebody says so; nothing where it is computed.", plain(func(d disagreement) any { return d.node(d.Judgement) })),
		}
	})
}

// disagree notes what disputes name.
func (f *found) disagree(list []negotiation.Dispute) {
	for _, d := range list {
		f.name(d.One, d.Other, d.Judgement)
	}
}

func (f *found) disagreements(list []negotiation.Dispute) any {
	all := make([]disagreement, len(list))
	for i := range list {
		all[i] = disagreement{f, &list[i]}
	}
	return all
}
