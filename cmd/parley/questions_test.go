package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	ukraine "github.com/parleydb/parley/examples/ukraine-2025"
	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server"
)

// asked is a question of an analyst to the example, from testdata/questions: the
// words, a GraphQL document and a command line, each with how its answer is
// reduced to lines, and the lines that are the answer. Its call of the Go API is
// in questions_go_test.go. Where the command is parley query, it asks the document.
type asked struct {
	id       string
	archive  *txtar.Archive
	graphQL  string
	commands [][]string
	lines    map[string][]reduction
	want     []string
}

// The sections of a question's file.
const (
	sectionGraphQL      = "graphql"
	sectionGraphQLLines = "graphql.lines"
	sectionCommand      = "command"
	sectionCommandLines = "command.lines"
	sectionAnswer       = "answer"
)

// The questions on the article alone are Q01 to Q20, the last one without its
// forecast; those on the whole example M01 to M15.
const ofSeed, ofAll = 20, 15

// TestQuestions asks every question by the Go API, by GraphQL and by the program,
// on one database in a directory: three answers must be that of the file.
func TestQuestions(t *testing.T) {
	questions := readQuestions(t)
	program := built(t)
	for _, d := range datasets {
		ask := &asking{T: t, data: filepath.Join(t.TempDir(), "db"), keys: map[string]string{}}
		ask.load(d)
		answers := map[string]map[string][]string{}
		for _, q := range questions {
			if strings.HasPrefix(q.id, d.letter) {
				answers[q.id] = map[string][]string{"Go": ask.byGo(q), "GraphQL": ask.byGraphQL(q)}
			}
		}
		ask.close()
		for _, q := range questions {
			if answers[q.id] != nil {
				t.Run(q.id, func(t *testing.T) {
					answers[q.id]["command"] = ask.byCommand(t, program, q)
					q.compare(t, answers[q.id])
				})
			}
		}
	}
}

// datasets are what the questions are asked of, each with the day on which the
// database records it.
var datasets = []dataset{
	{"Q", []string{"2025-12-16 " + ukraine.Seed}},
	{"M", []string{"2025-12-16 " + ukraine.Seed, "2026-05-01 " + ukraine.Main}},
}

type dataset struct {
	letter string
	files  []string
}

func (q *asked) compare(t *testing.T, answers map[string][]string) {
	t.Helper()
	if *update {
		q.want = answers["Go"]
		q.write(t)
	}
	if len(q.want) == 0 {
		t.Error("no answer is written down")
	}
	for way, got := range answers {
		if !slices.Equal(got, q.want) {
			t.Errorf("%s answers\n%s\nwant\n%s", way, strings.Join(got, "\n"), strings.Join(q.want, "\n"))
		}
	}
}

