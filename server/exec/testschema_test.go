package exec

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
)

// testSchema is a schema with one of everything that the checks look at, and
// fields that fail in every way.
func testSchema(t testing.TB) graphql.Schema {
	t.Helper()
	kind := graphql.NewEnum(graphql.EnumConfig{Name: "Kind", Values: graphql.EnumValueConfigMap{"RED": {Value: "RED"}, "BLUE": {Value: "BLUE"}}})
	in := graphql.NewInputObject(graphql.InputObjectConfig{Name: "In", Fields: graphql.InputObjectConfigFieldMap{
		"a": {Type: graphql.Int}, "must": {Type: graphql.NewNonNull(graphql.String)},
	}})
	var thing *graphql.Interface
	thing = graphql.NewInterface(graphql.InterfaceConfig{Name: "Thing", Fields: graphql.FieldsThunk(func() graphql.Fields {
		return graphql.Fields{"id": {Type: graphql.ID}, "name": {Type: graphql.String}, "next": {Type: thing}}
	})})
	var node *graphql.Object
	node = graphql.NewObject(graphql.ObjectConfig{Name: "Node", Interfaces: []*graphql.Interface{thing}, IsTypeOf: func(graphql.IsTypeOfParams) bool { return true }, Fields: graphql.FieldsThunk(func() graphql.Fields {
		return graphql.Fields{
			"id":   {Type: graphql.ID, Resolve: constant("7")},
			"name": {Type: graphql.String, Resolve: constant("Ada")},
			"next": {Type: thing},
			"must": {Type: graphql.NewNonNull(graphql.String), Resolve: constant("x")},
			"node": {Type: node, Args: graphql.FieldConfigArgument{"x": {Type: graphql.Int}}, Resolve: constant(struct{}{})},
			"list": pagesOf(node),
		}
	})})
	other := graphql.NewObject(graphql.ObjectConfig{Name: "Other", Interfaces: []*graphql.Interface{thing}, IsTypeOf: func(graphql.IsTypeOfParams) bool { return false }, Fields: graphql.Fields{
		"id": {Type: graphql.ID}, "name": {Type: graphql.String}, "must": {Type: graphql.Int}, "node": {Type: node}, "next": {Type: thing},
	}})
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"node":  {Type: node, Args: graphql.FieldConfigArgument{"x": {Type: graphql.Int}}, Resolve: constant(struct{}{})},
		"thing": {Type: thing, Resolve: constant(struct{}{})},
		"list":  pagesOf(node),
		"echo": {Type: graphql.String, Args: graphql.FieldConfigArgument{"d": {Type: graphql.ID}, "f": {Type: graphql.Float}, "in": {Type: in}, "s": {Type: graphql.String}, "n": {Type: graphql.Int}, "l": {Type: graphql.NewList(graphql.NewNonNull(graphql.Int))}, "kind": {Type: kind}, "must": {Type: graphql.Int, DefaultValue: 1}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				b, err := json.Marshal(p.Args)
				return string(b), err
			}},
		"missing": {Type: graphql.String, Resolve: failing(Errorf("NOT_FOUND", "nothing is called so"))},
		"secret":  {Type: graphql.String, Resolve: failing(errors.New("password hunter2 in /etc/shadow"))},
		"panics":  {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) { panic("hunter2") }},
		"thunk":   {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) { return func() (any, error) { panic("hunter2") }, nil }},
		"scalar":  {Type: graphql.NewScalar(graphql.ScalarConfig{Name: "Bad", Serialize: func(any) any { panic("hunter2") }}), Resolve: constant(1)},
		"null":    {Type: graphql.NewNonNull(graphql.String), Resolve: constant(nil)},
		"wait": {Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
			<-p.Context.Done()
			return nil, p.Context.Err()
		}},
	}})
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: query, Types: []graphql.Type{other}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pagesOf(t graphql.Type) *graphql.Field {
	return &graphql.Field{
		Type: graphql.NewList(t), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int, DefaultValue: 50}},
		Resolve: func(p graphql.ResolveParams) (any, error) { return make([]struct{}, p.Args["first"].(int)), nil },
	}
}

func constant(v any) graphql.FieldResolveFn {
	return func(graphql.ResolveParams) (any, error) { return v, nil }
}

func failing(err error) graphql.FieldResolveFn {
	return func(graphql.ResolveParams) (any, error) { return nil, err }
}

// testEngine answers over the test schema.
func testEngine(t testing.TB, opts Options) *Engine {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return New(testSchema(t), &opts)
}

// reply is an answer as a client reads it.
type reply struct {
	Response
	Body string
	Data json.RawMessage
}

// code is the code of the first error, or "".
func (r *reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Code()
}

// ask has an engine answer a document, with variables given as JSON or "".
func ask(t testing.TB, e *Engine, query, variables string) *reply {
	t.Helper()
	rq := Request{Query: query}
	if variables != "" {
		d := json.NewDecoder(strings.NewReader(variables))
		d.UseNumber()
		if err := d.Decode(&rq.Variables); err != nil {
			t.Fatal(err)
		}
	}
	return do(t, e, rq)
}

func do(t testing.TB, e *Engine, rq Request) *reply {
	t.Helper()
	got := &reply{Response: e.Do(t.Context(), rq)}
	got.Body = string(got.Response.Body)
	body := struct {
		Data   json.RawMessage
		Errors []*Error
	}{}
	if err := json.Unmarshal(got.Response.Body, &body); err != nil {
		t.Fatalf("answer is not JSON: %v: %s", err, got.Body)
	}
	got.Data = body.Data
	if len(body.Errors) != len(got.Errors) {
		t.Fatalf("%d errors, but %d in %s", len(got.Errors), len(body.Errors), got.Body)
	}
	return got
}
