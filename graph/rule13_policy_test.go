package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// under is a point on a day under a policy.
func under(w *graphtest.World, on string, p graph.Policy) graph.Point {
	at := w.Point(on, "", graph.Recorded)
	at.Policy = p
	return at
}

// ALL_SIDES shows all voices, SELF_ONLY the party's own; what is in nobody's
// voice is always shown.
func TestRule13SelfOnly(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "m", "m1", "2025-11-20"))
		w.Assert(stance(w, "d1", "own", "2025-11-20", "REJECT", graph.Self, "x:peskov"))
		w.Assert(stance(w, "d1", "side", "2025-11-21", "CONDITIONAL", graph.OwnSide, "x:peskov"))
		w.Assert(stance(w, "d1", "ukraine", "2025-11-22", "DEMAND", graph.OtherParty, "x:ua"))
		w.Assert(stance(w, "d2", "outlet", "2025-11-23", "OPEN", graph.Narrator))
		w.Assert(stance(w, "d2", "analyst", "2025-11-24", "ACCEPT", graph.Analyst))
		for policy, expect := range map[graph.Policy]string{
			graph.AllSides: "ACCEPT CONDITIONAL DEMAND OPEN REJECT", graph.SelfOnly: "CONDITIONAL REJECT",
		} {
			want(t, policy.String(), relations(w, under(w, "2025-12-01", policy), "Position", "stance"), expect)
			want(t, policy.String()+", any day", relations(w, under(w, "", policy), "Position", "stance"), expect)
			want(t, policy.String()+", meetings", relations(w, under(w, "2025-11-20", policy), "Meeting", "status"), "HELD")
		}
		want(t, "edges of all", neighbors(w, under(w, "", graph.AllSides), "x:land"), "issue issue issue issue issue")
		want(t, "edges of the own voice", neighbors(w, under(w, "", graph.SelfOnly), "x:land"), "issue issue")
	})
}

// An assertion is dropped, not a claim: what the party says itself as well stands.
func TestRule13DropsAssertions(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Meeting x:m1")
		link := func(doc, key string, voice graph.Voice, deny bool) {
			w.Assert(graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Voice: voice, Valid: w.Valid("2025-11-20"),
				Links: []graph.Link{{Subject: graph.ByKey("x:m1"), Property: "status", Value: graph.CodeOf("HELD"), Deny: deny}}})
		}
		link("d1", "a", graph.ThirdParty, false)
		link("d2", "b", graph.Self, false)
		link("d3", "c", graph.OtherParty, true)
		point := under(w, "", graph.SelfOnly)
		c := only(w, point, "x:m1", "status")
		want(t, "truth", c.Truth, graph.Held)
		evidence, err := w.At(point).Evidence(ctx, []graph.Claim{c})
		if err != nil || len(evidence) != 1 || evidence[0].Voice != graph.Self {
			t.Errorf("evidence %v, %v; want the party's own", evidence, err)
		}
		point.Policy = graph.AllSides
		want(t, "truth with all sides", only(w, point, "x:m1", "status").Truth, graph.Contested)
	})
}

// What others deny is not denied in the party's own voice, and what only
// others say is not there.
func TestRule13Visibility(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "a", "2025-11-20", "OPEN", graph.ThirdParty))
		if _, err := w.At(under(w, "", graph.AllSides)).Entity(ctx, graph.ByKey("x:land")); err != nil {
			t.Error(err)
		}
		if _, err := w.At(under(w, "", graph.SelfOnly)).Entity(ctx, graph.ByKey("x:land")); err == nil {
			t.Error("an entity of which only others speak is shown in the party's own voice")
		}
	})
}

// LATEST chooses within a key what was asserted last, else published last.
func TestRule13Latest(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		said := func(doc, key, stated, asserted string) {
			d := stance(w, doc, key, "2025-11-20", stated, graph.Self)
			if asserted != "" {
				d.Asserted = w.Date(asserted)
			}
			w.Assert(d)
		}
		said("d3", "a", "REJECT", "2025-11-20")
		said("d1", "b", "OPEN", "2025-11-21")
		all, latest := under(w, "2025-12-05", graph.AllSides), under(w, "2025-12-05", graph.Latest)
		want(t, "all sides", relations(w, all, "Position", "stance"), "OPEN REJECT")
		want(t, "the one asserted later, though published earlier", relations(w, latest, "Position", "stance"), "OPEN")
		said("d2", "c", "DEMAND", "")
		want(t, "published later than asserted", relations(w, latest, "Position", "stance"), "DEMAND")
		said("d2", "d", "CONDITIONAL", "")
		want(t, "equally late", relations(w, latest, "Position", "stance"), "CONDITIONAL DEMAND")
		w.Assert(stance(w, "d1", "e", "2025-11-01", "ACCEPT", graph.OtherParty, "x:ua"))
		want(t, "another key", relations(w, latest, "Position", "stance"), "ACCEPT CONDITIONAL DEMAND")
	})
}

// LATEST chooses among the values of a single-valued property, too.
func TestRule13LatestValue(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Meeting x:m1")
		for _, s := range []struct{ doc, key, state, asserted string }{{"d1", "a", "HELD", "2025-11-22"}, {"d2", "b", "CANCELLED", "2025-11-21"}} {
			w.Assert(graph.Draft{Document: graph.ByKey("source:" + s.doc), Key: s.key, Asserted: w.Date(s.asserted), Valid: w.Valid("2025-11-20"),
				Links: []graph.Link{{Subject: graph.ByKey("x:m1"), Property: "status", Value: graph.CodeOf(s.state)}}})
		}
		states := func(p graph.Policy) (list []string) {
			s, err := w.At(under(w, "2025-12-05", p)).States(ctx, []graph.EntityID{w.ID("x:m1")})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range s[0].All("status") {
				list = append(list, c.Value.String())
			}
			return list
		}
		want(t, "all", text(states(graph.AllSides)), "[HELD CANCELLED]")
		want(t, "latest", text(states(graph.Latest)), "[HELD]")
	})
}

// Which entities are one, and who stands for whom, is nobody's position: no
// policy changes it.
func TestRule13Identity(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:moscow")
		w.Assert(meeting(w, "d1", "m", "m1", "2025-11-20"))
		w.Do(func(tx *graph.Tx) error {
			_, _, err := tx.Merge(graph.ByKey("x:ru"), graph.ByKey("x:moscow"),
				&graph.Draft{Document: graph.ByKey("source:d1"), Key: "same", Voice: graph.ThirdParty})
			return err
		})
		for _, p := range []graph.Policy{graph.AllSides, graph.SelfOnly, graph.Latest} {
			e, err := w.At(under(w, "", p)).Entity(ctx, graph.ByKey("x:moscow"))
			if err != nil || e.ID != w.ID("x:ru") {
				t.Errorf("%s: %v, %v; want one entity", p, e, err)
			}
		}
	})
}

func TestRule13Names(t *testing.T) {
	if _, err := graph.ParsePolicy("BEST"); err == nil || err.Error() != `graph: bad value: policy "BEST": want one of ALL_SIDES, SELF_ONLY, LATEST` {
		t.Error(err)
	}
	p, err := graph.ParsePolicy("LATEST")
	if err != nil || p != graph.Latest {
		t.Error(p, err)
	}
}
