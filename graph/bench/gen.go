package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parleydb/parley/graph"
)

// days is how many days the facts are spread over, from dayZero on.
const days = 4000

var dayZero = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

// dateOf is a day as it stands in files.
func dateOf(day int) string { return dayZero.AddDate(0, 0, day).Format(time.DateOnly) }

// timeOf is the first instant of a day.
func timeOf(day int) graph.Time { return graph.TimeOf(dayZero.AddDate(0, 0, day)) }

// dayOf is the day of an instant.
func dayOf(t graph.Time) int { return int((t - timeOf(0)) / (24 * 60 * 60 * 1000)) }

// fact is an event: who did what to whom on which day. No two are the same.
type fact struct {
	subject, object int32 // places in world.actors
	relation, day   uint16
}

// actor is somebody who takes part in events.
type actor struct {
	name, country, sector string
	founded               int // day
}

// world is what is loaded: the shape of coded event data, where a few actors
// take part in most events and half of these are between two who met before.
type world struct {
	actors    []actor
	relations []string
	facts     []fact // by day
}

var (
	roots = []string{"Ministry of Trade", "Foreign Ministry", "Head of Government", "Citizen", "Police", "Opposition Party", "Business Council",
		"Labor Union", "Defense Ministry", "Envoy", "Member of Parliament", "Central Bank", "Rebel Group", "Court Judge", "Protester"}
	sectors = []string{"Government", "Military", "Business", "Media", "Civil Society", "Legal", "Education", "Unidentified"}
)

// newWorld makes the same world for the same n and relations. Ranks of actors
// follow Zipf and Mandelbrot, so that the busiest takes part in 4 to 5 % of all
// facts, as in ICEWS.
func newWorld(n int, relations []string) *world {
	r := rand.New(rand.NewPCG(42, uint64(n)))
	w := &world{actors: newActors(r, max(60, n/40)), facts: make([]fact, 0, n)}
	for _, i := range r.Perm(len(relations))[:min(250, len(relations))] {
		w.relations = append(w.relations, relations[i])
	}
	ranks := rand.NewZipf(r, 1.1, 8, uint64(len(w.actors)-1))
	kinds := rand.NewZipf(r, 1.1, 2, uint64(len(w.relations)-1))
	places := r.Perm(len(w.actors))
	seen := map[fact]bool{}
	for _, day := range sortedDays(r, n) {
		if len(w.facts) > 0 && w.facts[len(w.facts)-1].day != day {
			clear(seen)
		}
		f := fact{day: day}
		for {
			f.subject, f.object = w.dyad(r, func() int32 { return int32(places[ranks.Uint64()]) })
			f.relation = uint16(kinds.Uint64())
			if !seen[f] {
				break
			}
		}
		seen[f] = true
		w.facts = append(w.facts, f)
	}
	return w
}

func newActors(r *rand.Rand, n int) []actor {
	list := make([]actor, n)
	for i := range list {
		country := fmt.Sprintf("Country%03d", r.IntN(180))
		list[i] = actor{fmt.Sprintf("%s %06d (%s)", roots[r.IntN(len(roots))], i, country), country, sectors[r.IntN(len(sectors))], r.IntN(days)}
	}
	return list
}

func sortedDays(r *rand.Rand, n int) []uint16 {
	list := make([]uint16, n)
	for i := range list {
		list[i] = uint16(r.IntN(days))
	}
	slices.Sort(list)
	return list
}

// dyad is who acts and towards whom: every other time two of an earlier fact.
func (w *world) dyad(r *rand.Rand, draw func() int32) (subject, object int32) {
	if len(w.facts) > 0 && r.IntN(2) == 0 {
		f := &w.facts[r.IntN(len(w.facts))]
		if r.IntN(2) == 0 {
			return f.object, f.subject
		}
		return f.subject, f.object
	}
	for subject == object {
		subject, object = draw(), draw()
	}
	return subject, object
}

// The files of a world, in a folder.
const (
	entitiesFile = "entities.jsonl"
	quadsFile    = "quads.tsv"
)

// write writes the files that every peer loads: attributes as a native dataset
// and events as quads.
func (w *world) write(dir string) error {
	if err := writeFile(filepath.Join(dir, entitiesFile), w.writeActors); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, quadsFile), func(b *bufio.Writer) {
		for i := range w.facts {
			f := &w.facts[i]
			fmt.Fprintf(b, "%s\t%s\t%s\t%s\n", w.actors[f.subject].name, w.relations[f.relation], w.actors[f.object].name, dateOf(int(f.day)))
		}
	})
}

// perAssertion is how many actors one assertion describes.
const perAssertion = 500

func (w *world) writeActors(b *bufio.Writer) {
	fmt.Fprintln(b, `{"dataset":"actors","scheme":"icews","ontology":"bench","version":"1"}`)
	fmt.Fprintln(b, `{"document":"file:actors"}`)
	for i := range w.actors {
		fmt.Fprintf(b, `{"entity":%q,"kind":"Actor"}`+"\n", "icews:"+w.actors[i].name)
	}
	for i := 0; i < len(w.actors); i += perAssertion {
		fmt.Fprintf(b, `{"assert":"a%d","document":"file:actors","claims":[`, i)
		comma := ""
		for _, a := range w.actors[i:min(i+perAssertion, len(w.actors))] {
			key := "icews:" + a.name
			fmt.Fprintf(b, comma+`{"subject":%q,"property":"country","value":%q},{"subject":%q,"property":"sector","value":%q},{"subject":%q,"property":"founded","value":%q}`,
				key, a.country, key, a.sector, key, dateOf(a.founded))
			comma = ","
		}
		fmt.Fprintln(b, `]}`)
	}
}

func writeFile(name string, fill func(*bufio.Writer)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	fill(b)
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Close()
}
