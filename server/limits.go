package server

import (
	"runtime"
	"time"

	"github.com/parleydb/parley/server/exec"
)

// Limits bound what one request may cost. A zero field takes its default; the
// figures of a document are those after its fragments are expanded.
type Limits struct {
	Body       int64         // bytes of a request's body; 1 MiB
	Tokens     int           // of a document; 4,000
	Nesting    int           // brackets open at once in a document; 60
	Depth      int           // fields within fields; 15, which lets the full introspection query pass
	Fields     int           // 5,000
	Aliases    int           // 100
	Directives int           // 50
	Cost       int           // fields, each times the page sizes of the lists around it; 1,000,000
	Values     int           // fields that an answer may hold in the end; 250,000
	Errors     int           // that are listed; 100
	Response   int           // bytes of an answer; 32 MiB
	Time       time.Duration // from the first byte of a request to its answer; 10 s
	Operations int           // that run at once, while further ones wait for their turn; 4 for each CPU
	Persisted  int           // bytes of queries that are kept for clients that send their hash; 8 MiB

	Pack     int64         // bytes of an evidence pack; 64 MiB
	PackTime time.Duration // from the first byte of a request to the pack that it is answered with; 30 s
	Packs    int           // that are made at once, while further ones are sent away; 2

	Connections   int           // WebSockets and event streams that are open at once; 10,000
	Subscriptions int           // that are open at once on all of them; 20,000
	PerConnection int           // operations that are open at once on one WebSocket; 100
	Init          time.Duration // from a WebSocket's opening to its connection_init; 5 s
	Heartbeat     time.Duration // between signs of life on a quiet connection; 15 s
	Write         time.Duration // for sending one answer on such a connection: who takes it more slowly is dropped; 10 s
}

// orDefaults gives defaults to what exec does not know.
func (l Limits) orDefaults() Limits {
	fill(&l.Body, 1<<20)
	fill(&l.Time, 10*time.Second)
	fill(&l.Operations, 4*runtime.GOMAXPROCS(0))
	fill(&l.Persisted, 8<<20)
	fill(&l.Pack, 64<<20)
	fill(&l.PackTime, 30*time.Second)
	fill(&l.Packs, 2)
	fill(&l.Connections, 10_000)
	fill(&l.Subscriptions, 20_000)
	fill(&l.PerConnection, 100)
	fill(&l.Init, 5*time.Second)
	fill(&l.Heartbeat, 15*time.Second)
	fill(&l.Write, 10*time.Second)
	return l
}

// ofRuns are the limits that the engine holds.
func (l Limits) ofRuns() exec.Limits {
	return exec.Limits{
		Bytes: int(l.Body), Tokens: l.Tokens, Nesting: l.Nesting, Depth: l.Depth, Fields: l.Fields, Aliases: l.Aliases,
		Directives: l.Directives, Cost: l.Cost, Values: l.Values, Errors: l.Errors, Response: l.Response,
	}
}

func fill[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
