package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/graphql-go/graphql/language/ast"

	"github.com/parleydb/parley/server/exec"
)

// operation is what a client asks over a connection that can carry several
// answers.
type operation struct {
	*request
	languages []string
	readOnly  bool // refuses mutations
}

// errDraining ends a subscription when the server shuts down. The client is told
// by the end of the connection, from which it knows to try again.
var errDraining = errors.New("the server is shutting down")

// operate runs an operation of any kind on the caller's goroutine and hands each
// answer to next, until that fails. What it returns is exec.Errors where clients
// are to be told why the operation was refused or ends early.
func (s *Server) operate(ctx context.Context, o *operation, next func([]byte) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = exec.Errors{exec.Mask(ctx, s.log, fmt.Errorf("panic: %v", p), debug.Stack())}
		}
	}()
	answer, f := s.once(ctx, o)
	switch {
	case f != nil:
		return exec.Errors{f}
	case answer.Executed:
		s.queries.keep(o.request)
		return next(answer.Body)
	case answer.Operation == ast.OperationTypeSubscription && s.subscribes:
		return s.subscribe(ctx, o, next)
	}
	return answer.Errors
}

// once runs a query or mutation, as a request of its own would.
func (s *Server) once(ctx context.Context, o *operation) (exec.Response, *fault) {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Time)
	defer cancel()
	if f := s.enter(ctx); f != nil {
		return exec.Response{}, f
	}
	defer s.leave()
	ctx, extensions := s.begin(ctx, o.languages)
	rq := o.asked()
	rq.ReadOnly, rq.Extensions = o.readOnly, extensions
	return s.engine.Do(ctx, rq), nil
}

func (o *operation) asked() exec.Request {
	return exec.Request{Query: *o.Query, Operation: deref(o.OperationName), Variables: o.Variables}
}

// subscribe hands the answers of a subscription to next.
func (s *Server) subscribe(ctx context.Context, o *operation, next func([]byte) error) error {
	if f := s.subscriptions.enter(); f != nil {
		return exec.Errors{f}
	}
	defer s.subscriptions.leave()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.streaming, cancel)()
	for body, err := range s.answers(ctx, o) {
		switch {
		case err != nil && s.streaming.Err() != nil:
			return errDraining
		case err != nil:
			return faults(err)
		}
		if err := next(body); err != nil {
			return err
		}
	}
	if s.streaming.Err() != nil { // a source may end without a word
		return errDraining
	}
	return nil
}

// answers subscribes. Each event is resolved in a turn, as any operation is, and
// in the time that one may take; between events nothing is held.
func (s *Server) answers(ctx context.Context, o *operation) func(func([]byte, error) bool) {
	started, extensions := s.begin(ctx, o.languages)
	rq := o.asked()
	rq.Extensions = func() map[string]any { return extensions() }
	rq.Around = func(ctx context.Context) (context.Context, func(), error) {
		ctx, extensions = s.begin(ctx, o.languages)
		ctx, cancel := context.WithTimeout(ctx, s.limits.Time)
		if f := s.enter(ctx); f != nil {
			cancel()
			return nil, nil, f
		}
		return ctx, func() { s.leave(); cancel() }, nil
	}
	return func(yield func([]byte, error) bool) {
		if f := s.enter(ctx); f != nil {
			yield(nil, f)
			return
		}
		events, err := s.engine.Subscribe(started, rq)
		s.leave()
		if err != nil {
			yield(nil, err)
			return
		}
		s.queries.keep(o.request)
		events(yield)
	}
}

// faults is an error of the engine as a list.
func faults(err error) exec.Errors {
	var list exec.Errors
	if errors.As(err, &list) {
		return list
	}
	f := new(exec.Error)
	if !errors.As(err, &f) {
		f = faultf(exec.CodeInternal, "%s", err)
	}
	return exec.Errors{f}
}
