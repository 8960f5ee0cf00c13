package badgerkv

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestLogFollowed: what is brought to the disk is the log that the engine writes
// to, also once it has made another one, and behind a Scrub and a Fill.
func TestLogFollowed(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	follows(t, s)
	fill := func(b kv.BulkTxn) error { return b.Set([]byte("f"), nil) }
	if _, err := s.Fill(t.Context(), nil, fill); err != nil {
		t.Fatal(err)
	}
	follows(t, s)
	first := s.wal.id
	for n := range 12 { // 8 MiB each: more than a log takes
		if _, err := s.Update(t.Context(), func(tx kv.Txn) error { return fillUpdate(tx, byte('a'+n)) }); err != nil {
			t.Fatal(err)
		}
		follows(t, s)
	}
	if s.wal.id == first {
		t.Error("the engine made no further log")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	follows(t, s)
}

// follows writes a row and looks whether the newest log was brought to the disk.
func follows(t *testing.T, s *Store) {
	t.Helper()
	update(t, s, "row")
	names, err := filepath.Glob(filepath.Join(s.db.Opts().Dir, "*.mem"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	newest, err := os.Stat(names[len(names)-1])
	if err != nil {
		t.Fatal(err)
	}
	synced, err := s.wal.f.Stat()
	if err != nil || !os.SameFile(newest, synced) {
		t.Errorf("%s was brought to the disk instead of %s: %v", s.wal.f.Name(), names[len(names)-1], err)
	}
}

// TestWithoutDescriptors: while a process may open no further file, its updates
// are brought to the disk all the same, also where the engine has made a log.
func TestWithoutDescriptors(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	defer s.Close()
	next, err := os.Create(s.wal.name(s.wal.id + 1)) // as if the engine had made it
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	for _, rotated := range []bool{true, false} {
		if !rotated {
			if err := os.Remove(next.Name()); err != nil {
				t.Fatal(err)
			}
		}
		none := limit
		none.Cur = 3
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
			t.Fatal(err)
		}
		_, opened := os.Open(os.DevNull)
		_, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("without"), nil) })
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(opened, syscall.EMFILE) || err != nil {
			t.Errorf("a log to be opened: %t: %v, where opening a file fails: %v", rotated, err, opened)
		}
	}
	update(t, s, "behind")
}

// TestCompactShowsNothingLost: what could not be brought to the disk is not shown
// by Compact, either.
func TestCompactShowsNothingLost(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	defer s.Close()
	update(t, s, "kept")
	s.journal.f.Close() // so that it cannot be synced
	if _, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("lost"), nil) }); err == nil {
		t.Fatal("an update that cannot be brought to the disk was acknowledged")
	}
	if err := s.Compact(t.Context()); err == nil {
		t.Error("compacted, although a commit failed")
	}
	err := s.View(t.Context(), func(r kv.Reader) error {
		_, err := r.Get([]byte("lost"))
		return err
	})
	if !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("the update that failed is shown: %v", err)
	}
}

// TestLogUnsynced: where the engine's log cannot be brought to the disk, what only
// that makes durable is refused, and the journal is not begun again.
func TestLogUnsynced(t *testing.T) {
	small := func(tx kv.Txn) error { return tx.Set([]byte("refused"), nil) }
	updated := func(fn func(kv.Txn) error) func(*Store) error {
		return func(s *Store) error { _, err := s.Update(t.Context(), fn); return err }
	}
	for name, do := range map[string]func(*Store) error{
		"journal full": func(s *Store) error { s.journal.at = maxJournal; return updated(small)(s) },
		"long":         updated(func(tx kv.Txn) error { return fillUpdate(tx, 'l') }),
		"load": func(s *Store) error {
			_, err := s.Load(t.Context(), func(b kv.BulkTxn) error { return small(b) })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir(), nil)
			defer s.Close()
			update(t, s, "before")
			s.wal.f.Close() // so that it cannot be synced
			if err := do(s); err == nil {
				t.Error("acknowledged, although it is not on the disk")
			}
			if list, _, err := readJournal(s.db.Opts().Dir, 0); err != nil || len(list) != 1 {
				t.Errorf("the journal has %d records, want 1: %v", len(list), err)
			}
		})
	}
}
