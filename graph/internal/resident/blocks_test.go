package resident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

var errBad = errors.New("damaged")

// blocksOfA are small blocks of rows "a…".
func blocksOfA() *Blocks {
	return NewBlocks(BlockOptions{Family: 'B', Of: 'a', Layout: together, Flag: []byte("Mblocks"), Damaged: errBad, Least: 8, Most: 40, Batch: 500, Gaps: 2, Known: 6})
}

func newBlockBed(size int64) *bed {
	b := newBed(size)
	b.blocks = blocksOfA()
	b.im.blocks = b.blocks
	return b
}

// fill reads rows and blocks into memory.
func (b *bed) fill() error {
	since := kv.TS(b.published.Load())
	return b.store.View(context.Background(), func(r kv.Reader) error {
		return b.im.Fill(context.Background(), r, since, kv.Range{Start: []byte("a"), End: []byte("b")})
	})
}

// keep keeps or drops blocks, and fills.
func (b *bed) keep(r *rand.Rand) (kept bool, err error) {
	do := b.blocks.Keep
	if kept = r.IntN(5) > 0; !kept {
		do = b.blocks.Drop
	}
	return kept, errors.Join(do(context.Background(), b.store), b.fill())
}

// missing is how many gaps there are to be filled.
func (b *bed) missing() (n int, err error) {
	for from := []byte{b.blocks.Of}; from != nil && err == nil; {
		err = b.store.View(context.Background(), func(r kv.Reader) error {
			gaps, next, err := b.blocks.missing(context.Background(), r, from)
			n, from = n+len(gaps), next
			return err
		})
	}
	return n, err
}

// right compares all blocks with the rows, in one snapshot.
func (b *bed) right() (blocks int, err error) {
	err = b.store.View(context.Background(), func(r kv.Reader) error {
		compared := b.blocks.Compare(r)
		return r.Scan(b.blocks.every(0), func(k, _ []byte) error {
			v, err := r.Get(k)
			blocks++
			return errors.Join(err, compared.Next(k, v))
		})
	})
	return blocks, err
}

// Whatever is written, blocks hold the rows that there are, in every snapshot,
// and an image that was filled from them answers as the store does.
func TestBlocksAreRight(t *testing.T) {
	for _, size := range []int64{1, 64 << 10, 16 << 20} {
		b, r := newBlockBed(size), rand.New(rand.NewPCG(uint64(size), 5))
		most := 0
		for range 400 {
			b.update(write(r))
			n, err := b.right()
			if most = max(most, n); err != nil {
				t.Fatal(err)
			}
			if r.IntN(8) == 0 {
				kept, err := b.keep(r)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := b.missing(); kept && (n > 0 || err != nil) {
					t.Fatalf("%d gaps (%v)", n, err)
				}
			}
			if r.IntN(3) == 0 { // between blocks, too
				if err := b.fill(); err != nil {
					t.Fatal(err)
				}
			}
			b.compare(t, r)
		}
		if most < 20 {
			t.Errorf("%d rows of blocks at most", most)
		}
	}
}

// While some write, others read, and one keeps and drops blocks, all is as it
// is without blocks.
func TestBlocksWhileOthersWrite(t *testing.T) {
	for _, size := range []int64{32 << 10, 16 << 20} {
		b := newBlockBed(size)
		var writers, others sync.WaitGroup
		var done atomic.Bool
		until := func(seed uint64, fn func(r *rand.Rand) error) {
			others.Go(func() {
				r := rand.New(rand.NewPCG(seed, 6))
				for !done.Load() && !t.Failed() {
					if err := fn(r); err != nil {
						t.Error(err)
					}
				}
			})
		}
		until(1, func(r *rand.Rand) error { _, err := b.keep(r); return err })
		until(8, func(*rand.Rand) error { return b.fill() })
		until(2, func(*rand.Rand) error { _, err := b.right(); return err })
		for n := range uint64(2) {
			writers.Go(func() {
				r := rand.New(rand.NewPCG(n, 7))
				for range 400 {
					b.update(write(r))
				}
			})
			until(3+n, func(r *rand.Rand) error { b.compare(t, r); return nil })
		}
		writers.Wait()
		done.Store(true)
		others.Wait()
	}
}

