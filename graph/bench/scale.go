package main

import (
	"fmt"
	"io"
)

// What the formats and the program allow, of which large stores make use. They
// are those of packages graph and kv, and of graph/FORMAT.md.
const (
	chunkBytes   = 700 << 10 // of the log record of one chunk of a load
	chunksOfLoad = 1 << 16   // of one transaction
	idsKept      = 1 << 20   // entities whose ids stay in memory
	tableBytes   = 64 << 20  // of a large table of the engine
	filterBytes  = 1.2       // for each row in a table's filter (1 % false positives)
	mostClaims   = 1 << 40   // five bytes number them
	mostSources  = 1 << 32   // four bytes number documents
	bitsOfHash   = 48        // of claims' ids in family h
	coldRead     = 100.0     // µs for a read of 4 KiB that is not in memory, from a solid-state disk
)

// far are the sizes that are computed.
var far = []float64{100e6, 1e9}

// forecast computes from the largest size that was measured.
type forecast struct {
	page
	book
	rows, bytes float64 // of all families, for each fact
	disk        float64 // bytes on disk for each fact
	hub         float64 // share of the facts that the busiest actor takes part in
}

// scale writes what stores need that are larger than what was measured.
func (r *report) scale(w io.Writer) {
	f := forecast{page: page{w}}
	for _, s := range r.Sizes {
		if len(s.Floors.Families) > 0 && s.Facts > f.Facts {
			f.sized = s
		}
	}
	f.line("# What 100 million and a billion claims need")
	f.line("")
	if f.Facts == 0 {
		f.line("Nothing was measured: run the command over Parley and all questions.")
		return
	}
	f.sum()
	f.line("Computed by `%s` in this folder, on %s, from rows, bytes and times for each fact measured at %s plain facts of one document; the shape stays as it is: an actor for 40 facts, the busiest in %s %% of them. Nothing here was measured at these sizes.",
		r.Command, r.Date, facts(f.Facts), figure(100*f.hub))
	f.store()
	f.reads()
	f.breaks(r)
}

func (f *forecast) sum() {
	n := float64(f.Facts)
	for _, x := range f.Floors.Families {
		f.rows += float64(x.Rows) / n
		f.bytes += float64(x.Keys+x.Values) / n
	}
	for _, l := range f.Loads {
		if l.Peer == "parley" {
			f.disk = l.PerFact
		}
	}
	f.hub = float64(f.Busiest) / n
}

// across computes a figure for each size.
func across(name string, of func(n float64) string) []string {
	row := []string{name}
	for _, n := range far {
		row = append(row, of(n))
	}
	return row
}

func (f *forecast) store() {
	f.line("")
	f.line("## Rows and bytes")
	rows := [][]string{across("", func(n float64) string { return facts(int(n)) })}
	rows = append(rows,
		across(fmt.Sprintf("rows, %s for each fact", figure(f.rows)), func(n float64) string { return large(n * f.rows) }),
		across(fmt.Sprintf("keys and values, %s B for each fact", figure(f.bytes)), func(n float64) string { return gigabytes(n * f.bytes) }),
		across(fmt.Sprintf("on disk, %s B for each fact", figure(f.disk)), func(n float64) string { return gigabytes(n * f.disk) }),
		across("tables of 64 MiB", func(n float64) string { return large(n * f.disk / tableBytes) }),
		across("filters of the tables, which every look-up by key reads", func(n float64) string { return gigabytes(n * f.rows * filterBytes) }),
		across("entities", func(n float64) string { return large(n / 40) }),
		across("edges of the busiest entity", func(n float64) string { return large(n * f.hub) }))
	f.table(rows)
	rows = [][]string{across("by family", func(n float64) string { return facts(int(n)) })}
	for _, x := range f.Floors.Families {
		each := float64(x.Keys+x.Values) / float64(f.Facts)
		if each < 0.5 {
			continue
		}
		rows = append(rows, across(fmt.Sprintf("`%s`, %s B for each fact", x.Name, figure(each)), func(n float64) string { return gigabytes(n * each) }))
	}
	f.table(rows)
}

