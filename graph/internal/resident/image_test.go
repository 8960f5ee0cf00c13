package resident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// together keeps rows "aXnnnn" by their first two bytes, rows "bnnn" by their
// first three, and no others.
func together(key []byte) int {
	switch {
	case len(key) > 0 && key[0] == 'a':
		return 2
	case len(key) > 0 && key[0] == 'b':
		return 3
	}
	return 0
}

// text is rows as text, which gives them back, but for those that are bent.
type text []string

func (list text) Len() int { return len(list) }

func (list text) AppendSuffix(to []byte, i int) []byte {
	key, _, _ := strings.Cut(list[i], "=")
	return append(to, key[together([]byte(key)):]...)
}

func (list text) AppendValue(to []byte, i int) []byte {
	_, value, _ := strings.Cut(list[i], "=")
	return append(to, strings.TrimSuffix(value, "bent")...)
}

// listed is what is made of a chunk here: its rows as text, unless one of them
// is spoilt.
func listed(prefix []byte, rows int, row func(i int) (suffix, value []byte)) (any, int) {
	list := text{}
	for i := range rows {
		suffix, value := row(i)
		if bytes.HasSuffix(value, []byte("spoilt")) {
			return nil, 0
		}
		list = append(list, string(prefix)+string(suffix)+"="+string(value))
	}
	return list, 20 * len(list)
}

// packed is what Run gives of a range, as text.
func packed(r kv.Reader, prefix []byte, rng kv.Range) ([]string, error) {
	var list []string
	within := func(row string) {
		if key, _, _ := strings.Cut(row, "="); key >= string(rng.Start) && key < string(rng.End) {
			list = append(list, row)
		}
	}
	run := Open(r, prefix)
	if all, ok := run.Whole().(text); ok {
		for _, row := range all {
			within(row)
		}
		return list, nil
	}
	rest := rng
	for bytes.Compare(rest.Start, rest.End) < 0 {
		chunk, next, err := run.Next(rest)
		if err != nil {
			return nil, err
		}
		if chunk == nil {
			return list, run.Scan(rest, func(k, v []byte) error { within(string(k) + "=" + string(v)); return nil })
		}
		for _, row := range chunk.(text) {
			if key, _, _ := strings.Cut(row, "="); key >= string(rest.Start) {
				within(row)
			}
		}
		rest = next
	}
	return list, nil
}

// atOnce is what Packed gives of a range, as text; nil: nothing.
func atOnce(r kv.Reader, rng kv.Range) ([]string, error) {
	all, err := Packed(r, rng)
	list, ok := all.(text)
	if !ok {
		return nil, err
	}
	found := []string{}
	for _, row := range list {
		if key, _, _ := strings.Cut(row, "="); key >= string(rng.Start) && key < string(rng.End) {
			found = append(found, row)
		}
	}
	return found, err
}

// comparePacked compares what was made of chunks with the rows of the store.
func comparePacked(t *testing.T, r *rand.Rand, with, without kv.Reader) {
	prefix := []byte{'a', 'a' + byte(r.IntN(4))}
	rng := kv.Range{Start: prefix, End: behind(nil, prefix)}
	if r.IntN(2) == 0 {
		rng.Start, rng.End = fmt.Appendf(nil, "%s%04d", prefix, r.IntN(2000)), fmt.Appendf(nil, "%s%04d", prefix, r.IntN(2000))
	}
	for _, prefix := range [][]byte{prefix, prefix} { // the second time it may be kept
		got, err := packed(with, prefix, rng)
		want, failed := packed(without, prefix, rng)
		if err != nil || failed != nil || !slices.Equal(got, want) {
			t.Errorf("packed, %q to %q: %q (%v), want %q (%v)", rng.Start, rng.End, got, err, want, failed)
		}
	}
	one := rowOf(r)
	for _, rng := range []kv.Range{rng, rng, {Start: one, End: next(one)}, {Start: one, End: next(one)}} {
		want, failed := packed(without, rng.Start[:min(2, len(rng.Start))], rng)
		if got, err := atOnce(with, rng); err != nil || failed != nil || (got != nil && !slices.Equal(got, want)) {
			t.Errorf("packed at once, %q to %q: %q (%v), want %q (%v)", rng.Start, rng.End, got, err, want, failed)
		}
	}
}

// bed is a store with an image before it, as the graph has it.
type bed struct {
	store     kv.Store
	im        *Image
	blocks    *Blocks
	published atomic.Uint64
}

func newBed(size int64) *bed {
	return &bed{store: memkv.New(nil), im: New(size, together, listed, nil), blocks: NewBlocks(BlockOptions{})}
}

func (b *bed) update(fn func(kv.Txn) error) {
	ts, err := b.store.Update(context.Background(), b.im.Update(b.blocks.Update(fn)))
	if err != nil {
		return
	}
	for {
		old := b.published.Load()
		if old >= uint64(ts) || b.published.CompareAndSwap(old, uint64(ts)) {
			return
		}
	}
}

// rooms are those of readers, which later ones take over.
var rooms = sync.Pool{New: func() any { return new(Room) }}

