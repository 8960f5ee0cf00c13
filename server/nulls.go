package server

import (
	"slices"

	"github.com/graphql-go/graphql/language/ast"
)

// dropNulls makes the literal null what it stands for. The library has no value
// for it, and nothing in the schema tells null from "not given": an argument
// that is null is left out, and so is the default of a variable.
func (d *document) dropNulls(at map[int]bool) *fault {
	if len(at) == 0 {
		return nil
	}
	n := &nulls{at: at}
	for _, op := range d.operations {
		for _, v := range op.VariableDefinitions {
			if n.is(v.DefaultValue) {
				v.DefaultValue = nil
			}
			n.within(v.DefaultValue)
		}
		n.directives(op.Directives)
		n.selections(op.SelectionSet)
	}
	for _, f := range d.fragments {
		n.directives(f.Directives)
		n.selections(f.SelectionSet)
	}
	return n.fault
}

type nulls struct {
	at    map[int]bool
	fault *fault
}

func (n *nulls) is(v ast.Value) bool {
	e, ok := v.(*ast.EnumValue)
	return ok && n.at[e.Loc.Start]
}

func (n *nulls) selections(set *ast.SelectionSet) {
	if set == nil {
		return
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			s.Arguments = n.arguments(s.Arguments)
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.InlineFragment:
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			n.directives(s.Directives)
		}
	}
}

func (n *nulls) directives(list []*ast.Directive) {
	for _, d := range list {
		d.Arguments = n.arguments(d.Arguments)
	}
}

func (n *nulls) arguments(list []*ast.Argument) []*ast.Argument {
	list = slices.DeleteFunc(list, func(a *ast.Argument) bool { return n.is(a.Value) })
	for _, a := range list {
		n.within(a.Value)
	}
	return list
}

// within refuses null inside lists and objects.
func (n *nulls) within(v ast.Value) {
	switch v := v.(type) {
	case *ast.ListValue:
		for _, item := range v.Values {
			n.within(item)
		}
	case *ast.ObjectValue:
		for _, f := range v.Fields {
			n.within(f.Value)
		}
	case *ast.EnumValue:
		if n.is(v) && n.fault == nil {
			n.fault = faultf(codeInvalid, "null is no item of a list").in(v.Loc.Start)
		}
	}
}
