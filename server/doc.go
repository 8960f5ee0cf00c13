// Package server answers GraphQL requests over HTTP from a claim graph.
//
//	s, err := server.New(db, &server.Options{Clearance: graph.Clear})
//	go s.Serve(listener)          // or use s as an http.Handler
//	…
//	err = s.Shutdown(ctx)         // not ready, drain, close
//
// A Server answers at /graphql, and at /healthz and /readyz for whoever watches
// it. Options give the Clearance that all readers have, and the Limits.
//
// # The ways of a request
//
// POST and GET are answered as GraphQL over HTTP has it:
//
//  1. where from: pages of this server and of trusted origins only (route.go,
//     hosts.go)
//  2. read: method, media types, body; JSON without repeated names; a query that
//     is known by its hash (request.go, persisted.go)
//  3. a turn: so many operations run at once, others wait (server.go)
//  4. answer: package exec parses, checks and runs the document; each error gets
//     its code, and those that are not for clients are logged under an id
//     (graphql.go, errors.go)
//  5. write: compressed, and not at all what the client has already (write.go)
//
// With Accept: text/event-stream an operation of any kind is answered with
// events, in the distinct connections mode of GraphQL over SSE (sse.go). A
// WebSocket speaks graphql-transport-ws, with many operations at once (socket.go,
// message.go). Both go through stream.go: each event of a subscription has a turn
// and a time of its own, and between events nothing is held but goroutines, which
// belong to the connection and end with it. There is no queue: the next event is
// asked for when the last answer was sent, and who takes that more slowly than
// Limits.Write is dropped.
//
// Shutdown ends streams without an event that says so, and closes WebSockets with
// 1001, from which clients know to subscribe elsewhere; what is no subscription
// comes to its end before.
//
// Every error carries a code in its extensions; a WebSocket whose client breaks
// the protocol is closed with the protocol's codes.
//
// # Evidence packs
//
// Pack writes the answer of a Question together with the part of the change log
// on which it rests. VerifyPack asks it again of that part alone, as of the
// moment when the pack was made, and gives a Proof, or a PackError that says
// what is wrong (VerifyOptions take the head of the log that was kept elsewhere;
// IsPack tells a pack from a dump).
//
// With Options.Scratch a server makes packs at /graphql/pack, of the requests that
// it answers at /graphql, under limits of their own (packs.go). A pack is sent
// when it is proven; whatever is no pack has errors and another status than 200.
package server
