package exec

import (
	"fmt"
	"strings"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// checker holds a document against the schema (GraphQL, chapter 5), each
// definition in one pass. The library's rules visit a document once each, know
// no nulls, never stop, and compare all pairs of fields that share a name:
// overlap.go does that.
type checker struct {
	*types
	doc    *document
	limit  int // of errors
	errors Errors
	full   bool // there are more errors than the limit
	parts  map[ast.Node]*part
	part   *part  // of the definition at hand
	about  string // the argument or variable whose value is at hand
}

// part is what a definition asks of others.
type part struct {
	usages  []usage
	spreads []*ast.FragmentSpread
}

// usage is a place where a variable stands.
type usage struct {
	variable  *ast.Variable
	typ       graphql.Type // what the place wants; nil: anything
	defaulted bool         // the place has a default
}

// validate checks a document against the schema.
func (t *types) validate(d *document, limit int) Errors {
	c := &checker{types: t, doc: d, limit: limit, parts: map[ast.Node]*part{}}
	c.names()
	for _, definition := range d.ast.Definitions {
		c.part = &part{}
		c.parts[definition] = c.part
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			c.operation(x)
		case *ast.FragmentDefinition:
			c.fragment(x)
		}
	}
	c.fragmentsUsed()
	for _, op := range d.operations {
		c.variables(op)
		c.single(op)
	}
	if room := limit - len(c.errors); room > 0 {
		c.errors = append(c.errors, t.overlaps(d, room)...)
	}
	if c.full {
		c.errors = append(c.errors, Errorf(CodeLimit, "there are more errors"))
	}
	return c.errors
}

func (c *checker) report(e *Error) {
	if len(c.errors) >= c.limit {
		c.full = true
		return
	}
	c.errors = append(c.errors, e)
}

func (c *checker) wrong(n ast.Node, format string, args ...any) {
	c.report(Errorf(CodeInvalid, format, args...).in(n.GetLoc().Start))
}

// bad reports a literal.
func (c *checker) bad(n ast.Node, format string, args ...any) {
	c.wrong(n, "%s: %s", c.about, fmt.Sprintf(format, args...))
}

// unique tells of names that are given twice.
type unique map[string]int

func (c *checker) once(seen unique, n *ast.Name, what string) {
	if first, ok := seen[n.Value]; ok {
		c.report(Errorf(CodeInvalid, "two %s are called %q", what, n.Value).in(first, n.Loc.Start))
		return
	}
	seen[n.Value] = n.Loc.Start
}

// names checks those of operations and fragments.
func (c *checker) names() {
	operations, fragments := unique{}, unique{}
	for _, definition := range c.doc.ast.Definitions {
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			if x.Name != nil {
				c.once(operations, x.Name, "operations")
			}
		case *ast.FragmentDefinition:
			c.once(fragments, x.Name, "fragments")
		}
	}
}

func (c *checker) operation(op *ast.OperationDefinition) {
	seen := unique{}
	for _, v := range op.VariableDefinitions {
		c.once(seen, v.Variable.Name, "variables")
		c.definition(v)
	}
	c.directivesAt(op.Directives, strings.ToUpper(op.Operation))
	c.selections(op.SelectionSet, c.rootType(op.Operation))
}

func (c *checker) fragment(f *ast.FragmentDefinition) {
	on := c.composite(f.TypeCondition)
	c.directivesAt(f.Directives, graphql.DirectiveLocationFragmentDefinition)
	c.selections(f.SelectionSet, on)
}

// composite gives the type of a fragment, or nil after an error.
func (c *checker) composite(n *ast.Named) graphql.Type {
	t := c.named[n.Name.Value]
	switch t.(type) {
	case nil:
		c.wrong(n, "there is no type %q%s", clip(n.Name.Value), c.near(n.Name.Value, typeNames(c.named)))
		return nil
	case *graphql.Object, *graphql.Interface, *graphql.Union:
		return t
	}
	c.wrong(n, "a fragment selects from an object, interface or union, not from %s", t)
	return nil
}

// selections walks a selection set; the parent is nil where it is unknown.
func (c *checker) selections(set *ast.SelectionSet, parent graphql.Type) {
	if set == nil || c.full {
		return
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			c.field(s, parent)
		case *ast.InlineFragment:
			c.inline(s, parent)
		case *ast.FragmentSpread:
			c.spread(s, parent)
		}
	}
}

