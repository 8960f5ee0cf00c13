package graph

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/parleydb/parley/graph/kv"
)

// Changes yields the transactions after from, up to and including to, in
// order; to 0 is the newest. A follower goes on from the TS of the last
// transaction that it was given, and so gets each of them once.
//
// What the reader's clearance, or an embargo at the time of reading, hides is
// left out, and so is a transaction of which nothing remains, or of which all
// was erased: nothing tells it from one that there never was. The end of an
// embargo is no transaction, and is not given by any.
//
// With Wait, an answer that would be empty waits for the first transaction
// that it can give, and remains empty if none comes in time.
func (db *DB) Changes(ctx context.Context, from, to TS, opts *ChangesOptions) iter.Seq2[Transaction, error] {
	f := follower{db: db, from: from, to: to}
	if opts != nil {
		f.ChangesOptions = *opts
	}
	return func(yield func(Transaction, error) bool) {
		f, stopped := f, false // the sequence may be run again
		err := f.follow(ctx, func(t Transaction, err error) bool {
			stopped = !yield(t, err)
			return !stopped
		})
		if err != nil && !stopped {
			yield(Transaction{}, err)
		}
	}
}

// follower reads the change log for one reader.
type follower struct {
	ChangesOptions
	db       *DB
	from, to TS
}

// follow gives what there is and, where there is nothing, waits for it.
func (f *follower) follow(ctx context.Context, yield func(Transaction, error) bool) error {
	if f.to != 0 && f.to <= f.from {
		return nil
	}
	var late <-chan time.Time
	for {
		more := f.db.news.next() // before looking, so that nothing is missed
		last := TS(f.db.published.Load())
		if f.to != 0 {
			last = min(last, f.to)
		}
		given, err := f.give(ctx, last, yield)
		if err != nil || given || f.Wait <= 0 || (f.to != 0 && last == f.to) {
			return err
		}
		if late == nil {
			timer := time.NewTimer(f.Wait)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-more:
		case <-late:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// give yields the transactions up to last, and tells whether there were any.
// No engine snapshot is held while the caller looks at them.
func (f *follower) give(ctx context.Context, last TS, yield func(Transaction, error) bool) (given bool, err error) {
	for {
		page, err := f.page(ctx, last)
		if err != nil {
			return given, err
		}
		for _, t := range page {
			given = true
			if !yield(t, nil) {
				return true, nil
			}
		}
		if f.from >= last {
			return given, nil
		}
	}
}

const (
	pageTransactions = 64
	pageOperations   = 4096
)

// page reads some transactions from one engine snapshot, and notes how far.
func (f *follower) page(ctx context.Context, last TS) (page []Transaction, err error) {
	from := f.from
	v := f.db.At(Point{Clearance: f.Clearance})
	err = v.read(ctx, func(rd *reading) error {
		page, f.from = nil, from
		for ops := 0; f.from < last && len(page) < pageTransactions && ops < pageOperations; {
			if err := ctx.Err(); err != nil {
				return err
			}
			s, err := rd.nextStory(f.from, last)
			if err != nil {
				return err
			}
			if s == nil {
				f.from = last
				return nil
			}
			t, err := s.tell()
			if err != nil {
				return err
			}
			f.from, ops = s.ts, ops+s.ops
			if !t.empty() {
				page = append(page, t)
			}
		}
		return nil
	})
	return page, err
}

// nextStory reads the first transaction after from, all of its chunks.
func (rd *reading) nextStory(from, last TS) (*story, error) {
	var s *story
	rng := kv.Range{Start: logKey(from+1, 0), End: logKey(last+1, 0)}
	err := rd.r.Scan(rng, func(key, value []byte) error {
		rec, err := decodeLog(key, value)
		if err != nil {
			return err
		}
		if s == nil {
			s = newStory(rd, &rec)
		}
		if rec.ts != s.ts {
			return kv.Stop
		}
		if err := s.add(rec.ops); err != nil || !rec.last {
			return err
		}
		return kv.Stop
	})
	return s, err
}

// news wakes those that wait for transactions.
type news struct {
	mu struct {
		sync.Mutex
		more chan struct{} // closed by the next tell; nil: nobody waits
	}
}

// next is closed when there is something new.
func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.more == nil {
		n.mu.more = make(chan struct{})
	}
	return n.mu.more
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mu.more != nil {
		close(n.mu.more)
		n.mu.more = nil
	}
}

// erased passes over rows that erasing took away.
func erased(err error) bool { return errors.Is(err, kv.ErrNotFound) }
