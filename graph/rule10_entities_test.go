package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// named is a draft that gives an entity a name or an alias.
func named(doc, key, entity, property string, v graph.Value) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Links: []graph.Link{graphtest.Say(entity, property, v)}}
}

// An entity is visible where a live claim is about it or names it as a value.
func TestRule10Visible(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		sees := func(p graph.Point, key string) bool {
			_, err := w.At(p).Entity(ctx, graph.ByKey(key))
			if err != nil && !errors.Is(err, graph.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		if sees(graph.Point{}, "x:ua") {
			t.Error("visible although nothing is said of it")
		}
		before := w.At(graph.Point{}).TS()
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		if !sees(graph.Point{}, "x:ua") || !sees(graph.Point{}, "x:m1") {
			t.Error("not visible although a claim names it")
		}
		if sees(graph.Point{KnownOn: before}, "x:ua") {
			t.Error("visible before anything was said")
		}
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		if sees(graph.Point{}, "x:ua") {
			t.Error("visible although all was retracted")
		}
	})
}

// A name that was recorded later finds nobody in an earlier view.
func TestRule10NamesAtAPoint(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(named("d1", "A", "x:ua", "name", graph.NameOf("Ukraine", "en", "", "")))
		early := w.At(graph.Point{})
		w.Assert(named("d3", "A", "x:ua", "name", graph.NameOf("Україна", "uk", "Cyrl", "")))
		find := func(v graph.View, name string) bool {
			m, err := v.Lookup(ctx, graph.NameQuery{Name: name})
			if err != nil && !errors.Is(err, graph.ErrNotFound) {
				t.Fatal(err)
			}
			return len(m) == 1 && m[0].ID == w.ID("x:ua")
		}
		for _, c := range []struct {
			view graph.View
			name string
			want bool
		}{
			{early, "Ukraine", true}, {early, "Україна", false},
			{w.At(graph.Point{}), "Україна", true}, {w.At(graph.Point{}), "УКРАЇНА", true}, {w.At(graph.Point{}), "  ukraine ", true},
			{w.At(w.Point("", "2025-12-02", graph.Published)), "Україна", false},
			{w.At(w.Point("", "2025-12-02", graph.Published)), "Ukraine", true},
			{w.At(graph.Point{}), "Ukrain", false},
		} {
			if got := find(c.view, c.name); got != c.want {
				t.Errorf("%q: %v, want %v", c.name, got, c.want)
			}
		}
	})
}

// Names before aliases, plain ones before those with a scope; kinds tell apart.
func TestRule10ScopeAndKind(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:de")
		w.Assert(named("d1", "A", "x:berlin", "name", graph.NameOf("Berlin", "en", "", "")))
		w.Assert(named("d1", "B", "x:de", "alias", graph.NameOf("Berlin", "en", "", "government")))
		w.Assert(named("d1", "C", "x:ua", "alias", graph.NameOf("Berlin", "en", "", "")))
		for _, c := range []struct {
			q    graph.NameQuery
			want string
		}{
			{graph.NameQuery{Name: "Berlin"}, "x:berlin"},
			{graph.NameQuery{Name: "Berlin", Kinds: []string{"Place"}}, "x:berlin"},
			{graph.NameQuery{Name: "Berlin", Kinds: []string{"Actor"}}, "x:ua"},
			{graph.NameQuery{Name: "Berlin", Scope: "government"}, "x:de"},
		} {
			m, err := w.At(graph.Point{}).Lookup(ctx, c.q)
			if err != nil || len(m) != 1 || m[0].ID != w.ID(c.want) {
				t.Errorf("%+v: %+v, want %s (%v)", c.q, m, c.want, err)
			}
		}
	})
}

