package loaders_test

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/tools/txtar"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/loaders/internal/sample"
	"github.com/parleydb/parley/schema"
)

var update = flag.Bool("update", false, "write the errors into testdata/refused.txtar")

const quads = "Iran\tConsult\tChina\t2014-01-03\nChina\tMake a visit\tIran\t2014-01-03\n"

const dataset = sample.Header + `{"document":"d"}
{"entity":"ua","kind":"State"}
{"assert":"a1","document":"d","claims":[{"subject":"ua","property":"name","value":"Ukraine"}]}
`

func open(t *testing.T) *graphtest.World {
	t.Helper()
	return graphtest.Open(t, &graph.Options{Ontology: sample.Ontology(), Validate: schema.Validate})
}

// write makes files in a new folder and returns their paths.
func write(t *testing.T, nameAndText ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for i := 0; i < len(nameAndText); i += 2 {
		file := filepath.Join(dir, nameAndText[i])
		if err := os.WriteFile(file, []byte(nameAndText[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func run(t *testing.T, db *graph.DB, opts *loaders.Options, files ...string) loaders.Report {
	t.Helper()
	r, err := loaders.Run(context.Background(), db, graph.Act{Author: "test"}, files, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refused is the error of a load, its folders left out.
func refused(t *testing.T, db *graph.DB, opts *loaders.Options, files ...string) string {
	t.Helper()
	_, err := loaders.Run(context.Background(), db, graph.Act{Author: "test"}, files, opts)
	if err == nil {
		t.Fatal("loaded")
	}
	return strings.ReplaceAll(err.Error(), filepath.Dir(files[0])+string(filepath.Separator), "")
}

func line(t *testing.T, r loaders.Report, want string) {
	t.Helper()
	if got := r.String(); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

func TestRunTwice(t *testing.T) {
	w := open(t)
	files := write(t, "quads.tsv", quads)
	line(t, run(t, w.DB, nil, files...), "loaded quads.tsv: read 2, new 2, known 0, corrected 0, rejected 0, entities 2, 0.0 s")
	line(t, run(t, w.DB, nil, files...), "loaded quads.tsv: read 2, new 0, known 2, corrected 0, rejected 0, entities 2, 0.0 s")
}

// Files of one call may refer to each other, in any order and format.
func TestRunSeveralFiles(t *testing.T) {
	files := write(t,
		"names.jsonl", sample.Header+`{"assert":"a2","document":"d","claims":[{"subject":"ua","property":"alias","value":"UA"},{"subject":"icews:Iran","property":"alias","value":"IR"}]}`,
		"main.jsonl", dataset, "quads.tsv", quads)
	line(t, run(t, open(t).DB, nil, files...), "loaded names.jsonl, main.jsonl, quads.tsv: read 4, new 4, known 0, corrected 0, rejected 0, entities 3, 0.0 s")
}

func TestRunCorrects(t *testing.T) {
	w := open(t)
	files := write(t, "1.jsonl", dataset, "2.jsonl", strings.Replace(dataset, "Ukraine", "Ukrainia", 1))
	run(t, w.DB, nil, files[0])
	line(t, run(t, w.DB, nil, files[1]), "loaded 2.jsonl: read 1, new 0, known 0, corrected 1, rejected 0, entities 1, 0.0 s")
}

func TestRunAllOrNothing(t *testing.T) {
	w := open(t)
	files := write(t, "main.jsonl", dataset, "quads.tsv", "Iran\tConsult\tChina\t2014-01-32\n")
	const want = `quads.tsv:1:20: unknown date "2014-01-32": `
	if got := refused(t, w.DB, nil, files...); !strings.HasPrefix(got, want) {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	empty(t, w)
}

func empty(t *testing.T, w *graphtest.World) {
	t.Helper()
	s, err := w.At(graph.Point{}).Stats(context.Background())
	if err != nil || s != (graph.Stats{}) {
		t.Errorf("got %+v, %v, want nothing", s, err)
	}
}

func TestRunDry(t *testing.T) {
	w := open(t)
	files := write(t, "main.jsonl", dataset)
	line(t, run(t, w.DB, &loaders.Options{DryRun: true}, files...), "checked main.jsonl: read 1, new 1, known 0, corrected 0, rejected 0, entities 1, 0.0 s")
	empty(t, w)
}

func TestRunElapsed(t *testing.T) {
	now := time.Unix(0, 0)
	clock := func() time.Time { now = now.Add(3140 * time.Millisecond); return now }
	files := write(t, "quads.tsv", quads)
	line(t, run(t, open(t).DB, &loaders.Options{Now: clock}, files...), "loaded quads.tsv: read 2, new 2, known 0, corrected 0, rejected 0, entities 2, 3.1 s")
}

func TestRunCodes(t *testing.T) {
	files := write(t, "quads.tsv", "Iran\tPhone\tChina\t2014-01-03\n", "codes.tsv", "predicate\tcode\nPhone\t040\n")
	r := run(t, open(t).DB, &loaders.Options{Codes: files[1]}, files[0])
	line(t, r, "loaded quads.tsv: read 1, new 1, known 0, corrected 0, rejected 0, entities 2, 0.0 s")
}

// The same content is the same document, packed or not.
func TestRunGzip(t *testing.T) {
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(quads)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := open(t)
	files := write(t, "quads.tsv.gz", packed.String(), "quads.tsv", quads, "bad.jsonl.gz", dataset)
	line(t, run(t, w.DB, nil, files[0]), "loaded quads.tsv.gz: read 2, new 2, known 0, corrected 0, rejected 0, entities 2, 0.0 s")
	line(t, run(t, w.DB, nil, files[1]), "loaded quads.tsv: read 2, new 0, known 2, corrected 0, rejected 0, entities 2, 0.0 s")
	if got, want := refused(t, w.DB, nil, files[2]), "bad.jsonl.gz: is no gzip, though its name ends in .gz: rename or pack it"; got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	line(t, run(t, w.DB, &loaders.Options{Stdin: strings.NewReader(packed.String())}, "-"),
		"loaded stdin: read 2, new 0, known 2, corrected 0, rejected 0, entities 2, 0.0 s")
}

func TestRunStdin(t *testing.T) {
	r := run(t, open(t).DB, &loaders.Options{Stdin: strings.NewReader(dataset)}, "-")
	line(t, r, "loaded stdin: read 1, new 1, known 0, corrected 0, rejected 0, entities 1, 0.0 s")
}

func TestRunFormats(t *testing.T) {
	for _, c := range []struct {
		file, text string
		format     loaders.Format
		want       string // the error; "": loaded
	}{
		{"data.txt", quads, "", ""},
		{"data.txt", dataset, loaders.Auto, ""},
		{"data.txt", "\ufeff\n " + dataset, "", ""},
		{"data.tsv", dataset, loaders.ICEWS, "data.tsv:1:1: wrong number of columns: 1, want 4 parted by tabs: subject, predicate, object, date"},
		{"data.tsv", quads, loaders.JSONL, "data.tsv:1:1: bad JSON: invalid character 'I' at start of value"},
		{"data.tsv", quads, "icew", `unknown format "icew": did you mean "icews"?`},
		{"data.jsonl", "", "", `data.jsonl:1:1: no header: the first object names the dataset: {"dataset":"…","scheme":"…","ontology":"…"}`},
		{"data.csv", "a,b\n", "", "data.csv: unknown format: want a dataset in JSON lines (jsonl), quads parted by tabs (icews) or notes (notes)"},
		{"data.tsv", strings.Repeat("x", 70_000) + "\ty\tz\t2014-01-01\n", "", "data.tsv:1:1: line too long: more than 65536 bytes"},
		{"data.tsv", "", "", "data.tsv: empty: want a dataset in JSON lines (jsonl), quads parted by tabs (icews) or notes (notes)"},
	} {
		w, files, opts := open(t), write(t, c.file, c.text), &loaders.Options{Format: c.format}
		if c.want == "" {
			run(t, w.DB, opts, files...)
		} else if got := refused(t, w.DB, opts, files...); got != c.want {
			t.Errorf("%s as %q\ngot  %s\nwant %s", c.file, c.format, got, c.want)
		}
	}
}

// An event that is dated by a year only is accepted, and found on its days.
func TestRunEventOfAYear(t *testing.T) {
	w := graphtest.Open(t, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	text := strings.Replace(dataset, `"ontology":"sample"`, `"ontology":"negotiation"`, 1)
	run(t, w.DB, nil, write(t, "main.jsonl", text+`{"assert":"a2","document":"d","valid":"2025","relation":{"kind":"Meeting","key":"m","participant":"ua"}}`)...)
	for day, want := range map[string]int{"2024-12-31": 0, "2025-06-01": 1, "2025-12-31": 1, "2026-01-01": 0} {
		list, err := w.At(w.Point(day, "", graph.Recorded)).Relations(context.Background(), graph.RelationQuery{Kind: "Meeting"})
		if err != nil || len(list) != want {
			t.Errorf("on %s: %d meetings, want %d (%v)", day, len(list), want, err)
		}
	}
}

// What cannot be read says so in words, and where.
func TestRunUnreadable(t *testing.T) {
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, quads+strings.Repeat("Iran\tConsult\tChina\t2014-01-04\n", 5000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	gz := packed.String()
	flipped := gz[:len(gz)-6] + "\xff" + gz[len(gz)-5:]
	noise := gz[:12] + strings.Repeat("\xff", 40) + gz[52:]
	dir := filepath.Join(t.TempDir(), "folder.jsonl")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	files := write(t, "cut.tsv.gz", gz[:len(gz)-4], "head.tsv.gz", gz[:5], "flipped.tsv.gz", flipped, "noise.tsv.gz", noise, "cut.jsonl", gz[:len(gz)-8])
	for _, c := range []struct{ file, want string }{
		{dir, "folder.jsonl: is a directory: name the files in it"},
		{files[0], "cut.tsv.gz:5003:1: the gzip ends too early: it was cut short, get it again"},
		{files[1], "head.tsv.gz: the gzip ends too early: it was cut short, get it again"},
		{files[2], "flipped.tsv.gz:5003:1: the gzip is corrupt: get it again"},
		{files[3], "noise.tsv.gz:1:1: the gzip is corrupt: get it again"},
		{files[4], "cut.jsonl:5003:1: the gzip ends too early: it was cut short, get it again"},
	} {
		if got := refused(t, open(t).DB, nil, c.file); got != c.want {
			t.Errorf("\ngot  %s\nwant %s", got, c.want)
		}
	}
	if _, err := loaders.Run(context.Background(), open(t).DB, graph.Act{}, []string{"-"}, nil); err == nil || !strings.HasPrefix(err.Error(), "stdin: empty: want a dataset") {
		t.Errorf("empty stdin: %v", err)
	}
}

func TestRunMissingFile(t *testing.T) {
	if _, err := loaders.Run(context.Background(), open(t).DB, graph.Act{}, []string{"no such file"}, nil); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

// Errors of the graph begin with the place of the statement.
func TestRunRefuses(t *testing.T) {
	const file = "testdata/refused.txtar"
	table, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(table.Files); i += 2 {
		in, want := table.Files[i], &table.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			w := open(t)
			got := refused(t, w.DB, nil, write(t, "bad.jsonl", sample.Header+string(in.Data))...)
			if *update {
				want.Data = []byte(got + "\n")
			}
			if want := strings.TrimSuffix(string(want.Data), "\n"); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", in.Data, got, want)
			}
			empty(t, w)
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Notes are read after the other files, since they may name what those declare.
func TestRunNotes(t *testing.T) {
	files := write(t, "talks.notes", "document talks ; published 2025-12-01\nmeeting m: Ukraine, x:ua\n", "main.jsonl", dataset)
	line(t, run(t, open(t).DB, nil, files...), "loaded talks.notes, main.jsonl: read 2, new 2, known 0, corrected 0, rejected 0, entities 1, 0.0 s")
	files = write(t, "talks", "document talks\nmeeting m: Ukraine\n")
	if got, want := refused(t, open(t).DB, nil, files...), `talks:2:12: unknown name "Ukraine"`; got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

// TestRunProgress: how many facts there are is told by the bytes of the file.
func TestRunProgress(t *testing.T) {
	const lines = 30_000
	var text strings.Builder
	for i := range lines {
		day := time.Date(2014, 1, 1+i%365, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		text.WriteString("Iran\tConsult\tChina\t" + day + "\n")
	}
	file := write(t, "quads.tsv", text.String())
	reports := 0
	run(t, open(t).DB, &loaders.Options{Progress: func(p graph.Progress) {
		if p.Step != graph.Reading {
			return
		}
		if reports++; p.Facts > 10_000 && (p.All < lines*4/5 || p.All > lines*6/5) {
			t.Errorf("%+v, want about %d of all", p, lines)
		}
	}}, file...)
	if reports < 20 {
		t.Errorf("%d reports", reports)
	}
}
