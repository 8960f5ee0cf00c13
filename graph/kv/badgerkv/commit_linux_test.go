package badgerkv

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestJournalNumbers: the journal numbers commits as the engine does, whatever was
// committed otherwise meanwhile.
func TestJournalNumbers(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	set := func(b kv.BulkTxn) error { return b.Set([]byte("f"), nil) }
	updated := func(fn func(kv.Txn) error) func() error {
		return func() error { _, err := s.Update(t.Context(), fn); return err }
	}
	for _, otherwise := range []struct {
		name string
		do   func() error
	}{
		{"fill", func() error { _, err := s.Fill(t.Context(), nil, set); return err }},
		{"load", func() error { _, err := s.Load(t.Context(), set); return err }},
		{"scrub", func() error { return s.Scrub(t.Context()) }},
		{"compact", func() error { return s.Compact(t.Context()) }},
		{"long", updated(func(tx kv.Txn) error { return fillUpdate(tx, 'l') })},
		{"empty", updated(func(kv.Txn) error { return nil })},
	} {
		if err := otherwise.do(); err != nil {
			t.Fatal(otherwise.name, err)
		}
		for range 2 {
			update(t, s, "row")
			list, last, err := readJournal(s.db.Opts().Dir, s.db.MaxVersion()-1)
			if err != nil || len(list) != 1 || last != s.db.MaxVersion() {
				t.Errorf("behind %s: %v, %v; the engine is at %d", otherwise.name, list, err, s.db.MaxVersion())
			}
		}
	}
}

// TestJournalPrefix changes each byte of a journal: what is read is right, and only
// the end is missing.
func TestJournalPrefix(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	for _, key := range []string{"a", "b", "c"} {
		update(t, s, key)
	}
	dir := t.TempDir()
	whole, err := os.ReadFile(filepath.Join(s.db.Opts().Dir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.TrimRight(whole, "\x00")
	read := func(b []byte) []recorded {
		if err := os.WriteFile(filepath.Join(dir, journalName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		list, _, err := readJournal(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := read(append(whole, 0))
	if len(want) != 3 {
		t.Fatal(want)
	}
	for at := range whole {
		b := append(bytes.Clone(whole), 0)
		b[at] ^= 0x11
		got := read(b)
		if len(got) == 3 {
			t.Errorf("byte %d: all was read", at)
		}
		for i, r := range got {
			if r.commit != want[i].commit || r.ts != want[i].ts || !reflect.DeepEqual(r.rows, want[i].rows) {
				t.Errorf("byte %d: %+v, want %+v", at, r, want[i])
			}
		}
		read(b[:at])
	}
}

// TestJournalUndone: what the engine refused is not there after the next Open,
// either, although the disk has it in the journal.
func TestJournalUndone(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil)
	update(t, s, "before")
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	set := func(tx kv.Txn) error { return tx.Set([]byte("refused"), nil) }
	for range 2 {
		if _, err := s.Update(t.Context(), set); err == nil {
			t.Fatal("an update of an engine that is closed")
		}
	}
	s.sums.stop()
	found(t, dir, "before", true)
	found(t, dir, "refused", false)
}

// TestJournalUnwritten: where the journal cannot be written, nothing is.
func TestJournalUnwritten(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil)
	update(t, s, "before")
	s.journal.f.Close()
	if _, err := s.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("refused"), nil) }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v, want os.ErrClosed", err)
	}
	s.Close()
	found(t, dir, "before", true)
	found(t, dir, "refused", false)
}

// TestCommitAgainOnce: what another process has committed again meanwhile does not
// come behind what followed.
func TestCommitAgainOnce(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil)
	update(t, s, "row")
	list, _, err := readJournal(dir, 0)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := s.commitAgain(dir, list); !errors.Is(err, kv.ErrInUse) {
		t.Errorf("%v, want kv.ErrInUse", err)
	}
	list[0].commit = 2
	if err := s.commitAgain(dir, list); err != nil || s.db.MaxVersion() != 2 {
		t.Errorf("%v, at %d", err, s.db.MaxVersion())
	}
}

// found opens a store and looks for a row.
func found(t *testing.T, dir, key string, want bool) {
	t.Helper()
	s := mustOpen(t, dir, nil)
	defer s.Close()
	err := s.View(t.Context(), func(r kv.Reader) error {
		_, err := r.Get([]byte(key))
		return err
	})
	if want && err != nil || !want && !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("%s: %v", key, err)
	}
}

// TestRecordedWhileApplied: the next group is recorded while the engine is given one;
// updates read both, and views neither.
func TestRecordedWhileApplied(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil)
	update(t, s, "a1")
	set := func(key string) func(kv.Txn) error {
		return func(tx kv.Txn) error { return errors.Join(tx.Set([]byte(key), nil), tx.Delete([]byte("a1"))) }
	}
	s.committing.Lock()
	s.applying.Lock() // as who gives the engine the first group, which takes long
	first := join(t, s, set("a2"))
	s.record(s.groups.take(first.group))
	second := join(t, s, set("a3"))
	s.record(s.groups.take(second.group)) // meanwhile
	if list, _, err := readJournal(s.db.Opts().Dir, 1); err != nil || len(list) != 2 {
		t.Errorf("the journal has %d records, want 2: %v", len(list), err)
	}
	third := join(t, s, set("a4"))
	join(t, s, func(tx kv.Txn) error {
		if got := seen(tx); got != "a2 a3 a4 | a4 a3 a2 | a2" {
			t.Errorf("saw %s", got)
		}
		return nil
	})
	err := s.View(t.Context(), func(r kv.Reader) error {
		if got := seen(r); got != "a1 | a1 | a1" {
			t.Errorf("a view saw %s", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.apply(first.group)
	s.applying.Lock()
	s.apply(second.group)
	s.committing.Give()
	s.finish(third.group)
	for _, m := range []member{first, second, third} {
		if <-m.group.done; m.group.err != nil {
			t.Error(m.group.err)
		}
	}
}
