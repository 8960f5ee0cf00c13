package main

import (
	"encoding/json"
	"testing"
)

// types are the types of the GraphQL schema, as it tells them itself: type →
// field → what the field is.
type types map[string]map[string]typed

// typed is the type of a field or argument, without what is wrapped around it.
type typed struct {
	name      string
	list      bool
	composite bool
	args      map[string]typed
}

const introspection = `{ __schema { types { name kind fields { name type { ...T } args { name type { ...T } } } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

type introspected struct {
	Kind, Name string
	OfType     *introspected
}

func (i *introspected) typed() (t typed) {
	for ; i.OfType != nil; i = i.OfType {
		t.list = t.list || i.Kind == "LIST"
	}
	t.name, t.composite = i.Name, i.Kind == "OBJECT" || i.Kind == "INTERFACE"
	if i.Kind == "ENUM" {
		t.name = "enum " + i.Name
	}
	return t
}

func readTypes(t *testing.T, ask func(query string) []byte) types {
	t.Helper()
	type input struct {
		Name string
		Type introspected
	}
	var answer struct {
		Data struct {
			Schema struct {
				Types []struct {
					Name   string
					Fields []struct {
						input
						Args []input
					}
				}
			} `json:"__schema"`
		}
	}
	if err := json.Unmarshal(ask(introspection), &answer); err != nil {
		t.Fatal(err)
	}
	all := types{}
	for _, typ := range answer.Data.Schema.Types {
		all[typ.Name] = map[string]typed{}
		for _, f := range typ.Fields {
			field := f.Type.typed()
			field.args = map[string]typed{}
			for _, a := range f.Args {
				field.args[a.Name] = a.Type.typed()
			}
			all[typ.Name][f.Name] = field
		}
	}
	return all
}
