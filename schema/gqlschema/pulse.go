package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// pulse is what the type Pulse resolves from; the others are its parts.
type pulse struct {
	*found
	negotiation.Pulse
	talk      *talk
	query     *negotiation.PulseQuery
	matrix    *matrix
	positions *page
}

type silence struct {
	*pulse
	*negotiation.Silence
}

type movement struct {
	*pulse
	*negotiation.Movement
}

type move struct {
	*pulse
	*negotiation.Move
}

type entry struct {
	*pulse
	*negotiation.Entry
}

func (b *builder) pulseAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"issues":  b.issuesArg(),
		"parties": b.partiesArg(),
		"during":  {Type: edtfScalar, Description: "Moves and concessions that begin in it. Default: all up to the day."},
		"rollUp":  rollUpArg(),
	})
	return answer{name: "pulse", doc: "How alive a negotiation is: how old each cell is, who is silent, how each party's own word moved, and who gave up what.",
		typ: must(b.pulseType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.PulseQuery{Negotiation: t.negotiation, Issues: t.several("issues", kindIssue), Parties: t.several("parties", kindActor), RollUp: t.flag("rollUp")}
			q.MinRank, q.Ranked = t.rank()
			if during, ok := t.p.Args["during"].(string); ok && t.err == nil {
				q.During, t.err = graph.ParseOn(during)
				t.err = under("during", t.err)
			}
			if t.err != nil {
				return nil, t.err
			}
			t.view = t.view.On(t.view.Day())
			found, err := negotiation.PulseOf(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.pulse(&q, found), nil
		}}
}

func (b *builder) pulseType() *graphql.Object {
	return b.answerType("Pulse", "How alive a negotiation is.", func() graphql.Fields {
		return graphql.Fields{
			"matrix":    field(must(b.made["Matrix"].(graphql.Output)), "Its cells tell their age.", plain(func(p *pulse) any { return p.matrix })),
			"silences":  field(listOf(b.silenceType()), "Parties that have said nothing themselves: never, or not for longer than what is said counts as fresh.", plain((*pulse).silences)),
			"movements": field(listOf(b.movementType()), "Of those that have spoken, by issue and party.", plain((*pulse).movements)),
			"momentum":  field(b.momentumType(), "How the gaps moved since the day before the interval, else in thirty days.", fetch((*pulse).momentum)),
			"ledger":    field(listOf(b.entryType()), "What parties gave up or took back, the newest first.", plain((*pulse).ledger)),
		}
	})
}

func (b *builder) silenceType() *graphql.Object {
	return b.answerType("Silence", "A party that has said nothing itself.", func() graphql.Fields {
		return graphql.Fields{
			"issue": field(b.typeNamed(kindIssue), "Nothing: on no issue at all.", plain(func(s silence) any { return s.node(s.Issue) })),
			"party": field(must(b.typeNamed(kindActor)), "", plain(func(s silence) any { return s.node(s.Party) })),
			"spoke": field(must(graphql.Boolean), "Whether it has spoken once.", plain(func(s silence) any { return s.Spoke })),
			"since": field(dateTime, "When it spoke last; of one that never did, since when it is a party.", plain(func(s silence) any { return instant(s.Since) })),
			"days":  field(graphql.Int, "From then to the day; nothing where that is not known.", plain(silence.days)),
		}
	})
}

func (b *builder) movementType() *graphql.Object {
	return b.answerType("Movement", "How a party's own word on an issue moved.", func() graphql.Fields {
		return graphql.Fields{
			"issue": field(must(b.typeNamed(kindIssue)), "", plain(func(m movement) any { return m.node(m.Issue) })),
			"party": field(must(b.typeNamed(kindActor)), "", plain(func(m movement) any { return m.node(m.Party) })),
			"moves": field(listOf(b.moveType()), "The oldest first.", plain(movement.moves)),
		}
	})
}