// Rows that are written in chunks take their blocks away in the same chunk.
func TestBlocksInChunks(t *testing.T) {
	b, r, store := newBlockBed(1<<20), rand.New(rand.NewPCG(1, 8)), memkv.New(nil)
	b.store = store
	for range 60 {
		b.update(write(r))
	}
	if err := b.blocks.Keep(context.Background(), store); err != nil {
		t.Fatal(err)
	}
	before, _ := b.right()
	for range 20 {
		_, err := store.Load(context.Background(), b.im.Load(b.blocks.Load(func(t kv.BulkTxn) error {
			for range 3 {
				_ = write(r)(t)
				if err := t.Flush(); err != nil {
					return err
				}
				if _, err := b.right(); err != nil {
					return err
				}
			}
			return nil
		})))
		if err != nil {
			t.Fatal(err)
		}
	}
	if after, err := b.right(); err != nil || after >= before {
		t.Errorf("%d rows of blocks, %d before (%v)", after, before, err)
	}
}

// A load looks once for the blocks of a run, unless it has met many others.
func TestLoadRemembersRuns(t *testing.T) {
	for known, want := range map[int]int{100: 2, 1: 40} {
		b := filledBlocks(t)
		b.blocks.Known = known
		scans := 0
		load := b.blocks.Load(func(t kv.BulkTxn) error {
			for i := range 20 {
				for _, run := range []string{"aa", "ab"} {
					if err := t.Set(fmt.Appendf(nil, "%s%04d", run, 90*i), nil); err != nil {
						return err
					}
				}
			}
			return nil
		})
		_, err := b.store.(*memkv.Store).Load(context.Background(), func(t kv.BulkTxn) error { return load(scanning{t, &scans}) })
		if err != nil || scans != want {
			t.Errorf("%d scans where %d are remembered, want %d (%v)", scans, known, want, err)
		}
		if _, err := b.right(); err != nil {
			t.Error(err)
		}
	}
}

// scanning counts scans.
type scanning struct {
	kv.BulkTxn
	n *int
}

func (s scanning) Scan(rng kv.Range, fn func(key, value []byte) error) error {
	*s.n++
	return s.BulkTxn.Scan(rng, fn)
}

