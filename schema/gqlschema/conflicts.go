package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// conflict is what the type Conflict resolves from, and side one of its sides.
type conflict struct {
	*opposed
	*negotiation.Conflict
}

type side struct {
	*opposed
	*negotiation.Side
}

// opposed is what sides name and rest on.
type opposed struct {
	*found
	claims *claimList
}

func (b *builder) conflictsAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"kinds":   {Type: graphql.NewList(must(b.conflictKindEnum())), Description: "Only of these kinds."},
		"parties": {Type: namesArg(), Description: "Only those in which one of these takes part, or somebody for it; each by name, id or key."},
		"issues":  b.issuesArg(),
	})
	return answer{name: "conflicts", doc: "What contradicts what: on a day, what stands then; without a day, whatever stood together at any time.",
		typ: listOf(b.conflictType()), args: args, resolve: func(t *talk) (any, error) {
			q := negotiation.ConflictQuery{Negotiation: t.negotiation, Parties: t.several("parties", kindActor), Issues: t.several("issues", kindIssue)}
			if t.err != nil {
				return nil, t.err
			}
			for _, kind := range t.texts("kinds") {
				q.Kinds = append(q.Kinds, negotiation.ConflictKind(kind))
			}
			q.MinRank, q.Ranked = t.rank()
			list, err := negotiation.Conflicts(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.conflicts(list), nil
		}}
}

func (b *builder) conflictType() *graphql.Object {
	return b.answerType("Conflict", "Statements that contradict each other.", func() graphql.Fields {
		return graphql.Fields{
			"kind":      field(must(b.conflictKindEnum()), "", plain(func(c conflict) any { return word(c.Kind) })),
			"subject":   field(must(b.entity), "What it is about; of positions and of judgements, the first one's.", plain(func(c conflict) any { return c.node(c.Subject) })),
			"property":  field(graphql.String, "What differs.", plain(func(c conflict) any { return stated(c.Property) })),
			"computed":  field(must(graphql.Boolean), "Whether the claims themselves show it.", plain(func(c conflict) any { return c.Computed() })),
			"judgement": field(b.entity, "By which somebody says so; nothing where it is computed.", plain(func(c conflict) any { return c.node(c.Judgement) })),
			"note":      field(graphql.String, "What the judgement says.", plain(func(c conflict) any { return stated(c.Note) })),
			"sides":     field(listOf(b.sideType()), "", plain(func(c conflict) any { return c.sides(c.Sides) })),
		}
	})
}

func (b *builder) sideType() *graphql.Object {
	return b.answerType("ConflictSide", "One of the statements.", func() graphql.Fields {
		return graphql.Fields{
			"relation": field(b.entity, "Whose statement it is, where sides are relations.", plain(func(s side) any { return s.node(s.Relation) })),
			"values":   field(listOf(graphql.String), "The values that differ; none where a judge names relations.", fetch(side.values)),
			"claims":   field(listOf(b.claim), "The claims that differ.", plain(func(s side) any { return s.claims.those(s.Values) })),
			"denies":   field(must(graphql.Boolean), "Whether it is the denial of the other side.", plain(func(s side) any { return s.Deny })),
			"roots":    b.rootsField(fetch(func(s side, ctx context.Context) (any, error) { return s.roots(ctx, s.Roots) })),
			"sources":  b.sourcesField(fetch(func(s side, ctx context.Context) (any, error) { return s.sources(ctx, s.Evidence) })),
		}
	})
}

func (t *talk) conflicts(list []negotiation.Conflict) []conflict {
	o := &opposed{found: t.found()}
	all := make([]conflict, len(list))
	var claims []graph.Claim
	for i := range list {
		c := &list[i]
		all[i] = conflict{o, c}
		o.name(c.Subject, c.Judgement)
		claims = append(claims, o.oppose(c.Sides)...)
	}
	o.claims = t.b.claimList(t.view, claims)
	return all
}

// oppose notes what sides name and rest on, and gives their claims.
func (f *found) oppose(sides []negotiation.Side) (claims []graph.Claim) {
	for i := range sides {
		s := &sides[i]
		f.name(s.Relation)
		f.hear(s.Evidence, s.Roots)
		claims = append(claims, s.Values...)
	}
	return claims
}

func (o *opposed) sides(list []negotiation.Side) []side {
	all := make([]side, len(list))
	for i := range list {
		all[i] = side{o, &list[i]}
	}
	return all
}

func (s side) values(ctx context.Context) (any, error) {
	list := make([]string, len(s.Values))
	for i, c := range s.claims.those(s.Values) {
		text, err := c.text(ctx)
		if err != nil {
			return nil, err
		}
		list[i] = text
	}
	return list, nil
}
