// Package kv is the seam between the claim graph and the place where its rows
// are kept. Users of Parley open a store with one of the packages below this
// one (memkv, badgerkv); whoever writes another store implements Store and
// proves it with kvtest.
//
// A store is an ordered map from keys to values with snapshots, serial updates
// and a clock of its own, the transaction time TS. It keeps one version of
// each key: the graph answers questions about the past from its own rows.
//
// Keys are 1 to MaxKey bytes long and ordered by bytes.Compare; values are 0
// to MaxValue bytes long. Keys that begin with a zero byte belong to the store
// itself and are refused with ErrKey. A key that is absent is not an error of
// Scan or GetMany; Get reports it as ErrNotFound. Byte slices handed to a
// callback are valid until the callback returns; slices handed to Set belong to
// the caller again as soon as Set returns; the slice that Get returns stays as
// it is, and nobody changes it.
package kv

import (
	"context"
	"errors"
	"time"
)

// The limits that every store enforces before its engine sees a write.
const (
	MaxKey         = 4 << 10          // bytes of one key
	MaxValue       = 1<<20 - 1        // bytes of one value
	MaxUpdateBytes = 8 << 20          // bytes of keys and values of one update or chunk
	MaxUpdateKeys  = 50_000           // writes of one update or chunk
	MaxUpdateTime  = 10 * time.Second // time that the function of one update may take
	MaxViewTime    = 10 * time.Minute // age at which a view's reads begin to fail
	MaxFillKeys    = 1000             // rows that a store may hold and still be filled
)

// The errors of every store, always wrapped with the facts of the case.
var (
	ErrNotFound = errors.New("kv: key not found")
	ErrClosed   = errors.New("kv: store is closed")
	ErrDone     = errors.New("kv: used after its function returned")
	ErrKey      = errors.New("kv: key refused")
	ErrTooLarge = errors.New("kv: limit exceeded")
	ErrTooLong  = errors.New("kv: took too long")
	ErrReadOnly = errors.New("kv: store is read-only")
	ErrDamaged  = errors.New("kv: store is damaged")
	ErrInUse    = errors.New("kv: store is open elsewhere")
	ErrFilled   = errors.New("kv: store holds too much to be filled")
)

// Stop ends a Scan or GetMany without an error when the function given to it
// returns it.
var Stop = errors.New("kv: stop")

// TS is a transaction time: milliseconds since 1970 (UTC) shifted left by
// Logical bits, plus a counter within the millisecond. The store hands them
// out strictly increasing, never behind the highest that it holds, also across
// reopening and when the machine's clock was set back.
type TS uint64

// Logical is the number of bits of a TS that count within a millisecond.
const Logical = 18

// At is the first transaction time of the millisecond that t lies in. Times
// before 1970 give 0.
func At(t time.Time) TS {
	if ms := t.UnixMilli(); ms > 0 {
		return TS(ms) << Logical
	}
	return 0
}

// Time is the wall-clock millisecond of the transaction time, in UTC.
func (ts TS) Time() time.Time { return time.UnixMilli(int64(ts >> Logical)).UTC() }

// Next is the transaction time to hand out at wall-clock time now when the
// highest that was handed out is ts.
func (ts TS) Next(now time.Time) TS { return max(ts+1, At(now)) }

// Range selects the keys from Start (inclusive) to End (exclusive). A nil or
// empty Start begins at the first key, a nil or empty End ends behind the
// last. Reverse visits the same keys in descending order. With KeysOnly the
// values given to the callback are nil. Limit, when positive, ends the scan
// after that many keys.
type Range struct {
	Start, End []byte
	Reverse    bool
	KeysOnly   bool
	Limit      int
}

// Reader reads one consistent snapshot. It must not be used by two goroutines
// at once, nor after the function that it was given to has returned (ErrDone).
type Reader interface {
	// Get returns the value at key, or ErrNotFound. It stays as it is, and is
	// not to be changed.
	Get(key []byte) ([]byte, error)
	// GetMany calls fn for each of the keys that is present, in the order of
	// keys, with the key's index. One call, however many keys, is one round
	// trip to a store that is elsewhere.
	GetMany(keys [][]byte, fn func(i int, value []byte) error) error
	// Scan calls fn for each key of the range in order. The first error of fn
	// ends the scan and is returned, except Stop, which ends it without one.
	// fn may call Get, GetMany and Scan.
	Scan(r Range, fn func(key, value []byte) error) error
}

