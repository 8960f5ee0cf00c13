package gqlschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// TestNode finds whatever has an id by it: an entity, a claim, an assertion.
func TestNode(t *testing.T) {
	w := open(t, seedFile)
	g := w.at(`{ guarantees { id deadline { id } claims(property: "guarantor") { id assertions { id summary } } } }`, "guarantees", 0).(item)
	claim := g["claims"].([]any)[0].(item)
	assertion := claim["assertions"].([]any)[0].(item)
	ids := []any{g["id"], one(g, "deadline", "id"), claim["id"], assertion["id"]}
	for i, want := range []string{"map[__typename:Guarantee", "map[__typename:Deadline", "map[__typename:Claim", "map[__typename:Assertion"} {
		got := w.text(fmt.Sprintf(`{ node(id: %q) { __typename id } }`, ids[i]), "node")
		if !strings.HasPrefix(got, want) || !strings.Contains(got, fmt.Sprint(ids[i])) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	got := w.at(fmt.Sprintf(`{ nodes(ids: [%q, %q, "00000000-0000-0000-0000-000000000001", %q]) { __typename ... on Assertion { summary document { title } claim } } }`,
		ids[3], ids[0], ids[2]), "nodes").([]any)
	if len(got) != 4 || got[2] != nil || got[0].(item)["summary"] != assertion["summary"] || got[0].(item)["claim"] != claim["id"] ||
		got[1].(item)["__typename"] != "Guarantee" || got[3].(item)["__typename"] != "Claim" {
		t.Errorf("%v", got)
	}
	if r := w.do(`{ node(id: "00000000-0000-0000-0000-000000000001") { id } }`); len(r.Errors) != 1 || !causedBy(r.Errors[0], graph.ErrNotFound) {
		t.Errorf("%v", r.Errors)
	}
	if r := w.do(`{ nodes(ids: ["7"]) { id } }`); len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, `ids[0]: "7" is not an id`) {
		t.Errorf("%v", r.Errors)
	}
}

// TestTraversals compares paths, surroundings and counts with neighbors.
func TestTraversals(t *testing.T) {
	w := open(t, mainFile, seedFile)
	p := w.at(`{ path(from: "Ukraine", to: "Russia", via: ["participant"]) { length entities { name } steps { of { id } entity { id kind } property outwards sources { who } } } }`, "path").(item)
	steps := p["steps"].([]any)
	stations := p["entities"].([]any)
	if p["length"] != len(steps) || len(stations) != len(steps)+1 || len(steps) == 0 || len(steps)%2 != 0 ||
		stations[0].(item)["name"] != "Ukraine" || stations[len(stations)-1].(item)["name"] != "Russia" {
		t.Errorf("path: %v", p)
	}
	for i, s := range steps {
		if i > 0 && one(s.(item), "of", "id") != one(steps[i-1].(item), "entity", "id") || len(s.(item)["sources"].([]any)) == 0 {
			t.Errorf("step %d: %v", i, s)
		}
	}
	if got := w.text(`{ path(from: "Ukraine", to: "Ukraine") { length entities { name } } }`, "path"); got != "map[entities:[map[name:Ukraine]] length:0]" {
		t.Errorf("to itself: %s", got)
	}
	s := w.at(`{ subgraph(around: "Zaporizhzhia Nuclear Power Plant", depth: 1, limit: 1000) { cut entities { depth entity { name } } edges { property entity { id } } }
		neighbors(of: "Zaporizhzhia Nuclear Power Plant", first: 1000) { property entity { id } } }`).(item)
	near, _ := s["neighbors"].([]any)
	if got := one(s, "subgraph", "edges").([]any); fmt.Sprint(got) != fmt.Sprint(near) || len(near) < 2 || one(s, "subgraph", "cut") != false {
		t.Errorf("%d edges, %d neighbors", len(got), len(near))
	}
	if first := one(s, "subgraph", "entities").([]any)[0].(item); first["depth"] != 0 || one(first, "entity", "name") != "Zaporizhzhia Nuclear Power Plant" {
		t.Errorf("the first: %v", first)
	}
	sum := 0
	for _, c := range w.at(`{ counts(of: "Zaporizhzhia Nuclear Power Plant") { property outwards edges } }`, "counts").([]any) {
		sum += c.(item)["edges"].(int)
	}
	if sum != len(near) {
		t.Errorf("counted %d edges of %d", sum, len(near))
	}
}

