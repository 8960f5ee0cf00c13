//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package badgerkv

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps writers away from a directory while its files are inspected. It
// fails with kv.ErrInUse where there is a writer. The engine takes the same
// lock later, and for longer.
func lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errInUse
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}
