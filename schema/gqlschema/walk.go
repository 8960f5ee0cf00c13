package gqlschema

import (
	"cmp"
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// edgeList is edges that are read together.
type edgeList struct {
	ends  *page // whatever they lead from and to
	edges []graph.Edge
	heard lazy[[][]source]
}

// edge is an edge of a list: what the type Neighbor resolves from.
type edge struct {
	list *edgeList
	at   int
	*graph.Edge
}

func (b *builder) edgeList(v graph.View, edges []graph.Edge) *edgeList {
	var ids []graph.EntityID
	for i := range edges {
		ids = append(ids, edges[i].Other, edges[i].Entity)
	}
	return &edgeList{ends: b.page(v, ids), edges: edges}
}

func (l *edgeList) all() []edge {
	list := make([]edge, len(l.edges))
	for i := range l.edges {
		list[i] = edge{l, i, &l.edges[i]}
	}
	return list
}

// defineNeighbor makes the type of edges.
func (b *builder) defineNeighbor() {
	b.neighbor = object("Neighbor", "A link or role that leads to or from an entity.", func() graphql.Fields {
		return graphql.Fields{
			"entity":   field(must(b.entity), "The other end.", plain(func(e edge) any { return node{e.list.ends, e.Other} })),
			"of":       field(must(b.entity), "The end from which it is seen.", plain(func(e edge) any { return node{e.list.ends, e.Entity} })),
			"property": field(must(graphql.String), "The link or role.", plain(func(e edge) any { return e.Property })),
			"outwards": field(must(graphql.Boolean), "Whether the entity asked about is the subject.", plain(func(e edge) any { return e.Out })),
			"from":     field(dateTime, "First instant; nothing where the start is open or unknown.", plain(func(e edge) any { return instant(e.From) })),
			"until":    field(dateTime, "First instant after it; nothing where the end is open.", plain(func(e edge) any { return instant(e.End.Until) })),
			"end":      field(must(graphql.String), "UNKNOWN, OPEN or DATED.", plain(func(e edge) any { return e.End.Kind.String() })),
			"truth":    field(must(graphql.String), "HELD or CONTESTED.", plain(func(e edge) any { return e.Truth.String() })),
			"rank":     field(must(graphql.String), "", plain(func(e edge) any { return e.Rank.String() })),
			"cursor":   field(must(graphql.String), "For after, to go on behind it; empty where it is in no list.", plain(func(e edge) any { return string(e.Cursor()) })),
			"sources":  field(listOf(b.source), "Who says so.", fetch(edge.sources)),
		}
	})
}

// rootNeighbors lists the edges of an entity.
func (b *builder) rootNeighbors() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"of":        {Type: must(graphql.String).(graphql.Input), Description: "The entity, by name, id or key."},
		"other":     {Type: graphql.String, Description: "Only edges to this entity, by name, id or key."},
		"property":  {Type: namesArg(), Description: "Only these links and roles."},
		"direction": {Type: b.direction, DefaultValue: graph.Both},
		"starts":    {Type: edtfScalar, Description: "Only those that start then."},
		"first":     firstArg(),
		"after":     {Type: graphql.String, Description: "The cursor of the last one seen, of the same list."},
	}
	return b.root(listOf(b.neighbor), "What an entity is linked to, the newest start first.", args, b.neighbors)
}

func namesArg() graphql.Input { return graphql.NewList(graphql.NewNonNull(graphql.String)) }

