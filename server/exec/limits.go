package exec

// Limits bound what one request may cost. A zero field takes its default; the
// figures of a document are those after its fragments are expanded.
type Limits struct {
	Bytes      int // of a document; 1 MiB
	Tokens     int // of a document; 4,000
	Nesting    int // brackets open at once in a document; 60
	Depth      int // fields within fields; 15, which lets the full introspection query pass
	Fields     int // 5,000
	Aliases    int // 100
	Directives int // 50
	Cost       int // fields, each times the page sizes of the lists around it; 1,000,000
	Values     int // fields that an answer may hold in the end; 250,000
	Errors     int // that are listed; 100
	Response   int // bytes of an answer; 32 MiB
}

func (l Limits) orDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&l.Bytes, 1 << 20}, {&l.Tokens, 4000}, {&l.Nesting, 60},
		{&l.Depth, 15}, {&l.Fields, 5000}, {&l.Aliases, 100}, {&l.Directives, 50}, {&l.Cost, 1_000_000},
		{&l.Values, 250_000}, {&l.Errors, 100}, {&l.Response, 32 << 20},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}
