package exec

import (
	"sync/atomic"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// plan is an operation made ready to run, for one way in which its conditions
// may stand. It is immutable, but for selections that are made when the first
// object of their type comes.
type plan struct {
	types *types
	doc   *document
	given map[string]any // values of conditions
	root  *selection
}

// selection is what is asked of an object of one type, in the order of the
// document.
type selection struct {
	of    *graphql.Object
	nodes []*node
	next  *selection // of another type, for the same node
}

// node is a field of a selection: all fields of one name, merged.
type node struct {
	plan     *plan
	key      []byte // `"name":`
	name     any    // as paths have it
	fields   []*ast.Field
	at       []int // where they stand
	def      *graphql.FieldDefinition
	parent   *graphql.Object
	resolve  graphql.FieldResolveFn
	args     map[string]any // nil: they depend on variables
	form     *form
	sets     []*ast.SelectionSet
	selected atomic.Pointer[selection] // a list, by type
}

// form is the type of a field, as values are written by it.
type form struct {
	typ      graphql.Type
	must     bool // no null
	item     *form
	leaf     leafWriter
	object   *graphql.Object
	abstract graphql.Abstract
}

func (t *types) formOf(typ graphql.Type) *form {
	f := &form{typ: typ}
	if must, ok := typ.(*graphql.NonNull); ok {
		f.must, typ = true, must.OfType
	}
	switch typ := typ.(type) {
	case *graphql.List:
		f.item = t.formOf(typ.OfType)
	case *graphql.Object:
		f.object = typ
	case *graphql.Interface:
		f.abstract = typ
	case *graphql.Union:
		f.abstract = typ
	default:
		f.leaf = leafWriterOf(typ)
	}
	return f
}

// collect merges selection sets for an object type.
func (p *plan) collect(o *graphql.Object, sets []*ast.SelectionSet) *selection {
	c := &collector{plan: p, of: o, spread: map[string]bool{}, byName: map[string]*node{}, selection: &selection{of: o}}
	for _, set := range sets {
		c.collect(set)
	}
	for _, n := range c.selection.nodes {
		n.compile()
	}
	return c.selection
}

type collector struct {
	plan      *plan
	of        *graphql.Object
	spread    map[string]bool
	byName    map[string]*node
	selection *selection
}

func (c *collector) collect(set *ast.SelectionSet) {
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			if stays(s.Directives, c.plan.given) {
				c.field(s)
			}
		case *ast.InlineFragment:
			if stays(s.Directives, c.plan.given) && c.plan.types.applies(s.TypeCondition, c.of) {
				c.collect(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			f := c.plan.doc.fragments[s.Name.Value]
			if stays(s.Directives, c.plan.given) && !c.spread[s.Name.Value] {
				c.spread[s.Name.Value] = true
				if c.plan.types.applies(f.TypeCondition, c.of) {
					c.collect(f.SelectionSet)
				}
			}
		}
	}
}

func (c *collector) field(f *ast.Field) {
	name := answersAs(f)
	n := c.byName[name]
	if n == nil {
		n = &node{plan: c.plan, name: name, parent: c.of, def: c.plan.types.field(c.of, f.Name.Value)}
		n.key = append(appendString(nil, name), ':')
		c.byName[name] = n
		c.selection.nodes = append(c.selection.nodes, n)
	}
	n.fields = append(n.fields, f)
	n.at = append(n.at, f.Loc.Start)
	if f.SelectionSet != nil {
		n.sets = append(n.sets, f.SelectionSet)
	}
}

// compile makes ready what does not depend on variables.
func (n *node) compile() {
	n.form = n.plan.types.formOf(n.def.Type)
	if n.resolve = n.def.Resolve; n.resolve == nil {
		n.resolve = resolveByName
	}
	for _, a := range n.fields[0].Arguments {
		if hasVariable(a.Value) {
			return
		}
	}
	if args, complaint := n.plan.types.evaluateAll(n.def.Args, n.fields[0].Arguments, nil); complaint == "" {
		n.args = args
	}
}

// of gives what is asked of an object of a type.
func (n *node) of(o *graphql.Object) *selection {
	for {
		first := n.selected.Load()
		for s := first; s != nil; s = s.next {
			if s.of == o {
				return s
			}
		}
		made := n.plan.collect(o, n.sets)
		made.next = first
		if n.selected.CompareAndSwap(first, made) {
			return made
		}
	}
}

// resolveByName is the resolver of fields that have none: the library's, which
// panics where there is no source.
func resolveByName(p graphql.ResolveParams) (any, error) {
	switch source := p.Source.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		if value := source[p.Info.FieldName]; !isFunc(value) {
			return value, nil
		}
	}
	return graphql.DefaultResolveFn(p)
}

func isFunc(v any) bool {
	_, ok := v.(func() any)
	return ok
}
