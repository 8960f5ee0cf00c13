package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// tied is a world in which Witkoff is Ukraine's chief of something until he
// leaves, and Peskov is Russia's envoy from 10 November on.
func tied(w *graphtest.World) {
	w.Helper()
	table(w)
	w.Declare("Bloc x:europeans", "Person x:deputy", "State x:fr")
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "B", Links: []graph.Link{graphtest.Link("x:chief", "body", "x:ua")}})
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "O", Valid: w.Valid("2025-11-01/"), Relation: &graph.Relation{
		Kind: "HoldsOffice", Key: w.Key("x:holds"), Fields: []graph.Field{fill("person", "x:witkoff"), fill("office", "x:chief")}}})
	w.Assert(envoy(w, "E", "2025-11-10/", "x:peskov", "x:ru"))
}

func envoy(w *graphtest.World, key, valid, agent, principal string) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Valid: w.Valid(valid), Relation: &graph.Relation{
		Kind: "Represents", Fields: []graph.Field{fill("agent", agent), fill("principal", principal)}}}
}

// meets is a meeting of two on a day.
func meets(w *graphtest.World, key, valid string, who ...string) graph.Draft {
	d := meeting(w, "d1", key, key, valid)
	d.Relation.Fields[0] = fill("participant", who...)
	return d
}

// standing writes who stands for a party, each with the path and the time.
func standing(w *graphtest.World, p graph.Point, party string) string {
	w.Helper()
	v := w.At(p)
	list, err := v.StandsFor(ctx, w.ID(party))
	if err != nil {
		w.Fatal(err)
	}
	var words []string
	for _, r := range list {
		way := label(w, v, r.Entity)
		for _, tie := range r.Path {
			way += " > " + label(w, v, tie.Principal)
		}
		words = append(words, way+" "+span(r.During))
	}
	return strings.Join(words, ", ")
}

func label(w *graphtest.World, v graph.View, id graph.EntityID) string {
	w.Helper()
	labels, err := v.Labels(ctx, []graph.EntityID{id})
	if err != nil {
		w.Fatal(err)
	}
	return strings.TrimPrefix(labels[0], "x:")
}

func span(i graph.Interval) string {
	day := func(t graph.Time) string {
		if t == graph.MinTime || t == graph.MaxTime {
			return ".."
		}
		return t.String()[:10]
	}
	return day(i.From) + "/" + day(i.To)
}

// rolled lists the meetings of a party, rolled up, each with who took part for it.
func rolled(w *graphtest.World, p graph.Point, party string) string {
	w.Helper()
	v := w.At(p)
	list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting", RollUp: true, Fillers: map[string][]graph.EntityID{"participant": {w.ID(party)}}})
	if err != nil {
		w.Fatal(err)
	}
	var words []string
	for _, s := range list {
		word := s.Keys[0].ID
		for _, f := range s.Through {
			word += fmt.Sprintf(" (%s for %s)", label(w, v, f.Entity), label(w, v, f.For))
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// A person in an office stands for the office's body until somebody says that
// the person left; an envoy from the day on which it is said to be one.
func TestRule12WhoStoodWhen(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		tied(w)
		want(t, "whenever", standing(w, graph.Point{}, "x:ua"), "chief > ua ../.., witkoff > chief > ua 2025-11-01/..")
		early := w.At(graph.Point{})
		w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "L", Valid: w.Valid("2025-11-20"), Relation: &graph.Relation{
			Kind: "LeftOffice", Key: w.Key("x:left"), Fields: []graph.Field{fill("person", "x:witkoff"), fill("office", "x:chief")}}})
		want(t, "left", standing(w, graph.Point{}, "x:ua"), "chief > ua ../.., witkoff > chief > ua 2025-11-01/2025-11-20")
		for day, expect := range map[string]string{
			"2025-10-31": "chief > ua ../..", "2025-11-21": "chief > ua ../..",
			"2025-11-20": "chief > ua ../.., witkoff > chief > ua 2025-11-01/2025-11-20",
		} {
			want(t, day, standing(w, w.Point(day, "", graph.Recorded), "x:ua"), expect)
		}
		want(t, "before it was recorded", standing(w, graph.Point{KnownOn: early.TS()}, "x:ua"), "chief > ua ../.., witkoff > chief > ua 2025-11-01/..")
		want(t, "before it was published", standing(w, w.Point("", "2025-12-01", graph.Published), "x:ua"), "chief > ua ../.., witkoff > chief > ua 2025-11-01/..")

		w.Assert(meets(w, "m1", "2025-10-20", "x:witkoff", "x:peskov"))
		w.Assert(meets(w, "m2", "2025-11-05", "x:witkoff", "x:peskov"))
		w.Assert(meets(w, "m3", "2025-11-15", "x:witkoff", "x:ru"))
		w.Assert(meets(w, "m4", "2025-11-25", "x:witkoff", "x:peskov"))
		w.Assert(meets(w, "m5", "2025-11-26", "x:fr", "x:ua"))
		want(t, "Ukraine's", rolled(w, graph.Point{}, "x:ua"), "m5, m3 (witkoff for ua), m2 (witkoff for ua)")
		want(t, "the office's", rolled(w, graph.Point{}, "x:chief"), "m3 (witkoff for chief), m2 (witkoff for chief)")
		want(t, "Russia's", rolled(w, graph.Point{}, "x:ru"), "m4 (peskov for ru), m3")
		want(t, "on a day", rolled(w, w.Point("2025-11-05", "", graph.Recorded), "x:ua"), "m2 (witkoff for ua)")
	})
}

