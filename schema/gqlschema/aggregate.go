package gqlschema

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// The groups beside those by roles, links and attributes.
const (
	byYear  = " year"
	byMonth = " month"
	byDay   = " day"
)

// groups is a list counted: what Aggregate resolves from.
type groups struct {
	page   *page
	total  int
	groups []group
}

type group struct {
	keys  []groupKey
	count int
}

// groupKey is one of the things that the members of a group have in common.
type groupKey struct {
	values *page // of the entities among the values
	field  string
	value  string // "": not stated
	entity graph.EntityID
}

// groupArgs are the arguments of aggregates beside those of lists.
func (b *builder) groupArgs(k *kind) graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"groupBy": {Type: graphql.NewList(graphql.NewNonNull(b.groupEnum(k))), Description: "What the members of a group have in common. What has several values stands in several groups."},
		"first":   {Type: graphql.Int, DefaultValue: firstDefault, Description: "At most so many groups."},
	}
}

func (b *builder) groupEnum(k *kind) *graphql.Enum {
	name := k.Name + "Group"
	if made := b.enums[name]; made != nil {
		return made
	}
	values := []enumValue{{"KIND", " kind", "Its kind in the ontology."}}
	if k.Property("kind") != nil {
		values = nil
	}
	if k.relation {
		values = append(values, enumValue{"YEAR", byYear, "In which it starts."}, enumValue{"MONTH", byMonth, "In which it starts."}, enumValue{"DAY", byDay, "On which it starts."})
	}
	for _, p := range k.askable() {
		values = append(values, enumValue{screaming(p.Name), p.Name, p.Doc})
	}
	b.enums[name] = enumOf(name, "", values...)
	return b.enums[name]
}

// aggregateType is the type of all aggregates.
func (b *builder) aggregateType() *graphql.Object {
	if made := b.made["Aggregate"]; made != nil {
		return made.(*graphql.Object)
	}
	key := object("AggregateKey", "What the members of a group have in common.", func() graphql.Fields {
		return graphql.Fields{
			"field": field(must(graphql.String), "The role, link or attribute; kind, year, month or day.", plain(func(k groupKey) any { return k.field })),
			"value": field(graphql.String, "Its value: the label, where it is an entity; nothing where it is not stated.", fetch(groupKey.text)),
			"entity": field(b.entity, "Its value, where that is an entity.", plain(func(k groupKey) any {
				if k.entity.IsZero() {
					return nil
				}
				return node{k.values, k.entity}
			})),
		}
	})
	grouped := object("AggregateGroup", "", func() graphql.Fields {
		return graphql.Fields{
			"keys":  field(listOf(key), "In the order of groupBy.", plain(func(g group) any { return slices.Clip(g.keys) })),
			"count": field(must(graphql.Int), "", plain(func(g group) any { return g.count })),
		}
	})
	made := object("Aggregate", "A list, counted.", func() graphql.Fields {
		return graphql.Fields{
			"totalCount": field(must(graphql.Int), "Of the whole list.", plain(func(g *groups) any { return g.total })),
			"groups":     field(listOf(grouped), "The largest first, then by value.", plain(func(g *groups) any { return slices.Clip(g.groups) })),
			"point":      field(must(b.point), "The point at which the list is read.", plain(func(g *groups) any { return g.page.view })),
		}
	})
	b.made["Aggregate"] = made
	return made
}

func (k groupKey) text(ctx context.Context) (any, error) {
	if !k.entity.IsZero() {
		return k.values.label(ctx, k.entity)
	}
	return stated(k.value), nil
}

// resolveAggregate counts a list.
func (b *builder) resolveAggregate(k *kind) resolver {
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		a, err := b.ask(p, v, k)
		if err != nil {
			return nil, err
		}
		p.Args = maps.Clone(p.Args)
		delete(p.Args, "first") // all are counted
		pg, ids, err := b.list(p, v, &a)
		if err != nil {
			return nil, err
		}
		by := words(p.Args["groupBy"])
		found := &groups{page: pg, total: len(ids)}
		if len(by) > 0 {
			found.groups, err = pg.grouped(p.Context, ids, by)
		}
		found.groups = cut(found.groups, first)
		return found, err
	}
}

// grouped counts entities of the page by what they have in common.
func (pg *page) grouped(ctx context.Context, ids []graph.EntityID, by []string) ([]group, error) {
	found := map[string]*group{}
	var order []string
	var values []graph.EntityID
	for _, id := range ids {
		combinations := [][]groupKey{nil}
		for _, field := range by {
			keys, err := pg.keysOf(ctx, id, field)
			if err != nil {
				return nil, err
			}
			combinations = times(combinations, keys)
		}
		for _, keys := range combinations {
			name := fmt.Sprint(keys)
			if found[name] == nil {
				found[name], order = &group{keys: keys}, append(order, name)
				for _, k := range keys {
					values = append(values, k.entity)
				}
			}
			found[name].count++
		}
	}
	shared := pg.b.page(pg.view, slices.DeleteFunc(values, graph.EntityID.IsZero))
	list := make([]group, len(order))
	for i, name := range order {
		list[i] = *found[name]
		for j := range list[i].keys {
			list[i].keys[j].values = shared
		}
	}
	slices.SortStableFunc(list, func(a, b group) int { return cmp.Or(cmp.Compare(b.count, a.count), compareKeys(a.keys, b.keys)) })
	return list, nil
}

func compareKeys(a, b []groupKey) int {
	return slices.CompareFunc(a, b, func(x, y groupKey) int {
		return cmp.Or(strings.Compare(x.value, y.value), strings.Compare(x.entity.String(), y.entity.String()))
	})
}

// times adds each of some keys to each combination.
func times(combinations [][]groupKey, keys []groupKey) [][]groupKey {
	var all [][]groupKey
	for _, c := range combinations {
		for _, k := range keys {
			all = append(all, append(slices.Clone(c), k))
		}
	}
	return all
}

// keysOf are the values that an entity is grouped by, each once; one that is
// empty where nothing is stated.
func (pg *page) keysOf(ctx context.Context, id graph.EntityID, by string) ([]groupKey, error) {
	field := strings.TrimSpace(by)
	if by == " kind" {
		e, err := pg.entity(ctx, id)
		return []groupKey{{field: field, value: e.Kind}}, err
	}
	s, err := pg.standing(ctx, id)
	if err != nil {
		return nil, err
	}
	var keys []groupKey
	switch by {
	case byYear, byMonth, byDay:
		if c := pg.b.validity(s); c != nil && c.From != graph.MinTime {
			digits := map[string]int{byYear: len("2006"), byMonth: len("2006-01"), byDay: len("2006-01-02")}[by]
			keys = append(keys, groupKey{field: field, value: c.From.String()[:digits]})
		}
	default:
		for _, c := range s.All(by) {
			key := groupKey{field: field, entity: c.Value.Entity()}
			if key.entity.IsZero() {
				key.value = c.Value.String()
			}
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		keys = []groupKey{{field: field}}
	}
	return keys, nil
}
