package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// No speaker takes over from another, and nobody from the holder.
func TestRule8Speakers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "own", "2025-11-20", "REJECT", graph.Self, "x:peskov"))
		w.Assert(stance(w, "d1", "ukraine", "2025-11-21", "DEMAND", graph.OtherParty, "x:ua"))
		w.Assert(stance(w, "d2", "envoy", "2025-11-22", "OPEN", graph.OtherParty, "x:witkoff"))
		on := w.Point("2025-12-01", "", graph.Recorded)
		want(t, "all three", relations(w, on, "Position", "stance"), "DEMAND OPEN REJECT")
		w.Assert(stance(w, "d3", "envoy", "2025-11-24", "ACCEPT", graph.OtherParty, "x:witkoff"))
		want(t, "the envoy's later word takes over his own", relations(w, on, "Position", "stance"), "ACCEPT DEMAND REJECT")
	})
}

// A position that two speakers report stands in both of their keys: it goes
// only when both have said something later.
func TestRule8TwoSpeakers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "A", "2025-11-20", "OPEN", graph.OtherParty, "x:ua"))
		w.Assert(stance(w, "d2", "A", "2025-11-20", "OPEN", graph.OtherParty, "x:witkoff"))
		on := w.Point("2025-12-01", "", graph.Recorded)
		want(t, "one position", relations(w, on, "Position", "stance"), "OPEN")
		w.Assert(stance(w, "d2", "B", "2025-11-22", "REJECT", graph.OtherParty, "x:ua"))
		want(t, "Ukraine has moved on", relations(w, on, "Position", "stance"), "OPEN REJECT")
		w.Assert(stance(w, "d3", "B", "2025-11-23", "DEMAND", graph.OtherParty, "x:witkoff"))
		want(t, "both have moved on", relations(w, on, "Position", "stance"), "DEMAND REJECT")
	})
}

// Without a chain the root is the document's single origin, else its publisher.
func TestRule8RootOfDocument(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		for _, key := range []string{"source:a", "source:b"} {
			w.Do(func(tx *graph.Tx) error {
				_, err := tx.Document(graph.Document{Key: w.Key(key), Publisher: "The same outlet", Published: w.Date("2025-12-01")})
				return err
			})
		}
		w.Assert(stance(w, "a", "A", "2025-11-20", "OPEN", graph.Narrator))
		w.Assert(stance(w, "b", "A", "2025-11-22", "REJECT", graph.Narrator))
		w.Assert(stance(w, "d1", "A", "2025-11-21", "DEMAND", graph.Narrator))
		want(t, "one outlet, one key", relations(w, w.Point("2025-12-01", "", graph.Recorded), "Position", "stance"), "DEMAND REJECT")
	})
}

// A document that names one origin stands for it, whoever publishes it; one
// that names two stands for its publisher.
func TestRule8RootOfOrigin(t *testing.T) {
	for origins, expect := range map[int]string{1: "REJECT", 2: "OPEN REJECT"} {
		graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
			table(w)
			for _, key := range []string{"source:a", "source:b"} {
				w.Do(func(tx *graph.Tx) error {
					_, err := tx.Document(graph.Document{Key: w.Key(key), Publisher: key, Published: w.Date("2025-12-01"),
						Origins: []graph.Ref{graph.ByKey("x:peskov"), graph.ByKey("x:witkoff")}[:origins]})
					return err
				})
			}
			w.Assert(stance(w, "a", "A", "2025-11-20", "OPEN", graph.Narrator))
			w.Assert(stance(w, "b", "A", "2025-11-22", "REJECT", graph.Narrator))
			want(t, text(origins, " origins"), relations(w, w.Point("2025-12-01", "", graph.Recorded), "Position", "stance"), expect)
		})
	}
}

// A filter chooses among what stands; it does not bring back what was taken over.
func TestRule8FilterAfterKey(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		withOption := func(doc, valid, stanceWord, option string) graph.Draft {
			d := stance(w, doc, doc, valid, stanceWord, graph.Self)
			d.Relation.Fields = append(d.Relation.Fields, graph.Field{Name: "option", Values: []graph.Filler{{Inline: &graph.Relation{
				Fields: []graph.Field{{Name: "text", Values: []graph.Filler{{Value: graph.TextOf(option)}}}}}}}})
			return d
		}
		w.Assert(withOption("d1", "2025-11-20", "OPEN", "freeze"))
		freeze := only(w, graph.Point{}, positionID(w, "OPEN"), "option").Value.Entity()
		w.Assert(withOption("d2", "2025-11-25", "REJECT", "withdraw"))
		on := w.At(w.Point("2025-12-01", "", graph.Recorded))
		list, err := on.Relations(ctx, graph.RelationQuery{Kind: "Position", Fillers: map[string][]graph.EntityID{"option": {freeze}}})
		if err != nil || len(list) != 0 {
			t.Errorf("%d positions on the old option, want none (%v)", len(list), err)
		}
		list, err = on.Relations(ctx, graph.RelationQuery{Kind: "Position", Fillers: map[string][]graph.EntityID{"holder": {w.ID("x:ru")}}})
		if err != nil || len(list) != 1 {
			t.Errorf("%d positions of Russia, want one (%v)", len(list), err)
		}
	})
}

// Who denies a position does not take over with it from what he said himself.
func TestRule8DenierIsNoSpeaker(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "w", "2025-11-10", "REJECT", graph.OtherParty, "x:witkoff"))
		w.Assert(stance(w, "d1", "u", "2025-11-20", "OPEN", graph.OtherParty, "x:ua"))
		id, err := graph.ParseEntityID(positionID(w, "OPEN"))
		if err != nil {
			t.Fatal(err)
		}
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "n", Valid: w.Valid("2025-11-20"), Chain: []graph.Ref{graph.ByKey("x:witkoff")},
			Links: []graph.Link{{Subject: graph.ByID(id), Property: "holder", Value: graph.RefOf(graph.ByKey("x:ru")), Deny: true}}})
		want(t, "both", relations(w, w.Point("2025-12-01", "", graph.Recorded), "Position", "stance"), "OPEN REJECT")
	})
}

// A position that was merged from two, of two holders whom nobody merged,
// stands in the keys of all who report it, whichever claim was first.
func TestRule8MergedSpeakers(t *testing.T) {
	for _, second := range []string{"x:witkoff", "x:peskov"} {
		w := graphtest.Open(t, nil)
		table(w)
		other := map[string]string{"x:witkoff": "x:peskov", "x:peskov": "x:witkoff"}
		of := func(key, day, word, holder, speaker string) graph.EntityID {
			d := stance(w, "d1", key, day, word, graph.OtherParty, speaker)
			d.Relation.Fields[0] = fill("holder", holder)
			d.Relation.Key = w.Key("x:" + key)
			w.Assert(d)
			return w.ID("x:" + key)
		}
		of("p1", "2025-11-15", "REJECT", "x:ru", "x:witkoff")
		of("p2", "2025-11-15", "REJECT", "x:ua", "x:peskov")
		of("p3", "2025-11-20", "OPEN", "x:ru", second)
		of("p4", "2025-11-20", "OPEN", "x:ua", other[second])
		merge(w, "x:p1", "x:p2")
		merge(w, "x:p3", "x:p4")
		want(t, "the later one stands", relations(w, w.Point("2025-11-21", "", graph.Recorded), "Position", "stance"), "OPEN")
	}
}
