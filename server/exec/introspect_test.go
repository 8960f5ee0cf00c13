package exec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
)

// introspectionNow is the query of graphql-js 16 with all that it may ask for.
const introspectionNow = `query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name } subscriptionType { name } types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
 inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }`

// defaultsSchema has arguments with defaults of every kind.
func defaultsSchema(t *testing.T) graphql.Schema {
	t.Helper()
	color := graphql.NewEnum(graphql.EnumConfig{Name: "Color", Values: graphql.EnumValueConfigMap{"RED": {Value: 1}, "BLUE": {Value: 2}}})
	var in *graphql.InputObject
	in = graphql.NewInputObject(graphql.InputObjectConfig{Name: "In", Fields: graphql.InputObjectConfigFieldMapThunk(func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{"color": {Type: color, DefaultValue: 2}, "list": {Type: graphql.NewList(graphql.Int)}, "in": {Type: in}}
	})})
	anything := graphql.NewScalar(graphql.ScalarConfig{Name: "Any", Serialize: func(v any) any { return v }})
	arg := func(t graphql.Input, v any) *graphql.ArgumentConfig {
		return &graphql.ArgumentConfig{Type: t, DefaultValue: v}
	}
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"f": {Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
			b, err := json.Marshal(p.Args)
			return string(b), err
		}, Args: graphql.FieldConfigArgument{
			"color": arg(color, 1), "colors": arg(graphql.NewList(color), []any{1, 2}), "text": arg(graphql.NewNonNull(graphql.String), "a \"b\"\n"),
			"float": arg(graphql.Float, 0.5), "flag": arg(graphql.Boolean, false), "id": arg(graphql.ID, "7"),
			"in":  arg(in, map[string]any{"list": []int{1}, "color": 1, "in": map[string]any{}}),
			"any": arg(anything, map[string]any{"b": []any{1, nil, "x"}, "a": true}), "none": {Type: graphql.Int},
		}},
	}})})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDefaultsAreShown(t *testing.T) {
	e := New(defaultsSchema(t), nil)
	got := ask(t, e, `{ __type(name: "Query") { fields { args { name defaultValue } } } }`, "")
	var shown struct {
		Type struct {
			Fields []struct {
				Args []struct{ Name, DefaultValue string }
			}
		} `json:"__type"`
	}
	if err := json.Unmarshal(got.Data, &shown); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"any": `{a: true, b: [1, null, "x"]}`, "color": "RED", "colors": "[RED, BLUE]", "flag": "false", "float": "0.5", "id": `"7"`,
		"in": "{color: RED, in: {}, list: [1]}", "none": "", "text": `"a \"b\"\n"`,
	}
	last := ""
	for _, a := range shown.Type.Fields[0].Args {
		if a.DefaultValue != want[a.Name] || a.Name < last {
			t.Errorf("%s: got %s, want %s", a.Name, a.DefaultValue, want[a.Name])
		}
		last = a.Name
	}
}

// Resolvers get defaults as the schema has them, and enums by their Go values.
func TestDefaultsApply(t *testing.T) {
	e := New(defaultsSchema(t), nil)
	const rest = `"any":{"a":true,"b":[1,null,"x"]},"color":%s,"colors":%s,"flag":false,"float":0.5,"id":"7","in":%s,"text":"a \"b\"\n"`
	const in = `{"color":1,"in":{},"list":[1]}`
	for _, tt := range []struct{ query, color, colors, in string }{
		{"{ f }", "1", "[1,2]", in},
		{"{ f(color: BLUE, colors: RED, in: {}) }", "2", "[1]", `{"color":2}`},
		{"query($c: Color = BLUE, $i: In = {in: {}}) { f(color: $c, colors: [$c, null], in: $i) }", "2", "[2,null]", `{"color":2,"in":{"color":2}}`},
		{"query($c: Color) { f(color: $c, in: {color: $c}) }", "1", "[1,2]", `{"color":2}`},
	} {
		want, err := json.Marshal("{" + fmt.Sprintf(rest, tt.color, tt.colors, tt.in) + "}")
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, e, tt.query, ""); string(got.Data) != `{"f":`+string(want)+`}` {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.query, got.Body, want)
		}
	}
}

// What tools ask for is answered, within the limits, and always the same.
func TestIntrospection(t *testing.T) {
	for _, query := range []string{introspection, introspectionNow} {
		first := ask(t, New(casesSchema(t), &Options{Traits: casesTraits(t)}), query, "")
		if first.code() != "" {
			t.Fatalf("%.500s", first.Body)
		}
		for range 10 {
			if again := ask(t, New(casesSchema(t), &Options{Traits: casesTraits(t)}), query, ""); again.Body != first.Body {
				t.Fatal("introspection answers in another order the next time")
			}
		}
		if strings.Contains(first.Body, `"description":""`) {
			t.Error("empty descriptions are shown")
		}
	}
}

// The meta types tell of themselves, and one schema's traits do not reach
// another's.
func TestMetaTypes(t *testing.T) {
	with := New(casesSchema(t), &Options{Traits: casesTraits(t)})
	without := New(casesSchema(t), nil)
	const query = `{ __type(name: "OneOf") { isOneOf } meta: __type(name: "__Type") { fields { name } } }`
	if got := ask(t, with, query, ""); !strings.Contains(got.Body, `"isOneOf":true`) || !strings.Contains(got.Body, `"specifiedByURL"`) {
		t.Error(got.Body)
	}
	if got := ask(t, without, query, ""); !strings.Contains(got.Body, `"isOneOf":false`) {
		t.Error(got.Body)
	}
	for name := range graphql.TypeType.Fields() {
		if name == "specifiedByURL" {
			t.Error("the library's types were changed")
		}
	}
}

func TestIntrospectionSwitch(t *testing.T) {
	e := testEngine(t, Options{NoIntrospection: true})
	for query, want := range map[string]string{
		introspection:                       CodeOperation,
		`{ __type(name: "Node") { name } }`: CodeOperation,
		"{ ...F } fragment F on Query { s: __schema { queryType { name } } }": CodeOperation,
		"{ node { __typename } }": "",
	} {
		if got := ask(t, e, query, ""); got.code() != want {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
}
