package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The commands of the README's section on the state of a negotiation answer,
// each with a table of its own, on the demo's data.
func TestReadmeStateCommands(t *testing.T) {
	text, err := os.ReadFile(root(t) + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "\n## The state of a negotiation\n")
	part, _, _ = strings.Cut(part, "\n## ")
	lines := regexp.MustCompile(`(?m)^    parley ([^#\n]*)`).FindAllStringSubmatch(part, -1)
	if len(lines) != 8 {
		t.Fatalf("%d commands, want 8", len(lines))
	}
	dir := filepath.Join(t.TempDir(), "db")
	answerOf(t, "demo", "--no-serve", "--data", dir)
	for _, line := range lines {
		var args []string
		for _, w := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line[1], -1) {
			args = append(args, strings.Trim(strings.ReplaceAll(w, "DIR", dir), `"`))
		}
		out := answerOf(t, args...)
		if rows := strings.Count(out, "\n"); rows < 8 || strings.Contains(out, "UNKNOWN: no ") {
			t.Errorf("parley %s: %d lines:\n%s", line[1], rows, out)
		}
	}
}

// answerOf runs one command line, which must succeed and complain of nothing.
func answerOf(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
	if code := p.run(context.Background(), args); code != exitDone || stderr.Len() > 0 {
		t.Fatalf("parley %v: exit %d: %s", args, code, stderr.String())
	}
	return stdout.String()
}
