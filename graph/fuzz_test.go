package graph

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// small is a store with rows of every family but tombstones.
func small(tb testing.TB) (*memkv.Store, *DB) {
	tb.Helper()
	now := func() time.Time { return time.Date(2025, 12, 5, 12, 0, 0, 0, time.UTC) }
	store := memkv.New(&memkv.Options{Now: now})
	db, err := Open(context.Background(), store, &Options{Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	_, err = db.Update(context.Background(), Act{Author: "a", IdempotencyKey: "once"}, func(tx *Tx) error {
		published, _ := edtf.ParseDate("2025-12-01")
		if _, err := tx.Document(Document{Key: Key{"s", "d"}, Title: "t", Published: published}); err != nil {
			return err
		}
		for _, k := range []Key{{"x", "a"}, {"x", "b"}} {
			if _, err := tx.Declare(Declaration{"Person", []Key{k}}); err != nil {
				return err
			}
		}
		valid, _ := ParseValid("2025-10-01/..", "")
		for _, key := range []string{"1", "2", "3"} {
			d := Draft{Document: ByKey("s:d"), Key: key, Chain: []Ref{ByKey("x:b")}, Links: []Link{
				{Subject: ByKey("x:a"), Property: "meets", Value: RefOf(ByKey("x:b")), Valid: &valid, Deny: key == "2"},
				{Subject: ByKey("x:a"), Property: "name", Value: NameOf("Ann", "en", "Latn", key)}}}
			id, _, err := tx.Assert(d)
			if err == nil && key == "3" {
				err = tx.Retract(id)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return store, db
}

// readAll asks everything of a database; whatever is wrong with it is an error.
func readAll(db *DB) {
	ctx := context.Background()
	for _, p := range []Point{{Clearance: Red}, {On: Interval{1759276800000, 1759363200000}}} {
		v := db.At(p)
		_, _ = v.Stats(ctx)
		for _, k := range []string{"x:a", "x:b", "s:d"} {
			e, _ := v.Entity(ctx, ByKey(k))
			for c, err := range v.Claims(ctx, ClaimQuery{Subject: ByID(e.ID), Denied: true}) {
				if err == nil {
					_, _ = v.Evidence(ctx, []Claim{c})
					_, _ = v.History(ctx, c.ID)
				}
			}
			for range v.Neighbors(ctx, EdgeQuery{Entity: ByID(e.ID)}) {
			}
			_, _, _ = v.HistoryOf(ctx, e.ID, "")
			_, _ = v.Names(ctx, e.ID)
			_, _ = v.Documents(ctx, []EntityID{e.ID})
			_, _ = v.States(ctx, []EntityID{e.ID})
			_, _ = v.Labels(ctx, []EntityID{e.ID})
		}
		for range v.Edges(ctx, "meets", Always) {
		}
		for range v.OfKind(ctx, "Person") {
		}
		_, _ = v.Lookup(ctx, NameQuery{Name: "ann"})
		_, _ = v.Suggest(ctx, NameQuery{Name: "anna"}, 3)
		_, _ = Diff(ctx, db.At(Point{KnownOn: 1}), v, nil)
	}
}

// Whatever row stands in a store, no read, no check, no opening and no write
// panics: it is an error, or a problem that the check names.
func FuzzRow(f *testing.F) {
	store, _ := small(f)
	var rows [][2][]byte
	_ = store.View(context.Background(), func(r kv.Reader) error {
		return r.Scan(kv.Range{}, func(k, v []byte) error {
			rows = append(rows, [2][]byte{bytes.Clone(k), bytes.Clone(v)})
			return nil
		})
	})
	families := map[byte]bool{}
	for _, row := range rows {
		if !families[row[0][0]] {
			families[row[0][0]] = true
			f.Add(row[0], row[1])
			f.Add(row[0], row[1][:len(row[1])/2])
			f.Add(row[0][:len(row[0])-1], row[1])
		}
	}
	for _, family := range "MPdhexvnrykcsADSbal" {
		if !families[byte(family)] {
			f.Fatalf("no row of family %c is a seed", family)
		}
	}
	f.Fuzz(func(t *testing.T, key, value []byte) {
		if len(key) == 0 || key[0] == 0 || len(key) > kv.MaxKey || len(value) > 1<<16 {
			return
		}
		store, db := small(t)
		ctx := context.Background()
		if _, err := store.Update(ctx, func(tx kv.Txn) error { return tx.Set(key, value) }); err != nil {
			t.Fatal(err)
		}
		readAll(db)
		_, _, _ = db.Check(ctx)
		_, _ = db.Dump(ctx, new(bytes.Buffer))
		_, _ = db.Update(ctx, Act{}, func(tx *Tx) error {
			_, _, err := tx.Assert(Draft{Document: ByKey("s:d"), Key: "2", Links: []Link{{Subject: ByKey("x:a"), Property: "name", Value: TextOf("Bea")}}})
			return err
		})
		if again, err := Open(ctx, store, nil); err == nil {
			readAll(again)
			_, _, _ = again.Check(ctx)
		}
	})
}

// Whatever bytes a dump has, reading it is an error or right, and never panics.
func FuzzDumpText(f *testing.F) {
	_, db := small(f)
	var text bytes.Buffer
	if _, err := db.Dump(context.Background(), &text); err != nil {
		f.Fatal(err)
	}
	lines := bytes.SplitAfter(text.Bytes(), []byte{'\n'})
	for i := range lines {
		f.Add(slices.Concat(lines[:i+1]...))
		f.Add(lines[i])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		done, err := VerifyDump(bytes.NewReader(text), "")
		store := memkv.New(nil)
		restored, again := Restore(context.Background(), store, bytes.NewReader(text))
		if err != nil && again == nil {
			t.Fatalf("restored, but not verified: %v", err)
		}
		if err == nil && again == nil && done != restored {
			t.Fatalf("restored %+v, verified %+v", restored, done)
		}
	})
}

// Whatever operations a dump with good hashes has, restoring them is an error
// or gives a store that can be read.
func FuzzDumpOperations(f *testing.F) {
	_, db := small(f)
	var text bytes.Buffer
	if _, err := db.Dump(context.Background(), &text); err != nil {
		f.Fatal(err)
	}
	lines := bytes.SplitAfter(text.Bytes(), []byte{'\n'})
	records := records(f, text.Bytes())
	for _, rec := range records {
		for _, op := range rec.ops {
			f.Add(binary.AppendUvarint(nil, uint64(len(op.content))), op.content)
			f.Add(op.content[:len(op.content)/2], op.content)
		}
	}
	f.Fuzz(func(t *testing.T, one, two []byte) {
		rec := logRecord{ts: records[len(records)-1].ts + 1, last: true, prev: records[len(records)-1].hash()}
		for _, content := range [][]byte{one, two} {
			if len(content) > 0 {
				rec.ops = append(rec.ops, operation{content: content})
			}
		}
		store := memkv.New(nil)
		if _, err := Restore(context.Background(), store, bytes.NewReader(forged(t, lines, &rec))); err != nil {
			return
		}
		if db, err := Open(context.Background(), store, nil); err == nil {
			readAll(db)
			_, _, _ = db.Check(context.Background())
		}
	})
}

// records reads the log records of a dump.
func records(tb testing.TB, text []byte) (list []logRecord) {
	tb.Helper()
	u, err := openDump(bytes.NewReader(text))
	if err == nil {
		err = u.each(func(r *logRecord) error { list = append(list, *r); return nil })
	}
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// forged is a dump with one record more, every hash of which is right.
func forged(t *testing.T, lines [][]byte, rec *logRecord) []byte {
	t.Helper()
	var header dumpHeader
	var trailer dumpTrailer
	n := len(lines) - 2 // behind the last line is nothing
	if err := json.Unmarshal(lines[0], &header); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(lines[n], &trailer); err != nil {
		t.Fatal(err)
	}
	hash := rec.hash()
	header.Newest = FormatTS(rec.ts)
	trailer.Transactions, trailer.Records, trailer.Head = trailer.Transactions+1, trailer.Records+1, hex.EncodeToString(hash[:])
	var b []byte
	for _, v := range []any{header, rec.dump(), trailer} {
		line, err := dumpLine(v)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 {
			b = append(line, slices.Concat(lines[1:n]...)...)
			continue
		}
		b = append(b, line...)
	}
	return b
}
