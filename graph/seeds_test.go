package graph

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// logOfAll gives the rows of the change log, and the records that they are.
func logOfAll(t *testing.T, store kv.Store) (rows [][]byte, list []logRecord) {
	t.Helper()
	err := store.View(context.Background(), func(r kv.Reader) error {
		return r.Scan(kv.Range{Start: []byte{famLog}, End: []byte{famLog + 1}}, func(k, v []byte) error {
			v = bytes.Clone(v)
			rec, err := decodeLog(k, v)
			rows, list = append(rows, v), append(list, rec)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, list
}

// clean reports what Check finds.
func clean(t *testing.T, db *DB) {
	t.Helper()
	if _, problems, err := db.Check(context.Background()); err != nil || len(problems) > 0 {
		t.Errorf("check: %q, %v", problems, err)
	}
}

func mustDump(t *testing.T, db *DB) []byte {
	t.Helper()
	var text bytes.Buffer
	if _, err := db.Dump(context.Background(), &text); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// restored is the store that a dump makes.
func restored(t *testing.T, text []byte) (*memkv.Store, *DB) {
	t.Helper()
	store := memkv.New(nil)
	if _, err := Restore(context.Background(), store, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return store, mustOpen(t, store)
}

func mustOpen(t *testing.T, store kv.Store) *DB {
	t.Helper()
	db, err := Open(context.Background(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// eraseSaid erases what says that the assertion with a key in the document s:d does.
func eraseSaid(t *testing.T, db *DB, key string) {
	t.Helper()
	ctx := context.Background()
	doc, err := db.At(Point{}).Find(ctx, ByKey("s:d"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Erase(ctx, Act{Author: "a", Clearance: Red}, Target{Assertion: assertionID(new(enc), doc.ID, key)}); err != nil {
		t.Fatal(err)
	}
}

// A record of the change log keeps one seed for the salts of all its operations,
// of which no two are the same, and so does a store that its dump makes.
func TestSeeds(t *testing.T) {
	store, db := small(t)
	rows, list := logOfAll(t, store)
	salts := map[[16]byte]bool{}
	ops := 0
	for i := range list {
		if len(list[i].seed) != seedSize {
			t.Fatalf("record %d has no seed", i)
		}
		for _, o := range list[i].ops {
			salts[o.salt], ops = true, ops+1
			if bytes.Contains(rows[i], o.salt[:]) {
				t.Errorf("record %d holds a salt", i)
			}
		}
	}
	if ops == 0 || len(salts) != ops {
		t.Errorf("%d operations have %d salts", ops, len(salts))
	}
	again, _ := restored(t, mustDump(t, db))
	if got, _ := logOfAll(t, again); !bytes.Equal(bytes.Join(got, nil), bytes.Join(rows, nil)) {
		t.Error("the dump makes another log")
	}
}

// Once an operation is erased, its salt cannot be computed any more: the seed is
// gone from the store and from its dumps. What else the record says stays, under
// the same salts and hashes.
func TestSeedErased(t *testing.T) {
	store, db := small(t)
	_, before := logOfAll(t, store)
	eraseSaid(t, db, "2")
	rows, after := logOfAll(t, store)
	erased := 0
	for i, o := range after[0].ops {
		if o.content == nil {
			if erased++; o.leaf != before[0].ops[i].hash() {
				t.Errorf("operation %d: another leaf", i)
			}
		} else if o.salt != before[0].ops[i].salt {
			t.Errorf("operation %d: another salt", i)
		}
	}
	if erased == 0 || after[0].seed != nil || after[0].hash() != before[0].hash() {
		t.Errorf("%d operations were erased, seed %x", erased, after[0].seed)
	}
	if bytes.Contains(bytes.Join(rows, nil), before[0].seed) {
		t.Error("the seed is still there")
	}
	clean(t, db)
	text := mustDump(t, db)
	if first := strings.SplitAfter(string(text), "\n")[1]; strings.Contains(first, `"seed"`) || !strings.Contains(first, `"=`) {
		t.Errorf("dump: %s", first)
	}
	_, again := restored(t, text)
	clean(t, again)
}

// An excerpt that withholds something of a record does not give its seed away.
func TestSeedWithheld(t *testing.T) {
	store, db := small(t)
	_, list := logOfAll(t, store)
	part := disclosure{entities: map[num]bool{1: true}}
	told, err := part.withhold(&list[0])
	if err != nil {
		t.Fatal(err)
	}
	line, err := dumpLine(told.dump())
	if err != nil || !bytes.Contains(line, []byte(`"=`)) || bytes.Contains(line, []byte(`"seed"`)) {
		t.Errorf("%v: %s", err, line)
	}
	if whole := mustDump(t, db); !bytes.Contains(whole, []byte(`"seed"`)) {
		t.Error("a whole dump has no seed: this shows nothing")
	}
}

// formatOne is a store of format 1, whose rows are kept beside the tests.
func formatOne(t *testing.T) *memkv.Store {
	t.Helper()
	text, err := os.ReadFile("testdata/format1.rows")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2025, 12, 6, 12, 0, 0, 0, time.UTC) }
	store := memkv.New(&memkv.Options{Now: now})
	_, err = store.Update(context.Background(), func(tx kv.Txn) error {
		for line := range strings.Lines(string(text)) {
			k, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			key, err := hex.DecodeString(k)
			if err != nil {
				return err
			}
			value, err := hex.DecodeString(v)
			if err != nil {
				return err
			}
			if err := tx.Set(key, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// A store of format 1, which builds before the release made, is read and written
// as it was, and stays one.
func TestFormatOne(t *testing.T) {
	ctx := context.Background()
	store := formatOne(t)
	db := mustOpen(t, store)
	clean(t, db)
	shown, err := db.At(Point{}).Stats(ctx)
	_, same := small(t)
	if want, lost := same.At(Point{}).Stats(ctx); err != nil || lost != nil || shown != want {
		t.Errorf("it shows %+v, want %+v (%v, %v)", shown, want, err, lost)
	}
	_, err = db.Update(ctx, Act{}, func(tx *Tx) error {
		_, err := tx.Declare(Declaration{"Person", []Key{{"x", "c"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	eraseSaid(t, db, "2")
	clean(t, mustOpen(t, store))
	rows, list := logOfAll(t, store)
	if len(list) != 3 {
		t.Errorf("%d records", len(list))
	}
	for i := range list {
		if list[i].seed != nil || rows[i][0]&logSeeded != 0 {
			t.Errorf("record %d has a seed", i)
		}
	}
	if text := mustDump(t, db); !bytes.Contains(text, []byte(`"format":1`)) || bytes.Contains(text, []byte(`"seed"`)) {
		t.Errorf("dump: %s", text)
	}
}

// Its format stays also where it is opened with another ontology, which is written
// beside the format.
func TestFormatOneOntology(t *testing.T) {
	store := formatOne(t)
	o := &Ontology{Name: "o", Version: "1", Kinds: []Kind{{Name: "Person", Properties: []Property{
		{Name: "meets", Type: Reference}, {Name: "name", Type: Text}}}}}
	if _, err := Open(context.Background(), store, &Options{Ontology: o}); err != nil {
		t.Fatal(err)
	}
	db := mustOpen(t, store)
	if db.Ontology() == nil || db.format() != 1 {
		t.Errorf("ontology %v, format %d", db.Ontology(), db.format())
	}
}

// Who writes to a store without having opened it writes the newest format.
func TestFormatNotRead(t *testing.T) {
	store := memkv.New(nil)
	db := &DB{store: store, sizes: defaultSizes}
	_, err := store.Update(context.Background(), func(txn kv.Txn) error {
		tx := db.newTx(txn, Act{})
		tx.log(opName, func(e *enc) { e.string("said") })
		return tx.writeLog(true)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, list := logOfAll(t, store); len(list) != 1 || list[0].seed == nil {
		t.Errorf("%d records, without a seed", len(list))
	}
}

// A store whose format says too little is found out.
func TestFormatAltered(t *testing.T) {
	store, _ := small(t)
	_, err := store.Update(context.Background(), func(tx kv.Txn) error {
		var e enc
		e.uint(1)
		return tx.Set(metaKey("format"), e)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := mustOpen(t, store).Check(context.Background())
	if err != nil || len(problems) == 0 || !strings.Contains(problems[0], "has a seed, in a store of format 1") {
		t.Errorf("%q (%v)", problems, err)
	}
}

// A dump of format 1 makes a store of this format, in which old records keep
// their salts and new ones have seeds.
func TestFormatOneRestored(t *testing.T) {
	old := formatOne(t)
	before, _ := logOfAll(t, old)
	store, db := restored(t, mustDump(t, mustOpen(t, old)))
	_, err := db.Update(context.Background(), Act{}, func(tx *Tx) error {
		_, err := tx.Declare(Declaration{"Person", []Key{{"x", "c"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	clean(t, db)
	rows, list := logOfAll(t, store)
	if !bytes.Equal(rows[0], before[0]) || list[1].seed == nil || db.format() != formatVersion {
		t.Errorf("format %d, %d records, seed %x", db.format(), len(list), list[1].seed)
	}
}
