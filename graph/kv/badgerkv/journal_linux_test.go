package badgerkv_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// TestPowerLost: the disk may have got any parts of the engine's log since it was
// waited for. The journal has it all.
func TestPowerLost(t *testing.T) {
	states := killedStore(t)
	whole := states[5]
	want, log := rowsOf(t, whole), whole.name(t, ".mem")
	end := func(n int) int { return len(states[n][log]) }
	for name, lose := range map[string]func(files){
		"nothing":             func(files) {},
		"all":                 func(fs files) { fs[log] = nil },
		"all but a head":      func(fs files) { fs[log] = fs[log][:20] },
		"part of the head":    func(fs files) { fs[log] = fs[log][:10] },
		"the file":            func(fs files) { delete(fs, log) },
		"the head":            func(fs files) { clear(fs[log][:20]) },
		"the head, changed":   func(fs files) { fs[log][3] ^= 4 },
		"the first":           func(fs files) { clear(fs[log][20:end(0)]) },
		"part of the first":   func(fs files) { clear(fs[log][30:200]) },
		"two between":         func(fs files) { clear(fs[log][end(1):end(3)]) },
		"part of one":         func(fs files) { clear(fs[log][end(1)+300 : end(1)+400]) },
		"the last":            func(fs files) { clear(fs[log][end(4):]) },
		"the end of the last": func(fs files) { fs[log] = fs[log][:end(5)-1] },
		"all to the last":     func(fs files) { clear(fs[log][20:end(4)]) },
		"all to its end":      func(fs files) { clear(fs[log][20 : end(5)-40]) },
		"the mark":            func(fs files) { fs["PARLEY"] = states[0]["PARLEY"]; clear(fs[log][end(2):end(3)]) },
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			lose(fs)
			heals(t, fs, want)
		})
	}
}

// heals opens a store, which has all rows, reads it again, and finds it as any
// other then.
func heals(t *testing.T, fs files, want map[string]string) {
	t.Helper()
	dir := fs.write(t)
	for range 2 {
		if rows, _, err := openAndRead(dir); err != nil || !maps.Equal(rows, want) {
			t.Fatalf("%d rows, want %d: %v", len(rows), len(want), err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "JOURNAL")); err != nil || left != nil {
			t.Fatal(left, err)
		}
	}
	s := open(t, dir, nil)
	writeSome(t, s, 3, 0)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestPowerLostAnywhere loses sectors at random, of a log and of the record of a
// commit that was under way: it is there as a whole or not at all.
func TestPowerLostAnywhere(t *testing.T) {
	states := killedStore(t)
	before, whole := states[4], states[5]
	log := whole.name(t, ".mem")
	without, with := rowsOf(t, before), rowsOf(t, whole)
	whole["PARLEY"] = before["PARLEY"]
	r := rand.New(rand.NewPCG(3, 4))
	count := map[int]int{}
	for n := range 60 {
		fs := whole.clone()
		lose(r, fs[log], 0)
		if n%2 == 0 {
			lose(r, fs["JOURNAL"], len(before["JOURNAL"]))
		}
		rows, _, err := openAndRead(fs.write(t))
		count[len(rows)]++
		if err != nil || !maps.Equal(rows, without) && !maps.Equal(rows, with) {
			t.Errorf("%d: %d rows: %v", n, len(rows), err)
		}
	}
	if len(count) != 2 {
		t.Errorf("commits under way: %v", count)
	}
}

// lose clears sectors that begin at or behind a place.
func lose(r *rand.Rand, b []byte, from int) {
	const sector = 512
	for at := (from + sector - 1) / sector * sector; at < len(b); at += sector {
		if r.IntN(3) == 0 {
			clear(b[at:min(at+sector, len(b))])
		}
	}
}

// TestJournalLost: what neither the log nor the journal has is reported, and stays
// as it is.
func TestJournalLost(t *testing.T) {
	states := killedStore(t)
	whole := states[5]
	log := whole.name(t, ".mem")
	clear(whole[log][len(states[2][log]):len(states[3][log])])
	for name, damage := range map[string]func(files){
		"removed":        func(fs files) { delete(fs, "JOURNAL") },
		"empty":          func(fs files) { fs["JOURNAL"] = nil },
		"cut":            func(fs files) { fs["JOURNAL"] = fs["JOURNAL"][:len(states[4]["JOURNAL"])+10] },
		"too short":      func(fs files) { fs["JOURNAL"] = states[3]["JOURNAL"] },
		"record changed": func(fs files) { fs["JOURNAL"][len(states[3]["JOURNAL"])+40] ^= 1 },
		"record before":  func(fs files) { fs["JOURNAL"][40] ^= 1 },
		"without a mark": func(fs files) { fs["PARLEY"] = states[0]["PARLEY"]; fs["JOURNAL"] = states[3]["JOURNAL"] },
		"length changed": func(fs files) { fs["JOURNAL"][0] = 0x7f },
		"but its end": func(fs files) {
			fs["PARLEY"], fs[log] = states[0]["PARLEY"], fs[log][:len(states[2][log])]
			fs["JOURNAL"] = fs["JOURNAL"][len(states[4]["JOURNAL"]):]
		},
		"number changed": func(fs files) { fs["JOURNAL"][15] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			damage(fs)
			refused(t, fs)
		})
	}
}

