package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// cellType is the type of a cell. Its headline is the newest position in the
// party's own voice, else the newest.
func (b *builder) cellType() *graphql.Object {
	return b.answerType("Cell", "Where one party stands on one issue: a set of positions, of which the headline is the newest in the party's own voice, else the newest.", func() graphql.Fields {
		position := b.typeNamed(kindPosition)
		fields := graphql.Fields{
			"issue":       field(must(b.typeNamed(kindIssue)), "", plain(func(c matrixCell) any { return c.node(c.Issue) })),
			"party":       field(must(b.typeNamed(kindActor)), "", plain(func(c matrixCell) any { return c.node(c.Party) })),
			"status":      field(must(b.cellStatusEnum()), "How sure it is.", plain(func(c matrixCell) any { return word(c.Status) })),
			"reason":      field(b.reasonEnum(), "Why it is UNKNOWN.", plain(func(c matrixCell) any { return word(c.Cell.Reason) })),
			"text":        field(graphql.String, "What the headline says.", head(node.textOrOptions, nil)),
			"conditions":  field(listOf(graphql.String), "The conditions of the headline.", head(textsIn("condition"), []string{})),
			"saidBy":      field(listOf(b.speaker), "The root speakers of the headline, the newest first.", fetch(matrixCell.saidBy)),
			"age":         field(graphql.Int, "Days since the headline was said; nothing where that is not known.", plain(matrixCell.age)),
			"said":        field(dateTime, "When the headline was said, else published.", plain(matrixCell.said)),
			"lastKnown":   field(must(graphql.Boolean), "Whether no source vouches for the headline any more on the day.", plain(func(c matrixCell) any { return c.LastKnown })),
			"positions":   field(listOf(position), "The headline first, then the newest first.", plain(func(c matrixCell) any { return c.these(c.Positions) })),
			"predictions": field(listOf(position), "What somebody said that it will be: never part of the set.", plain(func(c matrixCell) any { return c.these(c.Predictions) })),
			"disputes":    field(listOf(b.disagreementType()), "Why it is CONTESTED.", plain(func(c matrixCell) any { return c.disagreements(c.Disputes) })),
			"roots":       b.rootsField(fetch(func(c matrixCell, ctx context.Context) (any, error) { return c.roots(ctx, c.Roots) })),
			"sources":     b.sourcesField(fetch(matrixCell.sources)),
		}
		for _, name := range []string{"stance", "firmness", "voice"} {
			if p := b.ontology.Property(kindPosition, name); p != nil {
				fields[name] = field(b.attributeType(p), "The headline's.", head(attribute(name), nil))
			}
		}
		return fields
	})
}

// attribute and textsIn ask a node for an attribute, and for the texts of what fills a role.
func attribute(name string) func(node, context.Context) (any, error) {
	return func(n node, ctx context.Context) (any, error) { return n.headline(ctx, name) }
}

func textsIn(role string) func(node, context.Context) (any, error) {
	return func(n node, ctx context.Context) (any, error) { return n.textsOf(ctx, role) }
}

func (c matrixCell) saidBy(ctx context.Context) (any, error) {
	p := c.Headline()
	if p == nil {
		return []speaker{}, nil
	}
	heard, err := c.found.said(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*graph.Evidence, len(p.Evidence))
	for i := range p.Evidence {
		list[i] = &p.Evidence[i]
	}
	return heard.roots(heard.once(list)), nil
}

func (c matrixCell) age() any {
	if c.Age < 0 {
		return nil
	}
	return c.Age
}

func (c matrixCell) said() any {
	if p := c.Headline(); p != nil {
		return instant(p.Said)
	}
	return nil
}

func (c matrixCell) sources(ctx context.Context) (any, error) {
	parts := make([][]graph.Evidence, len(c.Positions))
	for i := range parts {
		parts[i] = c.Positions[i].Evidence
	}
	return c.found.sources(ctx, parts...)
}
