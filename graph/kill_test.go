package graph_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// workerDir, in the environment, makes this test binary write into the
// database in that directory until it is killed.
const workerDir = "PARLEY_TEST_WORKER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(firstLoadDir); dir != "" {
		if err := firstLoad(dir); err != nil {
			fmt.Fprintln(os.Stderr, "failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(workerDir); dir != "" {
		fmt.Println("failed:", work(dir, os.Getenv("PARLEY_TEST_WORKER_LIFE")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Assertions of one update, and of one load, which is written in chunks.
const ofUpdate, ofLoad = 3, 40

// work prints "name assertions time" for each transaction that is durable.
func work(dir, life string) error {
	db, err := openDir(dir)
	if err != nil {
		return err
	}
	graph.Tiny(db)
	_, err = db.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		for _, a := range begin() {
			if err := a.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var printing sync.Mutex
	done := func(name string, n int, ts graph.TS) {
		printing.Lock()
		defer printing.Unlock()
		fmt.Println(name, n, ts)
	}
	failures := make(chan error)
	for w := range 3 {
		go func() { failures <- updateForEver(db, fmt.Sprintf("%s.%d", life, w), done) }()
	}
	go func() { failures <- loadForEver(db, life+".load", done) }()
	if life == "3" { // an erasure makes the others wait, and so does finishing it
		go func() { failures <- judgeForEver(db, life+".judge", done) }()
	}
	return <-failures
}

func openDir(dir string) (*graph.DB, error) {
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		return nil, err
	}
	return graph.Open(ctx, store, &graph.Options{Ontology: ontology()})
}

func updateForEver(db *graph.DB, writer string, done func(string, int, graph.TS)) error {
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s.%d", writer, n)
		ts, err := db.Update(ctx, graph.Act{Author: writer}, func(tx *graph.Tx) error {
			for i := range ofUpdate {
				if _, _, err := tx.Assert(promised(name, i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done(name, ofUpdate, ts)
	}
}

// loadForEver loads, and every third time is refused at the last line.
func loadForEver(db *graph.DB, loader string, done func(string, int, graph.TS)) error {
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s.%d", loader, n)
		var list []graph.Statement
		for i := range ofLoad {
			d := promised(name, i)
			list = append(list, graph.Statement{Draft: &d})
		}
		if n%3 == 2 {
			bad := promised(name, ofLoad)
			bad.Document = graph.ByKey("source:none")
			list = append(list, graph.Statement{Draft: &bad})
		}
		report, err := db.Load(ctx, graph.Act{Author: loader}, statements(list...), nil)
		switch {
		case n%3 == 2 && !errors.Is(err, graph.ErrRefused):
			return fmt.Errorf("a bad line: %w", err)
		case n%3 == 2:
		case err != nil:
			return err
		default:
			done(name, ofLoad, report.TS)
		}
	}
}

// judgeForEver merges two entities, and then two others; every second time it
// erases the judgement before.
func judgeForEver(db *graph.DB, judge string, done func(string, int, graph.TS)) error {
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s.%d", judge, n)
		ts, err := db.Update(ctx, graph.Act{Author: judge}, func(tx *graph.Tx) error {
			for _, of := range []string{".one", ".other"} {
				if _, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{{Scheme: "x", ID: name + of}}}); err != nil {
					return err
				}
			}
			d := judgeDraft(name)
			_, _, err := tx.Merge(ref(name+".one"), ref(name+".other"), &d)
			return err
		})
		if err != nil {
			return err
		}
		done(name, 1, ts)
		if n%2 == 0 {
			continue
		}
		before := fmt.Sprintf("%s.%d", judge, n-1)
		if ts, err = db.Erase(ctx, graph.Act{Author: judge, Clearance: graph.Red}, graph.Target{Assertion: graph.AssertionOf(judgeDraft(before))}); err != nil {
			return err
		}
		done("erased:"+before, 0, ts)
	}
}

func judgeDraft(name string) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:d1"), Key: name}
}

// verifyJudged holds what was said of judgements against what the store shows
// of them: who is one, what is erased, and where that may have been under way.
func verifyJudged(t *testing.T, db *graph.DB, all []acknowledged, when string) {
	t.Helper()
	v, s := db.At(graph.Point{Clearance: graph.Red}), simulation{}
	tombs, err := s.tombs(db)
	if err != nil {
		t.Fatal(err)
	}
	gone := map[string]bool{}
	for _, a := range all {
		if name, ok := strings.CutPrefix(a.name, "erased:"); ok {
			gone[name] = true
		}
	}
	for _, a := range all {
		if !strings.Contains(a.name, ".judge.") || strings.HasPrefix(a.name, "erased:") {
			continue
		}
		id := graph.AssertionOf(judgeDraft(a.name))
		f, err := s.fateOf(v, &promise{name: a.name, assertions: []graph.AssertionID{id}, ts: a.ts})
		one, _ := v.Entity(ctx, graph.ByKey("x:"+a.name+".one"))
		other, _ := v.Entity(ctx, graph.ByKey("x:"+a.name+".other"))
		switch {
		case err != nil || tombs[id] != (f == absent) || (gone[a.name] && f != absent):
			t.Errorf("%s: %s was acknowledged, erased: %t, and is %d, with a tombstone: %t (%v)", when, a.name, gone[a.name], f, tombs[id], err)
		case f == present && (one.ID.IsZero() || one.ID != other.ID):
			t.Errorf("%s: %s was acknowledged, and its entities are two", when, a.name)
		}
	}
}

// acknowledged is a line of the worker.
type acknowledged struct {
	name string
	n    int
	ts   graph.TS
}

// A process that is killed at any moment, updates and loads under way, loses
// nothing that it acknowledged and shows nothing by half; the next one goes on.
func TestKilledUnderLoad(t *testing.T) {
	kills, perDir := size(1, 20, 200), 5
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	const enough = 100
	total, erasures := 0, 0
	kill := 0
	for kill < kills || (kills >= 20 && total < enough && kill < 5*kills) { // a slow machine acknowledges little before it is killed
		dir := t.TempDir()
		var all []acknowledged
		for life := 0; life < perDir; life++ {
			wait := time.Duration(r.IntN(250)) * time.Millisecond
			lines := workAndKill(t, dir, life, wait)
			all = append(all, lines...)
			verifyKilled(t, dir, life, all, fmt.Sprintf("kill %d, after %s", kill+1, wait))
			kill++
		}
		total += len(all)
		for _, a := range all {
			if strings.HasPrefix(a.name, "erased:") {
				erasures++
			}
		}
	}
	t.Logf("%d kills, %d transactions acknowledged, %d of them erasures", kill, total, erasures)
	if kills >= 20 && total < enough {
		t.Errorf("only %d transactions were acknowledged: this proves little", total)
	}
}

// workAndKill kills the worker some time after it began, which may be while it
// still opens what the one before has left.
func workAndKill(t *testing.T, dir string, life int, wait time.Duration) (list []acknowledged) {
	t.Helper()
	worker := exec.Command(os.Args[0])
	worker.Env = append(os.Environ(), workerDir+"="+dir, fmt.Sprint("PARLEY_TEST_WORKER_LIFE=", life))
	out, err := worker.StdoutPipe()
	if err == nil {
		err = worker.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(50*time.Millisecond+wait, func() { _ = worker.Process.Kill() })
	defer timer.Stop()
	in := bufio.NewScanner(out)
	for in.Scan() {
		var a acknowledged
		if n, err := fmt.Sscan(in.Text(), &a.name, &a.n, &a.ts); err != nil {
			if strings.HasPrefix(in.Text(), "failed:") {
				t.Fatalf("worker: %s", in.Text())
			}
			t.Logf("a line that was cut off: %q (%d)", in.Text(), n)
			continue
		}
		list = append(list, a)
	}
	if err := worker.Wait(); worker.ProcessState.Success() {
		t.Fatalf("the worker ended by itself: %v", err)
	}
	return list
}

// verifyKilled opens what the worker left: checks it, looks for what was
// acknowledged, and for what is there by half behind it.
func verifyKilled(t *testing.T, dir string, life int, all []acknowledged, when string) {
	t.Helper()
	db, err := openDir(dir)
	if err != nil {
		t.Fatalf("%s: opening: %v", when, err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Fatalf("%s: check: %v\n%s", when, err, strings.Join(problems, "\n"))
	}
	v := db.At(graph.Point{Clearance: graph.Red})
	s := simulation{}
	next := map[string]int{}
	verifyJudged(t, db, all, when)
	for _, a := range all {
		if strings.Contains(a.name, ".judge.") {
			continue
		}
		f, err := s.fateOf(v, &promise{name: a.name, assertions: assertionsOf(a.name, a.n), ts: a.ts})
		if err != nil || f != present {
			t.Errorf("%s: %s was acknowledged and is %d (%v)", when, a.name, f, err)
		}
		writer, n := a.name[:strings.LastIndex(a.name, ".")], 0
		_, _ = fmt.Sscan(a.name[len(writer)+1:], &n)
		next[writer] = max(next[writer], n+1)
	}
	for writer := range 4 {
		name, n := fmt.Sprintf("%d.%d", life, writer), ofUpdate
		if writer == 3 {
			name, n = fmt.Sprintf("%d.load", life), ofLoad
		}
		for more := range 3 {
			p := &promise{name: fmt.Sprintf("%s.%d", name, next[name]+more)}
			p.assertions = assertionsOf(p.name, n)
			if _, err := s.fateOf(v, p); err != nil {
				t.Errorf("%s: %s: %v", when, p.name, err)
			}
		}
	}
}

func assertionsOf(name string, n int) (list []graph.AssertionID) {
	for i := range n {
		list = append(list, graph.AssertionOf(promised(name, i)))
	}
	return list
}
