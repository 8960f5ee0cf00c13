package gqlschema_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/parleydb/parley/schema/gqlschema"
)

// TestPrinted holds the whole schema to a golden file, and to a parser that is
// stricter than the library.
func TestPrinted(t *testing.T) {
	text := gqlschema.Print(open(t, seedFile).schema)
	golden(t, "schema.graphql", text)
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: text}); err != nil {
		t.Error(err)
	}
}
