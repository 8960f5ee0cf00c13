package graph_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// What a point may not tell of is told by neither of the two ways to an
// assertion: by its id, and by the history of what it says.
func TestKnownAssertion(t *testing.T) {
	for name, c := range map[string]struct {
		judge func(*graph.Judgement)
		point func(*graphtest.World) graph.Point
		known bool
	}{
		"newest":            {nil, func(*graphtest.World) graph.Point { return graph.Point{} }, true},
		"not yet recorded":  {nil, func(w *graphtest.World) graph.Point { return w.Point("", "2025-11-30", graph.Recorded) }, false},
		"not yet published": {nil, func(w *graphtest.World) graph.Point { return w.Point("", "2025-12-01", graph.Published) }, false},
		"published":         {nil, func(w *graphtest.World) graph.Point { return w.Point("", "2025-12-02", graph.Published) }, true},
		"marked":            {func(j *graph.Judgement) { j.Marking = graph.Green }, func(*graphtest.World) graph.Point { return graph.Point{} }, false},
		"cleared": {func(j *graph.Judgement) { j.Marking = graph.Green },
			func(*graphtest.World) graph.Point { return graph.Point{Clearance: graph.Green} }, true},
		"under embargo": {func(j *graph.Judgement) { j.Embargo = embargo },
			func(*graphtest.World) graph.Point { return graph.Point{Clearance: graph.Red} }, false},
		"embargo over": {func(j *graph.Judgement) { j.Embargo = embargo }, func(w *graphtest.World) graph.Point {
			w.Day("2025-12-06")
			return graph.Point{}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
				table(w)
				d := meeting(w, "d2", "A", "m1", "2025-11-30")
				if c.judge != nil {
					c.judge(&d.Judgement)
				}
				id, _ := w.Assert(d)
				claim := claimOfRecord(w, "x:m1", "status")
				v := w.At(c.point(w))
				_, err := v.Assertion(ctx, id)
				if (err == nil) != c.known || (err != nil && !errors.Is(err, graph.ErrNotFound)) {
					t.Errorf("by id: known %v, want %v (%v)", err == nil, c.known, err)
				}
				_, err = v.History(ctx, claim)
				if (err == nil) != c.known || (err != nil && !errors.Is(err, graph.ErrNotFound)) {
					t.Errorf("history: known %v, want %v (%v)", err == nil, c.known, err)
				}
			})
		})
	}
}

// claimOfRecord is the id of a claim, whoever may see it.
func claimOfRecord(w *graphtest.World, subject, property string) graph.ClaimID {
	w.Helper()
	day := w.At(graph.Point{Clearance: graph.Red})
	claims, _, err := day.HistoryOf(ctx, w.ID(subject), property)
	if err != nil {
		w.Fatal(err)
	}
	if len(claims) == 1 {
		return claims[0].ID
	}
	// Under embargo nobody sees it: what says the same in another world has the same id.
	other := graphtest.Open(w.TB, nil)
	table(other)
	other.Assert(meeting(other, "d2", "A", "m1", "2025-11-30"))
	return only(other, graph.Point{}, subject, property).ID
}

// A record that was closed later still stood at an earlier point; and of
// several records of one assertion the newest that the point knows is given.
func TestKnownClosedLater(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		claim := only(w, graph.Point{}, "x:m1", "status").ID
		before := w.At(graph.Point{})
		ts := w.Do(func(tx *graph.Tx) error {
			return tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Deprecated })
		})
		for _, c := range []struct {
			name string
			view graph.View
			ends []graph.TS
			rank graph.Rank
		}{
			{"before", before, []graph.TS{0}, graph.Normal},
			{"after", w.At(graph.Point{}), []graph.TS{ts, 0}, graph.Deprecated},
		} {
			list, err := c.view.History(ctx, claim)
			if err != nil {
				t.Fatal(err)
			}
			var ends []graph.TS
			for _, e := range list {
				ends = append(ends, e.Recorded.To)
			}
			if !slices.Equal(ends, c.ends) {
				t.Errorf("%s: records end at %v, want %v", c.name, ends, c.ends)
			}
			a, err := c.view.Assertion(ctx, id)
			if err != nil || a.Judgement.Rank != c.rank || a.Recorded.To != 0 {
				t.Errorf("%s: rank %v until %v, want %v (%v)", c.name, a.Judgement.Rank, a.Recorded.To, c.rank, err)
			}
		}
	})
}

// A key that was given later finds nobody at a point before.
func TestKnownKey(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		before := w.At(graph.Point{})
		later := graph.ByKey("wikidata:Q212")
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{w.Key("x:ua"), later.Key}})
			return err
		})
		if e, err := before.Entity(ctx, later); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("before: %v (%v)", e, err)
		}
		e, err := w.At(graph.Point{}).Entity(ctx, later)
		if err != nil || e.ID != w.ID("x:ua") || len(e.Keys) != 2 {
			t.Errorf("after: %v (%v)", e, err)
		}
	})
}

// Documents say which one they are a version of, and whom they relay.
func TestKnownVersionAndOrigins(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: w.Key("source:d4"), VersionOf: graph.ByKey("source:d1"), Origins: []graph.Ref{graph.ByKey("x:peskov")}})
			return err
		})
		w.Assert(meeting(w, "d4", "A", "m1", "2025-11-30"))
		list, err := w.At(graph.Point{}).Documents(ctx, []graph.EntityID{w.ID("source:d4")})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		want(t, "version of", list[0].VersionOf.ID.String(), w.ID("source:d1").String())
		want(t, "origins", text(list[0].Origins), text([]graph.Ref{graph.ByID(w.ID("x:peskov"))}))
	})
}

// Opened read-only, a store with a part of a load shows what was there before.
func TestKnownReadOnly(t *testing.T) {
	store := memkv.New(nil)
	w := &graphtest.World{TB: t, DB: openOn(t, store)}
	w.Declare("State x:ua", "State x:ru")
	w.Document("source:load", "2025-11-30")
	w.Assert(meeting(w, "load", "K3", "m3", "2025-11-20"))
	before := everything(w)
	d := &dying{BulkStore: store}
	d.flushes.Store(3)
	db := openOn(t, d)
	graph.Tiny(db)
	if _, err := db.Load(ctx, graph.Act{}, statements(dataset(w, 12)...), nil); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	rows := len(allRows(t, store))
	half, err := graph.Open(ctx, store, &graph.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	w.DB = half
	want(t, "the graph", everything(w), before)
	want(t, "rows", len(allRows(t, store)), rows)
}
