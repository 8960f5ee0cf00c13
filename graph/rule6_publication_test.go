package graph_test

import (
	"errors"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// A document counts as published at the end of its day, month or year; without
// a date from its retrieval, else from when it was recorded.
func TestRule6CountsFromItsEnd(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		for i, c := range []struct{ published, retrieved, not, yes string }{
			{"2025-11-21", "", "2025-11-20", "2025-11-21"},
			{"2025-11", "", "2025-11-29", "2025-11-30"},
			{"2024", "", "2024-12-30", "2024-12-31"},
			{"2025-11-21T10:00:00Z", "", "2025-11-21T09:00:00Z", "2025-11-21T10:00:00Z"},
			{"", "2025-11-25", "2025-11-24", "2025-11-25"},
			{"", "", "2025-11-30", "2025-12-01"}, // the clock of the test
		} {
			key := string(rune('a' + i))
			w.Declare("State x:ua", "State x:ru")
			w.Do(func(tx *graph.Tx) error {
				d := graph.Document{Key: w.Key("source:" + key)}
				if c.published != "" {
					d.Published = w.Date(c.published)
				}
				if c.retrieved != "" {
					d.Retrieved = w.Date(c.retrieved)
				}
				_, err := tx.Document(d)
				return err
			})
			w.Assert(meeting(w, key, "A", "m"+key, "2023-11-30"))
			want(t, "not known on "+c.not, len(claims(w, w.Point("", c.not, graph.Published), "x:m"+key, "status")), 0)
			want(t, "known on "+c.yes, len(claims(w, w.Point("", c.yes, graph.Published), "x:m"+key, "status")), 1)
		}
	})
}

// The earliest publication counts, whatever was loaded first.
func TestRule6EarliestPublication(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d3", "A", "m1", "2025-11-30"))
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		want(t, "known on the 1st", neighbors(w, w.Point("", "2025-12-01", graph.Published), "x:ua"), "participant")
		want(t, "not on 30 November", neighbors(w, w.Point("", "2025-11-30", graph.Published), "x:ua"), "")
	})
}

// A retraction has no publication date: it holds on every basis PUBLISHED, and
// not before its transaction on basis RECORDED.
func TestRule6Retraction(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		id, _ := w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		w.Day("2025-12-20")
		w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
		want(t, "published", neighbors(w, w.Point("", "2025-12-10", graph.Published), "x:ua"), "")
		want(t, "recorded", neighbors(w, w.Point("", "2025-12-10", graph.Recorded), "x:ua"), "participant")
	})
}

// What is known of a document does not change under its key.
func TestRule6DocumentIsFixed(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Document("source:d1", "2025-12-01")
		_, err := w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: w.Key("source:d1"), Title: "source:d1", Published: w.Date("2025-12-02")})
			return err
		})
		if !errors.Is(err, graph.ErrConflict) {
			t.Errorf("another date: %v", err)
		}
	})
}

func TestRule6Undated(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Document("source:undated", "")
		n, err := w.At(graph.Point{}).UndatedDocuments(ctx)
		if err != nil || n != 0 {
			t.Errorf("without assertions: %d, want 0 (%v)", n, err)
		}
		w.Assert(meeting(w, "undated", "A", "m1", "2025-11-30"))
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		n, err = w.At(graph.Point{}).UndatedDocuments(ctx)
		if err != nil || n != 1 {
			t.Errorf("undated documents: %d, want 1 (%v)", n, err)
		}
	})
}
