package graph

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/parleydb/parley/graph/kv"
)

// Act says who changes the graph, and why. It is kept in the change log.
type Act struct {
	Author string
	Reason string
	Cause  string // what made it happen: a file, a request
	// IdempotencyKey, when given, makes the update happen once: a later update
	// with the same key does nothing and returns the first one's time.
	IdempotencyKey string
	// Clearance is how far the author sees. What lies above it, or is under an
	// embargo, stands in the way of no act, is not changed by one, and is told
	// of by no id, outcome, count or error. Red sees all. It is not kept.
	Clearance Marking
}

// valid refuses what a log record cannot hold.
func (a *Act) valid() error {
	for _, s := range []string{a.Author, a.Reason, a.Cause, a.IdempotencyKey} {
		if len(s) > MaxText || !utf8.ValidString(s) {
			return fmt.Errorf("%w: author, reason, cause and idempotency key are UTF-8 of at most %d bytes each: %.40q", ErrRefused, MaxText, s)
		}
	}
	return nil
}

// Outcome is what an assertion did.
type Outcome uint8

// The outcomes.
const (
	New       Outcome = iota // the first of its id, or again after a retraction
	Known                    // the same key with the same content: nothing was written
	Corrected                // the same key with other content: the old record is closed
)

// Tx is an update in progress. All that it does has one transaction time and
// is written completely or not at all. It must not be used by two goroutines,
// nor after its function has returned.
type Tx struct {
	db  *DB
	kv  kv.Txn
	act Act
	at  TS // of what is written: the store's, or that of a transaction that is restored

	replay *replayer // not nil while a dump is restored

	bulk  kv.BulkTxn // nil unless the update may be written in chunks
	chunk uint16
	head  [sha256.Size]byte // hash of the log record before

	workspace
	opBytes int // in ops

	known *known // nil in what is written in chunks
	next  numbers
	names map[string]uint16
	fresh map[uint16]nameRow
	kinds map[string]*firsts // by key of family k
	docs  map[num]*documentRow
	wrote bool
	force bool // what was erased may be recorded again
	facts int  // new claims, names left out
	left  int  // assertions that a load left retracted

	clusters *clusters // as far as the transaction has come; nil: not read, or changed since
	noSameAs bool      // nobody had used the kind when the transaction looked
	created  []num     // entities, as far as the act was told
	hidden   map[Key]bool
	called   []calling // by the draft in hand
	spool    *spool    // further links of the draft in hand; nil: none
	long     *long     // what is found out about them
	memory   int64     // to sort them in
	progress *progress
	judged   bool  // it may have changed which entities are one
	failed   error // what left it half done
}

// saidHere remembers what this transaction has asserted under a key.
type saidHere struct {
	content [16]byte
	outcome Outcome
}

// Update runs fn in one transaction and returns its time once it is durable.
// If fn returns an error, nothing is written. fn may be run again, so it must
// be safe to run twice; it must compute, not wait.
func (db *DB) Update(ctx context.Context, act Act, fn func(*Tx) error) (TS, error) {
	if db.opts.ReadOnly {
		return 0, fmt.Errorf("%w: the database was opened read-only", ErrRefused)
	}
	if err := db.broken.get(); err != nil {
		return 0, err
	}
	var run attempt
	update := db.noting(func(t kv.Txn) error { return run.do(db, t, nil, act, fn) })
	ts, err := db.store.Update(ctx, func(t kv.Txn) error {
		run.after = after(t)
		return update(t)
	})
	if bulk, ok := db.store.(kv.Bulk); ok && errors.Is(err, kv.ErrTooLarge) {
		return db.inChunks(ctx, bulk, act, fn)
	}
	return db.acknowledge(ts, err, &run)
}

// attempt is one run of an update's function.
type attempt struct {
	tx     *Tx
	before TS // the act was done before, then
	after  TS // of the update that it follows; 0: that is not known
}

