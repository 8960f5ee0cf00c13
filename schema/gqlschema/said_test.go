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
