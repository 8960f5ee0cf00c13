package server

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server/exec"
)

// TestMutations writes only where the server is asked to let readers write, and
// then what a mistake says is for the client.
func TestMutations(t *testing.T) {
	w := world(t)
	const query = `mutation { assertState(act: {author: "desk"}, document: {key: "t:doc"}, input: {key: "t:georgia", aliases: ["Sakartvelo"]}) { outcome claims { value } } }`
	if got := ask(t, worldServer(t, w, graph.Clear), query, ""); got.code() != exec.CodeOperation && got.code() != exec.CodeInvalid {
		t.Errorf("read-only: %s", got.Body)
	}
	s, err := New(w.DB, &Options{Mutations: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if got := ask(t, s, query, ""); !strings.Contains(got.Body, `"outcome":"NEW"`) || !strings.Contains(got.Body, "Sakartvelo") {
		t.Errorf("%s", got.Body)
	}
	if got := ask(t, s, `{ actor(name: "Sakartvelo") { name } }`, ""); !strings.Contains(got.Body, "Georgia") {
		t.Errorf("%s", got.Body)
	}
	for query, code := range map[string]string{
		`mutation { assertState(act: {author: "desk"}, document: {key: "t:none"}, input: {key: "t:georgia", aliases: ["G"]}) { outcome } }`: codeRefused,
		`mutation { assertState(act: {author: "desk"}, document: {}, input: {key: "t:georgia", aliases: ["G"]}) { outcome } }`:              exec.CodeInput,
		`mutation { retract(act: {author: "desk"}, assertion: "00000000-0000-0000-0000-000000000001") { outcome } }`:                        codeNotFound,
	} {
		if got := ask(t, s, query, ""); got.code() != code {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
}
