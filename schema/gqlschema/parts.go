package gqlschema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// listing is the relations in which the entities of a page take part, or the
// entities that point to them.
type listing struct {
	page *page
	of   map[graph.EntityID][]graph.EntityID
}

// partFields are the fields of what an entity takes part in: a plain list and
// its twin, page by page.
func (b *builder) partFields(fields graphql.Fields, part part) {
	k := b.kindOf(part.kind)
	args := both(b.listArgs(k), graphql.FieldConfigArgument{
		"on": {Type: edtfScalar, Description: onDoc + " Here: that of the field around it."},
		"as": {Type: b.roleEnum(k), Description: "In which role it takes part. Default: any."},
	})
	delete(args, "kind")
	plainList := both(b.plainArgs(k), both(args, graphql.FieldConfigArgument{"first": firstArg()}))
	fields[part.name] = with(field(listOf(b.typeNamed(k.Name)), k.Doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		found, err := n.takesPart(p, part)
		return found.page.pick(cut(found.of[n.id], first)), err
	})), plainList)
	fields[part.name+connection] = with(field(must(b.connectionType(k.Name)), k.Doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
		found, err := n.takesPart(p, part)
		if err != nil {
			return nil, err
		}
		return b.connect(p, found.page, found.of[n.id], n.id.String())
	})), both(args, pageArgs()))
}

// roleEnum is the enumeration of the roles and links of a kind.
func (b *builder) roleEnum(k *kind) *graphql.Enum {
	name := k.Name + "Role"
	if made := b.enums[name]; made != nil {
		return made
	}
	var values []enumValue
	for _, p := range k.Kind.Properties {
		if p.Type == graph.Reference {
			values = append(values, enumValue{screaming(p.Name), p.Name, p.Doc})
		}
	}
	b.enums[name] = enumOf(name, "A role in which somebody takes part in a "+k.Name+".", values...)
	return b.enums[name]
}

// screaming is a name as enumerations write it: scheduledFor, SCHEDULED_FOR.
func screaming(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteRune(r)
	}
	return strings.ToUpper(out.String())
}

// takesPart lists what the nodes of a page take part in. They are read at once.
func (n node) takesPart(p graphql.ResolveParams, part part) (listing, error) {
	question := fmt.Sprint(part.name, part.roles, p.Args) // maps are printed in the order of their keys
	list := n.page.lists[question]
	if list == nil {
		list = &lazy[listing]{}
		n.page.lists[question] = list
	}
	return list.get(func() (listing, error) { return n.page.partsOf(p, part) })
}

// partsOf reads what any entity of the page takes part in.
func (pg *page) partsOf(p graphql.ResolveParams, part part) (l listing, err error) {
	v, err := below(pg.view, p.Args)
	if err != nil {
		return l, err
	}
	a, err := pg.b.ask(p, v, pg.b.kindOf(part.kind))
	if err != nil {
		return l, err
	}
	roles := part.roles
	if role, ok := p.Args["as"].(string); ok {
		roles = slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r != role })
	}
	if l.page, err = pg.inRoles(p, v, roles, &a); err != nil {
		return l, err
	}
	ids, err := l.page.choose(p.Context, l.page.ids, &a)
	if err != nil {
		return l, err
	}
	l.of = map[graph.EntityID][]graph.EntityID{}
	for _, id := range ids {
		s, err := l.page.standing(p.Context, id)
		if err != nil {
			return l, err
		}
		for _, owner := range pg.owners(s, roles) {
			l.of[owner] = append(l.of[owner], id)
		}
	}
	return l, nil
}

// inRoles reads what an entity of the page fills a role of, in any of several
// roles, relations the newest start first.
func (pg *page) inRoles(p graphql.ResolveParams, v graph.View, roles []string, a *asked) (*page, error) {
	if len(roles) == 0 || len(pg.ids) == 0 {
		return pg.b.page(v, nil), nil
	}
	q := a.query()
	q.Of, q.Roles = pg.ids, roles
	if a.kind.relation {
		list, err := pg.b.relations(p.Context, v, a, q)
		return pg.b.pageOf(v, list), err
	}
	// what points to somebody is not bounded by when it came to do so
	list, err := pg.b.relations(p.Context, v.On(graph.Interval{}), a, q)
	ids := make([]graph.EntityID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return pg.b.page(v, ids), err
}

// owners lists the entities of the page that fill one of the roles, or for
// whom somebody does.
func (pg *page) owners(s *graph.Standing, roles []string) (ids []graph.EntityID) {
	add := func(id graph.EntityID) {
		if pg.has[id] && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, role := range roles {
		for _, id := range fillersOf(s, role) {
			add(id)
		}
		for _, f := range s.Through {
			if f.Role == role {
				add(f.For)
			}
		}
	}
	return ids
}
