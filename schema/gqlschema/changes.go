package gqlschema

import (
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// changes is what the type Changes resolves from.
type changes struct {
	graph.Changes
	b  *builder
	to graph.View
}

// change is one item of a list of changes.
type change struct {
	subjects *page
	heard    *said
	*graph.Change
}

// rootChanges tells what became different between two days. It has no point:
// each of its days is one.
func (b *builder) rootChanges() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"from":    {Type: must(graphql.String).(graphql.Input), Description: "The first day: what held then, as known at its end (EDTF). With basis RECORDED also a transaction, tx:NUMBER."},
		"to":      {Type: must(graphql.String).(graphql.Input), Description: "The second day, not before the first."},
		"basis":   {Type: must(b.basis).(graphql.Input), Description: "By which clock each day knows."},
		"axis":    {Type: b.axis(), Description: "What moves from one day to the other; default: both."},
		"on":      heldOnArg(),
		"policy":  {Type: b.policy, Description: "Which assertions count. Default: ALL_SIDES."},
		"undated": {Type: b.undated, Description: undatedDoc},
	}
	f := field(must(b.changesType()), "What became different from one day to another: in the world, or in what is known of it.", b.changesBetween)
	return with(f, args)
}

func (b *builder) axis() *graphql.Enum {
	return enumOfOnce(b, "Axis", "What moves between two days.",
		enumValue{"ON", "ON", "The world: both days as known at the end of the second."},
		enumValue{"KNOWN", "KNOWN", "What is known: of the second day, as each of them knew it."})
}

func (b *builder) changesType() *graphql.Object {
	item := object("Change", "One thing that became different.", func() graphql.Fields {
		return graphql.Fields{
			"kind":    field(must(graphql.String), "WORLD_CHANGE, LATE_REPORT, CORRECTION, RETRACTION, NEW_SOURCE_SAME_CLAIM, STATE_TRANSITION, CONFIDENCE_ONLY or IDENTITY.", plain(func(c change) any { return string(c.Kind) })),
			"subject": field(must(b.entity), "What it is about.", plain(func(c change) any { return node{c.subjects, c.Subject} })),
			"summary": field(graphql.String, "The newest report of it, in the recorder's words.", plain(func(c change) any { return stated(c.Summary) })),
			"before":  field(graphql.String, "What the first day shows of it.", plain(func(c change) any { return stated(c.Before) })),
			"after":   field(graphql.String, "What the second day shows of it.", plain(func(c change) any { return stated(c.After) })),
			"said":    field(graphql.String, "When the newest evidence was said, else published.", plain(func(c change) any { return instant(c.Said) })),
			"sources": field(listOf(b.source), "What is newly known, or no longer relied on.", plain(change.sources)),
		}
	})
	return object("Changes", "What became different between two days.", func() graphql.Fields {
		return graphql.Fields{
			"documentsSeen":    field(must(graphql.Int), "Documents that became known in between.", plain(func(c *changes) any { return c.DocumentsSeen })),
			"undatedDocuments": field(must(graphql.Int), "Of all documents known on the second day, those that do not say when they came out.", plain(func(c *changes) any { return c.UndatedDocuments })),
			"items": with(field(listOf(item), "The newest said first.", fetchWith(changedItems)),
				graphql.FieldConfigArgument{"first": firstArg()}),
		}
	})
}

func (b *builder) changesBetween(p graphql.ResolveParams) (any, error) {
	if err := p.Context.Err(); err != nil {
		return nil, err
	}
	as := requestOf(p.Context).point()
	weighed(&as, p.Args)
	from, err := b.dayView(p, "from", as)
	if err != nil {
		return nil, err
	}
	to, err := b.dayView(p, "to", as)
	if err != nil {
		return nil, err
	}
	switch first, last := from.Point(), to.Point(); p.Args["axis"] {
	case "ON":
		last.On = first.On
		from = b.at(p.Context, last)
	case "KNOWN":
		from = from.On(last.On)
	}
	if from, to, err = heldOn(p, from, to); err != nil {
		return nil, err
	}
	found, err := graph.Diff(p.Context, from, to, nil)
	if err != nil {
		return nil, fmt.Errorf("from %s to %s: %w", p.Args["from"], p.Args["to"], err)
	}
	return &changes{found, b, to}, nil
}

