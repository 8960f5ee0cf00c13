package badgerkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// holds lists the files of a directory that hold the bytes.
func holds(t *testing.T, dir string, secret []byte) (list []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil && bytes.Contains(text, secret) {
			list = append(list, filepath.Base(f))
		}
	}
	return list
}

// What was overwritten or deleted is in no file once it was scrubbed, whether
// it stood in tables or in the log, and what stays is there.
func TestScrub(t *testing.T) {
	ctx := context.Background()
	for _, reopened := range []bool{false, true} {
		dir := t.TempDir()
		s := open(t, dir)
		secret := []byte("a secret that nobody may read")
		set(t, s, func(tx kv.Txn) error {
			for i := range 2000 {
				if err := tx.Set(fmt.Appendf(nil, "row %d", i), bytes.Repeat([]byte{'x'}, 100)); err != nil {
					return err
				}
			}
			return tx.Set([]byte("a"), secret)
		})
		set(t, s, func(tx kv.Txn) error { return tx.Set([]byte("b"), append([]byte("also "), secret...)) })
		if reopened {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir)
		}
		set(t, s, func(tx kv.Txn) error {
			if err := tx.Set([]byte("a"), []byte("nothing")); err != nil {
				return err
			}
			return tx.Delete([]byte("b"))
		})
		if len(holds(t, dir, secret)) == 0 {
			t.Fatal("the files do not hold it in the first place")
		}
		if err := s.Scrub(ctx); err != nil {
			t.Fatal(err)
		}
		if list := holds(t, dir, secret); len(list) > 0 {
			t.Errorf("reopened %v: still in %v", reopened, list)
		}
		n := 0
		err := s.View(ctx, func(r kv.Reader) error {
			return r.Scan(kv.Range{KeysOnly: true}, func(_, _ []byte) error { n++; return nil })
		})
		if err != nil || n != 2001 {
			t.Errorf("%d rows are left, want 2001 (%v)", n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
		if list := holds(t, dir, secret); len(list) > 0 {
			t.Errorf("opened again: still in %v", list)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, &Options{Unpacked: true}) // so that files can be searched
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func set(t *testing.T, s *Store, fn func(kv.Txn) error) {
	t.Helper()
	if _, err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// TestScrubDuringCompact: one of the two waits for the other, and none fails.
func TestScrubDuringCompact(t *testing.T) {
	dir := t.TempDir()
	for n := range 8 {
		s := open(t, dir)
		_, err := s.Update(t.Context(), func(tx kv.Txn) (err error) {
			for row := range 2000 {
				err = errors.Join(err, tx.Set(fmt.Appendf(nil, "%d", row), make([]byte, 1000+n)))
			}
			return err
		})
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir) // with tables on two levels
		compacted := make(chan error)
		go func() { compacted <- s.Compact(t.Context()) }()
		if err := errors.Join(s.Scrub(t.Context()), <-compacted, s.Close()); err != nil {
			t.Error(err)
		}
	}
}
