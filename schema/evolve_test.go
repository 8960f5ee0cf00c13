package schema_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
)

const before = `
union Actor @concrete = State | Person
type State @entity { capital: Place @role(max: 1) population: Int @attribute }
type Person @entity { born: Date @attribute(class: TIMELESS) }
type Place @entity
type Town @entity
type Treaty @relation @key(fields: ["party"]) @identity(fields: ["party", "name2"]) {
  party: Actor @role(min: 1)
  witness: Actor @role
  name2: String @attribute(class: TIMELESS)
  state: TreatyState @attribute
  pages: Int @attribute
}
enum TreatyState { OPEN SIGNED BROKEN }
`

// kept is a store with some of what the ontology above declares: a treaty of a
// state, witnessed by a person, which is signed.
func kept(t *testing.T) kv.Store {
	t.Helper()
	store := memkv.New(nil)
	db := reopen(t, store, before)
	ref := func(key string) graph.Filler { return graph.Filler{Value: graph.RefOf(graph.ByKey(key))} }
	_, err := db.Update(context.Background(), graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		for _, d := range []graph.Declaration{{Kind: "State", Keys: key("x:a")}, {Kind: "Person", Keys: key("x:b")}, {Kind: "Place", Keys: key("x:c")}} {
			if _, err := tx.Declare(d); err != nil {
				return err
			}
		}
		if _, err := tx.Document(graph.Document{Key: key("x:doc")[0]}); err != nil {
			return err
		}
		valid, err := graph.ParseValid("2025-01-01/", "")
		if err != nil {
			return err
		}
		_, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("x:doc"), Valid: valid,
			Links: []graph.Link{{Subject: graph.ByKey("x:a"), Property: "capital", Value: graph.RefOf(graph.ByKey("x:c"))}},
			Relation: &graph.Relation{Kind: "Treaty", Fields: []graph.Field{
				{Name: "party", Values: []graph.Filler{ref("x:a")}}, {Name: "witness", Values: []graph.Filler{ref("x:b")}},
				{Name: "name2", Values: []graph.Filler{{Value: graph.TextOf("the treaty")}}},
				{Name: "state", Values: []graph.Filler{{Value: graph.CodeOf("SIGNED")}}}}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func key(s string) []graph.Key {
	k, err := graph.ParseKey(s)
	if err != nil {
		panic(err)
	}
	return []graph.Key{k}
}

func opened(t *testing.T, store kv.Store, sdl string) (*graph.DB, error) {
	t.Helper()
	o, err := schema.Parse("test", "2", schema.Source{Name: "test.graphql", Text: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return graph.Open(context.Background(), store, &graph.Options{Ontology: o, Validate: schema.Validate, Evolve: schema.Evolve})
}

func reopen(t *testing.T, store kv.Store, sdl string) *graph.DB {
	t.Helper()
	db, err := opened(t, store, sdl)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestEvolve refuses what would lose or change what the store holds, in a
// sentence that says what, and takes everything else.
func TestEvolve(t *testing.T) {
	store := kept(t)
	for _, c := range []struct{ old, new, want string }{
		{"type Town @entity", "", ""},
		{"population: Int @attribute", "", ""},
		{"population: Int", "population: Float", ""},
		{"pages: Int @attribute", "pages: Int @attribute(class: TIMELESS)", ""},
		{"OPEN SIGNED BROKEN", "OPEN SIGNED", ""},
		{"type Town @entity", "type Town @relation { of: State @role }", ""},
		{"State | Person", "State | Person | Firm type Firm @entity", ""},
		{"pages: Int @attribute", "pages: Int @attribute signatory: Actor @role", ""},

		{"State | Person\ntype State @entity { capital: Place @role(max: 1) population: Int @attribute }\ntype Person @entity {", "State | Human\ntype State @entity { capital: Place @role(max: 1) population: Int @attribute }\ntype Human @entity {", "the kind Person is gone, but the store holds entities of it"},
		{"witness: Actor @role", "", "Treaty.witness is gone, but the store holds claims by it"},
		{"name2: String @attribute(class: TIMELESS)", "name2: String @attribute", "the class of Treaty.name2 was TIMELESS and is STATE now"},
		{"name2: String @attribute(class: TIMELESS)", "name2: Int @attribute(class: TIMELESS)", "Treaty.name2 was TEXT and is INTEGER now"},
		{"type Place @entity", "type Place @relation { of: Town @role }", "Place was declared as a kind of entity and is a relation now"},
		{"type Treaty @relation", "type Treaty @relation(class: TIMELESS)", "the class of Treaty was STATE and is TIMELESS now"},
		{`@key(fields: ["party"])`, "", "the @key of Treaty was (party) and is none now"},
		{`@key(fields: ["party"])`, `@key(fields: ["party"], perSpeaker: true)`, "and is (party) per speaker now"},
		{`@identity(fields: ["party", "name2"])`, `@identity(fields: ["name2"])`, "the @identity of Treaty was (party, name2) and is (name2) now"},
		{"witness: Actor", "witness: State", "Treaty.witness no longer takes what it does in the store: it was of Actor and is of State now"},
		{"party: Actor", "party: State", ""}, // no person is a party of one
		{"State | Person", "State", "Treaty.witness no longer takes what it does in the store"},
		{"OPEN SIGNED BROKEN", "OPEN BROKEN", "Treaty.state has values in the store that are no longer in TreatyState"},
		{"capital: Place", "capital: Town", "State.capital no longer takes what it does in the store: it was of Place and is of Town now"},
	} {
		sdl := strings.Replace(before, c.old, c.new, 1)
		if sdl == before {
			t.Fatalf("%q is not there", c.old)
		}
		_, err := opened(t, copied(t, store), sdl)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s → %s: %v", c.old, c.new, err)
		case c.want != "" && (!errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s → %s: %v, want %q", c.old, c.new, err, c.want)
		}
	}
}

// TestEvolveAll tells of all losses at once, and leaves the store as it was.
func TestEvolveAll(t *testing.T) {
	store := kept(t)
	sdl := strings.NewReplacer("OPEN SIGNED BROKEN", "OPEN", "witness: Actor @role", "").Replace(before)
	_, err := opened(t, store, sdl)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v", err)
	}
	if db := reopen(t, store, before); db.Ontology().Kind("Treaty").Property("witness") == nil {
		t.Error("the store took the new ontology")
	}
}

// copied is a store with the rows of another one.
func copied(t *testing.T, from kv.Store) kv.Store {
	t.Helper()
	to := memkv.New(nil)
	ctx := context.Background()
	err := from.View(ctx, func(r kv.Reader) error {
		_, err := to.Update(ctx, func(tx kv.Txn) error {
			return r.Scan(kv.Range{}, func(k, v []byte) error { return tx.Set(k, v) })
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}
