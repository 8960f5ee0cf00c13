package gqlschema

import (
	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// hopArgs are the arguments that select the hops of a traversal.
func hopArgs() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"via":    {Type: namesArg(), Description: "Only over these links and roles. Through a meeting are two hops: to the meeting, and on."},
		"kinds":  {Type: namesArg(), Description: "Only through entities of these kinds of the ontology, which may be abstract."},
		"starts": {Type: edtfScalar, Description: "Only hops that start then."},
	}
}

// hopsIn reads them.
func (b *builder) hopsIn(args map[string]any) (h graph.Hops, err error) {
	if h.Properties, err = b.propertiesIn(args, "via"); err != nil {
		return h, err
	}
	h.Kinds = words(args["kinds"])
	for _, k := range h.Kinds {
		if err := b.kindIn("kinds", k, ""); err != nil {
			return h, err
		}
	}
	h.Starts, err = startsOf(args)
	return h, err
}

func (b *builder) rootPath() *graphql.Field {
	path := object("Path", "A shortest way from one entity to another.", func() graphql.Fields {
		return graphql.Fields{
			"length":   field(must(graphql.Int), "How many hops.", plain(func(l *edgeList) any { return len(l.edges) })),
			"steps":    field(listOf(b.neighbor), "Each seen from the entity that is nearer to the first.", plain(func(l *edgeList) any { return l.all() })),
			"entities": field(listOf(b.entity), "Those on the way, both ends included.", plain((*edgeList).stations)),
		}
	})
	args := both(hopArgs(), graphql.FieldConfigArgument{
		"from":    {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
		"to":      {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
		"maxHops": {Type: graphql.Int, DefaultValue: 6, Description: "At most so many."},
	})
	return b.root(path, "A shortest path between two entities; an error where there is none.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		h, err := b.hopsIn(p.Args)
		if err != nil {
			return nil, err
		}
		q := graph.PathQuery{Hops: h}
		if q.MaxHops, err = countIn(p.Args, "maxHops", 1, 20); err != nil {
			return nil, err
		}
		if q.From.ID, err = b.find(p, v, "from", nil); err != nil {
			return nil, err
		}
		if q.To.ID, err = b.find(p, v, "to", nil); err != nil {
			return nil, err
		}
		edges, err := v.Path(p.Context, q)
		l := b.edgeList(v, edges)
		if len(edges) == 0 {
			l.ends = b.page(v, []graph.EntityID{q.From.ID})
		}
		return l, err
	})
}

// stations are the entities on a path.
func (l *edgeList) stations() any {
	if len(l.edges) == 0 {
		return l.ends.nodes()
	}
	ids := []graph.EntityID{l.edges[0].Entity}
	for i := range l.edges {
		ids = append(ids, l.edges[i].Other)
	}
	return l.ends.pick(ids)
}

// neighborhood is what the type Subgraph resolves from.
type neighborhood struct {
	graph.Subgraph
	page *page
	list *edgeList
}

type neighborhoodNode struct {
	page *page
	*graph.Node
}

func (b *builder) rootSubgraph() *graphql.Field {
	entity := object("SubgraphEntity", "", func() graphql.Fields {
		return graphql.Fields{
			"entity": field(must(b.entity), "", plain(func(n neighborhoodNode) any { return node{n.page, n.ID} })),
			"depth":  field(must(graphql.Int), "How many hops away.", plain(func(n neighborhoodNode) any { return n.Depth })),
			"cut":    field(must(graphql.Boolean), "Whether it has more edges than the answer.", plain(func(n neighborhoodNode) any { return n.Cut })),
		}
	})
	subgraph := object("Subgraph", "What lies around an entity.", func() graphql.Fields {
		return graphql.Fields{
			"entities": field(listOf(entity), "In the order in which they are reached.", plain((*neighborhood).nodes)),
			"edges":    field(listOf(b.neighbor), "Each seen from the end that is reached first.", plain(func(n *neighborhood) any { return n.list.all() })),
			"cut":      field(must(graphql.Boolean), "Whether anything was left out.", plain(func(n *neighborhood) any { return n.Cut })),
		}
	})
	args := both(hopArgs(), graphql.FieldConfigArgument{
		"around": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
		"depth":  {Type: graphql.Int, DefaultValue: 1, Description: "How many hops."},
		"limit":  {Type: graphql.Int, DefaultValue: firstDefault, Description: "At most so many edges of each entity, the newest."},
		"first":  {Type: graphql.Int, DefaultValue: 200, Description: "At most so many entities."},
	})
	return b.root(must(subgraph), "What lies around an entity.", args, b.subgraph)
}

func (b *builder) subgraph(p graphql.ResolveParams, v graph.View) (any, error) {
	h, err := b.hopsIn(p.Args)
	if err != nil {
		return nil, err
	}
	q := graph.SubgraphQuery{Hops: h}
	if q.Depth, err = countIn(p.Args, "depth", 1, 6); err != nil {
		return nil, err
	}
	if q.Limit, err = countIn(p.Args, "limit", 1, 1000); err != nil {
		return nil, err
	}
	if q.MaxEntities, err = countIn(p.Args, "first", 1, 5000); err != nil {
		return nil, err
	}
	if q.Around, err = b.find(p, v, "around", nil); err != nil {
		return nil, err
	}
	s, err := v.Subgraph(p.Context, q)
	if err != nil {
		return nil, err
	}
	ids := make([]graph.EntityID, len(s.Entities))
	for i := range s.Entities {
		ids[i] = s.Entities[i].ID
	}
	n := &neighborhood{Subgraph: s, page: b.page(v, ids), list: b.edgeList(v, s.Edges)}
	n.list.ends = n.page
	return n, nil
}

func (n *neighborhood) nodes() any {
	list := make([]neighborhoodNode, len(n.Entities))
	for i := range n.Entities {
		list[i] = neighborhoodNode{n.page, &n.Entities[i]}
	}
	return list
}

func (b *builder) rootCounts() *graphql.Field {
	count := object("Count", "How many edges of one link or role lead one way.", func() graphql.Fields {
		return graphql.Fields{
			"property": field(must(graphql.String), "The link or role.", plain(func(c graph.Count) any { return c.Property })),
			"outwards": field(must(graphql.Boolean), "Whether the entity asked about is the subject.", plain(func(c graph.Count) any { return c.Out })),
			"edges":    field(must(graphql.Int), "", plain(func(c graph.Count) any { return c.Edges })),
		}
	})
	args := both(hopArgs(), graphql.FieldConfigArgument{"of": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."}})
	return b.root(listOf(count), "How many edges an entity has, by link or role.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		h, err := b.hopsIn(p.Args)
		if err != nil {
			return nil, err
		}
		id, err := b.find(p, v, "of", nil)
		if err != nil {
			return nil, err
		}
		return v.Counts(p.Context, graph.ByID(id), h)
	})
}
