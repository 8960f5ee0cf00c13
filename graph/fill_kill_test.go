package graph_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// firstLoadDir, in the environment, makes this test binary load the benchmark's
// facts into an empty database in that directory, and end.
const firstLoadDir = "PARLEY_TEST_FIRST_LOAD_DIR"

func firstLoad(dir string) error {
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		return err
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: benchOntology()})
	if err != nil {
		return err
	}
	list := benchDraft(&testing.B{}, killedFacts)
	if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(list...), &graph.LoadOptions{Memory: 1 << 20}); err != nil {
		return err
	}
	return db.Close()
}

const killedFacts = 6000

// TestKilledInFirstLoad kills a process that loads into an empty database, at
// any moment: nothing is there then, or everything, and the load can be made
// again.
func TestKilledInFirstLoad(t *testing.T) {
	start := time.Now()
	runFirstLoad(t, t.TempDir(), -1)
	whole := time.Since(start)
	outcomes := map[bool]int{}
	for range 8 {
		dir := t.TempDir()
		runFirstLoad(t, dir, rand.N(whole*5/4))
		db := benchOpen(t, dir)
		stats, problems, err := db.Check(ctx)
		if err != nil || len(problems) > 0 {
			t.Fatalf("check: %v, %v", problems, err)
		}
		all := stats.Transactions > 0
		if outcomes[all]++; all && stats.Claims < killedFacts*9/10 {
			t.Errorf("%d claims are there of %d facts", stats.Claims, killedFacts)
		}
		got, err := db.Load(ctx, graph.Act{Author: "test"}, statements(benchDraft(t, killedFacts)...), nil)
		if err != nil || (got.New == 0) != all {
			t.Errorf("load again: %+v, %v, after everything was there: %t", got, err, all)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("nothing was there %d times, everything %d times", outcomes[false], outcomes[true])
}

// runFirstLoad runs the child and kills it after a while, unless that is below 0.
func runFirstLoad(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), firstLoadDir+"="+dir)
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if after >= 0 {
		time.Sleep(after)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if err := child.Wait(); after < 0 && err != nil {
		t.Fatal(fmt.Errorf("child: %w", err))
	}
}
