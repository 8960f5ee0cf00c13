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
// # Evidence packs
//
// Pack writes the answer of a Question together with the part of the change log
// on which it rests. VerifyPack asks it again of that part alone, as of the
// moment when the pack was made, and gives a Proof, or a PackError that says
// what is wrong (VerifyOptions take the head of the log that was kept elsewhere;
// IsPack tells a pack from a dump).
//
// Every error carries a code in its extensions.
package server
