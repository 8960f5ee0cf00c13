package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/kvtest/simkv"
)

// failing is a store that fails at one step and that a dump can be restored into.
type failing struct {
	*kvtest.Faulty
	store *simkv.Store
}

func (f failing) Raise(ctx context.Context, ts kv.TS) error { return f.store.Raise(ctx, ts) }

// sweep makes an operation fail at its first step, at its second and so on,
// opens the store again each time and gives it to look.
type sweep struct {
	*testing.T
	base     *simkv.Disk
	ids      map[string]graph.EntityID
	points   []graph.Point
	pictures map[string]string // by the rows on the disk
}

// in is the sweep in a subtest.
func (s *sweep) in(t *testing.T) *sweep {
	return &sweep{t, s.base, s.ids, s.points, s.pictures}
}

// newSweep is a store with some history, the same in every sweep: two entities
// are one in it, and something was erased.
func newSweep(t *testing.T) (*sweep, *model, *speaker) {
	t.Helper()
	s := &sweep{T: t, base: new(simkv.Disk), pictures: map[string]string{}, points: []graph.Point{{Clearance: graph.Red}, {Clearance: graph.Red, On: must(graph.ParseOn("2025-10-06"))}}}
	h, m := play(t, s.open(s.base)), newModel()
	sp := &speaker{dice: seeded(4), docs: []string{"d1", "d2", "d3", "c1"}}
	for i := range 8 {
		acts := begin()
		if i > 0 {
			acts = m.transaction(sp)
		}
		apply(t, m, acts, h.update(acts))
	}
	m.ids = h.find(m)
	merge := []act{mergeAct("e1", "e2", clean(m.samePair(sp, "e1", "e2", graph.SamePositive))), assertAct(secretSpeech("before"))}
	apply(t, m, merge, h.update(merge))
	gone := m.last("d1", "before").id
	if _, err := h.db.Erase(ctx, graph.Act{Author: "test", Clearance: graph.Red}, graph.Target{Assertion: gone}); err != nil {
		t.Fatal(err)
	}
	m.erase([]graph.AssertionID{gone}, nil)
	s.ids = h.find(m)
	keepBlocks(t, h.store)
	return s, m, sp
}

// clean is an assertion that all see.
func clean(s speech) speech {
	s.doc, s.judge = "d1", graph.Judgement{}
	return s
}

// secretSpeech says what nobody else says, and some things besides.
func secretSpeech(key string) speech {
	s := speech{doc: "d1", key: key, links: []said{
		{subject: "e1", property: "alias", value: "=" + secret}, {subject: "m1", property: "note", value: "=" + secret, valid: "2025-10-06"},
		{subject: "e1", property: "near", value: "n1", valid: "2025-10-02/.."}, {subject: "m2", property: "participant", value: "e2", valid: "2025-10-06"}}}
	for i := range s.links {
		s.links[i].workOut(cast[s.links[i].subject])
	}
	return s
}

func (s *sweep) open(d *simkv.Disk) *simkv.Store {
	return simkv.Open(d, &simkv.Options{Now: onTheFifth})
}

// picture opens what is on a disk, checks it, and writes down what it shows.
// The same rows show the same.
func (s *sweep) picture(d *simkv.Disk) string {
	s.Helper()
	h := play(s.T, s.open(d))
	rows := s.rows(d) // as opening leaves them
	if shown, ok := s.pictures[rows]; ok {
		return shown
	}
	h.check()
	shown := portrait(s.T, h.db, s.ids, s.points)
	s.pictures[rows] = shown
	return shown
}

// rows writes down all that is on a disk.
func (s *sweep) rows(d *simkv.Disk) string {
	var b strings.Builder
	for _, r := range allRows(s.T, s.open(d.Clone())) {
		fmt.Fprintf(&b, "%d %d %s%s", len(r.key), len(r.value), r.key, r.value)
	}
	return b.String()
}

