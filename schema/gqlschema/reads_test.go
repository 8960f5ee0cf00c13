package gqlschema_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
)

// counting counts the snapshots that are read.
type counting struct {
	*memkv.Store
	reads int
}

func (c *counting) View(ctx context.Context, fn func(kv.Reader) error) error {
	c.reads++
	return c.Store.View(ctx, fn)
}

// TestReads holds that the length of a list does not add reads: what is below
// it is read for all its items at once.
func TestReads(t *testing.T) {
	store := &counting{Store: memkv.New(&memkv.Options{Now: today})}
	db, err := graph.Open(context.Background(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := loaders.Run(context.Background(), db, graph.Act{Author: "test"}, []string{mainFile}, nil); err != nil {
		t.Fatal(err)
	}
	w := over(t, db)
	const fields = `{ name date age saidBy { name } participants { name kind positions { stance issue { name } sources { who via } } } topics { name } sources { who via url } }`
	reads := func(first int) int {
		store.reads = 0
		w.ask(fmt.Sprintf(`{ meetings(first: %d) %s }`, first, fields))
		return store.reads
	}
	few, many := reads(10), reads(40)
	if many > few {
		t.Errorf("%d reads for 10 meetings, %d for 40", few, many)
	}
	if many > 15 {
		t.Errorf("%d reads", many)
	}
}
