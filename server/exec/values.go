package exec

import (
	"math"
	"strconv"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// arguments checks those of a field or directive.
func (c *checker) arguments(n ast.Node, given []*ast.Argument, defs []*graphql.Argument, of string) {
	seen := unique{}
	for _, a := range given {
		c.once(seen, a.Name, "arguments")
		def := argOf(defs, a.Name.Value)
		if def == nil {
			c.wrong(a, "%s has no argument %q%s", of, clip(a.Name.Value), c.near(a.Name.Value, argNames(defs)))
			c.value(a.Value, nil, false)
			continue
		}
		c.about = a.Name.Value
		c.value(a.Value, def.Type, def.DefaultValue != nil)
	}
	for _, def := range defs {
		if _, ok := seen[def.PrivateName]; !ok && required(def.Type, def.DefaultValue) {
			c.wrong(n, "%s needs argument %q, a %s", of, def.PrivateName, def.Type)
		}
	}
}

func required(t graphql.Type, otherwise any) bool {
	_, must := t.(*graphql.NonNull)
	return must && otherwise == nil
}

// unknownValues looks for variables in values that nothing is known of.
func (c *checker) unknownValues(list []*ast.Argument) {
	for _, a := range list {
		c.value(a.Value, nil, false)
	}
}

// value checks a literal. Variables are noted, to be checked for each operation.
func (c *checker) value(v ast.Value, t graphql.Type, defaulted bool) {
	if variable, ok := v.(*ast.Variable); ok {
		c.part.usages = append(c.part.usages, usage{variable, t, defaulted})
		return
	}
	if must, ok := t.(*graphql.NonNull); ok {
		if isNull(v) {
			c.bad(v, "null, where a %s is required", t)
			return
		}
		t = must.OfType
	}
	if isNull(v) {
		return
	}
	switch t := t.(type) {
	case *graphql.List:
		c.list(v, t)
	case *graphql.InputObject:
		c.object(v, t)
	case *graphql.Enum, *graphql.Scalar:
		c.leaf(v, t)
	default:
		c.within(v)
	}
}

// within looks for variables in a value whose type says nothing of its parts.
func (c *checker) within(v ast.Value) {
	switch v := v.(type) {
	case *ast.ListValue:
		for _, item := range v.Values {
			c.value(item, nil, false)
		}
	case *ast.ObjectValue:
		seen := unique{}
		for _, f := range v.Fields {
			c.once(seen, f.Name, "fields of an object")
			c.value(f.Value, nil, false)
		}
	}
}

func (c *checker) list(v ast.Value, t *graphql.List) {
	list, ok := v.(*ast.ListValue)
	if !ok {
		c.value(v, t.OfType, false)
		return
	}
	for _, item := range list.Values {
		c.value(item, t.OfType, false)
	}
}

func (c *checker) object(v ast.Value, t *graphql.InputObject) {
	o, ok := v.(*ast.ObjectValue)
	if !ok {
		c.bad(v, "not a %s, which is an object", t)
		c.within(v)
		return
	}
	seen := unique{}
	for _, f := range o.Fields {
		c.once(seen, f.Name, "fields of an object")
		def := t.Fields()[f.Name.Value]
		switch {
		case def == nil:
			c.bad(f, "%s has no field %q%s", t, clip(f.Name.Value), c.near(f.Name.Value, inputNames(t)))
			c.value(f.Value, nil, false)
		case c.traits.OneOf[t.Name()] && !isNull(f.Value):
			c.value(f.Value, graphql.NewNonNull(def.Type), false)
		default:
			c.value(f.Value, def.Type, def.DefaultValue != nil)
		}
	}
	for _, name := range c.traits.inputs(t) {
		def := t.Fields()[name]
		if _, ok := seen[name]; !ok && required(def.Type, def.DefaultValue) {
			c.bad(v, "%s needs field %q, a %s", t, name, def.Type)
		}
	}
	if c.traits.OneOf[t.Name()] && (len(o.Fields) != 1 || isNull(o.Fields[0].Value)) {
		c.bad(v, "%s wants exactly one field, which is not null", t)
	}
}

func (c *checker) leaf(v ast.Value, t graphql.Type) {
	if custom(t) && hasVariable(v) {
		c.within(v)
		return
	}
	if _, ok := literal(v, t); !ok {
		c.bad(v, "%s is not a %s", shown(v), t)
	}
}

// custom tells whether a scalar is none of GraphQL's own.
func custom(t graphql.Type) bool {
	switch t {
	case graphql.Int, graphql.Float, graphql.String, graphql.Boolean, graphql.ID:
		return false
	}
	_, ok := t.(*graphql.Scalar)
	return ok
}

// literal reads a literal as a scalar or value of an enum. The library would
// take a number of any size for an Int.
func literal(v ast.Value, t graphql.Type) (value any, ok bool) {
	defer func() {
		if recover() != nil { // a scalar that is not ours to trust
			value, ok = nil, false
		}
	}()
	switch t := t.(type) {
	case *graphql.Enum:
		value = t.ParseLiteral(v)
	case *graphql.Scalar:
		if value, known := builtin(v, t); known {
			return value, value != nil
		}
		value = t.ParseLiteral(v)
	}
	return value, value != nil
}

// builtin reads a literal as one of GraphQL's own numbers.
func builtin(v ast.Value, t *graphql.Scalar) (value any, known bool) {
	switch t {
	case graphql.Int:
		if i, ok := v.(*ast.IntValue); ok {
			if n, err := strconv.ParseInt(i.Value, 10, 32); err == nil {
				return int(n), true
			}
		}
		return nil, true
	case graphql.Float:
		f, err := strconv.ParseFloat(numberIn(v), 64)
		if err != nil || math.IsInf(f, 0) {
			return nil, true
		}
		return f, true
	}
	return nil, false
}

func numberIn(v ast.Value) string {
	switch v := v.(type) {
	case *ast.IntValue:
		return v.Value
	case *ast.FloatValue:
		return v.Value
	}
	return ""
}

// shown writes a literal for a message.
func shown(v ast.Value) string {
	switch v := v.(type) {
	case *ast.StringValue:
		return strconv.Quote(clip(v.Value))
	case *ast.BooleanValue:
		return strconv.FormatBool(v.Value)
	case *ast.EnumValue:
		return clip(v.Value)
	case *ast.ListValue:
		return "a list"
	case *ast.ObjectValue:
		return "an object"
	}
	return clip(numberIn(v))
}

// hasVariable tells whether a variable stands in a value.
func hasVariable(v ast.Value) bool {
	switch v := v.(type) {
	case *ast.Variable:
		return true
	case *ast.ListValue:
		for _, item := range v.Values {
			if hasVariable(item) {
				return true
			}
		}
	case *ast.ObjectValue:
		for _, f := range v.Fields {
			if hasVariable(f.Value) {
				return true
			}
		}
	}
	return false
}
