package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// served runs the program on a port of this machine and gives the address.
func served(t *testing.T, data string) (address string) {
	t.Helper()
	cmd := child(t, "serve", "--data", data, "--addr", "127.0.0.1:0", "--base-path", "/desk")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for address == "" && lines.Scan() {
		address, _ = strings.CutPrefix(lines.Text(), "serving ")
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		ended := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		defer ended.Stop()
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 130 {
			t.Errorf("after a signal: %v", err)
		}
	})
	if !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.HasSuffix(address, "/desk/graphql") {
		t.Fatalf("serving %q: %v", address, lines.Err())
	}
	go func() {
		for lines.Scan() { // so that the program can go on telling
		}
	}()
	return address
}

// node runs a program of server/testdata that has its packages.
func node(t *testing.T, dir string, args ...string) string {
	t.Helper()
	dir = filepath.Join("../../server/testdata", dir)
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil && os.Getenv("CI") == "" {
		t.Skipf("run npm ci --prefix server/testdata/%s first; it needs Node 20", filepath.Base(dir))
	}
	run := exec.CommandContext(t.Context(), "node", append([]string{"run.mjs"}, args...)...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// TestNPM has the program asked by what is public on npm: the audit of GraphQL
// over HTTP (graphql-http), all 61 without warnings, and the clients graphql-ws
// and graphql-sse.
func TestNPM(t *testing.T) {
	data := filepath.Join(t.TempDir(), "db")
	output(t, "load", "--data", data, "../../examples/ukraine-2025/seed.jsonl")
	address := served(t, data)
	t.Run("audit", func(t *testing.T) {
		if out := node(t, "audit", address); !strings.Contains(out, "61 of 61") {
			t.Error(out)
		}
	})
	t.Run("clients", func(t *testing.T) { clients(t, address) })
}

func clients(t *testing.T, address string) {
	const (
		actor   = `{ actor(name: "Russia") { name } }`
		nothing = `{ actor(name: "Atlantis") { name } }`
		changes = `subscription($after: String) { changes(after: $after) { id author entities { label } } }`
		wrong   = `subscription { changes(after: "yesterday") { id } }`
		unknown = `subscription { nope }`
	)
	operations, err := json.Marshal([]map[string]any{
		{"query": actor}, {"query": nothing}, {"query": wrong}, {"query": unknown},
		{"query": changes, "variables": map[string]any{"after": "tx:1"}, "take": 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		actor: `"actor":{"name":"Russia"}`, nothing: "UNKNOWN_NAME", wrong: "BAD_INPUT", unknown: "INVALID",
		changes: `{"data":{"changes":{"id":"tx:`,
	}
	told := map[string]int{}
	for line := range strings.Lines(node(t, "clients", address, string(operations))) {
		var answer struct {
			Client, Query string
			Answers       json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		told[answer.Client]++
		if !strings.Contains(string(answer.Answers), want[answer.Query]) {
			t.Errorf("%s: %s:\ngot  %s\nwant %s", answer.Client, answer.Query, answer.Answers, want[answer.Query])
		}
	}
	if fmt.Sprint(told) != "map[graphql-sse:5 graphql-sse together:5 graphql-ws:5 graphql-ws together:5]" {
		t.Errorf("%v", told)
	}
}
