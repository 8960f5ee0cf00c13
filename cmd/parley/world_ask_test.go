package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server"
)

// serve asks a server of its own.
func (r *running) serve(db *graph.DB, marked, query string) []byte {
	r.Helper()
	clearance, err := graph.ParseMarking(marked)
	if err != nil {
		r.Fatal(err)
	}
	s, err := server.New(db, &server.Options{Clearance: clearance, Now: r.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		r.Fatal(err)
	}
	defer s.Close()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		r.Fatal(err)
	}
	request := httptest.NewRequestWithContext(r.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	return recorder.Body.Bytes()
}

// answer asks questions in every way, those of one clearance together.
func (r *running) answer(batch []*line) {
	r.Helper()
	got := map[*line]map[string][]string{}
	byMarking := map[string][]*line{}
	for _, l := range batch {
		got[l] = map[string][]string{}
		for i, db := range r.dbs {
			answer, err := answerByGo(r.T, db, l.ask)
			if err != nil {
				r.Fatalf("script:%d: %s: %v", l.number, l.text, err)
			}
			got[l][ways[i]] = answer
		}
		if !l.ask.onlyGo {
			byMarking[l.ask.marked] = append(byMarking[l.ask.marked], l)
		}
	}
	for marked, lines := range byMarking {
		query := r.query(lines)
		stdout, stderr, _ := r.program("", "query", "--data", r.data, "--clearance", marked, query)
		r.decode(lines, ways[2], query, []byte(stdout), stderr, got)
		for i, db := range r.dbs {
			r.decode(lines, ways[3+i], query, r.serve(db, marked, query), "", got)
		}
	}
	for _, l := range batch {
		r.compare(l, got[l])
	}
}

// query is one GraphQL query for several questions.
func (r *running) query(lines []*line) string {
	r.Helper()
	var b strings.Builder
	b.WriteString("{\n")
	for i, l := range lines {
		field, err := r.types.asked(fmt.Sprintf("q%d", i), l.ask)
		if err != nil {
			r.Fatalf("script:%d: %s: %v", l.number, l.text, err)
		}
		b.WriteString(field + "\n")
	}
	return b.String() + "}"
}

func (r *running) decode(lines []*line, way, query string, text []byte, stderr string, got map[*line]map[string][]string) {
	r.Helper()
	var answer struct {
		Data   map[string]any
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		r.Fatalf("%s: %v\n%s\n%s\n%s", way, err, query, text, stderr)
	}
	for _, e := range answer.Errors {
		if answer.Data == nil || e.Extensions.Code != "NOT_FOUND" && e.Extensions.Code != "UNKNOWN_NAME" {
			r.Fatalf("%s: %s (%s)\n%s", way, e.Message, e.Extensions.Code, query)
		}
	}
	for i, l := range lines {
		got[l][way] = written(l.ask.read(answer.Data[fmt.Sprintf("q%d", i)]))
	}
}

func (r *running) compare(l *line, got map[string][]string) {
	r.Helper()
	if *update {
		l.answer = got[ways[0]]
	}
	for _, d := range l.differences(got) {
		r.Error(d)
	}
}

// differences tells which ways have another answer than the file, or none.
func (l *line) differences(got map[string][]string) (list []string) {
	asked := ways
	if l.ask.onlyGo {
		asked = ways[:2]
	}
	for _, way := range asked {
		if answer := got[way]; !slices.Equal(answer, l.answer) {
			list = append(list, fmt.Sprintf("script:%d: %s\n%s answers\n    %s\nwant\n    %s",
				l.number, l.text, way, strings.Join(answer, "\n    "), strings.Join(l.answer, "\n    ")))
		}
	}
	return list
}

// An answer that one way alone gives differently, or not at all, is noticed.
func TestWorldDifferences(t *testing.T) {
	for _, onlyGo := range []bool{false, true} {
		l := &line{ask: &question{onlyGo: onlyGo}, answer: []string{"x:m1 | Russia"}}
		asked := len(ways)
		if onlyGo {
			asked = 2
		}
		got := map[string][]string{}
		for i := range asked + 1 {
			if n := len(l.differences(got)); n != asked-i {
				t.Errorf("onlyGo %v: %d of %d ways give the answer, and %d differ", onlyGo, i, asked, n)
			}
			if i < asked {
				got[ways[i]] = []string{"x:m1 | Russia"}
			}
		}
	}
}
