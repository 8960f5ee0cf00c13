package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
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

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server"
)

var update = flag.Bool("update", false, "write the answers into testdata/worlds anew")

// TestWorlds runs the worlds of testdata/worlds, one for each rule of package
// graph and each trap of the example: what they do with documents is done in
// memory, in a directory and by the program, and their questions are answered
// by the Go API and by GraphQL on both stores, and by the program. All answers
// must be those of the file.
func TestWorlds(t *testing.T) {
	files, err := filepath.Glob("testdata/worlds/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no worlds (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runWorld(t, file)
		})
	}
}

func runWorld(t *testing.T, file string) {
	w := readWorld(t, file)
	r := &running{T: t, world: w, dir: t.TempDir(), data: filepath.Join(t.TempDir(), "db")}
	r.open()
	r.run()
	r.check()
	if *update {
		if err := os.WriteFile(file, w.format(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// running is a world that is run.
type running struct {
	*testing.T
	*world
	dir    string // of the world's documents
	data   string // of the program's database
	now    time.Time
	dbs    []*graph.DB // in memory, and in a directory
	types  types
	merged *act // the last merge
}

func (r *running) clock() time.Time { return r.now }

func (r *running) open() {
	r.Helper()
	for _, f := range r.archive.Files {
		if err := os.WriteFile(filepath.Join(r.dir, f.Name), f.Data, 0o600); err != nil {
			r.Fatal(err)
		}
	}
	onDisk, err := badgerkv.Open(r.TempDir(), &badgerkv.Options{Now: r.clock, NoSync: true})
	if err != nil {
		r.Fatal(err)
	}
	for _, store := range []kv.Store{memkv.New(&memkv.Options{Now: r.clock}), onDisk} {
		db, err := graph.Open(r.Context(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: r.clock})
		if err != nil {
			r.Fatal(err)
		}
		r.dbs = append(r.dbs, db)
		r.Cleanup(func() {
			if err := db.Close(); err != nil {
				r.Error(err)
			}
		})
	}
	r.types = readTypes(r.T, func(query string) []byte { return r.serve(r.dbs[0], "", query) })
}

// run goes through the script: questions that follow each other are asked together.
func (r *running) run() {
	for i := 0; i < len(r.lines); {
		l := &r.lines[i]
		if l.act != nil {
			r.now = l.act.at
			if l.act.verb != "" {
				r.do(l)
			}
		}
		var batch []*line
		for ; i < len(r.lines) && r.lines[i].act == nil; i++ {
			if r.lines[i].ask != nil {
				batch = append(batch, &r.lines[i])
			}
		}
		if len(batch) > 0 {
			r.answer(batch)
			continue
		}
		if i < len(r.lines) && &r.lines[i] == l {
			i++
		}
	}
}

// do does an act on all three databases: it succeeds on all of them, or is
// refused by all of them for the reason that the file gives.
func (r *running) do(l *line) {
	r.Helper()
	program := r.command(l.act) // before the act: what is erased has no key any more
	var said []string
	for _, db := range r.dbs {
		said = append(said, r.message(r.byGo(db, l.act)))
	}
	_, stderr, err := r.program(program.stdin, program.args...)
	if err != nil {
		err = errors.New(strings.TrimPrefix(strings.TrimSpace(stderr), "parley: "))
	}
	said = append(said, r.message(err))
	if *update {
		l.answer = nil
		if said[0] != "" {
			l.answer = []string{"refused: " + said[0]}
			r.Logf("script:%d: %s\n%s", l.number, l.text, l.answer[0])
		}
	}
	want := strings.TrimPrefix(strings.Join(l.answer, "\n"), "refused: ")
	for i, got := range said {
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			r.Errorf("script:%d: %s\n%s says %q\nwant %q", l.number, l.text, ways[i], got, want)
		}
	}
}

var ways = []string{"Go in memory", "Go in a directory", "the program", "GraphQL in memory", "GraphQL in a directory"}

// message is what an error says, without the world's directory.
func (r *running) message(err error) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(graph.Message(err), r.dir+"/", "")
}

// path finds a document of the world, else of the example.
func (r *running) path(name string) string {
	if file := filepath.Join(r.dir, name); exists(file) {
		return file
	}
	file, err := filepath.Abs(filepath.Join("../../examples/ukraine-2025", name))
	if err != nil || !exists(file) {
		r.Fatalf("%s: neither in the world nor in the example (%v)", name, err)
	}
	return file
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (r *running) paths(names []string) (list []string) {
	for _, name := range names {
		list = append(list, r.path(name))
	}
	return list
}

// byGo does an act by the Go API.
func (r *running) byGo(db *graph.DB, a *act) error {
	who := graph.Act{Author: "world", Reason: "as the world says"}
	switch a.verb {
	case "load":
		_, err := loaders.Run(r.Context(), db, who, r.paths(a.args), nil)
		return err
	case "erase":
		target, err := targetOf(r.Context(), db, a.args)
		if err != nil {
			return err
		}
		_, err = db.Erase(r.Context(), who, target)
		return err
	}
	_, err := db.Update(r.Context(), who, func(tx *graph.Tx) error { return a.in(r.Context(), db, tx) })
	return err
}

// in does an act within a transaction.
func (a *act) in(ctx context.Context, db *graph.DB, tx *graph.Tx) (err error) {
	one, other := graph.ByKey(a.args[0]), graph.ByKey(a.args[1])
	d := &graph.Draft{Document: graph.ByKey(curation), Key: a.judgement()}
	if a.verb == "merge" || a.verb == "apart" {
		if _, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "curation", ID: "world"}, Title: "By hand", Curation: true}); err != nil {
			return err
		}
	}
	switch a.verb {
	case "merge":
		_, _, err = tx.Merge(one, other, d)
	case "apart":
		_, _, err = tx.KeepApart(one, other, d)
	case "unmerge":
		err = tx.Unmerge(one, other)
	case "retract":
		var target graph.Target
		if target, err = targetOf(ctx, db, a.args); err == nil {
			err = tx.Retract(target.Assertion)
		}
	}
	return err
}

