package negotiation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/graph/negotiation"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

var ctx = context.Background()

// table declares who and what the notes of these tests are about.
const table = `document source:table "Who is who" ; curation ; scheme x
state us "US"
state ru "Russia"
state ua "Ukraine"
negotiation talks "Talks": party US, Russia, Ukraine ; 2025-01-01/..
issue guarantees "Guarantees": negotiation Talks
issue land "Land": negotiation Talks ; halfLife 10
issue other "Other"
anonymousSource officials "US officials": side US ; 2025-01-01/..
mediaOutlet wire "The wire"
person analyst "Analyst"
`

// world is a store that notes are loaded into.
type world struct {
	testing.TB
	db    *graph.DB
	now   time.Time
	files int
}

func newWorld(t testing.TB, notes ...string) *world {
	t.Helper()
	w := &world{TB: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	w.db, err = graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, problems, err := w.db.Check(ctx); err != nil || len(problems) > 0 {
			t.Errorf("check: %v %v", problems, err)
		}
		if err := w.db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, text := range append([]string{table}, notes...) {
		w.load(text)
	}
	return w
}

func (w *world) load(text string) {
	w.Helper()
	w.files++
	file := filepath.Join(w.TempDir(), fmt.Sprintf("%02d.notes", w.files))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	_, err := loaders.Run(ctx, w.db, graph.Act{Author: "test"}, []string{file}, &loaders.Options{Now: func() time.Time { return w.now }})
	if err != nil {
		w.Fatalf("%v in\n%s", err, text)
	}
}

// at is the view on a day ("": no day) under a policy.
func (w *world) at(on string, policy ...graph.Policy) graph.View {
	w.Helper()
	var p graph.Point
	if on != "" {
		i, err := graph.ParseOn(on)
		if err != nil {
			w.Fatal(err)
		}
		p.On = i
	}
	for _, policy := range policy {
		p.Policy = policy
	}
	return w.db.At(p)
}

func (w *world) id(key string) graph.EntityID {
	w.Helper()
	e, err := w.at("").Find(ctx, graph.ByKey("x:"+key))
	if err != nil {
		w.Fatal(err)
	}
	return e.ID
}

// label is the name of an entity.
func (w *world) label(id graph.EntityID) string {
	w.Helper()
	list, err := w.at("").Labels(ctx, []graph.EntityID{id}, "en")
	if err != nil {
		w.Fatal(err)
	}
	return list[0]
}

// cell writes a cell as its status, the stances of its set with their voices,
// what is predicted and why it is unknown.
func (w *world) cell(v graph.View, issue, party string) string {
	w.Helper()
	m, err := negotiation.MatrixOf(ctx, v, &negotiation.MatrixQuery{Negotiation: w.id("talks")})
	if err != nil {
		w.Fatal(err)
	}
	c := m.Cell(w.id(issue), w.id(party))
	if c == nil {
		w.Fatalf("no cell %s × %s", issue, party)
	}
	words := []string{string(c.Status)}
	if c.Reason != "" {
		words = append(words, string(c.Reason))
	}
	for _, p := range c.Positions {
		words = append(words, p.Stance+"/"+p.Voice.String())
	}
	for _, p := range c.Predictions {
		words = append(words, "("+p.Stance+")")
	}
	return strings.Join(words, " ")
}

// conflicts writes each conflict as its kind, property and sides: values, deny,
// and how many roots.
func (w *world) conflicts(v graph.View) string {
	w.Helper()
	list, err := negotiation.Conflicts(ctx, v, nil)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		line := string(c.Kind) + " " + c.Property
		if !c.Computed() {
			line += " judged"
		}
		var sides []string
		for _, s := range c.Sides {
			sides = append(sides, w.side(s))
		}
		slices.Sort(sides)
		lines = append(lines, line+": "+strings.Join(sides, " | "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (w *world) side(s negotiation.Side) string {
	var words []string
	if s.Deny {
		words = append(words, "not")
	}
	for _, c := range s.Values {
		word := c.Value.String()
		if id := c.Value.Entity(); !id.IsZero() {
			word = w.label(id)
		}
		if c.Conflict {
			word += " until " + c.End.Date.String()
		}
		words = append(words, word)
	}
	return fmt.Sprintf("%s (%d roots of %d)", strings.Join(words, " "), len(s.Roots), len(s.Evidence))
}

func want(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }
