package graph_test

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// nightly tells whether the long variants of the proofs are wanted.
var nightly = os.Getenv("PARLEY_NIGHTLY") != ""

// size chooses how long a proof is: in a race build, in CI, at night.
func size(short, ci, night int) int {
	switch {
	case nightly:
		return night
	case testing.Short():
		return short
	}
	return ci
}

// checks sets how many histories a property test makes up, for its duration.
func checks(t *testing.T, n int) {
	t.Helper()
	set := func(name, value string) string {
		f := flag.Lookup(name)
		old := f.Value.String()
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		return old
	}
	if testing.Short() {
		n *= 5 // which rapid divides by five
	}
	old := set("rapid.checks", fmt.Sprint(n))
	t.Cleanup(func() { set("rapid.checks", old) })
}

// ontology is that of package graphtest, with links between any two entities.
func ontology() *graph.Ontology {
	o := graphtest.Ontology()
	return o
}

// lab is a graph and a model of it, side by side.
type lab struct {
	*rapid.T
	t     *testing.T
	now   time.Time
	store kv.Store
	dir   string // of a store on disk
	db    *graph.DB
	model *model
	speaker
	pins  []pin
	reads *atomic.Int64
	log   []string
}

// pin is a view that was made earlier, and the point that it must stay at.
type pin struct {
	graph.View
	spot
	name string
}

func newLab(t *testing.T, rt *rapid.T, reads *atomic.Int64) *lab {
	l := &lab{T: rt, t: t, now: time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC), model: newModel(), reads: reads}
	l.speaker = speaker{dice: drawn{rt}, docs: []string{"d1", "d2", "d3", "u1", "c1"}}
	l.store = memkv.New(&memkv.Options{Now: l.clock})
	l.open()
	begin := []act{documentAct("d1", "2025-12-01", false), documentAct("d2", "2025-12-02", false), documentAct("d3", "2025-11", false),
		documentAct("u1", "", false), documentAct("c1", "", true)}
	for _, name := range slices.Sorted(maps.Keys(cast)) {
		begin = append(begin, declareAct(name, cast[name]))
	}
	l.update(l.by(graph.Clear), begin)
	return l
}

func (l *lab) clock() time.Time { return l.now }

func (l *lab) open() {
	db, err := graph.Open(ctx, l.store, &graph.Options{Ontology: ontology(), Now: l.clock, Memory: pick[int64](l, -1, 1, 4<<10, 0),
		Blocks: pick(l, graph.KeepBlocks, graph.KeepBlocks, graph.LeaveBlocks, graph.DropBlocks)})
	l.must(err)
	graph.TinyBlocks(db)
	l.db = db
}

func (l *lab) must(err error) {
	if err != nil {
		l.Fatalf("%v\nhistory:\n%s", err, strings.Join(l.log, "\n"))
	}
}

// tell notes what was done, for the report of a failure.
func (l *lab) tell(format string, args ...any) { l.log = append(l.log, fmt.Sprintf(format, args...)) }

// by is somebody who sees as far as the model's act in hand.
func (l *lab) by(clearance graph.Marking) graph.Act {
	l.model.spot = acting(graph.TimeOf(l.now), clearance)
	return graph.Act{Author: "model", Clearance: clearance}
}

func (l *lab) anybody() graph.Act { return l.by(pick(l, graph.Clear, graph.Amber, graph.Red)) }

// update makes one transaction, which goes through just where the model says so.
func (l *lab) update(by graph.Act, acts []act) {
	at := 0
	ts, err := l.db.Update(ctx, by, func(tx *graph.Tx) error {
		for i, a := range acts {
			at = i
			if err := a.do(tx); err != nil {
				return fmt.Errorf("%s: %w", a.what, err)
			}
		}
		return nil
	})
	if err != nil {
		ts = math.MaxUint64 // of what was done before it was refused
	}
	next := l.model.clone(l.model.spot)
	for i, a := range acts {
		l.tell("%d %s, %s", ts, a.what, by.Clearance)
		if err != nil && i == at {
			if expect := a.apply(next, ts); !errors.Is(expect, errRefused) || !refusal(err) {
				l.Fatalf("%v, and the model: %v\nhistory:\n%s", err, expect, strings.Join(l.log, "\n"))
			}
			l.tell("refused: %v", err)
			return
		}
		l.must(a.apply(next, ts))
	}
	next.finish(ts)
	l.model = next
	l.settled(ts)
}

// refusal tells whether an act was refused for what it asks.
func refusal(err error) bool {
	return errors.Is(err, graph.ErrRefused) || errors.Is(err, graph.ErrNotFound) || errors.Is(err, graph.ErrErased)
}

