package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// Two meetings of one pair within a month stay two; likeness joins nothing.
func TestRule9TwoMeetingsStayTwo(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-14"))
		w.Assert(meeting(w, "d1", "B", "m2", "2025-11-16"))
		want(t, "meetings", relations(w, graph.Point{}, "Meeting", "status"), "HELD HELD")
		n := 0
		for _, err := range w.At(graph.Point{}).Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:ua"))}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		want(t, "edges", n, 2)
	})
}

// Relations without a key are the same by the identity fields of their kind.
func TestRule9Identity(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "A", "2025-11-20", "OPEN", graph.Self))
		w.Assert(stance(w, "d2", "A", "2025-11-20", "OPEN", graph.Self))
		want(t, "one", relations(w, graph.Point{}, "Position", "stance"), "OPEN")
		w.Assert(stance(w, "d2", "B", "2025-11-20", "OPEN", graph.OwnSide))
		w.Assert(stance(w, "d2", "C", "2025-11-21", "OPEN", graph.Self))
		want(t, "another voice, another start", relations(w, graph.Point{}, "Position", "stance"), "OPEN OPEN OPEN")
	})
}

// A condition described in place belongs to the offer around it where there is
// one, else to the issue of the position around it.
func TestRule9DescribedInPlace(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		condition := graph.Field{Name: "condition", Values: []graph.Filler{{Inline: &graph.Relation{
			Fields: []graph.Field{{Name: "text", Values: []graph.Filler{{Value: graph.TextOf("a ceasefire")}}}}}}}}
		offer := offerState(w, "d1", "A", "2025-11-20", "TABLED")
		offer.Relation.Fields = append(offer.Relation.Fields, condition)
		w.Assert(offer)
		position := stance(w, "d1", "B", "2025-11-20", "OPEN", graph.Self)
		position.Relation.Fields = append([]graph.Field{condition}, position.Relation.Fields...)
		w.Assert(position)
		ofOffer := only(w, graph.Point{}, "x:offer", "condition").Value.Entity()
		ofPosition := only(w, graph.Point{}, positionID(w, "OPEN"), "condition").Value.Entity()
		if ofOffer == ofPosition {
			t.Error("one condition of two things")
		}
		want(t, "of the offer", only(w, graph.Point{}, ofOffer.String(), "instrument").Value.Entity().String(), w.ID("x:offer").String())
		want(t, "of the issue", only(w, graph.Point{}, ofPosition.String(), "issue").Value.Entity().String(), w.ID("x:land").String())
		labels, err := w.At(graph.Point{}).Labels(ctx, []graph.EntityID{ofOffer})
		if err != nil || labels[0] != "a ceasefire" {
			t.Errorf("label %q (%v)", labels, err)
		}
	})
}

// positionID finds the position with a stance.
func positionID(w *graphtest.World, word string) string {
	w.Helper()
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Position"})
	if err != nil {
		w.Fatal(err)
	}
	for _, s := range list {
		if c, _ := s.Head("stance"); c.Value.String() == word {
			return s.ID.String()
		}
	}
	w.Fatal("no position with that stance")
	return ""
}

// Too few fillers are stored, flagged and shown as not stated.
func TestRule9Incomplete(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		d := meeting(w, "d1", "A", "m1", "2025-11-30")
		d.Relation.Fields[0].Values = d.Relation.Fields[0].Values[:1]
		w.Assert(d)
		list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		want(t, "missing", strings.Join(list[0].Missing, " "), "participant")
		want(t, "flags", text(list[0].Flags), "[{INCOMPLETE participant not stated}]")
	})
}

// An odd sequence is stored and flagged, from the day on which the odd step is taken.
func TestRule9OddStep(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(offerState(w, "d1", "A", "2025-11-20", "TABLED"))
		w.Assert(offerState(w, "d2", "A", "2025-11-21", "SIGNED"))
		list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		want(t, "flags", text(list[0].Flags), "[{ODD_STEP state TABLED → SIGNED}]")
		for on, flags := range map[string]string{"2025-11-20": "[]", "2025-11-21": "[{ODD_STEP state TABLED → SIGNED}]"} {
			list, err := w.At(w.Point(on, "", graph.Recorded)).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
			if err != nil || len(list) != 1 {
				t.Fatal(on, len(list), err)
			}
			want(t, "flags on "+on, text(list[0].Flags), flags)
		}
	})
}