func (b *builder) moveType() *graphql.Object {
	return b.answerType("Move", "One thing that a party said of an issue, itself or by its own side.", func() graphql.Fields {
		return graphql.Fields{
			"position": field(must(b.typeNamed(kindPosition)), "", plain(func(m move) any { return node{m.positions, m.ID} })),
			"stance":   field(must(graphql.String), "UNKNOWN where it is not stated.", plain(func(m move) any { return m.Stance })),
			"start":    field(dateTime, "", plain(func(m move) any { return instant(m.Start) })),
			"said":     field(dateTime, "When it was said last, else published.", plain(func(m move) any { return instant(m.Said) })),
			"turn":     field(must(b.turnEnum()), "", plain(func(m move) any { return word(m.Turn) })),
			"from":     field(b.typeNamed(kindPosition), "The earlier position that it is compared with.", plain(func(m move) any { return m.node(m.From) })),
			"by":       field(graphql.Float, "By how much the amount moved since the party last named one.", plain(move.by)),
			"sources":  b.sourcesField(fetch(func(m move, ctx context.Context) (any, error) { return m.sources(ctx, m.Evidence) })),
		}
	})
}

func (b *builder) entryType() *graphql.Object {
	return b.answerType("LedgerEntry", "What a party gave up or took back: a concession that a source reports, or a move of its own word.", func() graphql.Fields {
		return graphql.Fields{
			"parties":  field(listOf(b.entity), "", plain(func(e entry) any { return e.nodes(e.Parties) })),
			"issues":   field(listOf(b.typeNamed(kindIssue)), "", plain(func(e entry) any { return e.nodes(e.Issues) })),
			"relation": field(must(b.entity), "The concession, or the position moved to.", plain(func(e entry) any { return e.node(e.Relation) })),
			"turn":     field(b.turnEnum(), "SOFTER or HARDER; nothing for a concession.", plain(func(e entry) any { return word(e.Turn) })),
			"from":     field(b.entity, "The position moved from.", plain(func(e entry) any { return e.node(e.From) })),
			"text":     field(graphql.String, "Of a concession.", plain(func(e entry) any { return stated(e.Text) })),
			"state":    field(graphql.String, "How far a concession has come.", plain(func(e entry) any { return stated(e.State) })),
			"start":    field(dateTime, "", plain(func(e entry) any { return instant(e.Start) })),
			"roots":    b.rootsField(fetch(func(e entry, ctx context.Context) (any, error) { return e.roots(ctx, e.Roots) })),
			"sources":  b.sourcesField(fetch(func(e entry, ctx context.Context) (any, error) { return e.sources(ctx, e.Evidence) })),
		}
	})
}

// pulse gathers what an answer names and rests on.
func (t *talk) pulse(q *negotiation.PulseQuery, found negotiation.Pulse) *pulse {
	p := &pulse{found: t.found(), Pulse: found, talk: t, query: q, matrix: t.told(found.Matrix, false)}
	for _, s := range found.Silences {
		p.name(s.Issue, s.Party)
	}
	var positions []graph.Standing
	for i := range found.Movements {
		m := &found.Movements[i]
		p.name(m.Issue, m.Party)
		for j := range m.Moves {
			positions = append(positions, m.Moves[j].Standing)
			p.name(m.Moves[j].From)
			p.hear(m.Moves[j].Evidence, nil)
		}
	}
	for i := range found.Ledger {
		e := &found.Ledger[i]
		p.name(e.Relation, e.From)
		p.name(e.Parties...)
		p.name(e.Issues...)
		p.hear(e.Evidence, e.Roots)
	}
	p.positions = t.b.pageOf(t.view, positions)
	return p
}

func (p *pulse) silences() any {
	all := make([]silence, len(p.Silences))
	for i := range all {
		all[i] = silence{p, &p.Silences[i]}
	}
	return all
}

func (p *pulse) movements() any {
	all := make([]movement, len(p.Movements))
	for i := range all {
		all[i] = movement{p, &p.Movements[i]}
	}
	return all
}

func (p *pulse) ledger() any {
	all := make([]entry, len(p.Ledger))
	for i := range all {
		all[i] = entry{p, &p.Ledger[i]}
	}
	return all
}

func (m movement) moves() any {
	all := make([]move, len(m.Moves))
	for i := range all {
		all[i] = move{m.pulse, &m.Moves[i]}
	}
	return all
}

func (s silence) days() any {
	if s.Days < 0 {
		return nil
	}
	return s.Days
}

func (m move) by() any {
	if !m.Measured {
		return nil
	}
	return m.By
}
