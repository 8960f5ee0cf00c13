package exec

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	sdl "github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// casesSchema is testdata/cases/schema.graphql in Go, with resolvers that give
// what those gave that made expected.json.
func casesSchema(t testing.TB) graphql.Schema {
	t.Helper()
	b := &casesBuilder{}
	b.inputs()
	b.outputs()
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: b.query(),
		Mutation: graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{
			"inc": {Type: graphql.Int, Resolve: func(p graphql.ResolveParams) (any, error) {
				count := p.Source.(*int)
				*count++
				return *count, nil
			}},
		}}),
		Subscription: graphql.NewObject(graphql.ObjectConfig{Name: "Subscription", Fields: graphql.Fields{
			"tick": {Type: graphql.Int, Subscribe: once, Resolve: constant(1)},
			"tock": {Type: graphql.Int, Subscribe: once, Resolve: constant(2)},
		}}),
		Types:      []graphql.Type{b.item, b.other, b.page, b.dateTime},
		Directives: casesDirectives(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// once subscribes to one event.
func once(graphql.ResolveParams) (any, error) {
	return iter.Seq2[any, error](func(yield func(any, error) bool) { yield(map[string]any{}, nil) }), nil
}

func casesDirectives() []*graphql.Directive {
	directive := func(name string, args graphql.FieldConfigArgument, locations ...string) *graphql.Directive {
		return graphql.NewDirective(graphql.DirectiveConfig{Name: name, Args: args, Locations: locations})
	}
	text := graphql.FieldConfigArgument{"reason": {Type: graphql.String, DefaultValue: graphql.DefaultDeprecationReason}}
	return []*graphql.Directive{
		directive("rep", graphql.FieldConfigArgument{"x": {Type: graphql.Int}}, "FIELD", "VARIABLE_DEFINITION"),
		directive("include", graphql.FieldConfigArgument{"if": {Type: graphql.NewNonNull(graphql.Boolean)}}, "FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"),
		directive("skip", graphql.FieldConfigArgument{"if": {Type: graphql.NewNonNull(graphql.Boolean)}}, "FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"),
		directive("deprecated", text, "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE", "DIRECTIVE_DEFINITION"),
		directive("specifiedBy", graphql.FieldConfigArgument{"url": {Type: graphql.NewNonNull(graphql.String)}}, "SCALAR"),
		directive("oneOf", nil, "INPUT_OBJECT"),
	}
}

type casesBuilder struct {
	dateTime, any          *graphql.Scalar
	node, named, resource  *graphql.Interface
	color                  *graphql.Enum
	in, oneOf              *graphql.InputObject
	item, other, page, bad *graphql.Object
	union                  *graphql.Union
}

func (b *casesBuilder) inputs() {
	b.dateTime = graphql.NewScalar(graphql.ScalarConfig{Name: "DateTime", Serialize: func(v any) any { return v }})
	b.any = graphql.NewScalar(graphql.ScalarConfig{
		Name: "Any", Serialize: func(v any) any { return v }, ParseValue: func(v any) any { return v }, ParseLiteral: anyLiteral,
	})
	b.color = graphql.NewEnum(graphql.EnumConfig{Name: "Color", Values: graphql.EnumValueConfigMap{
		"RED": {Value: "RED"}, "GREEN": {Value: "GREEN"}, "BLUE": {Value: "BLUE", DeprecationReason: "no"},
	}})
	b.in = graphql.NewInputObject(graphql.InputObjectConfig{Name: "In", Fields: graphql.InputObjectConfigFieldMapThunk(func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"a": {Type: graphql.Int, DefaultValue: 5},
			"b": {Type: graphql.NewNonNull(graphql.String)},
			"c": {Type: graphql.NewList(graphql.NewNonNull(graphql.Int))},
			"d": {Type: b.in},
			"e": {Type: graphql.String},
		}
	})})
	b.oneOf = graphql.NewInputObject(graphql.InputObjectConfig{Name: "OneOf", Fields: graphql.InputObjectConfigFieldMap{
		"a": {Type: graphql.Int}, "b": {Type: graphql.String},
	}})
}

