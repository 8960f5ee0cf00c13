package graph

import (
	"context"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Of a transaction whose operations were erased nothing is given, nor of a
// record that is gone.
func TestChangesErased(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var id AssertionID
	key := Key{"x", "a"}
	opened, err := db.Update(ctx, Act{Author: "test"}, func(tx *Tx) error {
		if _, err := tx.Document(Document{Key: Key{"source", "d"}}); err != nil {
			return err
		}
		if _, err := tx.Declare(Declaration{Kind: "State", Keys: []Key{key}}); err != nil {
			return err
		}
		d := Draft{Document: ByKey("source:d"), Links: []Link{{Subject: Ref{Key: key}, Property: "name", Value: TextOf("A")}}}
		id, _, err = tx.Assert(d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Update(ctx, Act{Author: "test"}, func(tx *Tx) error { return tx.Retract(id) }); err != nil {
		t.Fatal(err)
	}
	if n := countChanges(t, db); n != 2 {
		t.Fatalf("%d transactions before, want 2", n)
	}
	if _, err := db.store.Update(ctx, func(t kv.Txn) error { return eraseAll(t, opened) }); err != nil {
		t.Fatal(err)
	}
	if n := countChanges(t, db); n != 0 {
		t.Errorf("%d transactions after, want none", n)
	}
}

// eraseAll destroys the content of a transaction's operations and its records.
func eraseAll(t kv.Txn, ts TS) error {
	err := logOf(t, ts, false, func(r *logRecord) error {
		for i := range r.ops {
			d := dec{b: r.ops[i].content}
			if d.byte() == opRecord {
				if err := t.Delete(recordKey(d.num())); err != nil {
					return err
				}
			}
			r.ops[i] = operation{leaf: r.ops[i].hash()}
		}
		return t.Set(logKey(r.ts, r.chunk), r.encode())
	})
	return err
}

func countChanges(t *testing.T, db *DB) (n int) {
	t.Helper()
	for _, err := range db.Changes(context.Background(), 0, 0, &ChangesOptions{Clearance: Red}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