func (q *asked) write(t *testing.T) {
	t.Helper()
	for i, f := range q.archive.Files {
		if f.Name == sectionAnswer {
			q.archive.Files[i].Data = []byte(strings.Join(q.want, "\n") + "\n")
		}
	}
	if err := os.WriteFile(filepath.Join("testdata/questions", q.id+".txtar"), txtar.Format(q.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// All questions are there, in words, in three ways, and with an answer.
func TestQuestionsAreAll(t *testing.T) {
	var want, got []string
	for letter, n := range map[string]int{"Q": ofSeed, "M": ofAll} {
		for i := range n {
			want = append(want, fmt.Sprintf("%s%02d", letter, i+1))
		}
	}
	slices.Sort(want)
	for _, q := range readQuestions(t) {
		got = append(got, q.id)
		if len(q.archive.Comment) == 0 || q.graphQL == "" || len(q.commands) == 0 || q.call() == nil || len(q.want) == 0 {
			t.Errorf("%s: the words, one of the three ways or the answer is missing", q.id)
		}
	}
	if !slices.Equal(got, want) || len(goQuestionsOfSeed) != ofSeed || len(goQuestionsOfAll) != ofAll {
		t.Errorf("there are the questions %v, want %v", got, want)
	}
}

func readQuestions(t *testing.T) (list []*asked) {
	t.Helper()
	files, err := filepath.Glob("testdata/questions/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		list = append(list, readQuestion(t, file))
	}
	return list
}

func readQuestion(t *testing.T, file string) *asked {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	q := &asked{id: strings.TrimSuffix(filepath.Base(file), ".txtar"), archive: archive, lines: map[string][]reduction{}}
	for _, f := range archive.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case sectionGraphQL:
			q.graphQL = text
		case sectionCommand:
			r := csv.NewReader(strings.NewReader(text))
			r.Comma, r.FieldsPerRecord = ' ', -1
			q.commands, err = r.ReadAll()
		case sectionGraphQLLines, sectionCommandLines:
			q.lines[f.Name], err = reductions(text)
		case sectionAnswer:
			q.want = strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
		default:
			err = fmt.Errorf("unknown section %s", f.Name)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return q
}

// built builds the program.
func built(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// asking asks of one database.
type asking struct {
	*testing.T
	data string
	now  time.Time
	db   *graph.DB
	http *server.Server
	keys map[string]string // of entities, by their ids; of one without a key, its kind
}

func (a *asking) clock() time.Time { return a.now }

// load loads files into a directory, each on its day, and serves it.
func (a *asking) load(d dataset) {
	a.Helper()
	a.now = day0
	store, err := badgerkv.Open(a.data, &badgerkv.Options{Now: a.clock})
	if err != nil {
		a.Fatal(err)
	}
	if a.db, err = graph.Open(a.Context(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Evolve: schema.Evolve, Now: a.clock}); err != nil {
		a.Fatal(err)
	}
	for _, dated := range d.files {
		day, file, _ := strings.Cut(dated, " ")
		if a.now, err = time.Parse(time.DateOnly, day); err != nil {
			a.Fatal(err)
		}
		if _, err := loaders.Run(a.Context(), a.db, graph.Act{Author: "test"}, []string{filepath.Join("../../examples/ukraine-2025", file)}, nil); err != nil {
			a.Fatal(err)
		}
	}
	if a.http, err = server.New(a.db, &server.Options{Now: a.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}); err != nil {
		a.Fatal(err)
	}
	for _, kind := range a.db.Ontology().Kinds {
		for e, err := range a.db.At(graph.Point{}).OfKind(a.Context(), kind.Name) {
			if err != nil {
				a.Fatal(err)
			}
			a.keys[e.ID.String()] = e.Kind
			if len(e.Keys) > 0 {
				a.keys[e.ID.String()] = e.Keys[0].ID
			}
		}
	}
}

// day0 is before all that is loaded.
var day0 = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func (a *asking) close() {
	a.Helper()
	if err := a.http.Close(); err != nil {
		a.Error(err)
	}
	if err := a.db.Close(); err != nil {
		a.Error(err)
	}
}

func (a *asking) byGraphQL(q *asked) []string {
	a.Helper()
	body, err := json.Marshal(map[string]string{"query": q.graphQL})
	if err != nil {
		a.Fatal(err)
	}
	r := httptest.NewRequestWithContext(a.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.http.ServeHTTP(w, r)
	return reduce(dataOf(a.T, q, w.Body.Bytes()), q.lines[sectionGraphQLLines], a.keys)
}

// dataOf is the answer in a response, which must not have errors.
func dataOf(t *testing.T, q *asked, text []byte) any {
	t.Helper()
	response, ok := decode(t, text).(map[string]any)
	if !ok || response["errors"] != nil {
		t.Errorf("%s: %s", q.id, text)
		return nil
	}
	return response["data"]
}

// byCommand runs the program once for each command line; the answers of several
// stand in a list.
func (a *asking) byCommand(t *testing.T, program string, q *asked) []string {
	t.Helper()
	var answers []any
	for _, line := range q.commands {
		cmd := exec.Command(program, append(line[1:], "--format", "json")...)
		cmd.Env = append(os.Environ(), "PARLEY_DATA="+a.data)
		cmd.Stdin = strings.NewReader(q.graphQL)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(line, " "), err, stderr.String())
		}
		if line[1] == "query" {
			return reduce(dataOf(t, q, stdout.Bytes()), q.lines[sectionGraphQLLines], a.keys)
		}
		answers = append(answers, decode(t, stdout.Bytes()))
	}
	if len(answers) == 1 {
		return reduce(answers[0], q.lines[sectionCommandLines], a.keys)
	}
	return reduce(answers, q.lines[sectionCommandLines], a.keys)
}
