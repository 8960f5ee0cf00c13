package exec

import (
	"context"
	"log/slog"

	"github.com/go-json-experiment/json"
	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// Options of an engine; nil works.
type Options struct {
	Limits          Limits
	Traits          *Traits // of the schema; nil: none
	NoIntrospection bool
	// Cache bounds the operations that are kept with their plans, by the sum of
	// their tokens and expanded fields; 200,000, which is 100 MB at most.
	Cache int
	// Explain tells a client of an error that a resolver returned. Where it is
	// nil or gives nil, clients are told of errors that are made for them, and
	// of others that something went wrong, with the id that the log has.
	Explain func(context.Context, error) *Error
	Logger  *slog.Logger // nil: slog.Default()
}

// Engine answers requests over one schema. It may be used by several goroutines
// at once.
type Engine struct {
	types           *types
	limits          Limits
	noIntrospection bool
	explainer       func(context.Context, error) *Error
	log             *slog.Logger
	cache           *cache
}

// Request is what a client asks.
type Request struct {
	Query     string
	Operation string         // which one of the document; "": the only one
	Variables map[string]any // as JSON has them; numbers are float64 or json.Number
	Root      any            // the source of root fields
	ReadOnly  bool           // refuses what is no query
	// Extensions, asked for when the operation has run, is the member of that
	// name in the answer.
	Extensions func() map[string]any
	// Around, when given, is called before an event of a subscription is
	// resolved: the context is the event's, and done is called when it is
	// resolved, before the answer is handed out. An error ends the subscription.
	Around func(context.Context) (each context.Context, done func(), err error)
}

// Response is an answer.
type Response struct {
	Body      []byte // JSON
	Operation string // query, mutation or subscription; "" where the request does not tell
	Executed  bool   // false: the request was refused, and there is no data
	Errors    Errors
}

// New makes an engine. The schema must not change from now on.
func New(schema graphql.Schema, opts *Options) *Engine {
	if opts == nil {
		opts = &Options{}
	}
	traits := opts.Traits
	if traits == nil {
		traits = &Traits{}
	}
	e := &Engine{
		types: newTypes(&schema, traits), limits: opts.Limits.orDefaults(),
		noIntrospection: opts.NoIntrospection, explainer: opts.Explain, log: opts.Logger,
	}
	if e.log == nil {
		e.log = slog.Default()
	}
	limit := opts.Cache
	if limit <= 0 {
		limit = 200_000
	}
	e.cache = newCache(limit)
	return e
}

// Do answers a request. It returns when the last resolver has, and starts no
// goroutine.
func (e *Engine) Do(ctx context.Context, rq Request) Response {
	op, variables, refused := e.prepare(&rq)
	if refused != nil {
		return *refused
	}
	if op.def.Operation == ast.OperationTypeSubscription {
		return refuse(op.def.Operation, Errors{Errorf(CodeOperation, "a subscription answers with a stream of events")})
	}
	return e.execute(ctx, op, variables, &rq)
}

// prepare finds or makes the operation of a request and checks its variables,
// or gives the answer that refuses it.
func (e *Engine) prepare(rq *Request) (*operation, map[string]any, *Response) {
	key := cacheKey{rq.Query, rq.Operation}
	op := e.cache.get(key)
	if op == nil {
		made, refused := e.compile(rq)
		if refused != nil {
			return nil, nil, refused
		}
		op = e.cache.put(key, made)
	} else if rq.ReadOnly && op.def.Operation != ast.OperationTypeQuery {
		return nil, nil, e.readOnly(op.def)
	}
	variables, fault := e.types.coerceAll(op.variables, rq.Variables)
	if fault == nil && op.paged {
		w, _ := e.types.measure(op.doc, op.def, variables)
		fault = e.within(w, op.def)
	}
	if fault != nil {
		r := refuse(op.def.Operation, Errors{fault}.locate(rq.Query))
		return nil, nil, &r
	}
	return op, variables, nil
}

func (e *Engine) readOnly(op *ast.OperationDefinition) *Response {
	r := refuse(op.Operation, Errors{Errorf(CodeRequest, "a %s is not allowed here, only queries are", op.Operation)})
	return &r
}

// compile parses and checks a document.
func (e *Engine) compile(rq *Request) (*operation, *Response) {
	refused := func(operation string, list ...*Error) *Response {
		r := refuse(operation, Errors(list).locate(rq.Query))
		return &r
	}
	d, fault := parse(rq.Query, &e.limits)
	if fault != nil {
		return nil, refused("", fault)
	}
	if faults := d.nameless(); len(faults) > 0 {
		return nil, refused("", faults.atMost(e.limits.Errors)...)
	}
	def, fault := d.operation(rq.Operation)
	if fault != nil {
		return nil, refused("", fault)
	}
	if rq.ReadOnly && def.Operation != ast.OperationTypeQuery {
		return nil, e.readOnly(def)
	}
	if faults := e.check(d); len(faults) > 0 {
		return nil, refused(def.Operation, faults...)
	}
	op, fault := newOperation(e.types, d, def)
	if fault != nil {
		return nil, refused(def.Operation, fault)
	}
	return op, nil
}

// check holds a document against the limits and the schema, the limits first,
// which bound what the rest may cost.
func (e *Engine) check(d *document) Errors {
	for _, op := range d.operations {
		if e.types.root(op.Operation) == nil {
			return Errors{Errorf(CodeOperation, "this server has no %s", op.Operation).in(op.Loc.Start)}
		}
		w, _ := e.types.measure(d, op, nil)
		if fault := e.within(w, op); fault != nil {
			return Errors{fault}
		}
	}
	return e.types.validate(d, e.limits.Errors)
}

// within holds an operation's weight against the limits.
func (e *Engine) within(w weight, op *ast.OperationDefinition) *Error {
	for _, bound := range []struct {
		what  string
		is    int64
		limit int
	}{
		{"depth of its fields", w.depth, e.limits.Depth},
		{"number of its fields", w.fields, e.limits.Fields},
		{"number of its aliases", w.aliases, e.limits.Aliases},
		{"number of its directives", w.directives, e.limits.Directives},
		{"number of fields times page sizes", w.cost, e.limits.Cost},
		{"number of fields that it asks of the schema", w.meta, e.types.lengths.bound()},
	} {
		if bound.is > int64(bound.limit) {
			return Errorf(CodeLimit, "the operation is too large: the %s exceeds %d", bound.what, bound.limit).in(op.Loc.Start)
		}
	}
	if e.noIntrospection && w.meta > 0 {
		return Errorf(CodeOperation, "introspection is switched off").in(op.Loc.Start)
	}
	return nil
}

// opening is what an answer with data and without errors starts with.
const opening = `{"data":`

// execute runs an operation to its end.
func (e *Engine) execute(ctx context.Context, op *operation, variables map[string]any, rq *Request) Response {
	r := e.newRun(ctx, op, variables, rq.Root)
	r.out = append(make([]byte, 0, op.written.Load()+64), opening...)
	r.data(op.plan(variables).root, rq.Root)
	op.written.Store(int64(len(r.out)))
	list := r.errors.locate(op.doc.text)
	body := r.out
	if len(list) > 0 {
		body = append(append([]byte(`{"errors":`), list.JSON()...), ',')
		body = append(body, r.out[1:]...)
	}
	if rq.Extensions != nil {
		body = e.extend(ctx, body, rq.Extensions())
	}
	return Response{Body: append(body, '}'), Operation: op.def.Operation, Executed: true, Errors: list}
}

func (e *Engine) extend(ctx context.Context, body []byte, extensions map[string]any) []byte {
	if len(extensions) == 0 {
		return body
	}
	b, err := json.Marshal(extensions, json.Deterministic(true))
	if err != nil {
		_ = Mask(ctx, e.log, err, nil) // the answer is good without
		return body
	}
	return append(append(body, `,"extensions":`...), b...)
}

// refuse answers a request that is not executed.
func refuse(operation string, list Errors) Response {
	return Response{Body: list.Body(), Operation: operation, Errors: list}
}
