package icews_test

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/icews"
	"github.com/parleydb/parley/loaders/internal/sample"
)

func read(t *testing.T, file, text string, opts *icews.Options) []graph.Statement {
	t.Helper()
	var list []graph.Statement
	for s, err := range icews.Read(file, strings.NewReader(text), sample.Ontology(), opts) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\ngot  %+v\nwant %+v", got, want)
	}
}

func declared(where, name string) graph.Statement {
	return graph.Statement{Where: where, Declaration: &graph.Declaration{Kind: "Actor", Keys: []graph.Key{{Scheme: "icews", ID: name}}}}
}

func name(actor string) graph.Link {
	return graph.Link{Subject: graph.ByKey("icews:" + actor), Property: "name", Value: graph.TextOf(actor)}
}

func event(t *testing.T, subject, property, object, day string) graph.Link {
	t.Helper()
	v, err := graph.ParseValid(day, "")
	if err != nil {
		t.Fatal(err)
	}
	return graph.Link{Subject: graph.ByKey("icews:" + subject), Property: property, Value: graph.RefOf(graph.ByKey("icews:" + object)), Valid: &v}
}

func TestRead(t *testing.T) {
	const text = "subject\tpredicate\tobject\tdate\n" +
		"Iran\tConsult\tChina\t2014-01-03\n" +
		"China\tmake a VISIT\tIran\t2014-01-03\r\n"
	retrieved, err := edtf.ParseDate("2026-01-05")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	key := graph.Key{Scheme: "file", ID: fmt.Sprintf("quads.tsv@%x", sum[:6])}
	equal(t, read(t, "data/quads.tsv.gz", text, &icews.Options{Retrieved: retrieved}), []graph.Statement{
		declared("data/quads.tsv.gz:2:1", "Iran"),
		declared("data/quads.tsv.gz:2:14", "China"),
		{Where: "data/quads.tsv.gz", Links: []graph.Link{
			event(t, "Iran", "cameo:040", "China", "2014-01-03"),
			event(t, "China", "cameo:042", "Iran", "2014-01-03"),
		}},
		{Where: "data/quads.tsv.gz", Document: &graph.Document{Key: key, Title: "quads.tsv", Retrieved: retrieved,
			Hash: fmt.Sprintf("sha256:%x", sum)}},
		{Where: "data/quads.tsv.gz", Facts: 2, Draft: &graph.Draft{Document: graph.Ref{Key: key}, Key: "quads", Links: []graph.Link{name("Iran"), name("China")}}},
	})
}

// A predicate is a label, a code or a spelling that the options give.
func TestReadPredicates(t *testing.T) {
	opts := &icews.Options{Codes: map[string]string{"Phone": "040", "Discuss": "cameo:036", "make statement": "04"}}
	for predicate, want := range map[string]string{
		"Consult": "cameo:040", "CONSULT": "cameo:040", "040": "cameo:040", "04": "cameo:04", "cameo:04": "cameo:04",
		"phone": "cameo:040", "Discuss": "cameo:036", "Make statement": "cameo:04",
	} {
		list := read(t, "quads.tsv", "Iran\t"+predicate+"\tChina\t2014-01-03\n", opts)
		if got := list[2].Links[0].Property; got != want {
			t.Errorf("%s: got %s, want %s", predicate, got, want)
		}
	}
}

// Keys are exact spellings, names are in normal form.
func TestReadSpellings(t *testing.T) {
	const decomposed, nbsp = "Jose\u0301", "Caf\u00e9\u00a0(Iran)"
	list := read(t, "quads.tsv", decomposed+"\tConsult\t"+nbsp+"\t2014-01-03\n", nil)
	equal(t, list[0], declared("quads.tsv:1:1", decomposed))
	equal(t, list[1], declared("quads.tsv:1:16", nbsp))
	equal(t, list[4].Draft.Links[0].Value, graph.TextOf("Jos\u00e9"))
	equal(t, list[4].Draft.Links[1].Value.String(), nbsp)
}

func TestReadWithoutOntology(t *testing.T) {
	src := icews.Read("quads.tsv", strings.NewReader("Iran\t040\tChina\t2014-01-03\n"), nil, nil)
	for s, err := range src {
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Links) > 0 {
			equal(t, s.Links[0].Property, "cameo:040")
		}
	}
}

func TestReadCodes(t *testing.T) {
	got, err := icews.ReadCodes("codes.tsv", strings.NewReader("\ufeffpredicate\tcameo\tgoldstein\nPhone\t040\t1\n\nDiscuss\tcameo:036\n"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, map[string]string{"phone": "040", "discuss": "cameo:036"})
}

func TestReadStops(t *testing.T) {
	n := 0
	for range icews.Read("quads.tsv", strings.NewReader("Iran\tConsult\tChina\t2014-01-03\n"), sample.Ontology(), nil) {
		n++
		break
	}
	equal(t, n, 1)
}

// The shape of ICEWS14: 7,128 actors, 230 predicates, 365 days.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 90_730 {
		fmt.Fprintf(&text, "Actor number %d of 7128\tMake a visit\tActor number %d of 7128\t2014-%02d-%02d\n", i*31%7128, i*17%7128, 1+i%12, 1+i%28)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range icews.Read("quads.tsv", strings.NewReader(text.String()), sample.Ontology(), nil) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
