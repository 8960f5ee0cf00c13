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

// What the example does not have: claims of their own times and numbers, about
// relations with and without keys, denials, documents that others refer to,
// entities without keys.
func TestExportOfTheRest(t *testing.T) {
	w := open(t)
	cast, err := os.ReadFile("testdata/cast.notes")
	if err != nil {
		t.Fatal(err)
	}
	loadFiles(t, w, write(t, "rest.notes", string(cast)+`
document d0 "Zero"
@0 claim US: alias "The States"
document d1 "One" ; version of d0 ; origins x:cnn ; published 2025-12-01
by US officials [BACKGROUND ; B2 ; said 2025-11-30] via CNN
@1 position US on land: key x:p1 ; OPEN ; option "a", (text "b" ; amount 2.5) ; if "c" ; 2025-12-01 [OTHER_PARTY ; DEPRECATED ; reason "a slip"]
  + x:p1: text "changed" ; 2025-12-02
@2 claim US: cameo:040 Ukraine ; 2025-12-01 ; occurrence 1
  + Ukraine: cameo:040 US ; 2025-12-01 ; occurrence 2
  + deny US: alias Columbia
@3 deny position Ukraine on land: OPEN ; option "a" ; 2025-12-01
@4 deny meeting m: HELD ; 2025-12-02
@5 guarantee g: US > Ukraine ; deadline FIXED 2025-11-27 "before the feast" ; TABLED ; if "d" ; 2025-12-01/..
@6 utterance US: about option ("a" ; on land), Ukraine, x:p1 ; "words" ; 2025-11-30/2025-12-01
@7 claim x:p1: alias "The first"
position Russia on land: OPEN ; voice ANALYST ; /2025-12-01~ [voice ? ; "without a key"]
`))
	before := dump(t, w.At(graph.Point{}))
	text := exported(t, w.At(graph.Point{}), nil)
	again := open(t)
	loadFiles(t, again, write(t, "again.notes", text))
	sameDump(t, dump(t, again.At(graph.Point{})), before)
	if r := loadFiles(t, w, write(t, "over.notes", text)); r.Loaded.Known != r.Loaded.Read {
		t.Errorf("loaded over itself: %s\n%s", r, text)
	}
}

// An entity without a key gets one that is made of its id.
func TestExportOfMinted(t *testing.T) {
	w := open(t)
	loadFiles(t, w, write(t, "d.notes", "document x:d\nstate x:us \"US\"\n"))
	var id graph.EntityID
	w.Do(func(tx *graph.Tx) error {
		var err error
		if id, err = tx.Declare(graph.Declaration{Kind: "State"}); err != nil {
			return err
		}
		_, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("x:d"), Key: "minted", Links: []graph.Link{
			{Subject: graph.ByID(id), Property: "name", Value: graph.TextOf("Nowhere")}}})
		return err
	})
	text := exported(t, w.At(graph.Point{}), nil)
	if want := "state id:" + id.String() + "\n"; !strings.Contains(text, want) {
		t.Errorf("%s\nlacks %s", text, want)
	}
	again := open(t)
	loadFiles(t, again, write(t, "again.notes", text))
	if list, err := again.At(graph.Point{}).Lookup(ctx, graph.NameQuery{Name: "Nowhere"}); err != nil || len(list) != 1 {
		t.Errorf("%v (%v)", list, err)
	}
}

// Without an ontology there are names to claim, and nothing falls over.
func TestNoOntology(t *testing.T) {
	list := read(t, nil, "document x:d\nclaim x:us: name \"US\" ; alias A, B\nretract a\n")
	text := printed(t, nil, list)
	same(t, read(t, nil, text), list, text)
	for _, err := range notes.Read("x", strings.NewReader("document d\nstate us \"US\""), nil) {
		if err == nil || err.Error() != `x:2:1: unknown word "state": want one of by, claim, correct, deny, document, entity, retract` {
			t.Fatal(err)
		}
		return
	}
}
