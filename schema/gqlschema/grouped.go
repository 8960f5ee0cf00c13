package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// groupedChanges is what the type NegotiationChanges resolves from; the others
// are its parts.
type groupedChanges struct {
	*found
	negotiation.Changes
}

type groupedChange struct {
	*found
	*negotiation.Change
}

type changeGroup struct {
	*groupedChanges
	*negotiation.ChangeGroup
}

func (b *builder) changesAnswer() answer {
	args := b.talkArgs(graphql.FieldConfigArgument{
		"from":    {Type: must(graphql.String).(graphql.Input), Description: "The first day: what held then, as known at its end (EDTF). With basis RECORDED also a transaction, tx:NUMBER."},
		"to":      {Type: must(graphql.String).(graphql.Input), Description: "The second day, not before the first."},
		"basis":   {Type: must(b.basis).(graphql.Input), Description: "By which clock each day knows."},
		"axis":    {Type: b.axis(), Description: "What moves from one day to the other; default: both."},
		"on":      heldOnArg(),
		"issues":  b.issuesArg(),
		"parties": b.partiesArg(),
		"kinds":   {Type: graphql.NewList(must(b.changeKindEnum())), Description: "Only of these kinds."},
	})
	return answer{name: "changes", root: "changesOf", undated: true, doc: "What became different from one day to another, grouped by issue and party.",
		typ: must(b.groupedChangesType()), args: args, resolve: (*talk).changes}
}

func (b *builder) groupedChangesType() *graphql.Object {
	return b.answerType("NegotiationChanges", "What became different between two days. Where it is empty, the counts tell a silent time from one of which nothing was read.", func() graphql.Fields {
		return graphql.Fields{
			"from":             field(must(b.point), "The first point, as compared.", plain(func(c *groupedChanges) any { return c.view.At(c.From) })),
			"to":               field(must(b.point), "The second point.", plain(func(c *groupedChanges) any { return c.view.At(c.To) })),
			"documentsSeen":    field(must(graphql.Int), "Documents that became known in between.", plain(func(c *groupedChanges) any { return c.DocumentsSeen })),
			"undatedDocuments": field(must(graphql.Int), "Of all documents known at the second point, those that do not say when they came out.", plain(func(c *groupedChanges) any { return c.UndatedDocuments })),
			"items": with(field(listOf(b.groupedChangeType()), "The newest said first.", fetchWith(func(p graphql.ResolveParams, c *groupedChanges) (any, error) {
				first, err := firstOf(p.Args)
				return c.items()[:min(max(first, 0), len(c.Items))], err
			})), graphql.FieldConfigArgument{"first": firstArg()}),
			"groups": field(listOf(b.changeGroupType()), "By issue and party. What is on two issues is in two groups.", plain((*groupedChanges).groups)),
		}
	})
}

func (b *builder) changeGroupType() *graphql.Object {
	return b.answerType("ChangeGroup", "What became different on one issue for one party.", func() graphql.Fields {
		return graphql.Fields{
			"issue": field(b.typeNamed(kindIssue), "Nothing: on none.", plain(func(g changeGroup) any { return g.node(g.Issue) })),
			"party": field(b.entity, "Nothing: of none.", plain(func(g changeGroup) any { return g.node(g.Party) })),
			"items": field(listOf(b.groupedChangeType()), "The newest said first.", plain(changeGroup.members)),
		}
	})
}

