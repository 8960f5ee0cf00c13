package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// A relation of which nothing is left but denials is found by who asks for
// such, by its fillers, too, and shows nothing but what is denied.
func TestRelationsDenied(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "m", "m1", "2025-11-20")
		d.Relation.Deny = true
		w.Assert(d)
		w.Assert(meeting(w, "d1", "n", "m2", "2025-11-21"))
		count := func(q graph.RelationQuery) (held, denied int) {
			q.Kind = "Meeting"
			list, err := w.At(graph.Point{}).Relations(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if held += min(len(s.Claims), 1); len(s.Claims) == 0 {
					denied += len(s.Denied)
				}
			}
			return held, denied
		}
		fillers := func(key string) map[string][]graph.EntityID {
			return map[string][]graph.EntityID{"participant": {w.ID(key)}}
		}
		for _, c := range []struct {
			what         string
			q            graph.RelationQuery
			held, denied int
		}{
			{"what is held", graph.RelationQuery{}, 1, 0},
			{"and what is denied", graph.RelationQuery{Denied: true}, 1, 3},
			{"of a participant", graph.RelationQuery{Denied: true, Fillers: fillers("x:ua")}, 1, 3},
			{"of somebody else", graph.RelationQuery{Denied: true, Fillers: fillers("x:witkoff")}, 0, 0},
		} {
			held, denied := count(c.q)
			want(t, c.what, text(held, denied), text(c.held, c.denied))
		}
	})
}

// One claim that is denied stands beside what is held of the same relation.
func TestStandingDenied(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "m", "m1", "2025-11-20"))
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "a", Valid: w.Valid("2025-11-20"),
			Links: []graph.Link{{Subject: graph.ByKey("x:m1"), Property: "place", Value: graph.RefOf(graph.ByKey("x:berlin")), Deny: true}}})
		list, err := w.At(graph.Point{}).States(ctx, []graph.EntityID{w.ID("x:m1")})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if s := list[0]; len(s.Denied) != 1 || s.Denied[0].Property != "place" || len(s.All("place")) != 0 {
			t.Errorf("denied %v, places %v", s.Denied, s.All("place"))
		}
	})
}
