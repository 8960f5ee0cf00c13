package loaders_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

// data is the folder of real data, which is no part of the project.
func data(t testing.TB) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("PARLEY_TESTDATA"), "../../shared/data")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real data to load (set PARLEY_TESTDATA): %v", err)
	}
	return dir
}

// BenchmarkICEWS14 loads the events of 2014 into an empty directory, and
// reports the seconds of one load and the peak of the process's memory.
func BenchmarkICEWS14(b *testing.B) {
	file := filepath.Join(data(b), "icews14", "quads.tsv")
	for b.Loop() {
		store, err := badgerkv.Open(b.TempDir(), nil)
		if err != nil {
			b.Fatal(err)
		}
		db, err := graph.Open(context.Background(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
		if err != nil {
			b.Fatal(err)
		}
		r, err := loaders.Run(context.Background(), db, graph.Act{Author: "bench"}, []string{file}, nil)
		if err != nil || r.Loaded.New != 90_730 {
			b.Fatal(r, err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/load")
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(usage.Maxrss)/1024, "MB-peak") // Linux counts it in KB
}

// ICEWS14: 90,730 events of 2014 between 7,128 actors. Its predicates are the
// labels of CAMEO's codes; the table of codes beside it says the same.
func TestICEWS14(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 90,730 events")
	}
	dir := filepath.Join(data(t), "icews14")
	file, codes := filepath.Join(dir, "quads.tsv"), filepath.Join(dir, "relations.tsv")
	w := graphtest.Open(t, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	for _, c := range []struct {
		opts loaders.Options
		want string
	}{
		{loaders.Options{}, "loaded quads.tsv: read 90730, new 90730, known 0, corrected 0, rejected 0, entities 7128, 0.0 s"},
		{loaders.Options{}, "loaded quads.tsv: read 90730, new 0, known 90730, corrected 0, rejected 0, entities 7128, 0.0 s"},
		{loaders.Options{Codes: codes}, "loaded quads.tsv: read 90730, new 0, known 90730, corrected 0, rejected 0, entities 7128, 0.0 s"},
	} {
		start := time.Now()
		line(t, run(t, w.DB, &c.opts, file), c.want)
		t.Logf("loaded in %v", time.Since(start))
	}
	got, err := w.At(graph.Point{}).Stats(context.Background())
	if want := (graph.Stats{Entities: 7128, Claims: 97858, Assertions: 1, Documents: 1, Transactions: 1}); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
