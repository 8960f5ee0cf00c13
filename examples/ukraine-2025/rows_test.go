package ukraine2025_test

import (
	"fmt"
	"iter"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/graph/negotiation"
	"github.com/parleydb/parley/schema"
)

// What is asked of a negotiation reads the same rows whatever else the store
// holds: other negotiations of the same weeks, in documents of their own. Those
// documents alone are read besides where an answer counts all that are known:
// their rows, and by which assertion each of them is known.
func TestRowsInAStoreOfOthers(t *testing.T) {
	claims := 20_000
	if n, err := strconv.Atoi(os.Getenv("PARLEY_OTHERS")); err == nil {
		claims = n
	}
	alone := countedRows(t, &graphtest.Counting{Store: storeOf(t, claims)}, 0)
	among := countedRows(t, &graphtest.Counting{Store: storeOf(t, claims)}, claims)
	docs := documentsOf(claims)
	for name, one := range alone {
		many := among[name]
		t.Logf("%s: %d rows, %d among %d other claims; %s, %s", name, one.rows, many.rows, claims, one.took, many.took)
		if more := many.rows - one.rows; more < 0 || more > docs*listing[name] {
			t.Errorf("%s: %d rows alone, %d among %d other claims in %d documents", name, one.rows, many.rows, claims, docs)
		}
		if claims > inMemory && 2*many.took > 5*one.took {
			t.Errorf("%s: %s alone, %s among %d other claims: more than 2.5 times as long", name, one.took, many.took, claims)
		}
	}
}

// listing is how many rows an answer reads at most of a document that it counts.
var listing = map[string]int{"contacts": 6, "changes": 6, "changes by what was known": 6, "changes by the day": 6}

// storeOf is where the rows are: on disk, where they are many.
const inMemory = 100_000

