package gqlschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/schema"
)

// everything selects all fields of a type, of its parts those that have no
// arguments, and of entities the name.
func everything(w *world, t graphql.Type, deep int) string {
	var fields graphql.FieldDefinitionMap
	switch named := graphql.GetNamed(t).(type) {
	case *graphql.Object:
		fields = named.Fields()
		if fields["externalIds"] != nil {
			return "{ id name }"
		}
	case *graphql.Interface:
		return "{ id name __typename }"
	default:
		return ""
	}
	if deep == 0 {
		return "{ __typename }"
	}
	var out strings.Builder
	for name, f := range fields {
		if name != "unlock" {
			fmt.Fprintf(&out, "%s %s ", name, everything(w, f.Type, deep-1))
		}
	}
	return "{ " + out.String() + "}"
}

// asking are the arguments that an answer must have.
var asking = map[string]string{
	"cell":    `issue: "guarantees", party: "Russia", `,
	"changes": `from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED, `,
	"travel":  `from: "United States", to: "Russia", `,
}

// TestAnswersWhole asks for every field of every answer: each is there, and the
// field of the negotiation answers as the root field does.
func TestAnswersWhole(t *testing.T) {
	w := open(t, mainFile, seedFile)
	of := w.schema.TypeMap()["Negotiation"].(*graphql.Object).Fields()
	for _, name := range schema.NegotiationFields {
		t.Run(name, func(t *testing.T) {
			root, on := name, `on: "2025-12-16", `
			if w.schema.QueryType().Fields()[name+"Of"] != nil {
				root = name + "Of"
			}
			if name == "changes" {
				on = ""
			}
			all := everything(w, of[name].Type, 6)
			args := asking[name] + on + "rank: NORMAL"
			below := w.ask(fmt.Sprintf(`{ x: %s { x: %s(%s) %s } }`, talks, name, args, all))
			above := w.ask(fmt.Sprintf(`{ x: %s(%s, negotiation: "ua25:ukraine-peace-2025") %s }`, root, args, all))
			if len(above) < 100 {
				t.Errorf("nearly nothing: %s", above)
			}
			if a, b := strings.Join(strings.Fields(above), ""), strings.Join(strings.Fields(below), ""); !strings.Contains(b, strings.TrimSuffix(strings.TrimPrefix(a, `{"x":`), "}")) {
				t.Errorf("the root field answers differently")
			}
		})
	}
}