func (b *builder) neighbors(p graphql.ResolveParams, v graph.View) (any, error) {
	q, err := b.edgeQuery(p, v)
	if err != nil || q.First == 0 {
		return []edge{}, err
	}
	list := make([]graph.Edge, 0, min(q.First, 50))
	for e, err := range v.Neighbors(p.Context, q) {
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return b.edgeList(v, list).all(), nil
}

func (b *builder) edgeQuery(p graphql.ResolveParams, v graph.View) (q graph.EdgeQuery, err error) {
	if q.First, err = firstOf(p.Args); err != nil {
		return q, err
	}
	if q.Entity.ID, err = b.find(p, v, "of", nil); err != nil {
		return q, err
	}
	if _, ok := p.Args["other"].(string); ok {
		if q.Other.ID, err = b.find(p, v, "other", nil); err != nil {
			return q, err
		}
	}
	if q.Properties, err = b.propertiesIn(p.Args, "property"); err != nil {
		return q, err
	}
	if q.Starts, err = startsOf(p.Args); err != nil {
		return q, err
	}
	q.Direction, _ = p.Args["direction"].(graph.Direction)
	after, _ := p.Args["after"].(string)
	q.After = graph.Cursor(after)
	return q, nil
}

// propertiesIn reads an argument that lists links and roles.
func (b *builder) propertiesIn(args map[string]any, arg string) ([]string, error) {
	list := words(args[arg])
	for _, name := range list {
		if err := b.propertyIn(arg, name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// startsOf reads the argument starts: the zero interval where it is not given.
func startsOf(args map[string]any) (graph.Interval, error) {
	s, ok := args["starts"].(string)
	if !ok {
		return graph.Interval{}, nil
	}
	i, err := graph.ParseOn(s)
	if err != nil {
		err = under("starts", err)
	}
	return i, err
}

func (e edge) sources(ctx context.Context) (any, error) {
	lists, err := e.list.heard.get(func() ([][]source, error) { return e.list.sources(ctx) })
	if err != nil {
		return nil, err
	}
	return lists[e.at], nil
}

// sources reads what all edges of the list rest on.
func (l *edgeList) sources(ctx context.Context) ([][]source, error) {
	b, v := l.ends.b, l.ends.view
	lists, err := v.EvidenceByEdge(ctx, l.edges)
	if err != nil {
		return nil, err
	}
	var all []graph.Evidence
	for _, list := range lists {
		all = append(all, list...)
	}
	records, err := b.records(ctx, v, all)
	sources := make([][]source, len(lists))
	for i, list := range lists {
		sources[i], records = records[:len(list)], records[len(list):]
	}
	return sources, err
}

func instant(t graph.Time) any {
	if t == graph.MinTime || t == graph.MaxTime {
		return nil
	}
	return t.String()
}

// rootClaims lists the claims about an entity.
func (b *builder) rootClaims() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"subject":  {Type: must(graphql.String).(graphql.Input), Description: "The entity, by name, id or key."},
		"property": {Type: graphql.String},
		"denied":   {Type: graphql.Boolean, DefaultValue: false, Description: "Also claims that are only denied."},
		"first":    firstArg(),
	}
	return b.root(listOf(b.claim), "The claims about an entity that hold at the point, as they are stated.", args, b.claimsAbout)
}

func (b *builder) claimsAbout(p graphql.ResolveParams, v graph.View) (any, error) {
	first, err := firstOf(p.Args)
	if err != nil {
		return nil, err
	}
	denied, _ := p.Args["denied"].(bool)
	find := func() (graph.EntityID, error) { return b.find(p, v, "subject", nil) }
	if denied {
		find = func() (graph.EntityID, error) { return b.findEver(p, v, "subject") }
	}
	subject, err := find()
	if err != nil {
		return nil, err
	}
	q := graph.ClaimQuery{Subject: graph.ByID(subject), Denied: denied}
	property, err := b.propertyArg(p.Args)
	if err != nil {
		return nil, err
	}
	if property != "" {
		q.Properties = []string{property}
	}
	var list []graph.Claim
	for c, err := range v.Claims(p.Context, q) {
		if err != nil {
			return nil, err
		}
		if len(list) == first {
			break
		}
		list = append(list, c)
	}
	return b.claimList(v, list).those(list), nil
}

// rootHistory lists every record of a claim, or of a subject's claims.
func (b *builder) rootHistory() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"claim":    {Type: graphql.ID},
		"subject":  {Type: graphql.String, Description: "An entity, by name, id or key."},
		"property": {Type: graphql.String, Description: "Of the subject: only this property."},
		"first":    firstArg(),
	}
	return b.root(listOf(b.assertion), "Every record of a claim, or about a subject, each once, retracted ones too, in the order of recording.", args, b.historyAt)
}

func (b *builder) historyAt(p graphql.ResolveParams, v graph.View) (any, error) {
	first, err := firstOf(p.Args)
	if err != nil {
		return nil, err
	}
	arg, err := only(p.Args, "claim", "subject")
	if err != nil {
		return nil, err
	}
	if arg == "subject" {
		id, err := b.findEver(p, v, arg)
		if err != nil {
			return nil, err
		}
		list, err := b.historyOf(p, v, id)
		return cut(list, first), err
	}
	id, err := graph.ParseClaimID(p.Args[arg].(string))
	if err != nil {
		return nil, newFault(codeInput, "claim: not an id", nil)
	}
	if _, ok := p.Args["property"].(string); ok {
		return nil, newFault(codeInput, "property: goes with subject; a claim has one property", nil)
	}
	list, err := v.History(p.Context, id)
	if err != nil {
		return nil, err
	}
	return b.records(p.Context, v, cut(list, first))
}

// historyOf lists every record about a subject once, in the order of recording.
func (b *builder) historyOf(p graphql.ResolveParams, v graph.View, subject graph.EntityID) ([]source, error) {
	property, err := b.propertyArg(p.Args)
	if err != nil {
		return nil, err
	}
	_, list, err := v.HistoryOf(p.Context, subject, property)
	if err != nil {
		return nil, err
	}
	all, err := b.records(p.Context, v, list)
	if err != nil {
		return nil, err
	}
	type record struct {
		id   graph.AssertionID
		from graph.TS
	}
	at := map[record]int{}
	var kept []source
	for _, s := range all {
		r := record{s.Assertion.ID, s.Recorded.From}
		i, ok := at[r]
		if !ok {
			i = len(kept)
			at[r], kept = i, append(kept, s)
		}
		kept[i].about = append(kept[i].about, s.Claim)
	}
	slices.SortStableFunc(kept, func(a, b source) int { return cmp.Compare(a.Recorded.From, b.Recorded.From) })
	return kept, nil
}
