package sorted_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
)

var keys = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{1, 2, 'a', 0xff}), 1, 20), func(b []byte) []byte { return b })

func ranges(t *rapid.T) kv.Range {
	bound := rapid.OneOf(rapid.Just([]byte(nil)), keys)
	return kv.Range{Start: bound.Draw(t, "start"), End: bound.Draw(t, "end"), Reverse: rapid.Bool().Draw(t, "reverse")}
}

func scan(t *rapid.T, r *sorted.Rows, rg kv.Range) (list []string) {
	err := r.Scan(rg, func(row sorted.Row) error {
		list = append(list, fmt.Sprintf("%x=%x %t", row.Key, row.Value, row.Deleted))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// model is the newest row of each key.
type model map[string]sorted.Row

func (m model) scan(rg kv.Range) (list []string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key < string(rg.Start) || len(rg.End) > 0 && key >= string(rg.End) {
			continue
		}
		list = append(list, fmt.Sprintf("%x=%x %t", key, m[key].Value, m[key].Deleted))
	}
	if rg.Reverse {
		slices.Reverse(list)
	}
	return list
}

// TestModel puts rows in any order, with so little memory that most of them are
// in files, and compares all ranges with a map.
func TestModel(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		r, m := sorted.New(dir, rapid.Int64Range(200, 9000).Draw(t, "memory")), model{}
		for range rapid.IntRange(1, 200).Draw(t, "puts") {
			row := sorted.Row{Key: keys.Draw(t, "key"), Deleted: rapid.Bool().Draw(t, "deleted")}
			if !row.Deleted {
				row.Value = rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "value")
			}
			if err := r.Put(row); err != nil {
				t.Fatal(err)
			}
			m[string(row.Key)] = row
			if rapid.IntRange(0, 9).Draw(t, "read") > 0 {
				continue
			}
			found, ok, err := r.Get(row.Key)
			if err != nil || !ok || !bytes.Equal(found.Value, row.Value) || found.Deleted != row.Deleted {
				t.Fatalf("get %x = %v, %v, %v; want %v", row.Key, found, ok, err, row)
			}
			if rg := ranges(t); !slices.Equal(scan(t, r, rg), m.scan(rg)) {
				t.Fatalf("%v: %v, want %v", rg, scan(t, r, rg), m.scan(rg))
			}
		}
		if got := scan(t, r, kv.Range{}); !slices.Equal(got, m.scan(kv.Range{})) {
			t.Fatalf("all: %v, want %v", got, m.scan(kv.Range{}))
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("files are left: %v, %v", left, err)
		}
	})
}

// TestPutWithinScan holds a scan to what was there when it began, although so
// much is put meanwhile that it would go into files.
func TestPutWithinScan(t *testing.T) {
	r := sorted.New(t.TempDir(), 1000)
	defer r.Close()
	put := func(key string) error { return r.Put(sorted.Row{Key: []byte(key), Value: []byte(key)}) }
	for i := range 20 {
		if err := put(fmt.Sprintf("k%02d", i)); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	err := r.Scan(kv.Range{}, func(row sorted.Row) error {
		seen = append(seen, string(row.Value))
		return errors.Join(put(string(row.Key)+"x"), put("z"+string(row.Key)))
	})
	if err != nil || len(seen) != 20 || seen[19] != "k19" {
		t.Fatalf("scan saw %v, %v", seen, err)
	}
	n := 0
	if err := r.Scan(kv.Range{}, func(sorted.Row) error { n++; return nil }); err != nil || n != 60 {
		t.Fatalf("%d rows, %v; want 60", n, err)
	}
}

// TestDirectoryMissing reports that there is no place for the files.
func TestDirectoryMissing(t *testing.T) {
	r := sorted.New(t.TempDir()+"/none", 10)
	err := r.Put(sorted.Row{Key: []byte("a")})
	if err == nil {
		err = r.Put(sorted.Row{Key: []byte("b")})
	}
	if err := errors.Join(err, r.Close()); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v, want that the directory does not exist", err)
	}
}
