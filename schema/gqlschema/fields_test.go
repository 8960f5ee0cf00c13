package gqlschema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema/gqlschema"
)

// TestNestedOn lets a nested list be of another day than the field around it,
// and inherit its day otherwise.
func TestNestedOn(t *testing.T) {
	w := open(t, mainFile)
	count := func(query string) int {
		return len(w.at(query, "actor", "positions").([]any))
	}
	inherited := count(`{ actor(name: "Russia", on: "2025-12-16") { positions { id } } }`)
	itself := count(`{ actor(name: "Russia", on: "2025-11-21") { positions(on: "2025-12-16") { id } } }`)
	early := count(`{ actor(name: "Russia", on: "2025-11-01") { positions { id } } }`)
	all := count(`{ actor(name: "Russia") { positions { id } } }`)
	if inherited != itself || inherited == 0 || early >= inherited || all <= inherited {
		t.Errorf("inherited %d, its own %d, early %d, all %d", inherited, itself, early, all)
	}
}

// TestKnownOn shows nothing that was published later, at any level.
func TestKnownOn(t *testing.T) {
	w := open(t, mainFile)
	const day = "2025-12-05"
	text := w.ask(`{ actor(name: "Ukraine", knownOn: "` + day + `", basis: PUBLISHED) {
		meetings { sources { published } participants { positions { sources { published } } } } } }`)
	seen := 0
	for _, line := range strings.Split(text, "\n") {
		if _, published, ok := strings.Cut(line, `"published": "`); ok {
			seen++
			if strings.TrimSuffix(published, `"`) > day {
				t.Fatalf("published on %s", published)
			}
		}
	}
	if seen == 0 {
		t.Fatal("nothing published")
	}
}

// TestAs separates the roles in which an actor takes part.
func TestAs(t *testing.T) {
	w := open(t, mainFile, seedFile)
	count := func(as string) int {
		return len(w.at(`{ actor(name: "Ukraine") { guarantees`+as+` { id } } }`, "actor", "guarantees").([]any))
	}
	any, given, got := count(""), count("(as: GUARANTOR)"), count("(as: BENEFICIARY)")
	if got == 0 || any != got+given {
		t.Errorf("any role %d, guarantor %d, beneficiary %d", any, given, got)
	}
	if n := count(`(guarantor: "United States")`); n == 0 || n >= any {
		t.Errorf("by the United States: %d of %d", n, any)
	}
}

// TestFilters chooses by roles and by attributes.
func TestFilters(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for query, field := range map[string]string{
		`{ positions(first: 500, stance: REJECT) { stance } }`:                   "map[stance:REJECT]",
		`{ positions(first: 500, voice: NARRATOR) { voice } }`:                   "map[voice:NARRATOR]",
		`{ meetings(first: 500, status: ANNOUNCED) { status } }`:                 "map[status:ANNOUNCED]",
		`{ issues(first: 500, parent: "territory") { parent { externalIds } } }`: "map[parent:map[externalIds:[ua25:i-territory]]]",
		`{ actors(first: 500, kind: "Bloc") { kind } }`:                          "map[kind:Bloc]",
	} {
		for _, list := range w.at(query).(map[string]any) {
			items := list.([]any)
			for _, item := range items {
				if got := fmt.Sprint(item); got != field {
					t.Errorf("%s: got %s, want %s", query, got, field)
				}
			}
			if len(items) == 0 {
				t.Errorf("%s: nothing", query)
			}
		}
	}
}

