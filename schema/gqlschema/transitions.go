package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// transition is what the type Transition resolves from.
type transition struct {
	*found
	*negotiation.Transition
}

func (b *builder) transitionsAnswer() answer {
	return b.stepsAnswer("transitions", "Steps from one state to another, the earliest first, computed from who said what state when.", negotiation.Transitions)
}

func (b *builder) anomaliesAnswer() answer {
	return b.stepsAnswer("anomalies", "Steps that the machines do not know, the earliest first. They are kept, and flagged.", negotiation.Anomalies)
}

type stepReader func(context.Context, graph.View, *negotiation.TransitionQuery) ([]negotiation.Transition, error)

func (b *builder) stepsAnswer(name, doc string, read stepReader) answer {
	args := b.talkArgs(graphql.FieldConfigArgument{"kinds": {Type: namesArg(), Description: "Only of these kinds, such as Meeting or Offer."}})
	return answer{name: name, doc: doc, typ: listOf(b.transitionType()), args: args, resolve: func(t *talk) (any, error) {
		q := negotiation.TransitionQuery{Negotiation: t.negotiation, Kinds: t.texts("kinds")}
		q.MinRank, q.Ranked = t.rank()
		list, err := read(t.ctx(), t.view, &q)
		if err != nil {
			return nil, err
		}
		f := t.found()
		f.step(list)
		return f.transitions(list), nil
	}}
}

func (b *builder) transitionType() *graphql.Object {
	return b.answerType("Transition", "A step from one state to another.", func() graphql.Fields {
		return graphql.Fields{
			"subject":  field(must(b.entity), "", plain(func(s transition) any { return s.node(s.Subject) })),
			"kind":     field(must(graphql.String), "Of the subject.", plain(func(s transition) any { return s.Kind })),
			"property": field(must(graphql.String), "", plain(func(s transition) any { return s.Property })),
			"from":     field(graphql.String, "Nothing where its state begins.", plain(func(s transition) any { return stated(s.From.Value.String()) })),
			"to":       field(must(graphql.String), "", plain(func(s transition) any { return s.To.Value.String() })),
			"date":     field(edtfScalar, "Since when it is in the later state.", plain(func(s transition) any { return stated(s.To.Date()) })),
			"odd":      field(b.oddityEnum(), "Nothing where it is a usual step.", plain(func(s transition) any { return word(s.Odd) })),
			"sources": b.sourcesField(fetch(func(s transition, ctx context.Context) (any, error) {
				return s.sources(ctx, s.EvidenceFrom, s.EvidenceTo)
			})),
		}
	})
}

// step notes what transitions name and rest on.
func (f *found) step(list []negotiation.Transition) {
	for i := range list {
		f.name(list[i].Subject)
		f.hear(list[i].EvidenceFrom, nil)
		f.hear(list[i].EvidenceTo, nil)
	}
}

func (f *found) transitions(list []negotiation.Transition) []transition {
	all := make([]transition, len(list))
	for i := range list {
		all[i] = transition{f, &list[i]}
	}
	return all
}