func (a *attempt) do(db *DB, t kv.Txn, bulk kv.BulkTxn, act Act, fn func(*Tx) error) (err error) {
	known := db.tail.take(a.after)
	a.tx, a.before, err = db.begin(t, act, known)
	if err != nil || a.before != 0 {
		return err
	}
	if a.tx.bulk = bulk; bulk == nil && known == nil {
		a.tx.known = newKnown()
	}
	if err := fn(a.tx); err != nil {
		return err
	}
	if err := a.tx.finish(); err != nil {
		return err
	}
	if bulk == nil {
		db.tail.give(t.TS(), a.tx.ended())
	}
	return nil
}

// forget keeps of what was done only what acknowledge needs.
func (a *attempt) forget() {
	if a.tx != nil {
		*a.tx = Tx{fresh: a.tx.fresh, wrote: a.tx.wrote}
	}
}

// acknowledge shows readers what was committed.
func (db *DB) acknowledge(ts TS, err error, run *attempt) (TS, error) {
	if err != nil {
		return 0, err
	}
	if run.before != 0 {
		return run.before, nil
	}
	db.names.add(run.tx.fresh)
	if run.tx.wrote { // what did nothing is no transaction: the log ends before it
		db.publish(ts)
	}
	return ts, nil
}

// inChunks is Update for more than one update of the store holds. What was
// flushed before an error is undone before another writer comes in; where that
// fails, too, the database takes no more updates, and opening it again undoes
// the rest.
func (db *DB) inChunks(ctx context.Context, bulk kv.Bulk, act Act, fn func(*Tx) error) (TS, error) {
	var run attempt
	var failed error
	ts, err := bulk.Load(ctx, db.notingBulk(func(t kv.BulkTxn) error {
		failed = run.do(db, t, t, act, fn)
		if failed == nil || run.tx == nil || run.tx.chunk == 0 {
			return failed
		}
		if err := run.tx.writeChunk(false); err != nil {
			return errors.Join(failed, err) // without its log record this chunk could not be undone: it is dropped
		}
		return db.rollBack(t, t.TS())
	}))
	if err != nil && run.tx != nil && run.tx.chunk > 0 {
		db.broken.set(err)
	}
	if failed != nil && !errors.Is(err, failed) {
		err = errors.Join(failed, err)
	}
	return db.acknowledge(ts, err, &run)
}

// inFill is inChunks for a store that nothing was written to yet. There is
// nothing to undo: it is all or nothing by itself.
func (db *DB) inFill(ctx context.Context, store kv.Filler, l *loader, act Act, fn func(*Tx) error) (TS, error) {
	var run attempt
	opts := &kv.FillOptions{Memory: l.memory, Progress: func(done, all int) { l.progress.at(Storing, done, all) }}
	ts, err := store.Fill(ctx, opts, db.image.Whole(db.blocks.Load(func(t kv.BulkTxn) error {
		last, _, err := newest(t)
		if err != nil {
			return err
		}
		if last == 0 {
			t = newFirstTxn(t)
		}
		if err := run.do(db, t, t, act, fn); err != nil {
			return err
		}
		run.forget()
		l.release()
		return nil
	})))
	return db.acknowledge(ts, err, &run)
}

// begin prepares a transaction, with what is known of the store's end, or nil.
// Where the act was done before, it returns the time of that.
func (db *DB) begin(t kv.Txn, act Act, known *known) (*Tx, TS, error) {
	if err := act.valid(); err != nil {
		return nil, 0, err
	}
	if act.IdempotencyKey != "" {
		b, err := t.Get(onceKey(act.IdempotencyKey))
		if err == nil {
			d := dec{b: b}
			return nil, d.ts(), d.done("idempotency key")
		}
		if !errors.Is(err, kv.ErrNotFound) {
			return nil, 0, err
		}
	}
	tx := db.newTx(t, act)
	if known != nil {
		tx.known, tx.next, tx.head, tx.noSameAs = known, known.next, known.head, known.noSameAs
		tx.workspace, known.spare = known.spare, workspace{}
		return tx, 0, nil
	}
	var err error
	if tx.next, tx.head, err = ended(t); err != nil {
		return nil, 0, err
	}
	return tx, 0, nil
}

