package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// gaps is what the type Gaps resolves from; the others are its parts.
type gaps struct {
	*found
	negotiation.Gaps
	relations *page // positions, red lines and opinions
}

type gap struct {
	*gaps
	*negotiation.Gap
}

type stand struct {
	gap
	*negotiation.Stand
}

type missing struct {
	gap
	*negotiation.Missing
}

type distance struct {
	*found
	*negotiation.Distance
}

type opinion struct {
	*gaps
	*negotiation.Opinion
}

func (b *builder) gapAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"issues":  b.issuesArg(),
		"parties": {Type: namesArg(), Description: "Whose agreement is needed, each by name, id or key. Default: the declared parties of the negotiation."},
		"rollUp":  rollUpArg(),
	})
	return answer{name: "gap", doc: "How far apart the parties are, issue by issue: whether there is something that all of them accept.",
		typ: must(b.gapsType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.GapQuery{Negotiation: t.negotiation, Issues: t.several("issues", kindIssue), Parties: t.several("parties", kindActor), RollUp: t.flag("rollUp")}
			q.MinRank, q.Ranked = t.rank()
			if t.err != nil {
				return nil, t.err
			}
			t.view = t.view.On(t.view.Day())
			list, err := negotiation.GapsOf(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.gaps(list), nil
		}}
}

func (b *builder) gapsType() *graphql.Object {
	return b.answerType("Gaps", "How far apart parties are.", func() graphql.Fields {
		return graphql.Fields{
			"parties": field(listOf(b.typeNamed(kindActor)), "Whose agreement is needed.", plain(func(g *gaps) any { return g.nodes(g.Parties) })),
			"issues":  field(listOf(b.gapType()), "", plain((*gaps).list)),
			"basis":   field(must(graphql.String), "On what every zone rests.", plain(func(g *gaps) any { return g.Basis })),
			"beside":  field(listOf(b.opinionType()), "Opinions about the negotiation, said on the day: no measure, and not counted.", plain((*gaps).opinions)),
		}
	})
}

func (b *builder) opinionType() *graphql.Object {
	return b.answerType("Opinion", "Somebody's judgement of how the negotiation stands.", func() graphql.Fields {
		return graphql.Fields{
			"relation": field(must(b.entity), "", plain(func(o opinion) any { return node{o.relations, o.ID} })),
			"text":     field(graphql.String, "", fetch(func(o opinion, ctx context.Context) (any, error) { return node{o.relations, o.ID}.text(ctx) })),
			"roots":    b.rootsField(fetch(func(o opinion, ctx context.Context) (any, error) { return o.roots(ctx, o.Roots) })),
			"sources":  b.sourcesField(fetch(func(o opinion, ctx context.Context) (any, error) { return o.sources(ctx, o.Evidence) })),
		}
	})
}

func (b *builder) gapType() *graphql.Object {
	zone := wordsOf(b, "Zone", "Whether there is something that all accept. What is not known of a party leaves it UNDETERMINED.",
		negotiation.NonEmpty, negotiation.Empty, negotiation.Undetermined)
	return b.answerType("Gap", "How far apart parties are on one issue.", func() graphql.Fields {
		return graphql.Fields{
			"issue":   field(must(b.typeNamed(kindIssue)), "", plain(func(g gap) any { return g.node(g.Issue) })),
			"zone":    field(must(zone), "", plain(func(g gap) any { return word(g.Zone) })),
			"scale":   field(graphql.String, "How its options are ordered; nothing where it is not stated.", plain(func(g gap) any { return stated(g.Scale) })),
			"options": field(listOf(b.entity), "What all accept: options, or the issue as such.", plain(func(g gap) any { return g.options(g.Options) })),
			"range":   field(b.rangeType(), "What all accept of an ordered scale.", plain(func(g gap) any { return rangeOf(g.Range) })),
			"missing": field(listOf(b.missingType()), "Of whom what is not known.", plain(gap.missing)),
			"apart":   field(listOf(b.distanceType()), "Pairs that accept nothing in common, the closest first.", plain(gap.apart)),
			"sides":   field(listOf(b.standType()), "Of each party.", plain(gap.sides)),
			"spoken":  field(must(graphql.Int), "How many parties have said something on the issue.", plain(func(g gap) any { return g.Spoken() })),
		}
	})
}

