package exec

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// operation is an operation of a document that was validated, and its plans:
// one for each way in which the variables of @skip and @include may stand, so
// that plans themselves know no conditions.
type operation struct {
	types      *types
	doc        *document
	def        *ast.OperationDefinition
	root       *graphql.Object
	variables  []variable
	weight     weight
	paged      bool     // the weight depends on variables
	conditions []string // variables that @skip and @include read
	fragments  map[string]ast.Definition
	written    atomic.Int64 // bytes of the last answer, by which the next one's buffer is made

	mu struct {
		sync.Mutex
		plans map[string]*plan
	}
}

// mostPlans bounds the plans that are kept for one operation.
const mostPlans = 16

func newOperation(t *types, d *document, def *ast.OperationDefinition) (*operation, *Error) {
	op := &operation{types: t, doc: d, def: def, root: t.root(def.Operation), fragments: map[string]ast.Definition{}}
	var e *Error
	if op.variables, e = t.variablesOf(def); e != nil {
		return nil, e
	}
	for name, f := range d.fragments {
		op.fragments[name] = f
	}
	op.weight, op.paged = t.measure(d, def, nil)
	op.conditions = conditionsOf(d)
	op.mu.plans = map[string]*plan{}
	return op, nil
}

// size weighs what is kept of an operation.
func (op *operation) size() int { return op.doc.tokens + int(op.weight.fields) }

// plan gives the plan for the values of variables.
func (op *operation) plan(variables map[string]any) *plan {
	key := make([]byte, 0, 8)
	for _, name := range op.conditions {
		bit := byte('0')
		if on, _ := variables[name].(bool); on {
			bit = '1'
		}
		key = append(key, bit)
	}
	op.mu.Lock()
	defer op.mu.Unlock()
	p := op.mu.plans[string(key)]
	if p != nil {
		return p
	}
	p = &plan{types: op.types, doc: op.doc, given: map[string]any{}}
	for i, name := range op.conditions {
		p.given[name] = key[i] == '1'
	}
	p.root = p.collect(op.root, []*ast.SelectionSet{op.def.SelectionSet})
	if len(op.mu.plans) < mostPlans {
		op.mu.plans[string(key)] = p
	}
	return p
}

// conditionsOf lists the variables that @skip and @include read.
func conditionsOf(d *document) (names []string) {
	note := func(list []*ast.Directive) {
		for _, x := range list {
			if c := conditionOf(x); c != nil && c.variable != "" && !slices.Contains(names, c.variable) {
				names = append(names, c.variable)
			}
		}
	}
	var walk func(*ast.SelectionSet)
	walk = func(set *ast.SelectionSet) {
		if set == nil {
			return
		}
		for _, s := range set.Selections {
			switch s := s.(type) {
			case *ast.Field:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				note(s.Directives)
			}
		}
	}
	for _, op := range d.operations {
		walk(op.SelectionSet)
	}
	for _, f := range d.fragments {
		walk(f.SelectionSet)
	}
	slices.Sort(names)
	return names
}
