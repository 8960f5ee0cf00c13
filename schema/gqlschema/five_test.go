package gqlschema_test

import (
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// five are the queries that a newcomer writes in the first ten minutes: no
// fragment, no variable, no id, no edge.
var five = []struct{ name, query string }{
	{"meetings", `{ meetings(on: "2025-12-14/2025-12-15", place: "Berlin") { name date status participants { name } topics { name } sources { who via published } } }`},
	{"guarantees", `{ guarantees(beneficiary: "Ukraine", on: "2025-12-16") { guarantors { name } text state conditions deadline { kind date } sources { who level } } }`},
	{"disputes", `{ disputes(about: "Zaporizhzhia") { about { name } state claimants { name } notStated since sources { who } } }`},
	{"positions", `{ actor(name: "Russia") { positions(on: "2025-12-16") { issue { name } stance text saidBy { name } inItsOwnWords age sources { via } } } }`},
	{"changes", `{ changes(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED) { documentsSeen undatedDocuments items { kind summary before after sources { who via } } } }`},
}

// TestFive holds the answers to golden files: of the seed article alone, and of
// all that the example has.
func TestFive(t *testing.T) {
	for dataset, files := range map[string][]string{"seed": {seedFile}, "all": {mainFile, seedFile}} {
		w := open(t, files...)
		for _, q := range five {
			t.Run(dataset+"/"+q.name, func(t *testing.T) {
				golden(t, filepath.Join(dataset, q.name+".json"), w.ask(q.query)+"\n")
			})
		}
	}
}

// TestSameAnswer asks often: the library runs fields in any order.
func TestSameAnswer(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for _, q := range five {
		want := w.ask(q.query)
		for range 10 {
			if got := w.ask(q.query); got != want {
				t.Fatalf("%s: two answers:\n%s\n%s", q.name, want, got)
			}
		}
	}
}

// TestAtOnce asks from several goroutines a schema that nothing has used yet:
// the race detector tells what it still builds.
func TestAtOnce(t *testing.T) {
	w := open(t, seedFile)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, q := range five {
				if r := w.do(q.query); r.HasErrors() {
					t.Errorf("%s: %v", q.name, r.Errors)
				}
			}
			const more = `{ meetingsConnection(filter: {participant: {some: {kind: {eq: "State"}}}, or: [{saidBy: "Russia"}, {during: "2025"}]}, orderBy: {field: DATE}) {
				nodes { through { role } participantsConnection { nodes { representatives { from } } } } }
				meetingsAggregate(groupBy: [MODE, PARTICIPANT]) { groups { keys { value entity { label } } } } }`
			if r := w.do(more); r.HasErrors() {
				t.Error(r.Errors)
			}
		})
	}
	all.Wait()
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: got:\n%s", path, got)
	}
}
