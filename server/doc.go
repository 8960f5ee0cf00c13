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
//  1. read: method, media types, body; JSON without repeated names (request.go)
//  2. a turn: so many operations run at once, others wait (server.go)
//  3. answer: package exec parses, checks and runs the document; each error gets
//     its code, and those that are not for clients are logged under an id
//     (graphql.go, errors.go)
//
// Every error carries a code in its extensions.
package server
