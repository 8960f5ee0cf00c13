package badgerkv

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/internal/guard"
	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// maxGroup is the size at which a group takes no further update. Together with
// an update of the greatest size it fits into one engine transaction.
var maxGroup = guard.Chunk{Keys: 4000, Bytes: 512 << 10}

// group is the updates that are committed together. While it is open, its rows,
// size and ts are guarded by groups.mu, and change only in the store's turn; err
// may be read once done is closed.
type group struct {
	rows *rows.Tree // what they wrote
	size guard.Chunk
	ts   kv.TS // of the last of them
	done chan struct{}
	err  error

	// Of who commits it, and then of who applies it:
	recorded bool  // the journal has it
	at       int64 // where
}

// member is an update that has become part of a group.
type member struct {
	group *group
	ts    kv.TS
	first bool // and so has to finish the group
}

// groups are what was written and is not in the latest snapshot yet.
type groups struct {
	mu struct {
		sync.Mutex
		open  *group   // takes further updates; nil: there is none
		under []*group // are being committed, the newest first: one is recorded, and one applied
	}
}

// full is the open group if it takes no further update, or nil.
func (g *groups) full() *group {
	g.mu.Lock()
	defer g.mu.Unlock()
	if open := g.mu.open; open != nil && (open.size.Keys >= maxGroup.Keys || open.size.Bytes >= maxGroup.Bytes) {
		return open
	}
	return nil
}

// uncommitted gives the rows of all, the newer ones first. In the store's turn
// nobody adds to them.
func (g *groups) uncommitted() layers {
	g.mu.Lock()
	defer g.mu.Unlock()
	var l layers
	if g.mu.open != nil {
		l[0] = g.mu.open.rows
	}
	for i, under := range g.mu.under {
		l[i+1] = under.rows
	}
	return l
}

// add makes an update part of the open group, or of a new one.
func (g *groups) add(t *txn) member {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := g.mu.open == nil
	if first {
		g.mu.open = &group{rows: t.rows, done: make(chan struct{})}
	} else {
		g.mu.open.rows.PutAll(t.rows)
	}
	open := g.mu.open
	open.ts = t.ts
	open.size.Keys += t.chunk.Keys
	open.size.Bytes += t.chunk.Bytes
	return member{open, t.ts, first}
}

// take closes the open group, in order to commit it, if it is the one that is
// meant; nil means any.
func (g *groups) take(which *group) *group {
	g.mu.Lock()
	defer g.mu.Unlock()
	open := g.mu.open
	if open == nil || (which != nil && which != open) {
		return nil
	}
	g.mu.open, g.mu.under = nil, append([]*group{open}, g.mu.under...)
	return open
}

// applied forgets the oldest group, which the latest snapshot has.
func (g *groups) applied() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mu.under = g.mu.under[:len(g.mu.under)-1]
}

// pace is how long, about, an update and a commit take.
type pace struct{ update, commit atomic.Int64 } // in nanoseconds

// smooth is how many values an average is of, about.
const smooth = 8

func (p *pace) joined(took time.Duration) { average(&p.update, took) }

func (p *pace) committed(took time.Duration) { average(&p.commit, took) }

// average is changed by one goroutine at a time.
func average(of *atomic.Int64, took time.Duration) {
	old := of.Load()
	of.Store(old + (int64(took)-old)/smooth)
}

// worth tells whether a group does better to wait for those who are in the queue
// than to be committed while they write into the next one. Where two groups take
// turns, as many wait as are being committed: together they would be one group
// that takes its time twice for updates, but once for the disk.
func (p *pace) worth(queue int32) bool {
	return 2*int64(queue)*p.update.Load() <= p.commit.Load()
}
