package graph_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// script is a history as it was made up once, to be played elsewhere.
type script struct {
	txs [][]act
	ids map[string]graph.EntityID
}

// begin is what every history begins with.
func begin() []act {
	acts := []act{documentAct("d1", "2025-12-01", false), documentAct("d2", "2025-12-02", false), documentAct("d3", "2025-11", false),
		documentAct("c1", "", true)}
	for _, name := range slices.Sorted(maps.Keys(cast)) {
		acts = append(acts, declareAct(name, cast[name]))
	}
	return acts
}

// history is a database that plays a script.
type history struct {
	*testing.T
	db        *graph.DB
	store     kv.Store
	clearance graph.Marking
}

var noon = time.Date(2025, 12, 5, 12, 0, 0, 0, time.UTC)

func onTheFifth() time.Time { return noon }

func inMemory() kv.Store { return memkv.New(&memkv.Options{Now: onTheFifth}) }

func play(t *testing.T, store kv.Store) *history {
	t.Helper()
	h := &history{T: t, store: store, clearance: graph.Red}
	h.open()
	return h
}

func (h *history) open() {
	h.Helper()
	db, err := graph.Open(ctx, h.store, &graph.Options{Ontology: ontology(), Now: onTheFifth})
	if err != nil {
		h.Fatal(err)
	}
	h.db = db
}