func heldOnArg() *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: edtfScalar, Description: "With axis KNOWN: the day of which each of the two knew something (EDTF). Default: the second of them."}
}

// heldOn moves what two days know to the day that the argument on gives.
func heldOn(p graphql.ResolveParams, from, to graph.View) (graph.View, graph.View, error) {
	on, err := onOf(p.Args)
	switch {
	case err != nil:
		return from, to, under("on", err)
	case on.IsZero():
		return from, to, nil
	case p.Args["axis"] != "KNOWN":
		return from, to, newFault(codeInput, "on: from and to are the days already, unless axis is KNOWN", nil)
	}
	return from.On(on), to.On(on), nil
}

// dayView is the view of a day as known at its end, or of the moment of a
// transaction as known by it; what counts there is what does at another point.
func (b *builder) dayView(p graphql.ResolveParams, arg string, as graph.Point) (graph.View, error) {
	given, _ := p.Args[arg].(string)
	basis, _ := p.Args["basis"].(graph.Basis)
	point := graph.Point{Basis: basis, Clearance: requestOf(p.Context).point().Clearance, Policy: as.Policy, Undated: as.Undated}
	var err error
	if point.KnownOn, err = basis.KnownOn(given); err != nil {
		return graph.View{}, under(arg, err)
	}
	if graph.BasisOf(given) == graph.Recorded {
		moment := graph.TimeOf(point.KnownOn.Time())
		point.On = graph.Interval{From: moment, To: moment + 1}
	} else if point.On, err = graph.ParseOn(given); err != nil {
		return graph.View{}, under(arg, err)
	}
	return b.at(p.Context, point), nil
}

func changedItems(p graphql.ResolveParams, c *changes) (any, error) {
	first, err := firstOf(p.Args)
	if err != nil {
		return nil, err
	}
	items := cut(c.Items, first)
	var evidence []graph.Evidence
	var ids []graph.EntityID
	for _, item := range items {
		evidence, ids = append(evidence, item.Sources...), append(ids, item.Subject)
	}
	heard, err := c.b.said(p.Context, c.to, evidence)
	subjects := c.b.page(c.to, ids)
	list := make([]change, len(items))
	for i := range items {
		list[i] = change{subjects, heard, &items[i]}
	}
	return list, err
}

func (c change) sources() any {
	list := make([]*graph.Evidence, len(c.Sources))
	for i := range c.Sources {
		list[i] = &c.Sources[i]
	}
	return c.heard.sources(c.heard.once(list))
}

// rootStats counts what the point shows.
func (b *builder) rootStats() *graphql.Field {
	count := func(doc string, of func(graph.Stats) int) *graphql.Field {
		return field(must(graphql.Int), doc, plain(func(s graph.Stats) any { return of(s) }))
	}
	stats := object("Stats", "How much the point shows.", func() graphql.Fields {
		return graphql.Fields{
			"entities":     count("Without relations and documents.", func(s graph.Stats) int { return s.Entities }),
			"relations":    count("", func(s graph.Stats) int { return s.Relations }),
			"claims":       count("", func(s graph.Stats) int { return s.Claims }),
			"assertions":   count("", func(s graph.Stats) int { return s.Assertions }),
			"documents":    count("", func(s graph.Stats) int { return s.Documents }),
			"transactions": count("", func(s graph.Stats) int { return s.Transactions }),
		}
	})
	return b.root(must(stats), "How much the point shows.", nil, func(p graphql.ResolveParams, v graph.View) (any, error) {
		return v.Stats(p.Context)
	})
}