// TestEvidenceBelow leads from a position to its claims, assertions and documents.
func TestEvidenceBelow(t *testing.T) {
	w := open(t, seedFile)
	claim := w.at(`{ guarantees { claims(property: "guarantor") { id value truth date entity { name kind }
		assertions { key document { title } chain { name } voice level summary } history { recordedFrom recordedTo } } } }`,
		"guarantees", 0, "claims", 0).(map[string]any)
	if claim["value"] != "United States" || claim["truth"] != "HELD" || fmt.Sprint(claim["entity"]) != "map[kind:State name:United States]" {
		t.Errorf("claim: %v", claim)
	}
	assertion := claim["assertions"].([]any)[0].(map[string]any)
	if assertion["summary"] == nil || !strings.HasPrefix(fmt.Sprint(assertion["key"]), "F") {
		t.Errorf("assertion: %v", assertion)
	}
	same := w.at(fmt.Sprintf(`{ history(claim: %q) { claim recordedFrom } }`, claim["id"]), "history").([]any)
	if len(same) == 0 || len(same) != len(claim["history"].([]any)) || same[0].(map[string]any)["claim"] != claim["id"] {
		t.Errorf("history: %v", same)
	}
	about := w.at(`{ claims(subject: "Ukraine", property: "name") { value } history(subject: "Ukraine", property: "name") { claim } }`).(map[string]any)
	if len(about["claims"].([]any)) == 0 || len(about["history"].([]any)) == 0 {
		t.Errorf("about Ukraine: %v", about)
	}
}

// TestNeighbors pages through the edges of an entity and meets each once.
func TestNeighbors(t *testing.T) {
	w := open(t, seedFile)
	whole := w.at(`{ neighbors(of: "Ukraine", first: 1000) { cursor } }`, "neighbors").([]any)
	after, pages := "", 0
	for seen := 0; seen < len(whole); pages++ {
		list := w.at(`{ neighbors(of: "Ukraine", first: 3`+after+`) { cursor entity { name } sources { who } } }`, "neighbors").([]any)
		for i, item := range list {
			edge := item.(map[string]any)
			if edge["cursor"] != whole[seen+i].(map[string]any)["cursor"] || len(edge["sources"].([]any)) == 0 {
				t.Fatalf("edge %d: %v", seen+i, edge)
			}
			after = fmt.Sprintf(", after: %q", edge["cursor"])
		}
		if seen += len(list); len(list) == 0 {
			t.Fatalf("only %d of %d", seen, len(whole))
		}
	}
	if pages < 2 {
		t.Errorf("%d edges", len(whole))
	}
	r := w.do(`{ neighbors(of: "Russia", first: 3` + after + `) { cursor } }`)
	if len(r.Errors) != 1 || !causedBy(r.Errors[0], graph.ErrCursor) {
		t.Errorf("cursor of another list: %v", r.Errors)
	}
}

