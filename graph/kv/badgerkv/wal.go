package badgerkv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// wal brings the engine's log to the disk, which the engine would do with its
// value log, too, for each commit, although nothing is ever written to that: a
// second wait. It is used by who gives the engine what is committed.
type wal struct {
	dir    string
	id     int // of the log that is written to
	f      *os.File
	engine func() error // brings the log that is written to to the disk, by the engine
}

// openWAL finds the newest log.
func openWAL(dir string, engine func() error) (*wal, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	w := wal{dir: dir, engine: engine}
	for _, name := range named(files, ".mem") {
		if id, err := strconv.Atoi(strings.TrimSuffix(name, ".mem")); err == nil {
			w.id = max(w.id, id)
		}
	}
	if w.f, err = os.Open(w.name(w.id)); err != nil {
		return nil, fmt.Errorf("the engine's log: %w", err)
	}
	return &w, nil
}

func (w *wal) name(id int) string { return filepath.Join(w.dir, fmt.Sprintf("%05d.mem", id)) }

// sync waits until what the engine has written is on the disk. The engine writes
// each transaction into one log; when that is full, it makes the next.
func (w *wal) sync() error {
	for {
		if err := dataSync(w.f); err != nil {
			return err
		}
		if !w.followed() {
			return nil
		}
		f, err := os.Open(w.name(w.id + 1))
		if err != nil { // for want of descriptors: it is opened another time
			return w.engine()
		}
		w.close()
		w.f, w.id = f, w.id+1
	}
}

// followed tells whether the engine has made a further log.
func (w *wal) followed() bool {
	_, err := os.Lstat(w.name(w.id + 1)) // which needs no descriptor
	return !errors.Is(err, fs.ErrNotExist)
}

// follow goes on to the next log, if the engine has made one, once the disk has both.
func (w *wal) follow() error {
	if !w.followed() {
		return nil
	}
	return w.sync()
}

func (w *wal) close() { w.f.Close() }
