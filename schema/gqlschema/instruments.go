package gqlschema

import (
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// tabled is instruments of an answer, with what they depend on and until when
// they stand.
type tabled struct {
	*found
	list      []negotiation.Instrument
	relations *page // of the instruments
	parts     *page // of their conditions and deadlines
}

// instrument is one of them, and term a condition of something.
type instrument struct {
	*tabled
	*negotiation.Instrument
}

type term struct {
	*found
	parts *page
	*negotiation.Condition
}

func (b *builder) instrumentsAnswer() answer {
	return answer{name: "instruments", root: "instrumentsOf", doc: "What is on the table, the newest first: offers, guarantees, demands, commitments, concessions and threats, with their states, conditions and deadlines.",
		typ: listOf(b.instrumentType()), args: b.instrumentArgs(), resolve: func(t *talk) (any, error) {
			q := t.instrumentQuery()
			if t.err != nil {
				return nil, t.err
			}
			t.view = t.view.On(t.view.Day())
			list, err := negotiation.Instruments(t.ctx(), t.view, &q)
			if err != nil {
				return nil, err
			}
			return t.tabled(list).instruments(), nil
		}}
}

func (b *builder) instrumentArgs() graphql.FieldConfigArgument {
	return b.talkArgs(graphql.FieldConfigArgument{
		"kinds":   {Type: namesArg(), Description: "Only these kinds, such as Offer or Guarantee."},
		"states":  {Type: namesArg(), Description: "Only those of which one of these states stands, such as TABLED."},
		"parties": {Type: namesArg(), Description: "Only those in which one of these takes part, or somebody for it; each by name, id or key."},
		"issues":  b.issuesArg(),
	})
}

func (t *talk) instrumentQuery() negotiation.InstrumentQuery {
	q := negotiation.InstrumentQuery{Negotiation: t.negotiation, Kinds: t.texts("kinds"), States: t.texts("states"),
		Parties: t.several("parties", kindActor), Issues: t.several("issues", kindIssue)}
	q.MinRank, q.Ranked = t.rank()
	return q
}

func (b *builder) instrumentType() *graphql.Object {
	return b.answerType("InstrumentAnswer", "What somebody offers, promises, demands or threatens with, and how it stands.", func() graphql.Fields {
		return graphql.Fields{
			"instrument": field(must(b.typeNamed("Instrument")), "The instrument itself, with its roles.", plain(func(i instrument) any { return node{i.relations, i.ID} })),
			"kind":       field(must(graphql.String), "", plain(func(i instrument) any { return i.Kind })),
			"name":       field(must(graphql.String), "", fetch(func(i instrument, ctx context.Context) (any, error) { return i.relations.label(ctx, i.ID) })),
			"by":         field(listOf(b.entity), "Whose it is: who fills its first role.", plain(func(i instrument) any { return i.nodes(i.by()) })),
			"for":        field(listOf(b.entity), "Who profits from it; of a commitment, concession or threat its targets, too.", plain(func(i instrument) any { return i.nodes(i.whom()) })),
			"issues":     field(listOf(b.typeNamed(kindIssue)), "", plain(func(i instrument) any { return i.nodes(i.Issues) })),
			"states":     field(listOf(graphql.String), "Those that stand: several with one start stand side by side.", plain(func(i instrument) any { return claimWords(i.States) })),
			"texts":      field(listOf(graphql.String), "What it says, likewise.", plain(func(i instrument) any { return claimWords(i.Texts) })),
			"conditions": field(listOf(b.conditionType()), "", plain(instrument.conditions)),
			"deadlines":  field(listOf(b.deadlineType()), "What stands first, then what it took over from.", plain(instrument.deadlines)),
			"anomalies":  field(listOf(b.transitionType()), "Steps of its states that the machine does not know.", plain(func(i instrument) any { return i.transitions(i.Odd) })),
			"roots":      b.rootsField(fetch(func(i instrument, ctx context.Context) (any, error) { return i.roots(ctx, i.Roots) })),
			"sources":    b.sourcesField(fetch(func(i instrument, ctx context.Context) (any, error) { return i.sources(ctx, i.Evidence) })),
		}
	})
}

func (b *builder) conditionType() *graphql.Object {
	return b.answerType("ConditionAnswer", "What something depends on, and how far it has come.", func() graphql.Fields {
		return graphql.Fields{
			"condition": field(must(b.typeNamed("Condition")), "The condition itself.", plain(func(c term) any { return node{c.parts, c.ID} })),
			"text":      field(graphql.String, "", plain(func(c term) any { return stated(c.Text) })),
			"states":    field(listOf(graphql.String), "Those that stand; none: nobody says how far it has come.", plain(func(c term) any { return claimWords(c.States) })),
			"met":       field(must(graphql.Boolean), "Whether nothing waits for it any more: it is met or waived, and no source says otherwise.", plain(func(c term) any { return c.Met() })),
			"roots":     b.rootsField(fetch(func(c term, ctx context.Context) (any, error) { return c.roots(ctx, c.Roots) })),
			"sources":   b.sourcesField(fetch(func(c term, ctx context.Context) (any, error) { return c.sources(ctx, c.Evidence) })),
		}
	})
}

// tabled gathers what instruments name and rest on.
func (t *talk) tabled(list []negotiation.Instrument) *tabled {
	a := &tabled{found: t.found(), list: list}
	var relations, parts []graph.Standing
	for i := range list {
		one := &list[i]
		relations = append(relations, one.Standing)
		a.name(one.Issues...)
		a.name(instrument{a, one}.by()...)
		a.name(instrument{a, one}.whom()...)
		a.hear(one.Evidence, one.Roots)
		a.step(one.Odd)
		for j := range one.Conditions {
			parts = append(parts, one.Conditions[j].Standing)
			a.hear(one.Conditions[j].Evidence, one.Conditions[j].Roots)
		}
		for j := range one.Deadlines {
			parts = append(parts, one.Deadlines[j].Standing)
			a.hear(one.Deadlines[j].Evidence, one.Deadlines[j].Roots)
		}
	}
	a.relations, a.parts = t.b.pageOf(t.view, relations), t.b.pageOf(t.view, parts)
	return a
}

func (a *tabled) instruments() []instrument {
	all := make([]instrument, len(a.list))
	for i := range all {
		all[i] = instrument{a, &a.list[i]}
	}
	return all
}

// by are those who fill the first role of the instrument's kind.
func (i instrument) by() []graph.EntityID {
	k := i.b.ontology.Kind(i.Kind)
	for j := range k.Properties {
		if k.Properties[j].Role {
			return fillersOf(&i.Standing, k.Properties[j].Name)
		}
	}
	return nil
}

// whom are those whom it is for: who profits from it, and at whom it is directed, each once.
func (i instrument) whom() []graph.EntityID {
	list := fillersOf(&i.Standing, "beneficiary")
	for _, id := range fillersOf(&i.Standing, "target") {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

func (i instrument) conditions() any {
	list := make([]term, len(i.Conditions))
	for j := range list {
		list[j] = term{i.found, i.parts, &i.Conditions[j]}
	}
	return list
}

func (i instrument) deadlines() any { return i.these(i.Deadlines) }

// claimWords are the values of claims, each once.
func claimWords(claims []graph.Claim) []string {
	list := []string{}
	seen := map[string]bool{}
	for _, c := range claims {
		if s := c.Value.String(); !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}
