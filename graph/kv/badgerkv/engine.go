package badgerkv

import (
	"fmt"
	"strings"

	"github.com/parleydb/parley/graph/kv"
)

// engineCall turns a panic of the engine, which is how it meets damaged files,
// into kv.ErrDamaged. Panics of a callback are not its business.
type engineCall struct {
	left bool // a callback is running
}

// end is to be deferred.
func (e *engineCall) end(err *error) {
	if e.left {
		return
	}
	if p := recover(); p != nil {
		*err = damaged(p)
	}
}

// leave runs a callback.
func (e *engineCall) leave(fn func() error) error {
	e.left = true
	err := fn()
	e.left = false
	return err
}

// protect runs engine code that calls nothing of ours.
func protect(fn func() error) (err error) {
	var e engineCall
	defer e.end(&err)
	return fn()
}

// tolerate releases something of the engine, which may be unable to when it has
// met damage before; that was reported then.
func tolerate(release func()) {
	defer func() { _ = recover() }()
	release()
}

// advice is the way out of damage, which the engine has none for.
const advice = "restore the store from a backup or a dump"

// damaged makes an error of the first line of what the engine says.
func damaged(cause any) error {
	return fmt.Errorf("%w; %s: %s", kv.ErrDamaged, advice, firstLine(cause))
}

func firstLine(cause any) string {
	line, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprint(cause)), "\n")
	return line
}