// anyLiteral reads a literal of no type.
func anyLiteral(v ast.Value) any {
	switch v := v.(type) {
	case *ast.IntValue:
		return json.Number(v.Value)
	case *ast.FloatValue:
		return json.Number(v.Value)
	case *ast.ListValue:
		list := []any{}
		for _, item := range v.Values {
			list = append(list, anyLiteral(item))
		}
		return list
	case *ast.ObjectValue:
		object := map[string]any{}
		for _, f := range v.Fields {
			object[f.Name.Value] = anyLiteral(f.Value)
		}
		return object
	}
	return v.GetValue()
}

func (b *casesBuilder) outputs() {
	b.node = graphql.NewInterface(graphql.InterfaceConfig{Name: "Node", Fields: graphql.Fields{"id": {Type: graphql.NewNonNull(graphql.ID)}}, ResolveType: b.typeOf})
	b.named = graphql.NewInterface(graphql.InterfaceConfig{Name: "Named", Fields: graphql.Fields{"name": {Type: graphql.String}}, ResolveType: b.typeOf})
	b.resource = graphql.NewInterface(graphql.InterfaceConfig{Name: "Resource", Fields: graphql.Fields{
		"id": {Type: graphql.NewNonNull(graphql.ID)}, "url": {Type: graphql.String},
	}, ResolveType: b.typeOf})
	b.item = graphql.NewObject(graphql.ObjectConfig{Name: "Item", Interfaces: []*graphql.Interface{b.node, b.named}, Fields: graphql.FieldsThunk(b.itemFields)})
	b.other = graphql.NewObject(graphql.ObjectConfig{Name: "Other", Fields: graphql.Fields{"x": {Type: graphql.Int}}})
	b.page = graphql.NewObject(graphql.ObjectConfig{Name: "Page", Interfaces: []*graphql.Interface{b.resource, b.node}, Fields: graphql.Fields{
		"id": {Type: graphql.NewNonNull(graphql.ID)}, "url": {Type: graphql.String},
	}})
	b.union = graphql.NewUnion(graphql.UnionConfig{Name: "U", Types: []*graphql.Object{b.item, b.other}, ResolveType: b.typeOf})
	b.bad = graphql.NewObject(graphql.ObjectConfig{Name: "Bad", Fields: graphql.Fields{
		"bigInt": {Type: graphql.Int}, "strInt": {Type: graphql.Int}, "fracInt": {Type: graphql.Int}, "nan": {Type: graphql.Float}, "inf": {Type: graphql.Float},
		"strBool": {Type: graphql.Boolean}, "badEnum": {Type: b.color}, "objStr": {Type: graphql.String}, "notList": {Type: graphql.NewList(graphql.Int)},
		"listNN": {Type: graphql.NewList(graphql.NewNonNull(graphql.Int))}, "badUnion": {Type: b.union},
	}})
}

func (b *casesBuilder) typeOf(p graphql.ResolveTypeParams) *graphql.Object {
	name, _ := p.Value.(map[string]any)["__typename"].(string)
	return map[string]*graphql.Object{"Item": b.item, "Other": b.other, "Page": b.page}[name]
}

func (b *casesBuilder) itemFields() graphql.Fields {
	thunk := func(v any, err error) graphql.FieldResolveFn {
		return func(graphql.ResolveParams) (any, error) { return func() (any, error) { return v, err }, nil }
	}
	must := graphql.NewNonNull(graphql.String)
	return graphql.Fields{
		"id": {Type: graphql.NewNonNull(graphql.ID)}, "name": {Type: graphql.String}, "n": {Type: graphql.Int}, "f": {Type: graphql.Float},
		"self": {Type: b.item, Resolve: func(p graphql.ResolveParams) (any, error) { return p.Source, nil }},
		"err":  {Type: graphql.String, Resolve: failing(errors.New("E"))}, "nnErr": {Type: must, Resolve: failing(errors.New("E"))},
		"nnNull": {Type: must}, "thunkErr": {Type: graphql.String, Resolve: thunk(nil, errors.New("T"))},
		"thunkNNErr": {Type: must, Resolve: thunk(nil, errors.New("T"))}, "thunkNNNull": {Type: must, Resolve: thunk(nil, nil)},
	}
}

func item(i int) map[string]any {
	return map[string]any{"__typename": "Item", "id": fmt.Sprint(i), "name": fmt.Sprint("n", i), "n": i, "f": float64(i) / 2}
}

// withCode is an error that is made for clients.
type withCode struct{}

func (withCode) Error() string              { return "X" }
func (withCode) Extensions() map[string]any { return map[string]any{"code": "CODE"} }

var _ gqlerrors.ExtendedError = withCode{}

