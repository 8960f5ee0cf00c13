package gqlschema

import (
	"context"
	"fmt"

	"github.com/graphql-go/graphql"
)

// object makes a type whose fields are made when all types exist.
func object(name, doc string, fields func() graphql.Fields, implements ...*graphql.Interface) *graphql.Object {
	return graphql.NewObject(graphql.ObjectConfig{Name: name, Description: doc, Interfaces: implements, Fields: graphql.FieldsThunk(fields)})
}

func field(t graphql.Output, doc string, resolve graphql.FieldResolveFn) *graphql.Field {
	return &graphql.Field{Type: t, Description: doc, Resolve: resolve}
}

// with gives a field arguments.
func with(f *graphql.Field, args graphql.FieldConfigArgument) *graphql.Field {
	f.Args = args
	return f
}

func must(t graphql.Type) graphql.Output { return graphql.NewNonNull(t) }

// listOf is the type of a list that is there, of items that are there.
func listOf(t graphql.Type) graphql.Output { return must(graphql.NewList(must(t))) }

// plain resolves a field from its source alone.
func plain[S any](fn func(S) any) graphql.FieldResolveFn {
	return func(p graphql.ResolveParams) (any, error) {
		s, err := sourceOf[S](p)
		if err != nil {
			return nil, err
		}
		return fn(s), nil
	}
}

// fetch resolves a field from its source and the database, by a method of the source.
func fetch[S any](fn func(S, context.Context) (any, error)) graphql.FieldResolveFn {
	return func(p graphql.ResolveParams) (any, error) {
		s, err := sourceOf[S](p)
		if err != nil {
			return nil, err
		}
		return fn(s, p.Context)
	}
}

// fetchWith resolves a field that has arguments.
func fetchWith[S any](fn func(graphql.ResolveParams, S) (any, error)) graphql.FieldResolveFn {
	return func(p graphql.ResolveParams) (any, error) {
		s, err := sourceOf[S](p)
		if err != nil {
			return nil, err
		}
		return fn(p, s)
	}
}

// sourceOf is what a field's type resolves from, unless the request has ended.
func sourceOf[S any](p graphql.ResolveParams) (S, error) {
	s, ok := p.Source.(S)
	if err := p.Context.Err(); err != nil {
		return s, err
	}
	if !ok {
		return s, fmt.Errorf("gqlschema: %s.%s: resolved from a %T", p.Info.ParentType.Name(), p.Info.FieldName, p.Source)
	}
	return s, nil
}

// stated is a text, or nothing where it is empty.
func stated(s string) any {
	if s == "" {
		return nil
	}
	return s
}