// Different fillers from different sources stand side by side.
func TestRule9DifferentFillers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-30"))
		d := meeting(w, "d2", "A", "m1", "2025-11-30")
		d.Relation.Fields[0] = fill("participant", "x:ua", "x:witkoff")
		w.Assert(d)
		want(t, "participants", len(claims(w, graph.Point{}, "x:m1", "participant")), 3)
	})
}

// A key beside identity fields is a name of the relation; it must not be one of another.
func TestRule9KeyOfAnother(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		keyed := func(doc, word, key string) graph.Draft {
			d := stance(w, doc, "A", "2025-11-20", word, graph.Self)
			d.Relation.Key = w.Key(key)
			return d
		}
		w.Assert(keyed("d1", "OPEN", "x:p1"))
		w.Assert(keyed("d2", "OPEN", "x:p1"))
		err := w.Refuse(keyed("d3", "REJECT", "x:p1"))
		if !errors.Is(err, graph.ErrConflict) || !strings.Contains(err.Error(), "the key x:p1 names another Position") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRule9Refused(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		noKey := offerState(w, "d1", "A", "2025-11-20", "TABLED")
		noKey.Relation.Key = graph.Key{}
		unknownKind := meeting(w, "d1", "A", "m1", "2025-11-30")
		unknownKind.Relation.Kind = "Meting"
		otherKind := meeting(w, "d1", "A", "m1", "2025-11-30")
		otherKind.Relation.Key = w.Key("x:ua")
		nobody := meeting(w, "d1", "A", "m1", "2025-11-30")
		nobody.Relation.Fields[0] = fill("participant", "x:nobody", "x:ua")
		noDocument := meeting(w, "d9", "A", "m1", "2025-11-30")
		noClaims := graph.Draft{Document: graph.ByKey("source:d1"), Key: "A"}
		for words, d := range map[string]graph.Draft{
			"needs a key": noKey, "did you mean Meeting?": unknownKind, "is a State, not a Meeting": otherKind,
			"unknown entity x:nobody": nobody, "unknown entity source:d9": noDocument, "without claims": noClaims,
		} {
			err := w.Refuse(d)
			if !strings.Contains(err.Error(), words) || !(errors.Is(err, graph.ErrRefused) || errors.Is(err, graph.ErrConflict)) {
				t.Errorf("want %q: %v", words, err)
			}
		}
	})
}

// proposed writes what a view proposes that an entity may be.
func proposed(w *graphtest.World, v graph.View, key string) string {
	w.Helper()
	list, err := v.Proposals(ctx, w.ID(key))
	if err != nil {
		w.Fatal(err)
	}
	return proposals(list)
}

func proposals(list []graph.Proposal) string {
	var words []string
	for _, p := range list {
		word := p.One.Keys[0].ID + "=" + p.Other.Keys[0].ID + " " + string(p.Why)
		if p.Why == graph.SameParticipants {
			word += text(" ", p.Days)
		} else {
			word += " " + strings.Join(p.Names[:], "|")
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// Relations of one kind with the same participants within three days are
// proposed as one, never joined; further apart, with others, or without a date
// they are not; nor is what somebody keeps apart, or what is one already.
func TestRule9ProposedRelations(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meets(w, "m1", "2025-11-14", "x:ua", "x:ru"))
		w.Assert(meets(w, "m2", "2025-11-17", "x:ru", "x:ua"))
		w.Assert(meets(w, "m3", "2025-11-18", "x:ua", "x:ru"))
		w.Assert(meets(w, "m4", "2025-11-14", "x:ua", "x:ru", "x:witkoff"))
		w.Assert(meets(w, "m5", "2025-11-14", "x:ua"))
		undated := meets(w, "m6", "2025-11-14", "x:ua", "x:ru")
		undated.Valid = graph.Valid{}
		w.Assert(undated)
		v := w.At(graph.Point{})
		want(t, "first", proposed(w, v, "x:m1"), "m1=m2 SAME_PARTICIPANTS 3")
		want(t, "second", proposed(w, v, "x:m2"), "m1=m2 SAME_PARTICIPANTS 3, m2=m3 SAME_PARTICIPANTS 1")
		for _, key := range []string{"x:m4", "x:m5", "x:m6"} {
			want(t, key, proposed(w, v, key), "")
		}
		want(t, "on another day", proposed(w, w.At(w.Point("2025-12-24", "", graph.Recorded)), "x:m1"), "m1=m2 SAME_PARTICIPANTS 3")
		want(t, "six stay six", len(strings.Fields(relations(w, graph.Point{}, "Meeting", "status"))), 6)

		w.Do(func(tx *graph.Tx) error {
			_, _, err := tx.KeepApart(graph.ByKey("x:m1"), graph.ByKey("x:m2"), nil)
			return err
		})
		want(t, "kept apart", proposed(w, w.At(graph.Point{}), "x:m1"), "")
		merge(w, "x:m2", "x:m3")
		want(t, "one already", proposed(w, w.At(graph.Point{}), "x:m2"), "")
	})
}