func (b *builder) groupedChangeType() *graphql.Object {
	return b.answerType("NegotiationChange", "One thing that became different.", func() graphql.Fields {
		return graphql.Fields{
			"kind":         field(must(b.changeKindEnum()), "", plain(func(c groupedChange) any { return word(c.Kind) })),
			"subject":      field(must(b.entity), "What it is about.", plain(func(c groupedChange) any { return c.node(c.Subject) })),
			"subjectKind":  field(graphql.String, "Its kind; nothing where neither point shows it.", plain(func(c groupedChange) any { return stated(c.SubjectKind) })),
			"issues":       field(listOf(b.typeNamed(kindIssue)), "", plain(func(c groupedChange) any { return c.nodes(c.Issues) })),
			"parties":      field(listOf(b.entity), "Who holds, offers, promises or takes part, or for whom such a person stands.", plain(func(c groupedChange) any { return c.nodes(c.Parties) })),
			"before":       field(graphql.String, "What the first point shows of it.", plain(func(c groupedChange) any { return stated(c.Before.Text) })),
			"beforeReason": field(b.reasonEnum(), "Why it shows nothing.", plain(func(c groupedChange) any { return word(c.Before.Reason) })),
			"after":        field(graphql.String, "What the second point shows of it.", plain(func(c groupedChange) any { return stated(c.After.Text) })),
			"afterReason":  field(b.reasonEnum(), "Why it shows nothing.", plain(func(c groupedChange) any { return word(c.After.Reason) })),
			"undated":      field(must(graphql.Boolean), "Whether no source says since when: then WORLD_CHANGE may be a late report.", plain(func(c groupedChange) any { return c.Undated })),
			"predicted":    field(must(graphql.Boolean), "Whether all sources predict it: then it is no part of a state.", plain(func(c groupedChange) any { return c.Predicted })),
			"summary":      field(graphql.String, "The newest report of it, in the recorder's words.", plain(func(c groupedChange) any { return stated(c.Summary) })),
			"said":         field(dateTime, "When that was said, else published.", plain(func(c groupedChange) any { return instant(c.Said) })),
			"roots":        b.rootsField(fetch(func(c groupedChange, ctx context.Context) (any, error) { return c.roots(ctx, c.Roots) })),
			"sources":      b.sourcesField(fetch(func(c groupedChange, ctx context.Context) (any, error) { return c.sources(ctx, c.Sources) })),
		}
	})
}

func (t *talk) changes() (any, error) {
	q := negotiation.ChangesQuery{Negotiation: t.negotiation, Issues: t.several("issues", kindIssue), Parties: t.several("parties", kindActor)}
	q.MinRank, q.Ranked = t.rank()
	for _, kind := range t.texts("kinds") {
		q.Kinds = append(q.Kinds, graph.ChangeKind(kind))
	}
	if axis, ok := t.p.Args["axis"].(string); ok && t.err == nil {
		q.Axis, t.err = negotiation.ParseAxis(axis)
	}
	from, to := t.day("from"), t.day("to")
	if t.err == nil {
		from, to, t.err = heldOn(t.p, from, to)
	}
	if t.err != nil {
		return nil, t.err
	}
	list, err := negotiation.ChangesOf(t.ctx(), from, to, &q)
	if err != nil {
		return nil, err
	}
	t.view = to
	c := &groupedChanges{t.found(), list}
	for i := range list.Items {
		one := &list.Items[i]
		c.name(one.Subject)
		c.name(one.Issues...)
		c.name(one.Parties...)
		c.hear(one.Sources, one.Roots)
	}
	return c, nil
}

// day is the view of a day that an argument gives, as the question counts.
func (t *talk) day(arg string) graph.View {
	if t.err != nil {
		return t.view
	}
	var v graph.View
	v, t.err = t.b.dayView(t.p, arg, t.view.Point())
	return v
}

func (c *groupedChanges) items() []groupedChange {
	all := make([]groupedChange, len(c.Items))
	for i := range all {
		all[i] = groupedChange{c.found, &c.Items[i]}
	}
	return all
}

func (c *groupedChanges) groups() any {
	all := make([]changeGroup, len(c.Groups))
	for i := range all {
		all[i] = changeGroup{c, &c.Groups[i]}
	}
	return all
}

func (g changeGroup) members() any {
	all := make([]groupedChange, len(g.ChangeGroup.Items))
	for i, item := range g.ChangeGroup.Items {
		all[i] = groupedChange{g.found, &g.Changes.Items[item]}
	}
	return all
}
