package gqlschema

import (
	"fmt"
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// query makes the root type.
func (b *builder) query() *graphql.Object {
	fields := graphql.Fields{
		"entity":    b.root(b.entity, "An entity of any kind, by name, id or key.", b.namedArgs(true), b.resolveOne("")),
		"entities":  b.rootEntities(),
		"claims":    b.rootClaims(),
		"neighbors": b.rootNeighbors(),
		"history":   b.rootHistory(),
		"changes":   b.rootChanges(),
		"stats":     b.rootStats(),
	}
	for i := range b.kinds {
		k := &b.kinds[i]
		if k.list == "" {
			continue
		}
		fields[k.one] = b.root(b.objects[k.name], k.doc, b.namedArgs(k.named), b.resolveOne(k.name))
		args := b.filterArgs(k)
		args["first"] = firstArg()
		list := b.resolveRelations(k)
		if !k.relation {
			args["kind"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Only entities of this kind of the ontology."}
			list = b.resolveEntities(k)
		}
		fields[k.list] = b.root(listOf(b.objects[k.name]), k.doc, args, list)
	}
	return graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: fields})
}

// resolver resolves a root field at its view.
type resolver func(p graphql.ResolveParams, v graph.View) (any, error)

// root makes a root field, which takes a point beside its own arguments.
func (b *builder) root(t graphql.Type, doc string, args graphql.FieldConfigArgument, resolve resolver) *graphql.Field {
	all := b.pointArgs()
	maps.Copy(all, args)
	return with(field(t.(graphql.Output), doc, func(p graphql.ResolveParams) (any, error) {
		if err := p.Context.Err(); err != nil {
			return nil, err
		}
		v, err := b.view(p)
		if err != nil {
			return nil, err
		}
		return resolve(p, v)
	}), all)
}

func (b *builder) namedArgs(named bool) graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{
		"id":  {Type: graphql.ID},
		"key": {Type: graphql.String, Description: "An external key, scheme:id."},
	}
	if named {
		args["name"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "A name or alias; upper and lower case and accents do not matter."}
	}
	return args
}

// resolveOne finds one entity of a kind ("": any) by name, id or key.
func (b *builder) resolveOne(kind string) resolver {
	var kinds []string
	if kind != "" {
		kinds = []string{kind}
	}
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		arg, err := only(p.Args, "id", "key", "name")
		if err != nil {
			return nil, err
		}
		if arg == "name" {
			id, err := b.find(p, v, arg, kinds)
			return node{b.page(v, []graph.EntityID{id}), id}, err
		}
		ref, err := refIn(arg, p.Args[arg].(string))
		if err != nil {
			return nil, err
		}
		e, err := v.Entity(p.Context, ref)
		if err == nil && !b.ontology.IsAny(e.Kind, kinds) {
			err = fmt.Errorf("%w: %s %s is a %s, not a %s", graph.ErrNotFound, arg, ref, e.Kind, kind)
		}
		return node{b.page(v, []graph.EntityID{e.ID}), e.ID}, err
	}
}

// only names the one of several arguments that is given.
func only(args map[string]any, names ...string) (string, error) {
	given := ""
	for _, name := range names {
		if _, ok := args[name].(string); !ok {
			continue
		}
		if given != "" {
			return "", newFault(codeInput, fmt.Sprintf("%s and %s: give one of them", given, name), nil)
		}
		given = name
	}
	if given == "" {
		return "", newFault(codeInput, fmt.Sprintf("give one of %v", names), nil)
	}
	return given, nil
}

func refIn(arg, given string) (graph.Ref, error) {
	if arg == "key" {
		key, err := graph.ParseKey(given)
		return graph.Ref{Key: key}, err
	}
	id, err := graph.ParseEntityID(given)
	if err != nil {
		return graph.Ref{}, newFault(codeInput, fmt.Sprintf("%s: %q is not an id", arg, clip(given)), nil)
	}
	return graph.ByID(id), nil
}

// resolveRelations lists the relations of a kind at the point.
func (b *builder) resolveRelations(k *kind) resolver {
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		f, err := b.filter(p, v, k)
		if err != nil {
			return nil, err
		}
		list, err := b.relations(p, v, k.name, f)
		return b.pageOf(v, cut(list, first)).nodes(), err
	}
}

// resolveEntities lists the entities of a kind in the order of recording.
func (b *builder) resolveEntities(k *kind) resolver {
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		f, err := b.filter(p, v, k)
		if err != nil {
			return nil, err
		}
		return b.ofKind(p, v, k.name, f)
	}
}

// rootEntities lists entities of any kind.
func (b *builder) rootEntities() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"kind":  {Type: must(graphql.String).(graphql.Input), Description: "A kind of the ontology, which may be abstract."},
		"first": firstArg(),
	}
	return b.root(listOf(b.entity), "Entities of a kind, in the order in which they were first recorded.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		return b.ofKind(p, v, "", filter{})
	})
}

// ofKind lists the entities of a kind, or of the kind in the arguments, which
// must be one of it.
func (b *builder) ofKind(p graphql.ResolveParams, v graph.View, kind string, f filter) (any, error) {
	first, err := firstOf(p.Args)
	if err != nil {
		return nil, err
	}
	if given, ok := p.Args["kind"].(string); ok {
		if err := b.kindIn("kind", given, kind); err != nil {
			return nil, err
		}
		kind = given
	}
	filtered := len(f.fillers)+len(f.words) > 0
	var ids []graph.EntityID
	for e, err := range v.OfKind(p.Context, kind) {
		if err != nil {
			return nil, err
		}
		if !filtered && len(ids) >= first {
			break
		}
		ids = append(ids, e.ID)
	}
	pg := b.page(v, ids)
	if !filtered {
		return pg.nodes(), nil
	}
	fitting, err := pg.fitting(p.Context, f)
	return pg.pick(cut(fitting, first)), err
}
