package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
)

// inspect reports what the engine would not survive, or would make worse: it
// ends the process over some damaged tables, and it deletes tables that its
// manifest does not name.
func inspect(dir string, readOnly bool) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && !readOnly {
		return nil // the engine makes it
	}
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	tables := withExt(files, ".sst")
	clean := len(withExt(files, ".mem")) == 0 // a clean close leaves no log
	if err := inspectManifest(dir, len(tables), clean); err != nil {
		return err
	}
	return inspectTables(dir, tables)
}

func withExt(files []fs.DirEntry, ext string) (names []string) {
	for _, f := range files {
		if filepath.Ext(f.Name()) == ext {
			names = append(names, f.Name())
		}
	}
	return names
}

// inspectManifest asks whether the manifest can be relied on to name the tables
// in the directory. When the process was killed, its last entry may be
// incomplete and a table may be there that it does not name yet.
func inspectManifest(dir string, tables int, clean bool) error {
	f, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) && tables == 0 {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return damaged("the file " + badger.ManifestFilename + " is missing")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := inspectFormat(f); err != nil {
		return err
	}
	manifest, end, err := badger.ReplayManifestFile(f, format, badger.Options{})
	if err != nil {
		return damaged(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if clean && (end < size || tables > 0 && len(manifest.Tables) == 0) {
		return damaged("the file " + badger.ManifestFilename + " was cut short")
	}
	return nil
}

// inspectFormat reads the number of the format from the beginning of the
// manifest, where it follows the engine's name.
func inspectFormat(f *os.File) error {
	var head [8]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || string(head[:4]) != "Bdgr" {
		return damaged("the file " + badger.ManifestFilename + " does not begin as it should")
	}
	if n := binary.BigEndian.Uint16(head[4:]); n != format {
		return fmt.Errorf("this is a Badger directory of format %d, not a store of format %d", n, format)
	}
	return nil
}

func inspectTables(dir string, names []string) error {
	for _, name := range names {
		err := inspectTable(filepath.Join(dir, name))
		if errors.Is(err, errTable) {
			return damaged(fmt.Sprintf("table %s: %v", name, err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errTable = errors.New("broken")

// inspectTable checks what the engine reads when it opens a table: the end of
// the file,
//
//	block … block | index | its length (4) | checksum | its length (4)
//
// and the last block, whose own end is built alike:
//
//	entries | their offsets (4 each) | their number (4) | checksum | its length (4)
func inspectTable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file := tail{f, info.Size()}
	sum, err := file.checksum()
	if err != nil {
		return err
	}
	index, err := file.field()
	if err != nil {
		return err
	}
	if len(index) == 0 || crc32.Checksum(index, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of its index", errTable)
	}
	return inspectBlock(f, file.end, index)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// inspectBlock checks the last block of an index. Blocks are the engine's
// flatbuffers, which are sound where the checksum of the index is.
func inspectBlock(f *os.File, end int64, index []byte) error {
	table := fb.GetRootAsTableIndex(index, 0)
	var last fb.BlockOffset
	if n := table.OffsetsLength(); n == 0 || !table.Offsets(&last, n-1) {
		return fmt.Errorf("%w: no blocks", errTable)
	}
	if int64(last.Offset())+int64(last.Len()) > end {
		return fmt.Errorf("%w: shorter than its index says", errTable)
	}
	block := tail{f, int64(last.Offset()) + int64(last.Len())}
	sum, err := block.checksum()
	if err != nil {
		return err
	}
	data := make([]byte, block.end-int64(last.Offset()))
	if _, err := f.ReadAt(data, int64(last.Offset())); err != nil {
		return err
	}
	if crc32.Checksum(data, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of its last block", errTable)
	}
	return nil
}

// tail reads fields from the end of a file towards its beginning.
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
	if n > t.end {
		return nil, fmt.Errorf("%w: too short", errTable)
	}
	t.end -= n
	b := make([]byte, n)
	_, err := t.f.ReadAt(b, t.end)
	return b, err
}

// checksum takes a checksum. The engine writes a protobuf message with the
// kind, which is left out for CRC-32 C, and the sum as field 2, a varint.
func (t *tail) checksum() (uint32, error) {
	const maxLen = 11
	n, err := t.take(4)
	if err != nil {
		return 0, err
	}
	if l := binary.BigEndian.Uint32(n); l > maxLen {
		return 0, fmt.Errorf("%w: checksum of %d bytes", errTable, l)
	}
	b, err := t.take(int64(binary.BigEndian.Uint32(n)))
	if err != nil {
		return 0, err
	}
	if len(b) == 0 {
		return 0, nil // a sum of 0 is left out, too
	}
	sum, used := binary.Uvarint(b[1:])
	if b[0] != 2<<3 || used != len(b)-1 {
		return 0, fmt.Errorf("%w: checksum cannot be read", errTable)
	}
	return uint32(sum), nil
}
