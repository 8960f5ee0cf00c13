package graph_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
)

// A message leaves out what only programs need, wherever in the text it stands.
func TestMessage(t *testing.T) {
	_, key := graph.ParseKey("x")
	for err, want := range map[error]string{
		fmt.Errorf("f:1:2: holder: %w: too many", graph.ErrRefused):     "f:1:2: holder: too many",
		fmt.Errorf("%w: the key names another", graph.ErrConflict):      "the key names another",
		fmt.Errorf("known on: %w: %q", graph.ErrValue, "Paragraph: x"):  `known on: "Paragraph: x"`,
		fmt.Errorf("about: %w: entity x:y", graph.ErrNotFound):          "about: not found: entity x:y",
		fmt.Errorf("open: %w: version 9", graph.ErrFormat):              "open: store format: version 9",
		errors.New("graph: closed"):                                     "closed",
		errors.New("a graph: nothing of ours"):                          "a graph: nothing of ours",
		fmt.Errorf("%w: %w", graph.ErrRefused, errors.New("also this")): "also this",
	} {
		if got := graph.Message(err); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got := graph.Message(key); got[:7] == "graph: " {
		t.Errorf("key: %s", got)
	}
}
