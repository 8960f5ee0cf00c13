package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
)

// run is one execution of one operation. It is the root value that the library
// hands to every resolver, on one goroutine.
type run struct {
	server  *Server
	ctx     context.Context // of the request: resolvers stop when it ends
	left    int             // fields that the answer may still hold
	failed  int             // resolvers that reported an error
	stopped *fault          // why the run was given up
}

// execute runs an operation to its end. The library waits for its own
// goroutine only as long as the context lasts, and would leave it behind with
// the database in its hands: it is given one that never ends, and resolvers
// watch the real one.
func (s *Server) execute(ctx context.Context, d *document, op *ast.OperationDefinition, variables map[string]any) (any, []*fault) {
	r := &run{server: s, ctx: ctx, left: s.limits.Values}
	p := graphql.ExecuteParams{Schema: s.schema, Root: r, AST: d.ast, Args: variables, Context: context.WithoutCancel(ctx)}
	if op.Name != nil {
		p.OperationName = op.Name.Value
	}
	result := graphql.Execute(p)
	if r.stopped != nil {
		return nil, []*fault{r.stopped}
	}
	return result.Data, r.faults(result.Errors)
}

// guard puts every resolver of a schema under the eyes of its run. Types of
// introspection are the library's, shared by all schemas, and touch no data.
func guard(s *graphql.Schema) {
	for name, t := range s.TypeMap() {
		object, ok := t.(*graphql.Object)
		if !ok || name[0] == '_' {
			continue
		}
		for _, field := range object.Fields() {
			field.Resolve = guarded(field.Resolve)
		}
	}
}

// warm makes the library fill the tables that it would otherwise fill while it
// answers, without a lock.
func warm(s *graphql.Schema) {
	for _, t := range s.TypeMap() {
		switch t := t.(type) {
		case *graphql.Interface:
			s.IsPossibleType(t, s.QueryType())
		case *graphql.Union:
			s.IsPossibleType(t, s.QueryType())
		case *graphql.Enum:
			t.ParseValue("")
			t.Serialize("")
		}
	}
}

func guarded(resolve graphql.FieldResolveFn) graphql.FieldResolveFn {
	if resolve == nil {
		resolve = graphql.DefaultResolveFn
	}
	return func(p graphql.ResolveParams) (any, error) {
		r, ok := p.Info.RootValue.(*run)
		if !ok {
			return nil, errors.New("a guarded resolver was called outside of a run")
		}
		if r.left--; r.left < 0 && r.stopped == nil {
			r.stopped = faultf(codeLimit, "the answer would hold more than %d fields", r.server.limits.Values)
		}
		p.Context = r.ctx
		value, err := r.call(func() (any, error) { return resolve(p) })
		if thunk, ok := value.(func() (any, error)); ok {
			value = func() (any, error) { return r.call(thunk) }
		}
		return value, err
	}
}

// call calls a resolver, unless the run was given up. Errors come back as
// faults; beyond the limit they are only counted.
func (r *run) call(resolve func() (any, error)) (value any, err error) {
	if cause := r.ctx.Err(); cause != nil && r.stopped == nil {
		r.stopped = r.fault(cause)
	}
	if r.stopped != nil {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			value, err = nil, r.server.internal(r.ctx, fmt.Errorf("panic: %v", p), debug.Stack())
		}
	}()
	if value, err = resolve(); err == nil {
		return value, nil
	}
	if r.failed++; r.failed > r.server.limits.Errors {
		return nil, nil
	}
	return nil, r.fault(err)
}

// faults takes the library's errors, which carry those of resolvers, in the
// order of the document.
func (r *run) faults(list []gqlerrors.FormattedError) []*fault {
	var faults []*fault
	for _, e := range list {
		own := *r.known(e)
		own.Path, own.at = e.Path, offsetsOf(e)
		faults = append(faults, &own)
	}
	slices.SortFunc(faults, inOrder)
	if more := r.failed - r.server.limits.Errors; more > 0 {
		faults = append(faults, faultf(codeLimit, "%d more errors", more))
	}
	return faults
}

// known gives what a resolver reported. What the library itself complains of
// is our fault and not for clients, and may hold the text of a panic.
func (r *run) known(e gqlerrors.FormattedError) *fault {
	var f *fault
	if cause := causeOf(e); !errors.As(cause, &f) {
		f = r.server.internal(r.ctx, cause, nil)
	}
	return f
}

// causeOf unpacks the error that a resolver returned.
func causeOf(err error) error {
	for {
		inner := err
		switch e := err.(type) {
		case gqlerrors.FormattedError:
			inner = e.OriginalError()
		case *gqlerrors.Error:
			inner = e.OriginalError
		}
		if inner == nil || inner == err {
			return err
		}
		err = inner
	}
}

// inOrder sorts faults by where their field stands, then by the items of lists
// on the path to it: the library runs fields in any order.
func inOrder(a, b *fault) int {
	if c := slices.Compare(a.at, b.at); c != 0 {
		return c
	}
	return slices.CompareFunc(a.Path, b.Path, func(x, y any) int {
		i, _ := x.(int)
		j, _ := y.(int)
		return i - j
	})
}

// internal hides an error from the client and logs it, under the same id.
func (s *Server) internal(ctx context.Context, err error, stack []byte) *fault {
	id := newID()
	attrs := []slog.Attr{slog.String("id", id), slog.Any("error", err)}
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	s.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelError, "request failed", attrs...)
	f := faultf(codeInternal, "something went wrong here, not with the request; the log has it as %s", id)
	f.Extensions["id"] = id
	return f
}

// newID names an incident; rand.Read never fails.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
