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

// counted is the main dataset in a store that counts.
func counted(t *testing.T) (*world, *counting) {
	t.Helper()
	store := &counting{Store: memkv.New(&memkv.Options{Now: today})}
	db, err := graph.Open(context.Background(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := loaders.Run(context.Background(), db, graph.Act{Author: "test"}, []string{mainFile}, nil); err != nil {
		t.Fatal(err)
	}
	return over(t, db), store
}

// TestFourCalls asks for 50 meetings with their participants, their names and
// sources: the graph is called for the meetings, for who takes part, for the
// evidence, and for the documents and speakers that it names.
func TestFourCalls(t *testing.T) {
	w, store := counted(t)
	for _, query := range []string{
		`{ meetings(first: 50) { name: date participants { name } sources { who via said published level url quote } } }`,
		`{ meetings(first: 50) { participants { __typename name kind } saidBy { name } claims { assertions { document { publisher } chain { name } } } } }`,
		`{ meetingsConnection(first: 50) { edges { cursor node { participants { name } sources { who } } } pageInfo { endCursor } totalCount } }`,
	} {
		store.reads = 0
		w.ask(query)
		if store.reads != 4 {
			t.Errorf("%d calls, want 4: %s", store.reads, query)
		}
	}
}

// TestReads holds that the length of a list does not add reads: what is below
// it is read for all its items at once.
func TestReads(t *testing.T) {
	w, store := counted(t)
	for _, c := range []struct {
		fields string
		most   int
	}{
		{`{ name date age saidBy { name } participants { name kind positions { stance issue { name } sources { who via } } } topics { name } sources { who via url } }`, 13},
		{`{ participants { meetings { name } guarantees { state } representatives { entity { id } } } }`, 8},
		{`{ participants { meetingsConnection(first: 2, rollUp: true, filter: {topic: {some: {name: {contains: "terr"}}}}) { totalCount nodes { through { role } } } } }`, 5},
		{`{ topics { negotiation { name } positions { options conditions } } }`, 8},
	} {
		reads := func(first int) int {
			store.reads = 0
			w.ask(fmt.Sprintf(`{ meetings(first: %d) %s }`, first, c.fields))
			return store.reads
		}
		few, many := reads(10), reads(40)
		if many > few || many > c.most {
			t.Errorf("%s: %d reads for 10 meetings, %d for 40, want at most %d", c.fields, few, many, c.most)
		}
	}
}