// firstRows are the first rows of blocks, but for those that begin a run.
func (b *bed) firstRows(t *testing.T) (list [][]byte) {
	t.Helper()
	err := b.store.View(context.Background(), func(r kv.Reader) error {
		return b.blocks.each(r, func(s *stretch) error {
			if len(s.lo) > 2 {
				list = append(list, s.lo)
			}
			return nil
		})
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d blocks (%v)", len(list), err)
	}
	return list
}

// A load deletes each block once.
func TestLoadDeletesOnce(t *testing.T) {
	b := filledBlocks(t)
	key := b.firstRows(t)[0]
	_, err := b.store.(*memkv.Store).Load(context.Background(), b.blocks.Load(func(t kv.BulkTxn) error {
		for n := range 3 {
			if err := t.Set(key, nil); err != nil {
				return err
			}
			if writes, _ := t.Pending(); writes != 2+1+n {
				return fmt.Errorf("%d writes, want a block, its bounds and the row %d times", writes, 1+n)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// A row with which a block begins is in that one, not in the one before; and it
// may be set or deleted.
func TestBlocksOfFirstRows(t *testing.T) {
	for name, do := range map[string]func(t kv.Txn, key []byte) error{
		"set":    func(t kv.Txn, key []byte) error { return t.Set(key, []byte("late")) },
		"delete": kv.Txn.Delete,
	} {
		all := func(list [][]byte, t kv.Txn) (err error) {
			for _, key := range list {
				err = errors.Join(err, do(t, key))
			}
			return err
		}
		b := filledBlocks(t)
		list := b.firstRows(t)
		b.update(func(t kv.Txn) error { return all(list, t) })
		if _, err := b.right(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b = filledBlocks(t)
		_, err := b.store.(*memkv.Store).Load(context.Background(), b.blocks.Load(func(t kv.BulkTxn) error { return all(list, t) }))
		if _, wrong := b.right(); err != nil || wrong != nil {
			t.Errorf("%s in chunks: %v, %v", name, err, wrong)
		}
	}
}

// A block is deleted with its bounds or not at all, whoever goes on after a
// write has failed.
func TestBlockDeletionFails(t *testing.T) {
	for n := 1; ; n++ {
		b := filledBlocks(t)
		key := b.firstRows(t)[0]
		faulty := kvtest.FailAt(b.store.(*memkv.Store), n)
		_, err := faulty.Update(context.Background(), b.blocks.Update(func(t kv.Txn) error {
			_ = t.Set(key, []byte("late"))
			return nil
		}))
		if _, wrong := b.right(); wrong != nil {
			t.Errorf("step %d: %v, %v", n, err, wrong)
		}
		if !faulty.Failed() {
			break
		}
	}
}

// What is kept covers all rows of runs that have enough, in blocks that are
// about alike; a write takes one of them away, and only that is written again.
func TestKeepFillsGaps(t *testing.T) {
	b := newBlockBed(1 << 20)
	put := func(list ...string) {
		b.update(func(t kv.Txn) error {
			for _, key := range list {
				if err := t.Set([]byte(key), []byte("v")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for i := range 90 {
		put(fmt.Sprintf("aa%04d", 10*i))
	}
	for i := range 7 {
		put(fmt.Sprintf("ab%04d", i)) // too few
	}
	spans := func() (list []string) {
		if err := b.blocks.Keep(context.Background(), b.store); err != nil {
			t.Fatal(err)
		}
		err := b.store.View(context.Background(), func(r kv.Reader) error {
			return b.blocks.each(r, func(s *stretch) error {
				list = append(list, fmt.Sprintf("%s-%s %d", s.lo, s.hi, s.len()))
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := []string{"aa-aa0300 30", "aa0300-aa0600 30", "aa0600-ab 30"}
	if got := spans(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	put("aa0455", "aa0456")
	want[1] = "aa0300-aa0600 32"
	if got := spans(); !slices.Equal(got, want) {
		t.Errorf("%q after a write, want %q", got, want)
	}
	b.update(func(t kv.Txn) (err error) {
		for i := 62; i < 89; i++ {
			err = errors.Join(err, t.Delete(fmt.Appendf(nil, "aa%04d", 10*i)))
		}
		return err
	})
	want[2] = "aa0600-ab 3"
	if got := spans(); !slices.Equal(got, want) {
		t.Errorf("%q when few rows are left, want %q", got, want)
	}
	put("ab0007")
	if got := spans(); !slices.Equal(got, append(want, "ab-ac 8")) {
		t.Errorf("%q after one row more", got)
	}
}

// filledBlocks has rows and blocks of all of them.
func filledBlocks(t *testing.T) *bed {
	t.Helper()
	b, r := newBlockBed(16<<20), rand.New(rand.NewPCG(3, 9))
	for range 200 {
		b.update(write(r))
	}
	b.update(func(t kv.Txn) error {
		return errors.Join(t.Set([]byte("ac0500"), []byte("v")), t.Set([]byte("ac9999"), []byte("v")))
	})
	if err := b.blocks.Keep(context.Background(), b.store); err != nil {
		t.Fatal(err)
	}
	if n, err := b.right(); n == 0 || err != nil {
		t.Fatalf("%d rows of blocks (%v)", n, err)
	}
	return b
}

// behindTheBack writes without telling anybody.
func (b *bed) behindTheBack(t *testing.T, fn func(t kv.Txn) error) {
	t.Helper()
	if _, err := b.store.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// A block that lacks a row, or has one that there is not, is told of; so is one
// that overlaps another, and one without its bounds or bounds without a block.
func TestCompareFindsWhatDiffers(t *testing.T) {
	within := &stretch{lo: []byte("ac0500"), hi: []byte("ac0500x")}
	within.put([]byte("0500"), []byte("v"))
	for name, spoil := range map[string]func(b *Blocks, t kv.Txn) error{
		"a row less":  func(_ *Blocks, t kv.Txn) error { return t.Delete([]byte("ac9999")) },
		"a row more":  func(_ *Blocks, t kv.Txn) error { return t.Set([]byte("ac0500x"), nil) },
		"another row": func(_ *Blocks, t kv.Txn) error { return t.Set([]byte("ac0500"), []byte("w")) },
		"two blocks": func(b *Blocks, t kv.Txn) error {
			return errors.Join(t.Set(b.encode(within)), t.Set(b.encodeBounds(within)))
		},
		"bounds alone": func(b *Blocks, t kv.Txn) error { return t.Set(b.encodeBounds(within)) },
		"no bounds":    func(b *Blocks, t kv.Txn) error { return t.Delete(b.key(boundsRow, []byte("ad"))) },
	} {
		b := filledBlocks(t)
		b.behindTheBack(t, func(t kv.Txn) error { return spoil(b.blocks, t) })
		if _, err := b.right(); !errors.Is(err, errBad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where it is unclear where a block begins, whoever writes takes it away.
func TestDamagedBounds(t *testing.T) {
	b := filledBlocks(t)
	begin := b.firstRows(t)
	b.behindTheBack(t, func(t kv.Txn) error {
		return t.Scan(b.blocks.all(boundsRow), func(k, v []byte) error {
			lo, _, err := b.blocks.decodeBounds(k, v)
			if err != nil || len(lo) == 2 {
				return err
			}
			v = slices.Clone(v)
			v[len(lo)-1] ^= 8 // it may be a later key of the same run
			return t.Set(slices.Clone(k), v)
		})
	})
	b.update(func(t kv.Txn) (err error) {
		for _, key := range begin {
			err = errors.Join(err, t.Set(key, []byte("late")))
		}
		return err
	})
	if _, err := b.right(); err != nil {
		t.Error(err)
	}
}

// What is filled from blocks and from between them is all in memory.
func TestFillBetweenBlocks(t *testing.T) {
	b := filledBlocks(t)
	b.update(func(t kv.Txn) error { return t.Set([]byte("ac0500"), []byte("w")) })
	if err := b.fill(); err != nil {
		t.Fatal(err)
	}
	b.inMemory(t, "ac", "ad")
}

// Whichever write fails, the blocks that there are are right, and the next
// attempt goes on.
func TestKeepFails(t *testing.T) {
	for n := 1; ; n++ {
		b, r := newBlockBed(1<<20), rand.New(rand.NewPCG(3, 9))
		for range 40 {
			b.update(write(r))
		}
		whole := b.store.(*memkv.Store)
		faulty := kvtest.FailAt(whole, n)
		err := b.blocks.Keep(context.Background(), faulty)
		if faulty.Failed() != errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("step %d: %v", n, err)
		}
		for range 3 {
			b.update(write(r))
			if _, err := b.right(); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
		if err := errors.Join(b.blocks.Keep(context.Background(), whole), b.fill()); err != nil {
			t.Fatal(err)
		}
		if !faulty.Failed() {
			break
		}
	}
}

// Keeping and dropping end with their context.
func TestKeepEnds(t *testing.T) {
	b, r := newBlockBed(1<<20), rand.New(rand.NewPCG(3, 9))
	for range 40 {
		b.update(write(r))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, do := range []func(context.Context, kv.Store) error{b.blocks.Keep, b.blocks.Drop} {
		if err := do(ctx, b.store); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	}
}

// rowsOf makes a stretch of run "aa" of pairs of a suffix and a value.
func rowsOf(pairs ...string) *stretch {
	s := &stretch{lo: []byte("aa"), hi: []byte("ab")}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.put([]byte(pairs[i]), []byte(pairs[i+1]))
	}
	return s
}

// A block is read as it was written, and its bounds too.
func TestBlockRoundTrip(t *testing.T) {
	b := blocksOfA()
	for _, s := range []*stretch{rowsOf(), rowsOf("", ""), rowsOf("1", "x", "12", "xy", "13", ""), rowsOf("abc", "same", "abd", "same")} {
		k, v := b.encode(s)
		got, err := b.decode(k, v)
		if err != nil || !sameStretch(got, s) {
			t.Errorf("%+v, %v: want %+v", got, err, s)
		}
		k, v = b.encodeBounds(s)
		if lo, hi, err := b.decodeBounds(k, v); err != nil || !bytes.Equal(lo, s.lo) || !bytes.Equal(hi, s.hi) {
			t.Errorf("%s to %s, %v", lo, hi, err)
		}
	}
}

func sameStretch(a, b *stretch) bool {
	return bytes.Equal(a.lo, b.lo) && bytes.Equal(a.hi, b.hi) && bytes.Equal(a.data, b.data) && slices.Equal(a.ends, b.ends)
}

// Whatever a block holds, its checksum included, reading it does not panic; and
// what is read is written so again.
func FuzzBlock(f *testing.F) {
	b := blocksOfA()
	for _, s := range []*stretch{rowsOf(), rowsOf("1", "x", "12", "xy"), {lo: []byte("aa1"), hi: []byte("aa2")}, {lo: []byte("aa"), hi: []byte("ac")}} {
		k, v := b.encode(s)
		f.Add(k[2:], v[:len(v)-4])
		k, _ = b.encodeBounds(s)
		f.Add(k[2:], s.lo)
	}
	f.Fuzz(func(t *testing.T, hi, body []byte) {
		key := b.key(blockRow, hi)
		sum := checksum(key, body)
		value := append(slices.Clone(body), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
		s, err := b.decode(key, value)
		if err == nil {
			k, v := b.encode(s)
			again, err := b.decode(k, v)
			if err != nil || !sameStretch(again, s) {
				t.Errorf("%+v, read again %+v (%v)", s, again, err)
			}
		} else if !errors.Is(err, errBad) {
			t.Error(err)
		}
		key = b.key(boundsRow, hi)
		sum = checksum(key, body)
		value = append(slices.Clone(body), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
		if lo, _, err := b.decodeBounds(key, value); err == nil && bytes.Compare(lo, hi) >= 0 {
			t.Errorf("from %q to %q", lo, hi)
		}
	})
}
