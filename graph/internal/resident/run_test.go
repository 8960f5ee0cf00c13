package resident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// A small run takes one piece of memory of two lines of the processor's cache,
// and its rows another piece.
func TestSmallRunInTwoPieces(t *testing.T) {
	if size := unsafe.Sizeof(run{}); size > 128 {
		t.Errorf("a run takes %d bytes", size)
	}
	im, s := New(1<<20, together, nil, nil), rowsOf("0001", "v", "0002", "w")
	prefix := []byte("aa")
	n := testing.AllocsPerRun(100, func() {
		r := newRun(1, prefix)
		im.packAll(r, s, 1)
		if !bytes.Equal(r.prefix(), prefix) || string(r.end()) != "ab" {
			t.Errorf("from %q to %q", r.prefix(), r.end())
		}
	})
	if n != 2 {
		t.Errorf("%v pieces of memory", n)
	}
}

// What there is of a run is counted, be its rows many or few, and its prefix
// short or long.
func TestCountsRows(t *testing.T) {
	for name, c := range map[string]struct{ runs, rows, prefix int }{
		"few":    {20_000, 3, 6},
		"many":   {50, 3000, 6},
		"long":   {10_000, 3, 60},
		"single": {40_000, 1, 11},
	} {
		store := memkv.New(nil)
		_, err := store.Load(context.Background(), func(tx kv.BulkTxn) (err error) {
			for run := range c.runs {
				for row := range c.rows {
					err = errors.Join(err, tx.Set(fmt.Appendf(nil, "a%0*d%08d", c.prefix-1, run, row), []byte("some value")))
				}
				err = errors.Join(err, tx.Flush())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		im := New(1<<30, func([]byte) int { return c.prefix }, nil, nil)
		before := inUse()
		err = store.View(context.Background(), func(r kv.Reader) error {
			return im.Fill(context.Background(), r, 1<<62, kv.Range{Start: []byte("a"), End: []byte("b")})
		})
		if err != nil {
			t.Fatal(err)
		}
		took, said := inUse()-before, im.Used()
		t.Logf("%s: %d bytes, %d as counted, %d a run", name, took, said, took/int64(c.runs))
		if diff := took - said; diff > took*15/100 || -diff > took*15/100 {
			t.Errorf("%s: it takes %d bytes and counts %d", name, took, said)
		}
		runtime.KeepAlive(im)
		runtime.KeepAlive(store)
	}
}

// inUse is how many bytes are reachable, by whatever runs: tests that ask for it
// do not run in parallel.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Rows come back however long they are.
func TestLongRows(t *testing.T) {
	for _, bytes := range []int{0, 1, 30_000, 40_000, 65_535, 1 << 19} {
		b := newBed(16 << 20)
		b.im.packer = nil
		b.update(func(tx kv.Txn) (err error) {
			for i := range 5 {
				err = tx.Set(fmt.Appendf(nil, "aa%04d", i), []byte(strings.Repeat(fmt.Sprint(i), bytes)))
			}
			return err
		})
		all := kv.Range{Start: []byte("aa"), End: []byte("ab")}
		for range 3 {
			err := b.view(func(with, without kv.Reader) error {
				keys := [][]byte{[]byte("aa0000"), []byte("aa0003"), []byte("aa0004"), []byte("aa0005")}
				if read(with, all, keys, 100) != read(without, all, keys, 100) {
					t.Errorf("of %d bytes: not the rows that there are", bytes)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		b.inMemory(t, "aa", "ab")
	}
}

// Of chunks of a run that were made at the same time all are kept.
func TestChunksMadeAtOnce(t *testing.T) {
	im := New(1<<20, together, nil, nil)
	prefix := []byte("aa")
	of := newRun(im.place(prefix), prefix)
	spans := func() (list []string) {
		for _, c := range im.run(of.place, prefix).parts() {
			list = append(list, fmt.Sprintf("%s-%s %d", c.lo(), c.hi(), c.built))
		}
		return list
	}
	for i, span := range [][2]string{{"aa3", "aa4"}, {"aa1", "aa2"}, {"aa4", "ab"}, {"aa", "aa1"}, {"aa25", "aa35"}} {
		im.add(of, &stretch{lo: []byte(span[0]), hi: []byte(span[1])}, kv.TS(i))
	}
	if got, want := spans(), []string{"aa-aa1 3", "aa1-aa2 1", "aa25-aa35 4", "aa4-ab 2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	_, now := im.add(of, &stretch{lo: prefix, hi: []byte("ab")}, 5)
	if now != im.run(of.place, prefix) || !now.all.whole || now.more != nil {
		t.Errorf("a chunk that holds all of the run: %q", spans())
	}
	if im.add(of, &stretch{lo: []byte("aa3"), hi: []byte("aa4")}, 6); !slices.Equal(spans(), []string{"aa3-aa4 6"}) {
		t.Errorf("%q after a newer chunk of a part", spans())
	}
}

// A whole run stays where somebody adds to it what he read before, who is told
// of it; it gives way to what is newer.
func TestOlderChunksGiveWay(t *testing.T) {
	prefix := []byte("aa")
	all, part := &stretch{lo: prefix, hi: []byte("ab")}, &stretch{lo: []byte("aa3"), hi: []byte("aa4")}
	for name, c := range map[string]struct {
		s     *stretch
		built kv.TS
		stays bool
	}{
		"an older part": {part, 4, true}, "a part": {part, 5, true}, "a newer part": {part, 6, false},
		"all, older": {all, 4, true}, "all": {all, 5, true}, "all, newer": {all, 6, false},
	} {
		im := New(1<<20, together, nil, nil)
		of := newRun(im.place(prefix), prefix)
		_, before := im.add(of, all, 5)
		made, now := im.add(of, c.s, c.built)
		if kept := im.run(of.place, prefix); kept != now || (kept == before) != c.stays {
			t.Errorf("%s: kept is %+v, told is %+v, before was %+v", name, kept, now, before)
		}
		if made.built != c.built || !bytes.Equal(made.lo(), c.s.lo) {
			t.Errorf("%s: from %q at %d, not what was read", name, made.lo(), made.built)
		}
	}
}

// A room that is cleared keeps nothing of what was read but memory, and of that
// no more than most need.
func TestRoomForgets(t *testing.T) {
	b, room := newBed(1<<20), Room{}
	b.im.packer = nil
	b.update(func(tx kv.Txn) error { return tx.Set([]byte("aa0001"), []byte("v")) })
	scan := func(from string) {
		err := b.store.View(context.Background(), func(r kv.Reader) error {
			with := b.im.Reader(context.Background(), r, kv.TS(b.published.Load()), &room)
			return with.Scan(kv.Range{Start: []byte(from), End: []byte("ab")}, func(_, _ []byte) error { return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		room.Clear()
		if r := &room.reader; r.Reader != (ended{}) || r.ctx != nil || r.im != nil || r.last != nil ||
			r.read.lo != nil || r.read.hi != nil || r.wide.lo != nil || r.wide.hi != nil {
			t.Errorf("it keeps %+v", r)
		}
	}
	for range 3 {
		scan("aa")
	}
	if r := &room.reader; cap(r.row) == 0 || cap(r.read.data) == 0 || len(r.read.data) > 0 {
		t.Error("it keeps no memory")
	}
	b.update(func(tx kv.Txn) error { return tx.Set([]byte("aa0002"), make([]byte, 2*mostRoom)) })
	for _, from := range []string{"aa", "aa0002"} {
		scan(from)
		if r := &room.reader; cap(r.read.data) > mostRoom || cap(r.wide.data) > mostRoom {
			t.Errorf("it keeps %d bytes and %d", cap(r.read.data), cap(r.wide.data))
		}
		b.update(func(tx kv.Txn) error { return tx.Delete([]byte("aa0000")) }) // read it anew
	}
	n := testing.AllocsPerRun(100, func() {
		b.im.Reader(context.Background(), nil, 1, &room)
		room.Clear()
	})
	if n != 0 {
		t.Errorf("a reader takes %v pieces of memory", n)
	}
}

// All of a small run is gathered in the room's memory, which is used again.
func TestSmallRunsShareRoom(t *testing.T) {
	b, room := newBed(1<<20), Room{}
	b.im.packer = nil
	list := slices.Repeat([]string{"aa", "ab", "ac"}, 3)
	used := map[*byte]bool{}
	for i, run := range list {
		b.update(func(tx kv.Txn) error {
			return errors.Join(tx.Set([]byte(run+"0001"), []byte("v")), tx.Set([]byte(run+"0002"), []byte("w")))
		})
		err := b.store.View(context.Background(), func(r kv.Reader) error {
			with := b.im.Reader(context.Background(), r, kv.TS(b.published.Load()), &room)
			return with.Scan(kv.Range{Start: []byte(run + "0002"), End: behind(nil, []byte(run))}, func(_, _ []byte) error { return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		room.Clear()
		if i < len(list)*2/3 { // nobody asked for it before, or the memory grew
			continue
		}
		if kept := b.im.run(b.im.place([]byte(run)), []byte(run)); kept == nil || !kept.all.whole || kept.all.len() != 2 {
			t.Fatalf("%s: kept is %+v", run, kept)
		}
		used[unsafe.SliceData(room.reader.read.data)] = true
		used[unsafe.SliceData(room.reader.wide.data)] = true
	}
	if used[nil] || len(used) != 2 {
		t.Errorf("%d pieces of memory were used, want 2", len(used))
	}
}

// Who reads behind the end of a call is told so, whatever the image holds.
func TestReadsInClearedRoom(t *testing.T) {
	b, room := newBed(1<<20), Room{}
	b.update(func(tx kv.Txn) error { return tx.Set([]byte("aa0001"), []byte("v")) })
	if err := b.view(func(_, r kv.Reader) error {
		return b.im.Fill(context.Background(), r, kv.TS(b.published.Load()), kv.Range{Start: []byte("a"), End: []byte("b")})
	}); err != nil {
		t.Fatal(err)
	}
	rng, nothing := kv.Range{Start: []byte("aa"), End: []byte("ab")}, func(_, _ []byte) error { return nil }
	var late kv.Reader
	var begun Run
	if err := b.view(func(_, r kv.Reader) error {
		late = b.im.Reader(context.Background(), r, kv.TS(b.published.Load()), &room)
		if begun = Open(late, rng.Start); begun.Whole() == nil {
			t.Error("the run is not in memory")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	room.Clear()
	run := Open(late, rng.Start)
	_, get := late.Get([]byte("aa0001"))
	_, _, next := begun.Next(rng)
	for name, err := range map[string]error{
		"get": get, "next": next,
		"get many": late.GetMany([][]byte{[]byte("aa0001")}, func(int, []byte) error { return nil }),
		"scan":     late.Scan(rng, nothing),
		"run":      run.Scan(rng, nothing), "begun run": begun.Scan(rng, nothing),
	} {
		if !errors.Is(err, kv.ErrDone) {
			t.Errorf("%s: %v, want %v", name, err, kv.ErrDone)
		}
	}
	packed, err := Packed(late, rng)
	if packed != nil || err != nil || begun.Whole() != nil || run.Whole() != nil {
		t.Errorf("rows are given: %v (%v), %v, %v", packed, err, begun.Whole(), run.Whole())
	}
}

// The part in which a key lies is found, and where the next one begins, though
// parts begin alike.
func TestPartsFound(t *testing.T) {
	of := newRun(1, []byte("aa"))
	for _, lo := range []string{"aa", "aa0", "aa00000000", "aa000000001", "aa000000002", "aa1", "aa11"} {
		of = of.with(newChunk(&stretch{lo: []byte(lo), hi: []byte(lo + "\x00")}))
	}
	for key, want := range map[string]string{
		"aa": "aa, aa0", "aa\x00": "-, aa0", "aa0": "aa0, aa00000000", "aa00": "-, aa00000000",
		"aa00000000": "aa00000000, aa000000001", "aa0000000000": "-, aa000000001",
		"aa000000001": "aa000000001, aa000000002", "aa000000002": "aa000000002, aa1", "aa0000000020": "-, aa1",
		"aa1": "aa1, aa11", "aa11": "aa11, ", "aa2": "-, ",
	} {
		in, next := of.at([]byte(key))
		got := "-"
		if in != nil {
			got = string(in.lo())
		}
		if got += ", " + string(next); got != want {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}

// Rows whose keys are numbers are found, whether or not there is one of each.
func TestNumberedRows(t *testing.T) {
	for _, step := range []int{1, 2, 3} {
		var s stretch
		for n := step - 1; n < 256; n += step {
			s.put([]byte{byte(n)}, nil)
		}
		var c chunk
		New(1<<20, together, nil, nil).pack(&c, &s, nil, 0)
		for n := range 256 {
			want := n / step
			if got := c.from([]byte{byte(n)}, nil); got != want {
				t.Errorf("every %d: %d is at or before row %d, want %d", step, n, got, want)
			}
		}
	}
}

// A full image makes a chunk of few rows for who asks for one by its number, and
// answers as the store does.
func TestFewRowsWhenFull(t *testing.T) {
	prefixed := func([]byte) int { return 2 }
	for name, every := range map[string]int{"all rows": 1, "every second": 2} {
		b := &bed{store: memkv.New(nil), im: New(20<<10, prefixed, nil, nil), blocks: NewBlocks(BlockOptions{})}
		b.update(func(tx kv.Txn) (err error) {
			for i := range 256 {
				err = errors.Join(err, tx.Set([]byte{'b', byte(i), 0}, make([]byte, 200)))
				if i%every == 0 {
					err = errors.Join(err, tx.Set([]byte{'a', 'a', byte(i)}, []byte{byte(i)}))
				}
			}
			return err
		})
		get := func(key []byte) {
			failed := b.view(func(with, without kv.Reader) error {
				got, err := with.Get(key)
				want, missing := without.Get(key)
				if !bytes.Equal(got, want) || errors.Is(err, kv.ErrNotFound) != errors.Is(missing, kv.ErrNotFound) {
					t.Errorf("%s: %x is %x (%v), want %x (%v)", name, key, got, err, want, missing)
				}
				return nil
			})
			if failed != nil {
				t.Fatal(failed)
			}
		}
		for i := range 512 {
			get([]byte{'b', byte(i / 2), 0})
		}
		if !b.im.full() {
			t.Fatal("the image is not full")
		}
		for range 20 { // so that it is worth more than others
			get([]byte{'a', 'a', 200})
		}
		of := b.im.run(b.im.place([]byte("aa")), []byte("aa"))
		if of == nil || len(of.parts()) != 1 || of.parts()[0].lo()[2] != 192 || of.parts()[0].len() > fewRows {
			t.Errorf("%s: kept are %+v", name, of)
		}
		for i := range 256 {
			get([]byte{'a', 'a', byte(255 - i)})
		}
	}
}

// All of a small run is one chunk, wherever somebody begins to read, and again
// after a write; of one that has many rows there are parts, and of what an image
// reads that is full, not much more than is asked for.
func TestSmallRunsAreWhole(t *testing.T) {
	for _, c := range []struct {
		rows, from int
		full       bool
		whole      bool
	}{
		{1, 0, false, true}, {6, 0, false, true}, {6, 3, false, true}, {6, 5, false, true},
		{chunkRows, 200, false, true}, {chunkRows + 1, 200, false, false}, {1000, 990, false, false},
		{fewRows, 20, true, true}, {fewRows + 1, 20, true, false},
	} {
		b := newBed(1 << 20)
		b.im.packer = nil
		put := func(i int) {
			b.update(func(tx kv.Txn) error { return tx.Set(fmt.Appendf(nil, "aa%04d", i), fmt.Append(nil, i)) })
		}
		for i := range c.rows {
			put(i)
		}
		if c.full {
			crowd := &stretch{lo: []byte("az"), hi: []byte("b")}
			crowd.put(nil, make([]byte, 1<<20*95/100))
			b.im.add(newRun(b.im.place([]byte("az")), []byte("az")), crowd, 1<<62)
		}
		for range 2 {
			rng := kv.Range{Start: fmt.Appendf(nil, "aa%04d", c.from), End: []byte("aa9999")}
			for range 3 {
				err := b.view(func(with, without kv.Reader) error {
					if got, want := read(with, rng, nil, 0), read(without, rng, nil, 0); got != want {
						t.Errorf("%s\nwant\n%s", got, want)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			kept := b.im.run(b.im.place([]byte("aa")), []byte("aa"))
			if kept == nil || kept.all.whole != c.whole || (len(kept.parts()) == 0) != c.whole {
				t.Fatalf("of %d rows from %d on, full %t: kept %+v", c.rows, c.from, c.full, kept)
			}
			if c.whole {
				b.inMemory(t, "aa", "ab")
			}
			put(c.rows - 1) // as it was
		}
	}
}
