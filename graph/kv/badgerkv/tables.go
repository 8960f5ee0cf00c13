package badgerkv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// A table of the engine is
//
//	block … block | index | its length (4) | checksum | its length (4)
//
// and a block, which is packed as the manifest says of its table,
//
//	entries | their offsets (4 each) | their number (4) | checksum | its length (4)

// tableFile is a table that is to be compared with its checksums.
type tableFile struct {
	id    uint64
	pack  options.CompressionType
	f     *os.File
	index *fb.TableIndex
	sound []atomic.Bool // blocks that were compared
}

var errTable = errors.New("broken")

// openTable checks what the engine reads of a table when it opens it, and would
// end the process over: the index and the last block.
func openTable(dir string, id uint64, pack options.CompressionType) (*tableFile, error) {
	path := table.NewFilename(id, dir)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged("the file " + filepath.Base(path) + " is missing")
	}
	if err != nil {
		return nil, err
	}
	t := &tableFile{id: id, pack: pack, f: f}
	if err = t.readIndex(); err == nil {
		n := t.index.OffsetsLength()
		err = t.check(n-1, n)
	}
	if err != nil {
		f.Close()
		return nil, t.explain(err)
	}
	return t, nil
}

// explain names the table in an error about it.
func (t *tableFile) explain(err error) error {
	if errors.Is(err, errTable) {
		return damaged(fmt.Sprintf("table %s: %v", filepath.Base(t.f.Name()), err))
	}
	return err
}

// readIndex reads the index, which tells where the blocks are.
func (t *tableFile) readIndex() error {
	info, err := t.f.Stat()
	if err != nil {
		return err
	}
	end := tail{t.f, info.Size()}
	sum, err := end.checksum()
	if err != nil {
		return err
	}
	index, err := end.field()
	if err != nil {
		return err
	}
	if len(index) == 0 || crc32.Checksum(index, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of its index", errTable)
	}
	t.index = fb.GetRootAsTableIndex(index, 0) // sound, as its checksum is right
	t.sound = make([]atomic.Bool, t.index.OffsetsLength())
	last, ok := t.block(t.index.OffsetsLength() - 1)
	if !ok || int64(last.Offset())+int64(last.Len()) > end.end {
		return fmt.Errorf("%w: shorter than its index says", errTable)
	}
	return nil
}

func (t *tableFile) block(i int) (b fb.BlockOffset, ok bool) {
	return b, i >= 0 && t.index.Offsets(&b, i)
}

// span tells which blocks an iterator may read on its way from one key to
// another, both of which may be the beginning of keys: all that hold such keys,
// and the one on either side, where it ends.
func (t *tableFile) span(low, high []byte) (from, to int) {
	n := t.index.OffsetsLength()
	first := func(is func(start []byte) bool) int {
		return sort.Search(n, func(i int) bool {
			b, _ := t.block(i)
			return is(b.KeyBytes()) // which ends with the number of its transaction
		})
	}
	from = first(func(start []byte) bool { return bytes.Compare(start, low) >= 0 })
	to = first(func(start []byte) bool { return bytes.Compare(start, high) > 0 && !bytes.HasPrefix(start, high) })
	return max(from-1, 0), min(to+1, n)
}

// readSize is how much of a table is read at a time.
const readSize = 1 << 20

// check compares some blocks with their checksums.
func (t *tableFile) check(from, to int) error {
	var buf, unpacked []byte
	for from < to {
		if t.sound[from].Load() {
			from++
			continue
		}
		start, _ := t.block(from)
		size, n := 0, from
		for ; n < to && size < readSize && !t.sound[n].Load(); n++ {
			b, _ := t.block(n)
			size = int(b.Offset()-start.Offset()) + int(b.Len())
		}
		if size > cap(buf) {
			buf = make([]byte, size)
		}
		_, err := t.f.ReadAt(buf[:size], int64(start.Offset()))
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: shorter than it was", errTable)
		}
		if err != nil {
			return err
		}
		for ; from < n; from++ {
			b, _ := t.block(from)
			at := b.Offset() - start.Offset()
			block, err := t.unpack(unpacked, buf[at:at+b.Len()])
			if err == nil {
				err = checkBlock(block)
			}
			if err != nil {
				return fmt.Errorf("%w at byte %d", err, b.Offset())
			}
			t.sound[from].Store(true)
			unpacked = block[:0]
		}
	}
	return nil
}

// unpack gives a block as it was before it was packed, in memory that is not
// needed any more.
func (t *tableFile) unpack(into, b []byte) ([]byte, error) {
	if t.pack != options.ZSTD {
		return b, nil // the store has never packed otherwise
	}
	b, err := y.ZSTDDecompress(into, b)
	if err != nil {
		err = fmt.Errorf("%w: a block cannot be unpacked", errTable)
	}
	return b, err
}

func checkBlock(b []byte) error {
	end := len(b) - 4
	if end < 0 || int(binary.BigEndian.Uint32(b[end:])) > end {
		return fmt.Errorf("%w: end of a block", errTable)
	}
	data := end - int(binary.BigEndian.Uint32(b[end:]))
	sum, err := parseChecksum(b[data:end])
	if err != nil {
		return err
	}
	if crc32.Checksum(b[:data], castagnoli) != sum {
		return fmt.Errorf("%w: checksum of a block", errTable)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// tail reads fields from the end of a file, or of a part of it, towards the
// beginning.
type tail struct {
	f   *os.File
	end int64
}

// field takes the bytes that are followed by their number.
func (t *tail) field() ([]byte, error) {
	n, err := t.take(4)
	if err != nil {
		return nil, err
	}
	return t.take(int64(binary.BigEndian.Uint32(n)))
}

func (t *tail) take(n int64) ([]byte, error) {
	if n < 0 || n > t.end {
		return nil, fmt.Errorf("%w: too short", errTable)
	}
	t.end -= n
	b := make([]byte, n)
	_, err := t.f.ReadAt(b, t.end)
	return b, err
}

func (t *tail) checksum() (uint32, error) {
	b, err := t.field()
	if err != nil {
		return 0, err
	}
	return parseChecksum(b)
}

// parseChecksum reads a checksum. The engine writes a protobuf message with the
// kind, which is left out for CRC-32 C, and the sum as field 2, a varint.
func parseChecksum(b []byte) (uint32, error) {
	if len(b) == 0 {
		return 0, nil // a sum of 0 is left out, too
	}
	sum, used := binary.Uvarint(b[1:])
	if b[0] != 2<<3 || used != len(b)-1 {
		return 0, fmt.Errorf("%w: checksum cannot be read", errTable)
	}
	return uint32(sum), nil
}
