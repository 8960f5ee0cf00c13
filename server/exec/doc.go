// Package exec answers GraphQL requests over a graphql.Schema: from the text of
// a request to the bytes of its answer. It knows no HTTP and no graph.
//
//	engine := exec.New(schema, nil)
//	answer := engine.Do(ctx, exec.Request{Query: "{ meetings { name } }"})
//	w.Write(answer.Body)
//
// The library graphql-go gives the type system, the parser and the signatures of
// resolvers. Everything else is here, since its runtime can be kept busy for
// minutes or made to overflow its stack by a request of a few kilobytes, knows
// no null, lets "12" pass as an Int, answers in alphabetical order, and leaves
// goroutines behind when the time is over.
//
// # The way of a request
//
//  1. gate: bytes, tokens, brackets, strings of the document (gate.go)
//  2. parse, and put back what the parser does not know: null literals,
//     characters beyond the first plane, directives of variables; no fragment is
//     spread within itself (document.go, literals.go)
//  3. measure: depth, fields, aliases, directives and page sizes after fragments
//     are expanded (measure.go)
//  4. validate, in one pass for each definition, with errors up to a limit
//     (validate.go, values.go, usages.go, directives.go, overlap.go)
//  5. keep the operation in a cache, bounded by weight (cache.go, operation.go)
//  6. variables: strictly (coerce.go)
//  7. plan: fields merged, arguments that are constant evaluated, once for each
//     way in which @skip and @include stand (plan.go, evaluate.go)
//  8. run, on the caller's goroutine, writing JSON as it goes (run.go, leaf.go)
//
// An Engine belongs to one schema, which is its generation: for another schema
// there is another Engine, with a cache of its own. Limits bound all of it.
//
// # What resolvers may rely on
//
// The fields of an object are resolved in the order of the document, and each
// with everything below it before the next one. Between fields the context is
// looked at: after its end no resolver is called, and the answer says so. Args
// are shared between calls and must not be changed; an argument that is null is
// there, and nil. Info.Path is overwritten after the resolver has returned. A
// resolver may return a func() (any, error), which is called at once.
//
// A panic is an error of the field. What clients are told of an error is an
// Error of this package, or what Options.Explain makes of it, or what a
// gqlerrors.ExtendedError says; everything else is logged, and the client
// learns the id that the log has.
//
// Extensions of a graphql.Schema, which hook into the library's runtime, are not
// called.
//
// Introspection is complete and in a fixed order; Traits tell of a schema what
// the library's types have no room for.
package exec
