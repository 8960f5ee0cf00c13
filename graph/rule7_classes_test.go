package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// Positions are carried forward: on a day those with the latest start up to it
// stand, all of them if they start together, until something takes over.
func TestRule7CarriedForward(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "A", "2025-11-20", "OPEN", graph.Self, "x:peskov"))
		w.Assert(stance(w, "d2", "A", "2025-11-25", "REJECT", graph.Self, "x:peskov"))
		w.Assert(stance(w, "d2", "B", "2025-11-25", "DEMAND", graph.Self, "x:peskov"))
		for on, expect := range map[string]string{
			"2025-11-19": "", "2025-11-20": "OPEN", "2025-11-24": "OPEN", "2025-11-25": "DEMAND REJECT", "2026-11-25": "DEMAND REJECT",
		} {
			want(t, "on "+on, relations(w, w.Point(on, "", graph.Recorded), "Position", "stance"), expect)
		}
		want(t, "without a day", relations(w, graph.Point{}, "Position", "stance"), "DEMAND OPEN REJECT")
	})
}

// What was not known yet takes over from nothing.
func TestRule7PublishedView(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "A", "2025-11-20", "OPEN", graph.Self))
		w.Assert(stance(w, "d3", "A", "2025-11-25", "REJECT", graph.Self))
		want(t, "known on the 2nd", relations(w, w.Point("2025-12-10", "2025-12-02", graph.Published), "Position", "stance"), "OPEN")
		want(t, "known on the 3rd", relations(w, w.Point("2025-12-10", "2025-12-03", graph.Published), "Position", "stance"), "REJECT")
	})
}

// offerState is a draft about the state of an offer.
func offerState(w *graphtest.World, doc, key, valid, state string) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Valid: w.Valid(valid), Relation: &graph.Relation{
		Kind: "Offer", Key: w.Key("x:offer"), Fields: []graph.Field{fill("offeror", "x:ru"), fill("addressee", "x:ua"), say("state", state)}}}
}

// A single-valued attribute shows its latest start; of two with one start, the
// later step of the machine.
func TestRule7SingleValued(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(offerState(w, "d1", "A", "2025-11-20", "TABLED"))
		w.Assert(offerState(w, "d2", "A", "2025-11-25", "ACCEPTED"))
		w.Assert(offerState(w, "d2", "B", "2025-11-25", "SIGNED"))
		for on, expect := range map[string]string{"2025-11-19": "", "2025-11-24": "TABLED", "2025-11-26": "SIGNED"} {
			p := w.Point(on, "", graph.Recorded)
			want(t, "on "+on, relations(w, p, "Offer", "state"), expect)
			list, err := w.At(p).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				want(t, "states on "+on, len(s.All("state")), 1)
			}
		}
		want(t, "without a day", relations(w, graph.Point{}, "Offer", "state"), "SIGNED")
	})
}

// A dated end ends a state; an unknown one does not, and says until when it was vouched for.
func TestRule7DatedEnd(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(offerState(w, "d1", "A", "2025-11-20/2025-11-22", "TABLED"))
		want(t, "after its end", relations(w, w.Point("2025-11-23", "", graph.Recorded), "Offer", "state"), "")
		d := offerState(w, "d2", "A", "2025-11-25/", "TABLED")
		d.Valid.Vouched = w.Date("2025-11-27")
		w.Assert(d)
		on := w.Point("2025-12-25", "", graph.Recorded)
		want(t, "carried forward", relations(w, on, "Offer", "state"), "TABLED")
		list, err := w.At(on).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		c, _ := list[0].Head("state")
		want(t, "last vouched", c.End.Date.String(), "2025-11-27")
		want(t, "literally", neighbors(w, on, "x:ua"), "")
	})
}

// Events are read literally, also when they started weeks before.
func TestRule7EventsAreLiteral(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "A", "m1", "2025-10-15/2025-11-14"))
		w.Assert(meeting(w, "d1", "B", "m2", "2024"))
		w.Assert(meeting(w, "d1", "C", "m3", "2025-11-20/.."))
		for on, n := range map[string]int{"2025-11-14": 2, "2025-11-15": 0, "2024-07-01": 2, "2026-01-01": 2} {
			want(t, "edges on "+on, strings.Count(neighbors(w, w.Point(on, "", graph.Recorded), "x:ua"), "participant"), n/2)
			want(t, "meetings on "+on, len(strings.Fields(relations(w, w.Point(on, "", graph.Recorded), "Meeting", "status"))), n/2)
		}
	})
}

// Malformed time is refused, with what is wrong.
func TestRule7Refused(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		for valid, words := range map[string]string{
			"2025-10-01/2025-11-14": "more than 31 days",
			"7000-01-01":            "outside the years",
		} {
			err := w.Refuse(meeting(w, "d1", "A", "m1", valid))
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v", valid, err)
			}
		}
		if _, err := graph.ParseValid("2025-12-16/2025-12-14", ""); err == nil {
			t.Error("an interval that ends before it begins was accepted")
		}
		d := offerState(w, "d1", "A", "2025-11-25/", "TABLED")
		d.Valid.Vouched = w.Date("2025-11-20")
		if err := w.Refuse(d); !strings.Contains(err.Error(), "before it begins") {
			t.Errorf("vouched before the start: %v", err)
		}
		v := w.Valid("2025-12-01")
		l := graphtest.Say("x:ua", "name", graph.TextOf("Ukraine"))
		l.Valid = &v
		err := w.Refuse(graph.Draft{Document: graph.ByKey("source:d1"), Links: []graph.Link{l}})
		if !strings.Contains(err.Error(), "timeless") || !errors.Is(err, graph.ErrRefused) {
			t.Errorf("a name with a date: %v", err)
		}
	})
}

