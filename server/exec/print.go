package exec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"
)

// printValue appends a Go value as GraphQL writes one of a type.
func (m *metaTypes) printValue(out []byte, v any, t graphql.Type) []byte {
	if isNil(v) {
		return append(out, "null"...)
	}
	switch t := t.(type) {
	case *graphql.NonNull:
		return m.printValue(out, v, t.OfType)
	case *graphql.List:
		return m.printList(out, v, t.OfType)
	case *graphql.InputObject:
		return m.printObject(out, v, t)
	case *graphql.Enum:
		return fmt.Append(out, t.Serialize(v))
	case *graphql.Scalar:
		v = t.Serialize(v)
	}
	return m.printAny(out, v)
}

func (m *metaTypes) printList(out []byte, v any, item graphql.Type) []byte {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice && list.Kind() != reflect.Array {
		return m.printValue(out, v, item)
	}
	out = append(out, '[')
	for i := range list.Len() {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = m.printValue(out, list.Index(i).Interface(), item)
	}
	return append(out, ']')
}

func (m *metaTypes) printObject(out []byte, v any, t *graphql.InputObject) []byte {
	fields, _ := v.(map[string]any)
	sep := "{"
	for _, name := range m.traits.inputs(t) {
		if value, ok := fields[name]; ok {
			out = append(append(append(out, sep...), name...), ": "...)
			out = m.printValue(out, value, t.Fields()[name].Type)
			sep = ", "
		}
	}
	if sep == "{" {
		return append(out, "{}"...)
	}
	return append(out, '}')
}

// printAny appends a value that no type says more of.
func (m *metaTypes) printAny(out []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(out, "null"...)
	case string:
		return appendString(out, v)
	case float64:
		return appendFloat(out, v)
	case []any:
		return m.printList(out, v, nil)
	case map[string]any:
		var parts []string
		for name, value := range v {
			parts = append(parts, name+": "+string(m.printAny(nil, value)))
		}
		slices.Sort(parts)
		return fmt.Append(out, "{", strings.Join(parts, ", "), "}")
	}
	return fmt.Append(out, v)
}
