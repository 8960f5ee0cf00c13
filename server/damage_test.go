package server

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/server/exec"
)

// onDisk opens the database in a directory.
func onDisk(t *testing.T, dir string) *graph.DB {
	t.Helper()
	store, err := badgerkv.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := graph.Open(t.Context(), store, &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// damagedDB is a database of which a part was changed that opening does not
// read, though the count of claims does.
func damagedDB(t *testing.T) *graph.DB {
	t.Helper()
	dir := t.TempDir()
	db := onDisk(t, dir)
	_, err := loaders.Run(t.Context(), db, graph.Act{Author: "test"}, []string{"../examples/ukraine-2025/main.jsonl"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(dir, "000001.sst")
	b, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(b) / 40; at < len(b)/12; at += 1000 {
		b[at] ^= 1
	}
	if err := os.WriteFile(table, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db = onDisk(t, dir)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Rows that cannot be relied on are answered with what to do, not with what
// they seem to say, and logged once.
func TestDamage(t *testing.T) {
	var log bytes.Buffer
	s, err := New(damagedDB(t), &Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 3 {
		got := ask(t, s, `{ stats { claims } }`, "")
		if got.code() != exec.CodeInternal || !strings.Contains(got.Body, damage) || strings.Contains(got.Body, ".sst") {
			t.Errorf("answer: %s", got.Body)
		}
	}
	if n := strings.Count(log.String(), "000001.sst"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, log.String())
	}
}
