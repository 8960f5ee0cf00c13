package badgerkv

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"github.com/dgraph-io/ristretto/v2/z"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
)

// building is tables that are written beside those of the engine. They are
// mapped into memory only once the engine opens them.
type building struct {
	dir    string
	opts   table.Options
	level  uint32
	commit uint64 // that all rows belong to
	next   uint64
	ids    []uint64

	table   *table.Builder
	size    int // that it takes of its memory
	key     []byte
	writing chan error // of the table that is being written; nil: none is
}

// apart is how far the numbers of the tables are from those of the engine, which
// may write some until it is closed.
const apart = 1000

// builders is how many tables are in memory at once: one is put together while
// another one is written. Left to itself, a builder begins with too little memory,
// and doubles that.
const (
	builders      = 2
	builderMemory = 64 << 20
	rowOverhead   = 16 // bytes of a table beside a key and a value
)

// taken is about how much of its memory a builder takes for a row: it holds its
// block, and has as much ready to pack it into; for a row that is larger than a
// block it makes room twice.
func (b *building) taken(row int) int {
	if row > b.opts.BlockSize {
		return 4*row + b.opts.BlockSize
	}
	return (2*b.opts.BlockSize + 512) * (row + rowOverhead) / b.opts.BlockSize
}

// begin begins a table. The pool forgets memory that is not asked for within
// some seconds: then there is some of the right size in its place.
func (b *building) begin() {
	b.opts.AllocPool.Return(b.opts.AllocPool.Get(builderMemory, "tables"))
	b.table, b.size = table.NewTableBuilder(b.opts), 0
}

// often is how many rows there are from one report to the next.
const often = 1 << 13

func newBuilding(o badger.Options, commit uint64) (*building, error) {
	b := &building{dir: o.Dir, level: uint32(o.MaxLevels - 1), commit: commit, opts: table.Options{
		TableSize: uint64(o.BaseTableSize), BlockSize: o.BlockSize, BloomFalsePositive: o.BloomFalsePositive,
		ChkMode: o.ChecksumVerificationMode, Compression: o.Compression, ZSTDCompressionLevel: o.ZSTDCompressionLevel,
	}}
	files, err := os.ReadDir(o.Dir)
	for _, f := range files {
		if id, ok := table.ParseFileID(f.Name()); ok {
			b.next = max(b.next, id)
		}
	}
	b.next += apart
	return b, err
}

// build writes the rows. The store's time, whose key comes before all others, is
// one of them.
func (b *building) build(ctx context.Context, staged *sorted.Rows, tell func(done, all int), ts kv.TS) error {
	if err := staged.Settle(); err != nil {
		return err
	}
	b.opts.AllocPool = z.NewAllocatorPool(builders)
	defer b.opts.AllocPool.Release()
	err := b.add(timeKey, binary.BigEndian.AppendUint64(nil, uint64(ts)))
	n := 0
	if err == nil {
		err = staged.Scan(kv.Range{}, func(row sorted.Row) error {
			if n++; n%often == 0 && tell != nil {
				tell(n, staged.Puts())
			}
			if row.Deleted {
				return nil
			}
			return errors.Join(ctx.Err(), b.add(row.Key, row.Value))
		})
	}
	if err == nil {
		err = b.end()
	} else if b.table != nil { // whose goroutines wait for more
		b.table.Finish()
		b.table.Close()
	}
	if b.writing != nil {
		err = errors.Join(err, <-b.writing)
	}
	if err == nil {
		err = syncFile(b.dir)
	}
	return err
}

func (b *building) add(key, value []byte) error {
	if b.table != nil && (b.size >= builderMemory*9/10 || b.table.ReachedCapacity()) {
		if err := b.end(); err != nil {
			return err
		}
	}
	if b.table == nil {
		b.begin()
	}
	b.key = binary.BigEndian.AppendUint64(append(b.key[:0], key...), ^b.commit) // newer ones sort first
	b.size += b.taken(len(b.key) + len(value))
	b.table.Add(b.key, y.ValueStruct{Value: value}, 0)
	return nil
}

// end has the table in hand written while the next one is put together.
func (b *building) end() error {
	if b.writing != nil {
		if err := <-b.writing; err != nil {
			b.writing = nil
			return err
		}
	}
	t, id := b.table, b.next
	b.table, b.next, b.ids, b.writing = nil, id+1, append(b.ids, id), make(chan error, 1)
	go func(done chan<- error) {
		data := t.Finish()
		t.Close()
		done <- writeSynced(table.NewFilename(id, b.dir), data)
	}(b.writing)
	return nil
}

// remove removes the tables.
func (b *building) remove() (err error) {
	for _, id := range b.ids {
		if e := os.Remove(table.NewFilename(id, b.dir)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
