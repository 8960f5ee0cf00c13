package exec

import (
	"slices"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// maxSteps bounds the comparisons that checking a document for conflicts may
// take. Fragments on many types within one another can ask for a number
// that grows exponentially with the depth.
const maxSteps = 100_000

// overlaps finds the fields of operations that answer under one name and
// cannot be merged (GraphQL, 5.3.2 Field Selection Merging). It stands in for
// the library's rule, which compares all pairs and reports each. Fields of one
// name are compared with one that stands for all before it: what agrees with
// it agrees with them.
func (t *types) overlaps(d *document, limit int) Errors {
	o := &overlap{types: t, doc: d, limit: limit, reported: map[*ast.Field]bool{}}
	for _, op := range d.operations {
		root := []scope{{t.rootType(op.Operation), op.SelectionSet}}
		o.shapes(root)
		o.arguments(root)
	}
	return o.errors
}

type overlap struct {
	types    *types
	doc      *document
	limit    int // of errors
	steps    int
	errors   Errors
	reported map[*ast.Field]bool
}

// scope is a selection set and the type that it selects from.
type scope struct {
	on  graphql.Type // nil: unknown, which another rule reports
	set *ast.SelectionSet
}

// entry is a field in a merged selection.
type entry struct {
	*ast.Field
	parent graphql.Type
	typ    graphql.Output // nil: unknown
}

// answers lists fields by the name that they answer under, in the order of the document.
type answers struct {
	names  []string
	fields map[string][]entry
}

// merge gathers the fields of selections that are answered together.
func (o *overlap) merge(scopes []scope) answers {
	m := merger{overlap: o, spread: map[string]bool{}, answers: answers{fields: map[string][]entry{}}}
	for _, s := range scopes {
		m.selections(s)
	}
	return m.answers
}

type merger struct {
	*overlap
	spread map[string]bool
	answers
}

func (m *merger) selections(s scope) {
	if s.set == nil || m.done() {
		return
	}
	for _, selection := range s.set.Selections {
		m.steps++
		switch x := selection.(type) {
		case *ast.Field:
			m.field(x, s.on)
		case *ast.InlineFragment:
			m.selections(scope{m.condition(x.TypeCondition, s.on), x.SelectionSet})
		case *ast.FragmentSpread:
			if f := m.doc.fragments[x.Name.Value]; f != nil && !m.spread[x.Name.Value] {
				m.spread[x.Name.Value] = true
				m.selections(scope{m.condition(f.TypeCondition, nil), f.SelectionSet})
			}
		}
	}
}

func (o *overlap) condition(t *ast.Named, on graphql.Type) graphql.Type {
	if t == nil {
		return on
	}
	return o.types.named[t.Name.Value]
}

func (m *merger) field(f *ast.Field, parent graphql.Type) {
	e := entry{Field: f, parent: parent}
	if def := m.types.field(parent, f.Name.Value); def != nil {
		e.typ = def.Type
	}
	name := answersAs(f)
	if m.fields[name] == nil {
		m.names = append(m.names, name)
	}
	m.fields[name] = append(m.fields[name], e)
}

// answersAs is the name under which a field stands in the answer.
func answersAs(f *ast.Field) string {
	if f.Alias != nil {
		return f.Alias.Value
	}
	return f.Name.Value
}

// done tells whether enough is known, or the operation is too intricate.
func (o *overlap) done() bool {
	if o.steps > maxSteps && len(o.errors) < o.limit {
		o.errors = append(o.errors, Errorf(CodeLimit, "the document merges too many selections"))
		o.limit = 0
	}
	return len(o.errors) >= o.limit
}

func (o *overlap) conflict(a, b entry, why string) {
	if o.done() || o.reported[b.Field] {
		return
	}
	o.reported[b.Field] = true
	o.errors = append(o.errors, Errorf(CodeInvalid, "fields %q conflict: %s; give one of them another alias", clip(answersAs(a.Field)), why).
		in(a.Loc.Start, b.Loc.Start))
}

// shapes checks that fields of one name answer in one shape, whatever type
// they are asked of.
func (o *overlap) shapes(scopes []scope) {
	all := o.merge(scopes)
	for _, name := range all.names {
		group := all.fields[name]
		for _, e := range group[1:] {
			if o.steps++; !sameShape(group[0].typ, e.typ) {
				o.conflict(group[0], e, "they answer with different types")
				return
			}
		}
		if inner := within(group); inner != nil && !o.done() {
			o.shapes(inner)
		}
	}
}

// within gives the selections inside fields that are answered together.
func within(group []entry) (scopes []scope) {
	for _, e := range group {
		if e.SelectionSet != nil && e.typ != nil {
			scopes = append(scopes, scope{inner(e.typ), e.SelectionSet})
		}
	}
	return scopes
}

// sameShape compares the types of two fields: lists, the marks of non-null
// and the names of leaves must agree.
func sameShape(a, b graphql.Type) bool {
	if a == nil || b == nil {
		return true
	}
	switch x := a.(type) {
	case *graphql.NonNull:
		y, ok := b.(*graphql.NonNull)
		return ok && sameShape(x.OfType, y.OfType)
	case *graphql.List:
		y, ok := b.(*graphql.List)
		return ok && sameShape(x.OfType, y.OfType)
	}
	switch b.(type) {
	case *graphql.NonNull, *graphql.List:
		return false
	}
	return a == b || (!graphql.IsLeafType(a) && !graphql.IsLeafType(b))
}

// arguments checks that fields of one name that may be asked of one object are
// the same field with the same arguments. Fields of two object types never are.
func (o *overlap) arguments(scopes []scope) {
	all := o.merge(scopes)
	for _, name := range all.names {
		for _, group := range together(all.fields[name]) {
			for _, e := range group[1:] {
				if !o.sameField(group[0].Field, e.Field) {
					o.conflict(group[0], e, "they are different fields, or have different arguments")
				}
			}
			if inner := within(group); inner != nil && !o.done() {
				o.arguments(inner)
			}
		}
	}
}

// together parts fields of one name into groups that may be asked of one
// object: one for each object type, each with the fields of abstract types.
func together(fields []entry) [][]entry {
	var objects []graphql.Type
	for _, e := range fields {
		if _, ok := e.parent.(*graphql.Object); ok && !slices.Contains(objects, e.parent) {
			objects = append(objects, e.parent)
		}
	}
	if len(objects) == 0 {
		return [][]entry{fields}
	}
	groups := make([][]entry, len(objects))
	for i, object := range objects {
		for _, e := range fields {
			if _, ok := e.parent.(*graphql.Object); !ok || e.parent == object {
				groups[i] = append(groups[i], e)
			}
		}
	}
	return groups
}

func (o *overlap) sameField(a, b *ast.Field) bool {
	o.steps++
	if a == b {
		return true
	}
	if a.Name.Value != b.Name.Value || len(a.Arguments) != len(b.Arguments) {
		return false
	}
	for _, x := range a.Arguments {
		same := func(y *ast.Argument) bool { return o.sameNamed(x.Name, y.Name, x.Value, y.Value) }
		if !slices.ContainsFunc(b.Arguments, same) {
			return false
		}
	}
	return true
}

func (o *overlap) sameNamed(a, b *ast.Name, x, y ast.Value) bool {
	o.steps++
	return a.Value == b.Value && o.sameValue(x, y)
}

// sameValue compares two literals, the fields of objects in any order.
func (o *overlap) sameValue(a, b ast.Value) bool {
	o.steps++
	if a.GetKind() != b.GetKind() {
		return false
	}
	switch a := a.(type) {
	case *ast.ListValue:
		return slices.EqualFunc(a.Values, b.(*ast.ListValue).Values, o.sameValue)
	case *ast.ObjectValue:
		return o.sameObject(a.Fields, b.(*ast.ObjectValue).Fields)
	case *ast.Variable:
		return a.Name.Value == b.(*ast.Variable).Name.Value
	}
	return a.GetValue() == b.GetValue()
}

func (o *overlap) sameObject(a, b []*ast.ObjectField) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		same := func(y *ast.ObjectField) bool { return o.sameNamed(x.Name, y.Name, x.Value, y.Value) }
		if !slices.ContainsFunc(b, same) {
			return false
		}
	}
	return true
}
