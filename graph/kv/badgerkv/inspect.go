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
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/table"
)

// Exists tells whether a directory holds a store.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, badger.ManifestFilename))
	return err == nil
}

// Remove removes the files of the store in a directory, and nothing else there.
// A store that is open is kv.ErrInUse and left alone.
func Remove(dir string) error {
	unlock, err := lock(dir)
	if err != nil {
		return fmt.Errorf("badgerkv: remove %s: %w", dir, err)
	}
	defer unlock()
	files, err := os.ReadDir(dir)
	for _, f := range files {
		if ours(f.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}

// ours tells whether the engine gives its files such a name.
func ours(name string) bool {
	switch filepath.Ext(name) {
	case ".sst", ".vlog", ".mem":
		return true
	}
	return slices.Contains([]string{badger.ManifestFilename, badger.KeyRegistryFileName, "DISCARD", "LOCK"}, name)
}

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
	manifest, err := inspectManifest(dir, files)
	if err != nil {
		return err
	}
	for id := range manifest.Tables {
		if err := inspectTable(table.NewFilename(id, dir)); err != nil {
			return err
		}
	}
	return nil
}

// inspectManifest reads the manifest, and asks whether it can be relied on to
// name the tables. When a process was killed, which leaves its log behind, the
// last entry may be incomplete, and there may be tables that were about to be
// named. A clean close leaves neither.
func inspectManifest(dir string, files []fs.DirEntry) (badger.Manifest, error) {
	tables, logs := count(files, ".sst"), count(files, ".mem")
	f, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) && tables == 0 {
		return badger.Manifest{}, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return badger.Manifest{}, damaged("the file " + badger.ManifestFilename + " is missing")
	}
	if err != nil {
		return badger.Manifest{}, err
	}
	defer f.Close()
	if err := inspectFormat(f); err != nil {
		return badger.Manifest{}, err
	}
	manifest, end, err := badger.ReplayManifestFile(f, format, badger.Options{})
	if err != nil {
		return badger.Manifest{}, damaged(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil && logs == 0 && (end < size || tables > 0 && len(manifest.Tables) == 0) {
		err = damaged("the file " + badger.ManifestFilename + " was cut short")
	}
	return manifest, err
}

// count counts the files with an extension.
func count(files []fs.DirEntry, ext string) int {
	n := 0
	for _, f := range files {
		if filepath.Ext(f.Name()) == ext {
			n++
		}
	}
	return n
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

var errTable = errors.New("broken")

// inspectTable checks what the engine reads of a table when it opens it: the
// end of the file,
//
//	block … block | index | its length (4) | checksum | its length (4)
//
// and the last block, whose own end is built alike:
//
//	entries | their offsets (4 each) | their number (4) | checksum | its length (4)
func inspectTable(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return damaged("the file " + filepath.Base(path) + " is missing")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		err = tail{f, info.Size()}.table()
	}
	if errors.Is(err, errTable) {
		return damaged(fmt.Sprintf("table %s: %v", filepath.Base(path), err))
	}
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// tail reads fields from the end of a file, or of a part of it, towards the
// beginning.
type tail struct {
	f   *os.File
	end int64
}

// table checks the end of a table and its last block.
func (t tail) table() error {
	sum, err := t.checksum()
	if err != nil {
		return err
	}
	index, err := t.field()
	if err != nil {
		return err
	}
	if len(index) == 0 || crc32.Checksum(index, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of its index", errTable)
	}
	blocks := fb.GetRootAsTableIndex(index, 0) // sound, as its checksum is right
	var last fb.BlockOffset
	if n := blocks.OffsetsLength(); n == 0 || !blocks.Offsets(&last, n-1) {
		return fmt.Errorf("%w: no blocks", errTable)
	}
	start, size := int64(last.Offset()), int64(last.Len())
	if start+size > t.end {
		return fmt.Errorf("%w: shorter than its index says", errTable)
	}
	return tail{t.f, start + size}.block(start)
}

// block checks the block that begins at start. It would have to be unpacked
// first if tables were compressed.
func (t tail) block(start int64) error {
	sum, err := t.checksum()
	if err != nil {
		return err
	}
	data, err := t.take(t.end - start)
	if err != nil {
		return err
	}
	if crc32.Checksum(data, castagnoli) != sum {
		return fmt.Errorf("%w: checksum of its last block", errTable)
	}
	return nil
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
