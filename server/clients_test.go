package server

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The clients graphql-ws and graphql-sse on npm are the measure for subscriptions.
// cmd/parley has them ask the program; here they meet what its schema has not.
func TestClients(t *testing.T) {
	const dir = "testdata/clients"
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil && os.Getenv("CI") == "" {
		t.Skip("run npm ci in server/" + dir + " first; it needs Node 20")
	}
	_, address, q := streamServer(t, Options{})
	answers := map[string]string{
		"subscription { ticks }":  `[{"data":{"ticks":1}},{"data":{"ticks":2}},{"data":{"ticks":3}}]`,
		"{ node { id } }":         `[{"data":{"node":{"id":"7"}}}]`,
		"subscription { nope }":   `has no field`,
		"subscription { fails }":  `[{"data":{"fails":1}},{`,
		"{ node { id } missing }": `"missing":null}`,
	}
	operations := []map[string]any{{"query": "subscription { ticks(to: 1000) }", "take": 2}}
	for query := range answers {
		operations = append(operations, map[string]any{"query": query})
	}
	answers["subscription { ticks(to: 1000) }"] = `[{"data":{"ticks":1}},{"data":{"ticks":2}}]`
	list, err := json.Marshal(operations)
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", "run.mjs", address+"/graphql", string(list))
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 4*len(operations) {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	for _, line := range lines {
		var told struct {
			Client, Query string
			Answers       json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want := answers[told.Query]
		if !strings.Contains(strings.ToLower(string(told.Answers)), strings.ToLower(want)) || strings.Contains(line, "hunter2") {
			t.Errorf("%s: %s:\ngot  %s\nwant %s", told.Client, told.Query, told.Answers, want)
		}
	}
	eventually(t, "subscriptions to end", func() bool { return q.open.Load() == 0 })
}
