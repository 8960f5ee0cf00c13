package exec

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// variable is the definition of a variable, compiled.
type variable struct {
	name      string
	typ       graphql.Type
	otherwise any  // the default
	defaulted bool // there is one
	at        int
}

func (t *types) variablesOf(op *ast.OperationDefinition) ([]variable, *Error) {
	var list []variable
	for _, def := range op.VariableDefinitions {
		v := variable{name: def.Variable.Name.Value, typ: t.of(def.Type), at: def.Loc.Start}
		if def.DefaultValue != nil {
			value, complaint := t.evaluate(def.DefaultValue, v.typ, nil)
			if complaint != "" {
				return nil, Errorf(CodeInvalid, "variable $%s: %s", v.name, complaint).in(v.at)
			}
			v.otherwise, v.defaulted = value, true
		}
		list = append(list, v)
	}
	return list, nil
}

// variables checks the values that a request gives against the types of the
// variables, and gives those that are declared. A variable that is not given
// and has no default is absent.
func (t *types) coerceAll(defs []variable, given map[string]any) (map[string]any, *Error) {
	if len(defs) == 0 {
		return nil, nil
	}
	values := make(map[string]any, len(defs))
	for i := range defs {
		v := &defs[i]
		value, ok := given[v.name]
		_, must := v.typ.(*graphql.NonNull)
		switch {
		case ok:
			value, complaint := t.coerce(value, v.typ)
			if complaint != "" {
				return nil, Errorf(CodeInput, "variable $%s: %s", v.name, complaint).in(v.at)
			}
			values[v.name] = value
		case v.defaulted:
			values[v.name] = v.otherwise
		case must:
			return nil, Errorf(CodeInput, "variable $%s, a %s, is required", v.name, v.typ).in(v.at)
		}
	}
	return values, nil
}

// coerce gives a value of JSON as its type wants it, or says what is wrong with
// it. The library would take true for a String and "12" for an Int.
func (t *types) coerce(value any, typ graphql.Type) (any, string) {
	if must, ok := typ.(*graphql.NonNull); ok {
		if value == nil {
			return nil, fmt.Sprintf("null, where a %s is required", typ)
		}
		typ = must.OfType
	}
	if value == nil {
		return nil, ""
	}
	switch typ := typ.(type) {
	case *graphql.List:
		return t.coerceList(value, typ)
	case *graphql.InputObject:
		return t.coerceObject(value, typ)
	case *graphql.Enum:
		if s, ok := value.(string); ok {
			if v := typ.ParseValue(s); v != nil {
				return v, ""
			}
			return nil, fmt.Sprintf("%q is no value of %s", clip(s), typ)
		}
		return nil, notA(value, typ)
	case *graphql.Scalar:
		return coerceScalar(value, typ)
	}
	return nil, "not a type of input"
}

func (t *types) coerceList(value any, typ *graphql.List) (any, string) {
	items, ok := value.([]any)
	if !ok {
		item, complaint := t.coerce(value, typ.OfType)
		return []any{item}, complaint
	}
	list := make([]any, len(items))
	for i, item := range items {
		var complaint string
		if list[i], complaint = t.coerce(item, typ.OfType); complaint != "" {
			return nil, fmt.Sprintf("item %d: %s", i, complaint)
		}
	}
	return list, ""
}

func (t *types) coerceObject(value any, typ *graphql.InputObject) (any, string) {
	given, ok := value.(map[string]any)
	if !ok {
		return nil, notA(value, typ)
	}
	defs, object := typ.Fields(), make(map[string]any, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		def := defs[name]
		if def == nil {
			return nil, fmt.Sprintf("%s has no field %q", typ, clip(name))
		}
		v, complaint := t.coerce(given[name], def.Type)
		if complaint != "" {
			return nil, fmt.Sprintf("field %s: %s", name, complaint)
		}
		object[name] = v
	}
	return object, t.fill(object, typ)
}

// fill adds defaults to an object of input, and says what it lacks.
func (t *types) fill(object map[string]any, typ *graphql.InputObject) string {
	for name, def := range typ.Fields() {
		if _, ok := object[name]; ok {
			continue
		}
		if required(def.Type, def.DefaultValue) {
			return fmt.Sprintf("%s needs field %q, a %s", typ, name, def.Type)
		}
		if def.DefaultValue != nil {
			object[name] = def.DefaultValue
		}
	}
	if t.traits.OneOf[typ.Name()] {
		for _, v := range object {
			if len(object) == 1 && v != nil {
				return ""
			}
		}
		return fmt.Sprintf("%s wants exactly one field, which is not null", typ)
	}
	return ""
}

func notA(value any, t graphql.Type) string {
	var what string
	switch v := value.(type) {
	case string:
		what = strconv.Quote(clip(v))
	case map[string]any:
		what = "an object"
	case []any:
		what = "a list"
	default:
		what = clip(fmt.Sprint(v))
	}
	return fmt.Sprintf("%s is not a %s", what, t)
}

func coerceScalar(value any, t *graphql.Scalar) (result any, complaint string) {
	if custom(t) {
		return parsed(value, t)
	}
	switch v := value.(type) {
	case string:
		if t == graphql.String || t == graphql.ID {
			return v, ""
		}
	case bool:
		if t == graphql.Boolean {
			return v, ""
		}
	case json.Number:
		return coerceNumber(v, value, t)
	case float64:
		return coerceNumber(json.Number(strconv.FormatFloat(v, 'f', -1, 64)), value, t)
	case int:
		return coerceNumber(json.Number(strconv.Itoa(v)), value, t)
	}
	return nil, notA(value, t)
}

// coerceNumber reads a number of JSON, where 3.0 and 3e0 are 3.
func coerceNumber(n json.Number, value any, t *graphql.Scalar) (any, string) {
	if t == graphql.ID {
		if i, err := n.Int64(); err == nil {
			return strconv.FormatInt(i, 10), ""
		}
	}
	f, err := n.Float64()
	switch {
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
	case t == graphql.Float:
		return f, ""
	case t == graphql.Int && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32:
		return int(f), ""
	case t == graphql.ID && f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return strconv.FormatInt(int64(f), 10), ""
	}
	return nil, notA(value, t)
}

// parsed gives what a custom scalar makes of a value.
func parsed(value any, t *graphql.Scalar) (result any, complaint string) {
	defer func() {
		if recover() != nil { // a scalar that is not ours to trust
			result, complaint = nil, notA(value, t)
		}
	}()
	if result = t.ParseValue(plain(value)); result == nil {
		return nil, notA(value, t)
	}
	return result, ""
}

// plain makes numbers what JSON usually gives: int where they are whole and
// fit, else float64.
func plain(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, item := range v {
			object[name] = plain(item)
		}
		return object
	}
	return value
}
