package ukraine2025_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

var ctx = context.Background()

const (
	seedFile = "seed.jsonl"
	mainFile = "main.jsonl"
)

// load loads datasets into memory, one after the other.
func load(t testing.TB, files ...string) (*graph.DB, []loaders.Report) {
	t.Helper()
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
			t.Errorf("check: %v %v", err, problems)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	var reports []loaders.Report
	for _, f := range files {
		reports = append(reports, run(t, db, f))
	}
	return db, reports
}

// run loads one file.
func run(t testing.TB, db *graph.DB, file string) loaders.Report {
	t.Helper()
	r, err := loaders.Run(ctx, db, graph.Act{Author: "test"}, []string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// counted counts what is said outside of curation: assertions and documents.
func counted(t *testing.T, db *graph.DB) string {
	t.Helper()
	assertions, documents := map[graph.AssertionID]bool{}, map[graph.EntityID]bool{}
	for s := range sayings(t, db) {
		if !s.document.Curation {
			assertions[s.Assertion.ID], documents[s.document.ID] = true, true
		}
	}
	return fmt.Sprintf("%d assertions, %d documents", len(assertions), len(documents))
}

// saying is what one assertion says: a claim about an entity of a kind.
type saying struct {
	kind     string
	claim    graph.Claim
	document graph.Document
	graph.Evidence
}

// sayings yields all that is said, judgements of contradictions included.
func sayings(t *testing.T, db *graph.DB) iter.Seq[saying] {
	t.Helper()
	return func(yield func(saying) bool) {
		v := db.At(graph.Point{})
		for _, kind := range db.Ontology().Kinds {
			for e, err := range everything(v, kind.Name) {
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range sayingsOf(t, v, kind.Name, e) {
					if !yield(s) {
						return
					}
				}
			}
		}
	}
}

func sayingsOf(t *testing.T, v graph.View, kind string, e graph.EntityID) (list []saying) {
	t.Helper()
	claims, evidence, err := v.HistoryOf(ctx, e, "")
	if err != nil {
		t.Fatal(err)
	}
	byID := map[graph.ClaimID]graph.Claim{}
	for _, c := range claims {
		byID[c.ID] = c
	}
	for _, x := range evidence {
		docs, err := v.Documents(ctx, []graph.EntityID{x.Assertion.Document})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, saying{kind, byID[x.Claim], docs[0], x})
	}
	return list
}

// everything yields the ids of the entities and relations of one kind. The
// judgements of contradictions, which are timeless, are found by their sides.
func everything(v graph.View, kind string) iter.Seq2[graph.EntityID, error] {
	return func(yield func(graph.EntityID, error) bool) {
		switch k := v.Ontology().Kind(kind); {
		case k.Abstract:
			return
		case kind == "Contradicts":
			for e, err := range v.Edges(ctx, "one", graph.Interval{}) {
				if !yield(e.Entity, err) {
					return
				}
			}
			return
		}
		for e, err := range v.OfKind(ctx, kind) {
			if (err != nil || e.Kind == kind) && !yield(e.ID, err) {
				return
			}
		}
	}
}

func TestCounts(t *testing.T) {
	for files, want := range map[string]string{
		seedFile:                  "40 assertions, 1 documents",
		seedFile + " " + seedFile: "40 assertions, 1 documents",
		mainFile:                  "433 assertions, 144 documents",
		seedFile + " " + mainFile: "473 assertions, 145 documents",
		mainFile + " " + seedFile: "473 assertions, 145 documents",
	} {
		db, _ := load(t, strings.Fields(files)...)
		if got := counted(t, db); got != want {
			t.Errorf("%s: %s, want %s", files, got, want)
		}
	}
}

// In either order the files come to the same graph, and a second load adds nothing.
func TestOrderAndAgain(t *testing.T) {
	one, _ := load(t, seedFile, mainFile)
	other, reports := load(t, mainFile, seedFile, mainFile, seedFile)
	a, err := one.At(graph.Point{}).Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := other.At(graph.Point{}).Stats(ctx)
	if err != nil || a != b {
		t.Errorf("counts: %+v and %+v (%v)", a, b, err)
	}
	for _, r := range reports[2:] {
		if r.Loaded.New != 0 || r.Loaded.Corrected != 0 || r.Loaded.Known != r.Loaded.Read || r.Loaded.Read == 0 {
			t.Errorf("again: %s", r)
		}
	}
}

// cells lists who is known to stand where on what, predictions and outliers
// left out, written "Russia × EU membership of Ukraine: OPEN".
func cells(t *testing.T, db *graph.DB, day string) []string {
	t.Helper()
	on, err := graph.ParseOn(day)
	if err != nil {
		t.Fatal(err)
	}
	v := db.At(graph.Point{On: on})
	list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Position"})
	if err != nil {
		t.Fatal(err)
	}
	stances := map[string][]string{}
	for _, s := range list {
		evidence, err := v.Evidence(ctx, s.All("holder"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(evidence, func(e graph.Evidence) bool {
			return e.Modality != graph.Predicted && e.Judgement.Rank != graph.Deprecated
		}) {
			continue
		}
		holder, _ := s.Head("holder")
		issue, _ := s.Head("issue")
		names, err := v.Labels(ctx, []graph.EntityID{holder.Value.Entity(), issue.Value.Entity()})
		if err != nil {
			t.Fatal(err)
		}
		stance, _ := s.Head("stance")
		cell := names[0] + " × " + names[1]
		stances[cell] = append(stances[cell], stance.Value.String())
	}
	var cells []string
	for cell, words := range stances {
		slices.Sort(words)
		cells = append(cells, cell+": "+strings.Join(slices.Compact(words), ", "))
	}
	slices.Sort(cells)
	return cells
}

// The numbers of known cells that the curator computed from the tables.
func TestKnownCells(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	for day, want := range map[string]int{"2025-12-15": 37, "2025-12-16": 40} {
		if got := cells(t, db, day); len(got) != want {
			t.Errorf("%s: %d cells, want %d:\n%s", day, len(got), want, strings.Join(got, "\n"))
		}
	}
}

// The state that the seed article supports: five cells, none of them Ukraine's,
// and nothing of Russia's on the guarantees but a prediction.
func TestSeedCells(t *testing.T) {
	db, _ := load(t, seedFile)
	want := []string{
		"Russia × EU membership of Ukraine: OPEN",
		"The Europeans × Security guarantees for Ukraine: WELCOME",
		"United States × Forum, format and sequence of talks: STATED_POSITION",
		"United States × Security guarantees for Ukraine: SUPPORT",
		"United States × Territory: Donbas and the line of contact: DEFERS",
	}
	if got := cells(t, db, "2025-12-15"); !slices.Equal(got, want) {
		t.Errorf("cells:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Six issues and four parties make the table of the seed.
func TestSeedTable(t *testing.T) {
	db, _ := load(t, seedFile)
	v := db.At(graph.Point{})
	issues := 0
	for _, err := range v.OfKind(ctx, "Issue") {
		if err != nil {
			t.Fatal(err)
		}
		issues++
	}
	n, err := v.Entity(ctx, graph.ByKey("ua25:ukraine-peace-2025"))
	if err != nil {
		t.Fatal(err)
	}
	states, err := v.States(ctx, []graph.EntityID{n.ID})
	if err != nil {
		t.Fatal(err)
	}
	if parties := len(states[0].All("party")); issues != 6 || parties != 4 {
		t.Errorf("%d issues and %d parties, want 6 and 4", issues, parties)
	}
}

// What the pages themselves do not state stays unknown.
func TestSeedUnknowns(t *testing.T) {
	db, _ := load(t, seedFile)
	v := db.At(graph.Point{})
	doc, err := v.Entity(ctx, graph.ByKey("source:s000"))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := v.Documents(ctx, []graph.EntityID{doc.ID})
	if err != nil || docs[0].Publisher != "" || !docs[0].Published.IsZero() {
		t.Errorf("outlet %q, date %q (%v)", docs[0].Publisher, docs[0].Published, err)
	}
	e, err := v.Entity(ctx, graph.ByKey("ua25:m-blackrock-ua"))
	if err != nil {
		t.Fatal(err)
	}
	states, err := v.States(ctx, []graph.EntityID{e.ID})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := states[0].Head("participant")
	if len(states[0].All("place")) != 0 || c.Date() != "" {
		t.Errorf("the meeting with BlackRock has place %v and date %q", states[0].All("place"), c.Date())
	}
}
