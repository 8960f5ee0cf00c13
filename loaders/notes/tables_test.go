package notes_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

var update = flag.Bool("update", false, "write the answers into testdata/bad.txtar and good.txtar")

// withCast reads a file together with testdata/cast.notes, whose statements are left out.
func withCast(t testing.TB, text string) ([]graph.Statement, error) {
	t.Helper()
	cast, err := os.ReadFile("testdata/cast.notes")
	if err != nil {
		t.Fatal(err)
	}
	o := schema.Negotiation()
	var list []graph.Statement
	for s, err := range notes.Statements(ctx, []notes.Source{{Name: "cast", Text: cast}, {Name: "x.notes", Text: []byte(text)}}, o, notes.NewNames(o, nil)) {
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(s.Where, "x.notes:") {
			list = append(list, s)
		}
	}
	return list, nil
}

// table runs each pair of files of an archive.
func table(t *testing.T, file string, answer func(t *testing.T, text string) string) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(a.Files); i += 2 {
		in, want := a.Files[i], &a.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			got := answer(t, strings.ReplaceAll(string(in.Data), "␍\n", "\r\n"))
			if *update {
				want.Data = []byte(got)
			}
			if got != string(want.Data) {
				t.Errorf("%s\ngot\n%s\nwant\n%s", in.Data, got, want.Data)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefused(t *testing.T) {
	table(t, "testdata/bad.txtar", func(t *testing.T, text string) string {
		_, err := withCast(t, strings.TrimSuffix(text, "\n"))
		if err == nil {
			t.Fatalf("%s\nis accepted", text)
		}
		if _, placed := errors.AsType[*place.Error](err); !placed {
			t.Errorf("an error without a place: %v", err)
		}
		return err.Error() + "\n"
	})
}

func TestWritten(t *testing.T) {
	table(t, "testdata/good.txtar", func(t *testing.T, text string) string {
		list, err := withCast(t, text)
		if err != nil {
			t.Fatal(err)
		}
		return printed(t, schema.Negotiation(), list)
	})
}

// What an archive of texts cannot hold.
func TestRefusedBytes(t *testing.T) {
	for text, want := range map[string]string{
		"document d \"\xff\"":                   "x.notes:1:13: invalid UTF-8: save the file as UTF-8",
		"document d # \xc3":                     "x.notes:1:14: invalid UTF-8: save the file as UTF-8",
		"document d \"Київ \xffa\"":             "x.notes:1:22: invalid UTF-8: save the file as UTF-8",
		"document d\x00":                        `x.notes:1:11: control character 0x00: write it in quotes, as \u{…}`,
		"document d \"é\x07\"":                  `x.notes:1:15: control character 0x07: write it in quotes, as \u{…}`,
		"document d\rmeeting m: US":             `x.notes:1:11: control character 0x0d: write it in quotes, as \u{…}`,
		"document d\n\ufeffmeeting m: US":       "x.notes:2:1: unknown word \"\\ufeffmeeting\": did you mean \"meeting\"?",
		"document " + strings.Repeat("k", 1025): "x.notes:1:10: bad key \"" + strings.Repeat("k", 1025) + "\": want scheme:id, a scheme without spaces of at most 64 bytes and an id of at most 1,024",
	} {
		if _, err := withCast(t, text); err == nil || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
