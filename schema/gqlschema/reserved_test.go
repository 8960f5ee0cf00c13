package gqlschema_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// TestReserved holds the list of names that an ontology may not use to the
// schema: each type, and each root field, that comes from no kind is on it.
func TestReserved(t *testing.T) {
	w := writing(t)
	types, fields := ours(w.db.Ontology())
	refused := func(k graph.Kind) bool {
		return schema.CheckNames(&graph.Ontology{Kinds: []graph.Kind{k}}) != nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.schema.TypeMap())) {
		if !types[name] && !strings.HasPrefix(name, "__") && !refused(graph.Kind{Name: name, Plural: "others"}) {
			t.Errorf("a kind may be called %s, as a type is", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.schema.QueryType().Fields())) {
		if !fields[name] && !refused(graph.Kind{Name: "Free", Plural: name}) {
			t.Errorf("the plural of a kind may be %s, as a root field is", name)
		}
	}
	for _, name := range []string{"Entity", "Relation"} {
		for field := range w.schema.TypeMap()[name].(*graphql.Interface).Fields() {
			own := []graph.Property{{Name: field, Type: graph.Text, Single: true}}
			if field != graph.PropertyName && !refused(graph.Kind{Name: "Free", Plural: "others", Relation: true, Properties: own}) {
				t.Errorf("a property may be called %s, as a field of every %s is", field, name)
			}
		}
	}
}

// ours are the types and root fields that come from kinds and enumerations.
func ours(o *graph.Ontology) (types, fields map[string]bool) {
	types, fields = map[string]bool{}, map[string]bool{}
	for i := range o.Kinds {
		k := &o.Kinds[i]
		for _, ending := range []string{"", "Connection", "Edge", "Filter", "ListFilter", "Order", "OrderField", "Group", "Role"} {
			types[k.Name+ending] = true
		}
		types["Other"+k.Name], types["Assert"+k.Name+"Input"] = true, true
		fields[schema.One(k.Name)] = true
		for _, ending := range []string{"", "Connection", "Aggregate"} {
			fields[schema.Many(k)+ending] = true
		}
	}
	for _, e := range o.Enums {
		types[e.Name], types[e.Name+"Filter"] = true, true
	}
	return types, fields
}
