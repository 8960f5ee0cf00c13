package badgerkv_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

func set(tx kv.Txn) error { return tx.Set([]byte("key"), []byte("value")) }

func hasKey(r kv.Reader) error {
	_, err := r.Get([]byte("key"))
	return err
}

// stored makes a directory with one row in a closed store.
func stored(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, nil)
	_, err := s.Update(t.Context(), set)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What lies beside the rows is small, however large the engine would make its files.
func TestSmallStore(t *testing.T) {
	size := 0
	for _, data := range readFiles(t, stored(t)) {
		size += len(data)
	}
	if size > 8<<10 {
		t.Errorf("a store of one row takes %d bytes", size)
	}
}

func TestOpenInUse(t *testing.T) {
	dir := stored(t)
	s := open(t, dir, nil)
	defer s.Close()
	for _, readOnly := range []bool{false, true} {
		_, err := badgerkv.Open(dir, &badgerkv.Options{ReadOnly: readOnly})
		if !errors.Is(err, kv.ErrInUse) || !strings.Contains(err.Error(), dir) {
			t.Errorf("second open, read-only %t: %v, want kv.ErrInUse with the directory", readOnly, err)
		}
	}
	if err := s.View(t.Context(), hasKey); err != nil {
		t.Errorf("the first one does not work any more: %v", err)
	}
}

func TestOpenMakesDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := open(t, dir, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

func TestOpenFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := badgerkv.Open(file, nil)
	if err == nil || errors.Is(err, kv.ErrDamaged) || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("open of a file: %v", err)
	}
}

func TestOpenForeign(t *testing.T) {
	fs := readFiles(t, stored(t))
	fs["MANIFEST"][5]++
	_, err := badgerkv.Open(fs.write(t), nil)
	if err == nil || errors.Is(err, kv.ErrDamaged) || !strings.Contains(err.Error(), "not a store of format 1") {
		t.Errorf("open of another format: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	dir := stored(t)
	readOnly := &badgerkv.Options{ReadOnly: true}
	s, other := open(t, dir, readOnly), open(t, dir, readOnly)
	for _, s := range []*badgerkv.Store{s, other} {
		if err := s.View(t.Context(), hasKey); err != nil {
			t.Error(err)
		}
	}
	if closed, err := s.Closed(t.Context()); err != nil || closed == 0 {
		t.Errorf("closed = %d, %v", closed, err)
	}
	_, update := s.Update(t.Context(), set)
	_, load := s.Load(t.Context(), func(b kv.BulkTxn) error { return set(b) })
	compact := s.Compact(t.Context())
	for _, err := range []error{update, load, compact} {
		if !errors.Is(err, kv.ErrReadOnly) {
			t.Errorf("%v, want kv.ErrReadOnly", err)
		}
	}
	if err := errors.Join(s.Close(), other.Close()); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyNeedsStore(t *testing.T) {
	dir := t.TempDir()
	for _, dir := range []string{dir, filepath.Join(dir, "absent")} {
		if s, err := badgerkv.Open(dir, &badgerkv.Options{ReadOnly: true}); err == nil || errors.Is(err, kv.ErrDamaged) {
			t.Errorf("open of %s: %v, %v", dir, s, err)
		}
	}
}

func TestReadOnlyAfterKill(t *testing.T) {
	dir := t.TempDir()
	runAndKill(t, dir, 10)
	_, err := badgerkv.Open(dir, &badgerkv.Options{ReadOnly: true})
	if !errors.Is(err, kv.ErrReadOnly) || !strings.Contains(err.Error(), "open it once for writing") {
		t.Errorf("open: %v, want kv.ErrReadOnly and what to do", err)
	}
	if err := open(t, dir, nil).Close(); err != nil {
		t.Error(err)
	}
	if err := open(t, dir, &badgerkv.Options{ReadOnly: true}).Close(); err != nil {
		t.Error(err)
	}
}

func TestCompact(t *testing.T) {
	dir := stored(t)
	s := open(t, dir, nil)
	defer s.Close()
	if err := s.Compact(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.View(t.Context(), hasKey); err != nil {
		t.Error(err)
	}
}

func TestEngineKeysRefused(t *testing.T) {
	s := open(t, t.TempDir(), nil)
	defer s.Close()
	_, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("!badger!x"), nil) })
	if !errors.Is(err, kv.ErrKey) {
		t.Errorf("update: %v, want kv.ErrKey", err)
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := open(t, t.TempDir(), &badgerkv.Options{Logger: log})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "level=DEBUG msg=\"badger: Closing database\"") {
		t.Errorf("log:\n%s", out.String())
	}
}

// Remove takes away a store that is closed, and nothing else.
func TestRemove(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	if err := badgerkv.Remove(dir); !errors.Is(err, kv.ErrInUse) || !badgerkv.Exists(dir) {
		t.Errorf("open: %v, want %v", err, kv.ErrInUse)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := badgerkv.Remove(dir); err != nil || badgerkv.Exists(dir) {
		t.Errorf("closed: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left: %v (%v), want notes.txt", files, err)
	}
}
