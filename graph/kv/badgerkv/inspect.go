package badgerkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/internal/sorted"
)

// Exists tells whether a directory holds a store, or what is left of one.
func Exists(dir string) bool {
	files, err := os.ReadDir(dir)
	return err != nil && !errors.Is(err, fs.ErrNotExist) || remains(files)
}

// remains tells whether there are files of a store.
func remains(files []fs.DirEntry) bool {
	for _, f := range files {
		switch f.Name() {
		case badger.ManifestFilename, badger.KeyRegistryFileName, markName, journalName:
			return true
		}
		switch filepath.Ext(f.Name()) {
		case ".sst", ".mem", ".vlog":
			return true
		}
	}
	return false
}

// inspection is what was found in a directory before the engine sees it.
type inspection struct {
	sums   *sums
	unmade []string   // files that the engine must not find
	again  []recorded // commits that the engine's log does not have, and the journal does
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

// ours tells whether a store gives its files such a name.
func ours(name string) bool {
	switch filepath.Ext(name) {
	case ".sst", ".vlog", ".mem":
		return true
	}
	return left(name) || slices.Contains([]string{badger.ManifestFilename, badger.KeyRegistryFileName, markName, discardName, "LOCK"}, name)
}

// left tells whether a file is only needed while a store is open.
func left(name string) bool {
	run, _ := filepath.Match(sorted.Pattern, name)
	return run || name == newManifest || name == journalName
}

// inspect reports what the engine would not survive, or would make worse: it
// ends the process over some damaged tables, deletes tables that its manifest
// does not name, and cuts logs off at the first entry that it cannot read. Who may
// write then removes what the engine must not find.
func inspect(dir string, readOnly bool) (*inspection, error) {
	found := &inspection{sums: newSums()}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && !readOnly {
		return found, nil // it will be made
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err = found.inspect(dir); err == nil && !readOnly {
		err = found.clear(dir)
	}
	if err != nil {
		found.sums.release()
		return nil, err
	}
	return found, nil
}

func (i *inspection) inspect(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil || !remains(files) {
		return err
	}
	note, err := readMark(dir)
	if err != nil {
		return err
	}
	if note.damage != "" {
		return damaged("found earlier: " + note.damage)
	}
	manifest, err := inspectManifest(dir, files)
	if err != nil {
		return err
	}
	for id, table := range manifest.Tables {
		if err := i.sums.add(dir, id, table.Compression); err != nil {
			return err
		}
	}
	if err := errors.Join(i.sums.check(timeKey[0]), inspectKeys(dir)); err != nil {
		return err
	}
	return i.inspectLogs(dir, files, note)
}

// inspectLogs checks that the logs reach as far as what was acknowledged, or that
// the journal does.
func (i *inspection) inspectLogs(dir string, files []fs.DirEntry, note noted) error {
	all, err := inspectLogs(dir, files, i.sums.last())
	if err == nil {
		err = inspectValueLogs(dir, files, &all)
	}
	var journal uint64
	if err == nil {
		i.again, journal, err = readJournal(dir, all.last)
	}
	reached := all.last + uint64(len(i.again))
	switch {
	case err != nil:
		return err
	case all.torn != nil && (len(i.again) == 0 || reached+1 < all.seen): // one commit may be missing, that was under way
		return all.torn
	case reached < note.commit:
		return damaged(fmt.Sprintf("transactions %d to %d are missing: a log, a file such as 00001.mem, or the file "+journalName+" was removed, cut short or changed", reached+1, note.commit))
	case reached+2 < journal: // or two, of which the journal has but the second
		return damaged(fmt.Sprintf("transactions %d to %d are missing in front of one that the file "+journalName+" has", reached+1, journal-1))
	case len(all.unmade) > 0 && !note.exists && (all.last > 0 || all.values): // else the store itself was about to be made
		return damaged("the file " + all.unmade[0] + " is empty")
	}
	i.unmade = append(all.unmade, all.behind...)
	return nil
}

// clear removes files that the engine was about to make or to remove, and logs
// behind a torn one.
func (i *inspection) clear(dir string) error {
	for _, name := range i.unmade {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// inspectKeys checks the file of encryption keys, of which there are none. It
// is 16 bytes of any kind and a text.
func inspectKeys(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, badger.KeyRegistryFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the engine makes it
	}
	if err == nil && (len(b) != 28 || !strings.HasSuffix(string(b), "Hello Badger")) {
		err = damaged("the file " + badger.KeyRegistryFileName + " cannot be read")
	}
	return err
}

// inspectManifest reads the manifest, and asks whether it can be relied on to
// name the tables. When a process was killed, which leaves its log behind, the
// last entry may be incomplete, and there may be tables that were about to be
// named. A clean close leaves neither.
func inspectManifest(dir string, files []fs.DirEntry) (badger.Manifest, error) {
	tables, logs := count(files, ".sst"), count(files, ".mem")
	f, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
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