func (b *builder) rangeType() *graphql.Object {
	return b.answerType("AmountRange", "A part of an ordered scale, its ends included.", func() graphql.Fields {
		return graphql.Fields{
			"from": field(must(graphql.Float), "", plain(func(r *negotiation.Range) any { return r.From })),
			"to":   field(must(graphql.Float), "", plain(func(r *negotiation.Range) any { return r.To })),
		}
	})
}

func rangeOf(r *negotiation.Range) any {
	if r == nil {
		return nil
	}
	return r
}

func (b *builder) missingType() *graphql.Object {
	return b.answerType("GapMissing", "What is not known of a party.", func() graphql.Fields {
		return graphql.Fields{
			"party":   field(must(b.typeNamed(kindActor)), "", plain(func(m missing) any { return m.node(m.Party) })),
			"why":     field(must(b.missingEnum()), "", plain(func(m missing) any { return word(m.Why) })),
			"options": field(listOf(b.entity), "Of what.", plain(func(m missing) any { return m.options(m.Missing.Options) })),
		}
	})
}

func (b *builder) distanceType() *graphql.Object {
	return b.answerType("GapDistance", "How far two parties are apart.", func() graphql.Fields {
		return graphql.Fields{
			"one":    field(must(b.typeNamed(kindActor)), "", plain(func(d distance) any { return d.node(d.One) })),
			"other":  field(must(b.typeNamed(kindActor)), "", plain(func(d distance) any { return d.node(d.Other) })),
			"amount": field(graphql.Float, "On the issue's scale; nothing where it has no measure.", plain(distance.amount)),
		}
	})
}

func (b *builder) standType() *graphql.Object {
	return b.answerType("GapSide", "What a party accepts on an issue, by its own word.", func() graphql.Fields {
		options := func(doc string, of func(stand) []graph.EntityID) *graphql.Field {
			return field(listOf(b.entity), doc, plain(func(s stand) any { return s.options(of(s)) }))
		}
		positions := func(doc string, of func(stand) []negotiation.Position) *graphql.Field {
			return field(listOf(b.typeNamed(kindPosition)), doc, plain(func(s stand) any { return s.these(of(s)) }))
		}
		return graphql.Fields{
			"party":     field(must(b.typeNamed(kindActor)), "", plain(func(s stand) any { return s.node(s.Party) })),
			"status":    field(must(b.cellStatusEnum()), "Of its cell.", plain(func(s stand) any { return word(s.Status) })),
			"accepts":   options("Options, or the issue as such.", func(s stand) []graph.EntityID { return s.Accepts }),
			"acceptsIf": options("On a condition.", func(s stand) []graph.EntityID { return s.AcceptsIf }),
			"refuses":   options("", func(s stand) []graph.EntityID { return s.Refuses }),
			"divided":   options("Accepted and refused at once, or denied.", func(s stand) []graph.EntityID { return s.Divided }),
			"range":     field(b.rangeType(), "What it accepts of an ordered scale.", plain(func(s stand) any { return rangeOf(s.Stand.Range) })),
			"positions": positions("In its own voice, the newest first.", func(s stand) []negotiation.Position { return s.Positions }),
			"redLines":  field(listOf(b.entity), "In its own voice.", plain(stand.lines)),
			"others":    positions("In other voices: not counted.", func(s stand) []negotiation.Position { return s.Others }),
			"predicted": positions("Not counted.", func(s stand) []negotiation.Position { return s.Predicted }),
			"sources": b.sourcesField(fetch(func(s stand, ctx context.Context) (any, error) {
				var parts [][]graph.Evidence
				for i := range s.Positions {
					parts = append(parts, s.Positions[i].Evidence)
				}
				for i := range s.RedLines {
					parts = append(parts, s.RedLines[i].Evidence)
				}
				return s.gap.sources(ctx, parts...)
			})),
		}
	})
}
