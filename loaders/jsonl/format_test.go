package jsonl_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/loaders/jsonl"
	"github.com/parleydb/parley/schema"
)

// compiled gives the JSON Schema of this folder, or one of its definitions.
func compiled(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("dataset.schema.json" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// examples gives the lines of the examples in FORMAT.md.
func examples(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for i, block := range strings.Split(string(page), "```jsonl\n") {
		if example, _, ok := strings.Cut(block, "```"); ok && i > 0 {
			lines.WriteString(example)
		}
	}
	return lines.String()
}

// The examples of FORMAT.md are one dataset of the negotiation ontology.
func TestLoadExamples(t *testing.T) {
	ctx := context.Background()
	w := graphtest.Open(t, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	for range 2 {
		src := jsonl.Read("FORMAT.md", strings.NewReader(examples(t)), w.Ontology())
		if _, err := w.Load(ctx, graph.Act{Author: "test"}, src, nil); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.At(graph.Point{}).Stats(ctx)
	if want := (graph.Stats{Entities: 7, Relations: 4, Claims: 27, Assertions: 6, Documents: 2, Transactions: 1}); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

// validates checks each line of a dataset against the schema.
func validates(t *testing.T, s *jsonschema.Schema, file, text string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		object, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = s.Validate(object)
		}
		if err != nil {
			t.Errorf("%s:%d: %v", file, n, err)
		}
	}
}

func TestSchemaOfExamples(t *testing.T) {
	s := compiled(t, "")
	validates(t, s, "FORMAT.md", examples(t))
	files, err := filepath.Glob("../../examples/*/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		validates(t, s, file, string(text))
	}
}

// The schema and the reader agree on what an object looks like. What only the
// ontology knows, the schema lets pass.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t, "")
	for _, line := range []string{
		`{}`,
		`["entity","ua"]`,
		`{"entity":"ua"}`,
		`{"entity":"ua","kind":"State","population":38000000}`,
		`{"entity":":ua","kind":"State"}`,
		`{"entity":"ua","kind":"State","ids":{"wikidata":[]}}`,
		`{"entity":"ua","kind":"State","ids":{"wiki data":"Q212"}}`,
		`{"document":"d","published":null}`,
		`{"document":"d","title":""}`,
		`{"document":"d","origins":[]}`,
		`{"assert":"a1","document":"d"}`,
		`{"assert":"a1","document":"d","voice":"SLEF","claims":[{"subject":"ua","property":"name","value":"Ukraine"}]}`,
		`{"assert":"a1","document":"d","claims":[{"subject":"ua","property":"name"}]}`,
		`{"assert":"a1","document":"d","claims":[{"subject":"ua","property":"name","value":{"text":"Ukraine","language":"en"}}]}`,
		`{"assert":"a1","document":"d","relation":{"holder":"ua"}}`,
		`{"assert":"a1","document":"d","relation":{"kind":"Meeting","key":"m1","participant":[]}}`,
		`{"assert":"a1","document":"d","relation":{"kind":"Meeting","key":"m1","participant":[["ua"]]}}`,
		`{"dataset":"d","scheme":"a b","ontology":"o"}`,
	} {
		object, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(object) == nil {
			t.Errorf("the schema accepts %s", line)
		}
	}
}

// codes names all values of an enumeration, the one that is not stated left out.
func codes[C ~uint8](first C, name func(C) string) []any {
	var names []any
	for c := first; name(c) != fmt.Sprint(uint8(c)); c++ {
		names = append(names, name(c))
	}
	return names
}

func TestSchemaEnumerations(t *testing.T) {
	marking := codes(graph.Clear, graph.Marking.String)
	for _, m := range slices.Clone(marking) {
		marking = append(marking, strings.TrimPrefix(m.(string), "TLP:"))
	}
	for name, want := range map[string][]any{
		"voice":      codes(graph.Self, graph.Voice.String),
		"level":      codes(graph.OnRecord, graph.Level.String),
		"quote":      codes(graph.Verbatim, graph.Quote.String),
		"modality":   codes(graph.Stated, graph.Modality.String),
		"wording":    codes(graph.ConfirmedWording, graph.Wording.String),
		"factuality": codes(graph.Certain, graph.Factuality.String),
		"rank":       codes(graph.Normal, graph.Rank.String),
		"status":     codes(graph.AcceptedStatus, graph.Status.String),
		"marking":    marking,
	} {
		got := compiled(t, "#/$defs/assertion/properties/"+name).Enum.Values
		less := func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
		slices.SortFunc(got, less)
		slices.SortFunc(want, less)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the graph has %v", name, got, want)
		}
	}
}