// A relation of a timeless kind stands on every day.
func TestRule7TimelessKind(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(offerState(w, "d1", "A", "2025-11-20", "TABLED"))
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "B", Relation: &graph.Relation{
			Kind: "Contradicts", Key: w.Key("x:contra"), Fields: []graph.Field{fill("one", "x:offer"), fill("other", "x:offer")}}})
		for _, on := range []string{"", "1990-01-01", "2026-01-01"} {
			list, err := w.At(w.Point(on, "", graph.Recorded)).Relations(ctx, graph.RelationQuery{Kind: "Contradicts"})
			want(t, "on "+on, text(len(list), err), text(1, nil))
		}
	})
}

// What took over goes on having done so when it ends itself, in a key of
// relations as among the values of a property.
func TestRule7EndedSuccessor(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(stance(w, "d1", "a", "2025-11-01/", "OPEN", graph.Self))
		w.Assert(stance(w, "d2", "b", "2025-11-10/2025-11-20", "REJECT", graph.Self))
		w.Assert(offerState(w, "d1", "A", "2025-11-01/", "TABLED"))
		w.Assert(offerState(w, "d2", "A", "2025-11-10/2025-11-20", "REVISED"))
		for on, expect := range map[string][2]string{"2025-11-05": {"OPEN", "TABLED"}, "2025-11-15": {"REJECT", "REVISED"}, "2025-11-25": {"", ""}} {
			p := w.Point(on, "", graph.Recorded)
			want(t, "position on "+on, relations(w, p, "Position", "stance"), expect[0])
			want(t, "offer on "+on, strings.TrimSpace(relations(w, p, "Offer", "state")), expect[1])
		}
	})
}

// A timeless link is there on every day.
func TestRule7TimelessLink(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "o", Relation: &graph.Relation{Kind: "Option", Fields: []graph.Field{
			fill("issue", "x:land"), {Name: "text", Values: []graph.Filler{{Value: graph.TextOf("freeze")}}}}}})
		for _, on := range []string{"", "2025-06-01"} {
			want(t, "on "+on, neighbors(w, w.Point(on, "", graph.Recorded), "x:land"), "issue")
		}
	})
}

// Of two starts that begin together, the one that tells more is shown,
// whichever was loaded first.
func TestRule7SinceTellsMore(t *testing.T) {
	for _, order := range [][2]string{{"2025-10", "2025-10-01"}, {"2025-10-01", "2025-10"}} {
		w := graphtest.Open(t, nil)
		table(w)
		w.Assert(offerState(w, "d1", "A", order[0]+"/..", "TABLED"))
		w.Assert(offerState(w, "d2", "A", order[1]+"/..", "TABLED"))
		list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Offer"})
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		want(t, "since", list[0].Since.String(), "2025-10-01")
	}
}

// A name alone, which curation may give before anybody reports it, is no meeting.
func TestRule7NameAlone(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Do(func(tx *graph.Tx) error {
			_, err := tx.Document(graph.Document{Key: w.Key("curation:c"), Curation: true})
			return err
		})
		w.Assert(meeting(w, "d2", "A", "m1", "2025-11-30"))
		w.Assert(graph.Draft{Document: graph.ByKey("curation:c"), Key: "N", Links: []graph.Link{graphtest.Say("x:m1", "name", graph.TextOf("Talks of 30 November"))}})
		for known, expect := range map[string]int{"2025-12-01": 0, "2025-12-02": 1} {
			list, err := w.At(w.Point("", known, graph.Published)).Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
			want(t, "known on "+known, text(len(list), err), text(expect, nil))
		}
	})
}

// Lists by kind are projections, too: an office that was left is not listed, nor
// a meeting on another day; without a day, all are.
func TestRule7OfKind(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Office x:office")
		holds := func(key, who, valid string) {
			w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Valid: w.Valid(valid), Relation: &graph.Relation{
				Kind: "HoldsOffice", Key: w.Key("x:" + key), Fields: []graph.Field{fill("person", who), fill("office", "x:office")}}})
		}
		holds("ended", "x:peskov", "2025-01-01/2025-06-30")
		holds("left", "x:witkoff", "2025-07-01/")
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "leaving", Valid: w.Valid("2025-11-28"), Relation: &graph.Relation{
			Kind: "LeftOffice", Key: w.Key("x:leaving"), Fields: []graph.Field{fill("person", "x:witkoff"), fill("office", "x:office")}}})
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-20"))
		list := func(kind, on string) (keys []string) {
			for e, err := range w.At(w.Point(on, "", graph.Recorded)).OfKind(ctx, kind) {
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, e.Keys[0].ID)
			}
			return keys
		}
		for _, c := range []struct{ kind, on, expect string }{
			{"HoldsOffice", "", "[ended left]"}, {"HoldsOffice", "2025-06-01", "[ended]"},
			{"HoldsOffice", "2025-11-27", "[left]"}, {"HoldsOffice", "2025-12-01", "[]"},
			{"Meeting", "2025-11-20", "[m1]"}, {"Meeting", "2025-11-21", "[]"}, {"Meeting", "", "[m1]"},
		} {
			want(t, c.kind+" on "+c.on, text(list(c.kind, c.on)), c.expect)
		}
	})
}
