package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server/exec"
)

// testSchema is a schema with one of everything that the checks look at, and
// fields that fail in every way.
func testSchema(t testing.TB) graphql.Schema {
	t.Helper()
	kind := graphql.NewEnum(graphql.EnumConfig{Name: "Kind", Values: graphql.EnumValueConfigMap{"RED": {Value: "RED"}, "BLUE": {Value: "BLUE"}}})
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
			"list": listOf(node),
		}
	})})
	other := graphql.NewObject(graphql.ObjectConfig{Name: "Other", Interfaces: []*graphql.Interface{thing}, IsTypeOf: func(graphql.IsTypeOfParams) bool { return false }, Fields: graphql.Fields{
		"id": {Type: graphql.ID}, "name": {Type: graphql.String}, "must": {Type: graphql.Int}, "node": {Type: node}, "next": {Type: thing},
	}})
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"node":  {Type: node, Args: graphql.FieldConfigArgument{"x": {Type: graphql.Int}}, Resolve: constant(struct{}{})},
		"thing": {Type: thing, Resolve: constant(struct{}{})},
		"list":  listOf(node),
		"echo": {Type: graphql.String, Args: graphql.FieldConfigArgument{"d": {Type: graphql.ID}, "s": {Type: graphql.String}, "n": {Type: graphql.Int}, "l": {Type: graphql.NewList(graphql.NewNonNull(graphql.Int))}, "kind": {Type: kind}, "must": {Type: graphql.Int, DefaultValue: 1}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				b, err := json.Marshal(p.Args)
				return string(b), err
			}},
		"missing": {Type: graphql.String, Resolve: failing(graph.ErrNotFound)},
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

func listOf(t graphql.Type) *graphql.Field {
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

// testServer serves the test schema.
func testServer(t testing.TB, opts Options) *Server {
	t.Helper()
	return serverOf(t, testSchema(t), opts)
}

func serverOf(t testing.TB, schema graphql.Schema, opts Options) *Server {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	begin := func(ctx context.Context, _ []string) (context.Context, func() map[string]any) {
		return ctx, func() map[string]any { return nil }
	}
	s, err := serve(schema, nil, begin, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// reply is a response as a client reads it.
type reply struct {
	Status int
	Header http.Header
	Body   string
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Locations  []exec.Location
		Path       []any
		Extensions map[string]any
	}
}

// code is the code of the first error, or "".
func (r *reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	code, _ := r.Errors[0].Extensions["code"].(string)
	return code
}

// send sends a request through the handler.
func send(t testing.TB, h http.Handler, r *http.Request) *reply {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := &reply{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), got); err != nil {
			t.Fatalf("answer is not JSON: %v: %s", err, got.Body)
		}
	}
	return got
}

func post(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", mediaGraphQL)
	return r
}

// ask sends a document, with variables given as JSON or "".
func ask(t testing.TB, h http.Handler, query, variables string) *reply {
	t.Helper()
	q, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"query":` + string(q)
	if variables != "" {
		body += `,"variables":` + variables
	}
	return send(t, h, post(body+"}"))
}
