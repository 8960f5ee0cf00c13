package graph

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph/internal/resident"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Rows are the same when they are slim, which they are where they can be.
func TestSlim(t *testing.T) {
	const day = 24 * 60 * 60 * 1000
	starts := func(list ...Time) (rows []wideRow) {
		for i, from := range list {
			rows = append(rows, wideRow{from: from, claim: maxNum - num(i), one: math.MaxUint32 - num(i), prop: uint16(i), like: uint8(i)})
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows []wideRow
		unit Time // 0: they stay wide
	}{
		"none":             {nil, day},
		"one":              {starts(5), day},
		"days":             {starts(20*day, 17*day), day},
		"days, not told":   {starts(20*day, -17*day, MinTime), day},
		"never told":       {starts(MinTime, MinTime), day},
		"the newest later": {starts(7*day, 20*day, 17*day), day},
		"days at noon":     {starts(20*day+day/2, 17*day+day/2), day},
		"seconds":          {starts(20*day, 17*day+1000, MinTime), 1000},
		"milliseconds":     {starts(5, 4, -3), 1},
		"far apart":        {starts(1<<40+1, 0), 0},
		"farthest":         {starts(MaxTime-1, MinTime+1, MinTime), 0},
		"just too far":     {starts(unstated+1, 1), 0},
		"just near":        {starts(unstated, 1), 1},
		"another end":      {[]wideRow{{one: 1}, {one: 1 << 32}}, 0},
		"an object":        {[]wideRow{{two: 1 << 32}, {two: 1}}, 0},
	} {
		b := block{family: famProperty, wide: c.rows}
		b.narrow()
		if b.Len() != len(c.rows) {
			t.Errorf("%s: %d rows", name, b.Len())
		}
		for i, want := range c.rows {
			if got := (wideRow{b.from(i), b.claim(i), b.one(i), b.two(i), b.prop(i), b.likeOf(i)}); got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		if wide := b.wide != nil; wide != (c.unit == 0) || !wide && b.scale.unit != c.unit {
			t.Errorf("%s: wide %t, in units of %d", name, wide, b.scale.unit)
		}
	}
}

// edgeRows are rows of edges as they are written for claims of all sorts: of two
// entities with many and of many with few.
func edgeRows(r *rand.Rand, store kv.Store, claims int, moved bool) error {
	day := func() Time { return Time(r.IntN(9000)) * 24 * 60 * 60 * 1000 }
	_, err := store.Update(context.Background(), func(t kv.Txn) error {
		for n := range claims {
			c := claimRow{subject: num(1 + r.IntN(2)), prop: uint16(r.IntN(300)), value: Value{typ: Reference}, ref: num(3 + r.IntN(claims/8))}
			shown := row{until: MaxTime, tf: TS(1 + r.IntN(3)), pf: day()}
			shown.flags = flags(r.IntN(2)) | flags(r.IntN(5))<<shiftMarking | flags(r.IntN(3))<<shiftRank | flags(r.IntN(3))<<shiftClass
			if r.IntN(9) == 0 {
				shown.flags, shown.tt = shown.flags|flagClosed, 9
			}
			from := day()
			if shown.flags |= flags(r.IntN(3)) << shiftEnd; shown.end() != OpenEnd {
				shown.until = from + Time(1+r.IntN(5))*24*60*60*1000
			}
			if moved {
				shown.flags |= flagMoved
			}
			claim, doc := num(n)+num(r.IntN(2))<<33, num(r.IntN(4))
			w := rowWriter{set: t.Set}
			w.key = appendEdge(w.key[:0], c.subject, byte(r.IntN(4)), from, c.prop, claim)
			if err := w.edge(shown, from, doc, c.ref); err != nil {
				return err
			}
			w.key = appendEdge(w.key[:0], c.ref, inState, from, c.prop, claim)
			if err := w.edge(shown, from, doc, c.subject); err != nil {
				return err
			}
			w.key = appendPair(w.key[:0], c.subject, c.ref, from, c.prop, claim)
			if err := w.edge(shown, from, doc, c.subject); err != nil {
				return err
			}
			w.key = appendProperty(w.key[:0], c.prop%4, from, claim)
			if err := w.edge(shown, from, doc, c.subject, c.ref); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// edgeFamilies are those whose rows blocks hold.
var edgeFamilies = []byte{famEdge, famPair, famProperty}

// A block gives the rows of any family back, byte by byte.
func TestBlocksGiveRowsBack(t *testing.T) {
	store := memkv.New(nil)
	if err := edgeRows(rand.New(rand.NewPCG(1, 1)), store, 2000, false); err != nil {
		t.Fatal(err)
	}
	for _, family := range edgeFamilies {
		rows := 0
		for prefix, list := range runsOf(t, store, family) {
			for part := range slices.Chunk(list, blockRows) {
				made, _ := packEdges(family, len(part), func(i int) (suffix, value []byte) { return part[i][0], part[i][1] })
				b, ok := made.(*block)
				if !ok || b.Len() != len(part) {
					t.Fatalf("%x: %d rows make %v", prefix, len(part), made)
				}
				for i, want := range part {
					if suffix, value := b.AppendSuffix(nil, i), b.AppendValue(nil, i); !bytes.Equal(suffix, want[0]) || !bytes.Equal(value, want[1]) {
						t.Fatalf("%x: row %d comes back as %x %x, want %x %x", prefix, i, suffix, value, want[0], want[1])
					}
					rows++
				}
			}
		}
		if rows < 2000 {
			t.Errorf("%d rows of family %c", rows, family)
		}
	}
}

// runsOf are the rows that are kept together: what their keys have behind what
// they have in common, and their values.
func runsOf(t *testing.T, store kv.Store, family byte) map[string][][2][]byte {
	t.Helper()
	runs := map[string][][2][]byte{}
	err := store.View(context.Background(), func(r kv.Reader) error {
		return r.Scan(kv.Range{Start: []byte{family}, End: []byte{family + 1}}, func(k, v []byte) error {
			n := rowsTogether(k)
			runs[string(k[:n])] = append(runs[string(k[:n])], [2][]byte{bytes.Clone(k[n:]), bytes.Clone(v)})
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// An image of edges answers scans as the store does, whether its blocks give
// their rows back or, since they leave some out that were moved, do not.
func TestScansOfBlocks(t *testing.T) {
	for _, moved := range []bool{false, true} {
		store := memkv.New(nil)
		r := rand.New(rand.NewPCG(2, 2))
		for _, of := range []bool{false, moved} {
			if err := edgeRows(r, store, 1500, of); err != nil {
				t.Fatal(err)
			}
		}
		im := newImage()
		fillEdges(t, im, store)
		for _, family := range edgeFamilies {
			for prefix, list := range runsOf(t, store, family) {
				from := r.IntN(len(list))
				want := list[from:]
				start := append([]byte(prefix), want[0][0]...)
				err := store.View(context.Background(), func(r kv.Reader) error {
					with := im.Reader(context.Background(), unread{r, t}, 1<<62, nil)
					return with.Scan(kv.Range{Start: start, End: behind([]byte(prefix))}, func(k, v []byte) error {
						if !bytes.Equal(k[len(prefix):], want[0][0]) || !bytes.Equal(v, want[0][1]) {
							t.Fatalf("%x %x, want %x %x", k, v, want[0][0], want[0][1])
						}
						want = want[1:]
						return nil
					})
				})
				if err != nil || len(want) > 0 {
					t.Fatalf("%x: %d rows of %d were not given (%v)", prefix, len(want), len(list), err)
				}
			}
		}
	}
}

// unread is a reader that nobody may ask.
type unread struct {
	kv.Reader
	t *testing.T
}

func (u unread) Scan(rng kv.Range, _ func(k, v []byte) error) error {
	u.t.Errorf("%x to %x is read from the store", rng.Start, rng.End)
	return nil
}

func newImage() *resident.Image { return resident.New(256<<20, rowsTogether, packRows, nil) }

// fillEdges reads all edges of a store into memory.
func fillEdges(t *testing.T, im *resident.Image, store kv.Store) {
	t.Helper()
	err := store.View(context.Background(), func(r kv.Reader) error {
		for _, family := range edgeFamilies {
			if err := im.Fill(context.Background(), r, 1<<62, kv.Range{Start: []byte{family}, End: []byte{family + 1}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The image counts the bytes that it takes, whether entities have few edges or
// many, and whether their rows come back or not.
func TestImageCountsWhatItTakes(t *testing.T) {
	for name, c := range map[string]struct {
		entities, each int
		flags          flags
		most           int64 // bytes an edge; 0: it does not matter
	}{
		"few edges each":  {20_000, 3, 0, 0},
		"some edges each": {2_000, 40, 0, 0},
		"many edges each": {100, 2000, 0, 20},
		"moved ones":      {300, 200, flagMoved, 0},
	} {
		store := memkv.New(nil)
		if err := plainEdges(store, c.entities, c.each, c.flags); err != nil {
			t.Fatal(err)
		}
		im := newImage()
		before := inUse()
		fillEdges(t, im, store)
		took, said := inUse()-before, im.Used()
		rows := int64(c.entities * c.each)
		t.Logf("%s: %d bytes, %d as counted, %.1f an edge", name, took, said, float64(took)/float64(rows))
		if diff := took - said; diff > took*15/100 || -diff > took*15/100 {
			t.Errorf("%s: it takes %d bytes and counts %d", name, took, said)
		}
		if c.most > 0 && took > c.most*rows {
			t.Errorf("%s: %d bytes for %d edges, want %d each at most", name, took, rows, c.most)
		}
		runtime.KeepAlive(im)
		runtime.KeepAlive(store)
	}
}

// plainEdges are edges of a day each, two documents, as events have them.
func plainEdges(store *memkv.Store, entities, each int, more flags) error {
	const day = 24 * 60 * 60 * 1000
	_, err := store.Load(context.Background(), func(t kv.BulkTxn) error {
		w := rowWriter{set: t.Set}
		for n := range entities {
			for i := range each {
				from := Time(20000-i) * day
				w.key = appendEdge(w.key[:0], num(n), byte(i*4/each), from, uint16(i%7), num(i*each+n))
				shown := row{flags: flags(DatedEnd)<<shiftEnd | more, until: from + day, tf: 5, pf: MinTime}
				if err := w.edge(shown, from, num(i%2), num(i)); err != nil {
					return err
				}
			}
			if err := t.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// inUse is how many bytes are reachable. Who asks does not run in parallel.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Who asks for edges of any time reads the section as a whole, so that one chunk
// of the image is known to have all of it.
func TestKeysOfAnyTime(t *testing.T) {
	w := &walk{rd: &reading{}}
	w.between(3, 0xffffffffff)
	w.sections, w.keys = appendSections(w.sections, w.keys, 0xffffffffff, Both)
	for i := range w.sections {
		s := &w.sections[i]
		if got, want := s.keys(w.span(s, nil)), s.whole(); !bytes.Equal(got.Start, want.Start) || !bytes.Equal(got.End, want.End) {
			t.Errorf("%x: keys from %x to %x, want %x to %x", s.prefix, got.Start, got.End, want.Start, want.End)
		}
	}
}
