package simkv

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

var (
	_ kv.Store      = (*Store)(nil)
	_ kv.Restorable = (*Store)(nil)
)

// Options of a Store; nil works.
type Options struct {
	Now func() time.Time // nil: time.Now
	// Schedule decides when what happens; nil: each update is a group of its
	// own, made durable at once.
	Schedule *Schedule
	// SyncFails is how many syncs in a thousand fail. A store whose sync has
	// failed takes no more updates.
	SyncFails int
	Rand      *rand.Rand // for SyncFails and the size of groups
}

// Store is a kv.Store on a Disk.
type Store struct {
	disk *Disk
	opts Options
	gate guard.Gate
	turn guard.Turn // of the one writer, where there is no schedule
	busy bool       // the same under a schedule
	last kv.TS      // highest that was handed out
	head state      // with what is waiting for its sync
	seen seen       // what readers find
	wait []*pending // for the committer
	dead error      // a sync failed
}

// state is rows and the transaction time of the last update in them.
type state struct {
	rows   *rows.Tree
	closed kv.TS
}

// pending is an update that waits for its group.
type pending struct {
	update
	state
	done bool
	err  error
}

// Open reads a disk.
func Open(disk *Disk, opts *Options) *Store {
	s := &Store{disk: disk, turn: guard.NewTurn(), head: state{rows: rows.New()}}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	disk.read(func(g group) {
		for _, u := range g {
			s.last = max(s.last, u.ts, u.raised)
			s.head.closed = max(s.head.closed, u.ts)
			apply(s.head.rows, u.writes)
		}
	})
	s.seen.set(s.head)
	if s.opts.Schedule != nil {
		s.opts.Schedule.add(s.commit, true)
	}
	return s
}

func apply(t *rows.Tree, writes []write) {
	for _, w := range writes {
		if w.deleted {
			t.Remove(w.key)
		} else {
			t.Put(rows.Row{Key: w.key, Value: w.value})
		}
	}
}

// commit is the committer: it makes groups of what waits, until the crash.
func (s *Store) commit() {
	for s.opts.Schedule.wait(func() bool { return len(s.wait) > 0 }) == nil {
		n := 1 + s.opts.Rand.IntN(len(s.wait))
		batch := s.wait[:n:n]
		s.wait = s.wait[n:]
		s.group(batch)
	}
}

// group makes updates durable together, or none of them.
func (s *Store) group(batch []*pending) {
	g := make(group, len(batch))
	for i, p := range batch {
		g[i] = p.update
	}
	err := s.dead
	if err == nil {
		s.disk.append(g)
		err = s.step() // between write and sync
	}
	if err == nil {
		err = s.disk.sync(s.opts.SyncFails > 0 && s.opts.Rand.IntN(1000) < s.opts.SyncFails)
	}
	for _, p := range batch {
		p.done, p.err = true, err
	}
	if err != nil {
		s.dead = err
		return
	}
	s.seen.set(batch[len(batch)-1].state)
}

// step is a place at which others go on, or the process is killed.
func (s *Store) step() error {
	if s.opts.Schedule == nil {
		return nil
	}
	return s.opts.Schedule.wait(nil)
}

// alive tells why a call cannot be made.
func (s *Store) alive(ctx context.Context) error {
	if s.opts.Schedule != nil && s.opts.Schedule.crashed {
		return ErrCrashed
	}
	return ctx.Err()
}

// take waits for the one writer's turn.
func (s *Store) take(ctx context.Context) error {
	if s.opts.Schedule == nil {
		return s.turn.Take(ctx)
	}
	if err := s.opts.Schedule.wait(func() bool { return !s.busy }); err != nil {
		return err
	}
	s.busy = true
	return ctx.Err()
}

func (s *Store) give() {
	if s.opts.Schedule == nil {
		s.turn.Give()
		return
	}
	s.busy = false
}

// durable waits until an update, which readers do not see before, is durable.
func (s *Store) durable(p *pending) error {
	if s.opts.Schedule == nil {
		s.group([]*pending{p})
		return p.err
	}
	s.wait = append(s.wait, p)
	if err := s.opts.Schedule.wait(func() bool { return p.done }); err != nil {
		return err
	}
	return p.err
}

// View implements kv.Store.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := s.alive(ctx); err != nil {
		return err
	}
	r := &rows.Reader{Call: guard.Begin(ctx, s.opts.Now, kv.MaxViewTime), Rows: s.seen.get().rows}
	defer r.Call.End()
	return fn(r)
}

// Update implements kv.Store. Its function is run once; another update may
// begin before this one is durable.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) (kv.TS, error) {
	p, err := s.run(ctx, kv.MaxUpdateTime, func(b *txn) error { return fn(txnOnly{b}) }, false)
	if err != nil {
		return 0, err
	}
	if s.opts.Schedule == nil {
		return p.ts, nil
	}
	return p.ts, s.durable(p)
}

// Load implements kv.Bulk.
func (s *Store) Load(ctx context.Context, fn func(kv.BulkTxn) error) (kv.TS, error) {
	p, err := s.run(ctx, 0, func(b *txn) error { return fn(b) }, true)
	if err != nil {
		return 0, err
	}
	return p.ts, nil
}

// run runs the function of an update or load while no other one runs. With
// inside it is made durable before another one may begin.
func (s *Store) run(ctx context.Context, longest time.Duration, fn func(*txn) error, inside bool) (*pending, error) {
	if err := s.gate.Enter(); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	if err := s.alive(ctx); err != nil {
		return nil, err
	}
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.give()
	if s.dead != nil {
		return nil, s.dead
	}
	before := s.head
	t := s.begin(ctx, longest)
	defer t.Call.End()
	if err := fn(t); err != nil {
		return nil, err
	}
	if err := t.Call.Check(); err != nil {
		return nil, err
	}
	p := t.finish()
	if !inside && s.opts.Schedule != nil {
		return p, nil
	}
	err := s.durable(p)
	if err != nil {
		s.head = before
	}
	return p, err
}

func (s *Store) begin(ctx context.Context, longest time.Duration) *txn {
	s.last = s.last.Next(s.opts.Now())
	return &txn{Reader: rows.Reader{Call: guard.Begin(ctx, s.opts.Now, longest), Rows: s.head.rows.Copy()}, store: s, ts: s.last}
}

// finish makes the writes the head on which the next update builds.
func (t *txn) finish() *pending {
	s := t.store
	s.head = state{t.Rows, t.ts}
	return &pending{update: update{t.ts, s.last, t.writes}, state: s.head}
}

// Raise implements kv.Restorable.
func (s *Store) Raise(ctx context.Context, ts kv.TS) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	s.last = max(s.last, ts)
	return nil
}

// Closed implements kv.Store.
func (s *Store) Closed(ctx context.Context) (kv.TS, error) {
	if err := s.gate.Enter(); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	if err := s.alive(ctx); err != nil {
		return 0, err
	}
	return s.seen.get().closed, nil
}

// Close implements kv.Store. What is durable stays on the disk.
func (s *Store) Close() error {
	s.gate.Close()
	return nil
}
