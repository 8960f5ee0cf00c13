package graph_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func dump(t *testing.T, db *graph.DB) ([]byte, graph.Dumped) {
	t.Helper()
	var b bytes.Buffer
	done, err := db.Dump(ctx, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), done
}

// A dump restores to the same rows on any store, dumps to the same bytes
// again, and goes on behind the transactions that it holds.
func TestDumpRestore(t *testing.T) {
	store, w := checked(t)
	text, done := dump(t, w.DB)
	verified, err := graph.VerifyDump(bytes.NewReader(text), done.Head)
	want(t, "verified", fmt.Sprint(verified, err), fmt.Sprint(done, nil))
	if _, err := warm(t, store, graph.Options{Blocks: graph.DropBlocks}); err != nil { // which no dump has
		t.Fatal(err)
	}
	for name, empty := range map[string]kv.Store{"memkv": memkv.New(nil), "badgerkv": onDisk(t)} {
		restored, err := graph.Restore(ctx, empty, bytes.NewReader(text))
		want(t, name+": restored", fmt.Sprint(restored, err), fmt.Sprint(done, nil))
		w2 := &graphtest.World{TB: t}
		if w2.DB, err = graph.Open(ctx, empty, nil); err != nil {
			t.Fatal(name, err)
		}
		if _, problems, err := w2.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatal(name, err, strings.Join(problems, "\n"))
		}
		sameRows(t, name, allRows(t, empty), allRows(t, store))
		again, _ := dump(t, w2.DB)
		if !bytes.Equal(again, text) {
			t.Errorf("%s: another dump", name)
		}
		want(t, "the graph", everything(w2), everything(w))
		w2.Document("source:later", "2025-12-30")
		w2.Assert(meeting(w2, "later", "A", "m1", "2025-11-30"))
		if _, problems, err := w2.Check(ctx); err != nil || len(problems) > 0 {
			t.Fatal(name, err, strings.Join(problems, "\n"))
		}
	}
}

// An update that did nothing leaves a dump that can be restored.
func TestDumpAfterNothing(t *testing.T) {
	_, w := checked(t)
	w.Do(func(*graph.Tx) error { return nil })
	text, done := dump(t, w.DB)
	restored, err := graph.Restore(ctx, memkv.New(nil), bytes.NewReader(text))
	want(t, "restored", fmt.Sprint(restored, err), fmt.Sprint(done, nil))
}