// view gives a reader behind the image and one of the same snapshot without it.
func (b *bed) view(fn func(with, without kv.Reader) error) error {
	since, room := kv.TS(b.published.Load()), rooms.Get().(*Room)
	defer rooms.Put(room)
	defer room.Clear()
	return b.store.View(context.Background(), func(r kv.Reader) error {
		return fn(b.im.Reader(context.Background(), r, since, room), r)
	})
}

// inMemory scans a range, for which the store must not be read.
func (b *bed) inMemory(t *testing.T, from, to string) {
	t.Helper()
	var c counting
	err := b.view(func(_, r kv.Reader) error {
		c.Reader = r
		with := b.im.Reader(context.Background(), &c, kv.TS(b.published.Load()), nil)
		return with.Scan(kv.Range{Start: []byte(from), End: []byte(to)}, func(_, _ []byte) error { return nil })
	})
	if err != nil || c.calls != 0 {
		t.Errorf("%d calls of the store (%v)", c.calls, err)
	}
}

func rowOf(r *rand.Rand) []byte {
	switch r.IntN(3) {
	case 0:
		return fmt.Appendf(nil, "b%03d", r.IntN(200))
	case 1:
		return fmt.Appendf(nil, "c%03d", r.IntN(20))
	}
	return fmt.Appendf(nil, "a%c%04d", 'a'+rune(r.IntN(4)), r.IntN(2000))
}

// next is the key that is one more, where keys are as long.
func next(key []byte) []byte { return behind(nil, key) }

func rangeOf(r *rand.Rand) kv.Range {
	from, to := rowOf(r), rowOf(r)
	if r.IntN(3) > 0 { // within a run
		from[0], to[0] = 'a', 'a'
		from = append(from[:2], fmt.Sprintf("%04d", r.IntN(2000))...)
		to = append(slices.Clone(from[:2]), fmt.Sprintf("%04d", r.IntN(2000))...)
		if r.IntN(2) == 0 {
			from, to = from[:2], append(behind(nil, from[:2]), make([]byte, r.IntN(3))...)
		}
	}
	if r.IntN(6) == 0 { // a whole family
		from = from[:1]
		to = behind(nil, from)
	}
	rng := kv.Range{Start: from, End: to, KeysOnly: r.IntN(3) == 0, Reverse: r.IntN(8) == 0}
	if r.IntN(3) == 0 {
		rng.Limit = 1 + r.IntN(300)
	}
	return rng
}

// read is what a reader gives, as text.
func read(r kv.Reader, rng kv.Range, keys [][]byte, stop int) string {
	var b bytes.Buffer
	n := 0
	err := r.Scan(rng, func(k, v []byte) error {
		fmt.Fprintf(&b, "%s=%s nil %t\n", k, v, v == nil)
		if n++; n == stop {
			return kv.Stop
		}
		return nil
	})
	fmt.Fprintln(&b, err)
	err = r.GetMany(keys, func(i int, v []byte) error { fmt.Fprintf(&b, "%d=%s\n", i, v); return nil })
	fmt.Fprintln(&b, err)
	for _, k := range keys {
		v, err := r.Get(k)
		fmt.Fprintf(&b, "%s=%s %t\n", k, v, errors.Is(err, kv.ErrNotFound))
	}
	return b.String()
}

// compare asks both readers the same.
func (b *bed) compare(t *testing.T, r *rand.Rand) {
	err := b.view(func(with, without kv.Reader) error {
		for range 1 + r.IntN(3) {
			rng, stop := rangeOf(r), r.IntN(600)
			keys := [][]byte{rowOf(r), rowOf(r), rowOf(r)}
			if got, want := read(with, rng, keys, stop), read(without, rng, keys, stop); got != want {
				t.Errorf("%q to %q, limit %d, stop %d:\n%s\nwant\n%s", rng.Start, rng.End, rng.Limit, stop, got, want)
			}
			comparePacked(t, r, with, without)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func write(r *rand.Rand) func(kv.Txn) error {
	return func(t kv.Txn) error {
		for range 1 + r.IntN(20) {
			key := rowOf(r)
			var err error
			if r.IntN(4) == 0 {
				err = t.Delete(key)
			} else {
				spoilt := ""
				switch r.IntN(400) {
				case 0, 1:
					spoilt = "spoilt"
				case 2, 3, 4:
					spoilt = "bent"
				}
				err = t.Set(key, fmt.Appendf(nil, "%d%s", t.TS(), spoilt))
			}
			if err != nil {
				return err
			}
		}
		if r.IntN(5) == 0 {
			return errors.New("refused")
		}
		return nil
	}
}

// Whatever is written, and however little room there is, an image answers as
// the reader behind it.
func TestSameAsWithout(t *testing.T) {
	for _, size := range []int64{1, 8 << 10, 64 << 10, 16 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			b, r := newBed(size), rand.New(rand.NewPCG(uint64(size), 1))
			for range 300 {
				b.update(write(r))
				for range r.IntN(6) {
					b.compare(t, r)
				}
				if t.Failed() {
					return
				}
			}
			if size > 1<<20 && b.im.Used() < 1000 {
				t.Errorf("the image holds %d bytes: nothing was kept", b.im.Used())
			}
			if used := b.im.Used(); used > 2*size+100<<10 {
				t.Errorf("the image holds %d bytes, of %d that it may", used, size)
			}
		})
	}
}

// Readers keep their snapshots while others write.
func TestSameWhileOthersWrite(t *testing.T) {
	for _, size := range []int64{32 << 10, 16 << 20} {
		b := newBed(size)
		var writers, readers sync.WaitGroup
		var done atomic.Bool
		for n := range 3 {
			writers.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), 2))
				for range 400 {
					b.update(write(r))
				}
			})
			readers.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), 3))
				for !done.Load() && !t.Failed() {
					b.compare(t, r)
				}
			})
		}
		writers.Wait()
		done.Store(true)
		readers.Wait()
	}
}