// curation is the document of a world's judgements on sameness.
const curation = "curation:world"

// judgement is a key of its own for each judgement: what was taken back is not
// given again by loading the same.
func (a *act) judgement() string { return a.verb + "/" + a.at.Format(time.RFC3339) }

// targetOf is what erase and retract name: a key, or a document and a key in it.
func targetOf(ctx context.Context, db *graph.DB, args []string) (target graph.Target, err error) {
	v := db.At(graph.Point{Clearance: graph.Red})
	e, err := v.Find(ctx, graph.ByKey(args[0]))
	if err != nil || len(args) == 1 {
		return graph.Target{Entity: e.ID}, err
	}
	for a, err := range v.Assertions(ctx, e.ID) {
		if err != nil {
			return target, err
		}
		if a.Key == args[1] {
			return graph.Target{Assertion: a.ID}, nil
		}
	}
	return target, fmt.Errorf("%w: %s in %s", graph.ErrNotFound, args[1], args[0])
}

// command is a call of the program.
type command struct {
	args  []string
	stdin string
}

// command is the call that does an act. What has no command is a document that
// says the same.
func (r *running) command(a *act) (c command) {
	r.Helper()
	who := []string{"--data", r.data, "--author", "world", "--reason", "as the world says"}
	switch a.verb {
	case "load":
		c.args = append([]string{"load", "--quiet"}, r.paths(a.args)...)
	case "erase":
		c.args = []string{"erase", "--entity", a.args[0]}
		if len(a.args) > 1 {
			target, err := targetOf(r.Context(), r.dbs[0], a.args)
			if err != nil {
				r.Fatal(err)
			}
			c.args = []string{"erase", "--assertion", target.Assertion.String()}
		}
	default:
		if a.verb == "merge" {
			r.merged = a
		}
		c = command{[]string{"load", "--quiet", "--format", "notes", "-"}, a.document(r.merged)}
	}
	c.args = append(c.args, who...)
	return c
}

// document says in notes what an act does; merged is the last merge before it.
func (a *act) document(merged *act) string {
	switch a.verb {
	case "retract":
		return fmt.Sprintf("document %s\nretract %s\n", a.args[0], a.args[1])
	case "unmerge":
		return fmt.Sprintf("document %s\nretract %s\n", curation, merged.judgement())
	}
	word := map[string]string{"merge": "POSITIVE", "apart": "NEGATIVE"}[a.verb]
	return fmt.Sprintf("document %s \"By hand\" ; curation\n@%s sameAs <%s> > <%s>: %s\n", curation, a.judgement(), a.args[0], a.args[1], word)
}

// program runs the program at the world's time.
func (r *running) program(stdin string, args ...string) (stdout, stderr string, err error) {
	r.Helper()
	cmd := child(r.T, args...)
	cmd.Env = append(cmd.Env, programClock+"="+r.now.Format(time.RFC3339Nano))
	cmd.Stdin = strings.NewReader(stdin)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.Fatal(err)
	}
	return out.String(), complaints.String(), err
}

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
		if l.ask.ways == "" {
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
	for _, way := range ways {
		answer, ok := got[way]
		if ok && !slices.Equal(answer, l.answer) {
			r.Errorf("script:%d: %s\n%s answers\n    %s\nwant\n    %s", l.number, l.text, way, strings.Join(answer, "\n    "), strings.Join(l.answer, "\n    "))
		}
	}
}

// check looks through all rows of all databases.
func (r *running) check() {
	r.Helper()
	for i, db := range r.dbs {
		if _, problems, err := db.Check(r.Context()); err != nil || len(problems) > 0 {
			r.Errorf("check, %s: %v %s", ways[i], err, strings.Join(problems, "\n"))
		}
	}
	if stdout, stderr, err := r.program("", "check", "--data", r.data); err != nil {
		r.Errorf("parley check: %v\n%s%s", err, stdout, stderr)
	}
}
