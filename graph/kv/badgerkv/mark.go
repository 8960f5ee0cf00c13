package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// markName is the file in which a store notes, beside the engine's files, how
// far its log must reach.
const markName = "PARLEY"

// The file has two slots of a sector each, which are written in turn, so that
// one is whole at any time: the number of a transaction of the engine (8 bytes)
// and its checksum (4). What follows, if anything, is a sentence on damage that
// was found while the store was open.
const (
	markSlot = 512
	markSize = 2 * markSlot
)

// mark is the file, open for writing.
type mark struct{ f *os.File }

// noted is what the file says.
type noted struct {
	exists bool
	commit uint64 // the last transaction that was durable when the file was written
	damage string
}

func readMark(dir string) (noted, error) {
	b, err := os.ReadFile(filepath.Join(dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return noted{}, nil // a store that 0.1.0 made, or none
	}
	if err != nil {
		return noted{}, err
	}
	if len(b) < markSize {
		return noted{}, damaged("the file " + markName + " was cut short")
	}
	n := noted{exists: true, damage: string(b[markSize:])}
	whole := false
	for slot := range 2 {
		if commit, ok := readSlot(b[slot*markSlot:]); ok {
			n.commit, whole = max(n.commit, commit), true
		}
	}
	if !whole {
		return noted{}, damaged("the file " + markName + " cannot be read")
	}
	return n, nil
}

func readSlot(b []byte) (commit uint64, ok bool) {
	return binary.BigEndian.Uint64(b), crc32.Checksum(b[:8], castagnoli) == binary.BigEndian.Uint32(b[8:])
}

func slotOf(commit uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, commit)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// openMark opens the file, and makes it where a store has none.
func openMark(dir string, commit uint64) (*mark, error) {
	name := filepath.Join(dir, markName)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeMark(name, commit); err != nil {
			return nil, err
		}
		f, err = os.OpenFile(name, os.O_RDWR, 0)
	}
	if err != nil {
		return nil, err
	}
	return &mark{f}, nil
}

// makeMark puts the file in its place as a whole.
func makeMark(name string, commit uint64) error {
	b := make([]byte, markSize)
	copy(b, slotOf(commit))
	copy(b[markSlot:], slotOf(commit))
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// reached notes that a transaction is durable. It does not wait for the disk:
// what the machine forgets of it, the file just does not know.
func (m *mark) reached(commit uint64) error {
	if _, err := m.f.WriteAt(slotOf(commit), int64(commit%2)*markSlot); err != nil {
		return fmt.Errorf("noting a commit in %s: %w", m.f.Name(), err)
	}
	return nil
}

// found notes damage, so that the store stays refused when the engine has
// rewritten what was damaged.
func (m *mark) found(damage error) error {
	_, err := m.f.WriteAt([]byte(firstLine(damage)), markSize)
	return errors.Join(err, m.f.Sync())
}

// close notes the last transaction for good.
func (m *mark) close(commit uint64) error {
	return errors.Join(m.reached(commit), m.f.Sync(), m.f.Close())
}
