package server

import (
	"fmt"
	"math"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// variables checks the values of an operation's variables against their types
// and gives those that are declared. The library would take true for a String
// and "12" for an Int.
func (s *Server) variables(d *document, op *ast.OperationDefinition, given map[string]any) (map[string]any, *fault) {
	values := map[string]any{}
	for _, v := range op.VariableDefinitions {
		name := v.Variable.Name.Value
		value, ok := given[name]
		if !ok {
			if _, required := v.Type.(*ast.NonNull); required && v.DefaultValue == nil {
				return nil, faultf(codeInput, "variable $%s is required", name).in(v.Loc.Start)
			}
			continue
		}
		value, complaint := s.coerce(value, v.Type)
		if value == nil && d.required[v] {
			complaint = "null, where a value is required"
		}
		if complaint != "" {
			return nil, faultf(codeInput, "variable $%s: %s", name, complaint).in(v.Loc.Start)
		}
		values[name] = value
	}
	return values, nil
}

// coerce gives a value as its type wants it, or says what is wrong with it.
func (s *Server) coerce(value any, t ast.Type) (any, string) {
	switch t := t.(type) {
	case *ast.NonNull:
		if value == nil {
			return nil, "null, where a value is required"
		}
		return s.coerce(value, t.Type)
	case *ast.List:
		return s.coerceList(value, t)
	case *ast.Named:
		if value == nil {
			return nil, ""
		}
		return s.coerceNamed(value, t.Name.Value)
	}
	return nil, "not a type of input"
}

func (s *Server) coerceList(value any, t *ast.List) (any, string) {
	if value == nil {
		return nil, ""
	}
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	list := make([]any, len(items))
	for i, item := range items {
		var complaint string
		if list[i], complaint = s.coerce(item, t.Type); complaint != "" {
			return nil, complaint
		}
		if list[i] == nil {
			return nil, "null is no item of a list"
		}
	}
	return list, ""
}

func (s *Server) coerceNamed(value any, name string) (any, string) {
	switch t := s.schema.Type(name).(type) {
	case *graphql.Scalar:
		return coerceScalar(value, t)
	case *graphql.Enum:
		if text, ok := value.(string); ok && t.ParseValue(text) != nil {
			return text, ""
		}
		return nil, "not one of the values of " + name
	}
	return nil, "not a type of input"
}

func coerceScalar(value any, t *graphql.Scalar) (any, string) {
	ok := false
	switch v := value.(type) {
	case string:
		ok = t != graphql.Int && t != graphql.Float && t != graphql.Boolean
	case bool:
		ok = t == graphql.Boolean
	case float64:
		whole := v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32
		if whole && (t == graphql.Int || t == graphql.ID) {
			return int(v), ""
		}
		ok = t == graphql.Float
	}
	if !ok {
		return nil, "not a value of type " + t.Name()
	}
	if text, _ := value.(string); t.ParseValue(value) == nil {
		return nil, fmt.Sprintf("%q is not a value of type %s", clip(text), t.Name())
	}
	return value, ""
}
