package server

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/schema"
)

// world is a small graph: two persons of one name, a state with names in two
// languages, and a dispute of which only readers with clearance know.
func world(t *testing.T) *graphtest.World {
	t.Helper()
	w := graphtest.Open(t, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	w.Document("t:doc", "2025-12-01")
	w.Declare("Person t:ivanov-1", "Person t:ivanov-2", "State t:georgia", "Dispute t:dispute", "Facility t:plant")
	names := graph.Draft{Document: graph.ByKey("t:doc"), Key: "names", Links: []graph.Link{
		graphtest.Say("t:ivanov-1", "name", graph.TextOf("Ivanov")),
		graphtest.Say("t:ivanov-2", "name", graph.TextOf("Ivanov")),
		graphtest.Say("t:georgia", "name", graph.NameOf("Georgia", "en", "", "")),
		graphtest.Say("t:georgia", "name", graph.NameOf("Georgien", "de", "", "")),
		graphtest.Say("t:plant", "name", graph.TextOf("The plant")),
	}}
	w.Assert(names)
	secret := graph.Draft{Document: graph.ByKey("t:doc"), Key: "secret", Valid: w.Valid("2025-12-01"), Links: []graph.Link{
		graphtest.Link("t:dispute", "about", "t:plant"),
		graphtest.Link("t:dispute", "claimant", "t:georgia"),
	}}
	secret.Judgement.Marking = graph.Red
	w.Assert(secret)
	return w
}

func worldServer(t *testing.T, w *graphtest.World, clearance graph.Marking) *Server {
	t.Helper()
	s, err := New(w.DB, &Options{Clearance: clearance})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestAmbiguousNamesListCandidates(t *testing.T) {
	w := world(t)
	got := ask(t, worldServer(t, w, graph.Clear), `{ actor(name: "ivanov") { kind } }`, "")
	for _, want := range []string{w.ID("t:ivanov-1").String(), w.ID("t:ivanov-2").String(), `"candidates":[{`} {
		if !strings.Contains(got.Body, want) || got.code() != codeAmbiguous {
			t.Errorf("want %s: %s", want, got.Body)
		}
	}
}

func TestLabelsFollowTheReader(t *testing.T) {
	s := worldServer(t, world(t), graph.Clear)
	for accept, want := range map[string]string{"": "Georgia", "de-AT, en;q=0.5": "Georgien", "fr": "Georgia"} {
		r := post(`{"query":"{ actor(key: \"t:georgia\") { name } }"}`)
		r.Header.Set("Accept-Language", accept)
		if got := send(t, s, r); !strings.Contains(got.Body, `"name":"`+want+`"`) {
			t.Errorf("%q: %s", accept, got.Body)
		}
	}
}

func TestClearance(t *testing.T) {
	w := world(t)
	const query = `{ disputes { about { name } } stats { relations } dispute(key: "t:dispute") { kind } actor(key: "t:georgia") { disputes { id } } }`
	open, closed := ask(t, worldServer(t, w, graph.Red), query, ""), ask(t, worldServer(t, w, graph.Clear), query, "")
	if !strings.Contains(open.Body, "The plant") || len(open.Errors) > 0 {
		t.Errorf("with clearance: %s", open.Body)
	}
	if closed.code() != codeNotFound || !strings.Contains(closed.Body, `"disputes":[],"stats":{"relations":0}`) || strings.Contains(closed.Body, "plant") {
		t.Errorf("without clearance: %s", closed.Body)
	}
}

func TestNewNeedsAnOntology(t *testing.T) {
	w := graphtest.Open(t, &graph.Options{})
	if _, err := New(w.DB, nil); err == nil {
		t.Error("a schema was made of nothing")
	}
	if _, err := New(world(t).DB, nil); err != nil {
		t.Error(err)
	}
}
