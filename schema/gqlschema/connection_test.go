package gqlschema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// pages goes through a connection, forwards or backwards, and gives the ids.
func pages(w *world, list, args string, size int, back bool) (ids []any) {
	w.Helper()
	walk := pickText(back, "last", "first")
	for from := ""; ; {
		c := w.at(fmt.Sprintf(`{ %s(%s %s: %d %s) { edges { node { id } } totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
			list, args, walk, size, from), list).(item)
		var page []any
		for _, e := range c["edges"].([]any) {
			page = append(page, one(e.(item), "node", "id"))
		}
		if back {
			ids = append(page, ids...)
		} else {
			ids = append(ids, page...)
		}
		more := one(c, "pageInfo", pickText(back, "hasPreviousPage", "hasNextPage")).(bool)
		if !more {
			if len(ids) != c["totalCount"] {
				w.Errorf("%s: %d of %v", list, len(ids), c["totalCount"])
			}
			return ids
		}
		from = fmt.Sprintf("%s: %q", pickText(back, "before", "after"), one(c, "pageInfo", pickText(back, "startCursor", "endCursor")))
	}
}

func pickText(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// TestConnection goes through lists page by page and meets what the plain list
// has, in its order.
func TestConnection(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for _, args := range []string{``, `participant: "Ukraine"`, `orderBy: {field: NAME}`, `filter: {mode: {ne: PHONE}}, on: "2025-11/2025-12"`,
		`knownOn: "2025-12-01", basis: PUBLISHED`} {
		var want []any
		for _, x := range w.at(`{ meetings(first: 1000 `+args+`) { id } }`, "meetings").([]any) {
			want = append(want, x.(item)["id"])
		}
		for _, back := range []bool{false, true} {
			if got := pages(w, "meetingsConnection", args, 4, back); !slices.Equal(got, want) || len(got) < 5 {
				t.Errorf("%s, back %v: got %v, want %v", args, back, got, want)
			}
		}
	}
	if got := pages(w, "issuesConnection", "", 10, false); len(got) < 11 {
		t.Errorf("issues: %v", got)
	}
}

// TestConnectionBelow pages through what somebody takes part in, and through
// those who fill a role.
func TestConnectionBelow(t *testing.T) {
	w := open(t, mainFile)
	first := w.at(`{ actor(name: "Ukraine") { meetingsConnection(first: 2) { totalCount pageInfo { endCursor } nodes { id } } meetings { id } } }`, "actor").(item)
	all := first["meetings"].([]any)
	second := w.at(fmt.Sprintf(`{ actor(name: "Ukraine") { meetingsConnection(first: 2, after: %q) { nodes { id } } } }`,
		one(first, "meetingsConnection", "pageInfo", "endCursor")), "actor", "meetingsConnection", "nodes").([]any)
	got := append(slices.Clone(one(first, "meetingsConnection", "nodes").([]any)), second...)
	if fmt.Sprint(got) != fmt.Sprint(all[:4]) || one(first, "meetingsConnection", "totalCount") != len(all) {
		t.Errorf("got %v, want the first of %v", got, all)
	}
	conditions := w.at(`{ positions(first: 1000, filter: {condition: {isNull: false}}) { conditions conditionsConnection { nodes { __typename text } } } }`, "positions").([]any)
	for _, p := range conditions {
		nodes := one(p.(item), "conditionsConnection", "nodes").([]any)
		if len(nodes) == 0 || nodes[0].(item)["__typename"] != "Condition" || nodes[0].(item)["text"] != p.(item)["conditions"].([]any)[0] {
			t.Errorf("%v", p)
		}
	}
	if len(conditions) == 0 {
		t.Error("no conditions")
	}
}

// TestCursorBound refuses a cursor of another list, other arguments or another
// point, and what is no cursor.
func TestCursorBound(t *testing.T) {
	w := open(t, mainFile)
	cursor := w.text(`{ meetingsConnection(first: 2, on: "2025") { pageInfo { endCursor } } }`, "meetingsConnection", "pageInfo", "endCursor")
	for args, ok := range map[string]bool{
		`meetingsConnection(on: "2025" %s)`: true, `meetingsConnection(on: "2025", first: 5 %s)`: true,
		`meetingsConnection(on: "2025-12" %s)`: false, `meetingsConnection(on: "2025", participant: "Ukraine" %s)`: false,
		`meetingsConnection(on: "2025", filter: {mode: {eq: PHONE}} %s)`: false, `positionsConnection(on: "2025" %s)`: false,
		`meetingsConnection(on: "2025", knownOn: "2026", basis: PUBLISHED %s)`: false,
	} {
		r := w.do("{ " + fmt.Sprintf(args, fmt.Sprintf(", after: %q", cursor)) + " { totalCount } }")
		if ok != (len(r.Errors) == 0) || !ok && r.Errors[0].Extensions["code"] != "BAD_CURSOR" {
			t.Errorf("%s: %v", args, r.Errors)
		}
	}
	for _, cursor := range []string{"", "x", strings.Repeat("A", 43)} {
		if r := w.do(fmt.Sprintf(`{ meetingsConnection(after: %q) { totalCount } }`, cursor)); len(r.Errors) != 1 || r.Errors[0].Extensions["code"] != "BAD_CURSOR" {
			t.Errorf("%q: %v", cursor, r.Errors)
		}
	}
}

// TestCursorStable reads later pages at the transaction of the first one: what
// is recorded in between moves nothing.
func TestCursorStable(t *testing.T) {
	g := table(t)
	w := over(t, g.DB)
	meet := func(key, day string) {
		g.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key, Valid: g.Valid(day),
			Relation: &graph.Relation{Kind: "Meeting", Key: g.Key(key), Fields: []graph.Field{
				{Name: "participant", Values: []graph.Filler{{Value: graphtest.Link(key, "participant", "x:ua").Value}}}}}})
	}
	meet("x:a", "2025-10-01")
	meet("x:b", "2025-10-02")
	page := w.at(`{ meetingsConnection(first: 1) { nodes { name } pageInfo { endCursor } point { transaction } } }`, "meetingsConnection").(item)
	meet("x:new", "2025-10-03")
	meet("x:newest", "2026-01-01")
	rest := w.at(fmt.Sprintf(`{ meetingsConnection(after: %q) { nodes { name } totalCount point { transaction } } }`, one(page, "pageInfo", "endCursor")), "meetingsConnection").(item)
	if got := fmt.Sprint(page["nodes"], rest["nodes"], rest["totalCount"]); got != "[map[name:x:talks]] [map[name:x:b] map[name:x:a]] 3" {
		t.Error(got)
	}
	if fmt.Sprint(page["point"]) != fmt.Sprint(rest["point"]) {
		t.Errorf("%v, then %v", page["point"], rest["point"])
	}
	if got := w.text(`{ meetingsConnection { totalCount } }`, "meetingsConnection", "totalCount"); got != "5" {
		t.Errorf("anew: %s", got)
	}
}

// TestAggregate counts as a look at every item does.
func TestAggregate(t *testing.T) {
	w := open(t, mainFile, seedFile)
	count := map[string]int{}
	all := w.at(`{ meetings(first: 1000, topic: "Territory: Donbas and the line of contact") { mode participants { name } } }`, "meetings").([]any)
	for _, m := range all {
		for _, p := range m.(item)["participants"].([]any) {
			count[fmt.Sprint(m.(item)["mode"], p.(item)["name"])]++
		}
	}
	a := w.at(`{ meetingsAggregate(topic: "Territory: Donbas and the line of contact", groupBy: [MODE, PARTICIPANT], first: 1000) {
		totalCount groups { count keys { field value entity { name } } } point { transaction } } }`, "meetingsAggregate").(item)
	if a["totalCount"] != len(all) || len(all) == 0 {
		t.Errorf("%v of %d", a["totalCount"], len(all))
	}
	last := 1 << 30
	for _, g := range a["groups"].([]any) {
		keys := g.(item)["keys"].([]any)
		mode, who := keys[0].(item), keys[1].(item)
		n := g.(item)["count"].(int)
		if who["value"] == nil {
			continue // a meeting of which no participant is stated
		}
		if name := fmt.Sprint(mode["value"], who["value"]); count[name] != n || n > last || who["value"] != one(who, "entity", "name") {
			t.Errorf("%s: got %d, want %d", name, n, count[name])
		} else {
			delete(count, name)
		}
		last = n
	}
	if len(count) > 0 {
		t.Errorf("not counted: %v", count)
	}
	years := w.text(`{ meetingsAggregate(groupBy: YEAR) { groups { keys { field value } count } } actorsAggregate(groupBy: KIND, first: 1) { groups { keys { value } } } }`)
	if !strings.Contains(years, "field:year value:2025") || !strings.Contains(years, "actorsAggregate:map[groups:[map[keys:[map[value:Person]]]]]") {
		t.Error(years)
	}
}

// TestRollUp finds what envoys and officials did, and shows through whom.
func TestRollUp(t *testing.T) {
	w := open(t, mainFile)
	alone := w.at(`{ meetings(participant: "United States", first: 1000) { id through { role } } }`, "meetings").([]any)
	rolled := w.at(`{ meetings(participant: "United States", first: 1000, rollUp: true) { id through { role entity { name } for { name } path { relation { kind } } } } }`, "meetings").([]any)
	through := 0
	for _, m := range rolled {
		for _, f := range m.(item)["through"].([]any) {
			through++
			if one(f.(item), "role") != "participant" || one(f.(item), "for", "name") != "United States" || len(f.(item)["path"].([]any)) == 0 {
				t.Errorf("%v", f)
			}
		}
	}
	if len(rolled) <= len(alone) || through == 0 {
		t.Errorf("%d alone, %d rolled up, %d through somebody", len(alone), len(rolled), through)
	}
	below := w.at(`{ actor(name: "United States") { meetings(as: PARTICIPANT, rollUp: true, first: 1000) { id } representatives { entity { name } for { name } } } }`, "actor").(item)
	if len(below["meetings"].([]any)) != len(rolled) || len(below["representatives"].([]any)) == 0 {
		t.Errorf("below: %d meetings, %d representatives", len(below["meetings"].([]any)), len(below["representatives"].([]any)))
	}
}

// TestAt gives the point in one argument, and shows it with every answer.
func TestAt(t *testing.T) {
	w := open(t, mainFile)
	got := w.at(`{ a: meetings(at: {on: "2025-12", knownOn: "2025-12-10", basis: PUBLISHED}) { id at { on knownOn basis undatedDocuments } }
		b: meetings(on: "2025-12", knownOn: "2025-12-10", basis: PUBLISHED) { id at { on knownOn basis undatedDocuments } } }`).(item)
	if fmt.Sprint(got["a"]) != fmt.Sprint(got["b"]) || len(got["a"].([]any)) == 0 {
		t.Errorf("%v", got)
	}
	point := one(got["a"].([]any)[0].(item), "at").(item)
	if point["on"] != "2025-12-01T00:00:00Z/2025-12-31T23:59:59.999Z" || point["basis"] != "PUBLISHED" || point["knownOn"] == nil {
		t.Errorf("%v", point)
	}
}