// TestLogsThatTheEngineLeaves: numbers tell that nothing is missing where a log is
// empty that was about to be removed, and where the next one goes on after one that
// was to be cut.
func TestLogsThatTheEngineLeaves(t *testing.T) {
	states := killedStore(t)
	whole := states[5]
	want, log := rowsOf(t, whole), whole.name(t, ".mem")
	delete(whole, "JOURNAL")
	end := func(n int) int { return len(states[n][log]) }
	for name, leave := range map[string]func(files){
		"empty": func(fs files) { fs["00000.mem"] = nil },
		"to be cut": func(fs files) {
			fs["00099.mem"] = append(bytes.Clone(fs[log][:20]), fs[log][end(2):]...)
			clear(fs[log][end(2) : end(3)-10])
		},
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			leave(fs)
			heals(t, fs, want)
		})
	}
}

// TestJournalReadOnly: who may not write cannot bring back what the log has lost,
// also where the engine itself would find nothing to be done.
func TestJournalReadOnly(t *testing.T) {
	whole := killedStore(t)[5]
	log := whole.name(t, ".mem")
	for name, lose := range map[string]func(files){
		"the end of the log": func(fs files) { fs[log] = fs[log][:len(fs[log])-50] },
		"the log":            func(fs files) { delete(fs, log) },
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			lose(fs)
			dir := fs.write(t)
			if _, err := badgerkv.Open(dir, &badgerkv.Options{ReadOnly: true}); !errors.Is(err, kv.ErrReadOnly) {
				t.Errorf("%v, want kv.ErrReadOnly", err)
			}
			if !fs.in(t, dir) {
				t.Error("refused, yet files changed")
			}
		})
	}
}

// TestJournalAlone: where there is a journal, there was a store.
func TestJournalAlone(t *testing.T) {
	dir := files{"JOURNAL": killedStore(t)[5]["JOURNAL"]}.write(t)
	if _, err := badgerkv.Open(dir, nil); !errors.Is(err, kv.ErrDamaged) || !badgerkv.Exists(dir) {
		t.Errorf("%v, want kv.ErrDamaged", err)
	}
}

// TestPowerLostBetweenLogs loses parts of the end of a log, and of the next one,
// which the engine had begun.
func TestPowerLostBetweenLogs(t *testing.T) {
	states := killedStore(t)
	whole := states[5]
	want, log := rowsOf(t, whole), whole.name(t, ".mem")
	const next = "00099.mem"
	end := func(n int) int { return len(states[n][log]) }
	whole[next] = append(bytes.Clone(whole[log][:20]), whole[log][end(2):]...)
	whole[log] = whole[log][:end(2)]
	for name, lose := range map[string]func(files){
		"nothing":                   func(files) {},
		"the end":                   func(fs files) { clear(fs[log][end(1):]) },
		"part of the end":           func(fs files) { clear(fs[log][end(1)+100 : end(1)+200]) },
		"part of what is between":   func(fs files) { clear(fs[log][end(0)+100 : end(0)+200]) },
		"the old log":               func(fs files) { fs[log] = nil },
		"the head of the next":      func(fs files) { fs[next][5] = 1 },
		"the next":                  func(fs files) { fs[next] = nil },
		"the next one's file":       func(fs files) { delete(fs, next) },
		"parts of both":             func(fs files) { clear(fs[log][end(1)+100:]); clear(fs[next][100:200]) },
		"all but the last of it":    func(fs files) { clear(fs[log][20:]); clear(fs[next][20 : 20+end(4)-end(2)]) },
		"the end, and one is new":   func(fs files) { clear(fs[log][end(1):]); fs["00100.mem"] = nil },
		"the old log's file itself": func(fs files) { delete(fs, log) },
	} {
		t.Run(name, func(t *testing.T) {
			fs := whole.clone()
			lose(fs)
			heals(t, fs, want)
		})
	}
}

// TestJournalGoesRound writes more than the journal holds: what it holds no more
// is in the log.
func TestJournalGoesRound(t *testing.T) {
	const updates, kept = 100, 20 // of about 70 that it holds
	dir := t.TempDir()
	s := open(t, dir, nil)
	defer s.Close()
	value := make([]byte, 230<<10)
	var ends []int
	for n := range updates {
		rand.NewChaCha8([32]byte{byte(n)}).Read(value)
		if _, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(fmt.Appendf(nil, "big %04d", n), value) }); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, 20+(n+1)*(len(value)+80))
	}
	whole := readKilled(t, dir)
	want, log := rowsOf(t, whole), whole.name(t, ".mem")
	if len(want) != updates+1 || len(whole["JOURNAL"]) > 17<<20 {
		t.Fatalf("%d rows, a journal of %d bytes", len(want), len(whole["JOURNAL"]))
	}
	fs := whole.clone()
	clear(fs[log][ends[updates-kept]:])
	heals(t, fs, want)
	fs = whole.clone()
	clear(fs[log][ends[10] : ends[10]+4096])
	if _, err := badgerkv.Open(fs.write(t), nil); !errors.Is(err, kv.ErrDamaged) {
		t.Errorf("what was in the journal long ago: %v, want kv.ErrDamaged", err)
	}
}
