package gqlschema

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// ordering is one of the things by which a list is ordered.
type ordering struct {
	by   string // a property, or one of the two below
	down bool
}

const (
	byLabel = " name" // no property is called so
	byDate  = " date"
)

// orderType is the input by which lists of a kind are ordered.
func (b *builder) orderType(k *kind) graphql.Input {
	return b.input(k.Name+"Order", "", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"field":     {Type: graphql.NewNonNull(b.orderField(k))},
			"direction": {Type: b.orderDirection(), DefaultValue: false, Description: "What is not stated comes last either way."},
		}
	})
}

func (b *builder) orderDirection() *graphql.Enum {
	if b.enums["OrderDirection"] == nil {
		b.enums["OrderDirection"] = enumOf("OrderDirection", "", enumValue{"ASC", false, "The least first."}, enumValue{"DESC", true, "The greatest first."})
	}
	return b.enums["OrderDirection"]
}

func (b *builder) orderField(k *kind) *graphql.Enum {
	name := k.Name + "OrderField"
	if made := b.enums[name]; made != nil {
		return made
	}
	values := []enumValue{{"NAME", byLabel, "What it is called at the point."}}
	if k.relation {
		values = append(values, enumValue{"DATE", byDate, "When it starts."})
	}
	for _, p := range k.askable() {
		if p.Type != graph.Reference && !schema.Several(p) {
			values = append(values, enumValue{screaming(p.Name), p.Name, p.Doc})
		}
	}
	b.enums[name] = enumOf(name, "", values...)
	return b.enums[name]
}

func orderingsOf(given any) (list []ordering) {
	all, _ := given.([]any)
	for _, item := range all {
		if m, ok := item.(map[string]any); ok {
			by, _ := m["field"].(string)
			down, _ := m["direction"].(bool)
			list = append(list, ordering{by, down})
		}
	}
	return list
}

// rankOf is what an entity is ordered by.
type rankOf struct {
	stated bool
	number float64
	text   string
}

// ordered sorts entities of the page; those that are alike keep their places.
func (pg *page) ordered(ctx context.Context, ids []graph.EntityID, order []ordering) ([]graph.EntityID, error) {
	if len(order) == 0 {
		return ids, nil
	}
	ranks := make(map[graph.EntityID][]rankOf, len(ids))
	for _, id := range ids {
		for _, o := range order {
			r, err := node{pg, id}.rank(ctx, o.by)
			if err != nil {
				return nil, err
			}
			ranks[id] = append(ranks[id], r)
		}
	}
	sorted := slices.Clone(ids)
	slices.SortStableFunc(sorted, func(x, y graph.EntityID) int {
		for i, o := range order {
			if c := compareRanks(ranks[x][i], ranks[y][i], o.down); c != 0 {
				return c
			}
		}
		return 0
	})
	return sorted, nil
}

func compareRanks(a, b rankOf, down bool) int {
	if a.stated != b.stated {
		return pick(a.stated, -1, 1)
	}
	c := cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.text, b.text))
	return pick(down, -c, c)
}

func (n node) rank(ctx context.Context, by string) (rankOf, error) {
	if by == byLabel {
		label, err := n.page.label(ctx, n.id)
		return rankOf{true, 0, graph.FoldName(label)}, err
	}
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return rankOf{}, err
	}
	if by == byDate {
		c := n.page.b.validity(s)
		if c == nil || c.From == graph.MinTime {
			return rankOf{}, nil
		}
		return rankOf{true, float64(c.From), ""}, nil
	}
	c, ok := s.Head(by)
	if !ok {
		return rankOf{}, nil
	}
	return n.page.b.rankOfValue(s.Kind, by, c.Value), nil
}

// rankOfValue puts values in order: numbers by size, dates by their start, codes as
// their enumeration lists them, texts by their letters.
func (b *builder) rankOfValue(kind, property string, v graph.Value) rankOf {
	switch v.Type() {
	case graph.Integer, graph.Number:
		return rankOf{true, v.Float(), ""}
	case graph.Boolean:
		return rankOf{true, pick(v.Bool(), 1.0, 0), ""}
	case graph.Date:
		if on, err := graph.ParseOn(v.String()); err == nil {
			return rankOf{true, float64(on.From), ""}
		}
	case graph.Code:
		if e := b.declaredEnum(b.ontology.Property(kind, property)); e != nil {
			return rankOf{true, float64(slices.Index(e.Values, v.String())), ""}
		}
	}
	return rankOf{true, 0, graph.FoldName(v.String())}
}
