package gqlschema

import (
	"fmt"
	"maps"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// query makes the root type.
func (b *builder) query() *graphql.Object {
	fields := graphql.Fields{
		"node":      b.rootNode(),
		"nodes":     b.rootNodes(),
		"path":      b.rootPath(),
		"subgraph":  b.rootSubgraph(),
		"counts":    b.rootCounts(),
		"standsFor": b.rootStandsFor(),
		"proposals": b.rootProposals(),
		"entity":    b.root(b.entity, "An entity of any kind, by name, id or key.", b.namedArgs(true), b.resolveOne("")),
		"entities":  b.rootEntities(),
		"claims":    b.rootClaims(),
		"neighbors": b.rootNeighbors(),
		"history":   b.rootHistory(),
		"changes":   b.rootChanges(),
		"stats":     b.rootStats(),
	}
	b.answerRoots(fields)
	for _, k := range b.kinds {
		b.kindFields(fields, k)
	}
	return graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: fields})
}

// kindFields are the root fields of a kind.
func (b *builder) kindFields(fields graphql.Fields, k *kind) {
	t := b.typeNamed(k.Name)
	fields[k.one] = b.root(t, k.Doc, b.namedArgs(!k.relation), b.resolveOne(k.Name))
	args := both(b.plainArgs(k), b.listArgs(k))
	fields[k.list] = b.root(listOf(t), k.Doc, both(args, graphql.FieldConfigArgument{"first": firstArg()}), b.resolveList(k))
	fields[k.list+connection] = b.root(must(b.connectionType(k.Name)), k.Doc, both(args, pageArgs()), b.resolveConnection(k))
	fields[k.list+"Aggregate"] = b.root(must(b.aggregateType()), "How many there are. "+k.Doc, both(args, b.groupArgs(k)), b.resolveAggregate(k))
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
		given, _ := p.Args[arg].(string)
		ref, err := refIn(arg, given)
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

// refIn reads an argument that is an id or, where it is called so, a key.
func refIn(arg, given string) (graph.Ref, error) {
	if arg == "key" || strings.HasSuffix(arg, ".key") {
		key, err := graph.ParseKey(given)
		if err != nil {
			err = under(arg, err)
		}
		return graph.Ref{Key: key}, err
	}
	id, err := graph.ParseEntityID(given)
	if err != nil {
		return graph.Ref{}, newFault(codeInput, fmt.Sprintf("%s: %q is not an id", arg, clip(given)), nil)
	}
	return graph.ByID(id), nil
}

// resolveList lists what there is of a kind at the point.
func (b *builder) resolveList(k *kind) resolver {
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		a, err := b.ask(p, v, k)
		if err != nil {
			return nil, err
		}
		pg, ids, err := b.list(p, v, &a)
		if err != nil {
			return nil, err
		}
		return pg.pick(cut(ids, first)), nil
	}
}

// resolveConnection is resolveList, page by page.
func (b *builder) resolveConnection(k *kind) resolver {
	return func(p graphql.ResolveParams, v graph.View) (any, error) {
		a, err := b.ask(p, v, k)
		if err != nil {
			return nil, err
		}
		pg, ids, err := b.list(p, v, &a)
		if err != nil {
			return nil, err
		}
		return b.connect(p, pg, ids, "")
	}
}

// rootEntities lists entities of any kind.
func (b *builder) rootEntities() *graphql.Field {
	args := graphql.FieldConfigArgument{
		"kind":  {Type: must(graphql.String).(graphql.Input), Description: "A kind of the ontology, which may be abstract."},
		"first": firstArg(),
	}
	return b.root(listOf(b.entity), "Entities of a kind, in the order in which they were first recorded.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		kind, _ := p.Args["kind"].(string)
		if err := b.kindIn("kind", kind, ""); err != nil {
			return nil, err
		}
		ids, err := ofKind(p.Context, v, kind, first)
		return b.page(v, ids).nodes(), err
	})
}
