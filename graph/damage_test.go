package graph_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
)

// remove takes a row away past the graph.
func remove(t *testing.T, store kv.Store, key string) {
	t.Helper()
	_, err := store.Update(ctx, func(tx kv.Txn) error { return tx.Delete([]byte(key)) })
	if err != nil {
		t.Fatal(err)
	}
}

// A store that has lost its high-water marks would give numbers again that are
// in use: check says so, and no update begins.
func TestDamageMissingMarks(t *testing.T) {
	for _, key := range []string{"Mnumbers", "Montology", "Mformat"} {
		store, w := checked(t)
		remove(t, store, key)
		_, problems, err := w.Check(ctx)
		if err != nil || !strings.Contains(strings.Join(problems, "\n"), "missing") {
			t.Errorf("%s: check says %q (%v)", key, problems, err)
		}
		_, err = w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "Place", Keys: []graph.Key{w.Key("x:lyon")}})
			return err
		})
		if damaged := errors.Is(err, graph.ErrDamaged); damaged != (key == "Mnumbers") {
			t.Errorf("%s: an update: %v", key, err)
		}
	}
}
