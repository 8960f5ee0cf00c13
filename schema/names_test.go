package schema_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// TestNames gives what the API calls kinds and their lists.
func TestNames(t *testing.T) {
	for kind, want := range map[string]string{
		"Meeting": "meeting meetings", "Party": "party parties", "IAEAReport": "iaeaReport iaeaReports", "NGO": "ngo ngos", "Box": "box boxes",
		"Sanctions": "sanctions sanctionses", "A": "a as",
	} {
		k := &graph.Kind{Name: kind}
		if got := schema.One(kind) + " " + schema.Many(k); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
	if got := schema.Many(&graph.Kind{Name: "MemberOf", Plural: "memberships"}); got != "memberships" {
		t.Error(got)
	}
}

// TestClashes refuses names that the API has for itself, or that two kinds
// would share, where they stand and with what to do instead.
func TestClashes(t *testing.T) {
	for sdl, want := range map[string]string{
		"type Claim @entity": "x.graphql:1:6: the kind Claim would be the type Claim, which is the type Claim of the API: rename it, such as to ClaimKind",
		"type Stat @entity":  "x.graphql:1:6: the kind Stat would be the field stats, which is the field stats of the API",
		"type Path @entity":  "the kind Path would be the type Path",
		"type Meeting @entity type MeetingFilter @entity":                                          "the kind MeetingFilter would be the type MeetingFilter, which is the kind Meeting",
		"type Meeting @entity type Meetings @entity":                                               "would be the field meetings, which is the kind Meeting",
		`type A @entity(plural: "bs") type B @entity`:                                              "would be the field bs, which is the kind A",
		`type A @entity(plural: "a")`:                                                              "the kind A would be the field a, which is the kind A",
		"enum Rank { A B } type A @entity { r: Rank }":                                             "the enumeration Rank would be the type Rank",
		"type A @relation { first: A @role }":                                                      "x.graphql:1:20: A.first: the API has a field or an argument first: choose another name, such as aFirst",
		"type A @relation { date: Date }":                                                          "A.date: the API has a field or an argument date",
		"type A @relation { kind: String }":                                                        "A.kind: the API has a field or an argument kind",
		`type A @entity { b: A @role(plural: "claims") }`:                                          "A.b: the API has a field or an argument claims: choose another name, such as aB",
		"type A @entity { and: Int }":                                                              "A.and: the API has a field or an argument and",
		"type A @entity { basis: X } enum X { Y }":                                                 "A.basis: the API has a field or an argument basis",
		"type A @entity { kind: String date: Date basis: String }":                                 "",
		"type A @entity { party: A @role(plural: \"parties\") }":                                   "",
		"type Matrix @entity":                                                                      "the kind Matrix would be the type Matrix, which is the type Matrix of the API",
		"type Negotiation @entity { gap: Int }":                                                    "Negotiation.gap: the API has a field or an argument gap",
		`type Negotiation @entity type Step @entity(plural: "steps") { talks: Negotiation @role }`: "",
		`type Negotiation @entity type Condition @entity { talks: Negotiation @role }`:             "the kind Condition would be the field conditions of a negotiation",
	} {
		_, err := schema.Parse("test", "1", schema.Source{Name: "x.graphql", Text: sdl})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", sdl, err, want)
		}
	}
	taken := &graph.Ontology{Name: "made", Version: "1", Kinds: []graph.Kind{{Name: "Node"}}}
	if err := schema.CheckNames(taken); err == nil || !strings.Contains(err.Error(), "the kind Node would be the type Node") {
		t.Errorf("made by hand: %v", err)
	}
	if err := schema.CheckNames(schema.Negotiation()); err != nil {
		t.Error(err)
	}
}