// settled notes the transaction, and learns the ids of positions.
func (l *lab) settled(ts graph.TS) {
	if !l.model.wrote {
		return
	}
	l.model.txs = append(l.model.txs, ts)
	l.spoken = nil
	names := map[string]bool{}
	for _, r := range l.model.records {
		if (r.position != "" || r.pair) && !l.model.gone[r.position] {
			l.spoken = append(l.spoken, r.links[:3]...)
		}
		names[r.links[0].subject] = true
	}
	for name := range cast {
		names[name] = true
	}
	_, err := l.db.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		for name := range names {
			if l.model.ids[name].IsZero() {
				id, err := tx.Find(ref(name))
				if err != nil {
					return err
				}
				l.model.ids[name] = id
			}
		}
		return errLookedUp
	})
	if err != nil && !strings.Contains(err.Error(), errLookedUp.Error()) {
		l.must(err)
	}
}

// Update makes transactions of people who see less or more.
func (l *lab) Update(*rapid.T) {
	for range 1 + l.Intn(6) {
		by := l.anybody()
		if acts := l.model.transaction(&l.speaker); len(acts) > 0 {
			l.update(by, acts)
		}
	}
}

// Merge judges which entities are one, seeing less or more, among other acts.
func (l *lab) Merge(*rapid.T) {
	by := l.anybody()
	var acts []act
	for range 1 + l.Intn(3) {
		acts = append(acts, l.model.sameness(&l.speaker))
	}
	if once(l, 3) {
		acts = append(acts, l.model.transaction(&l.speaker)...)
	}
	if once(l, 4) {
		by = l.by(graph.Amber)
		acts = l.model.circle(&l.speaker)
	}
	l.update(by, acts)
}

// Load applies a load, in one piece or in tiny chunks.
func (l *lab) Load(*rapid.T) {
	by := l.anybody()
	list := l.model.assertions(&l.speaker)
	if once(l, 2) {
		l.tell("tiny chunks from here on")
		graph.Tiny(l.db)
	}
	next := l.model.clone(l.model.spot)
	next.force = once(l, 3)
	for _, s := range list {
		l.tell("load %s, force %t, %s", &s, next.force, by.Clearance)
	}
	got, err := l.db.Load(ctx, by, load(list), &graph.LoadOptions{Force: next.force, Proposals: 3})
	got.Proposals, got.Unmatched = nil, 0 // of what may be the same: rule 9 has its own tests
	expect, refused := next.loaded(list, cmp.Or(got.TS, math.MaxUint64))
	if refused != nil && refusal(err) {
		l.tell("refused: %v", err)
		return
	}
	l.must(errors.Join(err, refused))
	if fmt.Sprint(got) != fmt.Sprint(expect) {
		l.Fatalf("load reports %+v, want %+v", got, expect)
	}
	l.model = next
	l.settled(got.TS)
}

// FailingLoad applies a load that is refused at its last line, or only tried out.
func (l *lab) FailingLoad(*rapid.T) {
	by := l.anybody()
	list := l.model.assertions(&l.speaker)
	if _, err := l.model.clone(l.model.spot).loaded(list, math.MaxUint64); err != nil {
		return // at another line
	}
	l.tell("a load of %d that fails, %s", len(list), by.Clearance)
	if once(l, 3) {
		if _, err := l.db.Load(ctx, by, load(list), &graph.LoadOptions{DryRun: true}); err != nil {
			l.must(err)
		}
		return
	}
	bad := list[len(list)-1]
	bad.doc = "none"
	if _, err := l.db.Load(ctx, by, load(append(list, bad)), nil); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("line %d: ", len(list)+1)) {
		l.Fatalf("a bad line was not refused: %v\nhistory:\n%s", err, strings.Join(l.log, "\n"))
	}
}

// Tick moves the clock to the next day, past embargoes, or a second back.
func (l *lab) Tick(*rapid.T) {
	l.now = l.now.Add(pick(l, 24*time.Hour, time.Hour, -time.Second))
	l.tell("it is %s", l.now.Format(time.RFC3339))
}

// Reopen opens the database again.
func (l *lab) Reopen(*rapid.T) {
	l.tell("open again")
	l.pins = nil // an erasure by this database would be news to the other one
	if l.dir != "" {
		l.must(l.db.Close())
		store, err := badgerkv.Open(l.dir, &badgerkv.Options{Now: l.clock, NoSync: true})
		l.must(err)
		l.store = store
	}
	l.open()
}

// Warm reads rows into memory, and keeps, leaves or drops blocks of edges.
func (l *lab) Warm(*rapid.T) {
	l.tell("warm")
	l.must(l.db.Warm(ctx))
}