// TestTraversalMistakes tells which argument is wrong.
func TestTraversalMistakes(t *testing.T) {
	w := open(t, seedFile)
	for query, want := range map[string]string{
		`{ path(from: "Ukraine", to: "Rusia") { length } }`:                         `to: no entity is called "Rusia"`,
		`{ path(from: "Ukraine", to: "Russia", maxHops: 100) { length } }`:          "maxHops: 100: want 1 to 20",
		`{ path(from: "Ukraine", to: "Russia", via: ["participants"]) { length } }`: "via: ",
		`{ subgraph(around: "Ukraine", kinds: ["Stat"]) { cut } }`:                  `kinds: "Stat" is no kind of the ontology: did you mean State`,
		`{ counts(of: "Ukraine", starts: "3/4/2025") { edges } }`:                   "starts: ",
		`{ subgraph(around: "Ukraine", depth: 0) { cut } }`:                         "depth: 0: want 1 to 6",
	} {
		if r := w.do(query); len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, want) {
			t.Errorf("%s: %v, want %q", query, r.Errors, want)
		}
	}
}

// TestStandsFor lists the same people at the root and below an entity.
func TestStandsFor(t *testing.T) {
	w := open(t, mainFile)
	const fields = `{ entity { name } for { name } from until path { agent { name } principal { name } relation { kind } from } }`
	got := w.at(`{ standsFor(party: "United States", on: "2025-12-15") ` + fields + ` actor(name: "United States", on: "2025-12-15") { representatives ` + fields + ` } }`).(item)
	list := got["standsFor"].([]any)
	if len(list) < 3 || fmt.Sprint(list) != fmt.Sprint(one(got, "actor", "representatives")) {
		t.Errorf("%v", got)
	}
	if first := list[0].(item); one(first, "for", "name") != "United States" || len(first["path"].([]any)) != 1 {
		t.Errorf("%v", first)
	}
}

// TestStandsForBelow leads from somebody to those for whom they stand: the other
// way round of who stands for these.
func TestStandsForBelow(t *testing.T) {
	w := open(t, mainFile)
	const path = `path { agent { id } principal { id } relation { id } } from until`
	down := w.at(`{ actor(name: "United States") { representatives { entity { id standsFor { for { name } `+path+` } } `+path+` } } }`, "actor", "representatives").([]any)
	met := 0
	for _, r := range down {
		same := func(up item) bool {
			return one(up, "for", "name") == "United States" && fmt.Sprint(up["path"], up["from"], up["until"]) == fmt.Sprint(r.(item)["path"], r.(item)["from"], r.(item)["until"])
		}
		if any1(one(r.(item), "entity", "standsFor"), same) {
			met++
		}
	}
	if met != len(down) || met < 3 {
		t.Errorf("%d of %d ways are found from below", met, len(down))
	}
}

// TestProposals proposes what has the name of something else.
func TestProposals(t *testing.T) {
	g := table(t)
	g.Declare("Person x:alex", "Person x:aleks")
	for _, key := range []string{"x:alex", "x:aleks"} {
		g.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Links: []graph.Link{say(key, "Alex Novak")}})
	}
	got := over(t, g.DB).text(`{ proposals(of: "x:aleks") { one { externalIds } other { externalIds } why } }`, "proposals")
	if want := "[map[one:map[externalIds:[x:alex]] other:map[externalIds:[x:aleks]] why:SAME_NAME]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func say(key, name string) graph.Link {
	return graph.Link{Subject: graph.ByKey(key), Property: graph.PropertyName, Value: graph.TextOf(name)}
}
