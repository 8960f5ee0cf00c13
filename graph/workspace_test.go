package graph

import (
	"fmt"
	"strings"
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
		return &db.tail.mu.known.spare
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

// TestWorkspaceOfDrafts: nothing is left of a draft, either, and the memory of a long
// one is kept neither by the next update nor by the next draft.
func TestWorkspaceOfDrafts(t *testing.T) {
	db, err := Open(t.Context(), memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	act := func(fn func(*Tx) error) *workspace {
		t.Helper()
		if _, err := db.Update(t.Context(), Act{}, fn); err != nil {
			t.Fatal(err)
		}
		return &db.tail.mu.known.spare
	}
	says := func(tx *Tx, n int, summary string) error {
		list := make([]Link, n)
		for i := range list {
			list[i] = Link{Subject: ByKey("x:a"), Property: "meets", Value: RefOf(ByKey("x:b")), Occurrence: fmt.Sprint(n, ".", i)}
		}
		_, _, err := tx.Assert(Draft{Document: ByKey("doc:1"), Key: fmt.Sprint(n, ".", len(summary)), Links: list, Summary: summary})
		return err
	}
	act(func(tx *Tx) error {
		_, err := tx.Document(Document{Key: Key{"doc", "1"}})
		for _, id := range []string{"a", "b"} {
			if err == nil {
				_, err = tx.Declare(Declaration{Kind: "Actor", Keys: []Key{{"x", id}}})
			}
		}
		return err
	})
	m := act(func(tx *Tx) error { return says(tx, 3, "") })
	if cap(m.hand) == 0 || cap(m.prepared) < 3 || m.said == nil {
		t.Error("nothing is handed on")
	}
	if len(m.said) > 0 {
		t.Errorf("%d assertions are left of the update before", len(m.said))
	}
	for _, p := range m.prepared[:cap(m.prepared)] {
		if p != (prepared{}) {
			t.Errorf("%+v is kept", p)
		}
	}
	if m := act(func(tx *Tx) error { return says(tx, 1, strings.Repeat("x", MaxText)) }); cap(m.hand) > 0 {
		t.Errorf("%d bytes of a long text are kept", cap(m.hand))
	}
	act(func(tx *Tx) error {
		err := says(tx, maxSpareItems+1, "")
		if cap(tx.prepared) > maxSpareItems {
			t.Error("the memory of a draft of many links is kept")
		}
		return err
	})
}
