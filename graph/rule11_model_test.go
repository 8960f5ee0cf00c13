package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// twinsModel is what a handful of entities is known to be after each transaction,
// kept the simplest way: who is one with whom, what they are called, and who
// was at which meeting.
type twinsModel struct {
	merged, apart [][2]int
	names         [][2]int // entity, name
	attended      [][2]int // entity, meeting
}

func (n *twinsModel) clone() twinsModel {
	return twinsModel{slices.Clone(n.merged), slices.Clone(n.apart), slices.Clone(n.names), slices.Clone(n.attended)}
}

// heads gives for each entity the first one that it is one with.
func (n *twinsModel) heads(but [2]int) (h [crowd]int) {
	for i := range h {
		h[i] = i
	}
	for range crowd {
		for _, p := range n.merged {
			if p != but {
				low := min(h[p[0]], h[p[1]])
				h[p[0]], h[p[1]] = low, low
			}
		}
	}
	return h
}

// barred tells whether a merge brings together what is kept apart.
func (n *twinsModel) barred(a, b int) bool {
	with := twinsModel{merged: append(slices.Clone(n.merged), [2]int{a, b})}
	h := with.heads(none)
	return slices.ContainsFunc(n.apart, func(p [2]int) bool { return h[p[0]] == h[p[1]] })
}

const (
	crowd    = 7
	meetings = 4
)

var none = [2]int{-1, -1}

func ordered(a, b int) [2]int { return [2]int{min(a, b), max(a, b)} }

func crowdKey(i int) string { return fmt.Sprint("x:e", i) }

// step does something at random, if it should be accepted, and checks that it
// is accepted exactly then.
func (n *twinsModel) step(t *testing.T, w *graphtest.World, r *rand.Rand, at int) {
	t.Helper()
	a, b := r.IntN(crowd), r.IntN(crowd)
	one, other, pair := graph.ByKey(crowdKey(a)), graph.ByKey(crowdKey(b)), ordered(a, b)
	act := graph.Act{Author: fmt.Sprint("author", r.IntN(2))}
	linked := n.heads(pair)[a] == n.heads(pair)[b]
	direct, forbidden := slices.Contains(n.merged, pair), slices.Contains(n.apart, pair)
	var expect bool
	var do func(tx *graph.Tx) error
	switch r.IntN(6) {
	case 0, 1:
		expect = a != b && !linked && !n.barred(a, b)
		do = func(tx *graph.Tx) error { _, _, err := tx.Merge(one, other, nil); return err }
		if expect && !direct {
			n.merged = append(n.merged, pair)
		}
	case 2:
		expect = direct && !linked
		do = func(tx *graph.Tx) error { return tx.Unmerge(other, one) }
		if expect {
			n.merged = slices.DeleteFunc(n.merged, func(p [2]int) bool { return p == pair })
		}
	case 3:
		if direct {
			return // then two judgements disagree, which other tests are about
		}
		expect = a != b && !linked
		do = func(tx *graph.Tx) error { _, _, err := tx.KeepApart(one, other, nil); return err }
		if expect && !forbidden {
			n.apart = append(n.apart, pair)
		}
	case 4:
		expect = true
		name := r.IntN(3)
		do = func(tx *graph.Tx) error {
			_, _, err := tx.Assert(named("d1", fmt.Sprint("N", at), crowdKey(a), "name", graph.TextOf(fmt.Sprint("name ", name))))
			return err
		}
		n.names = append(n.names, [2]int{a, name})
	default:
		expect = true
		m := r.IntN(meetings)
		do = func(tx *graph.Tx) error {
			d := meets(w, fmt.Sprint("m", m), fmt.Sprintf("2025-11-%02d", 10+m), crowdKey(a))
			d.Key = fmt.Sprint("M", at)
			_, _, err := tx.Assert(d)
			return err
		}
		n.attended = append(n.attended, [2]int{a, m})
	}
	if _, err := w.Update(ctx, act, do); (err == nil) != expect {
		t.Fatalf("step %d, %d and %d: %v, want accepted: %v (%+v)", at, a, b, err, expect, n)
	}
}

// distinct counts the different values that f gives.
func distinct(list [][2]int, f func([2]int) (int, bool)) int {
	seen := map[int]bool{}
	for _, p := range list {
		if v, ok := f(p); ok {
			seen[v] = true
		}
	}
	return len(seen)
}

