package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server/exec"
)

// five are the queries that a newcomer writes in the first ten minutes, each
// with how its answer begins: fields stand in the order of the query.
var five = []struct{ name, query, begins string }{
	{"meetings", `{ meetings(on: "2025-12-14/2025-12-15", place: "Berlin") { name date status participants { name } topics { name } sources { who via published } } }`,
		`{"data":{"meetings":[{"name":"`},
	{"guarantees", `{ guarantees(beneficiary: "Ukraine", on: "2025-12-16") { guarantors { name } text state conditions deadline { kind date } sources { who level } } }`,
		`{"data":{"guarantees":[{"guarantors":[{"name":"`},
	{"disputes", `{ disputes(about: "Zaporizhzhia") { about { name } state claimants { name } notStated since sources { who } } }`,
		`{"data":{"disputes":[{"about":{"name":"Zaporizhzhia Nuclear Power Plant"},"state":"OPEN","claimants":[`},
	{"positions", `{ actor(name: "Russia") { positions(on: "2025-12-16") { issue { name } stance text saidBy { name } inItsOwnWords age sources { via } } } }`,
		`{"data":{"actor":{"positions":[{"issue":{"name":"`},
	{"changes", `{ changes(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED) { documentsSeen undatedDocuments items { kind summary before after sources { who via } } } }`,
		`{"data":{"changes":{"documentsSeen":`},
}

// ukraine serves the example dataset, on 1 May 2026.
func ukraine(t testing.TB, opts *Options) *Server {
	t.Helper()
	today := func() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }
	db, err := graph.Open(t.Context(), memkv.New(&memkv.Options{Now: today}),
		&graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, file := range []string{"main.jsonl", "seed.jsonl"} {
		path := filepath.Join("../examples/ukraine-2025", file)
		if _, err := loaders.Run(t.Context(), db, graph.Act{Author: "test"}, []string{path}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if opts == nil {
		opts = &Options{Now: today, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	}
	s, err := New(db, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// The answers over HTTP are those that the schema's own golden files hold.
func TestFive(t *testing.T) {
	s := ukraine(t, nil)
	for _, q := range five {
		t.Run(q.name, func(t *testing.T) {
			got := ask(t, s, q.query, "")
			if got.Status != http.StatusOK || len(got.Errors) > 0 || !strings.HasPrefix(got.Body, q.begins) {
				t.Fatalf("%d %.300s", got.Status, got.Body)
			}
			golden, err := os.ReadFile("../schema/gqlschema/testdata/all/" + q.name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(decoded(t, golden), decoded(t, got.Data)) {
				t.Errorf("differs from the golden file: %s", got.Data)
			}
			if again := ask(t, s, q.query, ""); again.Body != got.Body {
				t.Errorf("asked again, it answers differently: %s", again.Body)
			}
		})
	}
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Requests that run side by side share types, views and nothing else.
func TestFiveAtOnce(t *testing.T) {
	s := ukraine(t, nil)
	want := map[string]string{}
	for _, q := range append(five, struct{ name, query, begins string }{"schema", introspection, ""}) {
		want[q.query] = ask(t, s, q.query, "").Body
	}
	fresh := ukraine(t, nil)
	var done sync.WaitGroup
	for range 4 {
		for query, body := range want {
			done.Go(func() {
				if got := ask(t, fresh, query, ""); got.Body != body {
					t.Errorf("%s: %.300s", query, got.Body)
				}
			})
		}
	}
	done.Wait()
}

func TestNamesAreEchoed(t *testing.T) {
	s := ukraine(t, nil)
	got := ask(t, s, `{ b: meetings(participant: "Kyiv", place: "Berlin") { date } a: actor(name: "росія") { name } }`, "")
	var answer struct {
		Extensions struct {
			Resolved []struct {
				Path  []any
				Label string
			}
		}
	}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, r := range answer.Extensions.Resolved {
		labels = append(labels, r.Label)
	}
	if strings.Join(labels, ", ") != "Russia, Ukraine, Berlin" {
		t.Errorf("%v: %s", labels, got.Body)
	}
}

func TestMistakesAreTold(t *testing.T) {
	s := ukraine(t, nil)
	for query, want := range map[string][2]string{
		`{ actor(name: "Rusia") { name } }`:                                                                      {codeUnknown, `Russia`},
		`{ meetings(place: "Atlantis") { name } }`:                                                               {codeUnknown, `Atlantis`},
		`{ meetings(knownOn: "2025-12-14") { name } }`:                                                           {exec.CodeInput, `basis: PUBLISHED`},
		`{ meetings(on: "yesterday") { name } }`:                                                                 {exec.CodeInput, `yesterday`},
		`{ meeting(key: "ua25:nope") { name } }`:                                                                 {codeNotFound, `"message":"not found: entity ua25:nope"`},
		`{ actor(id: "nope") { name } }`:                                                                         {exec.CodeInput, `nope`},
		`{ neighbors(of: "Russia", after: "zz") { __typename } }`:                                                {exec.CodeInput, `cursor`},
		`{ meetings(first: -1) { name } }`:                                                                       {exec.CodeInput, `first`},
		`{ actors(first: 1000) { meetings(first: 1000) { name } } }`:                                             {exec.CodeLimit, `page sizes`},
		`{ meetings(status: WHATEVER) { name } }`:                                                                {exec.CodeInvalid, `status`},
		`{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`: {exec.CodeLimit, `schema`},
	} {
		got := ask(t, s, query, "")
		if got.code() != want[0] || !strings.Contains(got.Body, want[1]) {
			t.Errorf("%s: want %v: %s", query, want, got.Body)
		}
	}
}

// Published knowledge ends with its day: what came out later is not there.
func TestKnownOn(t *testing.T) {
	s := ukraine(t, nil)
	const query = `query($day: String) { meetings(place: "Berlin", knownOn: $day, basis: PUBLISHED) { sources { published } } }`
	seen := ""
	for _, day := range []string{"2025-12-14", "2025-12-16", "2026-03-01"} {
		got := ask(t, s, query, `{"day": "`+day+`"}`)
		var answer struct {
			Meetings []struct{ Sources []struct{ Published string } }
		}
		if len(got.Errors) == 0 {
			if err := json.Unmarshal(got.Data, &answer); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range answer.Meetings {
			for _, source := range m.Sources {
				seen = max(seen, source.Published)
				if source.Published > day {
					t.Errorf("known on %s: published %s", day, source.Published)
				}
			}
		}
	}
	if seen == "" {
		t.Error("no answer has a source with a date")
	}
}

// BenchmarkFive answers the five queries through the handler, JSON included.
func BenchmarkFive(b *testing.B) {
	s := ukraine(b, nil)
	for _, q := range five {
		body, _ := json.Marshal(map[string]string{"query": q.query})
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := send(b, s, post(string(body))); got.Status != http.StatusOK {
					b.Fatal(got.Body)
				}
			}
		})
	}
}