// Txn reads its own writes on top of a snapshot that no other writer changes
// while it runs. Scan sees the writes made before it began.
type Txn interface {
	Reader
	// TS is the transaction time at which the update will appear.
	TS() TS
	// Set and Delete report ErrKey and ErrTooLarge at once; deleting an absent
	// key is no error.
	Set(key, value []byte) error
	Delete(key []byte) error
}

// Following is an optional interface of a Txn that is given to Update.
type Following interface {
	Txn
	// After is the transaction time of the update or load whose writes are the
	// last in what this one reads; 0: that is not known. Who remembers what that
	// one wrote knows that nobody has changed it since.
	After() TS
}

// Store keeps rows.
type Store interface {
	// View runs fn on one consistent snapshot. The context ends waiting and
	// scanning; its error is returned.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn and makes its writes visible and durable, all or none,
	// before it returns. Updates run one after another, in the order of their
	// transaction times. If fn returns an error, nothing is written and that
	// error is returned. fn may be run again, so it must be safe to run twice;
	// it must compute, not wait. A cancelled context is honoured until fn has
	// returned; what has been handed to the engine is completed.
	Update(ctx context.Context, fn func(Txn) error) (TS, error)
	// Closed returns the transaction time at or below which no commit can
	// appear any more: here, the last one acknowledged.
	Closed(ctx context.Context) (TS, error)
	// Close waits for running calls and releases everything. Calls after it
	// report ErrClosed; a second Close does nothing.
	Close() error
}

// Bulk is a second, optional interface: one transaction time for more writes
// than one Update may hold.
type Bulk interface {
	// Load runs fn once while all other writers wait, and without
	// MaxUpdateTime. If fn returns an error, the chunk in hand is dropped, but
	// chunks that were flushed stay: undoing them is the caller's business.
	Load(ctx context.Context, fn func(BulkTxn) error) (TS, error)
}

// BulkTxn is a Txn whose writes are made durable in chunks, each within the
// limits of one update. Readers see flushed chunks at once.
type BulkTxn interface {
	Txn
	// Flush makes what was written so far durable, all or nothing, and begins
	// the next chunk. What is left when fn returns nil is flushed, too.
	Flush() error
	// Pending is the size of the chunk in hand.
	Pending() (keys, bytes int)
}

// Filler is an optional interface of a Bulk that has a faster way of writing
// into a store that holds hardly anything.
type Filler interface {
	Bulk
	// Fill is Load for a store of at most MaxFillKeys rows, else ErrFilled, but
	// all or nothing: what fn writes becomes visible and durable when Fill
	// returns; where fn returns an error, or the process ends meanwhile, the
	// store is as before. Views go on meanwhile and see the store as it was.
	// Flush only begins the next chunk. Reading back what was written is slower
	// than in a Load.
	Fill(ctx context.Context, opts *FillOptions, fn func(BulkTxn) error) (TS, error)
}

// FillOptions are the choices of Filler.Fill; nil stands for the zero FillOptions.
type FillOptions struct {
	// Memory is about how many bytes of memory hold rows before they go into
	// temporary files; 0: the store chooses. A store in memory ignores it.
	Memory int64
	// Progress is told now and then how many of all rows are on the disk, once fn
	// has returned. Nil is told nothing; a store in memory has nothing to tell.
	Progress func(done, all int)
}

// Restorable is a Bulk that can be made to go on behind the transaction times
// of another store.
type Restorable interface {
	Bulk
	// Raise makes the store hand out only transaction times above ts from now
	// on; with the next update or load, for good.
	Raise(ctx context.Context, ts TS) error
}

// Scrubber is an optional interface of stores on disk.
type Scrubber interface {
	// Scrub rewrites the files, so that what was overwritten or deleted before
	// is in none of them. It waits for views that began before.
	Scrub(ctx context.Context) error
}

// Compactor is a third, optional interface: rewriting what is stored so that
// reading it is fast, which is worth while after a Load.
type Compactor interface {
	Compact(ctx context.Context) error
}
