package server

import (
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/graphql-go/graphql"
)

// quiet counts the subscriptions that wait for events which do not come.
type quiet struct{ open atomic.Int64 }

// streamSchema is the test schema with a mutation, and with subscriptions that
// behave in every way.
func streamSchema(t testing.TB) (graphql.Schema, *quiet) {
	t.Helper()
	q := &quiet{}
	events := func(source func(p graphql.ResolveParams, yield func(any, error) bool)) graphql.FieldResolveFn {
		return func(p graphql.ResolveParams) (any, error) {
			return iter.Seq2[any, error](func(yield func(any, error) bool) { source(p, yield) }), nil
		}
	}
	self := func(p graphql.ResolveParams) (any, error) { return p.Source, nil }
	field := func(of graphql.Output, source func(graphql.ResolveParams, func(any, error) bool)) *graphql.Field {
		return &graphql.Field{Type: of, Subscribe: events(source), Resolve: self}
	}
	ticks := field(graphql.Int, func(p graphql.ResolveParams, yield func(any, error) bool) {
		for n := 1; n <= p.Args["to"].(int) && yield(n, nil); n++ {
		}
	})
	ticks.Args = graphql.FieldConfigArgument{"to": {Type: graphql.Int, DefaultValue: 3}}
	endless := strings.Repeat("x", 64<<10)
	var bumps atomic.Int64
	base := testSchema(t)
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: base.QueryType(),
		Mutation: graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{
			"bump": {Type: graphql.Int, Resolve: func(graphql.ResolveParams) (any, error) { return int(bumps.Add(1)), nil }},
		}}),
		Subscription: graphql.NewObject(graphql.ObjectConfig{Name: "Subscription", Fields: graphql.Fields{
			"ticks": ticks,
			"quiet": field(graphql.Int, func(p graphql.ResolveParams, yield func(any, error) bool) {
				q.open.Add(1)
				defer q.open.Add(-1)
				<-p.Context.Done()
				yield(nil, p.Context.Err())
			}),
			"silent": field(graphql.Int, func(p graphql.ResolveParams, _ func(any, error) bool) {
				q.open.Add(1)
				defer q.open.Add(-1)
				<-p.Context.Done()
			}),
			"flood": field(graphql.String, func(_ graphql.ResolveParams, yield func(any, error) bool) {
				q.open.Add(1)
				defer q.open.Add(-1)
				for yield(endless, nil) {
				}
			}),
			"fails": field(graphql.Int, func(_ graphql.ResolveParams, yield func(any, error) bool) {
				if yield(1, nil) {
					yield(nil, errors.New("hunter2"))
				}
			}),
			"panics": field(graphql.Int, func(graphql.ResolveParams, func(any, error) bool) { panic("hunter2") }),
			"slow": {Type: graphql.Int, Resolve: func(p graphql.ResolveParams) (any, error) {
				<-p.Context.Done()
				return nil, p.Context.Err()
			}, Subscribe: events(func(_ graphql.ResolveParams, yield func(any, error) bool) { _ = yield(1, nil) && yield(2, nil) })},
		}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, q
}

// streamServer serves the schema on a port of this machine.
func streamServer(t *testing.T, opts Options) (s *Server, address string, q *quiet) {
	t.Helper()
	schema, q := streamSchema(t)
	s = serverOf(t, schema, opts)
	address, _ = listen(t, s)
	return s, address, q
}
