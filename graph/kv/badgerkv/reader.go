package badgerkv

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
)

// reader is the kv.Reader of a view.
type reader struct {
	call *guard.Call
	on   *iters
	sums *sums
}

func (r *reader) Get(key []byte) (value []byte, err error) {
	if err := r.call.Check(); err != nil {
		return nil, err
	}
	if err := guard.Key(key); err != nil {
		return nil, err
	}
	found := false
	err = r.find(key, func(v []byte) error {
		found, value = true, append(value, v...)
		return nil
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: %.40q", kv.ErrNotFound, key)
	}
	return value, err
}

func (r *reader) GetMany(keys [][]byte, fn func(i int, value []byte) error) error {
	if err := r.call.Check(); err != nil {
		return err
	}
	for i, key := range keys {
		if err := guard.Key(key); err != nil {
			return err
		}
		if err := r.call.Step(); err != nil {
			return err
		}
		if err := r.find(key, func(v []byte) error { return fn(i, v) }); err != nil {
			return unlessStop(err)
		}
	}
	return nil
}

// find calls fn with the value at key, if there is one.
func (r *reader) find(key []byte, fn func(value []byte) error) (err error) {
	if err := r.sums.check(key[0]); err != nil {
		return err
	}
	var e engineCall
	defer e.end(&err)
	item, err := r.on.of.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("badgerkv: get %.40q: %w", key, err)
	}
	return item.Value(func(v []byte) error { return e.leave(func() error { return fn(v) }) })
}

func (r *reader) Scan(rg kv.Range, fn func(key, value []byte) error) error {
	if err := r.call.Check(); err != nil {
		return err
	}
	b := boundsOf(rg)
	if b.empty() {
		return nil
	}
	if rg.Limit == 1 {
		return r.scanOne(b, rg, fn)
	}
	if err := r.sums.checkRange(b.prefix()); err != nil {
		return err
	}
	return r.scan(b, rg, fn)
}

func (r *reader) scan(b bounds, rg kv.Range, fn func(key, value []byte) error) error {
	s := scan{call: r.call, rg: rg, fn: fn}
	return unlessStop(s.run(b, r.on))
}

// scanOne scans for one row. It looks for damage around the place where it
// begins, then from there to what it finds, which is everything if that is
// nothing.
func (r *reader) scanOne(b bounds, rg kv.Range, fn func(key, value []byte) error) error {
	from := b.from(b.prefix())
	if len(from) == 0 {
		from = last(0xff)
	}
	if err := r.sums.checkSpan(from, from); err != nil {
		return err
	}
	found := false
	err := r.scan(b, rg, func(key, value []byte) error {
		found = true
		if err := r.sums.checkSpan(from, key); err != nil {
			return err
		}
		return fn(key, value)
	})
	if err != nil || found {
		return err
	}
	return r.sums.checkRange(b.prefix())
}

// scan is one run over a range.
type scan struct {
	call   *guard.Call
	rg     kv.Range
	fn     func(key, value []byte) error
	engine engineCall
	key    []byte
	rows   int
}

func (s *scan) run(b bounds, on *iters) (err error) {
	defer s.engine.end(&err)
	it := on.take(b.prefix(), b.reverse)
	defer on.give(it)
	visit := s.visit
	for b.seek(it); it.Valid(); it.Next() {
		if err := s.call.Step(); err != nil {
			return err
		}
		item := it.Item()
		if s.key = item.Key(); b.past(s.key) {
			return nil
		}
		if err := s.row(item, visit); err != nil {
			return err
		}
	}
	return nil
}

func (s *scan) row(item *badger.Item, visit func(value []byte) error) error {
	if s.rg.KeysOnly {
		return visit(nil)
	}
	return item.Value(visit)
}

// visit hands one row over.
func (s *scan) visit(value []byte) error {
	s.engine.left = true
	err := s.fn(s.key, value)
	s.engine.left = false
	if s.rows++; err == nil && s.rows == s.rg.Limit {
		return kv.Stop
	}
	return err
}

func unlessStop(err error) error {
	if errors.Is(err, kv.Stop) {
		return nil
	}
	return err
}
