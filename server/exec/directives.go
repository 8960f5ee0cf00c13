package exec

import (
	"slices"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// locationVariable is a place for directives that the library has no name for.
const locationVariable = "VARIABLE_DEFINITION"

// directivesAt checks directives that stand in one place.
func (c *checker) directivesAt(list []*ast.Directive, place string) {
	seen := map[string]int{}
	for _, d := range list {
		name := d.Name.Value
		def := c.directives[name]
		if def == nil {
			c.wrong(d, "there is no directive @%s", clip(name))
			c.unknownValues(d.Arguments)
			continue
		}
		if !slices.Contains(def.Locations, place) {
			c.wrong(d, "directive @%s does not belong here", name)
		}
		if first, ok := seen[name]; ok && !c.traits.Repeatable[name] {
			c.report(Errorf(CodeInvalid, "directive @%s stands twice in one place", name).in(first, d.Loc.Start))
		}
		seen[name] = d.Loc.Start
		c.arguments(d, d.Arguments, def.Args, "directive @"+name)
	}
}

// condition is a directive @skip or @include: nil where it is neither.
type condition struct {
	when     bool   // what its argument must be for the selection to stay
	variable string // that gives the argument; "": value does
	value    bool
}

func conditionOf(d *ast.Directive) *condition {
	c := &condition{when: d.Name.Value == graphql.IncludeDirective.Name}
	if !c.when && d.Name.Value != graphql.SkipDirective.Name {
		return nil
	}
	for _, a := range d.Arguments {
		switch v := a.Value.(type) {
		case *ast.BooleanValue:
			c.value = v.Value
		case *ast.Variable:
			c.variable = v.Name.Value
		}
	}
	return c
}

// stays tells whether a selection is not left out by its directives.
func stays(list []*ast.Directive, given map[string]any) bool {
	for _, d := range list {
		c := conditionOf(d)
		if c == nil {
			continue
		}
		value := c.value
		if c.variable != "" {
			value, _ = given[c.variable].(bool)
		}
		if value != c.when {
			return false
		}
	}
	return true
}