func (c *checker) inline(f *ast.InlineFragment, parent graphql.Type) {
	c.directivesAt(f.Directives, graphql.DirectiveLocationInlineFragment)
	on := parent
	if f.TypeCondition != nil {
		on = c.composite(f.TypeCondition)
		c.possible(f, on, parent)
	}
	c.selections(f.SelectionSet, on)
}

func (c *checker) spread(s *ast.FragmentSpread, parent graphql.Type) {
	c.directivesAt(s.Directives, graphql.DirectiveLocationFragmentSpread)
	c.part.spreads = append(c.part.spreads, s)
	f := c.doc.fragments[s.Name.Value]
	if f == nil {
		c.wrong(s.Name, "there is no fragment %q", clip(s.Name.Value))
		return
	}
	switch on := c.named[f.TypeCondition.Name.Value].(type) {
	case *graphql.Object, *graphql.Interface, *graphql.Union:
		c.possible(s, on, parent)
	}
}

// possible checks that an object can be of a fragment's type.
func (c *checker) possible(n ast.Node, on, parent graphql.Type) {
	if on != nil && parent != nil && !c.types.overlap(on, parent) {
		c.wrong(n, "a %s is never a %s: the fragment selects nothing", parent, on)
	}
}

func (c *checker) field(f *ast.Field, parent graphql.Type) {
	c.directivesAt(f.Directives, graphql.DirectiveLocationField)
	if parent == nil {
		c.unknownValues(f.Arguments)
		c.selections(f.SelectionSet, nil)
		return
	}
	def := c.types.field(parent, f.Name.Value)
	if def == nil {
		c.wrong(f, "type %s has no field %q%s", parent, clip(f.Name.Value), c.near(f.Name.Value, fieldNames(parent)))
		c.unknownValues(f.Arguments)
		c.selections(f.SelectionSet, nil)
		return
	}
	c.arguments(f, f.Arguments, def.Args, "field "+parent.Name()+"."+def.Name)
	within := inner(def.Type)
	switch leaf := graphql.IsLeafType(within); {
	case leaf && f.SelectionSet != nil:
		c.wrong(f.SelectionSet, "field %q is of type %s, which has no fields", def.Name, def.Type)
	case !leaf && f.SelectionSet == nil:
		c.wrong(f, "field %q is of type %s: say which of its fields, as in %s { … }", def.Name, def.Type, def.Name)
	default:
		c.selections(f.SelectionSet, within)
	}
}

// fragmentsUsed finds fragments that no operation spreads.
func (c *checker) fragmentsUsed() {
	used := map[string]bool{}
	for _, op := range c.doc.operations {
		c.reach(op, used)
	}
	for _, definition := range c.doc.ast.Definitions {
		if f, ok := definition.(*ast.FragmentDefinition); ok && !used[f.Name.Value] {
			c.wrong(f, "fragment %q is never used", f.Name.Value)
		}
	}
}

// reach lists the parts that a definition leads to, its own first, but for the
// fragments that are used already.
func (c *checker) reach(from ast.Node, used map[string]bool) []*part {
	parts := []*part{c.parts[from]}
	for i := 0; i < len(parts); i++ {
		for _, s := range parts[i].spreads {
			f := c.doc.fragments[s.Name.Value]
			if f != nil && !used[f.Name.Value] {
				used[f.Name.Value] = true
				parts = append(parts, c.parts[f])
			}
		}
	}
	return parts
}

// single checks that a subscription asks for one thing.
func (c *checker) single(op *ast.OperationDefinition) {
	if op.Operation != ast.OperationTypeSubscription {
		return
	}
	o := &overlap{types: c.types, doc: c.doc, limit: c.limit}
	all := o.merge([]scope{{c.rootType(op.Operation), op.SelectionSet}})
	for i, name := range all.names {
		f := all.fields[name][0]
		switch {
		case i > 0:
			c.wrong(f, "a subscription asks for one field")
		case strings.HasPrefix(f.Name.Value, "__"):
			c.wrong(f, "a subscription cannot ask for %s alone", f.Name.Value)
		}
	}
}
