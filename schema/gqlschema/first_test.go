package gqlschema_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/parleydb/parley/schema/gqlschema"
)

// TestFirstRelease keeps every name of the first release: types, fields,
// arguments and the values of enumerations. Each stands where it stood.
func TestFirstRelease(t *testing.T) {
	now, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: gqlschema.Print(open(t).schema)})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("testdata/first-release.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(b))
	for _, line := range lines {
		if !has(now, strings.Split(line, ".")) {
			t.Errorf("%s is gone", line)
		}
	}
	if len(lines) < 400 {
		t.Errorf("only %d names", len(lines))
	}
}

// has finds a type, its field or value, and its argument.
func has(s *ast.Schema, path []string) bool {
	def := s.Types[path[0]]
	if def == nil || len(path) == 1 {
		return def != nil
	}
	if def.Kind == ast.Enum {
		return def.EnumValues.ForName(path[1]) != nil
	}
	f := def.Fields.ForName(path[1])
	return f != nil && (len(path) == 2 || f.Arguments.ForName(path[2]) != nil)
}
