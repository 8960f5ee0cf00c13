// Package server answers GraphQL requests over HTTP from a claim graph.
//
//	s, err := server.New(db, &server.Options{Clearance: graph.Clear})
//	go s.Serve(listener)          // or use s as an http.Handler
//	…
//	err = s.Shutdown(ctx)         // not ready, drain, close
//
// A Server answers POST and GET at /graphql as GraphQL over HTTP has it, and at
// /healthz and /readyz for whoever watches it. Options give the Clearance that
// all readers have, and the Limits.
//
// # The way of a request
//
// The library graphql-go is the type system, the parser and the executor. What
// reaches it was bounded before, since a request of a few kilobytes can keep it
// busy for minutes or make it overflow its stack:
//
//  1. read: method, media types, body; JSON without repeated names (request.go)
//  2. a turn: so many operations run at once, others wait (server.go)
//  3. gate: bytes, tokens, brackets, strings of the document (gate.go)
//  4. parse: null literals become absent arguments; no fragment is spread
//     within itself (document.go, nulls.go)
//  5. measure: depth, fields, aliases, directives and page sizes after fragments
//     are expanded (measure.go)
//  6. validate: the library's rules, but for the one that compares all pairs of
//     fields, for which overlap.go stands in (validate.go)
//  7. variables: strictly, where the library takes true for a text (variables.go)
//  8. run: each resolver under guard. It stops when the time is over, the answer
//     is full, or the client is gone; the run ends when the last one returned.
//     Panics and errors that are not for clients are logged under an id (run.go,
//     errors.go)
//  9. answer: fields in the order of the document, errors sorted, bytes counted
//     (answer.go)
//
// Every error carries a code in its extensions.
package server
