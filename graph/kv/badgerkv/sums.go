package badgerkv

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4/options"
)

// sums compares the tables that a store was opened with with their checksums,
// before anything of them is read: the engine takes what it finds for rows, or
// compares them itself and ends a scan at what is wrong as if it were the end.
// The rows of one first byte are compared when they are first read, the others
// meanwhile.
type sums struct {
	tables   []*tableFile
	live     func(id uint64) bool // whether the engine still has a table
	found    func(error)          // is told of damage, once
	families [256]familySum
	damage   atomic.Pointer[error]
	stopped  atomic.Bool
	done     chan struct{}
}

type familySum struct {
	once sync.Once
	done atomic.Bool
	err  error
}

func newSums() *sums {
	return &sums{done: make(chan struct{}), live: func(uint64) bool { return true }, found: func(error) {}}
}

// add opens a table.
func (s *sums) add(dir string, id uint64, pack options.CompressionType) error {
	t, err := openTable(dir, id, pack)
	if err == nil {
		s.tables = append(s.tables, t)
	}
	return err
}

// last is the last transaction that the tables hold rows of.
func (s *sums) last() uint64 {
	var last uint64
	for _, t := range s.tables {
		last = max(last, t.index.MaxVersion())
	}
	return last
}

// check reports damage in the rows of a first byte.
func (s *sums) check(lead byte) error {
	f := &s.families[lead]
	f.once.Do(func() {
		f.err = s.compare([]byte{lead}, []byte{lead})
		f.done.Store(true)
	})
	return f.err
}

// checkRange reports damage in what an iterator reads.
func (s *sums) checkRange(p prefix) error {
	if p != none {
		return s.check(byte(p))
	}
	for lead := range len(s.families) {
		if err := s.check(byte(lead)); err != nil {
			return err
		}
	}
	return nil
}

// checkSpan reports damage between two keys of any order, and around them. It
// serves a scan for one row, which would wait long for all of its first byte.
func (s *sums) checkSpan(a, b []byte) error {
	if f := &s.families[a[0]]; f.done.Load() && a[0] == b[0] {
		return f.err
	}
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	return s.compare(a, b)
}

func (s *sums) compare(low, high []byte) error {
	for _, t := range s.tables {
		err := t.check(t.span(low, high))
		if err == nil || !s.live(t.id) { // the engine cuts off what it removes
			continue
		}
		err = t.explain(err)
		if s.damage.CompareAndSwap(nil, &err) {
			s.found(err)
		}
		return err
	}
	return nil
}

// damaged is the first damage that was found.
func (s *sums) damaged() error {
	if err := s.damage.Load(); err != nil {
		return *err
	}
	return nil
}

// run compares everything that nobody has read yet.
func (s *sums) run() {
	defer close(s.done)
	for lead := range len(s.families) {
		if s.stopped.Load() {
			return
		}
		_ = s.check(byte(lead)) // kept for those who read it
	}
}

// stop ends run.
func (s *sums) stop() {
	s.stopped.Store(true)
	<-s.done
	s.release()
}

func (s *sums) release() {
	for _, t := range s.tables {
		t.f.Close()
	}
}
