package exec

import (
	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// definition checks the definition of a variable.
func (c *checker) definition(v *ast.VariableDefinition) {
	c.directivesAt(c.doc.directives[v], locationVariable)
	named := innermost(v.Type)
	switch t := c.named[named.Name.Value].(type) {
	case nil:
		c.wrong(named, "there is no type %q%s", clip(named.Name.Value), c.near(named.Name.Value, typeNames(c.named)))
	case *graphql.Scalar, *graphql.Enum, *graphql.InputObject:
		if v.DefaultValue != nil {
			c.about = "$" + v.Variable.Name.Value
			c.value(v.DefaultValue, c.of(v.Type), false)
		}
	default:
		c.wrong(named, "variable $%s: %s is no type of input", v.Variable.Name.Value, t)
	}
}

func innermost(t ast.Type) *ast.Named {
	for {
		switch x := t.(type) {
		case *ast.NonNull:
			t = x.Type
		case *ast.List:
			t = x.Type
		case *ast.Named:
			return x
		}
	}
}

// variables checks that an operation declares the variables that it uses, with
// types that fit, and uses those that it declares.
func (c *checker) variables(op *ast.OperationDefinition) {
	defs := map[string]*ast.VariableDefinition{}
	for _, v := range op.VariableDefinitions {
		defs[v.Variable.Name.Value] = v
	}
	used := map[string]bool{}
	for _, p := range c.reach(op, map[string]bool{}) {
		for _, u := range p.usages {
			if c.full {
				return
			}
			name := u.variable.Name.Value
			used[name] = true
			c.usage(op, defs[name], u)
		}
	}
	for _, v := range op.VariableDefinitions {
		if name := v.Variable.Name.Value; !used[name] {
			c.wrong(v, "variable $%s is never used", name)
		}
	}
}

func (c *checker) usage(op *ast.OperationDefinition, def *ast.VariableDefinition, u usage) {
	name, at := clip(u.variable.Name.Value), u.variable.Loc.Start
	if def == nil {
		c.report(Errorf(CodeInvalid, "variable $%s is not declared by the operation", name).in(at, op.Loc.Start))
		return
	}
	t := c.of(def.Type)
	if t == nil || u.typ == nil || fits(t, def.DefaultValue, u) {
		return
	}
	c.report(Errorf(CodeInvalid, "variable $%s is of type %s, where %s is wanted", name, t, u.typ).in(def.Loc.Start, at))
}

// fits tells whether a variable may stand in a place (GraphQL, 5.8.5).
func fits(t graphql.Type, otherwise ast.Value, u usage) bool {
	wanted, must := u.typ.(*graphql.NonNull)
	if _, is := t.(*graphql.NonNull); must && !is {
		if (otherwise == nil || isNull(otherwise)) && !u.defaulted {
			return false
		}
		return subtype(t, wanted.OfType)
	}
	return subtype(t, u.typ)
}

// subtype tells whether all values of one type of input are of another.
func subtype(t, of graphql.Type) bool {
	if x, ok := of.(*graphql.NonNull); ok {
		y, ok := t.(*graphql.NonNull)
		return ok && subtype(y.OfType, x.OfType)
	}
	if y, ok := t.(*graphql.NonNull); ok {
		return subtype(y.OfType, of)
	}
	x, isList := of.(*graphql.List)
	y, areLists := t.(*graphql.List)
	if isList || areLists {
		return isList && areLists && subtype(y.OfType, x.OfType)
	}
	return t == of
}
