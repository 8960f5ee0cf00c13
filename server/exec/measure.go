package exec

import (
	"math"
	"strconv"
	"strings"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// weight is what a selection asks for once its fragments are expanded. All
// figures saturate: fragments that double one another stand for 2^100 fields
// in 5 KB.
type weight struct {
	depth, fields, aliases, directives int64
	cost                               int64 // fields, each times the page sizes around it
	meta                               int64 // the same within introspection, where lists are as long as the schema's
}

const saturated = math.MaxInt64 >> 20

func plus(a, b int64) int64 { return min(saturated, a+b) }

func times(a, b int64) int64 {
	if a > 0 && b > saturated/a {
		return saturated
	}
	return a * b
}

// add joins two selections that stand side by side.
func (w *weight) add(x weight) {
	w.depth = max(w.depth, x.depth)
	w.fields, w.aliases, w.directives = plus(w.fields, x.fields), plus(w.aliases, x.aliases), plus(w.directives, x.directives)
	w.cost, w.meta = plus(w.cost, x.cost), plus(w.meta, x.meta)
}

// meter weighs operations. Each fragment is weighed once.
type meter struct {
	types     *types
	doc       *document
	op        *ast.OperationDefinition
	variables map[string]any
	paged     bool // by variables
	fragments map[string]weight
}

// measure weighs an operation. Page sizes that variables give count as these
// say, else as their defaults do. It tells whether variables give any.
func (t *types) measure(d *document, op *ast.OperationDefinition, variables map[string]any) (w weight, paged bool) {
	m := &meter{types: t, doc: d, op: op, variables: variables, fragments: map[string]weight{}}
	w = m.directives(op.Directives)
	w.add(m.selections(op.SelectionSet, t.rootType(op.Operation)))
	return w, m.paged
}

func (m *meter) selections(set *ast.SelectionSet, parent graphql.Type) (w weight) {
	if set == nil {
		return w
	}
	for _, s := range set.Selections {
		switch s := s.(type) {
		case *ast.Field:
			w.add(m.field(s, parent))
		case *ast.InlineFragment:
			w.add(m.directives(s.Directives))
			w.add(m.selections(s.SelectionSet, m.condition(s.TypeCondition, parent)))
		case *ast.FragmentSpread:
			w.add(m.directives(s.Directives))
			w.add(m.fragment(s.Name.Value))
		}
	}
	return w
}

func (m *meter) directives(list []*ast.Directive) weight {
	return weight{directives: int64(len(list))}
}

func (m *meter) condition(t *ast.Named, parent graphql.Type) graphql.Type {
	if t == nil {
		return parent
	}
	return m.types.named[t.Name.Value]
}

func (m *meter) fragment(name string) weight {
	if w, ok := m.fragments[name]; ok {
		return w
	}
	f := m.doc.fragments[name]
	if f == nil {
		return weight{}
	}
	w := m.directives(f.Directives)
	w.add(m.selections(f.SelectionSet, m.condition(f.TypeCondition, nil)))
	m.fragments[name] = w
	return w
}

func (m *meter) field(f *ast.Field, parent graphql.Type) weight {
	def := m.types.field(parent, f.Name.Value)
	var within graphql.Type
	if def != nil {
		within = inner(def.Type)
	}
	w := m.selections(f.SelectionSet, within)
	w.add(m.directives(f.Directives))
	w.depth++
	w.fields = plus(w.fields, 1)
	if f.Alias != nil {
		w.aliases = plus(w.aliases, 1)
	}
	if parent != nil && strings.HasPrefix(parent.Name(), "__") {
		w.meta = plus(1, times(w.meta, m.types.lengths.of(f.Name.Value)))
		return w
	}
	w.cost = plus(1, times(w.cost, m.page(f, def)))
	return w
}

// page is the number of items that a field asks for at most: 1 where it has no
// pages.
func (m *meter) page(f *ast.Field, def *graphql.FieldDefinition) int64 {
	size := 1
	if def == nil {
		return 1
	}
	for _, arg := range def.Args {
		if arg.PrivateName != "first" && arg.PrivateName != "last" {
			continue
		}
		n, _ := arg.DefaultValue.(int)
		if given := literalFor(f.Arguments, arg.PrivateName); given != nil {
			n = m.int(given, n)
		}
		size = max(size, n)
	}
	return int64(size)
}

// int reads a whole number, or the one that a variable stands for.
func (m *meter) int(v ast.Value, otherwise int) int {
	switch v := v.(type) {
	case *ast.IntValue:
		if n, err := strconv.Atoi(v.Value); err == nil {
			return n
		}
		return saturated
	case *ast.Variable:
		m.paged = true
		if n, ok := m.variables[v.Name.Value].(int); ok {
			return n
		}
		for _, def := range m.op.VariableDefinitions {
			if def.Variable.Name.Value == v.Name.Value && def.DefaultValue != nil {
				return m.int(def.DefaultValue, otherwise)
			}
		}
	}
	return otherwise
}