// Who stands for one who stands for another does so while both hold; a way
// round leads nowhere; a bloc neither rolls up nor is rolled up, and being a
// member is not standing for.
func TestRule12TransitiveCyclesBlocs(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		tied(w)
		w.Assert(envoy(w, "D", "2025-11-05/2025-11-15", "x:deputy", "x:peskov"))
		want(t, "through another", standing(w, graph.Point{}, "x:ru"), "peskov > ru 2025-11-10/.., deputy > peskov > ru 2025-11-10/2025-11-16")
		w.Assert(envoy(w, "C", "2025-11-01/", "x:ru", "x:deputy"))
		want(t, "round and round", standing(w, graph.Point{}, "x:ru"), "peskov > ru 2025-11-10/.., deputy > peskov > ru 2025-11-10/2025-11-16")
		w.Assert(envoy(w, "F", "2025-11-01/", "x:ru", "x:ru"))
		want(t, "for itself", standing(w, graph.Point{}, "x:ru"), "peskov > ru 2025-11-10/.., deputy > peskov > ru 2025-11-10/2025-11-16")

		w.Assert(envoy(w, "G", "2025-11-01/", "x:deputy", "x:europeans"))
		w.Assert(envoy(w, "H", "2025-11-01/", "x:europeans", "x:fr"))
		member := envoy(w, "M", "2025-11-01/", "x:peskov", "x:fr")
		member.Relation = &graph.Relation{Kind: "MemberOf", Fields: []graph.Field{fill("member", "x:peskov"), fill("group", "x:fr")}}
		w.Assert(member)
		want(t, "for a bloc", standing(w, graph.Point{}, "x:europeans"), "")
		want(t, "through a bloc, or as a member", standing(w, graph.Point{}, "x:fr"), "")
	})
}

// Two ways for one person are both there where they add time to each other.
func TestRule12TwoWays(t *testing.T) {
	w := graphtest.Open(t, nil)
	tied(w)
	w.Assert(envoy(w, "A", "2025-10-01/2025-10-31", "x:witkoff", "x:ua"))
	w.Assert(envoy(w, "B2", "2025-11-05/2025-11-10", "x:witkoff", "x:ua"))
	want(t, "ways", standing(w, graph.Point{}, "x:ua"),
		"chief > ua ../.., witkoff > ua 2025-10-01/2025-11-01, witkoff > ua 2025-11-05/2025-11-11, witkoff > chief > ua 2025-11-01/..")
	w.Assert(meets(w, "m1", "2025-11-06", "x:witkoff", "x:peskov"))
	want(t, "one person, once", rolled(w, graph.Point{}, "x:ua"), "m1 (witkoff for ua)")
}

// Where a relation has no date, those count who stand for the party at the point.
func TestRule12Undated(t *testing.T) {
	w := graphtest.Open(t, nil)
	tied(w)
	w.Assert(envoy(w, "A", "2025-10-01/2025-10-31", "x:deputy", "x:fr"))
	d := meets(w, "m1", "2025-11-06", "x:deputy", "x:peskov")
	d.Valid = graph.Valid{}
	w.Assert(d)
	want(t, "whenever", rolled(w, graph.Point{}, "x:fr"), "m1 (deputy for fr)")
	list, err := w.At(graph.Point{}).StandsFor(ctx, w.ID("x:fr"))
	if err != nil || len(list) != 1 || list[0].Path[0].Relation == list[0].Entity {
		t.Errorf("%+v (%v)", list, err)
	}
	want(t, "on a day when nobody did", standing(w, w.Point("2025-11-20", "", graph.Recorded), "x:fr"), "")
}