// TestStats counts as the database does.
func TestStats(t *testing.T) {
	w := open(t, seedFile)
	s, err := w.db.At(graph.Point{}).Stats(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := w.at(`{ stats { entities relations claims assertions documents transactions } }`, "stats").(map[string]any)
	for name, want := range map[string]int{"entities": s.Entities, "relations": s.Relations, "claims": s.Claims,
		"assertions": s.Assertions, "documents": s.Documents, "transactions": s.Transactions} {
		if got[name] != want || want == 0 {
			t.Errorf("%s: got %v, want %d", name, got[name], want)
		}
	}
}

// TestTypes shows each entity as the type of its kind, also where any kind of a
// group may stand. A deadline, whose kind is an attribute of its own, is no
// Entity, and shows as another one where any entity may stand.
func TestTypes(t *testing.T) {
	w := open(t, seedFile)
	for query, want := range map[string]string{
		`{ entity(key: "ua25:znpp") { __typename name kind } }`:                                           "map[__typename:Facility kind:Facility name:Zaporizhzhia Nuclear Power Plant]",
		`{ entity(name: "Ukraine") { __typename ... on Actor { title } ... on State { description } } }`:  "map[__typename:State description:<nil> title:<nil>]",
		`{ entity: disputes { about { __typename name } } }`:                                              "[map[about:<nil>] map[about:map[__typename:Facility name:Zaporizhzhia Nuclear Power Plant]]]",
		`{ entity: deadlines { __typename kind } }`:                                                       "[map[__typename:Deadline kind:LIMITED_UNSPECIFIED]]",
		`{ entity: entities(kind: "Deadline") { __typename kind } }`:                                      "[map[__typename:OtherEntity kind:Deadline]]",
		`{ entity: things(kind: "Deadline") { __typename kind } }`:                                        "[map[__typename:OtherEntity kind:Deadline]]",
		`{ entity: documents { __typename publisher curation } }`:                                         "[map[__typename:Document curation:false publisher:<nil>] map[__typename:Document curation:true publisher:<nil>]]",
		`{ entity: guarantees { deadline { __typename kind guarantees { state } } conditions trigger } }`: "[map[conditions:[] deadline:map[__typename:Deadline guarantees:[map[state:TABLED]] kind:LIMITED_UNSPECIFIED] trigger:<nil>]]",
	} {
		if got := w.text(query, "entity"); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

// TestEnded stops at the first resolver when the request has ended.
func TestEnded(t *testing.T) {
	w := open(t, seedFile)
	ctx, cancel := context.WithCancel(gqlschema.WithRequest(context.Background(), &gqlschema.Request{}))
	cancel()
	r := graphql.Do(graphql.Params{Schema: w.schema, RequestString: `{ meetings { name } }`, Context: ctx})
	if len(r.Errors) == 0 {
		t.Error("answered")
	}
}

// TestDocuments lists documents though nothing is claimed about them, where an
// assertion of theirs is live.
func TestDocuments(t *testing.T) {
	w := open(t, mainFile)
	count := func(point string) (listed, counted int) {
		data := w.at(`{ entities(kind: "Document", first: 1000` + point + `) { name } stats` + strings.Replace("("+strings.TrimPrefix(point, ", ")+")", "()", "", 1) + ` { documents } }`).(map[string]any)
		return len(data["entities"].([]any)), data["stats"].(map[string]any)["documents"].(int)
	}
	if listed, counted := count(""); listed != 145 || counted != listed {
		t.Errorf("%d documents listed, %d counted, want 145", listed, counted)
	}
	if listed, counted := count(`, knownOn: "2025-11-20", basis: PUBLISHED`); listed == 0 || listed > 100 || listed != counted {
		t.Errorf("in November: %d documents listed, %d counted", listed, counted)
	}
	if got := w.text(`{ entity(key: "source:s009") { kind } }`, "entity", "kind"); got != "Document" {
		t.Errorf("by key: %s", got)
	}
}

// TestRelationFields shows what belongs to relations wherever any entity may
// stand, and only there.
func TestRelationFields(t *testing.T) {
	w := open(t, seedFile)
	list := w.at(`{ neighbors(of: "Ukraine", property: ["participant"]) { entity { name ... on Relation { date notStated inItsOwnWords } } } }`, "neighbors").([]any)
	if len(list) == 0 {
		t.Fatal("no meetings")
	}
	for _, n := range list {
		if e := n.(map[string]any)["entity"].(map[string]any); e["notStated"] == nil || e["inItsOwnWords"] == nil {
			t.Errorf("%v", e)
		}
	}
	for _, field := range []string{"age", "date", "inItsOwnWords", "notStated"} {
		if r := w.do(`{ actor(name: "Ukraine") { ` + field + ` } }`); !r.HasErrors() {
			t.Errorf("an actor has %s", field)
		}
	}
}

// TestAxis moves the world, or what is known of it, alone.
func TestAxis(t *testing.T) {
	w := open(t, mainFile)
	ask := func(axis string) (documents int, kinds map[any]int) {
		c := w.at(`{ changes(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED`+axis+`) { documentsSeen items(first: 1000) { kind } } }`, "changes").(item)
		kinds = map[any]int{}
		for _, i := range c["items"].([]any) {
			kinds[i.(item)["kind"]]++
		}
		return c["documentsSeen"].(int), kinds
	}
	both, kinds := ask("")
	on, moved := ask(", axis: ON")
	known, learned := ask(", axis: KNOWN")
	if both == 0 || on != 0 || known != both || kinds["WORLD_CHANGE"] == 0 || len(moved) == 0 || len(learned) == 0 || fmt.Sprint(moved) == fmt.Sprint(learned) {
		t.Errorf("%d documents %v; on: %d %v; known: %d %v", both, kinds, on, moved, known, learned)
	}
	if moved["NEW_SOURCE_SAME_CLAIM"]+moved["LATE_REPORT"]+moved["CORRECTION"] > 0 {
		t.Errorf("on: %v", moved)
	}
}
