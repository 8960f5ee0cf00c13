package exec

import (
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// types is a schema as the engine reads it: complete, in a fixed order, with
// meta types of its own (introspect.go). Nothing writes to it once it is made.
type types struct {
	schema     *graphql.Schema
	traits     *Traits
	named      map[string]graphql.Type
	possible   map[string][]*graphql.Object        // by abstract type, by name
	member     map[string]map[*graphql.Object]bool // the same as sets
	directives map[string]*graphql.Directive
	meta       map[string]*graphql.FieldDefinition // __schema, __type and __typename
	lengths    lengths
}

// newTypes reads a schema. It makes the library fill now the tables that it
// would otherwise fill when they are first asked for, without a lock.
func newTypes(s *graphql.Schema, traits *Traits) *types {
	t := &types{
		schema: s, traits: traits, named: map[string]graphql.Type{},
		possible: map[string][]*graphql.Object{}, member: map[string]map[*graphql.Object]bool{},
		directives: map[string]*graphql.Directive{},
	}
	for name, typ := range s.TypeMap() {
		if !strings.HasPrefix(name, "__") {
			t.named[name] = typ
		}
	}
	t.addMeta()
	for _, typ := range t.named {
		t.complete(typ)
	}
	for _, d := range s.Directives() {
		t.directives[d.Name] = d
	}
	t.lengths = lengthsOf(t)
	return t
}

func (t *types) complete(typ graphql.Type) {
	switch typ := typ.(type) {
	case *graphql.Object:
		typ.Fields()
		typ.Interfaces()
	case *graphql.Interface:
		typ.Fields()
		t.abstract(typ)
	case *graphql.Union:
		t.abstract(typ)
	case *graphql.Enum:
		typ.ParseValue("")
		typ.Serialize("")
	case *graphql.InputObject:
		typ.Fields()
	}
}

func (t *types) abstract(typ graphql.Abstract) {
	list := slices.Clone(t.schema.PossibleTypes(typ))
	slices.SortFunc(list, func(a, b *graphql.Object) int { return strings.Compare(a.Name(), b.Name()) })
	t.possible[typ.Name()] = list
	set := make(map[*graphql.Object]bool, len(list))
	for _, o := range list {
		set[o] = true
	}
	t.member[typ.Name()] = set
}

// root is the type that an operation starts from, or nil.
func (t *types) root(operation string) *graphql.Object {
	switch operation {
	case ast.OperationTypeMutation:
		return t.schema.MutationType()
	case ast.OperationTypeSubscription:
		return t.schema.SubscriptionType()
	}
	return t.schema.QueryType()
}

// rootType is root as a type that is nil where there is none.
func (t *types) rootType(operation string) graphql.Type {
	if root := t.root(operation); root != nil {
		return root
	}
	return nil
}

// field finds the definition of a field, those of introspection included.
func (t *types) field(parent graphql.Type, name string) *graphql.FieldDefinition {
	if parent == nil {
		return nil
	}
	if def := t.meta[name]; def != nil {
		if name == graphql.TypeNameMetaFieldDef.Name || parent == graphql.Type(t.schema.QueryType()) {
			return def
		}
		return nil
	}
	return fieldsOf(parent)[name]
}

func fieldsOf(t graphql.Type) graphql.FieldDefinitionMap {
	switch t := t.(type) {
	case *graphql.Object:
		return t.Fields()
	case *graphql.Interface:
		return t.Fields()
	}
	return nil
}

// objects lists the object types that a composite type may be.
func (t *types) objects(typ graphql.Type) []*graphql.Object {
	if o, ok := typ.(*graphql.Object); ok {
		return []*graphql.Object{o}
	}
	return t.possible[typ.Name()]
}

// applies tells whether a fragment on a type applies to an object type.
func (t *types) applies(condition *ast.Named, o *graphql.Object) bool {
	if condition == nil {
		return true
	}
	name := condition.Name.Value
	return name == o.Name() || t.member[name][o]
}

// overlap tells whether an object can be of both types.
func (t *types) overlap(a, b graphql.Type) bool {
	if a == b {
		return true
	}
	return slices.ContainsFunc(t.objects(a), func(o *graphql.Object) bool {
		return graphql.Type(o) == b || t.member[b.Name()][o]
	})
}

// of gives the type that a document writes, or nil.
func (t *types) of(written ast.Type) graphql.Type {
	switch w := written.(type) {
	case *ast.NonNull:
		if inner := t.of(w.Type); inner != nil {
			return graphql.NewNonNull(inner)
		}
	case *ast.List:
		if inner := t.of(w.Type); inner != nil {
			return graphql.NewList(inner)
		}
	case *ast.Named:
		return t.named[w.Name.Value]
	}
	return nil
}

// inner is the named type within lists and marks of non-null.
func inner(t graphql.Type) graphql.Type {
	named, _ := graphql.GetNamed(t).(graphql.Type)
	return named
}

func argOf(list []*graphql.Argument, name string) *graphql.Argument {
	for _, a := range list {
		if a.PrivateName == name {
			return a
		}
	}
	return nil
}