// A position counts for the party if its holder stood for it when it began.
func TestRule12Positions(t *testing.T) {
	w := graphtest.Open(t, nil)
	tied(w)
	for day, word := range map[string]string{"2025-11-05": "OPEN", "2025-11-12": "REJECT"} {
		d := stance(w, "d1", word, day, word, graph.Self)
		d.Relation.Fields[0] = fill("holder", "x:peskov")
		w.Assert(d)
	}
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Position", RollUp: true, Fillers: map[string][]graph.EntityID{"holder": {w.ID("x:ru")}}})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	c, _ := list[0].Head("stance")
	want(t, "position", c.Value.String(), "REJECT")
}

// What the reader is not cleared for, or is an outlier or not known yet, makes
// no tie; merged, one stands for whom the other does.
func TestRule12AtAPoint(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		tied(w)
		secret := envoy(w, "S", "2025-11-01/", "x:deputy", "x:fr")
		secret.Judgement.Marking = graph.Red
		w.Assert(secret)
		outlier := envoy(w, "T", "2025-11-01/", "x:witkoff", "x:fr")
		outlier.Judgement.Rank = graph.Deprecated
		w.Assert(outlier)
		on, _ := graph.ParseOn("2025-12-05")
		late := envoy(w, "U", "2025-11-01/", "x:chief", "x:fr")
		late.Judgement.Embargo = on.From
		w.Assert(late)
		w.Assert(meets(w, "m1", "2025-11-06", "x:deputy", "x:witkoff"))
		want(t, "without clearance", standing(w, graph.Point{}, "x:fr"), "")
		want(t, "without clearance", rolled(w, graph.Point{}, "x:fr"), "")
		want(t, "with clearance", standing(w, graph.Point{Clearance: graph.Red}, "x:fr"), "deputy > fr 2025-11-01/..")
		want(t, "with clearance", rolled(w, graph.Point{Clearance: graph.Red}, "x:fr"), "m1 (deputy for fr)")
		w.Day("2025-12-05")
		want(t, "after the embargo", standing(w, graph.Point{}, "x:fr"), "chief > fr 2025-11-01/.., witkoff > chief > fr 2025-11-01/..")
		merge(w, "x:peskov", "x:deputy")
		want(t, "merged", standing(w, graph.Point{}, "x:ru"), "peskov > ru 2025-11-10/..")
		want(t, "merged, with clearance", standing(w, graph.Point{Clearance: graph.Red}, "x:fr"),
			"peskov > fr 2025-11-01/.., chief > fr 2025-11-01/.., witkoff > chief > fr 2025-11-01/..")
	})
}

// TestRule12Principals finds the ways from who stands: those that are found
// from for whom they do.
func TestRule12Principals(t *testing.T) {
	w := graphtest.Open(t, nil)
	tied(w)
	ids := map[string]graph.EntityID{}
	var all []graph.EntityID
	for _, key := range []string{"x:ua", "x:ru", "x:witkoff", "x:peskov", "x:chief", "x:fr"} {
		ids[key] = w.ID(key)
		all = append(all, ids[key])
	}
	for _, p := range []graph.Point{{}, w.Point("2025-11-05", "", graph.Recorded), w.Point("2025-11-20", "", graph.Recorded)} {
		v := w.At(p)
		up, err := v.Principals(ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		down, err := v.Representatives(ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		ways := func(lists map[graph.EntityID][]graph.Representative) map[string]bool {
			set := map[string]bool{}
			for _, list := range lists {
				for _, r := range list {
					set[fmt.Sprint(r)] = true
				}
			}
			return set
		}
		if got, want := ways(up), ways(down); fmt.Sprint(got) != fmt.Sprint(want) || len(got) == 0 {
			t.Errorf("%v: up %v, down %v", p, got, want)
		}
		for id, list := range up {
			for _, r := range list {
				if r.Entity != id {
					t.Errorf("%s stands for nobody by %v", id, r)
				}
			}
		}
	}
}
