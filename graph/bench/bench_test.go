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
		t.Log("built without a C compiler: the peer sqlite-cgo is not asked")
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