func (h *history) update(acts []act) graph.TS {
	h.Helper()
	ts, err := h.db.Update(ctx, graph.Act{Author: "test", Clearance: h.clearance}, func(tx *graph.Tx) error {
		for _, a := range acts {
			if err := a.do(tx); err != nil {
				return fmt.Errorf("%s: %w", a.what, err)
			}
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return ts
}

func (h *history) check() {
	h.Helper()
	if _, problems, err := h.db.Check(ctx); err != nil || len(problems) > 0 {
		h.Fatalf("check: %v\n%s", err, strings.Join(problems, "\n"))
	}
}

// find learns the ids of all entities that the model has heard of.
func (h *history) find(m *model) map[string]graph.EntityID {
	h.Helper()
	names := map[string]bool{}
	for name := range cast {
		names[name] = true
	}
	for _, r := range m.records {
		names[r.links[0].subject] = true
	}
	ids := map[string]graph.EntityID{}
	h.update([]act{{do: func(tx *graph.Tx) error {
		for name := range names {
			id, err := tx.Find(ref(name))
			if err != nil {
				return err
			}
			ids[name] = id
		}
		return nil
	}}})
	return ids
}

// compose makes a history up from a seed. next gives the acts of a transaction.
func compose(t *testing.T, seed uint64, txs int, next func(*model, *speaker) []act) script {
	t.Helper()
	h, m := play(t, inMemory()), newModel()
	s := speaker{dice: seeded(seed), docs: []string{"d1", "d2", "d3", "c1"}}
	sc := script{}
	for i := range txs + 1 {
		acts := begin()
		if i > 0 {
			acts = next(m, &s)
		}
		ts := h.update(acts)
		m = m.clone(m.spot)
		for _, a := range acts {
			if err := a.apply(m, ts); err != nil {
				t.Fatal(err)
			}
		}
		m.finish(ts)
		sc.txs = append(sc.txs, acts)
	}
	sc.ids = h.find(m)
	return sc
}

// The same transactions give the same answers on any store, after opening
// again, and after a dump and restore, also at every earlier transaction.
func TestMetamorphicStores(t *testing.T) {
	for seed := range uint64(size(1, 8, 400)) {
		sc := compose(t, seed, 15, (*model).transaction)
		expect := ""
		for name, variant := range map[string]func(*testing.T) (*history, func(*history, int)){
			"memkv": func(t *testing.T) (*history, func(*history, int)) { return play(t, inMemory()), nil },
			"opened each time": func(t *testing.T) (*history, func(*history, int)) {
				return play(t, inMemory()), func(h *history, _ int) { h.open() }
			},
			"in tiny chunks": func(t *testing.T) (*history, func(*history, int)) {
				h := play(t, inMemory())
				graph.Tiny(h.db)
				return h, nil
			},
			"badgerkv":           func(t *testing.T) (*history, func(*history, int)) { return play(t, newDisk(t)), nil },
			"dumped to badgerkv": func(t *testing.T) (*history, func(*history, int)) { return play(t, inMemory()), moveTo(7, newDisk) },
			"dumped from badgerkv": func(t *testing.T) (*history, func(*history, int)) {
				return play(t, newDisk(t)), moveTo(9, func(*testing.T) kv.Store { return inMemory() })
			},
		} {
			if strings.Contains(name, "badger") && (testing.Short() || seed%4 != 0) {
				continue
			}
			h, between := variant(t)
			var ts []graph.TS
			for i, acts := range sc.txs {
				if between != nil {
					between(h, i)
				}
				ts = append(ts, h.update(acts))
			}
			h.check()
			points := portraitPoints(graph.Clear, graph.Amber)
			for i := 1; i < len(ts); i += 4 {
				points = append(points, graph.Point{KnownOn: ts[i], Clearance: graph.Red}, graph.Point{KnownOn: ts[i], On: points[5].On})
			}
			got := portrait(t, h.db, sc.ids, points)
			got = withoutTimes(got, ts)
			if expect == "" {
				expect = got
			}
			samePortrait(t, fmt.Sprintf("seed %d, %s", seed, name), got, expect)
			if err := h.db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// withoutTimes writes the number of a transaction for its time.
func withoutTimes(s string, ts []graph.TS) string {
	for i, at := range ts {
		s = strings.ReplaceAll(s, fmt.Sprint(uint64(at)), fmt.Sprint("tx", i))
	}
	return s
}

func newDisk(t *testing.T) kv.Store {
	t.Helper()
	store, err := badgerkv.Open(t.TempDir(), &badgerkv.Options{NoSync: true, Now: onTheFifth})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// moveTo dumps the graph before a transaction and restores it elsewhere.
func moveTo(at int, empty func(*testing.T) kv.Store) func(*history, int) {
	return func(h *history, i int) {
		if i != at {
			return
		}
		h.Helper()
		var text bytes.Buffer
		if _, err := h.db.Dump(ctx, &text); err != nil {
			h.Fatal(err)
		}
		store := empty(h.T)
		if _, err := graph.Restore(ctx, store, &text); err != nil {
			h.Fatal(err)
		}
		h.store = store
		h.open()
	}
}

// plain makes up an assertion that refers to nothing that another one makes.
func plain(_ *model, s *speaker) []act { return []act{assertAct(s.speech())} }

// The same assertions give the same answers whatever the order in which they
// come, and whether each is an update, all are one, or a load, in one piece or
// in tiny chunks.
func TestMetamorphicBatches(t *testing.T) {
	for seed := range uint64(size(1, 10, 800)) {
		sc := compose(t, seed, 25, plain)
		speeches := speechesOf(seed, 25)
		points := portraitPoints(graph.Clear, graph.Red)
		one := play(t, inMemory())
		for _, acts := range sc.txs {
			one.update(acts)
		}
		expect := portrait(t, one.db, sc.ids, points)
		for name, run := range map[string]func(h *history){
			"another order": func(h *history) {
				for _, i := range rand.New(rand.NewPCG(seed, 2)).Perm(len(sc.txs) - 1) {
					h.update(sc.txs[i+1])
				}
			},
			"one update": func(h *history) { h.update(slices.Concat(sc.txs[1:]...)) },
			"one update in small records": func(h *history) {
				graph.Tiny(h.db)
				h.update(slices.Concat(sc.txs[1:]...))
			},
			"a load": func(h *history) { h.load(speeches) },
			"a load in chunks, backwards": func(h *history) {
				graph.Tiny(h.db)
				slices.Reverse(speeches)
				h.load(speeches)
			},
		} {
			h := play(t, inMemory())
			h.update(sc.txs[0])
			run(h)
			h.check()
			samePortrait(t, fmt.Sprintf("seed %d, %s", seed, name), portrait(t, h.db, sc.ids, points), expect)
		}
	}
}

// speechesOf are the assertions that compose makes of a seed with plain.
func speechesOf(seed uint64, n int) (list []speech) {
	s := speaker{dice: seeded(seed), docs: []string{"d1", "d2", "d3", "c1"}}
	for range n {
		list = append(list, s.speech())
	}
	return list
}

func (h *history) load(list []speech) {
	h.Helper()
	if _, err := h.db.Load(ctx, graph.Act{Clearance: graph.Red}, load(list), nil); err != nil {
		h.Fatal(err)
	}
}
