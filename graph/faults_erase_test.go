package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/kvtest/simkv"
)

// Whatever write of an erasure fails, the rewriting of the files included, the
// next opening finds it not begun, or finishes it; so does the one after an
// opening that fails meanwhile. Nothing erased is left in any row.
func TestFaultSweepErase(t *testing.T) {
	s, m, sp := newSweep(t)
	pair := clean(m.samePair(sp, "e1", "e4", graph.SamePositive))
	acts := []act{assertAct(secretSpeech("secret")), mergeAct("e1", "e4", pair)}
	h := play(t, s.open(s.base))
	apply(t, m, acts, h.update(acts))
	said := graph.Target{Assertion: m.last("d1", "secret").id}
	same := graph.Target{Assertion: m.last("d1", pair.key).id}
	document := graph.Target{Entity: graph.IDOf(graph.Key{Scheme: "source", ID: "d1"})}
	for name, targets := range map[string][]graph.Target{
		"assertion": {said}, "merge": {said, same}, "entity": {said, {Entity: m.id("e4")}}, "merged entity": {{Entity: m.id("e1")}}, "document": {document},
	} {
		for _, tiny := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunks %t", name, tiny), func(t *testing.T) {
				(&eraseSweep{sweep: s.in(t), targets: targets, tiny: tiny, tried: map[string]bool{}}).run()
			})
		}
	}
}

// eraseSweep is a sweep over an erasure, and over the openings that finish it.
type eraseSweep struct {
	*sweep
	targets       []graph.Target
	tiny          bool
	tried         map[string]bool // to open these rows, and fail at every step
	before, after string
	left, later   int // erasures that an opening had to finish, and of these openings those that failed
}

func (s *eraseSweep) run() {
	done := s.base.Clone()
	if err := s.erase(kvtest.FailAt(s.open(done), 1<<30)); err != nil {
		s.Fatal(err)
	}
	s.before, s.after = s.picture(s.base.Clone()), s.picture(done)
	n := 1
	for ; ; n += size(29, 1, 1) {
		disk := s.base.Clone()
		store := kvtest.FailAt(s.open(disk), n)
		err := s.erase(store)
		if store.Failed() && !errors.Is(err, kvtest.ErrFault) {
			s.Fatalf("step %d failed and nobody was told: %v", n, err)
		}
		s.reopened(fmt.Sprintf("failed at step %d", n), disk, err == nil)
		if !store.Failed() {
			break
		}
	}
	s.Logf("%d steps, %d left to the next opening, %d of which failed, too", n-1, s.left, s.later)
	if s.before == s.after || s.left == 0 || s.later == 0 {
		s.Error("nothing that is seen was erased, or no opening had to finish it")
	}
}

// erase erases, and sees that a database with half an erasure takes no more updates.
func (s *eraseSweep) erase(store kvtest.BulkStore) error {
	db, err := graph.Open(ctx, store, &graph.Options{Now: onTheFifth})
	if err != nil {
		return err
	}
	if s.tiny {
		graph.Tiny(db)
	}
	ts, err := db.Erase(ctx, graph.Act{Author: "test", Clearance: graph.Red}, s.targets...)
	if err == nil || ts != 0 {
		return err
	}
	if s.announced(store) {
		if _, late := db.Update(ctx, graph.Act{}, declareAct("late", "State").do); late == nil {
			s.Error("an update after half an erasure")
		}
	}
	return err
}

// announced tells whether an erasure in hand is on the disk.
func (s *eraseSweep) announced(store kvtest.BulkStore) bool {
	for _, r := range allRows(s.T, store) {
		if string(r.key) == "Merase" {
			return true
		}
	}
	return false
}

// reopened opens what is left, fails at every step of that, and compares what
// the one after shows.
func (s *eraseSweep) reopened(what string, left *simkv.Disk, done bool) {
	begun := s.announced(s.open(left.Clone()))
	s.left += map[bool]int{true: 1}[begun]
	expect := s.before
	if begun || done || s.scrubs(left) {
		expect = s.after
	}
	rows := s.rows(left)
	for n := 1; begun && !s.tried[rows]; n += size(61, 9, 1) {
		disk := left.Clone()
		store := kvtest.FailAt(s.open(disk), n)
		_, err := graph.Open(ctx, store, &graph.Options{Now: onTheFifth})
		if !store.Failed() {
			break
		}
		if !errors.Is(err, kvtest.ErrFault) {
			s.Fatalf("%s: opening: step %d failed and nobody was told: %v", what, n, err)
		}
		s.shows(fmt.Sprintf("%s, opening failed at step %d", what, n), disk, expect)
		s.later++
	}
	s.tried[rows] = true
	s.shows(what, left, expect)
}

// scrubs tells whether the rows are gone, and only the files are left to be rewritten.
func (s *eraseSweep) scrubs(d *simkv.Disk) bool {
	for _, r := range allRows(s.T, s.open(d.Clone())) {
		if string(r.key) == "Mscrub" {
			return true
		}
	}
	return false
}

// shows opens a disk, and compares what it shows, and what its rows hold.
func (s *eraseSweep) shows(what string, d *simkv.Disk, expect string) {
	samePortrait(s.T, what, s.picture(d), expect)
	for _, r := range allRows(s.T, s.open(d)) {
		switch {
		case string(r.key) == "Merase" || string(r.key) == "Mscrub":
			s.Fatalf("%s: %s is still to be done", what, r.key)
		case expect == s.after && bytes.Contains(r.value, []byte(secret)):
			s.Fatalf("%s: the row %q holds what is erased", what, r.key)
		}
	}
}