// Move dumps the graph and goes on in another store.
func (l *lab) Move(*rapid.T) {
	var text bytes.Buffer
	_, err := l.db.Dump(ctx, &text)
	l.must(err)
	var store kv.Store = memkv.New(&memkv.Options{Now: l.clock})
	dir := ""
	if l.dir == "" && once(l, 12) {
		dir = l.t.TempDir()
		store, err = badgerkv.Open(dir, &badgerkv.Options{Now: l.clock, NoSync: true})
		l.must(err)
	}
	l.tell("dump and restore, dir %q", dir)
	dumped := text.String()
	_, err = graph.Restore(ctx, store, &text)
	l.must(err)
	l.check()
	l.close()
	l.store, l.dir, l.pins = store, dir, nil
	l.open()
	_, err = l.db.Dump(ctx, &text)
	l.must(err)
	if text.String() != dumped {
		l.Fatalf("dumped again, it is another dump:\n%s\nwas:\n%s", &text, dumped)
	}
}

func (l *lab) check() {
	_, problems, err := l.db.Check(ctx)
	l.must(err)
	if len(problems) > 0 {
		l.Fatalf("check:\n%s\nhistory:\n%s", strings.Join(problems, "\n"), strings.Join(l.log, "\n"))
	}
}

func (l *lab) close() { l.must(l.db.Close()) }

// Agree compares the graph with the model at twenty points, after every step.
func (l *lab) Agree(*rapid.T) {
	for range 17 {
		p := l.pin()
		l.compare(&p)
		if len(l.pins) < 6 || once(l, 8) {
			l.pins = append(l.pins, p)
		}
	}
	for range min(3, len(l.pins)) {
		p := pick(l, l.pins...)
		l.compare(&p)
	}
}

// pin makes a view at a random point.
func (l *lab) pin() pin {
	gp := graph.Point{Clearance: pick(l, graph.Clear, graph.Amber, graph.Red), Basis: pick(l, graph.Recorded, graph.Published),
		Undated: pick(l, graph.FromRecorded, graph.FromAsserted)}
	on := pick(l, "", "", "2025-10-01", "2025-10-02", "2025-10-06", "2025-10-07", "2025-10-04/2025-10-08", "2025-11-20", "2025-01-05")
	known := pick(l, "", "", "2025-10-03", "2025-11-14", "2025-11-30", "2025-12-01", "2025-12-02", "2025-12-04", "tx")
	switch {
	case known == "tx" && gp.Basis == graph.Recorded:
		gp.KnownOn = pick(l, l.model.txs...)
	case known != "" && known != "tx":
		gp.KnownOn = must(graph.ParseKnownOn(known))
	}
	if on != "" {
		gp.On = must(graph.ParseOn(on))
	}
	v := l.db.At(gp)
	p := pin{View: v, name: fmt.Sprintf("on %q known on %q %s %s %s", on, known, gp.Basis, gp.Clearance, gp.Undated)}
	newest := l.model.txs[len(l.model.txs)-1]
	p.spot = spot{ts: newest, known: graph.MaxTime, now: graph.TimeOf(l.now), clearance: gp.Clearance, on: gp.On}
	if gp.KnownOn != 0 {
		at := graph.TimeOf(gp.KnownOn.Time())
		p.now = min(p.now, at)
		if gp.Basis == graph.Published {
			p.known, p.bySpeech = at, gp.Undated == graph.FromAsserted
		} else {
			p.ts = min(p.ts, gp.KnownOn)
		}
	}
	return p
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// Whatever is done, in whatever order, the graph answers at every point what a
// naive resolver over a slice of records answers, with and without the
// shortcut of rows that answer alone.
func TestModel(t *testing.T) {
	var reads atomic.Int64
	checks(t, size(1, 2, 8))
	began, least := time.Now(), int64(size(3_000, 200_000, 20_000_000))
	history := func(rt *rapid.T) {
		l := newLab(t, rt, &reads)
		defer func() { _ = l.db.Close() }()
		rt.Repeat(map[string]func(*rapid.T){"": l.Agree, "update": l.Update, "update again": l.Update, "load": l.Load, "failing load": l.FailingLoad,
			"merge": l.Merge, "merge again": l.Merge, "erase": l.Erase, "tick": l.Tick, "reopen": l.Reopen, "warm": l.Warm, "move": l.Move})
		l.check()
	}
	for reads.Load() < least && !t.Failed() {
		rapid.Check(t, history)
		if nightly {
			t.Logf("%d reads so far, after %s", reads.Load(), time.Since(began).Round(time.Second))
		}
	}
	t.Logf("%d reads checked, %.0f/s", reads.Load(), float64(reads.Load())/time.Since(began).Seconds())
	if reads.Load() < least {
		t.Errorf("%d reads checked, want at least %d", reads.Load(), least)
	}
}
