package badgerkv_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// files are what a closed store leaves in its directory.
type files map[string][]byte

// closedStore writes some rows and closes the store. Its tables are not packed,
// so that each byte of them counts.
func closedStore(t *testing.T) files {
	t.Helper()
	return closedAs(t, &badgerkv.Options{NoSync: true, Unpacked: true})
}

func closedAs(t *testing.T, opts *badgerkv.Options) files {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, opts)
	_, err := s.Update(t.Context(), func(tx kv.Txn) error {
		for i := range 2000 {
			if err := tx.Set(fmt.Appendf(nil, "key %04d", i), bytes.Repeat([]byte("value "), 10)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return readFiles(t, dir)
}

func readFiles(t *testing.T, dir string) files {
	t.Helper()
	fs := files{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if fs[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return fs
}

func (fs files) clone() files {
	c := files{}
	for name, data := range fs {
		c[name] = bytes.Clone(data)
	}
	return c
}

// write puts the files into a new directory.
func (fs files) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range fs {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".mem") && len(data) > 20 {
			if err := os.Truncate(filepath.Join(dir, name), max(logSize, int64(len(data)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// name finds the one file with an extension.
func (fs files) name(t *testing.T, ext string) string {
	t.Helper()
	for name := range fs {
		if filepath.Ext(name) == ext || name == ext {
			return name
		}
	}
	t.Fatalf("no %s among %q", ext, slices.Collect(maps.Keys(fs)))
	return ""
}

func TestDamaged(t *testing.T) {
	whole := closedStore(t)
	table := whole.name(t, ".sst")
	cut := func(name string, n int) func(files) {
		return func(fs files) { fs[name] = fs[name][:n] }
	}
	remove := func(name string) func(files) {
		return func(fs files) { delete(fs, name) }
	}
	flip := func(name string, at int) func(files) {
		return func(fs files) { fs[name][(at+len(fs[name]))%len(fs[name])] ^= 0xff }
	}
	for name, damage := range map[string]func(files){
		"manifest missing":  remove("MANIFEST"),
		"manifest empty":    cut("MANIFEST", 0),
		"manifest header":   flip("MANIFEST", 0),
		"manifest entry":    flip("MANIFEST", -1),
		"manifest cut":      cut("MANIFEST", 20),
		"manifest no entry": cut("MANIFEST", 16),
		"manifest version":  flip("MANIFEST", 7),
		"table missing":     remove(table),
		"table empty":       cut(table, 0),
		"table cut":         cut(table, len(whole[table])/2),
		"table cut by one":  cut(table, len(whole[table])-1),
		"table zeroed":      func(fs files) { clear(fs[table]) },
		"table end zeroed":  func(fs files) { clear(fs[table][len(fs[table])-4096:]) },
		"table index":       flip(table, -200),
		"key registry":      flip("KEYREGISTRY", -1),
		"key registry cut":  cut("KEYREGISTRY", 10),
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			damage(fs)
			s, err := badgerkv.Open(fs.write(t), nil)
			if err == nil {
				t.Fatalf("opened; close: %v", s.Close())
			}
			if !errors.Is(err, kv.ErrDamaged) || !strings.Contains(err.Error(), "restore the store from a backup") {
				t.Error(err)
			}
		})
	}
}

// TestDamagedTableEnd changes each byte of what the engine reads of a table
// when it opens it, and would end the process over.
func TestDamagedTableEnd(t *testing.T) {
	whole := closedStore(t)
	table := whole.name(t, ".sst")
	dir := whole.write(t)
	for at := len(whole[table]) - 5000; at < len(whole[table]); at++ {
		data := bytes.Clone(whole[table])
		data[at] ^= 0xff
		if err := os.WriteFile(filepath.Join(dir, table), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := badgerkv.Open(dir, nil); !errors.Is(err, kv.ErrDamaged) {
			t.Errorf("byte %d of %d changed: %v, %v", at, len(data), s, err)
		}
	}
}

// TestDamagedPackedTable changes bytes of a table that is packed: what unpacks
// to other rows, or not at all, is found.
func TestDamagedPackedTable(t *testing.T) {
	whole := closedAs(t, &badgerkv.Options{NoSync: true})
	want, table := rowsOf(t, whole), whole.name(t, ".sst")
	refused := 0
	for at := 0; at < len(whole[table]); at += len(whole[table])/150 + 1 {
		fs := whole.clone()
		fs[table][at] ^= 0xff
		checkFlip(t, fs, want, fmt.Sprintf("%s: byte %d of %d", table, at, len(fs[table])))
		if _, _, err := openAndRead(fs.write(t)); err != nil {
			refused++
		}
	}
	if refused < 100 {
		t.Errorf("%d changes were found", refused)
	}
}

// contents reads every row of a store, by scans and by gets, over all keys and
// family by family.
func contents(s *badgerkv.Store) (map[string]string, error) {
	rows := map[string]string{}
	err := s.View(context.Background(), func(r kv.Reader) error {
		keep := func(k, v []byte) error {
			rows[string(k)] = string(v)
			return nil
		}
		if err := r.Scan(kv.Range{Start: []byte("k"), End: []byte("l"), Reverse: true}, keep); err != nil {
			return err
		}
		for _, reverse := range []bool{false, true} {
			if err := r.Scan(kv.Range{Limit: 1, Reverse: reverse}, keep); err != nil {
				return err
			}
		}
		if err := r.Scan(kv.Range{}, keep); err != nil {
			return err
		}
		for k, v := range rows {
			if got, err := r.Get([]byte(k)); err != nil || string(got) != v {
				return fmt.Errorf("get of %q: %.20q, %w; scanned: %.20q", k, got, err, v)
			}
		}
		return nil
	})
	return rows, err
}

// openAndRead gives all rows of the store in a directory, and beside them the time of
// its last update.
func openAndRead(dir string) (rows map[string]string, opened bool, err error) {
	s, err := badgerkv.Open(dir, &badgerkv.Options{NoSync: true})
	if err != nil {
		return nil, false, err
	}
	rows, err = contents(s)
	last, closed := s.Closed(context.Background())
	rows["closed"] = fmt.Sprint(last)
	return rows, true, errors.Join(err, closed, s.Close())
}

// TestDamagedRows changes single bytes among the rows, which opening does not
// look at: reading must find them, and so must every later Open.
func TestDamagedRows(t *testing.T) {
	whole := closedStore(t)
	table := whole.name(t, ".sst")
	for at := 0; at < 150_000; at += 4997 {
		fs := whole.clone()
		fs[table][at] ^= 0xff
		dir := fs.write(t)
		rows, _, err := openAndRead(dir)
		if !errors.Is(err, kv.ErrDamaged) {
			t.Errorf("byte %d changed: read %d rows, %v", at, len(rows), err)
		}
		if s, err := badgerkv.Open(dir, nil); !errors.Is(err, kv.ErrDamaged) {
			t.Errorf("byte %d changed: opened again: %v, %v", at, s, err)
		}
	}
}

// TestDamagedWrites: there are no writes to a store in which damage was found.
func TestDamagedWrites(t *testing.T) {
	fs := closedStore(t)
	fs[fs.name(t, ".sst")][100_000] ^= 1
	s := open(t, fs.write(t), nil)
	defer s.Close()
	if _, err := contents(s); !errors.Is(err, kv.ErrDamaged) {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), set); !errors.Is(err, kv.ErrDamaged) {
		t.Errorf("update: %v, want kv.ErrDamaged", err)
	}
}

// TestFlips changes one byte anywhere in what a store leaves when it is closed,
// or killed: either nothing of it shows, or it is reported, again and again,
// and what is refused stays as it is.
func TestFlips(t *testing.T) {
	closed := closedStore(t)
	want := rowsOf(t, closed)
	flips(t, 30, closed, want)
	killed := killedStore(t)[5]
	flips(t, 5, killed, rowsOf(t, killed))
}

func rowsOf(t *testing.T, fs files) map[string]string {
	t.Helper()
	rows, _, err := openAndRead(fs.write(t))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func flips(t *testing.T, n int, whole files, want map[string]string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for name, data := range whole {
		for range n {
			at, bit := r.IntN(len(data)), byte(1)<<r.IntN(8)
			if name == "DISCARD" {
				at = r.IntN(64)
			}
			fs := whole.clone()
			fs[name][at] ^= bit
			checkFlip(t, fs, want, fmt.Sprintf("%s: byte %d of %d ^ %#x", name, at, len(data), bit))
		}
	}
}

func checkFlip(t *testing.T, fs files, want map[string]string, what string) {
	t.Helper()
	dir := fs.write(t)
	rows, opened, err := openAndRead(dir)
	if err == nil && maps.Equal(rows, want) {
		return
	}
	format := strings.HasPrefix(what, "MANIFEST: byte 5 ") || strings.HasPrefix(what, "MANIFEST: byte 4 ") // its number
	if !errors.Is(err, kv.ErrDamaged) && !format {
		t.Errorf("%s: %d rows, %v", what, len(rows), err)
		return
	}
	if !opened && !fs.in(t, dir) {
		t.Errorf("%s: refused, yet files changed", what)
	}
	if _, _, err := openAndRead(dir); !errors.Is(err, kv.ErrDamaged) && !format {
		t.Errorf("%s: refused once, then: %v", what, err)
	}
}

// TestUnfinishedTable: what a killed process was about to write is no damage.
func TestUnfinishedTable(t *testing.T) {
	dir := t.TempDir()
	runAndKill(t, dir, 10)
	unfinished := filepath.Join(dir, "000999.sst")
	if err := os.WriteFile(unfinished, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, nil)
	defer s.Close()
	if len(writesIn(t, s)) < 10 {
		t.Error("rows are lost")
	}
}

// TestUnfinishedRemoval: the engine empties a value log before it removes it; a
// process that was killed between the two leaves no damage.
func TestUnfinishedRemoval(t *testing.T) {
	dir := t.TempDir()
	runAndKill(t, dir, 10)
	if err := open(t, dir, nil).Close(); err != nil {
		t.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(dir, "*.vlog"))
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	last, err := os.ReadFile(logs[len(logs)-1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "000999.vlog"), last, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range logs {
		if err := os.Truncate(name, 0); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir, nil)
	defer s.Close()
	if len(writesIn(t, s)) < 10 {
		t.Error("rows are lost")
	}
}

func TestVerify(t *testing.T) {
	s := open(t, closedStore(t).write(t), nil)
	defer s.Close()
	if err := s.Verify(); err != nil {
		t.Error(err)
	}
}