// Labels: the language asked for, then English, then any, then the key; of
// whom only hidden things are said, the id.
func TestRule10Labels(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		ids := []graph.EntityID{w.ID("x:ua"), w.ID("x:ru"), w.ID("x:berlin")}
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "D", Links: []graph.Link{graphtest.Link("x:ua", "near", "x:berlin")}})
		w.Assert(named("d1", "A", "x:ua", "name", graph.NameOf("Ukraine", "en", "", "")))
		w.Assert(named("d1", "B", "x:ua", "name", graph.NameOf("Україна", "uk", "", "")))
		w.Assert(named("d1", "C", "x:ru", "name", graph.NameOf("Россия", "ru", "", "")))
		for lang, expect := range map[string]string{"": "[Ukraine Россия x:berlin]", "uk": "[Україна Россия x:berlin]", "fr": "[Ukraine Россия x:berlin]"} {
			var langs []string
			if lang != "" {
				langs = []string{lang}
			}
			labels, err := w.At(graph.Point{}).Labels(ctx, ids, langs...)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "labels in "+lang, text(labels), expect)
		}
		secret := named("d1", "S", "x:witkoff", "near", graph.RefOf(graph.ByKey("x:berlin")))
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		w.Do(func(tx *graph.Tx) error { // a declaration is told as far as what is said with it
			_, err := tx.Declare(graph.Declaration{Kind: "Person", Keys: []graph.Key{w.Key("x:agent")}})
			if err == nil {
				d := named("d1", "S2", "x:agent", "near", graph.RefOf(graph.ByKey("x:berlin")))
				d.Judgement.Marking = graph.Red
				_, _, err = tx.Assert(d)
			}
			return err
		})
		agent := w.ID("x:agent")
		for clearance, expect := range map[graph.Marking]string{graph.Clear: "x:witkoff " + agent.String(), graph.Red: "x:witkoff x:agent"} {
			labels, err := w.At(graph.Point{Clearance: clearance}).Labels(ctx, []graph.EntityID{w.ID("x:witkoff"), agent})
			want(t, "of what is hidden", text(labels, err), "["+expect+"] <nil>")
		}
	})
}

func TestRule10Suggest(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(named("d1", "A", "x:ua", "name", graph.NameOf("Ukraine", "en", "", "")))
		w.Assert(named("d1", "B", "x:berlin", "name", graph.NameOf("Berlin", "en", "", "")))
		secret := named("d1", "C", "x:ru", "name", graph.NameOf("Ukrainia", "en", "", ""))
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		names, err := w.At(graph.Point{}).Suggest(ctx, graph.NameQuery{Name: "Ukrane"}, 5)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "suggestions", text(names), "[Ukraine]")
	})
}

// Kind is fixed; keys that name two entities join nothing.
func TestRule10KeysAndKind(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		for _, d := range []graph.Declaration{
			{Kind: "Place", Keys: []graph.Key{w.Key("x:ua")}},
			{Kind: "State", Keys: []graph.Key{w.Key("x:ua"), w.Key("x:ru")}},
		} {
			_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error { _, err := tx.Declare(d); return err })
			if !errors.Is(err, graph.ErrConflict) {
				t.Errorf("%v: %v", d, err)
			}
		}
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:ua"), w.Key("wikidata:Q212")}})
			return err
		})
		if w.ID("wikidata:Q212") != w.ID("x:ua") {
			t.Error("a further key names somebody else")
		}
	})
}

// History leads to what was: an entity of which all was retracted, or is only
// denied, is known, though not shown; what is hidden or was never said is not.
func TestRule10Known(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		w.Declare("Meeting x:m2")
		w.Assert(deny(w, "d1", "B", "x:m2"))
		secret := meeting(w, "d1", "C", "m3", "2025-11-30")
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		w.Declare("Meeting x:m4")
		for key, expect := range map[string]bool{"x:m1": true, "x:m2": true, "x:m3": false, "x:m4": false, "x:m5": false} {
			v := w.At(graph.Point{})
			if _, err := v.Entity(ctx, graph.ByKey(key)); !errors.Is(err, graph.ErrNotFound) {
				t.Errorf("%s is shown: %v", key, err)
			}
			e, err := v.Known(ctx, graph.ByKey(key))
			if (err == nil) != expect || (err == nil && e.Keys[0].String() != key) || (err != nil && !errors.Is(err, graph.ErrNotFound)) {
				t.Errorf("%s: %v, %v", key, e, err)
			}
		}
		early := w.Point("", "2025-11-01", graph.Published)
		if _, err := w.At(early).Known(ctx, graph.ByKey("x:m1")); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("before it was published: %v", err)
		}
	})
}

// A property that no kind declares is refused when it is written: with it, the
// store could not be opened again.
func TestUndeclaredIsRefused(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		err := w.Refuse(named("d1", "A", "x:ua", "meet", graph.RefOf(graph.ByKey("x:ru"))))
		if !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), `unknown property "meet": did you mean meets?`) {
			t.Error(err)
		}
		if err := w.Refuse(named("d1", "A", "x:ua", "meets", graph.TextOf("Russia"))); !strings.Contains(err.Error(), "meets is a REFERENCE, not a TEXT") {
			t.Error(err)
		}
	})
}
