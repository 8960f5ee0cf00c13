package notes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

func open(t *testing.T) *graphtest.World {
	t.Helper()
	return graphtest.Open(t, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
}

func loadFiles(t *testing.T, w *graphtest.World, files ...string) loaders.Report {
	t.Helper()
	r, err := loaders.Run(ctx, w.DB, graph.Act{Author: "test"}, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func exported(t *testing.T, v graph.View, opts *notes.ExportOptions) string {
	t.Helper()
	var b strings.Builder
	if err := notes.Export(ctx, &b, v, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// dump is everything that a view's assertions say, sorted by nothing: in the
// order of recording.
func dump(t *testing.T, v graph.View) map[string]string {
	t.Helper()
	out := map[string]string{}
	for d, err := range v.Sources(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		out[d.ID.String()] = fmt.Sprintf("%+v", d)
		for a, err := range v.Assertions(ctx, d.ID) {
			if err != nil {
				t.Fatal(err)
			}
			a.Recorded = graph.TxInterval{}
			out[a.ID.String()] = fmt.Sprintf("%+v", a)
		}
	}
	return out
}

func sameDump(t *testing.T, got, want map[string]string) {
	t.Helper()
	n := 0
	for id, text := range want {
		if got[id] != text {
			if n++; n <= 3 {
				t.Errorf("%s:\ngot  %s\nwant %s", id, got[id], text)
			}
		}
	}
	if len(got) != len(want) || n > 0 {
		t.Errorf("%d documents and assertions, want %d; %d differ", len(got), len(want), n)
	}
}

// An export of the example, loaded into an empty store, gives the same store:
// the same counts, the same assertions with the same ids, saying the same. And
// the store that it came from knows all of it.
func TestExportOfTheExample(t *testing.T) {
	w := open(t)
	loadFiles(t, w, "../../examples/ukraine-2025/main.jsonl", "../../examples/ukraine-2025/seed.jsonl")
	text := exported(t, w.At(graph.Point{}), nil)
	file := write(t, "all.notes", text)
	again := open(t)
	loadFiles(t, again, file)
	before, err := w.At(graph.Point{}).Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	after, err := again.At(graph.Point{}).Stats(ctx)
	if err != nil || before != after {
		t.Errorf("got %+v, want %+v (%v)", after, before, err)
	}
	sameDump(t, dump(t, again.At(graph.Point{})), dump(t, w.At(graph.Point{})))
	if second := exported(t, again.At(graph.Point{}), nil); second != text {
		t.Error("the export of the export differs")
	}
	if r := loadFiles(t, w, file); r.Loaded.New+r.Loaded.Corrected > 0 || r.Loaded.Known != before.Assertions {
		t.Errorf("loaded over itself: %s", r)
	}
}

// The seed article as notes is the seed article as JSON lines: the same store,
// voices that were found out included, and each knows the other.
func TestSeedAsNotes(t *testing.T) {
	const dir = "../../examples/ukraine-2025/"
	jsonl, byHand := open(t), open(t)
	loadFiles(t, jsonl, dir+"seed.jsonl")
	loadFiles(t, byHand, dir+"seed.notes", dir+"seed-curation.notes")
	before, err := jsonl.At(graph.Point{}).Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	after, err := byHand.At(graph.Point{}).Stats(ctx)
	if err != nil || before != after {
		t.Errorf("got %+v, want %+v (%v)", after, before, err)
	}
	sameDump(t, dump(t, byHand.At(graph.Point{})), dump(t, jsonl.At(graph.Point{})))
	if r := loadFiles(t, jsonl, dir+"seed.notes", dir+"seed-curation.notes"); r.Loaded.Known != before.Assertions || r.Loaded.Known != r.Loaded.Read {
		t.Errorf("notes over JSON lines: %s", r)
	}
	if r := loadFiles(t, jsonl, dir+"seed.notes"); r.Loaded.Known != r.Loaded.Read {
		t.Errorf("names of the database: %s", r)
	}
}