func storeOf(t *testing.T, claims int) kv.Store {
	if claims <= inMemory {
		return memkv.New(nil)
	}
	store, err := badgerkv.Open(t.TempDir(), &badgerkv.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

type reads struct {
	rows int
	took time.Duration // computing, the least of some runs
}

// countedRows is what each question reads, once it has been asked before.
func countedRows(t *testing.T, store *graphtest.Counting, others int) map[string]reads {
	t.Helper()
	loading, err := graph.Open(ctx, store.Store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{mainFile, seedFile} {
		run(t, loading, f)
	}
	if others > 0 {
		if _, err := loading.Load(ctx, graph.Act{Author: "test"}, otherNegotiations(others), nil); err != nil {
			t.Fatal(err)
		}
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Memory: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	found := map[string]reads{}
	for name, ask := range questions(t, db) {
		ask()
		store.Rows()
		r := reads{took: time.Hour}
		for range 10 {
			begun := graphtest.Computed(t)
			ask()
			r.took = min(r.took, graphtest.Computed(t)-begun)
			r.rows = store.Rows()
		}
		found[name] = r
	}
	return found
}

func questions(t *testing.T, db *graph.DB) map[string]func() {
	t.Helper()
	peace := idOf(t, db, "ua25:ukraine-peace-2025")
	on := func(day string) graph.View { return db.At(graph.Point{On: dayOf(t, day)}) }
	published := func(day string) graph.View {
		at, err := graph.Published.KnownOn(day)
		if err != nil {
			t.Fatal(err)
		}
		return db.At(graph.Point{On: dayOf(t, day), KnownOn: at, Basis: graph.Published})
	}
	must := func(n int, err error) {
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
	}
	changes := func(view func(string) graph.View, axis negotiation.Axis) func() {
		return func() {
			c, err := negotiation.ChangesOf(ctx, view("2025-11-16"), view("2025-12-16"), &negotiation.ChangesQuery{Negotiation: peace, Axis: axis})
			must(len(c.Items), err)
		}
	}
	v := on("2025-12-16")
	instruments := &negotiation.InstrumentQuery{Negotiation: peace}
	return map[string]func(){
		"matrix": func() {
			m, err := negotiation.MatrixOf(ctx, v, &negotiation.MatrixQuery{Negotiation: peace})
			must(m.Known(), err)
		},
		"instruments": func() {
			list, err := negotiation.Instruments(ctx, v, instruments)
			must(len(list), err)
		},
		"deadlines": func() {
			a, err := negotiation.Deadlines(ctx, v, 30, instruments)
			must(len(a.Instruments), err)
		},
		"contacts": func() {
			a, err := negotiation.Contacts(ctx, v, &negotiation.ContactQuery{Negotiation: peace})
			must(len(a.Contacts), err)
		},
		"conflicts": func() {
			list, err := negotiation.Conflicts(ctx, v, &negotiation.ConflictQuery{Negotiation: peace})
			must(len(list), err)
		},
		"changes":                   changes(published, negotiation.BothAxes),
		"changes by the day":        changes(published, negotiation.OnAxis),
		"changes by what was known": changes(published, negotiation.KnownAxis),
	}
}

// Of so many claims each, more or less, so many relations in each document.
const (
	perRelation = 5
	perDocument = 500
)

func documentsOf(claims int) int { return (claims/perRelation + perDocument - 1) / perDocument }

// otherNegotiations are as many claims, more or less: meetings, positions and
// offers of other parties on other issues, in November and December 2025.
func otherNegotiations(claims int) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		relations := claims / perRelation
		parties := 10 + relations/200
		for i := range parties {
			if !yield(declared("State", fmt.Sprint("other:party", i)), nil) || !yield(declared("Issue", fmt.Sprint("other:issue", i)), nil) {
				return
			}
		}
		for i := range relations {
			if i%perDocument == 0 && !yield(otherDocument(i/perDocument), nil) {
				return
			}
			d := otherDraft(i, parties)
			if !yield(graph.Statement{Draft: &d, Where: fmt.Sprint(i)}, nil) {
				return
			}
		}
	}
}

func declared(kind, key string) graph.Statement {
	k, _ := graph.ParseKey(key)
	return graph.Statement{Declaration: &graph.Declaration{Kind: kind, Keys: []graph.Key{k}}}
}

func otherDay(i int) string {
	return time.Date(2025, 11, 10, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%40).Format(time.DateOnly)
}

func otherDocument(i int) graph.Statement {
	published, _ := edtf.ParseDate(otherDay(i))
	k, _ := graph.ParseKey(fmt.Sprint("other:doc", i))
	return graph.Statement{Document: &graph.Document{Key: k, Publisher: "Others", Published: published}}
}

func otherDraft(i, parties int) graph.Draft {
	ref := func(kind string, n int) []graph.Filler {
		return []graph.Filler{{Value: graph.RefOf(graph.ByKey(fmt.Sprintf("other:%s%d", kind, n%parties)))}}
	}
	word := func(s string) []graph.Filler { return []graph.Filler{{Value: graph.CodeOf(s)}} }
	d := graph.Draft{Document: graph.ByKey(fmt.Sprint("other:doc", i/perDocument)), Key: fmt.Sprint("a", i), Voice: graph.Self}
	d.Valid, _ = graph.ParseValid(otherDay(i*7), "")
	key, _ := graph.ParseKey(fmt.Sprint("other:r", i))
	switch i % 3 {
	case 0:
		both := append(ref("party", i), ref("party", i*31+1)...)
		d.Voice = graph.VoiceNone
		d.Relation = &graph.Relation{Kind: "Meeting", Key: key, Fields: []graph.Field{{Name: "participant", Values: both},
			{Name: "topic", Values: ref("issue", i)}, {Name: "status", Values: word("HELD")}}}
	case 1:
		d.Relation = &graph.Relation{Kind: "Position", Fields: []graph.Field{{Name: "holder", Values: ref("party", i)},
			{Name: "issue", Values: ref("issue", i*17)}, {Name: "stance", Values: word([]string{"ACCEPT", "REJECT"}[i%2])}}}
	default:
		d.Relation = &graph.Relation{Kind: "Offer", Key: key, Fields: []graph.Field{{Name: "offeror", Values: ref("party", i)},
			{Name: "addressee", Values: ref("party", i*13+1)}, {Name: "issue", Values: ref("issue", i*11)}, {Name: "state", Values: word("TABLED")}}}
	}
	return d
}