// Entities of one kind that go by one name, in whatever script, are proposed as one.
func TestRule9ProposedNames(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Person x:putin1", "Person x:putin2", "Person x:putin3", "Place x:putin4", "Unnamed x:u1", "Unnamed x:u2", "Person x:smith")
		for i, n := range []struct{ key, property, name string }{
			{"x:putin1", "name", "Vladimir Putin"}, {"x:putin2", "alias", "Владимир Путин"}, {"x:putin3", "name", "vladimir  PUTIN"},
			{"x:putin4", "name", "Vladimir Putin"}, {"x:u1", "name", "one official"}, {"x:u2", "name", "one official"},
			{"x:smith", "name", "Vładimir Putin"},
		} {
			w.Assert(named("d1", text("N", i), n.key, n.property, graph.TextOf(n.name)))
		}
		v := w.At(graph.Point{})
		want(t, "of the first", proposed(w, v, "x:putin1"), "putin1=putin3 SAME_NAME Vladimir Putin|vladimir  PUTIN, "+
			"putin1=smith SAME_LETTERS Vladimir Putin|Vładimir Putin, putin1=putin2 SAME_LETTERS Vladimir Putin|Владимир Путин")
		want(t, "of somebody unnamed", proposed(w, v, "x:u1"), "")
		want(t, "of a place", proposed(w, v, "x:putin4"), "")
		secret := named("d1", "S", "x:putin4", "name", graph.TextOf("Berlin"))
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		w.Assert(named("d1", "B", "x:berlin", "name", graph.TextOf("Berlin")))
		want(t, "without clearance", proposed(w, w.At(graph.Point{}), "x:berlin"), "")
		want(t, "with clearance", proposed(w, w.At(graph.Point{Clearance: graph.Red}), "x:berlin"), "berlin=putin4 SAME_NAME Berlin|Berlin")
	})
}

// A load offers proposals for what it brings, at most so many, where it is
// asked to; what it brought before is no news.
func TestRule9ProposedByLoad(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meets(w, "m1", "2025-11-14", "x:ua", "x:ru"))
		w.Assert(named("d1", "N", "x:witkoff", "name", graph.TextOf("Witkoff")))
		one, two := meets(w, "m2", "2025-11-15", "x:ua", "x:ru"), meets(w, "m3", "2025-11-16", "x:ua", "x:ru")
		name := named("d1", "M", "x:steve", "name", graph.TextOf("Уиткофф"))
		alias := named("d1", "O", "x:steve", "alias", graph.TextOf("WITKOFF"))
		src := statements([]graph.Statement{{Declaration: &graph.Declaration{Kind: "Person", Keys: []graph.Key{w.Key("x:steve")}}},
			{Draft: &one}, {Draft: &two}, {Draft: &name}, {Draft: &alias}}...)
		load := func(opts *graph.LoadOptions) string {
			done, err := w.Load(ctx, graph.Act{Author: "test"}, src, opts)
			if err != nil {
				t.Fatal(err)
			}
			return proposals(done.Proposals)
		}
		want(t, "a dry run", load(&graph.LoadOptions{Proposals: 10, DryRun: true}), "")
		want(t, "new", load(&graph.LoadOptions{Proposals: 10}), "m1=m2 SAME_PARTICIPANTS 1, m2=m3 SAME_PARTICIPANTS 1, m1=m3 SAME_PARTICIPANTS 2, witkoff=steve SAME_NAME Witkoff|WITKOFF")
		want(t, "again", load(&graph.LoadOptions{Proposals: 10}), "")
		want(t, "not asked for", load(nil), "")
	})
}
