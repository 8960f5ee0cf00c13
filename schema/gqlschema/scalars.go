package gqlschema

import (
	"encoding/json"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// The scalars of the schema beside those of the language. A date is checked
// where it is used, so that what is wrong with it can be said.
var (
	edtfScalar = textScalar("EDTF", "A date, an instant or an interval, as precise as it is known: EDTF, levels 0 and 1 (ISO 8601-2).")
	dateTime   = textScalar("DateTime", "An instant, as RFC 3339 writes it.")
	locale     = textScalar("Locale", "A language tag (BCP 47).")
	anyJSON    = graphql.NewScalar(graphql.ScalarConfig{Name: "JSON", Description: "Any value.",
		Serialize: func(v any) any { return v }, ParseValue: func(v any) any { return v }, ParseLiteral: literal})
)

var specifications = map[string]string{
	"EDTF":     "https://www.loc.gov/standards/datetime/",
	"DateTime": "https://scalars.graphql.org/andimarek/date-time",
	"Locale":   "https://www.rfc-editor.org/info/bcp47",
	"JSON":     "https://www.rfc-editor.org/rfc/rfc8259",
}

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

// literal is what a literal of any type says.
func literal(v ast.Value) any {
	switch v := v.(type) {
	case *ast.StringValue:
		return v.Value
	case *ast.EnumValue:
		return v.Value
	case *ast.BooleanValue:
		return v.Value
	case *ast.IntValue:
		return json.Number(v.Value)
	case *ast.FloatValue:
		return json.Number(v.Value)
	case *ast.ListValue:
		list := make([]any, len(v.Values))
		for i := range v.Values {
			list[i] = literal(v.Values[i])
		}
		return list
	case *ast.ObjectValue:
		object := make(map[string]any, len(v.Fields))
		for _, f := range v.Fields {
			object[f.Name.Value] = literal(f.Value)
		}
		return object
	}
	return nil
}