func (f *forecast) reads() {
	f.line("")
	f.line("## Expected reads")
	f.line("")
	f.line("A seek goes to one block of 4 KiB on each level that the store has, and levels grow by ten: each factor of ten adds one block, of which the upper levels stay in memory.")
	f.line("So a question that reads a bounded number of rows costs a cold read of about %s µs for each scan more once its rows are not in memory, and else what it costs at %s.", figure(coldRead), facts(f.Facts))
	f.line("Questions that read all edges of a hub grow with the facts. Times are those at %s, times the growth of what is read.", facts(f.Facts))
	edge, hop := f.perWork(counts), f.perWork(twoHops)
	expansions := float64(f.Work[twoHops]) / float64(f.timing(twoHops, "parley").N)
	rows := [][]string{across("", func(n float64) string { return facts(int(n)) })}
	rows = append(rows,
		across("E, an entity by name: one scan of `a`", func(float64) string { return "1 scan" }),
		across("N1: a scan for each direction and class, 50 rows", func(float64) string { return "4 scans, 50 rows" }),
		across("T: one scan of `r`, 100 rows", func(float64) string { return "1 scan, 100 rows" }),
		across(fmt.Sprintf("A of the busiest, %s µs an edge", figure(edge)), func(n float64) string {
			return fmt.Sprintf("%s rows, %s", large(n*f.hub/2), seconds(n*f.hub/2*edge))
		}),
		across(fmt.Sprintf("N2 on the average, %s µs an expansion", figure(hop)), func(n float64) string {
			e := min(expansions*n/float64(f.Facts), n/40)
			return fmt.Sprintf("%s expansions, %s", large(e), seconds(e*hop))
		}))
	f.table(rows)
}

func (f *forecast) breaks(r *report) {
	peak := 0.0
	for _, l := range f.Loads {
		if l.Peer == "parley" && l.Peak > 0 {
			peak = float64(l.Peak) / float64(f.Facts)
		}
	}
	logged, edge := 0.0, 0.0
	for _, x := range f.Floors.Families {
		switch each := float64(x.Keys+x.Values) / float64(f.Facts); x.Name {
		case "l":
			logged = each
		case string(rune(edges)):
			edge = each * f.disk / f.bytes
		}
	}
	f.line("")
	f.line("## What breaks first")
	f.line("")
	if peak > 0 {
		f.line("- **Memory of a load.** %s B for each fact at %s: if that does not become flat, a load of 100 million needs %s, and this machine (%s) ends at %s facts in one load. Load in parts.",
			figure(peak), facts(f.Facts), gigabytes(100e6*peak), r.Machine.Memory, large(r.Machine.bytes()/peak))
	}
	f.line("- **One transaction's log.** It has at most %s chunks of %s KiB, and a fact takes %s B there: %s facts in one load. What is larger is refused, and is to be loaded in parts.",
		large(chunksOfLoad), figure(chunkBytes>>10), figure(logged), large(chunksOfLoad*chunkBytes/logged))
	f.line("- **Ids in memory.** %s entities are kept, the earliest ones; %s facts have as many. Beyond, each other end that is shown costs a look-up of its own: N1 has 50 of them.", large(idsKept), large(40*idsKept))
	f.line("- **The working set.** The rows `%c` alone take %s at 100 million and %s at a billion. What is asked of lies together, by entity and time, so that hubs stay in memory and the rest costs a cold read for each scan.",
		edges, gigabytes(100e6*edge), gigabytes(1e9*edge))
	f.line("- **Hubs.** Counts, two hops and paths through the busiest entities read all their edges in the window; see above. Blocks of edges that stay in memory, at 18 B an edge, hold those of the busiest in %s at 100 million and in %s at a billion.",
		gigabytes(100e6*f.hub*18), gigabytes(1e9*f.hub*18))
	if f.Opening.Clean > 0 {
		f.line("- **Opening.** %s ms at %s facts. It reads the ends of all tables, of which there are %s times as many at 100 million.", figure(f.Opening.Clean), facts(f.Facts), figure(100e6/float64(f.Facts)))
	}
	f.line("- **Numbers.** Claims and records have room for %s, documents for %s. Family `h` finds claims by %d bits of their ids: of a billion, about %s pairs agree in these, and each is told apart by one more look-up.",
		large(mostClaims), large(mostSources), bitsOfHash, large(1e9*1e9/2/float64(1<<bitsOfHash)))
}

// bytes is the memory of the machine.
func (m *machine) bytes() float64 {
	var kib float64
	if _, err := fmt.Sscanf(m.Memory, "%g kB", &kib); err != nil {
		return 0
	}
	return kib * 1024
}

// large is a number in thousands, millions or billions.
func large(x float64) string {
	switch {
	case x >= 1e12:
		return figure(x/1e12) + " trillion"
	case x >= 1e9:
		return figure(x/1e9) + " billion"
	case x >= 1e6:
		return figure(x/1e6) + " million"
	case x >= 1e4:
		return figure(x/1e3) + " thousand"
	}
	return figure(x)
}

func gigabytes(x float64) string {
	if x >= 1e12 {
		return figure(x/1e12) + " TB"
	}
	return figure(x/1e9) + " GB"
}

// seconds is a time that is given in microseconds.
func seconds(us float64) string {
	switch {
	case us >= 1e6:
		return figure(us/1e6) + " s"
	case us >= 1e3:
		return figure(us/1e3) + " ms"
	}
	return figure(us) + " µs"
}
