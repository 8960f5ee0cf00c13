package ukraine2025_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// projection writes all that a view shows: every entity of every kind with its
// names, claims, edges, evidence and history, and every list of relations.
func projection(t *testing.T, v graph.View) string {
	t.Helper()
	var b strings.Builder
	fail := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	for _, kind := range v.Ontology().Kinds {
		if kind.Abstract {
			continue
		}
		for e, err := range v.OfKind(ctx, kind.Name) {
			fail(err)
			names, err := v.Names(ctx, e.ID)
			fail(err)
			labels, err := v.Labels(ctx, []graph.EntityID{e.ID})
			fail(err)
			claims, history, err := v.HistoryOf(ctx, e.ID, "")
			fail(err)
			evidence, err := v.Evidence(ctx, claims)
			fail(err)
			states, err := v.States(ctx, []graph.EntityID{e.ID})
			fail(err)
			fmt.Fprintln(&b, e, names, labels, history, evidence, shown(states))
			for edge, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(e.ID)}) {
				fail(err)
				fmt.Fprintln(&b, edge.Property, edge.Out, edge.Other, edge.From, edge.End, edge.Truth, edge.Rank)
			}
		}
		if kind.Relation {
			list, err := v.Relations(ctx, graph.RelationQuery{Kind: kind.Name})
			fail(err)
			fmt.Fprintln(&b, shown(list))
		}
	}
	return b.String()
}

// shown writes states without the numbers that stand for claims in the store.
func shown(list []graph.Standing) string {
	var words []string
	for _, s := range list {
		for _, c := range s.Claims {
			words = append(words, fmt.Sprint(c.ID, c.Subject, c.Property, c.Value, c.Date(), c.Truth, c.Conflict, c.Rank))
		}
		words = append(words, fmt.Sprint(s.Entity, s.Since, s.Missing, s.Flags))
	}
	return strings.Join(words, "\n")
}

// A government under another name is merged with Russia and taken apart again:
// the whole projection is what it was, byte for byte, on any day; and Moscow,
// the place, never notices.
func TestGolden5MergeAndUnmerge(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	moscow := graph.ByKey("test:moscow")
	_, err := db.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error { return speaksAs(tx, moscow) })
	if err != nil {
		t.Fatal(err)
	}
	points := map[string]graph.Point{"all": {}}
	for _, day := range []string{"2025-12-02", "2025-12-16", "2026-01-23"} {
		on, err := graph.ParseOn(day)
		if err != nil {
			t.Fatal(err)
		}
		points[day] = graph.Point{On: on}
	}
	before := map[string]string{}
	for name, p := range points {
		before[name] = projection(t, db.At(p))
	}
	place := about(t, db.At(graph.Point{}), "ua25:moscow-city")
	counts, err := db.At(graph.Point{}).Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}

	act(t, db, func(tx *graph.Tx) error { _, _, err := tx.Merge(moscow, graph.ByKey("ua25:ru"), nil); return err })
	for name, p := range points {
		if projection(t, db.At(p)) == before[name] {
			t.Errorf("%s: the merge changes nothing", name)
		}
	}
	e, err := db.At(graph.Point{}).Entity(ctx, moscow)
	if err != nil || fmt.Sprint(e.Keys) != "[ua25:ru wikidata:Q159 test:moscow]" {
		t.Errorf("merged: %v (%v)", e, err)
	}
	if got := about(t, db.At(graph.Point{}), "ua25:moscow-city"); got != place {
		t.Errorf("the place changed:\n%s\nwas:\n%s", got, place)
	}
	if got := cells(t, db, "2025-12-16"); len(got) != 40 {
		t.Errorf("%d cells: what the two say on one issue is one cell", len(got))
	}

	act(t, db, func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("ua25:ru"), moscow) })
	for name, p := range points {
		if projection(t, db.At(p)) != before[name] {
			t.Errorf("%s: unmerged, the projection is another one", name)
		}
	}
	after, err := db.At(graph.Point{}).Stats(ctx)
	if after.Transactions -= 2; err != nil || after != counts {
		t.Errorf("counts %+v, want %+v (%v)", after, counts, err)
	}
}

// speaksAs gives an entity a name, a meeting of Russia's, and a position that
// Russia holds, too.
func speaksAs(tx *graph.Tx, ref graph.Ref) error {
	if _, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{ref.Key}}); err != nil {
		return err
	}
	say := func(key string, d graph.Draft) error {
		d.Document, d.Key = graph.ByKey("source:s059"), key
		_, _, err := tx.Assert(d)
		return err
	}
	fill := func(role string, refs ...graph.Ref) graph.Field {
		f := graph.Field{Name: role}
		for _, r := range refs {
			f.Values = append(f.Values, graph.Filler{Value: graph.RefOf(r)})
		}
		return f
	}
	valid, err := graph.ParseValid("2025-12-02", "")
	if err != nil {
		return err
	}
	name := graph.Link{Subject: ref, Property: "name", Value: graph.NameOf("Moscow", "en", "", "government")}
	if err := say("T1", graph.Draft{Links: []graph.Link{name}}); err != nil {
		return err
	}
	meeting := graph.Relation{Kind: "Meeting", Key: graph.Key{Scheme: "ua25", ID: "m-moscow-1202"}, Fields: []graph.Field{
		fill("participant", ref, graph.ByKey("ua25:witkoff")), fill("place", graph.ByKey("ua25:moscow-city"))}}
	if err := say("T2", graph.Draft{Valid: valid, Relation: &meeting}); err != nil {
		return err
	}
	position := graph.Relation{Kind: "Position", Fields: []graph.Field{fill("holder", ref), fill("issue", graph.ByKey("ua25:i-eu")),
		{Name: "stance", Values: []graph.Filler{{Value: graph.CodeOf("OPEN")}}}}}
	return say("T3", graph.Draft{Valid: valid, Voice: graph.OtherParty, Relation: &position})
}

func act(t *testing.T, db *graph.DB, fn func(tx *graph.Tx) error) {
	t.Helper()
	if _, err := db.Update(context.Background(), graph.Act{Author: "test"}, fn); err != nil {
		t.Fatal(err)
	}
}

// about writes what a view shows of one entity.
func about(t *testing.T, v graph.View, key string) string {
	t.Helper()
	e, err := v.Entity(ctx, graph.ByKey(key))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	names, err := v.Names(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, e, names)
	for edge, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(e.ID)}) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, edge.Property, edge.Out, edge.Other, edge.From, edge.End)
	}
	return b.String()
}
