package parley_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n > 200 {
		t.Errorf("the README has %d lines, more than 200", n)
	}
	return string(b)
}

// The answers in the README are those of the demo; … stands for what is left out.
func TestReadmeQueries(t *testing.T) {
	ctx := context.Background()
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, file := range []string{"main.jsonl", "seed.jsonl"} {
		if _, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{"examples/ukraine-2025/" + file}, nil); err != nil {
			t.Fatal(err)
		}
	}
	s, err := server.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pairs := regexp.MustCompile("(?s)```graphql\n(.*?)```\n```json\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	if len(pairs) != 5 {
		t.Fatalf("%d questions with answers, want 5", len(pairs))
	}
	for _, p := range pairs {
		holds(t, p[1], answer(t, s, p[1]), p[2])
	}
}

func answer(t *testing.T, s http.Handler, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", query, w.Code, w.Body)
	}
	return w.Body.String()
}

// holds wants the parts of the printed answer, one behind the other, in the real one.
func holds(t *testing.T, query, got, printed string) {
	t.Helper()
	rest := squeeze(got)
	for _, part := range strings.Split(printed, "…") {
		part = strings.Trim(squeeze(part), ",")
		i := strings.Index(rest, part)
		if i < 0 {
			t.Errorf("%sdoes not answer, here or in this order:\n%s\nbut:\n%s", query, part, got)
			return
		}
		rest = rest[i+len(part):]
	}
}

var blanks = regexp.MustCompile(`\s+`)

func squeeze(s string) string { return blanks.ReplaceAllString(s, "") }

// The Go snippet is the tested example of package graph.
func TestReadmeExample(t *testing.T) {
	snippet := regexp.MustCompile("(?s)```go\n(.*?)```").FindStringSubmatch(readme(t))
	source, err := os.ReadFile("graph/example_test.go")
	if err != nil || snippet == nil || !strings.Contains(string(source), snippet[1]) {
		t.Errorf("the README's example is not graph/example_test.go's (%v)", err)
	}
}

// Every folder and file that the README names is there.
func TestReadmePaths(t *testing.T) {
	for _, m := range regexp.MustCompile("`((?:graph|schema|server|loaders|cmd|examples)[a-z0-9_/.A-Z-]*)`").FindAllStringSubmatch(readme(t), -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Error(err)
		}
	}
}

// What the README counts is what the files hold.
func TestReadmeCounts(t *testing.T) {
	text := squeeze(readme(t))
	facts := 0
	var read, parts []string
	for _, file := range []string{"main.jsonl", "seed.jsonl"} {
		b, err := os.ReadFile("examples/ukraine-2025/" + file)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Count(string(b), `{"assert":`)
		byHand := strings.Count(string(b), `"document":"curation:`) - 1
		facts += all - byHand
		read, parts = append(read, fmt.Sprint(all)), append(parts, fmt.Sprintf("%d+%d", all-byHand, byHand))
	}
	for _, want := range []string{fmt.Sprintf("%dattributedfacts", facts), strings.Join(read, "and") + "assertions", strings.Join(parts, "and")} {
		if !strings.Contains(text, want) {
			t.Errorf("the README does not say %s", want)
		}
	}
}

// The notes in the README load.
func TestReadmeNotes(t *testing.T) {
	ctx := context.Background()
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	block := regexp.MustCompile(`(?m)^    document (?:.*\n)(?:    .*\n)+`).FindString(readme(t))
	opts := &loaders.Options{Format: loaders.Notes, Stdin: strings.NewReader(regexp.MustCompile(`(?m)^    `).ReplaceAllString(block, ""))}
	report, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{"-"}, opts)
	if err != nil || report.Loaded.New != 4 {
		t.Errorf("%v: %s\n%s", err, report, block)
	}
}
