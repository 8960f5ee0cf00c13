package exec

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// Source is what the Subscribe function of a root field returns: events until
// it ends, or an error, which ends it. It waits on the goroutine of whoever
// ranges over it, watches the context that Subscribe was called with, and frees
// what it holds when the range is left.
type Source = iter.Seq2[any, error]

// Subscribe answers a subscription with an answer for each event of its source.
// A request that cannot be served is refused with Errors. All of it runs on the
// goroutine that ranges over the answers: an event is resolved, with the event
// as the source of the root field, before the next one is asked for. An error
// ends the range and is an *Error, made for clients.
func (e *Engine) Subscribe(ctx context.Context, rq Request) (iter.Seq2[[]byte, error], error) {
	op, variables, refused := e.prepare(&rq)
	if refused != nil {
		return nil, refused.Errors
	}
	if op.def.Operation != ast.OperationTypeSubscription {
		return nil, Errors{Errorf(CodeOperation, "a %s has one answer: it is no subscription", op.def.Operation)}
	}
	source, fault := e.source(ctx, op, variables, rq.Root)
	if fault != nil {
		return nil, Errors{fault}.locate(op.doc.text)
	}
	return func(yield func([]byte, error) bool) {
		for event, err := range source {
			if err == nil {
				err = ctx.Err()
			}
			var body []byte
			if err == nil {
				body, err = e.answer(ctx, op, variables, rq, event)
			}
			if err != nil {
				yield(nil, e.explain(ctx, err, nil))
				return
			}
			if !yield(body, nil) {
				return
			}
		}
	}, nil
}

// answer resolves one event.
func (e *Engine) answer(ctx context.Context, op *operation, variables map[string]any, rq Request, event any) ([]byte, error) {
	if rq.Around != nil {
		each, done, err := rq.Around(ctx)
		if err != nil {
			return nil, err
		}
		defer done()
		ctx = each
	}
	rq.Root = event
	return e.execute(ctx, op, variables, &rq).Body, nil
}

// source has the root field subscribe. A panic within is masked, and so is one
// of the source while it is ranged over.
func (e *Engine) source(ctx context.Context, op *operation, variables map[string]any, root any) (source Source, fault *Error) {
	defer func() {
		if p := recover(); p != nil {
			source, fault = nil, e.explain(ctx, fmt.Errorf("panic: %v", p), debug.Stack())
		}
	}()
	plan := op.plan(variables)
	if len(plan.root.nodes) == 0 {
		return nil, Errorf(CodeInvalid, "the subscription asks for nothing: its field is left out")
	}
	n := plan.root.nodes[0]
	if n.def.Subscribe == nil {
		return nil, Errorf(CodeOperation, "%s has no events", n.def.Name).in(n.at...)
	}
	r := e.newRun(ctx, op, variables, root)
	r.push(n.name)
	args, complaint := r.arguments(n)
	if complaint != "" {
		return nil, Errorf(CodeInput, "%s", complaint).in(n.at...)
	}
	value, err := n.def.Subscribe(graphql.ResolveParams{Source: root, Args: args, Info: r.infoOf(n), Context: ctx})
	if err == nil && value == nil {
		err = errors.New("a subscription without a source")
	}
	if err != nil {
		return nil, located(e.explain(ctx, err, nil), n)
	}
	switch events := value.(type) {
	case Source:
		return e.masked(ctx, events), nil
	case func(func(any, error) bool):
		return e.masked(ctx, events), nil
	}
	return nil, located(e.explain(ctx, fmt.Errorf("%s.%s: a %T is no source of events", n.parent, n.def.Name, value), nil), n)
}

// located gives an error the place and path of a root field.
func located(fault *Error, n *node) *Error {
	placed := *fault
	placed.at, placed.Path = n.at, []any{n.name}
	return &placed
}

// masked turns a panic of a source into an error. What panics in the loop
// around it is not the source's and goes on.
func (e *Engine) masked(ctx context.Context, source Source) Source {
	return func(yield func(any, error) bool) {
		within, left := false, false
		defer func() {
			if within || left {
				return
			}
			if p := recover(); p != nil {
				yield(nil, Mask(ctx, e.log, fmt.Errorf("panic: %v", p), debug.Stack()))
			}
		}()
		source(func(event any, err error) bool {
			within = true
			more := yield(event, err)
			within = false
			left = !more
			return more
		})
	}
}
