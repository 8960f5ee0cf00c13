package graph_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

var ctx = context.Background()

// table is a world with two states, two persons, a place and an issue, all of
// them named by a curation document, and the news documents d1 to d3, which
// were published on 1, 2 and 3 December 2025.
func table(w *graphtest.World) {
	w.Helper()
	w.Day("2025-12-01")
	w.Declare("State x:ua", "State x:ru", "Person x:witkoff", "Person x:peskov", "Place x:berlin", "Issue x:land", "Office x:chief")
	for i, day := range []string{"2025-12-01", "2025-12-02", "2025-12-03"} {
		w.Document(fmt.Sprintf("source:d%d", i+1), day)
	}
}

// meeting is a draft about a meeting of Ukraine and Russia.
func meeting(w *graphtest.World, doc, key, meeting, valid string) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Valid: w.Valid(valid), Relation: &graph.Relation{
		Kind: "Meeting", Key: w.Key("x:" + meeting), Fields: []graph.Field{fill("participant", "x:ua", "x:ru"), say("status", "HELD")}}}
}

// fill fills a role with entities.
func fill(role string, keys ...string) graph.Field {
	f := graph.Field{Name: role}
	for _, k := range keys {
		f.Values = append(f.Values, graph.Filler{Value: graph.RefOf(graph.ByKey(k))})
	}
	return f
}

// say fills an attribute with a code.
func say(name, code string) graph.Field {
	return graph.Field{Name: name, Values: []graph.Filler{{Value: graph.CodeOf(code)}}}
}

// stance is a draft about a position of Russia on land.
func stance(w *graphtest.World, doc, key, valid, stance string, voice graph.Voice, chain ...string) graph.Draft {
	d := graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Valid: w.Valid(valid), Voice: voice, Relation: &graph.Relation{
		Kind: "Position", Fields: []graph.Field{fill("holder", "x:ru"), fill("issue", "x:land"), say("stance", stance)}}}
	for _, c := range chain {
		d.Chain = append(d.Chain, graph.ByKey(c))
	}
	return d
}

// relations lists the relations of a kind at a point, each as its headline
// value of a property.
func relations(w *graphtest.World, p graph.Point, kind, property string) string {
	w.Helper()
	list, err := w.At(p).Relations(ctx, graph.RelationQuery{Kind: kind})
	if err != nil {
		w.Fatal(err)
	}
	var words []string
	for _, s := range list {
		c, _ := s.Head(property)
		words = append(words, c.Value.String())
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// neighbors lists what an entity is linked to, as property and direction.
func neighbors(w *graphtest.World, p graph.Point, entity string) string {
	w.Helper()
	var list []string
	for e, err := range w.At(p).Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID(entity))}) {
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, e.Property)
	}
	return strings.Join(list, " ")
}

// only returns the single claim of a subject and property.
func only(w *graphtest.World, p graph.Point, subject, property string) graph.Claim {
	w.Helper()
	list := claims(w, p, subject, property)
	if len(list) != 1 {
		w.Fatalf("%d claims %s of %s, want one", len(list), property, subject)
	}
	return list[0]
}

func claims(w *graphtest.World, p graph.Point, subject, property string) (list []graph.Claim) {
	w.Helper()
	for c, err := range w.At(p).Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID(subject)), Properties: []string{property}}) {
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func want[T cmp.Ordered](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func text(parts ...any) string { return fmt.Sprint(parts...) }
