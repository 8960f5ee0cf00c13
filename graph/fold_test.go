package graph_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
)

// Plain names fold as they do among accents, which take the longer way.
func TestFoldPlainNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[\x01-\x7e]{0,40}`).Draw(t, "name")
		long := graph.FoldName(name + " é")
		if want := strings.TrimSpace(strings.TrimSuffix(long, "e")); graph.FoldName(name) != want {
			t.Errorf("%q folds to %q, with é behind it to %q", name, graph.FoldName(name), long)
		}
	})
}
