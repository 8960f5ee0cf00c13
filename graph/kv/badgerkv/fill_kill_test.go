package badgerkv_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// fillDir, in the environment, makes this test binary fill the store in that
// directory and end.
const fillDir = "BADGERKV_TEST_FILL_DIR"

const fillRows = 100_000

func fillOnce(dir string) error {
	s, err := badgerkv.Open(dir, nil)
	if err != nil {
		return err
	}
	_, err = s.Fill(context.Background(), &kv.FillOptions{Memory: 2 << 20}, func(b kv.BulkTxn) error {
		for i := range fillRows {
			if keys, _ := b.Pending(); keys == 10_000 {
				if err := b.Flush(); err != nil {
					return err
				}
			}
			if err := b.Set(fmt.Appendf(nil, "new %d", i*7919%fillRows), make([]byte, 50)); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, s.Close())
}

// oldStore is a directory with a store of two rows, and the time of the last.
func oldStore(t *testing.T) (string, kv.TS) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, nil)
	var ts kv.TS
	for _, key := range []string{"old 1", "old 2"} {
		var err error
		if ts, err = s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte(key), []byte(key)) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, ts
}

// TestKilledWhileFilling kills a process that fills a store, at any moment: the
// store is as it was before, or has all rows, and leaves no file behind.
func TestKilledWhileFilling(t *testing.T) {
	start := time.Now()
	dir, ts := oldStore(t)
	if err := fillIn(t, dir).Wait(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	if !filled(t, dir, ts) {
		t.Fatal("the store was not filled")
	}
	within := 0
	for round := 0; round < 10 || within == 0 && round < 40; round++ {
		dir, ts := oldStore(t)
		child := fillIn(t, dir)
		if round%2 == 0 {
			time.Sleep(rand.N(whole))
		} else if waitFor(dir, whole*10) {
			time.Sleep(rand.N(whole / time.Duration(4*(round+1))))
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		if !filled(t, dir, ts) && round%2 == 1 {
			within++
		}
	}
	if within == 0 {
		t.Error("no process was killed when it had written tables")
	}
}

func fillIn(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), fillDir+"="+dir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return child
}

// waitFor waits until a second table is there.
func waitFor(dir string, most time.Duration) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if tables, err := filepath.Glob(filepath.Join(dir, "*.sst")); err == nil && len(tables) > 1 {
			return true
		}
	}
	return false
}

// filled checks that a store has its old rows and all of the new ones or none,
// goes on behind ts, and is in order; it tells which.
func filled(t *testing.T, dir string, ts kv.TS) bool {
	t.Helper()
	s := open(t, dir, &badgerkv.Options{Now: func() time.Time { return time.Unix(1, 0) }})
	defer s.Close()
	rows := 0
	err := s.View(t.Context(), func(r kv.Reader) error {
		for _, key := range []string{"old 1", "old 2"} {
			if v, err := r.Get([]byte(key)); err != nil || string(v) != key {
				t.Errorf("%s = %q, %v", key, v, err)
			}
		}
		return r.Scan(kv.Range{Start: []byte("new"), KeysOnly: true}, func(_, _ []byte) error { rows++; return nil })
	})
	if err != nil || rows%fillRows != 2 { // the old rows lie behind the new ones
		t.Errorf("%d rows, %v", rows, err)
	}
	next, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("next"), nil) })
	if err != nil || next <= ts {
		t.Errorf("update = %d, %v; want a time above %d", next, err, ts)
	}
	if err := errors.Join(s.Verify(), s.Close()); err != nil {
		t.Error(err)
	}
	tidy(t, dir)
	reopened := open(t, dir, nil)
	if err := reopened.Close(); err != nil {
		t.Error(err)
	}
	return rows > fillRows/2
}

// tidy checks that there is no file but those of a store.
func tidy(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".run", ".fill", ".new":
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
