package server

import "time"

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
	Operations int           // that run at once, while further ones wait for their turn; 64
}

// defaults are the limits of a server that was told nothing.
var defaults = Limits{
	Body: 1 << 20, Tokens: 4000, Nesting: 60, Depth: 15, Fields: 5000, Aliases: 100, Directives: 50,
	Cost: 1_000_000, Values: 250_000, Errors: 100, Response: 32 << 20, Time: 10 * time.Second, Operations: 64,
}

func (l Limits) orDefaults() Limits {
	fill(&l.Body, defaults.Body)
	fill(&l.Tokens, defaults.Tokens)
	fill(&l.Nesting, defaults.Nesting)
	fill(&l.Depth, defaults.Depth)
	fill(&l.Fields, defaults.Fields)
	fill(&l.Aliases, defaults.Aliases)
	fill(&l.Directives, defaults.Directives)
	fill(&l.Cost, defaults.Cost)
	fill(&l.Values, defaults.Values)
	fill(&l.Errors, defaults.Errors)
	fill(&l.Response, defaults.Response)
	fill(&l.Time, defaults.Time)
	fill(&l.Operations, defaults.Operations)
	return l
}

func fill[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
