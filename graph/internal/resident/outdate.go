package resident

import (
	"bytes"
	"errors"
	"slices"
	"sort"

	"github.com/parleydb/parley/graph/kv"
)

// Update makes a function of an update delete the blocks that it makes wrong.
func (b *Blocks) Update(fn func(kv.Txn) error) func(kv.Txn) error {
	return func(t kv.Txn) error { return fn(&outdating{t, b}) }
}

type outdating struct {
	kv.Txn
	blocks *Blocks
}

func (t *outdating) Set(key, value []byte) error {
	if err := t.blocks.outdate(t.Txn, key); err != nil {
		return err
	}
	return t.Txn.Set(key, value)
}

func (t *outdating) Delete(key []byte) error {
	if err := t.blocks.outdate(t.Txn, key); err != nil {
		return err
	}
	return t.Txn.Delete(key)
}

// outdate deletes the block in which a row lies that is written.
func (b *Blocks) outdate(t kv.Txn, key []byte) error {
	if !b.kept.Load() || !b.whose(key) {
		return nil
	}
	var found span
	rng := b.boundsFrom(key)
	rng.Limit = 1
	err := t.Scan(rng, func(k, v []byte) error { found = b.span(k, v); return nil })
	if err != nil || !found.has(key) {
		return err
	}
	return found.delete(t, b)
}

// boundsFrom selects the bounds of the blocks that end behind a key, up to the
// end of its run.
func (b *Blocks) boundsFrom(key []byte) kv.Range {
	end := behind(b.key(boundsRow, nil), key[:b.Layout(key)])
	return kv.Range{Start: append(b.key(boundsRow, key), 0), End: append(end, 0)}
}

// span is where a block lies.
type span struct {
	lo, hi []byte
	bounds []byte // the value of the row that says so
}

// span reads bounds. Where those are damaged, the block may begin anywhere.
func (b *Blocks) span(k, v []byte) span {
	lo, _, err := b.decodeBounds(k, v)
	if err != nil {
		lo = nil
	}
	return span{lo, slices.Clone(k[2:]), slices.Clone(v)}
}

func (s *span) has(key []byte) bool {
	return bytes.Compare(s.lo, key) <= 0 && bytes.Compare(key, s.hi) < 0
}

// delete deletes a block and its bounds, or neither: a load goes on to undo what
// it did where a write fails.
func (s *span) delete(t kv.Txn, b *Blocks) error {
	bounds := b.key(boundsRow, s.hi)
	if err := t.Delete(bounds); err != nil {
		return err
	}
	if err := t.Delete(b.key(blockRow, s.hi)); err != nil {
		return errors.Join(err, t.Set(bounds, s.bounds))
	}
	return nil
}

// Load is Update for what is written in chunks: a block goes in the chunk in
// which the first row of it is written.
func (b *Blocks) Load(fn func(kv.BulkTxn) error) func(kv.BulkTxn) error {
	return func(t kv.BulkTxn) error { return fn(&outdatingBulk{BulkTxn: t, blocks: b, runs: map[string][]span{}}) }
}

// outdatingBulk remembers which blocks the runs have to which it has written:
// nobody else writes any meanwhile.
type outdatingBulk struct {
	kv.BulkTxn
	blocks *Blocks
	runs   map[string][]span // by prefix
	spans  int               // in runs
}

func (t *outdatingBulk) Set(key, value []byte) error {
	if err := t.outdate(key); err != nil {
		return err
	}
	return t.BulkTxn.Set(key, value)
}

func (t *outdatingBulk) Delete(key []byte) error {
	if err := t.outdate(key); err != nil {
		return err
	}
	return t.BulkTxn.Delete(key)
}

func (t *outdatingBulk) outdate(key []byte) error {
	if !t.blocks.kept.Load() || !t.blocks.whose(key) {
		return nil
	}
	prefix := key[:t.blocks.Layout(key)]
	list, err := t.run(prefix)
	if err != nil {
		return err
	}
	i := sort.Search(len(list), func(i int) bool { return bytes.Compare(list[i].hi, key) > 0 })
	if i == len(list) || !list[i].has(key) {
		return nil
	}
	if err := list[i].delete(t.BulkTxn, t.blocks); err != nil {
		return err
	}
	t.runs[string(prefix)] = slices.Delete(list, i, i+1)
	return nil
}

// run lists the blocks of a run.
func (t *outdatingBulk) run(prefix []byte) (list []span, err error) {
	if list, ok := t.runs[string(prefix)]; ok {
		return list, nil
	}
	err = t.Scan(t.blocks.boundsFrom(prefix), func(k, v []byte) error {
		list = append(list, t.blocks.span(k, v))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(t.runs)+t.spans >= t.blocks.Known {
		clear(t.runs)
		t.spans = 0
	}
	t.runs[string(prefix)] = list
	t.spans += len(list)
	return list, nil
}
