package server

import (
	"runtime"
	"time"
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
}

func (l Limits) orDefaults() Limits {
	fill(&l.Body, 1<<20)
	fill(&l.Tokens, 4000)
	fill(&l.Nesting, 60)
	fill(&l.Depth, 15)
	fill(&l.Fields, 5000)
	fill(&l.Aliases, 100)
	fill(&l.Directives, 50)
	fill(&l.Cost, 1_000_000)
	fill(&l.Values, 250_000)
	fill(&l.Errors, 100)
	fill(&l.Response, 32<<20)
	fill(&l.Time, 10*time.Second)
	fill(&l.Operations, 4*runtime.GOMAXPROCS(0))
	return l
}

func fill[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
