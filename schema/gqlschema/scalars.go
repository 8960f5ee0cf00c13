package gqlschema

import (
	"maps"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"

	"github.com/parleydb/parley/graph"
)

// The scalars of the schema beside those of the language. A date is checked
// where it is used, so that what is wrong with it can be said.
var (
	edtfScalar = textScalar("EDTF", "A date, an instant or an interval, as precise as it is known: EDTF, levels 0 and 1 (ISO 8601-2).")
	dateTime   = textScalar("DateTime", "An instant, as RFC 3339 writes it.")
	locale     = textScalar("Locale", "A language tag (BCP 47).")
)

var specifications = map[string]string{
	"EDTF":     "https://www.loc.gov/standards/datetime/",
	"DateTime": "https://scalars.graphql.org/andimarek/date-time",
	"Locale":   "https://www.rfc-editor.org/info/bcp47",
}

// Specifications are the addresses of what specifies the scalars, by name.
func Specifications() map[string]string { return maps.Clone(specifications) }

// SpecifiedBy is where the scalar of a name is specified; "" for those of the
// language itself.
func SpecifiedBy(scalar string) string { return specifications[scalar] }

func textScalar(name, doc string) *graphql.Scalar {
	text := func(v any) any {
		if s, ok := v.(string); ok {
			return s
		}
		return nil
	}
	return graphql.NewScalar(graphql.ScalarConfig{Name: name, Description: doc, Serialize: text, ParseValue: text,
		ParseLiteral: func(v ast.Value) any {
			if s, ok := v.(*ast.StringValue); ok {
				return s.Value
			}
			return nil
		}})
}

// Order lists the values of each enumeration of an ontology in the order of
// their declaration, which the library does not keep.
func Order(o *graph.Ontology) map[string][]string {
	order := make(map[string][]string, len(o.Enums))
	for _, e := range o.Enums {
		order[e.Name] = e.Values
	}
	return order
}
