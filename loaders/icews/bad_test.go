package icews_test

import (
	"errors"
	"flag"
	"iter"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/icews"
	"github.com/parleydb/parley/loaders/internal/place"
	"github.com/parleydb/parley/loaders/internal/sample"
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
			got := firstError(icews.Read("bad.tsv", strings.NewReader(string(in.Data)), sample.Ontology(), nil))
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

// What an archive of texts cannot hold, and what takes options.
func TestReadRefusesMore(t *testing.T) {
	typo := &icews.Options{Codes: map[string]string{"Phone": "999"}}
	for _, c := range []struct {
		name, text string
		opts       *icews.Options
		want       string
	}{
		{"invalid UTF-8", "Angela Merkel\tConsult\tF\xe9lix\t2014-01-03", nil, "bad.tsv:1:24: invalid UTF-8: byte 0xe9"},
		{"line too long", "Angela Merkel\n" + strings.Repeat("x", 64<<10), nil, "bad.tsv:1:1: wrong number of columns: 1, want 4 parted by tabs: subject, predicate, object, date"},
		{"line too long", "\n" + strings.Repeat("x", 64<<10), nil, "bad.tsv:2:1: line too long: more than 65536 bytes"},
		{"code that the ontology lacks", "Angela Merkel\tphone\tBarack Obama\t2014-01-03", typo, `bad.tsv:1:15: unknown predicate "phone": the ontology has no cameo:999`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := firstError(icews.Read("bad.tsv", strings.NewReader(c.text), sample.Ontology(), c.opts)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadCodesRefuses(t *testing.T) {
	const want = `codes.tsv:3:6: bad code "visit": want predicate, tab, CAMEO code of 2 to 4 digits`
	_, err := icews.ReadCodes("codes.tsv", strings.NewReader("predicate\tcode\nCall\t040\nCome\tvisit\n"))
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
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
		links := 0
		for s, err := range icews.Read("f", strings.NewReader(string(text)), sample.Ontology(), nil) {
			links += len(s.Links)
			e, placed := errors.AsType[*place.Error](err)
			switch {
			case err == nil && s.Where == "":
				t.Errorf("%q: a statement without a place", text)
			case err == nil && s.Draft != nil && (s.Facts < 1 || s.Facts != links):
				t.Errorf("%q: %d facts in %d links", text, s.Facts, links)
			case err != nil && (!placed || e.File != "f" || e.Line < 1 || e.Column < 1):
				t.Errorf("%q: an error without a place: %v", text, err)
			}
		}
	})
}
