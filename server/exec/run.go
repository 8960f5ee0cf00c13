package exec

import (
	"context"
	"fmt"
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
	params    graphql.ResolveParams    // of the field at hand: most is the same for all
	path      []*graphql.ResponsePath  // each step is used again
	depth     int                      // steps of the path that count
}

// newRun makes a run; variables are coerced.
func (e *Engine) newRun(ctx context.Context, op *operation, variables map[string]any, root any) *run {
	return &run{
		engine: e, ctx: ctx, done: ctx.Done(), left: e.limits.Values, variables: variables,
		params: graphql.ResolveParams{Context: ctx, Info: graphql.ResolveInfo{
			Schema: *e.types.schema, Fragments: op.fragments, RootValue: root, Operation: op.def, VariableValues: variables,
		}},
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

// halted tells whether the run is given up, and counts a field of the answer.
func (r *run) halted() bool {
	if r.left--; r.left < 0 && r.stopped == nil {
		r.stopped = Errorf(CodeLimit, "the answer would hold more than %d fields", r.engine.limits.Values)
	}
	return r.overtaken()
}

// overtaken tells whether the run is given up: by the context, or because the
// answer has no room for more.
func (r *run) overtaken() bool {
	if r.stopped != nil {
		return true
	}
	select {
	case <-r.done:
		r.stopped = r.engine.explain(r.ctx, r.ctx.Err(), nil)
	default:
		r.full()
	}
	return r.stopped != nil
}

// full tells whether the answer is larger than it may be.
func (r *run) full() bool {
	if r.stopped == nil && len(r.out) > r.engine.limits.Response {
		r.stopped = Errorf(CodeLimit, "the answer has more than %d bytes", r.engine.limits.Response)
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
	r.inform(n)
	r.params.Source, r.params.Args = source, args
	value, err := n.resolve(r.params)
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

// inform has the info tell of a field.
func (r *run) inform(n *node) {
	info := &r.params.Info
	info.FieldName, info.FieldASTs = n.def.Name, n.fields
	info.ReturnType, info.ParentType = n.def.Type, n.parent
	info.Path = r.path[r.depth-1]
}

func (r *run) infoOf(n *node) graphql.ResolveInfo {
	r.inform(n)
	return r.params.Info
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
