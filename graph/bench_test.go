package graph_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// Facts in the shape of coded event data: a few actors take part in most
// events, each on one day of a year, all from one document.
const (
	benchFacts  = 100_000
	benchActors = 7_000
	benchKinds  = 200
)

func benchDraft(tb testing.TB, facts int) []graph.Statement {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 8, benchActors-1)
	actor := func(n uint64) graph.Key { return graph.Key{Scheme: "actor", ID: fmt.Sprint(n)} }
	list := []graph.Statement{{Document: &graph.Document{Key: graph.Key{Scheme: "file", ID: "bench"}}}}
	d := graph.Draft{Document: graph.ByKey("file:bench"), Key: "all"}
	for n := range uint64(benchActors) {
		list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{actor(n)}}})
		d.Links = append(d.Links, graph.Link{Subject: graph.Ref{Key: actor(n)}, Property: "name", Value: graph.TextOf(fmt.Sprint("actor ", n))})
	}
	for range facts {
		day, err := graph.ParseValid(time.Date(2014, 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "")
		if err != nil {
			tb.Fatal(err)
		}
		d.Links = append(d.Links, graph.Link{Subject: graph.Ref{Key: actor(zipf.Uint64())}, Property: fmt.Sprint("event", r.IntN(benchKinds)),
			Value: graph.RefOf(graph.Ref{Key: actor(zipf.Uint64())}), Valid: &day})
	}
	return append(list, graph.Statement{Draft: &d, Facts: facts})
}

// benchOntology declares the events, so that they are stored as such.
func benchOntology() *graph.Ontology {
	o := graphtest.Ontology()
	for i := range o.Kinds {
		if o.Kinds[i].Name == "State" {
			o.Kinds[i].Properties = append(o.Kinds[i].Properties, graph.Property{Name: "count", Type: graph.Integer, Class: graph.Timeless})
			for n := range benchKinds {
				o.Kinds[i].Properties = append(o.Kinds[i].Properties, graph.Property{Name: fmt.Sprint("event", n), Type: graph.Reference, Class: graph.Event})
			}
		}
	}
	return o
}

func benchOpen(tb testing.TB, dir string) *graph.DB {
	tb.Helper()
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		tb.Fatal(err)
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: benchOntology()})
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

// benchLoad fills a directory with the facts.
func benchLoad(tb testing.TB, dir string, facts int) {
	tb.Helper()
	db := benchOpen(tb, dir)
	if _, err := db.Load(ctx, graph.Act{Author: "bench"}, statements(benchDraft(tb, facts)...), nil); err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkNewest50 reads the 50 newest edges of busy actors that start in a
// window, and reports the time as a multiple of what the raw engine needs for
// as many seeks and key iterations: two sections hold an actor's events, so
// that is two seeks and 50 keys.
func BenchmarkNewest50(b *testing.B) {
	dir := b.TempDir()
	benchLoad(b, dir, benchFacts)
	db := benchOpen(b, dir)
	v := db.At(graph.Point{})
	on, err := graph.ParseOn("2014-02/2014-10")
	if err != nil {
		b.Fatal(err)
	}
	queries := make([]graph.EdgeQuery, benchBusy)
	for i := range queries {
		e, err := v.Entity(ctx, graph.ByKey(fmt.Sprint("actor:", i)))
		if err != nil {
			b.Fatal(err)
		}
		queries[i] = graph.EdgeQuery{Entity: graph.ByID(e.ID), Starts: on, First: 50}
	}
	for i := 0; b.Loop(); i++ {
		n := 0
		for _, err := range v.Neighbors(ctx, queries[i%benchBusy]) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 50 {
			b.Fatal(n)
		}
	}
	ours := b.Elapsed() / time.Duration(b.N)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	floor := rawFloor(b, dir)
	b.ReportMetric(float64(ours)/float64(floor), "x-raw")
	b.ReportMetric(float64(floor.Nanoseconds()), "raw-ns/op")
}

// benchBusy is how many actors, the busiest ones, the benchmark asks about in turn.
const benchBusy = 64

// rawFloor is the time of two seeks on a shared iterator and 50 key iterations.
func rawFloor(b *testing.B, dir string) time.Duration {
	b.Helper()
	raw, err := badger.Open(badger.DefaultOptions(dir).WithLogger(nil).WithCompression(options.ZSTD).WithBlockCacheSize(64 << 20).WithExternalMagic(1))
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	txn := raw.NewTransaction(false)
	defer txn.Discard()
	o := badger.DefaultIteratorOptions
	o.PrefetchValues, o.Prefix = false, []byte("n")
	it := txn.NewIterator(o)
	defer it.Close()
	var keys [][]byte
	i := 0
	for it.Rewind(); it.Valid(); it.Next() {
		if i++; i%(2*benchFacts/2/benchBusy) == 0 {
			keys = append(keys, it.Item().KeyCopy(nil))
		}
	}
	const rounds = 20_000
	start := time.Now()
	for n := range rounds {
		it.Seek(keys[n%len(keys)])
	}
	seek := time.Since(start) / rounds
	start = time.Now()
	steps := 0
	for range 4 {
		for it.Rewind(); it.Valid(); it.Next() {
			steps++
		}
	}
	next := time.Since(start) / time.Duration(steps)
	b.ReportMetric(float64(seek.Nanoseconds()), "seek-ns")
	b.ReportMetric(float64(next.Nanoseconds()), "key-ns")
	return 2*seek + 50*next
}

// BenchmarkLoad loads the facts into an empty directory.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		benchLoad(b, b.TempDir(), benchFacts)
	}
	b.ReportMetric(float64(benchFacts)*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}

