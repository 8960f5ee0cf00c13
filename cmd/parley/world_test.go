package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
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
	"github.com/parleydb/parley/schema"
)

var update = flag.Bool("update", false, "write the answers into testdata/worlds and testdata/questions anew")

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

// Each rule that has been built and each trap has its world.
func TestWorldForEach(t *testing.T) {
	var want []string
	for i := 1; i <= 16; i++ {
		want = append(want, fmt.Sprintf("rule%02d", i))
	}
	for i := 1; i <= 10; i++ {
		want = append(want, fmt.Sprintf("trap%02d", i))
	}
	for _, name := range want {
		files, err := filepath.Glob("testdata/worlds/" + name + "_*.txtar")
		if err != nil || len(files) != 1 {
			t.Errorf("%s: %d worlds (%v)", name, len(files), err)
			continue
		}
		w := readWorld(t, files[0])
		asked := slices.ContainsFunc(w.lines, func(l line) bool { return l.ask != nil && !l.ask.onlyGo })
		if !asked || len(w.archive.Comment) == 0 {
			t.Errorf("%s: a world says what it shows, and asks in every way", files[0])
		}
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
