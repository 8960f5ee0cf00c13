package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// A server that warms up keeps blocks of edges or drops them; check finds both
// right.
func TestServeBlocks(t *testing.T) {
	data := filepath.Join(t.TempDir(), "db")
	output(t, "demo", "--no-serve", "--data", data)
	whole := output(t, "check", "--data", data)
	for _, step := range []struct {
		blocks string
		some   bool
	}{{"leave", false}, {"keep", true}, {"leave", true}, {"drop", false}} {
		// What it is told of its base path ends it when it is warm.
		out, err := child(t, "serve", "--data", data, "--warm", "--blocks", step.blocks, "--base-path", "parley/").CombinedOutput()
		if _, ended := errors.AsType[*exec.ExitError](err); !ended || !strings.Contains(string(out), "base path") {
			t.Fatalf("--blocks %s: %v\n%s", step.blocks, err, out)
		}
		if n := rowsOfFamily(t, data, 'B'); (n > 0) != step.some {
			t.Errorf("--blocks %s: %d rows of blocks", step.blocks, n)
		}
		if got := output(t, "check", "--data", data); got != whole {
			t.Errorf("--blocks %s: check says %s, before %s", step.blocks, got, whole)
		}
	}
}

func rowsOfFamily(t *testing.T, data string, family byte) (n int) {
	t.Helper()
	store, err := badgerkv.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.View(t.Context(), func(r kv.Reader) error {
		rng := kv.Range{Start: []byte{family}, End: []byte{family + 1}, KeysOnly: true}
		return r.Scan(rng, func(_, _ []byte) error { n++; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