// An image that was filled answers without the store, and as the store does
// when that has gone on.
func TestFill(t *testing.T) {
	b, r := newBed(16<<20), rand.New(rand.NewPCG(4, 4))
	for range 200 {
		b.update(write(r))
	}
	fill := func() {
		err := b.view(func(_, without kv.Reader) error {
			return b.im.Fill(context.Background(), without, kv.TS(b.published.Load()), kv.Range{Start: []byte("a"), End: []byte("b")})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	fill()
	b.inMemory(t, "aa", "ab")
	for range 300 {
		b.compare(t, r)
		b.update(write(r))
		if r.IntN(10) == 0 {
			fill()
		}
	}
	full := newBed(4 << 10)
	for range 100 {
		full.update(write(r))
	}
	b = full
	fill()
	if used := b.im.Used(); used > 40<<10 {
		t.Errorf("filled with %d bytes, of 4,096", used)
	}
}

// counting counts what is asked of the store.
type counting struct {
	kv.Reader
	calls int
}

func (c *counting) Get(key []byte) ([]byte, error) { c.calls++; return c.Reader.Get(key) }

func (c *counting) GetMany(keys [][]byte, fn func(int, []byte) error) error {
	c.calls++
	return c.Reader.GetMany(keys, fn)
}

func (c *counting) Scan(rng kv.Range, fn func(k, v []byte) error) error {
	c.calls++
	return c.Reader.Scan(rng, fn)
}

// What is read for the third time is not read from the store, until somebody
// writes near it.
func TestReadFromMemory(t *testing.T) {
	b := newBed(1 << 20)
	put := func(key string) {
		b.update(func(t kv.Txn) error { return t.Set([]byte(key), []byte("v")) })
	}
	put("aa0001")
	put("b001")
	calls := func() int {
		c := counting{}
		err := b.view(func(_, r kv.Reader) error {
			c.Reader = r
			read(b.im.Reader(context.Background(), &c, kv.TS(b.published.Load()), nil),
				kv.Range{Start: []byte("aa"), End: []byte("ab")}, [][]byte{[]byte("b001"), []byte("b002")}, 0)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return c.calls
	}
	first := calls()
	if calls(); calls() != 0 || first == 0 {
		t.Errorf("%d calls at first, %d of what was read twice", first, calls())
	}
	put("aa0002")
	if n := calls(); n != 1 {
		t.Errorf("%d calls after a write, want one", n)
	}
	if n := calls(); n != 0 {
		t.Errorf("%d calls of what was read again after a write", n)
	}
	refused := func(t kv.Txn) error { return errors.Join(t.Set([]byte("aa0003"), nil), errors.New("refused")) }
	b.update(refused)
	if n := calls(); n != 0 {
		t.Errorf("%d calls after a write that was refused", n)
	}
}

// What is asked for in turns with others is kept, even if they are noted in the
// same place.
func TestMetInTurns(t *testing.T) {
	im := New(1, together, nil, nil)
	places := []uint64{1 << 40, 2 << 40, 3 << 40, 4 << 40}
	for i := range 2 {
		for _, place := range places {
			if again := im.again(place); again != (i == 1) {
				t.Errorf("round %d: place %x was met before: %t", i, place, again)
			}
		}
	}
	if im.again(5<<40) || im.again(1<<40) || !im.again(5<<40) {
		t.Error("what was met last is not what is noted")
	}
}

// The end of a context ends a scan of what is in memory.
func TestContextEnds(t *testing.T) {
	b := newBed(1 << 20)
	b.update(func(t kv.Txn) error { return t.Set([]byte("aa0001"), nil) })
	whole := kv.Range{Start: []byte("aa"), End: []byte("ab")}
	for range 3 {
		_ = b.view(func(r, _ kv.Reader) error { return r.Scan(whole, func(_, _ []byte) error { return nil }) })
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := b.store.View(context.Background(), func(r kv.Reader) error {
		return b.im.Reader(ctx, r, kv.TS(b.published.Load()), nil).Scan(whole, func(_, _ []byte) error { return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a scan with a context that has ended: %v", err)
	}
}