// run sweeps over an operation on an open database. It ends with all of it, or
// fails and leaves nothing.
func (s *sweep) run(name string, tiny bool, op func(db *graph.DB) error, succeeds bool) {
	s.T.Run(name, func(t *testing.T) {
		s := s.in(t)
		before, step := s.picture(s.base.Clone()), size(41, 1, 1)
		n := 1
		for ; ; n += step {
			disk := s.base.Clone()
			faulty := kvtest.FailAt(s.open(disk), n)
			db, err := graph.Open(ctx, faulty, &graph.Options{Now: onTheFifth})
			if err == nil {
				if tiny {
					graph.Tiny(db)
				}
				err = op(db)
			}
			if faulty.Failed() && !errors.Is(err, kvtest.ErrFault) {
				t.Fatalf("step %d failed and nobody was told: %v", n, err)
			}
			after := s.picture(disk)
			if err != nil {
				samePortrait(t, fmt.Sprintf("failed at step %d", n), after, before)
			}
			if faulty.Failed() {
				continue
			}
			if succeeds != (err == nil) {
				t.Fatalf("without a fault: %v", err)
			}
			if succeeds && after == before {
				t.Error("the operation changes nothing that is seen")
			}
			break
		}
		t.Logf("%d steps", n-1)
	})
}

// Whatever write fails on any path, the graph is as it was before, and sound.
func TestFaultSweep(t *testing.T) {
	s, m, sp := newSweep(t)
	open := m.open()
	r := open[slices.IndexFunc(open, func(r *record) bool {
		return r.judge.Status == graph.AcceptedStatus && r.judge.Embargo == 0 && !r.links[0].deny
	})]
	other := open[slices.IndexFunc(open, func(o *record) bool { return o != r })]
	fresh := func(edit func(*speech)) speech {
		x := speech{doc: "d1", key: "new", links: []said{
			{subject: "e1", property: "near", value: "e3", valid: "2025-10-02/.."}, {subject: "m1", property: "participant", value: "e2", valid: "2025-10-01/.."},
			{subject: "e1", property: "alias", value: "=Nobody"}}}
		if edit != nil {
			edit(&x)
		}
		return x
	}
	position := sp.speech()
	position.links, position.judge, position.key = nil, graph.Judgement{}, "position"
	sp.position(&position)
	hidden := graph.Judgement{Marking: graph.Amber, Rank: graph.Preferred, Embargo: 5}
	same := clean(m.samePair(sp, "e1", "e4", graph.SamePositive))
	apart := clean(m.samePair(sp, "e2", "e4", graph.SameNegative))
	onTheirOwn := act{do: func(tx *graph.Tx) error { _, _, err := tx.Merge(ref("e4"), ref("e2"), nil); return err }}
	acts := map[string][]act{
		"assert":             {assertAct(fresh(nil))},
		"assert again":       {assertAct(fresh(func(x *speech) { x.links = append(r.links[:1:1], x.links...) }))},
		"assert position":    {assertAct(position)},
		"assert hidden":      {assertAct(fresh(func(x *speech) { x.judge = hidden }))},
		"retract":            {retractAct(r)},
		"judge":              {judgeAct(r, hidden)},
		"correct":            {correctAct(r, fresh(nil))},
		"document and claim": {documentAct("d9", "2025-12-01", false), assertAct(fresh(func(x *speech) { x.doc = "d9" }))},
		"declare and claim":  {declareAct("e9", "State"), assertAct(fresh(func(x *speech) { x.links[0].subject = "e9" }))},
		"merge":              {mergeAct("e1", "e4", same)},
		"merge by curation":  {onTheirOwn},
		"unmerge":            {unmergeAct("e2", "e1")},
		"keep apart":         {apartAct("e4", "e2", apart)},
		"part and join":      {unmergeAct("e1", "e2"), mergeAct("e4", "e1", same), apartAct("e2", "e4", apart), assertAct(fresh(nil))},
		"many":               {retractAct(r), assertAct(fresh(nil)), judgeAct(other, hidden)},
	}
	for name, list := range acts {
		update := func(db *graph.DB) error {
			_, err := db.Update(ctx, graph.Act{Author: "test", IdempotencyKey: "once", Clearance: graph.Red}, func(tx *graph.Tx) error {
				for _, a := range list {
					if err := a.do(tx); err != nil {
						return err
					}
				}
				return nil
			})
			return err
		}
		s.run(name, false, update, true)
		s.run(name+", small records", true, update, true)
	}
	list := slices.Concat(loadedSpeeches(8), []speech{fresh(nil)})
	again := r.speech
	again.links = fresh(nil).links
	again.position = ""
	list = append(list, again) // which corrects
	list = append(list, same, clean(m.samePair(sp, "e3", "e5", graph.SameNegative)))
	bad := fresh(func(x *speech) { x.doc, x.key = "none", "bad" })
	for name, l := range map[string][]speech{"load": list, "load with a bad line": append(slices.Clone(list), bad)} {
		for _, tiny := range []bool{false, true} {
			s.run(fmt.Sprintf("%s, chunks %t", name, tiny), tiny, func(db *graph.DB) error {
				done, err := db.Load(ctx, graph.Act{Clearance: graph.Red}, withTwins(load(l)), &graph.LoadOptions{Proposals: 5})
				if err == nil && len(done.Proposals) == 0 {
					return errors.New("nothing was proposed")
				}
				return err
			}, len(l) == len(list))
		}
	}
}