// benchFill fills a directory with claims of the cheapest sort, counts of one actor.
func benchFill(tb testing.TB, dir string, claims int) {
	tb.Helper()
	d := graph.Draft{Document: graph.ByKey("file:bench"), Key: "all", Links: make([]graph.Link, claims)}
	for i := range d.Links {
		d.Links[i] = graph.Link{Subject: graph.ByKey("actor:1"), Property: "count", Value: graph.IntegerOf(int64(i))}
	}
	db := benchOpen(tb, dir)
	_, err := db.Load(ctx, graph.Act{Author: "bench"}, statements(
		graph.Statement{Document: &graph.Document{Key: graph.Key{Scheme: "file", ID: "bench"}}},
		graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{{Scheme: "actor", ID: "1"}}}},
		graph.Statement{Draft: &d, Facts: claims}), nil)
	if err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkOpen opens a directory with a million claims after a clean close,
// and reports the milliseconds of opening alone; the goal is 50.
func BenchmarkOpen(b *testing.B) {
	if testing.Short() {
		b.Skip("loads a million claims")
	}
	dir := b.TempDir()
	benchFill(b, dir, 1_000_000)
	var opening time.Duration
	for b.Loop() {
		start := time.Now()
		db := benchOpen(b, dir)
		opening += time.Since(start)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(opening.Microseconds())/1000/float64(b.N), "ms/open")
}

// BenchmarkVerifyDump follows the chain of small transactions, one assertion
// with two claims each; the goal is one million in 30 s.
func BenchmarkVerifyDump(b *testing.B) {
	w := graphtest.Open(b, nil)
	w.Declare("State x:ua", "State x:ru")
	w.Document("source:d1", "2025-12-01")
	const transactions = 5000
	for i := range transactions {
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: fmt.Sprint(i), Valid: w.Valid(fmt.Sprintf("%d-11-01", 1900+i%50)), Summary: "They met and spoke about what is to come.",
			Links: []graph.Link{graphtest.Link("x:ua", "meets", "x:ru"), graphtest.Say("x:ua", "note", graph.TextOf(fmt.Sprint("note ", i)))}})
	}
	var text bytes.Buffer
	if _, err := w.Dump(ctx, &text); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := graph.VerifyDump(bytes.NewReader(text.Bytes()), ""); err != nil {
			b.Fatal(err)
		}
	}
	perMillion := b.Elapsed().Seconds() / float64(b.N) / transactions * 1e6
	b.ReportMetric(perMillion, "s/1M-tx")
	b.ReportMetric(float64(text.Len())/transactions, "B/tx")
}

// BenchmarkWriters makes durable updates of one assertion with one claim from 16
// goroutines, and, in turns, transactions of the engine by itself with as many
// rows of the same size; x-engine is how many times as many updates there are.
func BenchmarkWriters(b *testing.B) {
	const writers, turn = 16, 500 * time.Millisecond
	db := benchOpen(b, b.TempDir())
	defer db.Close()
	act := graph.Act{Author: "bench"}
	day, err := graph.ParseValid("2014-05-06", "")
	if err == nil {
		_, err = db.Load(ctx, act, statements(benchDraft(b, 100)...), nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	raw, err := badger.Open(badger.DefaultOptions(b.TempDir()).WithLogger(nil).WithSyncWrites(true).WithDetectConflicts(false))
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	var n atomic.Int64
	ours := func() {
		i := n.Add(1)
		_, err := db.Update(ctx, act, func(tx *graph.Tx) error {
			_, _, err := tx.Assert(graph.Draft{Document: graph.ByKey("file:bench"), Key: fmt.Sprint(i), Links: []graph.Link{{
				Subject: graph.ByKey(fmt.Sprint("actor:", i%benchActors)), Property: fmt.Sprint("event", i%benchKinds),
				Value: graph.RefOf(graph.ByKey("actor:1")), Valid: &day, Occurrence: fmt.Sprint(i)}}})
			return err
		})
		if err != nil {
			b.Error(err)
		}
	}
	engine := func() {
		i := n.Add(1)
		err := raw.Update(func(tx *badger.Txn) error {
			for row := range 14 { // as many as the update above writes
				if err := tx.Set(fmt.Appendf(nil, "%c%015d", 'a'+row, i), bytes.Repeat([]byte{'v'}, 30)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Error(err)
		}
	}
	var done [2]int64
	for b.Loop() {
		done[0] += during(writers, turn, ours)
		done[1] += during(writers, turn, engine)
	}
	b.ReportMetric(float64(done[0])/float64(b.N)/turn.Seconds(), "updates/s")
	b.ReportMetric(float64(done[0])/float64(done[1]), "x-engine")
}

// during calls fn from several goroutines for a while, and counts the calls.
func during(writers int, turn time.Duration, fn func()) int64 {
	var calls atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(turn)
	for range writers {
		all.Go(func() {
			for time.Now().Before(end) {
				fn()
				calls.Add(1)
			}
		})
	}
	all.Wait()
	return calls.Load()
}
