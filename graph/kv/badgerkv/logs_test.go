package badgerkv_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// logSize is the size that logs are given here. The engine reserves 128 MB.
const logSize = 1 << 20

// killedStore is a store that was closed twice, then written to and not closed:
// its files as a killed process leaves them, after each transaction of the last
// session. What is zero at the end of logs is left out.
func killedStore(t *testing.T) (states []files) {
	t.Helper()
	dir := t.TempDir()
	for session := range 2 {
		s := open(t, dir, nil)
		writeSome(t, s, session, 0)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir, nil)
	defer s.Close()
	for n := range 6 {
		writeSome(t, s, 2, n)
		states = append(states, readKilled(t, dir))
	}
	return states
}

func writeSome(t *testing.T, s *badgerkv.Store, session, n int) {
	t.Helper()
	_, err := s.Update(t.Context(), func(tx kv.Txn) error {
		for row := range 20 {
			if err := tx.Set(fmt.Appendf(nil, "key %d/%d/%02d", session, n, row), bytes.Repeat([]byte("value!"), row)); err != nil {
				return err
			}
		}
		return tx.Delete(fmt.Appendf(nil, "key %d/%d/%02d", session, n-1, 0))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readKilled copies the files of an open store.
func readKilled(t *testing.T, dir string) files {
	t.Helper()
	fs := readFiles(t, dir)
	delete(fs, "LOCK")
	for name, data := range fs {
		if strings.HasSuffix(name, ".mem") || name == "JOURNAL" {
			fs[name] = bytes.Clone(bytes.TrimRight(data, "\x00"))
		}
		if strings.HasSuffix(name, ".vlog") {
			fs[name] = bytes.Clone(data[:20])
		}
	}
	return fs
}

// in tells whether a directory still holds the files as they were written.
func (fs files) in(t *testing.T, dir string) bool {
	t.Helper()
	trim := func(b []byte) []byte { return bytes.TrimRight(b, "\x00") }
	return maps.EqualFunc(fs, readFiles(t, dir), func(a, b []byte) bool { return bytes.Equal(trim(a), trim(b)) })
}

// last is the last of the files with an extension: the one in use.
func (fs files) last(ext string) (last string) {
	for name := range fs {
		if filepath.Ext(name) == ext {
			last = max(last, name)
		}
	}
	return last
}

// TestDamagedLogs: what was acknowledged and is gone, from the journal, too, is
// reported, and the files stay as they are.
func TestDamagedLogs(t *testing.T) {
	states := killedStore(t)
	whole := states[5]
	delete(whole, "JOURNAL")
	log, vlog := whole.name(t, ".mem"), whole.last(".vlog")
	end := func(n int) int { return len(states[n][log]) } // of a transaction in the log
	cut := func(n int) func(files) {
		return func(fs files) { fs[log] = fs[log][:n] }
	}
	flip := func(at int) func(files) {
		return func(fs files) { fs[log][at] ^= 4 }
	}
	remove := func(name string) func(files) {
		return func(fs files) { delete(fs, name) }
	}
	for name, damage := range map[string]func(files){
		"log emptied":                 cut(0),
		"log without head":            cut(10),
		"log of nothing":              cut(20),
		"log removed":                 remove(log),
		"log cut behind transaction":  cut(end(3)),
		"log cut within transaction":  cut(end(3) + 100),
		"log cut by a byte":           cut(end(5) - 1),
		"head changed":                flip(3),
		"first transaction changed":   flip(25),
		"transaction between changed": flip(end(2) + 200),
		"last transaction changed":    flip(end(4) + 30),
		"end of last changed":         flip(end(5) - 3),
		"part zeroed":                 func(fs files) { clear(fs[log][end(1):end(2)]) },
		"begin zeroed":                func(fs files) { clear(fs[log][20:end(1)]) },
		"value log emptied":           func(fs files) { fs[vlog] = nil },
		"value log cut":               func(fs files) { fs[vlog] = fs[vlog][:12] },
		"value logs removed": func(fs files) {
			maps.DeleteFunc(fs, func(name string, _ []byte) bool { return filepath.Ext(name) == ".vlog" })
		},
		"manifest removed":         remove("MANIFEST"),
		"manifest cut by an entry": func(fs files) { fs["MANIFEST"] = fs["MANIFEST"][:len(fs["MANIFEST"])-1] },
		"mark cut":                 func(fs files) { fs["PARLEY"] = fs["PARLEY"][:600] },
		"mark zeroed":              func(fs files) { clear(fs["PARLEY"]) },
		"mark unreadable":          func(fs files) { fs["PARLEY"][7] ^= 1; fs["PARLEY"][512+7] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			damage(fs)
			refused(t, fs)
		})
	}
}

// refused opens a damaged store, twice: it is refused, and stays as it is.
func refused(t *testing.T, fs files) {
	t.Helper()
	dir := fs.write(t)
	for range 2 {
		if s, err := badgerkv.Open(dir, nil); !errors.Is(err, kv.ErrDamaged) {
			t.Fatalf("open: %v, %v", s, err)
		}
		if !fs.in(t, dir) {
			t.Fatal("refused, yet files changed")
		}
	}
}

// TestTornTail: a transaction that was not acknowledged may be there in any
// parts, and is dropped.
func TestTornTail(t *testing.T) {
	states := killedStore(t)
	before, whole := states[4], states[5]
	whole["PARLEY"], whole["JOURNAL"] = before["PARLEY"], before["JOURNAL"]
	log := whole.name(t, ".mem")
	begin, end := len(before[log]), len(whole[log])
	want := rowsOf(t, before)
	for n := begin; n < end; n += 153 {
		for name, damage := range map[string]func([]byte) []byte{
			"cut":    func(b []byte) []byte { return b[:n] },
			"zeroed": func(b []byte) []byte { clear(b[n:]); return b },
			"hole":   func(b []byte) []byte { clear(b[n:min(n+50, end)]); return b },
		} {
			fs := whole.clone()
			fs[log] = damage(fs[log])
			if rows, _, err := openAndRead(fs.write(t)); err != nil || !maps.Equal(rows, want) {
				t.Errorf("%s at %d of %d to %d: %d rows, want %d, %v", name, n, begin, end, len(rows), len(want), err)
			}
		}
	}
}

// TestKilledWhileMade: a process that was killed while it made a store left no
// damage, whichever file came last.
func TestKilledWhileMade(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	made := readKilled(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	delete(made, "PARLEY")
	log, vlog := made.name(t, ".mem"), made.name(t, ".vlog")
	for name, cut := range map[string]func(files){
		"before the mark":      func(files) {},
		"making the value log": func(fs files) { fs[vlog] = nil },
		"making the log":       func(fs files) { fs[log] = nil; delete(fs, vlog) },
		"before the log":       func(fs files) { delete(fs, log); delete(fs, vlog) },
	} {
		t.Run(name, func(t *testing.T) {
			fs := made.clone()
			cut(fs)
			s := open(t, fs.write(t), nil)
			writeSome(t, s, 0, 0)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
