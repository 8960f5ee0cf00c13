package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// deadlines is what the type Deadlines resolves from, and deadline one of them.
type deadlines struct {
	*tabled
	negotiation.DeadlinesAnswer
}

type deadline struct {
	*tabled
	*negotiation.Deadline
}

func (b *builder) deadlinesAnswer() answer {
	args := both(b.instrumentArgs(), graphql.FieldConfigArgument{
		"withinDays": {Type: graphql.Int, DefaultValue: 14, Description: "What is due within so many days of the day asked about."}})
	return answer{name: "deadlines", root: "deadlinesOf", doc: "What ends when. The clock settles nothing: that a date has passed says nothing of what came of it.",
		typ: must(b.deadlinesType()), args: args, resolve: func(t *talk) (any, error) {
			q := t.instrumentQuery()
			if t.err != nil {
				return nil, t.err
			}
			within, _ := t.p.Args["withinDays"].(int)
			t.view = t.view.On(t.view.Day())
			found, err := negotiation.Deadlines(t.ctx(), t.view, within, &q)
			if err != nil {
				return nil, err
			}
			return &deadlines{t.tabled(inOrder(found)), found}, nil
		}}
}

// inOrder are the instruments of deadlines, each once, in the order of these.
func inOrder(a negotiation.DeadlinesAnswer) (list []negotiation.Instrument) {
	seen := map[graph.EntityID]bool{}
	for _, part := range [][]negotiation.Deadline{a.Due, a.Later, a.Passed, a.Review, a.Settled} {
		for i := range part {
			if id := part[i].Instrument; !seen[id] {
				seen[id] = true
				list = append(list, a.Instruments[id])
			}
		}
	}
	return list
}

func (b *builder) deadlinesType() *graphql.Object {
	return b.answerType("Deadlines", "What ends when, of the instruments at one point.", func() graphql.Fields {
		part := func(doc string, of func(*deadlines) []negotiation.Deadline) *graphql.Field {
			return field(listOf(b.deadlineType()), doc, plain(func(d *deadlines) any { return d.these(of(d)) }))
		}
		return graphql.Fields{
			"withinDays": field(must(graphql.Int), "", plain(func(d *deadlines) any { return d.Within })),
			"due":        part("That end within the days asked for, the first first.", func(d *deadlines) []negotiation.Deadline { return d.Due }),
			"later":      part("That end after them, the first first.", func(d *deadlines) []negotiation.Deadline { return d.Later }),
			"passed":     part("Whose date has passed, the last first; what came of them nobody says.", func(d *deadlines) []negotiation.Deadline { return d.Passed }),
			"review":     part("Limited, but without a date.", func(d *deadlines) []negotiation.Deadline { return d.Review }),
			"settled":    part("Of which a source says what came of them, the last first.", func(d *deadlines) []negotiation.Deadline { return d.Settled }),
		}
	})
}

func (b *builder) deadlineType() *graphql.Object {
	return b.answerType("DeadlineAnswer", "Until when an instrument stands.", func() graphql.Fields {
		return graphql.Fields{
			"deadline":   field(must(b.typeNamed("Deadline")), "The deadline itself.", plain(func(d deadline) any { return node{d.parts, d.ID} })),
			"instrument": field(must(b.typeNamed("Instrument")), "", plain(func(d deadline) any { return node{d.relations, d.Instrument} })),
			"kind":       field(graphql.String, "", plain(func(d deadline) any { return stated(d.Kind) })),
			"date":       field(edtfScalar, "Nothing where none is given.", plain(func(d deadline) any { return stated(d.Date) })),
			"text":       field(graphql.String, "", plain(func(d deadline) any { return stated(d.Text) })),
			"states":     field(listOf(graphql.String), "Those that stand.", plain(func(d deadline) any { return claimWords(d.States) })),
			"status":     field(must(b.deadlineStatusEnum()), "", plain(func(d deadline) any { return word(d.Status) })),
			"contested":  field(must(graphql.Boolean), "Whether another one, of another kind or date, stands beside it.", plain(func(d deadline) any { return d.Contested })),
			"ends":       field(dateTime, "When it has passed. One that is given as a day ends at midnight of the last time zone (UTC−12).", plain(func(d deadline) any { return instant(d.Ends) })),
			"daysLeft":   field(graphql.Int, "Days to the last one, below zero where that has passed; nothing where there is no date.", plain(deadline.daysLeft)),
			"roots":      b.rootsField(fetch(func(d deadline, ctx context.Context) (any, error) { return d.roots(ctx, d.Roots) })),
			"sources":    b.sourcesField(fetch(func(d deadline, ctx context.Context) (any, error) { return d.sources(ctx, d.Evidence) })),
		}
	})
}

func (d deadline) daysLeft() any {
	if !d.Dated() {
		return nil
	}
	return d.DaysLeft
}

func (a *tabled) these(list []negotiation.Deadline) []deadline {
	all := make([]deadline, len(list))
	for i := range list {
		all[i] = deadline{a, &list[i]}
	}
	return all
}
