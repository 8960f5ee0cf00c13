package jsonl_test

import (
	"errors"
	"flag"
	"iter"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
	"github.com/parleydb/parley/loaders/internal/sample"
	"github.com/parleydb/parley/loaders/jsonl"
)

var update = flag.Bool("update", false, "write the errors into testdata/bad.txtar")

func TestReadRefuses(t *testing.T) {
	const file = "testdata/bad.txtar"
	table, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(table.Files); i += 2 {
		in, want := table.Files[i], &table.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			text := string(in.Data)
			if !strings.HasPrefix(in.Name, "header") {
				text = sample.Header + text
			}
			got := firstError(jsonl.Read("bad.jsonl", strings.NewReader(text), sample.Ontology()))
			if *update {
				want.Data = []byte(got + "\n")
			}
			if want := strings.TrimSuffix(string(want.Data), "\n"); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", in.Data, got, want)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What an archive of texts cannot hold.
func TestReadRefusesBytes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"invalid UTF-8", sample.Header + "{\"entity\":\"u\xff\"}", "bad.jsonl:2:13: bad JSON: invalid UTF-8"},
		{"line too long", sample.Header + strings.Repeat(" ", 16<<20+1), "bad.jsonl:2:1: line too long: more than 16777216 bytes"},
		{"NUL", sample.Header + "{\"entity\":\"u\x00\"}", "bad.jsonl:2:13: bad JSON: invalid character '\\x00' in string (expecting non-control character)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := firstError(jsonl.Read("bad.jsonl", strings.NewReader(c.text), sample.Ontology())); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadWithoutOntology(t *testing.T) {
	const want = `bad.jsonl:1:45: no ontology "sample": the database has none`
	if got := firstError(jsonl.Read("bad.jsonl", strings.NewReader(sample.Header), nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A reader's error is the last thing that its sequence gives.
func TestReadEndsWithAnError(t *testing.T) {
	errRead := errors.New("disk on fire")
	n := 0
	for _, err := range jsonl.Read("bad.jsonl", &failing{sample.Header, errRead}, sample.Ontology()) {
		if n++; !errors.Is(err, errRead) {
			t.Errorf("got %v, want %v", err, errRead)
		}
	}
	if n != 1 {
		t.Errorf("got %d statements and errors, want 1", n)
	}
}

type failing struct {
	text string
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, f.err
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

// firstError is the text of the error that ends the sequence, or "".
func firstError(src iter.Seq2[graph.Statement, error]) string {
	for _, err := range src {
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

// FuzzRead checks that no input makes the reader panic, and that each error
// has a place.
func FuzzRead(f *testing.F) {
	table, err := txtar.ParseFile("testdata/bad.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(table.Files); i += 2 {
		f.Add(table.Files[i].Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		src := jsonl.Read("f", strings.NewReader(sample.Header+string(text)), sample.Ontology())
		for s, err := range src {
			e, placed := errors.AsType[*place.Error](err)
			switch {
			case err == nil && s.Where == "":
				t.Errorf("%q: a statement without a place", text)
			case err != nil && (!placed || e.File != "f" || e.Line < 2 || e.Column < 1):
				t.Errorf("%q: an error without a place: %v", text, err)
			}
		}
	})
}
