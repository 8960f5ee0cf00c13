package badgerkv_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// childDir, in the environment, makes this test binary write into the store in
// that directory until it is killed.
const childDir = "BADGERKV_TEST_CHILD_DIR"

// childUpdates, too, is the size of the values of its updates, and lets it load
// nothing meanwhile.
const childUpdates = "BADGERKV_TEST_CHILD_UPDATES"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fillDir); dir != "" {
		if err := fillOnce(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println("failed:", writeForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// rowsPerWrite is the rows of one update or chunk of the child: the row r of
// write n of writer w is at "w/n/r".
const rowsPerWrite = 3

func setRows(tx kv.Txn, writer, n int, value []byte) error {
	for row := range rowsPerWrite {
		if err := tx.Set(fmt.Appendf(nil, "%d/%d/%d", writer, n, row), value); err != nil {
			return err
		}
	}
	return nil
}

// writeForEver prints "writer n time" for each write that is durable.
func writeForEver(dir string) error {
	s, err := badgerkv.Open(dir, nil)
	if err != nil {
		return err
	}
	failures := make(chan error)
	size, err := strconv.Atoi(os.Getenv(childUpdates))
	for writer := range 4 {
		go func() { failures <- updateForEver(s, writer, make([]byte, size)) }()
	}
	if err != nil {
		go func() { failures <- loadForEver(s, 4) }()
	}
	return <-failures
}

func updateForEver(s *badgerkv.Store, writer int, value []byte) error {
	for n := 0; ; n++ {
		ts, err := s.Update(context.Background(), func(tx kv.Txn) error { return setRows(tx, writer, n, value) })
		if err != nil {
			return err
		}
		report(writer, n, ts)
	}
}

// loadForEver writes 20 chunks with each load.
func loadForEver(s *badgerkv.Store, writer int) error {
	n := 0
	for {
		_, err := s.Load(context.Background(), func(b kv.BulkTxn) error {
			for end := n + 20; n < end; n++ {
				if err := setRows(b, writer, n, nil); err != nil {
					return err
				}
				if err := b.Flush(); err != nil {
					return err
				}
				report(writer, n, b.TS())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

var printing sync.Mutex

func report(writer, n int, ts kv.TS) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(writer, n, ts)
}

// TestKilled kills a process that writes: what it reported as durable is there,
// what it did not report is there as a whole or not at all, and transaction
// times go on.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	var last kv.TS
	reported := map[[2]int]bool{}
	for range 3 {
		for _, l := range runAndKill(t, dir, 300) {
			reported[[2]int{l.writer, l.n}] = true
			last = max(last, l.ts)
		}
		// the clock is behind what the child has seen
		s := open(t, dir, &badgerkv.Options{Now: func() time.Time { return time.Unix(1, 0) }})
		found := writesIn(t, s)
		for w, rows := range found {
			if rows != rowsPerWrite {
				t.Errorf("write %v has %d rows, want %d", w, rows, rowsPerWrite)
			}
		}
		for w := range reported {
			if found[w] == 0 {
				t.Errorf("write %v was reported and is lost", w)
			}
		}
		ts, err := s.Update(t.Context(), func(kv.Txn) error { return nil })
		if err != nil || ts <= last {
			t.Errorf("update = %d, %v, want a time above %d", ts, err, last)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

type reportLine struct {
	writer, n int
	ts        kv.TS
}

// runAndKill kills the child when it has reported some writes.
func runAndKill(t *testing.T, dir string, writes int) (lines []reportLine) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewScanner(out); in.Scan(); {
		var l reportLine
		if _, err := fmt.Sscan(in.Text(), &l.writer, &l.n, &l.ts); err != nil {
			t.Fatalf("child: %s", in.Text())
		}
		if lines = append(lines, l); len(lines) == writes {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); child.ProcessState.Success() {
		t.Fatalf("child ended by itself: %v", err)
	}
	return lines
}

// writesIn counts the rows of each write.
func writesIn(t *testing.T, s *badgerkv.Store) map[[2]int]int {
	t.Helper()
	found := map[[2]int]int{}
	err := s.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(kv.Range{KeysOnly: true}, func(k, _ []byte) error {
			var writer, n, row int
			_, err := fmt.Sscanf(string(k), "%d/%d/%d", &writer, &n, &row)
			found[[2]int{writer, n}]++
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
