package notes_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

// A kind of one's own has a line, with its words and what needs none, and no
// line of Go: it is read, loaded, exported and read again.
func TestOwnKind(t *testing.T) {
	o, err := schema.Parse("mine", "1", append(schema.Shipped(), schema.Source{Name: "mine.graphql", Text: `
type Route @entity
type Patrol @relation(class: EVENT) {
  patroller: Actor @role(min: 1)
  guest: Actor @role
  along: Route @role(min: 1, max: 1, plural: "along", word: "along")
  strength: Int @attribute
  result: PatrolOutcome @attribute
}
enum PatrolOutcome { QUIET FIRED_UPON }
`})...)
	if err != nil {
		t.Fatal(err)
	}
	const text = `document notes:d "Report"
@1 route notes:r "Line of contact"@en
@2 state notes:ua "Ukraine"
@3 patrol notes:p: notes:ua > notes:r ; strength 12 ; QUIET ; 2025-12-01
@4 deny patrol notes:p: FIRED_UPON ; 2025-12-01
`
	const typed = `document d "Report"
@1 route r "Line of contact"@en
@2 state ua "Ukraine"
@3 patrol p: Ukraine along Line of contact ; strength 12 ; QUIET ; 2025-12-01
@4 deny patrol p: FIRED_UPON ; 2025-12-01
`
	w := graphtest.Open(t, &graph.Options{Ontology: o, Validate: schema.Validate})
	file := write(t, "d.notes", typed)
	if _, err := loaders.Run(ctx, w.DB, graph.Act{}, []string{file}, nil); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(text, "notes:ua > notes:r ;", "notes:ua ; along notes:r ;", 1)
	if got := exported(t, w.At(graph.Point{}), nil); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	same(t, read(t, o, text), read(t, o, want), text)
}

// Who stands for whom may be said by a dataset in the same load.
func TestVoiceFromAnotherFile(t *testing.T) {
	w := open(t)
	loadFiles(t, w, write(t, "e.notes", "document e ; scheme ua25\nby an-us-one\n@1 position US on forum: OPEN\nby Donald Trump\n@2 position Russia on forum: OPEN\n"),
		"../../examples/ukraine-2025/seed.jsonl")
	doc, err := w.At(graph.Point{}).Find(ctx, graph.ByKey("ua25:e"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for a, err := range w.At(graph.Point{}).Assertions(ctx, doc.ID) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a.Voice.String())
	}
	if strings.Join(got, " ") != "OWN_SIDE OTHER_PARTY" {
		t.Errorf("%s, want OWN_SIDE OTHER_PARTY", got)
	}
}

// One document can be exported and loaded alone where it needs no other.
func TestExportOneDocument(t *testing.T) {
	w := open(t)
	loadFiles(t, w, "../../examples/ukraine-2025/seed.jsonl")
	text := exported(t, w.At(graph.Point{}), &notes.ExportOptions{Document: graph.ByKey("source:s000")})
	again := open(t)
	r := loadFiles(t, again, write(t, "s000.notes", text))
	if r.Loaded.New != 40 || r.Loaded.Read != 40 {
		t.Errorf("%s, want 40 assertions", r)
	}
	before, after := dump(t, w.At(graph.Point{})), dump(t, again.At(graph.Point{}))
	for id, a := range after {
		if before[id] != a {
			t.Errorf("%s\nbefore %s\nafter  %s", id, before[id], a)
		}
	}
}
