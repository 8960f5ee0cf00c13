package gqlschema_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/schema/gqlschema"
)

// table is a world with a meeting that one document reports and a second one,
// marked, denies to have had Russia in it.
func table(t *testing.T) *graphtest.World {
	w := graphtest.Open(t, nil)
	w.Document("source:d1", "2025-12-01")
	w.Document("source:d2", "2025-12-05")
	w.Declare("State x:ua", "State x:ru", "Person x:peskov", "Person x:wire")
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "1", Valid: w.Valid("2025-11-30"),
		Chain: []graph.Ref{graph.ByKey("x:wire"), graph.ByKey("x:peskov")}, Asserted: w.Date("2025-11-30"),
		Relation: &graph.Relation{Kind: "Meeting", Key: w.Key("x:talks"), Fields: []graph.Field{
			{Name: "participant", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("x:ua"))}, {Value: graph.RefOf(graph.ByKey("x:ru"))}}}}}})
	deny := graphtest.Link("x:talks", "participant", "x:ru")
	deny.Deny = true
	w.Assert(graph.Draft{Document: graph.ByKey("source:d2"), Key: "2", Valid: w.Valid("2025-11-30"),
		Judgement: graph.Judgement{Marking: graph.Amber}, Links: []graph.Link{deny}})
	return w
}

// TestDenied shows who denies, beside who affirms, to those who may see it.
func TestDenied(t *testing.T) {
	w := over(t, table(t).DB)
	const query = `{ meetings { age saidBy { name } claims(property: "participant") { value truth } sources { who via said denies } } }`
	for clearance, want := range map[graph.Marking]string{
		graph.Clear: "map[meetings:[map[age:152 claims:[map[truth:HELD value:x:ru] map[truth:HELD value:x:ua]] saidBy:[map[name:x:peskov]] " +
			"sources:[map[denies:false said:2025-11-30 via:[x:wire] who:x:peskov]]]]]",
		graph.Amber: "map[meetings:[map[age:152 claims:[map[truth:CONTESTED value:x:ru] map[truth:HELD value:x:ua]] saidBy:[map[name:x:peskov]] " +
			"sources:[map[denies:true said:<nil> via:[] who:source:d2] map[denies:false said:2025-11-30 via:[x:wire] who:x:peskov]]]]]",
	} {
		ctx := gqlschema.WithRequest(context.Background(), &gqlschema.Request{Clearance: clearance})
		r := graphql.Do(graphql.Params{Schema: w.schema, RequestString: query, Context: ctx})
		if got := fmt.Sprint(r.Data); got != want || r.HasErrors() {
			t.Errorf("%s: got %s %v\nwant %s", clearance, got, r.Errors, want)
		}
	}
}

// TestAge counts from the day asked about, and knows what was said only later.
func TestAge(t *testing.T) {
	w := over(t, table(t).DB)
	for on, want := range map[string]string{"2025-11-30": "0", "2025-11-29/2025-11-30": "0", "2025-11/2025-12": "31"} {
		if got := w.text(`{ meetings(on: "`+on+`") { age } }`, "meetings", 0, "age"); got != want {
			t.Errorf("on %s: got %s, want %s", on, got, want)
		}
	}
}

// TestDeclared leaves out what the ontology does not declare.
func TestDeclared(t *testing.T) {
	w := over(t, table(t).DB)
	for query, ok := range map[string]bool{
		`{ meetings { participants { name } place { name } } }`: true,
		`{ meetings { mediators { name } } }`:                   false,
		`{ guarantees { id } }`:                                 false,
		`{ offers { offerors { name } conditions } }`:           true,
		`{ offers { deadline { kind } } }`:                      false,
	} {
		if r := w.do(query); r.HasErrors() == ok {
			t.Errorf("%s: %v", query, r.Errors)
		}
	}
}

// TestHistoryOnce gives each record about a subject once, with all the claims
// that it is about, in the order of recording.
func TestHistoryOnce(t *testing.T) {
	w := graphtest.Open(t, nil)
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua")
	say := func(key string, names ...string) {
		d := graph.Draft{Document: graph.ByKey("source:d1"), Key: key}
		for _, n := range names {
			d.Links = append(d.Links, graphtest.Say("x:ua", "name", graph.TextOf(n)))
		}
		w.Assert(d)
	}
	say("1", "Ukraine", "Ukraina")
	say("2", "Ukraine")
	say("1", "Ukraine", "Ukraina", "Ucraina")
	s := over(t, w.DB)
	const want = "[map[claims:2 key:1] map[claims:1 key:2] map[claims:3 key:1]]"
	for query, path := range map[string][]any{
		`{ history(subject: "x:ua") { key claims } }`:                          {"history"},
		`{ entity(key: "x:ua") { history { key claims } } }`:                   {"entity", "history"},
		`{ entity(key: "x:ua") { history(property: "name") { key claims } } }`: {"entity", "history"},
	} {
		list := s.at(query, path...).([]any)
		for _, r := range list {
			r.(map[string]any)["claims"] = len(r.(map[string]any)["claims"].([]any))
		}
		if got := fmt.Sprint(list); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// TestHistoryOfTheRetracted leads to what was: an entity of which all was
// retracted, or is denied, is found by its key and id, though not shown.
func TestHistoryOfTheRetracted(t *testing.T) {
	w := graphtest.Open(t, nil)
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua", "State x:ru")
	d := graph.Draft{Document: graph.ByKey("source:d1"), Key: "1", Links: []graph.Link{graphtest.Say("x:ua", "name", graph.TextOf("Ukraine"))}}
	id, _ := w.Assert(d)
	ua := w.ID("x:ua")
	w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
	d.Key, d.Links[0].Subject, d.Links[0].Deny = "2", graph.ByKey("x:ru"), true
	w.Assert(d)
	s := over(t, w.DB)
	for query, want := range map[string]string{
		`{ list: history(subject: "x:ua") { key } }`:                      "[map[key:1]]",
		fmt.Sprintf(`{ list: history(subject: %q) { key } }`, ua):         "[map[key:1]]",
		`{ list: claims(subject: "x:ru", denied: true) { value truth } }`: "[map[truth:DENIED value:Ukraine]]",
	} {
		if got := s.text(query, "list"); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for _, query := range []string{`{ claims(subject: "x:ru") { value } }`, `{ entity(key: "x:ua") { id } }`, `{ history(subject: "x:none") { key } }`} {
		if r := s.do(query); !r.HasErrors() {
			t.Errorf("%s: got %v, want an error", query, r.Data)
		}
	}
}

// TestChangesOfTransactions tells what became known between two transactions.
func TestChangesOfTransactions(t *testing.T) {
	w := graphtest.Open(t, nil)
	before := w.At(graph.Point{}).TS()
	w.Document("source:d1", "2025-12-01")
	w.Declare("State x:ua", "State x:ru")
	w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: "1", Valid: w.Valid("2025-11-30"),
		Relation: &graph.Relation{Kind: "Meeting", Key: w.Key("x:talks"), Fields: []graph.Field{
			{Name: "participant", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("x:ua"))}, {Value: graph.RefOf(graph.ByKey("x:ru"))}}}}}})
	after := w.At(graph.Point{}).TS()
	query := fmt.Sprintf(`{ changes(from: %q, to: %q, basis: RECORDED) { documentsSeen items { kind } } }`, graph.FormatTS(max(before, 1)), graph.FormatTS(after))
	const want = "map[changes:map[documentsSeen:1 items:[map[kind:WORLD_CHANGE]]]]"
	if got := over(t, w.DB).text(query); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
