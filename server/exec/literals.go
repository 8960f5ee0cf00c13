package exec

import (
	"github.com/graphql-go/graphql/language/ast"
)

// nullKind is the kind of null literals. The library's syntax tree has none.
const nullKind = "NullValue"

// null is the literal null. A custom scalar meets it within lists and objects:
// its kind is "NullValue" and its value nil.
type null struct{ loc *ast.Location }

func (n *null) GetKind() string       { return nullKind }
func (n *null) GetLoc() *ast.Location { return n.loc }
func (n *null) GetValue() any         { return nil }

func isNull(v ast.Value) bool {
	_, ok := v.(*null)
	return ok
}

// restore puts into the tree what the gate hid from the parser: null literals
// and the values of strings with escapes.
func (in *admitted) restore(tree *ast.Document) {
	if len(in.nulls) == 0 && len(in.strings) == 0 {
		return
	}
	for _, definition := range tree.Definitions {
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			for _, v := range x.VariableDefinitions {
				if v.DefaultValue != nil {
					v.DefaultValue = in.value(v.DefaultValue)
				}
			}
			in.directives(x.Directives)
			in.selections(x.SelectionSet)
		case *ast.FragmentDefinition:
			in.directives(x.Directives)
			in.selections(x.SelectionSet)
		}
	}
}

func (in *admitted) selections(set *ast.SelectionSet) {
	if set == nil {
		return
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			in.arguments(s.Arguments)
			in.directives(s.Directives)
			in.selections(s.SelectionSet)
		case *ast.InlineFragment:
			in.directives(s.Directives)
			in.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			in.directives(s.Directives)
		}
	}
}

func (in *admitted) directives(list []*ast.Directive) {
	for _, d := range list {
		in.arguments(d.Arguments)
	}
}

func (in *admitted) arguments(list []*ast.Argument) {
	for _, a := range list {
		a.Value = in.value(a.Value)
	}
}

func (in *admitted) value(v ast.Value) ast.Value {
	switch v := v.(type) {
	case *ast.EnumValue:
		if in.nulls[v.Loc.Start] {
			return &null{v.Loc}
		}
	case *ast.StringValue:
		if s, ok := in.strings[v.Loc.Start]; ok {
			v.Value = s
		}
	case *ast.ListValue:
		for i, item := range v.Values {
			v.Values[i] = in.value(item)
		}
	case *ast.ObjectValue:
		for _, f := range v.Fields {
			f.Value = in.value(f.Value)
		}
	}
	return v
}
