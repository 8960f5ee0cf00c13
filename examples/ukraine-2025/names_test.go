package ukraine2025_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// sharedNames are names that an issue may share with another entity: the
// issue has it as an alias only, the other one is called so and comes first.
var sharedNames = []string{"nato"}

// A name finds an issue, or something else, and not the issue by accident.
func TestIssueNames(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	v := db.At(graph.Point{})
	var others []string
	for _, k := range db.Ontology().Kinds {
		if k.Name != "Issue" && !k.Abstract {
			others = append(others, k.Name)
		}
	}
	var shared []string
	for e, err := range everything(v, "Issue") {
		if err != nil {
			t.Fatal(err)
		}
		names, err := v.Names(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			list, err := v.Lookup(ctx, graph.NameQuery{Name: n.Text})
			if err != nil || len(list) != 1 {
				t.Errorf("%q finds %d entities (%v)", n.Text, len(list), err)
			}
			_, err = v.Lookup(ctx, graph.NameQuery{Name: n.Text, Kinds: others})
			if err == nil {
				shared = append(shared, n.Text)
			} else if !errors.Is(err, graph.ErrNotFound) {
				t.Fatal(err)
			}
		}
	}
	if !slices.Equal(shared, sharedNames) {
		t.Errorf("issues share the names %q, want %q", shared, sharedNames)
	}
}

// Both files call what is in both of them the same.
func TestOneName(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	v := db.At(graph.Point{})
	for _, kind := range db.Ontology().Kinds {
		for e, err := range everything(v, kind.Name) {
			if err != nil {
				t.Fatal(err)
			}
			names, err := v.Names(ctx, e)
			if err != nil {
				t.Fatal(err)
			}
			names = slices.DeleteFunc(names, func(n graph.Name) bool { return n.Alias || n.Language != "en" })
			if len(names) > 1 {
				t.Errorf("a %s has the English names %v", kind.Name, names)
			}
		}
	}
}

// README.md counts publishers as the files name them, without what stands in
// brackets: whom a page copies, or which feed it is.
func TestPublishers(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	documents := map[graph.EntityID]string{}
	publishers := map[string]bool{}
	for s := range sayings(t, db) {
		if name, _, _ := strings.Cut(s.document.Publisher, " ("); !s.document.Curation {
			documents[s.document.ID], publishers[name] = name, true
		}
	}
	delete(publishers, "") // that of the seed article is not known
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%d documents of %d publishers", len(documents), len(publishers))
	if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
		t.Errorf("README.md does not say %q", want)
	}
}

// Each outlier has a reason of its own, and what is said of a source adds to its name.
func TestReasonsAndDescriptions(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	reasons := map[string]string{}
	for s := range sayings(t, db) {
		if s.Assertion.Judgement.Rank == graph.Deprecated {
			reasons[s.Assertion.Key] = s.Assertion.Judgement.Reason
		}
		if s.claim.Property != "description" {
			continue
		}
		labels, err := db.At(graph.Point{}).Labels(ctx, []graph.EntityID{s.claim.Subject})
		if err != nil || labels[0] == s.claim.Value.String() {
			t.Errorf("%q is described by its name (%v)", labels[0], err)
		}
	}
	different := slices.Compact(slices.Sorted(maps.Values(reasons)))
	if len(reasons) != 7 || len(different) != 7 {
		t.Errorf("%d outliers with %d reasons, want 7 and 7: %q", len(reasons), len(different), different)
	}
}
