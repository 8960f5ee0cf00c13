package customkind_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server"
)

// read is a file of this folder.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// open opens a store with the shipped kinds and a file of one's own.
func open(t *testing.T, store kv.Store, own string) (*graph.DB, error) {
	t.Helper()
	o, err := schema.Parse(schema.Name, schema.Version, append(schema.Shipped(), schema.Source{Name: "sanctions.graphql", Text: own})...)
	if err != nil {
		t.Fatal(err)
	}
	return graph.Open(context.Background(), store, &graph.Options{Ontology: o, Validate: schema.Validate, Evolve: schema.Evolve})
}

// loaded is a store that holds the notes, and a server over it that writes.
func loaded(t *testing.T) (kv.Store, http.Handler) {
	t.Helper()
	store := memkv.New(nil)
	db, err := open(t, store, read(t, "sanctions.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := loaders.Run(context.Background(), db, graph.Act{Author: "test"}, []string{"sanctions.notes"}, nil)
	if err != nil || report.Loaded.New != 5 {
		t.Fatalf("%v: %v", report, err)
	}
	s, err := server.New(db, &server.Options{Mutations: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return store, s
}

func ask(t *testing.T, s http.Handler, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return strings.TrimSpace(w.Body.String())
}

// TestEverywhere meets the kind of the SDL file in the notes and throughout the
// API: by its name, by its roles from the other side, in filters, orders,
// aggregates, groups of kinds, and in mutations.
func TestEverywhere(t *testing.T) {
	for query, want := range map[string]string{
		`{ sanctions(target: "Russia", orderBy: {field: BILLIONS}) { name text measure billions state imposers { name } conditions notStated } }`: `{"data":{"sanctions":[` +
			`{"name":"central bank assets","text":"central bank assets","measure":"ASSET_FREEZE","billions":210,"state":"IN_FORCE","imposers":[{"name":"European Union"}],"conditions":["reparations are paid"],"notStated":[]},` +
			`{"name":"oil","text":"oil","measure":"PRICE_CAP","billions":null,"state":"PROPOSED","imposers":[{"name":"European Union"}],"conditions":[],"notStated":[]}]}`,
		`{ actor(name: "Russia") { sanctions(as: TARGET) { text } byIt: sanctions(as: IMPOSER) { text } } }`:                    `"byIt":[]`,
		`{ issue(key: "x:relief") { sanctionsConnection(first: 1) { totalCount nodes { text } pageInfo { hasNextPage } } } }`:   `"totalCount":2,"nodes":[{"text":"central bank assets"}],"pageInfo":{"hasNextPage":true}`,
		`{ sanctions(filter: {billions: {gt: 100}, imposer: {some: {kind: {eq: "IntergovernmentalOrganisation"}}}}) { text } }`: `[{"text":"central bank assets"}]`,
		`{ sanctionsAggregate(groupBy: STATE) { totalCount groups { keys { value } count } } }`:                                 `"totalCount":2`,
		`{ things(kind: "Sanction") { __typename name ... on Sanction { measure } } }`:                                          `{"__typename":"Sanction","name":"oil","measure":"PRICE_CAP"}`,
		`{ sanctions(measure: PRICE_CAP) { text } }`:                                                                            `{"sanctions":[{"text":"oil"}]}`,
		`mutation { assertSanction(act: {author: "desk"}, document: {note: "seen today"}, valid: "2025-12-19/", input: {imposers: ["European Union"], targets: ["Russia"], measure: TRADE_BAN, text: "steel"}) { outcome entity { ... on Sanction { measure targets { name } sources { who } } } } }`: `"outcome":"NEW","entity":{"measure":"TRADE_BAN","targets":[{"name":"Russia"}],"sources":[{"who":"desk"}]}`,
	} {
		_, s := loaded(t)
		if got := ask(t, s, query); !strings.Contains(got, want) || strings.Contains(got, `"errors"`) {
			t.Errorf("%s:\ngot  %s\nwant %s", query, got, want)
		}
	}
}

// TestEvolution lets the file grow, and refuses what would lose what was loaded.
func TestEvolution(t *testing.T) {
	store, _ := loaded(t)
	own := read(t, "sanctions.graphql")
	for change, want := range map[[2]string]string{
		{"TRAVEL_BAN PRICE_CAP", "TRAVEL_BAN PRICE_CAP ARMS_EMBARGO"}: "",
		{"TRAVEL_BAN", ""}: "",
		{"PRICE_CAP", ""}:  "Sanction.measure has values in the store that are no longer in SanctionMeasure",
		{"target: Actor @role(min: 1)", "target: State @role(min: 1)"}:                                   "",
		{"imposer: Actor @role(min: 1)", "imposer: State @role(min: 1)"}:                                 "Sanction.imposer no longer takes what it does in the store",
		{"billions: Float @attribute", "billions: Float @attribute(class: TIMELESS)"}:                    "the class of Sanction.billions was STATE and is TIMELESS now",
		{`fields: ["imposer", "target", "measure", "text"]`, `fields: ["imposer", "target", "measure"]`}: "the @identity of Sanction was",
	} {
		changed := strings.Replace(own, change[0], change[1], 1)
		if changed == own {
			t.Fatalf("%q is not in the file", change[0])
		}
		_, err := open(t, store, changed)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", change, err, want)
		}
	}
	o, err := schema.Parse(schema.Name, schema.Version, schema.Shipped()...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = graph.Open(context.Background(), store, &graph.Options{Ontology: o, Validate: schema.Validate, Evolve: schema.Evolve})
	if err == nil || !strings.Contains(err.Error(), "the kind Sanction is gone, but the store holds entities of it") {
		t.Errorf("without the file: %v", err)
	}
}

// TestReadme runs the queries of the README and holds its answers to the real ones.
func TestReadme(t *testing.T) {
	_, s := loaded(t)
	pairs := regexp.MustCompile("(?s)```graphql\n(.*?)```\n\n```json\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(pairs) == 0 {
		t.Fatal("no queries")
	}
	for _, p := range pairs {
		if got, want := squeeze(ask(t, s, p[1])), squeeze(p[2]); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", p[1], got, want)
		}
	}
}

// squeeze is the data and errors of an answer, in one form.
func squeeze(s string) string {
	var v struct {
		Data   any
		Errors any
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}