func onDisk(t *testing.T) kv.Store {
	t.Helper()
	store, err := badgerkv.Open(t.TempDir(), &badgerkv.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// sameRows compares all rows but the highest numbers given: those of a load
// that was rolled back are gone.
func sameRows(t *testing.T, name string, got, expect []keyValue) {
	t.Helper()
	for i := range min(len(got), len(expect)) {
		if !bytes.Equal(got[i].key, expect[i].key) || !bytes.Equal(got[i].value, expect[i].value) {
			t.Fatalf("%s: row %x %x, want %x %x", name, got[i].key, got[i].value, expect[i].key, expect[i].value)
		}
	}
	want(t, name+": rows", len(got), len(expect))
}

// Any byte of a dump that was altered, and any line that was cut off, is
// found, and where it is.
func TestDumpAltered(t *testing.T) {
	_, w := checked(t)
	text, done := dump(t, w.DB)
	every := 7
	if testing.Short() {
		every = 97
	}
	for i := 0; i < len(text); i += every {
		altered := bytes.Clone(text)
		altered[i] ^= 1 << (i % 8)
		line := bytes.Count(text[:i], []byte{'\n'}) + 1
		if err := verify(altered, done.Head); err == nil {
			t.Fatalf("byte %d in line %d was altered", i, line)
		}
		if err := verify(text[:i], done.Head); err == nil {
			t.Fatalf("cut at byte %d", i)
		}
	}
	lines := bytes.SplitAfter(text, []byte{'\n'})
	for i := range lines {
		without := bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
		if err := verify(without, done.Head); err == nil && i < len(lines)-1 {
			t.Errorf("line %d was taken away", i+1)
		}
	}
	seed, ops := regexp.MustCompile(`"seed":"[^"]*",`), regexp.MustCompile(`"ops":\[[^]]*\],`)
	first, erased := lineOf(text, 2), "="+base64.StdEncoding.EncodeToString(make([]byte, 32))
	for words, altered := range map[string]string{
		"line 1: no dump begins like this":             "hello\n",
		"line 1: the dump was cut short":               "",
		"line 3: it was altered: not as a dump":        indent(text, 3),
		"there is more behind the end":                 string(text) + "\n",
		"use a newer Parley":                           strings.Replace(string(text), `"format":2`, `"format":3`, 1),
		"line 2: it was altered: invalid":              replaceLine(text, 2, "{nonsense}\n"),
		"it does not have its hash: it, or a line be":  replaceLine(text, 2, ""),
		"line 2: it was altered: its seed is not of":   replaceLine(text, 2, seed.ReplaceAllString(first, `"seed":"AAAA",`)),
		"line 2: it was altered: it has a seed, and n": replaceLine(text, 2, ops.ReplaceAllString(first, "")),
		"line 2: it was altered: operation 1: there i": replaceLine(text, 2, strings.Replace(first, `"ops":["`, `"ops":["`+erased+`","`, 1)),
		"line 2: it was altered: it has a seed, and t": strings.Replace(string(text), `"format":2`, `"format":1`, 1),
	} {
		err := verify([]byte(altered), "")
		if !errors.Is(err, graph.ErrDump) || !strings.Contains(err.Error(), words) {
			t.Errorf("want %q: %v", words, err)
		}
	}
	if err := verify(text, strings.Repeat("0", 64)); !errors.Is(err, graph.ErrDump) {
		t.Errorf("another head: %v", err)
	}
}

func indent(text []byte, line int) string { return replaceLine(text, line, " "+lineOf(text, line)) }

func lineOf(text []byte, line int) string {
	return string(bytes.SplitAfter(text, []byte{'\n'})[line-1])
}

func replaceLine(text []byte, line int, by string) string {
	return strings.Replace(string(text), lineOf(text, line), by, 1)
}

func verify(text []byte, head string) error {
	_, err := graph.VerifyDump(bytes.NewReader(text), head)
	return err
}

// A store that is not empty is left alone; one that was not restored to the
// end is refused.
func TestRestoreRefused(t *testing.T) {
	store, w := checked(t)
	text, _ := dump(t, w.DB)
	rows := len(allRows(t, store))
	_, err := graph.Restore(ctx, store, bytes.NewReader(text))
	if !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), "restore into an empty one") {
		t.Errorf("a store that is not empty: %v", err)
	}
	want(t, "rows", len(allRows(t, store)), rows)
	for cut := 1; cut < bytes.Count(text, []byte{'\n'}); cut++ {
		empty := memkv.New(nil)
		lines := bytes.SplitAfter(text, []byte{'\n'})
		_, err := graph.Restore(ctx, empty, bytes.NewReader(bytes.Join(lines[:cut], nil)))
		if !errors.Is(err, graph.ErrDump) {
			t.Fatalf("cut behind line %d: %v", cut, err)
		}
		if n := len(allRows(t, empty)); n > 0 {
			t.Errorf("cut behind line %d: %d rows were left", cut, n)
		}
	}
}

// A restore that was killed half-way leaves a store that says so.
func TestRestoreCutShort(t *testing.T) {
	store := memkv.New(nil)
	openOn(t, store)
	put(t, store, "Mrestore", "")
	_, err := graph.Open(ctx, store, nil)
	if !errors.Is(err, graph.ErrFormat) || !strings.Contains(err.Error(), "empty the directory and restore again") {
		t.Errorf("opened: %v", err)
	}
}
