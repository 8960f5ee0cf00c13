// Command bench asks Parley and its peers the same questions about the same
// facts, in one run, and compares answers and times.
//
//	go run .                                 100,000 facts
//	go run . -n 1000000,10000000             two sizes, one after the other
//	go run . -size small                     a few thousand: do all answers agree?
//	go run . -peers parley,sqlite-cgo -queries N1,T
//
// The facts have the shape of coded event data and are made from fixed seeds
// (gen.go, queries.go). What an answer is to be is found in plain arrays
// (memory.go), whose times are the floor; an answer that differs ends the run.
//
// Peers are Parley through its Go API (parley.go) and SQLite (sqlite.go),
// compiled as C and as Go, with one table in which each fact stands at both of
// its ends in the order that windows are read in, with all of its columns. Over
// HTTP, Parley's endpoint is asked the same as graphql-go over SQLite (served.go,
// graphqlgo.go).
//
// A second world has two clocks (clocks.go): some of its facts last, some are
// corrected, retracted or denied. Parley reads it now and as it was known then,
// and SQLite and, where it is installed, PostgreSQL carry four columns of time
// (clocks_sqlite.go, postgres.go).
//
// What the engine and the disk need by themselves (floors.go, durable.go) is
// measured, too: goals are multiples of it (goals.go). The report (report.go) is
// text, JSON and Markdown; scale.go computes what much larger stores need.
//
// Each load runs in a process of its own. Questions are asked once to compare
// answers, then in timed passes, the peers in turn; of each percentile the
// median over the passes counts.
package main
