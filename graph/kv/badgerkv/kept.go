package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parleydb/parley/graph/internal/sorted"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// keptName is the file that keeps the rows of a store while it is filled. Where
// it is found, the process ended meanwhile: what the engine holds counts for
// nothing, and these rows for everything.
const keptName = "PARLEY.fill"

// kept is what the file says: the transaction time (8 bytes), each row as the
// length of its key (4), of its value (4), key and value, and a checksum (4).
type kept struct {
	time kv.TS
	rows *rows.Tree
}

func (k *kept) write(dir string) error {
	b := binary.BigEndian.AppendUint64(nil, uint64(k.time))
	for c := k.rows.Scan(kv.Range{}); c.Valid(); c.Next() {
		row := c.Row()
		b = binary.BigEndian.AppendUint32(b, uint32(len(row.Key)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(row.Value)))
		b = append(append(b, row.Key...), row.Value...)
	}
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	name := filepath.Join(dir, keptName)
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(name+".new", name); err != nil {
		return err
	}
	return syncDir(dir)
}

// readKept reads the file; without one it gives no rows.
func readKept(dir string) (k kept, err error) {
	b, err := os.ReadFile(filepath.Join(dir, keptName))
	if errors.Is(err, fs.ErrNotExist) {
		return kept{}, nil
	}
	if err != nil {
		return kept{}, err
	}
	unreadable := damaged("the file " + keptName + " cannot be read")
	end := len(b) - crc32.Size
	if end < 8 || crc32.Checksum(b[:end], castagnoli) != binary.BigEndian.Uint32(b[end:]) {
		return kept{}, unreadable
	}
	k = kept{time: kv.TS(binary.BigEndian.Uint64(b)), rows: rows.New()}
	for b = b[8:end]; len(b) > 0; {
		if len(b) < 8 {
			return kept{}, unreadable
		}
		key, value := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
		if b = b[8:]; key > kv.MaxKey || value > kv.MaxValue || len(b) < key+value {
			return kept{}, unreadable
		}
		k.rows.Put(rows.Row{Key: b[:key:key], Value: b[key : key+value : key+value]})
		b = b[key+value:]
	}
	return k, nil
}

func removeKept(dir string) error {
	if err := os.Remove(filepath.Join(dir, keptName)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// halfFilled tells whether a process ended while it filled the store.
func halfFilled(files []fs.DirEntry) bool {
	for _, f := range files {
		if f.Name() == keptName {
			return true
		}
	}
	return false
}

// empty removes all files of a store that was being filled, but for the rows
// that were kept.
func empty(dir string, files []fs.DirEntry, readOnly bool) error {
	if readOnly {
		return fmt.Errorf("%w: it was being filled when its process ended; open it once for writing", kv.ErrReadOnly)
	}
	for _, f := range files {
		if name := f.Name(); ours(name) && name != keptName && name != "LOCK" {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// removeLeft removes the files that a process left which was ended while it
// sorted rows, or was about to keep those that there were.
func removeLeft(dir string) error {
	files, err := os.ReadDir(dir)
	for _, f := range files {
		if run, _ := filepath.Match(sorted.Pattern, f.Name()); run || f.Name() == keptName+".new" {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}
