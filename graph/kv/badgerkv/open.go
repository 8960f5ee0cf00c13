package badgerkv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
)

// Open opens the store in a directory, which is made if it does not exist. A
// directory that another store has open is kv.ErrInUse, damage kv.ErrDamaged.
func Open(dir string, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}
	s, err := openStore(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("badgerkv: open %s: %w", dir, err)
	}
	return s, nil
}

func openStore(dir string, opts *Options) (*Store, error) {
	var found *inspection
	err := protect(func() (err error) {
		found, err = inspect(dir, opts.ReadOnly)
		return err
	})
	if err != nil {
		return nil, err
	}
	db, err := found.openEngine(dir, opts)
	if err != nil {
		found.sums.release()
		return nil, err
	}
	s := newStore(db, found.sums, opts)
	if err := s.start(dir, found.again); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newStore(db *badger.DB, sums *sums, opts *Options) *Store {
	s := &Store{db: db, sums: sums, now: time.Now, readOnly: opts.ReadOnly, noSync: opts.NoSync, turn: guard.NewTurn(), committing: guard.NewTurn(), applying: guard.NewTurn(), rewriting: guard.NewTurn()}
	if opts.Now != nil {
		s.now = opts.Now
	}
	sums.live, sums.found = s.hasTable, s.noteDamage
	s.snapshots.db = db
	s.snapshots.renew()
	return s
}

// start reads where the store stands, and begins to look for damage.
func (s *Store) start(dir string, again []recorded) (err error) {
	defer func() { go s.sums.run() }()
	if !s.readOnly {
		if err := s.commitAgain(dir, again); err != nil {
			return err
		}
		if err := removeLeft(dir); err != nil {
			return err
		}
		if s.mark, err = openMark(dir, s.snapshots.commit()); err != nil {
			return err
		}
		if err := s.takeLog(); err != nil {
			return err
		}
	}
	s.commits = s.snapshots.commit()
	return s.readTime()
}

// commitAgain gives the engine what it has lost, and the journal has, unless somebody
// else has done so since the files were inspected. Then the journal is not needed any
// more.
func (s *Store) commitAgain(dir string, list []recorded) error {
	for _, r := range list {
		if s.db.MaxVersion()+1 != r.commit {
			return fmt.Errorf("%w, or was meanwhile: open it again", kv.ErrInUse)
		}
		if err := s.put(r.rows, r.ts); err != nil {
			return err
		}
	}
	var err error
	if len(list) > 0 {
		s.snapshots.renew()
		err = protect(s.db.Sync)
	}
	return errors.Join(err, syncLogs(dir))
}

// syncLogs brings the logs to the disk where a process has left a journal, which was
// enough for it. The engine may remove logs meanwhile, of which it has tables.
func syncLogs(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, journalName)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	files, err := os.ReadDir(dir)
	for _, name := range named(files, ".mem") {
		if e := syncFile(filepath.Join(dir, name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, syncFile(dir))
}

// takeLog takes it over to bring the engine's log to the disk, once all files
// are there. Where that fails, nothing can be written.
func (s *Store) takeLog() (err error) {
	if s.noSync || !syncsLog {
		return nil
	}
	if s.wal != nil {
		s.wal.close()
		s.wal = nil
	}
	if err = protect(s.db.Sync); err == nil {
		s.wal, err = openWAL(s.db.Opts().Dir, func() error { return protect(s.db.Sync) })
	}
	if err != nil {
		s.fail(err)
	}
	return err
}

// removeLeft removes the files that a process left which was ended: those it
// needed while it filled the store, and its journal.
func removeLeft(dir string) error {
	files, err := os.ReadDir(dir)
	for _, f := range files {
		if left(f.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}

// openEngine makes the directory where there is none, and lets the engine at it.
func (i *inspection) openEngine(dir string, opts *Options) (*badger.DB, error) {
	if opts.ReadOnly && len(i.again) > 0 {
		return nil, errUnclean
	}
	if !opts.ReadOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the directory cannot be made: name one where you may write: %w", err)
		}
	}
	return openEngine(opts.engine(dir))
}

func openEngine(opts badger.Options) (db *badger.DB, err error) {
	if !opts.ReadOnly {
		if err := makeDiscard(opts.Dir); err != nil {
			return nil, err
		}
	}
	err = protect(func() error {
		db, err = badger.Open(opts)
		return explain(opts.Dir, err)
	})
	return db, err
}

const (
	discardName = "DISCARD"
	discardSize = 4 << 10
)

// makeDiscard makes the file in which the engine counts what it could drop from its
// value log. All values are kept beside their keys, so there never is anything to
// count. The engine would make a file of 1 MiB, and takes one that is there as it is;
// so does this function: another process may have it mapped into its memory.
func makeDiscard(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, discardName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, discardSize))
	return errors.Join(err, f.Close())
}

func inUse(dir string) error {
	if pid := holder(dir); pid > 0 {
		return fmt.Errorf("%w, in process %d: end that process first", kv.ErrInUse, pid)
	}
	return fmt.Errorf("%w: end the other process first", kv.ErrInUse)
}

var errUnclean = fmt.Errorf("%w: it was not closed cleanly; open it once for writing", kv.ErrReadOnly)

// damages are what the engine says, in part, about damaged files that Open has
// not found damaged before.
var damages = []string{
	"checksum", "anifest", "MANIFEST", "corrupt", "truncat", "file does not exist for table", "key registry", "datakey", "sanity", "EOF", "Create a new file",
}

// explain finds out what an error of the engine's opening means. The engine
// wraps errors by their text alone, so that errors.Is does not see through it.
func explain(dir string, err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "Cannot acquire directory lock"):
		return inUse(dir)
	case strings.Contains(text, badger.ErrTruncateNeeded.Error()):
		return errUnclean
	case strings.Contains(text, "read-only db"), strings.Contains(text, "for read-only open"):
		return fmt.Errorf("%w: there is no store yet, and none can be made", kv.ErrReadOnly)
	}
	if machine := errnoIn(text); machine != 0 {
		return fmt.Errorf("%w: %w", machine, err)
	}
	for _, part := range damages {
		if strings.Contains(text, part) {
			return damaged(err)
		}
	}
	return err
}

// errnoIn finds the error of the operating system that a text tells, or 0.
func errnoIn(text string) syscall.Errno {
	const last = 133
	for e := syscall.Errno(1); e <= last; e++ {
		if strings.Contains(text, ": "+e.Error()) {
			return e
		}
	}
	return 0
}
