package exec

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"

	"github.com/graphql-go/graphql"
)

// run is one execution of one operation, on the caller's goroutine. It writes
// the answer as it goes; where null takes the place of what was written, it
// takes that back.
type run struct {
	engine    *Engine
	ctx       context.Context
	done      <-chan struct{}
	out       []byte
	errors    Errors
	failed    int    // errors, those over the limit included
	left      int    // fields that the answer may still hold
	stopped   *Error // why the run was given up
	variables map[string]any
	args      map[*node]map[string]any // that depend on variables, once for each node
	info      graphql.ResolveInfo      // what is the same for all fields
	path      []*graphql.ResponsePath  // each step is used again
	depth     int                      // steps of the path that count
}

// newRun makes a run; variables are coerced.
func (e *Engine) newRun(ctx context.Context, op *operation, variables map[string]any, root any) *run {
	return &run{
		engine: e, ctx: ctx, done: ctx.Done(), left: e.limits.Values, variables: variables,
		info: graphql.ResolveInfo{
			Schema: *e.types.schema, Fragments: op.fragments, RootValue: root, Operation: op.def, VariableValues: variables,
		},
	}
}

// data appends the member data of an answer.
func (r *run) data(s *selection, source any) {
	mark := len(r.out)
	if !r.object(s, source) || r.full() {
		r.out = append(r.out[:mark], "null"...)
	}
	if r.stopped != nil {
		r.errors = Errors{r.stopped}
	} else if more := r.failed - r.engine.limits.Errors; more > 0 {
		r.errors = append(r.errors, Errorf(CodeLimit, "%d more errors", more))
	}
}

// halted tells whether the run is given up. It counts a field of the answer.
func (r *run) halted() bool {
	if r.stopped != nil {
		return true
	}
	select {
	case <-r.done:
		r.stopped = r.engine.explain(r.ctx, r.ctx.Err(), nil)
		return true
	default:
	}
	r.left--
	switch limits := &r.engine.limits; {
	case r.left < 0:
		r.stopped = Errorf(CodeLimit, "the answer would hold more than %d fields", limits.Values)
	case len(r.out) > limits.Response:
		r.stopped = Errorf(CodeLimit, "the answer has more than %d bytes", limits.Response)
	}
	return r.stopped != nil
}

// object writes an object. It gives false where null must take its place.
func (r *run) object(s *selection, source any) bool {
	r.out = append(r.out, '{')
	for i, n := range s.nodes {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		r.out = append(r.out, n.key...)
		if !r.field(n, source) {
			return false
		}
	}
	r.out = append(r.out, '}')
	return true
}

// field writes a field, or null after an error. It gives false where its parent
// must become null.
func (r *run) field(n *node, source any) bool {
	if r.halted() {
		return false
	}
	mark, depth := len(r.out), r.depth
	r.push(n.name)
	ok := r.guarded(n, source)
	r.depth = depth
	return ok || r.null(mark, n.form)
}

// null takes back what was written and writes null, if that is allowed.
func (r *run) null(mark int, f *form) bool {
	if f.must || r.stopped != nil {
		return false
	}
	r.out = append(r.out[:mark], "null"...)
	return true
}

func (r *run) push(step any) {
	if r.depth == len(r.path) {
		r.path = append(r.path, &graphql.ResponsePath{})
		if r.depth > 0 {
			r.path[r.depth].Prev = r.path[r.depth-1]
		}
	}
	r.path[r.depth].Key = step
	r.depth++
}

// guarded resolves a field and writes its value. What panics in between, in
// resolvers, types or scalars, is an error of this field.
func (r *run) guarded(n *node, source any) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			r.fail(n, fmt.Errorf("panic: %v", p), debug.Stack())
			ok = false
		}
	}()
	args, complaint := r.arguments(n)
	if complaint != "" {
		r.fail(n, Errorf(CodeInput, "%s", complaint), nil)
		return false
	}
	value, err := n.resolve(graphql.ResolveParams{Source: source, Args: args, Info: r.infoOf(n), Context: r.ctx})
	if err != nil {
		r.fail(n, err, nil)
		return false
	}
	return r.complete(n, n.form, value)
}

func (r *run) arguments(n *node) (map[string]any, string) {
	if n.args != nil {
		return n.args, ""
	}
	if args, ok := r.args[n]; ok {
		return args, ""
	}
	args, complaint := r.engine.types.evaluateAll(n.def.Args, n.fields[0].Arguments, r.variables)
	if complaint == "" {
		if r.args == nil {
			r.args = map[*node]map[string]any{}
		}
		r.args[n] = args
	}
	return args, complaint
}

