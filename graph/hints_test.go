package graph_test

import (
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Who goes by a key is found without the store once it was found, and once it
// was warmed.
func TestFindFromMemory(t *testing.T) {
	for name, prepare := range map[string]func(*graph.DB) error{
		"found":  func(db *graph.DB) error { return findAgents(db, 3) },
		"warmed": func(db *graph.DB) error { return db.Warm(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			store := &counted{Store: memkv.New(nil)}
			w := &graphtest.World{TB: t, DB: openOn(t, store)}
			table(w)
			if _, err := w.Load(ctx, graph.Act{}, statements(agents(w, 6, graph.Judgement{})...), nil); err != nil {
				t.Fatal(err)
			}
			if err := prepare(w.DB); err != nil {
				t.Fatal(err)
			}
			before := store.n
			if err := findAgents(w.DB, 1); err != nil || store.n != before {
				t.Errorf("%d reads of the store (%v)", store.n-before, err)
			}
		})
	}
}

func findAgents(db *graph.DB, times int) error {
	for range times {
		for _, key := range []string{"x:agent0", "y:agent5"} {
			if _, err := db.At(graph.Point{}).Find(ctx, graph.ByKey(key)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A key that two entities go by finds, for each clearance and before and after
// an erasure, the one that it should, however often it was asked for before.
func TestKeyOfTwo(t *testing.T) {
	w := &graphtest.World{TB: t, DB: openOn(t, memkv.New(nil))}
	table(w)
	finds := func(v graph.View, want graph.EntityID) {
		t.Helper()
		for range 3 {
			if e, err := v.Find(ctx, graph.ByKey("y:agent0")); err != nil || e.ID != want {
				t.Errorf("found %s (%v), want %s", e.ID, err, want)
			}
		}
	}
	load := func(clearance graph.Marking, list []graph.Statement) {
		t.Helper()
		if _, err := w.Load(ctx, graph.Act{Clearance: clearance}, statements(list...), nil); err != nil {
			t.Fatal(err)
		}
	}
	load(graph.Red, agents(w, 1, secretly))
	red := w.At(graph.Point{Clearance: graph.Red})
	first := must(red.Find(ctx, graph.ByKey("x:agent0"))).ID
	finds(red, first)

	open := agents(w, 1, graph.Judgement{Marking: graph.Green})
	open[0].Declaration.Keys[0] = w.Key("z:agent0")
	open[1].Draft.Links[0].Subject = graph.ByKey("z:agent0")
	load(graph.Green, open)
	green := w.At(graph.Point{Clearance: graph.Green})
	second := must(green.Find(ctx, graph.ByKey("z:agent0"))).ID
	finds(green, second)
	finds(w.At(graph.Point{Clearance: graph.Red}), first)
	finds(red, first)

	if _, err := w.Erase(ctx, graph.Act{Author: "clerk", Clearance: graph.Red}, graph.Target{Entity: first}); err != nil {
		t.Fatal(err)
	}
	again := statements(agents(w, 1, graph.Judgement{})...) // who was erased is back, behind the other one
	if _, err := w.Load(ctx, graph.Act{}, again, &graph.LoadOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	finds(w.At(graph.Point{Clearance: graph.Red}), second)
	finds(w.At(graph.Point{Clearance: graph.Green}), second)
	finds(w.At(graph.Point{}), first)
}

// Whoever is named by a key is asked about as by the id, and a cursor goes on
// either way.
func TestAskedByKey(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		links(w, "d1", "ua meets ru 2025-10-01", "ua meets ru 2025-10-02", "witkoff calls ua 2025-10-03", "ru calls ua 2025-10-04")
		v := w.At(graph.Point{})
		ua, ru := graph.ByKey("x:ua"), graph.ByKey("x:ru")
		for _, other := range []graph.Ref{{}, ru} {
			id := graph.Ref{}
			if !other.IsZero() {
				id = graph.ByID(w.ID("x:ru"))
			}
			all, _ := edges(t, v, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua")), Other: id})
			begun, last := edges(t, v, graph.EdgeQuery{Entity: ua, Other: other, First: 2})
			rest, _ := edges(t, v, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua")), Other: id, After: last})
			if list := slices.Concat(begun, rest); !slices.Equal(list, all) || len(all) < 3 {
				t.Errorf("by key, then by id: %q, want %q", list, all)
			}
		}
		byID := must(v.Counts(ctx, graph.ByID(w.ID("x:ua")), graph.Hops{}))
		if byKey := must(v.Counts(ctx, ua, graph.Hops{})); !slices.Equal(byKey, byID) || len(byID) == 0 {
			t.Errorf("counts by key %v, want %v", byKey, byID)
		}
		path := must(v.Path(ctx, graph.PathQuery{From: ua, To: graph.ByKey("x:witkoff")}))
		if len(path) != 1 || path[0].Entity != w.ID("x:ua") || path[0].Other != w.ID("x:witkoff") {
			t.Errorf("path by keys: %v", path)
		}
		hops := must(v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByKey("x:witkoff")}))
		want(t, "at two hops", hops.Two, 1)
		claims := 0
		for _, err := range v.Claims(ctx, graph.ClaimQuery{Subject: ua}) {
			if claims++; err != nil {
				t.Fatal(err)
			}
		}
		want(t, "claims about the key", claims, 2)
		if list, _ := edges(t, v, graph.EdgeQuery{Entity: graph.ByKey("x:nobody")}); len(list) > 0 {
			t.Errorf("nobody has edges: %q", list)
		}
	})
}