// agrees holds a view against what is known.
func (n *twinsModel) agrees(t *testing.T, w *graphtest.World, v graph.View) {
	t.Helper()
	h := n.heads(none)
	for i := range crowd {
		names, err := v.Names(ctx, w.ID(crowdKey(i)))
		mine := func(p [2]int) (int, bool) { return p[1], h[p[0]] == h[i] }
		if err != nil || len(names) != distinct(n.names, mine) {
			t.Fatalf("names of %d: %v, want %d (%v)", i, names, distinct(n.names, mine), err)
		}
		edges := 0
		for e, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID(crowdKey(i))), Properties: []string{"participant"}}) {
			if err != nil || e.Entity != w.ID(crowdKey(h[i])) {
				t.Fatal(e, err)
			}
			edges++
		}
		if edges != distinct(n.attended, mine) {
			t.Fatalf("%d meetings of %d, want %d", edges, i, distinct(n.attended, mine))
		}
		if e, err := v.Entity(ctx, graph.ByKey(crowdKey(i))); err == nil && e.ID != w.ID(crowdKey(h[i])) {
			t.Fatalf("%d is shown as %v, want %d", i, e, h[i])
		}
	}
	list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		m := int(s.Keys[0].ID[1] - '0')
		count := distinct(n.attended, func(p [2]int) (int, bool) { return h[p[0]], p[1] == m })
		if got := len(s.All("participant")); got != count {
			t.Fatalf("meeting %d: %d participants, want %d", m, got, count)
		}
	}
}

// Whatever is merged, unmerged and kept apart in whatever order, every view, of
// any past transaction too, agrees with the simplest account of it; and what
// the simplest account forbids is refused.
func TestRule11Model(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 11))
		w := graphtest.Open(t, nil)
		table(w)
		for i := range crowd {
			w.Declare("State " + crowdKey(i))
		}
		var now twinsModel
		known := map[graph.TS]twinsModel{}
		var times []graph.TS
		for at := range 40 {
			now.step(t, w, r, at)
			ts := w.At(graph.Point{}).TS()
			if _, ok := known[ts]; !ok {
				times = append(times, ts)
			}
			known[ts] = now.clone()
			then := times[r.IntN(len(times))]
			past := known[then]
			past.agrees(t, w, w.At(graph.Point{KnownOn: then}))
			now.agrees(t, w, w.At(graph.Point{}))
		}
	}
}

// A load in many chunks merges like a small one, and one that is refused leaves
// nothing behind, whatever was read meanwhile; opened again, all is the same.
func TestRule11Chunks(t *testing.T) {
	store := memkv.New(nil)
	open := func() *graph.DB {
		db, err := graph.Open(ctx, store, &graph.Options{Ontology: graphtest.Ontology()})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	graph.Tiny(db)
	load := func(word string, pairs ...[2]int) error {
		list := []graph.Statement{{Document: &graph.Document{Key: graph.Key{Scheme: "source", ID: "d1"}}}}
		for i := range 20 {
			list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: "State", Keys: []graph.Key{graph.ByKey(crowdKey(i)).Key}}})
			d := named("d1", fmt.Sprint("N", i), crowdKey(i), "name", graph.TextOf(fmt.Sprint("name ", i)))
			list = append(list, graph.Statement{Draft: &d})
		}
		for _, p := range pairs {
			d := sameAs("d1", fmt.Sprint("S", p, word), crowdKey(p[0]), crowdKey(p[1]), word)
			list = append(list, graph.Statement{Draft: &d})
		}
		_, err := db.Load(ctx, graph.Act{Author: "test"}, statements(list...), nil)
		return err
	}
	shown := func() int {
		n := 0
		for _, err := range db.At(graph.Point{}).OfKind(ctx, "State") {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	if err := load(graph.SamePositive, [2]int{0, 1}, [2]int{2, 1}, [2]int{3, 4}); err != nil {
		t.Fatal(err)
	}
	want(t, "merged", shown(), 17)
	if err := load(graph.SamePositive, [2]int{5, 6}, [2]int{7, 8}, [2]int{0, 2}); err == nil {
		t.Error("a circle is accepted")
	}
	want(t, "refused", shown(), 17)
	if err := load(graph.SameNegative, [2]int{9, 10}); err != nil {
		t.Fatal(err)
	}
	if err := load(graph.SamePositive, [2]int{11, 9}, [2]int{11, 12}, [2]int{12, 10}); err == nil {
		t.Error("what is kept apart is joined")
	}
	want(t, "refused again", shown(), 17)
	db = open()
	want(t, "opened again", shown(), 17)
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
