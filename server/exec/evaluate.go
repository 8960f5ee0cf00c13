package exec

import (
	"fmt"
	"strconv"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// evaluateAll gives the arguments of a field or says what is wrong with them.
// An argument that is null is there, and nil; one that is not given and has no
// default is absent.
func (t *types) evaluateAll(defs []*graphql.Argument, given []*ast.Argument, variables map[string]any) (map[string]any, string) {
	values := make(map[string]any, len(defs))
	for _, def := range defs {
		name := def.PrivateName
		literal := literalFor(given, name)
		if literal == nil || absent(literal, variables) {
			if required(def.Type, def.DefaultValue) {
				return nil, fmt.Sprintf("argument %q, a %s, is required", name, def.Type)
			}
			if def.DefaultValue != nil {
				values[name] = def.DefaultValue
			}
			continue
		}
		value, complaint := t.evaluate(literal, def.Type, variables)
		if complaint != "" {
			return nil, fmt.Sprintf("argument %q: %s", name, complaint)
		}
		values[name] = value
	}
	return values, ""
}

func literalFor(list []*ast.Argument, name string) ast.Value {
	for _, a := range list {
		if a.Name.Value == name {
			return a.Value
		}
	}
	return nil
}

// absent tells whether a literal is a variable that has no value.
func absent(v ast.Value, variables map[string]any) bool {
	x, ok := v.(*ast.Variable)
	if !ok {
		return false
	}
	_, given := variables[x.Name.Value]
	return !given
}

// evaluate gives the value of a literal that was validated, in which variables
// stand. A variable without a value is null.
func (t *types) evaluate(v ast.Value, typ graphql.Type, variables map[string]any) (any, string) {
	must, isMust := typ.(*graphql.NonNull)
	if isMust {
		typ = must.OfType
	}
	value, complaint := t.evaluateNullable(v, typ, variables)
	if complaint == "" && value == nil && isMust {
		return nil, fmt.Sprintf("null, where a %s is required", must)
	}
	return value, complaint
}

func (t *types) evaluateNullable(v ast.Value, typ graphql.Type, variables map[string]any) (any, string) {
	switch v := v.(type) {
	case *null:
		return nil, ""
	case *ast.Variable:
		return variables[v.Name.Value], ""
	}
	switch typ := typ.(type) {
	case *graphql.List:
		return t.evaluateList(v, typ, variables)
	case *graphql.InputObject:
		return t.evaluateObject(v, typ, variables)
	}
	if custom(typ) && hasVariable(v) {
		v = substitute(v, variables)
	}
	value, ok := literal(v, typ)
	if !ok {
		return nil, fmt.Sprintf("%s is not a %s", shown(v), typ)
	}
	return value, ""
}

func (t *types) evaluateList(v ast.Value, typ *graphql.List, variables map[string]any) (any, string) {
	items := []ast.Value{v}
	if list, ok := v.(*ast.ListValue); ok {
		items = list.Values
	}
	values := make([]any, len(items))
	for i, item := range items {
		var complaint string
		if values[i], complaint = t.evaluate(item, typ.OfType, variables); complaint != "" {
			return nil, complaint
		}
	}
	return values, ""
}

func (t *types) evaluateObject(v ast.Value, typ *graphql.InputObject, variables map[string]any) (any, string) {
	given, ok := v.(*ast.ObjectValue)
	if !ok {
		return nil, fmt.Sprintf("%s is not a %s", shown(v), typ)
	}
	object := make(map[string]any, len(given.Fields))
	for _, f := range given.Fields {
		def := typ.Fields()[f.Name.Value]
		if def == nil || absent(f.Value, variables) {
			continue
		}
		value, complaint := t.evaluate(f.Value, def.Type, variables)
		if complaint != "" {
			return nil, fmt.Sprintf("field %s: %s", f.Name.Value, complaint)
		}
		object[f.Name.Value] = value
	}
	return object, t.fill(object, typ)
}

// substitute puts literals in the place of variables, for a custom scalar,
// which knows none.
func substitute(v ast.Value, variables map[string]any) ast.Value {
	switch v := v.(type) {
	case *ast.Variable:
		return literalOf(plain(variables[v.Name.Value]), v.Loc)
	case *ast.ListValue:
		list := &ast.ListValue{Kind: v.Kind, Loc: v.Loc}
		for _, item := range v.Values {
			list.Values = append(list.Values, substitute(item, variables))
		}
		return list
	case *ast.ObjectValue:
		object := &ast.ObjectValue{Kind: v.Kind, Loc: v.Loc}
		for _, f := range v.Fields {
			object.Fields = append(object.Fields, &ast.ObjectField{Kind: f.Kind, Loc: f.Loc, Name: f.Name, Value: substitute(f.Value, variables)})
		}
		return object
	}
	return v
}

// literalOf writes a value as a literal.
func literalOf(value any, at *ast.Location) ast.Value {
	switch v := value.(type) {
	case string:
		return ast.NewStringValue(&ast.StringValue{Loc: at, Value: v})
	case bool:
		return ast.NewBooleanValue(&ast.BooleanValue{Loc: at, Value: v})
	case int:
		return ast.NewIntValue(&ast.IntValue{Loc: at, Value: strconv.Itoa(v)})
	case float64:
		return ast.NewFloatValue(&ast.FloatValue{Loc: at, Value: strconv.FormatFloat(v, 'g', -1, 64)})
	case []any:
		list := ast.NewListValue(&ast.ListValue{Loc: at})
		for _, item := range v {
			list.Values = append(list.Values, literalOf(item, at))
		}
		return list
	case map[string]any:
		object := ast.NewObjectValue(&ast.ObjectValue{Loc: at})
		for name, item := range v {
			object.Fields = append(object.Fields, ast.NewObjectField(&ast.ObjectField{Loc: at, Name: ast.NewName(&ast.Name{Value: name}), Value: literalOf(item, at)}))
		}
		return object
	}
	return &null{at}
}
