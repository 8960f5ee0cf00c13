package schema

import (
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/parleydb/parley/graph"
)

// checkDirectives holds directives against their definitions: names, arguments
// and the types of what is given.
func (c *compiler) checkDirectives(list ast.DirectiveList) {
	for _, d := range list {
		def := c.directives[d.Name]
		if def == nil {
			c.fail(d.Position, "unknown directive @%s%s", d.Name, nearest(d.Name, c.directiveNames()))
			continue
		}
		for _, a := range d.Arguments {
			arg := def.Arguments.ForName(a.Name)
			switch {
			case arg == nil:
				c.fail(a.Position, "@%s has no argument %q", d.Name, a.Name)
			case !fits(a.Value, arg.Type):
				c.fail(a.Position, "@%s(%s:): want %s", d.Name, a.Name, arg.Type.String())
			}
		}
		for _, arg := range def.Arguments {
			if arg.Type.NonNull && d.Arguments.ForName(arg.Name) == nil {
				c.fail(d.Position, "@%s needs the argument %q", d.Name, arg.Name)
			}
		}
	}
}

func (c *compiler) directiveNames() []string {
	var names []string
	for n := range c.directives {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// fits tells whether a literal is of the type that an argument has.
func fits(v *ast.Value, t *ast.Type) bool {
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			return fits(v, t.Elem)
		}
		return !slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return !fits(c.Value, t.Elem) })
	}
	switch t.NamedType {
	case "String":
		return v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	case "Int":
		_, err := strconv.Atoi(v.Raw)
		return v.Kind == ast.IntValue && err == nil
	case "Float":
		return v.Kind == ast.IntValue || v.Kind == ast.FloatValue
	case "Boolean":
		return v.Kind == ast.BooleanValue
	case "Class":
		_, err := graph.ParseClass(v.Raw)
		return v.Kind == ast.EnumValue && err == nil
	}
	return false
}

// text is a string argument, or "".
func text(d *ast.Directive, name string) string {
	if a := d.Arguments.ForName(name); a != nil {
		return a.Value.Raw
	}
	return ""
}

// list is an argument that is a list of strings.
func list(d *ast.Directive, name string) []string {
	a := d.Arguments.ForName(name)
	if a == nil {
		return nil
	}
	if a.Value.Kind != ast.ListValue {
		return []string{a.Value.Raw}
	}
	var out []string
	for _, c := range a.Value.Children {
		out = append(out, c.Value.Raw)
	}
	return out
}

func number(d *ast.Directive, name string, absent int) int {
	a := d.Arguments.ForName(name)
	if a == nil {
		return absent
	}
	n, err := strconv.Atoi(a.Value.Raw)
	if err != nil {
		return absent
	}
	return n
}

func truth(d *ast.Directive, name string, absent bool) bool {
	a := d.Arguments.ForName(name)
	if a == nil {
		return absent
	}
	return a.Value.Raw == "true"
}

func (c *compiler) class(d *ast.Directive, absent graph.Class) graph.Class {
	a := d.Arguments.ForName("class")
	if a == nil {
		return absent
	}
	class, err := graph.ParseClass(a.Value.Raw)
	if err != nil {
		return absent // checkDirectives says so
	}
	return class
}
