package main

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// TestMain lets loads run in processes of their own.
func TestMain(m *testing.M) {
	asked, err := child(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !asked {
		os.Exit(m.Run())
	}
}

// TestAnswers runs everything at a small size: an answer that differs from
// that of the others is an error.
func TestAnswers(t *testing.T) {
	if withC == nil {
		t.Log("NOT TESTED: built without a C compiler, so that the peer sqlite-cgo is not asked")
	}
	withClocks := 1 + len(libraries())
	if postgresBin() != "" {
		withClocks++
	} else {
		t.Log("NOT TESTED: PostgreSQL is not installed")
	}
	s := settings{passes: 1, share: smallShare, dir: t.TempDir(), log: t.Output()}
	done, err := s.run(t.Context(), smallSize)
	if err != nil {
		t.Fatal(err)
	}
	timed := map[kind]int{}
	for _, m := range done.Timings {
		timed[m.Kind]++
	}
	peers := 1 + len(libraries())
	for _, k := range plainKinds {
		if timed[k] != 1+peers {
			t.Errorf("%s was asked of %d peers and the arrays, want %d", k, timed[k]-1, peers)
		}
	}
	for _, k := range []kind{served1, served8} {
		if timed[k] != peers {
			t.Errorf("%s was asked of %d servers, want %d", k, timed[k], peers)
		}
	}
	for _, k := range clockKinds {
		if timed[k] != withClocks {
			t.Errorf("%s was asked of %d peers, want %d", k, timed[k], withClocks)
		}
	}
	if done.Work[twoHops] == 0 || done.Work[counts] == 0 {
		t.Errorf("the questions find nothing: %v", done.Work)
	}
	if len(done.Loads) != peers || done.Own.PerFact == 0 || done.Floors.Seek == 0 || done.Opening.Killed == 0 {
		t.Errorf("not all was measured: %+v", done)
	}
}

// TestHistory shows that what happens in the rounds is what the versions say.
func TestHistory(t *testing.T) {
	h := newHistory(20_000, []string{"a", "b", "c"}, []string{"tie"})
	said := map[changeKind]int{}
	for _, list := range h.changes {
		for _, c := range list {
			said[c.what]++
		}
	}
	long, contested, closed := 0, 0, 0
	for i := range h.versions {
		v := &h.versions[i]
		long += bit(v.long() && v.known == 0)
		contested += bit(v.contested)
		closed += bit(v.gone != forever)
	}
	for name, share := range map[string]float64{
		"lasting": float64(long) / 20_000 / 0.05, "corrected": float64(said[corrected]) / 20_000 / 0.05,
		"retracted": float64(said[retracted]) / 20_000 / 0.025, "contested": float64(contested) / 20_000 / 0.025,
	} {
		if share < 0.8 || share > 1.2 {
			t.Errorf("%s: %.2f of what they should be", name, share)
		}
	}
	if sum := said[corrected] + said[retracted] + said[denied]; closed != sum || said[retracted] != said[again] {
		t.Errorf("%d versions end, by %v", closed, said)
	}
}

// TestOtherAnswers shows that a wrong answer does not pass.
func TestOtherAnswers(t *testing.T) {
	o, err := ontology()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(2000, relationNames(o))
	right, wrong := newMemoryPeer(w), newMemoryPeer(w)
	for i := range wrong.arcs {
		wrong.arcs[i].relation = (wrong.arcs[i].relation + 1) % uint16(len(w.relations))
	}
	load := w.questions(smallShare)
	for _, k := range []kind{newest, named, timeline, counts} {
		want, err := answers(t.Context(), k, load[k], right)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(t.Context(), k, load[k], want, one("right", right)); err != nil {
			t.Error(err)
		}
		if err := verify(t.Context(), k, load[k], want, one("wrong", wrong)); err == nil {
			t.Errorf("%s: other answers passed", k)
		}
	}
}

// TestWorld shows that a world is the same each time, and has no fact twice.
func TestWorld(t *testing.T) {
	relations := []string{"a", "b", "c"}
	one, other := newWorld(5000, relations), newWorld(5000, relations)
	seen := map[fact]bool{}
	for i, f := range one.facts {
		if f != other.facts[i] {
			t.Fatalf("fact %d: %+v, then %+v", i, f, other.facts[i])
		}
		if seen[f] || f.subject == f.object {
			t.Errorf("fact %d: %+v", i, f)
		}
		seen[f] = true
	}
}