func (b *casesBuilder) query() *graphql.Object {
	echo := func(p graphql.ResolveParams) (any, error) {
		out, err := json.Marshal(p.Args)
		return string(out), err
	}
	int4 := graphql.Int
	items := []any{item(1), item(2)}
	return graphql.NewObject(graphql.ObjectConfig{Name: "Query", Description: "the root", Fields: graphql.Fields{
		"echo": {Type: graphql.String, Resolve: echo, Args: graphql.FieldConfigArgument{
			"i": {Type: int4}, "f": {Type: graphql.Float}, "s": {Type: graphql.String}, "b": {Type: graphql.Boolean}, "id": {Type: graphql.ID},
			"c": {Type: b.color}, "in": {Type: b.in}, "li": {Type: graphql.NewList(int4)}, "ll": {Type: graphql.NewList(graphql.NewList(int4))},
			"lnn": {Type: graphql.NewList(graphql.NewNonNull(int4))}, "any": {Type: b.any}, "def": {Type: int4, DefaultValue: 7},
		}},
		"one":     {Type: graphql.String, Resolve: echo, Args: graphql.FieldConfigArgument{"o": {Type: b.oneOf}}},
		"item":    {Type: b.item, Resolve: constant(item(1))},
		"nnItem":  {Type: graphql.NewNonNull(b.item), Resolve: constant(item(1))},
		"items":   {Type: graphql.NewList(b.item), Resolve: constant(items)},
		"nnItems": {Type: graphql.NewList(graphql.NewNonNull(b.item)), Resolve: constant(items)},
		"node":    {Type: b.node, Resolve: constant(item(1))},
		"res":     {Type: b.resource, Resolve: constant(map[string]any{"__typename": "Page", "id": "p", "url": "u"})},
		"u":       {Type: graphql.NewList(b.union), Resolve: constant([]any{item(1), map[string]any{"__typename": "Other", "x": 9}})},
		"boom":    {Type: graphql.String, Resolve: failing(errors.New("B"))},
		"nnBoom":  {Type: graphql.NewNonNull(graphql.String), Resolve: failing(errors.New("B"))},
		"extErr":  {Type: graphql.String, Resolve: failing(withCode{})},
		"bad": {Type: b.bad, Resolve: constant(map[string]any{
			"bigInt": 2147483648, "strInt": "abc", "fracInt": 1.5, "nan": math.NaN(), "inf": math.Inf(1), "strBool": "yes", "badEnum": "PINK",
			"objStr": map[string]any{"a": 1}, "notList": 5, "listNN": []any{1, nil}, "badUnion": map[string]any{"__typename": "Zork"},
		})},
	}})
}

// casesTraits reads from schema.graphql what the library's types do not hold.
func casesTraits(t testing.TB) *Traits {
	t.Helper()
	text, err := os.ReadFile("testdata/cases/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseSchema(&sdl.Source{Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	traits := &Traits{
		Description: "schema desc", SpecifiedBy: map[string]string{}, OneOf: map[string]bool{}, Repeatable: map[string]bool{},
		Interfaces: map[string][]string{}, Deprecated: map[string]string{}, Order: map[string][]string{},
	}
	for _, d := range doc.Directives {
		traits.Repeatable[d.Name] = d.IsRepeatable
	}
	for _, def := range doc.Definitions {
		if by := def.Directives.ForName("specifiedBy"); by != nil {
			traits.SpecifiedBy[def.Name] = by.Arguments[0].Value.Raw
		}
		traits.OneOf[def.Name] = def.Directives.ForName("oneOf") != nil
		if def.Kind == sdl.Interface {
			traits.Interfaces[def.Name] = def.Interfaces
		}
		for _, v := range def.EnumValues {
			traits.Order[def.Name] = append(traits.Order[def.Name], v.Name)
		}
		for _, f := range def.Fields {
			coordinate := def.Name + "." + f.Name
			traits.Order[def.Name] = append(traits.Order[def.Name], f.Name)
			if d := f.Directives.ForName("deprecated"); d != nil && def.Kind == sdl.InputObject {
				traits.Deprecated[coordinate] = d.Arguments[0].Value.Raw
			}
			for _, a := range f.Arguments {
				traits.Order[coordinate] = append(traits.Order[coordinate], a.Name)
			}
		}
	}
	if !strings.Contains(string(text), "type Query") {
		t.Fatal("not the schema of the cases")
	}
	return traits
}
