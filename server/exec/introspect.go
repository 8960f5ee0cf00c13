package exec

import (
	"maps"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// The meta types are the engine's own. The library's are variables that all
// schemas of a process share, lack half of what tools ask for by now
// (specifiedByURL, isOneOf, isRepeatable, deprecated input, interfaces of
// interfaces), and answer in random order; to complete them would be to write
// to those variables. The sources below carry the coordinate that traits are
// found by.

// metaField is a field as introspection shows it.
type metaField struct {
	*graphql.FieldDefinition
	coordinate string
}

// metaInput is an argument or field of input as introspection shows it.
type metaInput struct {
	name, description string
	typ               graphql.Type
	otherwise         any
	coordinate        string
}

// addMeta makes the meta types and fields.
func (t *types) addMeta() {
	m := newMeta(t)
	for _, o := range []*graphql.Object{m.schema, m.typ, m.field, m.input, m.value, m.directive} {
		t.named[o.Name()] = o
	}
	t.named[m.kind.Name()], t.named[m.location.Name()] = m.kind, m.location
	for _, s := range []*graphql.Scalar{graphql.String, graphql.Boolean} {
		t.named[s.Name()] = s
	}
	t.meta = map[string]*graphql.FieldDefinition{
		graphql.TypeNameMetaFieldDef.Name: graphql.TypeNameMetaFieldDef,
		graphql.SchemaMetaFieldDef.Name: {
			Name: graphql.SchemaMetaFieldDef.Name, Description: graphql.SchemaMetaFieldDef.Description, Type: graphql.NewNonNull(m.schema),
			Resolve: func(graphql.ResolveParams) (any, error) { return t, nil },
		},
		graphql.TypeMetaFieldDef.Name: {
			Name: graphql.TypeMetaFieldDef.Name, Description: graphql.TypeMetaFieldDef.Description, Type: m.typ,
			Args: []*graphql.Argument{{PrivateName: "name", Type: graphql.NewNonNull(graphql.String)}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				name, _ := p.Args["name"].(string)
				if found := t.named[name]; found != nil {
					return found, nil
				}
				return nil, nil
			},
		},
	}
}

// metaTypes are the types of introspection, over one schema.
type metaTypes struct {
	*types
	schema, typ, field, input, value, directive *graphql.Object
	kind, location                              *graphql.Enum
}

func newMeta(t *types) *metaTypes {
	m := &metaTypes{types: t}
	m.kind = metaEnum("__TypeKind", "What a type is.", kinds)
	m.location = metaEnum("__DirectiveLocation", "Where directives may stand.", locations)
	for _, o := range []struct {
		into              **graphql.Object
		name, description string
		fields            func() graphql.Fields
	}{
		{&m.schema, "__Schema", "What a server offers.", m.schemaFields},
		{&m.typ, "__Type", "A type of the schema; a list or a mark of non-null around one.", m.typeFields},
		{&m.field, "__Field", "A field of an object or interface.", m.fieldFields},
		{&m.input, "__InputValue", "An argument, or a field of an object of input.", m.inputFields},
		{&m.value, "__EnumValue", "A value of an enum.", m.valueFields},
		{&m.directive, "__Directive", "A directive that documents may use.", m.directiveFields},
	} {
		*o.into = graphql.NewObject(graphql.ObjectConfig{Name: o.name, Description: o.description, Fields: graphql.FieldsThunk(o.fields)})
	}
	return m
}

var kinds = []string{"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL"}

var locations = []string{
	"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", locationVariable,
	"SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION",
	"DIRECTIVE_DEFINITION",
}

func metaEnum(name, description string, values []string) *graphql.Enum {
	config := graphql.EnumValueConfigMap{}
	for _, v := range values {
		config[v] = &graphql.EnumValueConfig{Value: v}
	}
	return graphql.NewEnum(graphql.EnumConfig{Name: name, Description: description, Values: config})
}

// shows makes a field that is shown from its source alone.
func shows[S any](t graphql.Output, show func(S) any) *graphql.Field {
	return &graphql.Field{Type: t, Resolve: func(p graphql.ResolveParams) (any, error) {
		s, ok := p.Source.(S)
		if !ok {
			return nil, nil
		}
		return show(s), nil
	}}
}

// showsMany makes a list from which what is deprecated may be left out.
func showsMany[S any](t graphql.Output, show func(s S, deprecated bool) any) *graphql.Field {
	return &graphql.Field{
		Type: t, Args: graphql.FieldConfigArgument{"includeDeprecated": {Type: graphql.Boolean, DefaultValue: false}},
		Resolve: func(p graphql.ResolveParams) (any, error) {
			s, ok := p.Source.(S)
			if !ok {
				return nil, nil
			}
			all, _ := p.Args["includeDeprecated"].(bool)
			return show(s, all), nil
		},
	}
}

// listOf is the type of a list whose items are there.
func listOf(t graphql.Type) graphql.Output { return graphql.NewList(graphql.NewNonNull(t)) }

func must(t graphql.Type) graphql.Output { return graphql.NewNonNull(t) }

// stated is a text, or nothing where it is empty.
func stated(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (m *metaTypes) schemaFields() graphql.Fields {
	root := func(o *graphql.Object) any {
		if o == nil {
			return nil
		}
		return o
	}
	return graphql.Fields{
		"description": shows(graphql.String, func(t *types) any { return stated(t.traits.Description) }),
		"types": shows(must(listOf(m.typ)), func(t *types) any {
			return pick(t.named, slices.Sorted(maps.Keys(t.named)))
		}),
		"queryType":        shows(must(m.typ), func(t *types) any { return root(t.schema.QueryType()) }),
		"mutationType":     shows(m.typ, func(t *types) any { return root(t.schema.MutationType()) }),
		"subscriptionType": shows(m.typ, func(t *types) any { return root(t.schema.SubscriptionType()) }),
		"directives":       shows(must(listOf(m.directive)), func(t *types) any { return t.schema.Directives() }),
	}
}

func (m *metaTypes) typeFields() graphql.Fields {
	return graphql.Fields{
		"kind":           shows(must(m.kind), func(t graphql.Type) any { return kindOf(t) }),
		"name":           shows(graphql.String, func(t graphql.Type) any { return nameOf(t) }),
		"description":    shows(graphql.String, func(t graphql.Type) any { return stated(t.Description()) }),
		"specifiedByURL": shows(graphql.String, func(t *graphql.Scalar) any { return stated(m.traits.SpecifiedBy[t.Name()]) }),
		"isOneOf":        shows(graphql.Boolean, func(t *graphql.InputObject) any { return m.traits.OneOf[t.Name()] }),
		"fields":         showsMany(listOf(m.field), m.fieldsOf),
		"interfaces":     shows(listOf(m.typ), m.interfacesOf),
		"possibleTypes":  shows(listOf(m.typ), m.possibleOf),
		"enumValues":     showsMany(listOf(m.value), m.valuesOf),
		"inputFields":    showsMany(listOf(m.input), m.inputsOf),
		"ofType": shows(m.typ, func(t graphql.Type) any {
			switch t := t.(type) {
			case *graphql.List:
				return t.OfType
			case *graphql.NonNull:
				return t.OfType
			}
			return nil
		}),
	}
}

func kindOf(t graphql.Type) any {
	switch t.(type) {
	case *graphql.Scalar:
		return "SCALAR"
	case *graphql.Object:
		return "OBJECT"
	case *graphql.Interface:
		return "INTERFACE"
	case *graphql.Union:
		return "UNION"
	case *graphql.Enum:
		return "ENUM"
	case *graphql.InputObject:
		return "INPUT_OBJECT"
	case *graphql.List:
		return "LIST"
	}
	return "NON_NULL"
}

func nameOf(t graphql.Type) any {
	switch t.(type) {
	case *graphql.List, *graphql.NonNull:
		return nil
	}
	return t.Name()
}

func (m *metaTypes) fieldsOf(t graphql.Type, deprecated bool) any {
	all := fieldsOf(t)
	if all == nil {
		return nil
	}
	list := []metaField{}
	for _, name := range m.traits.fields(t) {
		if f := all[name]; deprecated || f.DeprecationReason == "" {
			list = append(list, metaField{f, t.Name() + "." + name})
		}
	}
	return list
}

func (m *metaTypes) interfacesOf(t graphql.Type) any {
	switch t := t.(type) {
	case *graphql.Object:
		list := slices.Clone(t.Interfaces())
		slices.SortFunc(list, func(a, b *graphql.Interface) int { return strings.Compare(a.Name(), b.Name()) })
		return list
	case *graphql.Interface:
		return pick(m.named, m.traits.Interfaces[t.Name()])
	}
	return nil
}

func (m *metaTypes) possibleOf(t graphql.Type) any {
	switch t.(type) {
	case *graphql.Interface, *graphql.Union:
		return m.possible[t.Name()]
	}
	return nil
}

func (m *metaTypes) valuesOf(t *graphql.Enum, deprecated bool) any {
	return slices.DeleteFunc(m.traits.values(t), func(v *graphql.EnumValueDefinition) bool {
		return !deprecated && v.DeprecationReason != ""
	})
}

func (m *metaTypes) inputsOf(t *graphql.InputObject, deprecated bool) any {
	list := []*metaInput{}
	for _, name := range m.traits.inputs(t) {
		f := t.Fields()[name]
		list = append(list, &metaInput{name, f.PrivateDescription, f.Type, f.DefaultValue, t.Name() + "." + name})
	}
	return m.current(list, deprecated)
}

func (m *metaTypes) argumentsOf(coordinate string, args []*graphql.Argument, deprecated bool) any {
	list := []*metaInput{}
	for _, a := range m.traits.arguments(coordinate, args) {
		list = append(list, &metaInput{a.PrivateName, a.PrivateDescription, a.Type, a.DefaultValue, coordinate + "(" + a.PrivateName + ":)"})
	}
	return m.current(list, deprecated)
}

func (m *metaTypes) current(list []*metaInput, deprecated bool) []*metaInput {
	return slices.DeleteFunc(list, func(v *metaInput) bool {
		return !deprecated && m.traits.Deprecated[v.coordinate] != ""
	})
}

func (m *metaTypes) fieldFields() graphql.Fields {
	return graphql.Fields{
		"name":        shows(must(graphql.String), func(f metaField) any { return f.Name }),
		"description": shows(graphql.String, func(f metaField) any { return stated(f.Description) }),
		"args": showsMany(must(listOf(m.input)), func(f metaField, deprecated bool) any {
			return m.argumentsOf(f.coordinate, f.Args, deprecated)
		}),
		"type":              shows(must(m.typ), func(f metaField) any { return f.Type }),
		"isDeprecated":      shows(must(graphql.Boolean), func(f metaField) any { return f.DeprecationReason != "" }),
		"deprecationReason": shows(graphql.String, func(f metaField) any { return stated(f.DeprecationReason) }),
	}
}

func (m *metaTypes) inputFields() graphql.Fields {
	return graphql.Fields{
		"name":              shows(must(graphql.String), func(v *metaInput) any { return v.name }),
		"description":       shows(graphql.String, func(v *metaInput) any { return stated(v.description) }),
		"type":              shows(must(m.typ), func(v *metaInput) any { return v.typ }),
		"defaultValue":      shows(graphql.String, func(v *metaInput) any { return m.printed(v) }),
		"isDeprecated":      shows(must(graphql.Boolean), func(v *metaInput) any { return m.traits.Deprecated[v.coordinate] != "" }),
		"deprecationReason": shows(graphql.String, func(v *metaInput) any { return stated(m.traits.Deprecated[v.coordinate]) }),
	}
}

// printed is the default of an input as GraphQL writes it.
func (m *metaTypes) printed(v *metaInput) any {
	if v.otherwise == nil {
		return nil
	}
	return string(m.printValue(nil, v.otherwise, v.typ))
}

func (m *metaTypes) valueFields() graphql.Fields {
	return graphql.Fields{
		"name":              shows(must(graphql.String), func(v *graphql.EnumValueDefinition) any { return v.Name }),
		"description":       shows(graphql.String, func(v *graphql.EnumValueDefinition) any { return stated(v.Description) }),
		"isDeprecated":      shows(must(graphql.Boolean), func(v *graphql.EnumValueDefinition) any { return v.DeprecationReason != "" }),
		"deprecationReason": shows(graphql.String, func(v *graphql.EnumValueDefinition) any { return stated(v.DeprecationReason) }),
	}
}

func (m *metaTypes) directiveFields() graphql.Fields {
	return graphql.Fields{
		"name":         shows(must(graphql.String), func(d *graphql.Directive) any { return d.Name }),
		"description":  shows(graphql.String, func(d *graphql.Directive) any { return stated(d.Description) }),
		"isRepeatable": shows(must(graphql.Boolean), func(d *graphql.Directive) any { return m.traits.Repeatable[d.Name] }),
		"locations":    shows(must(listOf(m.location)), func(d *graphql.Directive) any { return d.Locations }),
		"args": showsMany(must(listOf(m.input)), func(d *graphql.Directive, deprecated bool) any {
			return m.argumentsOf("@"+d.Name, d.Args, deprecated)
		}),
	}
}
