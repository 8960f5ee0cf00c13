package graph

import (
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph/kv/memkv"
)

// TestWorkspaceHandedOn: of what an update used, the next one gets memory in which
// nothing is left, and that of a large update nobody gets.
func TestWorkspaceHandedOn(t *testing.T) {
	db, err := Open(t.Context(), memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	declare := func(n int) *workspace {
		t.Helper()
		_, err := db.Update(t.Context(), Act{}, func(tx *Tx) error {
			for i := range n {
				if _, err := tx.Declare(Declaration{Kind: "Actor", Keys: []Key{{"x", fmt.Sprint(n, ".", i)}}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return &db.tail.mu.known.workspace
	}
	m := declare(3)
	if cap(m.ops) == 0 || cap(m.opContents) == 0 || cap(m.rows.value) == 0 || m.byKey == nil || cap(m.changed) == 0 {
		t.Error("nothing is handed on")
	}
	if left := len(m.ops) + len(m.opContents) + len(m.byNum) + len(m.byID) + len(m.byKey) + len(m.changed) + len(m.said); left > 0 || m.rows.set != nil {
		t.Errorf("%d things are left of the update before", left)
	}
	for _, c := range m.changed[:cap(m.changed)] {
		if c != nil {
			t.Errorf("entity %d is kept", c.num)
		}
	}
	if m := declare(maxSpareItems + 1); cap(m.ops) > 0 || m.byNum != nil {
		t.Error("the memory of a large update is kept")
	}
	if m := declare(1); cap(m.ops) == 0 {
		t.Error("after a large update nothing is handed on any more")
	}
}
