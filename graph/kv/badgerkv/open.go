package badgerkv

import (
	"errors"
	"fmt"
	"io/fs"
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
	err := protect(func() error { return inspect(dir, opts.ReadOnly) })
	var db *badger.DB
	if err == nil {
		db, err = openEngine(opts.engine(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("badgerkv: open %s: %w", dir, err)
	}
	s := newStore(db, opts)
	if err := s.readTime(); err != nil {
		return nil, errors.Join(fmt.Errorf("badgerkv: open %s: %w", dir, err), s.Close())
	}
	return s, nil
}

func newStore(db *badger.DB, opts *Options) *Store {
	s := &Store{db: db, now: time.Now, readOnly: opts.ReadOnly, turn: guard.NewTurn()}
	if opts.Now != nil {
		s.now = opts.Now
	}
	s.snapshots.db = db
	s.snapshots.renew()
	return s
}

func openEngine(opts badger.Options) (db *badger.DB, err error) {
	err = protect(func() error {
		db, err = badger.Open(opts)
		return explain(err)
	})
	return db, err
}

var errInUse = fmt.Errorf("%w: end the other process that has this directory open, or open it read-only in both", kv.ErrInUse)

// machine are errors of the machine rather than of the files.
var machine = []error{
	fs.ErrPermission, syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.ENOSPC,
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EDQUOT,
}

// explain finds out what an error of the engine's opening means. The engine
// wraps errors by their text alone, so that errors.Is does not see through it.
func explain(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "Cannot acquire directory lock"):
		return errInUse
	case strings.Contains(text, badger.ErrTruncateNeeded.Error()):
		return fmt.Errorf("%w: it was not closed cleanly; open it once for writing", kv.ErrReadOnly)
	case strings.Contains(text, "read-only db"), strings.Contains(text, "for read-only open"):
		return fmt.Errorf("%w: there is no store yet, and none can be made", kv.ErrReadOnly)
	}
	for _, m := range machine {
		if strings.Contains(text, m.Error()) {
			return fmt.Errorf("%w: %w", m, err)
		}
	}
	return damaged(err)
}