func (r *run) infoOf(n *node) graphql.ResolveInfo {
	info := r.info
	info.FieldName, info.FieldASTs = n.def.Name, n.fields
	info.ReturnType, info.ParentType = n.def.Type, n.parent
	info.Path = r.path[r.depth-1]
	return info
}

// complete writes a value of a form. It gives false after an error.
func (r *run) complete(n *node, f *form, v any) bool {
	for {
		thunk, ok := v.(func() (any, error))
		if !ok || thunk == nil {
			break
		}
		var err error
		if v, err = thunk(); err != nil {
			r.fail(n, err, nil)
			return false
		}
	}
	switch {
	case isNil(v):
		if f.must {
			r.fail(n, fmt.Errorf("null for %s.%s, a %s", n.parent, n.def.Name, f.typ), nil)
			return false
		}
		r.out = append(r.out, "null"...)
		return true
	case f.leaf != nil:
		return r.leaf(n, f, v)
	case f.item != nil:
		return r.list(n, f, v)
	}
	return r.composite(n, f, v)
}

func (r *run) leaf(n *node, f *form, v any) bool {
	out, err := f.leaf(r.out, v)
	if err != nil {
		r.fail(n, err, nil)
		return false
	}
	r.out = out
	return true
}

func (r *run) composite(n *node, f *form, v any) bool {
	o, err := r.typeOf(n, f, v)
	if err != nil {
		r.fail(n, err, nil)
		return false
	}
	return r.object(n.of(o), v)
}

// typeOf tells which object type a value is of.
func (r *run) typeOf(n *node, f *form, v any) (*graphql.Object, error) {
	if f.object != nil {
		if f.object.IsTypeOf != nil && !f.object.IsTypeOf(graphql.IsTypeOfParams{Value: v, Info: r.infoOf(n), Context: r.ctx}) {
			return nil, fmt.Errorf("a %T is no %s", v, f.object)
		}
		return f.object, nil
	}
	o := r.resolveType(n, f.abstract, v)
	if o == nil || !r.engine.types.member[f.abstract.Name()][o] {
		return nil, fmt.Errorf("no type of %s is known for a %T", f.abstract, v)
	}
	return o, nil
}

func (r *run) resolveType(n *node, t graphql.Abstract, v any) *graphql.Object {
	resolve := graphql.ResolveTypeFn(nil)
	switch t := t.(type) {
	case *graphql.Interface:
		resolve = t.ResolveType
	case *graphql.Union:
		resolve = t.ResolveType
	}
	if resolve != nil {
		return resolve(graphql.ResolveTypeParams{Value: v, Info: r.infoOf(n), Context: r.ctx})
	}
	for _, o := range r.engine.types.possible[t.Name()] {
		if o.IsTypeOf != nil && o.IsTypeOf(graphql.IsTypeOfParams{Value: v, Info: r.infoOf(n), Context: r.ctx}) {
			return o
		}
	}
	return nil
}

// list writes the items of a slice or array.
func (r *run) list(n *node, f *form, v any) bool {
	items, ok := itemsOf(v)
	if !ok {
		r.fail(n, fmt.Errorf("a %T is no list", v), nil)
		return false
	}
	r.out = append(r.out, '[')
	for i := range items.len {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		mark, depth := len(r.out), r.depth
		r.push(i)
		ok := !r.full() && r.complete(n, f.item, items.at(i))
		r.depth = depth
		if !ok && !r.null(mark, f.item) {
			return false
		}
	}
	r.out = append(r.out, ']')
	return true
}

// full tells whether the answer has no room for an item more.
func (r *run) full() bool {
	if r.stopped == nil && len(r.out) > r.engine.limits.Response {
		r.stopped = Errorf(CodeLimit, "the answer has more than %d bytes", r.engine.limits.Response)
	}
	return r.stopped != nil
}

// items are those of a list, whatever Go type it has.
type items struct {
	len  int
	list []any
	any  reflect.Value
}

func itemsOf(v any) (items, bool) {
	if list, ok := v.([]any); ok {
		return items{len: len(list), list: list}, true
	}
	r := deref(v)
	if r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
		return items{}, false
	}
	return items{len: r.Len(), any: r}, true
}

func (x *items) at(i int) any {
	if x.list != nil {
		return x.list[i]
	}
	return x.any.Index(i).Interface()
}

// fail notes an error of a field; beyond the limit it is only counted.
func (r *run) fail(n *node, err error, stack []byte) {
	if r.failed++; r.failed > r.engine.limits.Errors || r.stopped != nil {
		return
	}
	e := *r.engine.explain(r.ctx, err, stack)
	e.at = n.at
	e.Path = make([]any, r.depth)
	for i, step := range r.path[:r.depth] {
		e.Path[i] = step.Key
	}
	r.errors = append(r.errors, &e)
}