// withTwins puts two new entities with one name before a load.
func withTwins(rest iter.Seq2[graph.Statement, error]) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		for _, name := range []string{"e8", "e9"} {
			called := speech{doc: "d1", key: "twin " + name, links: []said{{subject: name, property: "name", value: "=Twin"}}}
			d := called.draft()
			made := graph.Declaration{Kind: "State", Keys: []graph.Key{{Scheme: "x", ID: name}}}
			if !yield(graph.Statement{Declaration: &made}, nil) || !yield(graph.Statement{Draft: &d}, nil) {
				return
			}
		}
		rest(yield)
	}
}

// loadedSpeeches are assertions under keys of their own.
func loadedSpeeches(n int) []speech {
	list := speechesOf(9, n)
	for i := range list {
		list[i].key = "load " + list[i].key
	}
	return list
}

// A restore that fails at any write leaves a store that is refused, or empty.
func TestFaultSweepRestore(t *testing.T) {
	s, _, _ := newSweep(t)
	h := play(t, s.open(s.base.Clone()))
	var text bytes.Buffer
	if _, err := h.db.Dump(ctx, &text); err != nil {
		t.Fatal(err)
	}
	expect := s.picture(s.base.Clone())
	n := 1
	for step := size(29, 1, 1); ; n += step {
		disk := new(simkv.Disk)
		store := s.open(disk)
		faulty := failing{kvtest.FailAt(store, n), store}
		_, err := graph.Restore(ctx, faulty, bytes.NewReader(text.Bytes()))
		if !faulty.Failed() {
			if err != nil {
				t.Fatal(err)
			}
			samePortrait(t, "restored", s.picture(disk), expect)
			break
		}
		if !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("step %d failed and nobody was told: %v", n, err)
		}
		db, err := graph.Open(ctx, s.open(disk), nil)
		if errors.Is(err, graph.ErrFormat) {
			continue
		}
		if err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		if stats, err := db.At(graph.Point{Clearance: graph.Red}).Stats(ctx); err != nil || stats != (graph.Stats{}) {
			t.Fatalf("step %d: half a restore is open: %+v, %v", n, stats, err)
		}
	}
	t.Logf("%d steps", n-1)
}

// The repair that opening makes may fail at any write: the next opening goes on with it.
func TestFaultSweepRepair(t *testing.T) {
	s, m, _ := newSweep(t)
	before := s.picture(s.base.Clone())
	list := loadedSpeeches(10)
	again := m.open()[0].speech
	again.position, again.links = "", list[0].links
	list = append([]speech{again}, list...)
	total := 0
	for chunks := int64(1); ; chunks += int64(size(9, 2, 1)) {
		left := s.base.Clone()
		d := &dying{BulkStore: s.open(left)}
		d.flushes.Store(chunks)
		db, err := graph.Open(ctx, d, &graph.Options{Now: onTheFifth})
		if err != nil {
			t.Fatal(err)
		}
		graph.Tiny(db)
		_, err = db.Load(ctx, graph.Act{Clearance: graph.Red}, load(list), nil)
		if err == nil {
			break
		}
		if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		for n := 1; ; n += size(19, 1, 1) {
			disk := left.Clone()
			faulty := kvtest.FailAt(s.open(disk), n)
			_, err := graph.Open(ctx, faulty, &graph.Options{Now: onTheFifth})
			if !faulty.Failed() {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			if !errors.Is(err, kvtest.ErrFault) {
				t.Fatalf("%d chunks, step %d failed and nobody was told: %v", chunks, n, err)
			}
			samePortrait(t, fmt.Sprintf("%d chunks, repair failed at step %d", chunks, n), s.picture(disk), before)
			total++
		}
	}
	t.Logf("%d failed repairs", total)
	if total == 0 {
		t.Error("no repair failed")
	}
}
