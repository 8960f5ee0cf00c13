package badgerkv

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestLogFollowed: what is brought to the disk is the log that the engine writes
// to, also once it has made another one, and behind a Scrub and a Fill.
func TestLogFollowed(t *testing.T) {
	if !syncsLog {
		t.Skip("the engine brings its log to the disk on this system")
	}
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
