package gqlschema

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// asked is what a list is asked for.
type asked struct {
	kind    *kind
	fillers map[string][]graph.EntityID // role → who must fill it
	words   map[string]string           // attribute → what it must be
	test    test                        // the filter; nil: none
	least   graph.Rank
	ranked  bool
	rollUp  bool
	order   []ordering
}

// free tells whether everything of the kind is asked for, in its usual order.
func (a *asked) free() bool {
	return len(a.fillers)+len(a.words)+len(a.order) == 0 && a.test == nil
}

// askable are the properties by which entities of a kind can be asked for.
func (k *kind) askable() (list []*graph.Property) {
	if k.group {
		for i := range k.rows {
			list = append(list, k.rows[i].property)
		}
		return list
	}
	for i := range k.Properties {
		if p := &k.Properties[i]; p.Name != graph.PropertyName && p.Name != graph.PropertyAlias {
			list = append(list, p)
		}
	}
	return list
}

// plainArgs are the arguments by which entities of a kind are chosen without a
// filter: its roles and links by who fills them, its codes by what they are.
func (b *builder) plainArgs(k *kind) graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{}
	for _, p := range k.askable() {
		if p.Type == graph.Reference {
			args[p.Name] = &graphql.ArgumentConfig{Type: graphql.String, Description: strings.TrimSpace(p.Doc + " By name, id or key.")}
		} else if e := b.declaredEnum(p); e != nil {
			args[p.Name] = &graphql.ArgumentConfig{Type: b.enum(e), Description: p.Doc}
		}
	}
	return args
}

// listArgs are the arguments of every list of a kind.
func (b *builder) listArgs(k *kind) graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{
		"filter":  {Type: b.filterType(k), Description: "Only those that fit."},
		"orderBy": {Type: graphql.NewList(graphql.NewNonNull(b.orderType(k))), Description: "In which order; default: relations the newest start first, others as they were recorded."},
	}
	if k.relation {
		args["rollUp"] = &graphql.ArgumentConfig{Type: graphql.Boolean, DefaultValue: false,
			Description: "Also those in which somebody takes part who stood for whom is asked for."}
	} else if args["kind"] == nil && k.Property("kind") == nil {
		args["kind"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Only entities of this kind of the ontology."}
	}
	return args
}

// ask reads the arguments of a list. Names are resolved in the order of the
// declaration, so that the first mistake is always the same.
func (b *builder) ask(p graphql.ResolveParams, v graph.View, k *kind) (a asked, err error) {
	a = asked{kind: k, fillers: map[string][]graph.EntityID{}, words: map[string]string{}}
	for _, property := range k.askable() {
		given, ok := p.Args[property.Name].(string)
		if !ok {
			continue
		}
		if property.Type != graph.Reference {
			a.words[property.Name] = given
			continue
		}
		id, err := b.find(p, v, property.Name, property.Targets)
		if err != nil {
			return a, err
		}
		a.fillers[property.Name] = []graph.EntityID{id}
	}
	if given, ok := p.Args["filter"].(map[string]any); ok {
		r := reader{b: b, p: p, view: v}
		if a.test, err = r.tests(k, given, "filter"); err != nil {
			return a, err
		}
		a.least, a.ranked = given["rank"].(graph.Rank)
	}
	a.rollUp, _ = p.Args["rollUp"].(bool)
	a.order = orderingsOf(p.Args["orderBy"])
	return a, nil
}

// fits tells whether a state has the words that are asked for.
func (a *asked) fits(s *graph.Standing) bool {
	for property, word := range a.words {
		if !slices.ContainsFunc(s.All(property), func(c graph.Claim) bool { return c.Value.String() == word }) {
			return false
		}
	}
	return true
}

// filled tells whether each role is filled by one of those wanted.
func (a *asked) filled(s *graph.Standing) bool {
	for role, wanted := range a.fillers {
		if !slices.ContainsFunc(fillersOf(s, role), func(id graph.EntityID) bool { return slices.Contains(wanted, id) }) {
			return false
		}
	}
	return true
}

// query is what the graph is asked for.
func (a *asked) query() graph.RelationQuery {
	return graph.RelationQuery{Kind: a.kind.Name, Fillers: a.fillers, RollUp: a.rollUp, MinRank: a.least, Ranked: a.ranked}
}

// relations reads the relations of a query that have the words that are asked for.
func (b *builder) relations(ctx context.Context, v graph.View, a *asked, q graph.RelationQuery) ([]graph.Standing, error) {
	list, err := v.Relations(ctx, q)
	return slices.DeleteFunc(list, func(s graph.Standing) bool { return !a.fits(&s) }), err
}

// list reads what a list holds, in order, as a page and the ids in it.
func (b *builder) list(p graphql.ResolveParams, v graph.View, a *asked) (*page, []graph.EntityID, error) {
	if !a.kind.relation {
		return b.entities(p, v, a)
	}
	list, err := b.relations(p.Context, v, a, a.query())
	if err != nil {
		return nil, nil, err
	}
	pg := b.pageOf(v, list)
	ids, err := pg.choose(p.Context, pg.ids, a)
	return pg, ids, err
}

// entities lists entities of a kind, or of the kind in the arguments, which
// must be one of it. Of those that are asked for without a condition no more
// are read than are wanted.
func (b *builder) entities(p graphql.ResolveParams, v graph.View, a *asked) (*page, []graph.EntityID, error) {
	most := -1
	if first, ok := p.Args["first"].(int); ok && a.free() && p.Args["last"] == nil && !strings.HasSuffix(p.Info.FieldName, connection) {
		most = first
	}
	name := a.kind.Name
	if given, ok := p.Args["kind"].(string); ok && a.kind.Property("kind") == nil {
		if err := b.kindIn("kind", given, name); err != nil {
			return nil, nil, err
		}
		name = given
	}
	ids, err := ofKind(p.Context, v, name, most)
	if err != nil {
		return nil, nil, err
	}
	pg := b.page(v, ids)
	if len(a.words)+len(a.fillers) > 0 {
		if ids, err = pg.fitting(p.Context, a); err != nil {
			return nil, nil, err
		}
	}
	ids, err = pg.choose(p.Context, ids, a)
	return pg, ids, err
}

// ofKind lists the entities of a kind, at most so many; less than 0: all.
func ofKind(ctx context.Context, v graph.View, kind string, most int) (ids []graph.EntityID, err error) {
	for e, err := range v.OfKind(ctx, kind) {
		if err != nil {
			return nil, err
		}
		if len(ids) == most {
			break
		}
		ids = append(ids, e.ID)
	}
	return ids, nil
}

// fitting lists the entities of the page whose states fit.
func (pg *page) fitting(ctx context.Context, a *asked) (ids []graph.EntityID, err error) {
	for _, id := range pg.ids {
		s, err := pg.standing(ctx, id)
		if err != nil {
			return nil, err
		}
		if a.fits(s) && a.filled(s) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// choose filters and orders entities of the page.
func (pg *page) choose(ctx context.Context, ids []graph.EntityID, a *asked) ([]graph.EntityID, error) {
	var kept []graph.EntityID
	for _, id := range ids {
		if a.test != nil {
			ok, err := a.test(ctx, node{pg, id})
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		kept = append(kept, id)
	}
	return pg.ordered(ctx, kept, a.order)
}

// both puts two sets of arguments into one.
func both(a, b graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
