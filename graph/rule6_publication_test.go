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

// spoken is a point that counts undated documents from when their speakers spoke.
func spoken(w *graphtest.World, knownOn string) graph.Point {
	p := w.Point("", knownOn, graph.Published)
	p.Undated = graph.FromAsserted
	return p
}

// Under FROM_ASSERTED, what an undated document quotes counts from the end of
// the day, month or year when it was said, but never later than else; what says
// itself when it came out, or was retrieved, counts from then.
func TestRule6FromAsserted(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		w.Declare("State x:ua", "State x:ru")
		w.Day("2025-12-01")
		for i, c := range []struct {
			published, retrieved, said string
			curation                   bool
			not, yes                   string
		}{
			{said: "2025-11-21", not: "2025-11-20", yes: "2025-11-21"},
			{said: "2025-11", not: "2025-11-29", yes: "2025-11-30"},
			{said: "2024", not: "2024-12-30", yes: "2024-12-31"},
			{said: "2025-11-21T10:00:00Z", not: "2025-11-21T09:00:00Z", yes: "2025-11-21T10:00:00Z"},
			{said: "", not: "2025-11-30", yes: "2025-12-01"},
			{said: "2025-12-25", not: "2025-11-30", yes: "2025-12-01"},
			{retrieved: "2025-11-25", said: "2025-11-21", not: "2025-11-24", yes: "2025-11-25"},
			{published: "2025-11-23", said: "2025-11-21", not: "2025-11-22", yes: "2025-11-23"},
			{curation: true, said: "2025-11-21", yes: "2025-11-01"},
		} {
			key := string(rune('a' + i))
			w.Do(func(tx *graph.Tx) error {
				d := graph.Document{Key: w.Key("source:" + key), Curation: c.curation}
				if c.published != "" {
					d.Published = w.Date(c.published)
				}
				if c.retrieved != "" {
					d.Retrieved = w.Date(c.retrieved)
				}
				_, err := tx.Document(d)
				return err
			})
			m := meeting(w, key, "A", "m"+key, "2023-11-30")
			if c.said != "" {
				m.Asserted = w.Date(c.said)
			}
			w.Assert(m)
			if c.not != "" {
				want(t, key+" not known on "+c.not, len(claims(w, spoken(w, c.not), "x:m"+key, "status")), 0)
			}
			want(t, key+" known on "+c.yes, len(claims(w, spoken(w, c.yes), "x:m"+key, "status")), 1)
		}
	})
}

// It changes nothing on basis RECORDED, nor where all is known.
func TestRule6FromAssertedElsewhere(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		undatedTable(w)
		recorded := w.Point("", "2025-11-30", graph.Recorded)
		recorded.Undated = graph.FromAsserted
		want(t, "recorded", neighbors(w, recorded, "x:ua"), "")
		want(t, "all that is known", neighbors(w, graph.Point{Undated: graph.FromAsserted}, "x:ua"), "participant participant")
		want(t, "not asked for", neighbors(w, w.Point("", "2025-11-30", graph.Published), "x:ua"), "")
	})
}

// undatedTable has an undated document that tells on 1 December of two
// meetings, one of which somebody spoke of on 21 November, the other one on 25
// November.
func undatedTable(w *graphtest.World) {
	w.Helper()
	table(w)
	w.Document("source:undated", "")
	for i, said := range []string{"2025-11-21", "2025-11-25"} {
		key := string(rune('1' + i))
		m := meeting(w, "undated", key, "m"+key, "2025-11-20")
		m.Asserted = w.Date(said)
		w.Assert(m)
	}
}

// Whatever is asked, it is counted in the same way.
func TestRule6FromAssertedEverywhere(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		undatedTable(w)
		for known, n := range map[string]int{"2025-11-20": 0, "2025-11-21": 1, "2025-11-25": 2} {
			v := w.At(spoken(w, known))
			s, err := v.Stats(ctx)
			if err != nil {
				t.Fatal(err)
			}
			want(t, known+" relations", s.Relations, n)
			want(t, known+" assertions", s.Assertions, n)
			want(t, known+" documents", s.Documents, min(n, 1))
			sources := 0
			for d, err := range v.Sources(ctx) {
				if err != nil || d.Key != w.Key("source:undated") {
					t.Errorf("%s: source %s, %v", known, d.Key, err)
				}
				sources++
			}
			want(t, known+" sources", sources, min(n, 1))
			accounts := 0
			for range v.Assertions(ctx, w.ID("source:undated")) {
				accounts++
			}
			want(t, known+" assertions of the document", accounts, n)
			if _, err := v.Documents(ctx, []graph.EntityID{w.ID("source:undated")}); (err == nil) != (n > 0) {
				t.Errorf("%s: the document: %v", known, err)
			}
			want(t, known+" meetings", len(relationsOf(w, spoken(w, known), "Meeting")), n)
			named, err := v.Named(ctx, []graph.EntityID{w.ID("x:ua")})
			if err != nil || named[0].Shown != (n > 0) {
				t.Errorf("%s: shown %t, %v", known, named[0].Shown, err)
			}
			undated, err := v.UndatedDocuments(ctx)
			if err != nil || undated != 1 {
				t.Errorf("%s: %d undated documents, want 1 (%v)", known, undated, err)
			}
		}
		named, err := w.At(w.Point("", "2025-11-25", graph.Published)).Named(ctx, []graph.EntityID{w.ID("x:ua")})
		if err != nil || named[0].Shown {
			t.Errorf("counted from the recording: shown %t, %v", named[0].Shown, err)
		}
	})
}

