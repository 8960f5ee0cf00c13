package notes_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

func seeds(f *testing.F) {
	for _, file := range []string{"testdata/bad.txtar", "testdata/good.txtar"} {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, in := range a.Files {
			f.Add(string(in.Data))
		}
	}
	b, err := os.ReadFile("../../examples/ukraine-2025/seed.notes")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
}

// Reading never panics, mistakes have a place, and what is read is printed and
// read again as the same.
func FuzzRead(f *testing.F) {
	seeds(f)
	o := schema.Negotiation()
	f.Fuzz(func(t *testing.T, text string) {
		list, err := withCast(t, text)
		if err != nil {
			if e, placed := errors.AsType[*place.Error](err); !placed || e.Line < 1 || e.Column < 1 {
				t.Errorf("%q: an error without a place: %v", text, err)
			}
			return
		}
		out := printed(t, o, list)
		var again []graph.Statement
		for s, err := range notes.Read("again", strings.NewReader(out), o) {
			if err != nil {
				t.Fatalf("%q: printed as\n%s\n%v", text, out, err)
			}
			again = append(again, s)
		}
		same(t, again, list, out)
	})
}

// Formatting never panics, changes nothing the second time, and does not change
// what is said.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		once, err := notes.Format("x", []byte(text))
		if err != nil {
			return
		}
		twice, err := notes.Format("x", once)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%q: formatted as\n%s\nthen as\n%s\n%v", text, once, twice, err)
		}
		before, err := withCast(t, text)
		after, also := withCast(t, string(once))
		if (err == nil) != (also == nil) {
			t.Fatalf("%q: %v, formatted %v\n%s", text, err, also, once)
		}
		same(t, after, before, string(once))
	})
}

func BenchmarkRead(b *testing.B) {
	const lines = `@P1 position US on land: OPEN ; option "28-point draft" ; 2025-11-20/ ; vouched 2025-11-20 [OWN_SIDE STATED SAID ; "The US backs the draft."]
by US officials [BACKGROUND] via CNN
@M1 meeting m-berlin: US, Ukraine ; HELD ; 2025-12-14/2025-12-15 ; at Berlin ; on land
@G1 guarantee o-guar: US > Ukraine ; on land ; TABLED ; deadline LIMITED_UNSPECIFIED
`
	cast, err := os.ReadFile("testdata/cast.notes")
	if err != nil {
		b.Fatal(err)
	}
	const n = 1000
	text := string(cast) + "document d ; scheme x\n" + strings.Repeat(lines, n)
	o := schema.Negotiation()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range notes.Read("bench", strings.NewReader(text), o) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*n*4/b.Elapsed().Seconds(), "lines/s")
}
