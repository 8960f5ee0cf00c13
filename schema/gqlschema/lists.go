package gqlschema

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// filter is what a list of relations is asked for.
type filter struct {
	fillers map[string][]graph.EntityID // role → who must fill it
	words   map[string]string           // attribute → what it must be
}

// filterArgs are the arguments by which relations of a kind are chosen: its
// roles by who fills them, its attributes by what they are.
func (b *builder) filterArgs(k *kind) graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{}
	for _, property := range k.by {
		p := b.ontology.Property(k.name, property)
		doc, t := p.Doc, graphql.Input(graphql.String)
		if p.Type == graph.Reference {
			doc = strings.TrimSpace(doc + " By name, id or key.")
		} else if e := b.declaredEnum(p); e != nil {
			t = b.enum(e)
		}
		args[property] = &graphql.ArgumentConfig{Type: t, Description: doc}
	}
	return args
}

// filter reads the arguments of a list; names are resolved in their order in
// the table, so that the first mistake is always the same.
func (b *builder) filter(p graphql.ResolveParams, v graph.View, k *kind) (filter, error) {
	f := filter{map[string][]graph.EntityID{}, map[string]string{}}
	for _, property := range k.by {
		given, ok := p.Args[property].(string)
		if !ok {
			continue
		}
		declared := b.ontology.Property(k.name, property)
		if declared.Type != graph.Reference {
			f.words[property] = given
			continue
		}
		id, err := b.find(p, v, property, declared.Targets)
		if err != nil {
			return f, err
		}
		f.fillers[property] = []graph.EntityID{id}
	}
	return f, nil
}

// fits tells whether a state has the words that are asked for.
func (f *filter) fits(s *graph.Standing) bool {
	for property, word := range f.words {
		if !slices.ContainsFunc(s.All(property), func(c graph.Claim) bool { return c.Value.String() == word }) {
			return false
		}
	}
	return true
}

// relations reads the relations of a kind that fit.
func (b *builder) relations(p graphql.ResolveParams, v graph.View, kind string, f filter) ([]graph.Standing, error) {
	list, err := v.Relations(p.Context, graph.RelationQuery{Kind: kind, Fillers: f.fillers})
	return slices.DeleteFunc(list, func(s graph.Standing) bool { return !f.fits(&s) }), err
}

// listing is the relations in which the entities of a page take part.
type listing struct {
	page *page
	of   map[graph.EntityID][]graph.EntityID
}

// partField is the field of a list of relations below an entity.
func (b *builder) partField(part part) *graphql.Field {
	k := b.kindOf(part.kind)
	args := b.filterArgs(k)
	args["first"] = firstArg()
	args["on"] = &graphql.ArgumentConfig{Type: graphql.String, Description: onDoc + " Here: that of the field around it."}
	if len(part.roles) == 1 {
		delete(args, part.roles[0])
	} else {
		args["as"] = &graphql.ArgumentConfig{Type: b.roleEnum(part), Description: "In which role it takes part. Default: any."}
	}
	return with(field(listOf(b.objects[part.kind]), k.doc, fetchWith(func(p graphql.ResolveParams, n node) (any, error) {
		return n.takesPart(p, part)
	})), args)
}

// roleEnum is the enumeration of the roles of a kind.
func (b *builder) roleEnum(part part) *graphql.Enum {
	name := part.kind + "Role"
	if made := b.enums[name]; made != nil {
		return made
	}
	var values []enumValue
	for _, role := range part.roles {
		values = append(values, enumValue{strings.ToUpper(role), role, ""})
	}
	b.enums[name] = enumOf(name, "", values...)
	return b.enums[name]
}

// takesPart lists the relations in which a node takes part. They are read for
// all nodes of its page at once.
func (n node) takesPart(p graphql.ResolveParams, part part) (any, error) {
	first, err := firstOf(p.Args)
	if err != nil {
		return nil, err
	}
	question := fmt.Sprint(part.name, p.Args) // maps are printed in the order of their keys
	list := n.page.lists[question]
	if list == nil {
		list = &lazy[listing]{}
		n.page.lists[question] = list
	}
	found, err := list.get(func() (listing, error) { return n.page.partsOf(p, part) })
	if err != nil {
		return nil, err
	}
	return found.page.pick(cut(found.of[n.id], first)), nil
}

// partsOf reads the relations in which any entity of the page takes part.
func (pg *page) partsOf(p graphql.ResolveParams, part part) (listing, error) {
	v, err := below(pg.view, p.Args)
	if err != nil {
		return listing{}, err
	}
	f, err := pg.b.filter(p, v, pg.b.kindOf(part.kind))
	if err != nil {
		return listing{}, err
	}
	roles := part.roles
	if role, ok := p.Args["as"].(string); ok {
		roles = []string{role}
	}
	l := listing{of: map[graph.EntityID][]graph.EntityID{}}
	all, err := pg.inRoles(p, v, part.kind, roles, f)
	if err != nil {
		return l, err
	}
	for i := range all {
		for _, owner := range pg.owners(&all[i], roles) {
			l.of[owner] = append(l.of[owner], all[i].ID)
		}
	}
	l.page = pg.b.pageOf(v, all)
	return l, nil
}

// inRoles reads relations that an entity of the page fills a role of, in one of
// several roles, the newest start first.
func (pg *page) inRoles(p graphql.ResolveParams, v graph.View, kind string, roles []string, f filter) ([]graph.Standing, error) {
	var all []graph.Standing
	seen := map[graph.EntityID]bool{}
	wanted := f.fillers
	for _, role := range roles {
		f.fillers = map[string][]graph.EntityID{role: pg.ids}
		for r, ids := range wanted {
			if r == role {
				ids = slices.DeleteFunc(slices.Clone(ids), func(id graph.EntityID) bool { return !pg.has[id] })
			}
			f.fillers[r] = ids
		}
		list, err := pg.b.relations(p, v, kind, f)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if !seen[s.ID] {
				seen[s.ID] = true
				all = append(all, s)
			}
		}
	}
	if len(roles) > 1 {
		pg.b.sort(all)
	}
	return all, nil
}

// sort orders relations as View.Relations does: the newest start first, then by id.
func (b *builder) sort(list []graph.Standing) {
	start := make(map[graph.EntityID]graph.Time, len(list))
	for i := range list {
		start[list[i].ID] = graph.MinTime
		if c := b.validity(&list[i]); c != nil {
			start[list[i].ID] = c.From
		}
	}
	slices.SortFunc(list, func(x, y graph.Standing) int {
		return cmp.Or(cmp.Compare(start[y.ID], start[x.ID]), bytes.Compare(x.ID[:], y.ID[:]))
	})
}

// owners lists the entities of the page that fill one of the roles.
func (pg *page) owners(s *graph.Standing, roles []string) (ids []graph.EntityID) {
	for _, role := range roles {
		for _, id := range fillersOf(s, role) {
			if !slices.Contains(ids, id) && pg.has[id] {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// fitting lists the entities of the page whose states fit.
func (pg *page) fitting(ctx context.Context, f filter) (ids []graph.EntityID, err error) {
	for _, id := range pg.ids {
		s, err := pg.standing(ctx, id)
		if err != nil {
			return nil, err
		}
		if f.fits(s) && f.filled(s) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// filled tells whether each role is filled by one of those wanted.
func (f *filter) filled(s *graph.Standing) bool {
	for role, wanted := range f.fillers {
		if !slices.ContainsFunc(fillersOf(s, role), func(id graph.EntityID) bool { return slices.Contains(wanted, id) }) {
			return false
		}
	}
	return true
}