// What several say is known from the first of them, with what is live then.
func TestRule6FromAssertedAmongOthers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Document("source:undated", "")
		early := meeting(w, "undated", "A", "m1", "2025-11-20")
		early.Asserted = w.Date("2025-11-21")
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-20"))
		id, _ := w.Assert(early)
		c := only(w, spoken(w, "2025-11-21"), "x:m1", "status")
		evidence, err := w.At(spoken(w, "2025-11-21")).Evidence(ctx, []graph.Claim{c})
		if err != nil || len(evidence) != 1 || evidence[0].Assertion.ID != id {
			t.Errorf("evidence %v, %v; want the one that was said by then", evidence, err)
		}
		evidence, err = w.At(spoken(w, "2025-12-01")).Evidence(ctx, []graph.Claim{c})
		if err != nil || len(evidence) != 2 {
			t.Errorf("evidence %v, %v; want both", evidence, err)
		}
	})
}

// Merges, and who stands for whom, are kept for each point: they are known
// with the documents that say so.
func TestRule6FromAssertedMerge(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:ussr")
		w.Document("source:undated", "")
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: w.Key("source:notes"), Curation: true})
			return err
		})
		w.Assert(graph.Draft{Document: graph.ByKey("source:notes"), Key: "A", Valid: w.Valid("2025-11-01"), Relation: &graph.Relation{
			Kind: "Meeting", Key: w.Key("x:m1"), Fields: []graph.Field{fill("participant", "x:ussr", "x:ru")}}})
		same := graph.Draft{Document: graph.ByKey("source:undated"), Key: "same", Asserted: w.Date("2025-11-21"), Relation: &graph.Relation{Kind: graph.KindSameAs,
			Fields: []graph.Field{fill("one", "x:ru"), fill("other", "x:ussr"), say("judgement", graph.SamePositive)}}}
		w.Assert(same)
		for range 2 {
			want(t, "counted from the recording", one(w, w.At(w.Point("", "2025-11-30", graph.Published)), "x:ru", "x:ussr"), "two")
			want(t, "counted from the speech", one(w, w.At(spoken(w, "2025-11-30")), "x:ru", "x:ussr"), "one")
			want(t, "before the speech", one(w, w.At(spoken(w, "2025-11-20")), "x:ru", "x:ussr"), "two")
		}
	})
}

// Changes see a document when its first speaker spoke, near some entities as in
// all of the store, and whether one of the views counts otherwise.
func TestRule6FromAssertedChanges(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		undatedTable(w)
		recorded := func(day string) graph.Point { return w.Point("", day, graph.Published) }
		for _, c := range []struct {
			name        string
			from, to    graph.Point
			seen, items int
		}{
			{"before", spoken(w, "2025-11-19"), spoken(w, "2025-11-20"), 0, 0},
			{"the first", spoken(w, "2025-11-20"), spoken(w, "2025-11-21"), 1, 1},
			{"the second", spoken(w, "2025-11-21"), spoken(w, "2025-11-25"), 0, 1},
			{"both", spoken(w, "2025-11-20"), spoken(w, "2025-11-25"), 1, 2},
			{"behind both", spoken(w, "2025-11-25"), spoken(w, "2025-12-02"), 0, 0},
			{"all", spoken(w, "2025-11-21"), graph.Point{Undated: graph.FromAsserted}, 0, 1},
			{"counted otherwise", recorded("2025-11-25"), spoken(w, "2025-11-25"), 1, 2},
			{"no more", spoken(w, "2025-11-25"), recorded("2025-11-30"), 0, 2},
			{"counted from the recording", recorded("2025-11-20"), recorded("2025-11-25"), 0, 0},
		} {
			for _, near := range [][]graph.EntityID{nil, {w.ID("x:ua")}} {
				got, err := graph.Diff(ctx, w.At(c.from), w.At(c.to), &graph.DiffOptions{Near: near})
				if err != nil {
					t.Fatal(err)
				}
				want(t, c.name+": documents seen", got.DocumentsSeen, c.seen)
				want(t, c.name+": changes", len(got.Items), c.items)
				want(t, c.name+": undated documents", got.UndatedDocuments, 1)
			}
		}
	})
}

func TestParseUndated(t *testing.T) {
	if _, err := graph.ParseUndated("NEVER"); err == nil || err.Error() != `graph: bad value: undated "NEVER": want one of FROM_RECORDED, FROM_ASSERTED` {
		t.Errorf("an unknown word: %v", err)
	}
	u, err := graph.ParseUndated("FROM_ASSERTED")
	if err != nil || u != graph.FromAsserted || u.String() != "FROM_ASSERTED" || graph.Undated(0) != graph.FromRecorded {
		t.Errorf("%v, %v", u, err)
	}
}