// ended is where the last transaction left off: the numbers given and the hash
// of its log record. Where there was one, giving numbers from zero again would
// write over its rows.
func ended(r kv.Reader) (numbers, [sha256.Size]byte, error) {
	last, hash, err := newest(r)
	if err != nil {
		return numbers{}, hash, err
	}
	b, err := r.Get(metaKey("numbers"))
	if errors.Is(err, kv.ErrNotFound) && last == 0 {
		return numbers{}, hash, nil
	}
	if errors.Is(err, kv.ErrNotFound) {
		err = fmt.Errorf("%w: high-water marks: their row is missing", ErrDamaged)
	}
	if err != nil {
		return numbers{}, hash, err
	}
	n, err := decodeNumbers(b)
	return n, hash, err
}

// ended is what the transaction knows when it has ended, and knows no more: the
// next one does.
func (tx *Tx) ended() *known {
	_, used := tx.names[sameAsName]
	k := tx.known
	k.next, k.head, k.noSameAs = tx.next, tx.head, tx.noSameAs && !used
	k.spare = tx.workspace.emptied()
	tx.known, tx.workspace = nil, workspace{}
	return k
}

// newTx is a transaction that knows nothing yet.
func (db *DB) newTx(t kv.Txn, act Act) *Tx {
	return &Tx{db: db, kv: t, act: act, at: t.TS()}
}

func onceKey(k string) []byte {
	sum := sha256.Sum256([]byte(k))
	return append(metaKey("once "), sum[:]...)
}

// TS is the transaction time of the update.
func (tx *Tx) TS() TS { return tx.at }

func (tx *Tx) set(key, value []byte) error {
	tx.wrote = true
	return tx.kv.Set(key, value)
}

// finish writes what was gathered. A transaction that did nothing leaves no record.
func (tx *Tx) finish() error {
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.tellKeys(); err != nil {
		return err
	}
	if !tx.wrote && len(tx.ops) == 0 {
		return nil
	}
	if tx.judged { // before anybody can see it, in a view of a later transaction too
		raise(&tx.db.judged, tx.TS())
	}
	if tx.act.IdempotencyKey != "" {
		var e enc
		e.ts(tx.TS())
		if err := tx.set(onceKey(tx.act.IdempotencyKey), e); err != nil {
			return err
		}
	}
	if tx.chunk > 0 {
		if err := tx.kv.Delete(metaKey("load")); err != nil {
			return err
		}
	}
	return tx.writeChunk(true)
}

// writeChunk writes the entity headers, log record and high-water marks of the chunk in hand.
func (tx *Tx) writeChunk(last bool) error {
	if err := tx.writeHeaders(); err != nil {
		return err
	}
	return tx.writeLog(last)
}

// writeHeaders writes the entities that changed and the numbers given.
func (tx *Tx) writeHeaders() error {
	for _, c := range tx.changed {
		if err := tx.set(entityKey(c.num), c.encode()); err != nil {
			return err
		}
		c.dirty = false
		tx.known.putEntity(c.num, c.entityRow)
	}
	tx.changed = tx.changed[:0]
	w := tx.rowsInHand()
	w.key, w.value = appendMeta(w.key[:0], "numbers"), w.value[:0]
	tx.next.append(&w.value)
	return w.set(w.key, w.value)
}

// changes notes that the header of an entity has to be written.
func (tx *Tx) changes(c *cachedEntity) {
	if !c.dirty {
		c.dirty, tx.changed = true, append(tx.changed, c)
	}
}

// room ends a log record that has become large and, where the transaction may
// be written in chunks, the chunk.
func (tx *Tx) room() error {
	if tx.replay != nil {
		return tx.replay.room()
	}
	full := tx.opBytes >= tx.db.sizes.log
	if tx.bulk != nil {
		keys, bytes := tx.bulk.Pending()
		full = full || keys >= tx.db.sizes.keys || bytes >= kv.MaxUpdateBytes/2
	}
	if !full {
		return nil
	}
	if tx.bulk == nil {
		return tx.writeLog(false)
	}
	if tx.chunk == 0 {
		var e enc
		e.ts(tx.TS())
		if err := tx.set(metaKey("load"), seal(e)); err != nil {
			return err
		}
	}
	if err := tx.writeChunk(false); err != nil {
		return err
	}
	return tx.bulk.Flush()
}
