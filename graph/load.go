package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/parleydb/parley/graph/kv"
)

// Loaded is what a load did. It counts facts: an assertion is one, and so is
// each fact of an assertion that stands for a whole file (Statement.Facts).
type Loaded struct {
	TS        TS // 0: nothing was new
	Read      int
	New       int
	Known     int
	Corrected int
	Entities  int // declared, relations and documents left out
}

// LoadOptions of a load; nil works.
type LoadOptions struct {
	DryRun bool // check everything, write nothing
}

var errDryRun = errors.New("graph: dry run")

// Load applies all that src gives in one transaction, all or nothing; the
// statements may come in any order. They are gathered and checked before other
// writers have to wait. What it asserts is known again by its key: loading the
// same statements twice changes nothing.
func (db *DB) Load(ctx context.Context, act Act, src iter.Seq2[Statement, error], opts *LoadOptions) (Loaded, error) {
	l := loader{db: db}
	for s, err := range src {
		if err != nil {
			return Loaded{}, err
		}
		if err := ctx.Err(); err != nil {
			return Loaded{}, err
		}
		l.stage(s)
	}
	dry := opts != nil && opts.DryRun
	ts, err := l.update(ctx, act, func(tx *Tx) error {
		l.done = Loaded{}
		if err := l.apply(ctx, tx); err != nil {
			return err
		}
		if dry {
			return errDryRun
		}
		return nil
	})
	if dry && errors.Is(err, errDryRun) {
		return l.done, nil
	}
	if err != nil {
		return Loaded{}, err
	}
	if l.done.New+l.done.Corrected > 0 {
		l.done.TS = ts
	}
	return l.done, nil
}

// loader holds the statements of a load, sorted by what needs what.
type loader struct {
	db           *DB
	documents    []Statement
	declarations []Statement
	drafts       []Statement
	links        int
	done         Loaded
}

func (l *loader) stage(s Statement) {
	switch {
	case s.Document != nil:
		l.documents = append(l.documents, s)
	case s.Declaration != nil:
		l.declarations = append(l.declarations, s)
	case s.Draft != nil:
		l.drafts = append(l.drafts, s)
		l.links += 1 + len(s.Draft.Links)
	}
}

func (l *loader) update(ctx context.Context, act Act, fn func(*Tx) error) (TS, error) {
	if bulk, ok := l.db.store.(kv.Bulk); ok && l.links >= l.db.sizes.load && !l.db.opts.ReadOnly {
		if err := l.db.broken.get(); err != nil {
			return 0, err
		}
		ts, err := l.db.inChunks(ctx, bulk, act, fn)
		if c, ok := bulk.(kv.Compactor); ok && err == nil && l.done.New > 0 {
			_ = c.Compact(ctx) // the load is durable; without this, reading is only slower
		}
		return ts, err
	}
	return l.db.Update(ctx, act, fn)
}

func (l *loader) apply(ctx context.Context, tx *Tx) error {
	if err := l.declare(tx); err != nil {
		return err
	}
	for _, s := range l.documents {
		if _, err := tx.Document(*s.Document); err != nil {
			return at(s, err)
		}
	}
	pending := l.drafts
	for len(pending) > 0 {
		left, err := l.pass(ctx, tx, pending)
		if err != nil {
			return err
		}
		pending = left
	}
	return nil
}

// pass asserts the drafts that can be, and returns those that refer to a
// relation which only another draft makes. Where none can be, that is the error.
func (l *loader) pass(ctx context.Context, tx *Tx, pending []Statement) (left []Statement, err error) {
	var first error
	for _, s := range pending {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := l.assert(tx, s)
		if unknown := (*unknownError)(nil); errors.As(err, &unknown) {
			left = append(left, s)
			first = cmp.Or(first, err)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	if len(left) == len(pending) {
		return nil, first
	}
	return left, nil
}

// declare makes all entities that the load names, relations and documents with
// keys included, so that what refers to them may come first.
func (l *loader) declare(tx *Tx) error {
	seen := map[EntityID]bool{}
	for _, s := range l.declarations {
		id, err := tx.Declare(*s.Declaration)
		if err != nil {
			return at(s, err)
		}
		if !seen[id] {
			seen[id] = true
			l.done.Entities++
		}
	}
	for _, s := range l.documents {
		if _, err := tx.Declare(Declaration{KindDocument, []Key{s.Document.Key}}); err != nil {
			return at(s, err)
		}
	}
	for _, s := range l.drafts {
		if r := s.Draft.Relation; r != nil && !r.Key.IsZero() && !tx.db.ontology.Kind(r.Kind).identified() {
			if _, err := tx.Declare(Declaration{r.Kind, []Key{r.Key}}); err != nil {
				return at(s, err)
			}
		}
	}
	return nil
}

func (l *loader) assert(tx *Tx, s Statement) error {
	before := tx.facts
	_, outcome, err := tx.assert(*s.Draft, true)
	if err != nil {
		return at(s, err)
	}
	facts, fresh := 1, 1
	if s.Facts > 0 {
		facts, fresh = s.Facts, tx.facts-before
	}
	l.done.Read += facts
	switch outcome {
	case New:
		l.done.New += fresh
		l.done.Known += facts - fresh
	case Known:
		l.done.Known += facts
	case Corrected:
		l.done.Corrected += facts
	}
	return nil
}

// at says where in its file a statement stands.
func at(s Statement, err error) error {
	if s.Where == "" {
		return err
	}
	return fmt.Errorf("%s: %w", s.Where, err)
}

// repair rolls back the load that an earlier process left in the store.
func (db *DB) repair(ctx context.Context, ts TS) error {
	bulk, ok := db.store.(kv.Bulk)
	if !ok {
		return errors.New("graph: this store cannot write in chunks")
	}
	_, err := bulk.Load(ctx, func(t kv.BulkTxn) error { return rollBack(t, ts) })
	return err
}

// rollBack undoes what a load wrote at ts, chunk by chunk from the last one,
// and then forgets that there was one. Cut short, it can be run again.
func rollBack(t kv.BulkTxn, ts TS) error {
	u := undoer{t: t, ts: ts}
	for {
		var rec *logRecord
		err := logOf(t, ts, true, func(r *logRecord) error { rec = r; return kv.Stop })
		if err != nil {
			return err
		}
		if rec == nil {
			return errors.Join(t.Delete(metaKey("load")), t.Flush())
		}
		for i := len(rec.ops) - 1; i >= 0; i-- {
			if err := u.undo(rec.ops[i].content); err != nil {
				return err
			}
		}
		if err := errors.Join(t.Delete(logKey(ts, rec.chunk)), t.Flush()); err != nil {
			return err
		}
	}
}

// undoer takes operations of one load back. Names stay: they say nothing.
type undoer struct {
	t  kv.BulkTxn
	ts TS
}

// undo takes one operation back. Rows that are gone already are no error.
func (u *undoer) undo(op []byte) error {
	d := dec{b: op}
	switch kind := d.byte(); kind {
	case opEntity:
		return u.entity(&d)
	case opKey:
		return u.key(&d)
	case opDocument:
		n := d.num()
		row, err := decodeDocument(d.b)
		return errors.Join(err, u.delete(documentKey(n), publicationKey(row.pf, n)))
	case opClaim:
		n := d.num()
		row, err := decodeClaim(d.b)
		return errors.Join(err, u.claim(n, &row))
	case opRecord:
		n := d.num()
		row, err := decodeRecord(d.b)
		return errors.Join(err, u.record(n, &row))
	case opLink:
		r, c := d.num(), d.num()
		return u.delete(supportKey(c, r))
	case opClose:
		return u.reopen(d.num())
	}
	return u.room()
}

func (u *undoer) delete(keys ...[]byte) error {
	for _, k := range keys {
		if err := u.t.Delete(k); err != nil {
			return err
		}
	}
	return u.room()
}

// room flushes deletions. The chunk's log record is still there, so that they
// are simply done again after a crash.
func (u *undoer) room() error {
	if keys, bytes := u.t.Pending(); keys < kv.MaxUpdateKeys/2 && bytes < kv.MaxUpdateBytes/2 {
		return nil
	}
	return u.t.Flush()
}

func (u *undoer) entity(d *dec) error {
	n := d.num()
	var id EntityID
	copy(id[:], d.take(16))
	k := d.take(2)
	if d.bad {
		return fmt.Errorf("%w: log operation", ErrDamaged)
	}
	return u.delete(uuidKey(id), entityKey(n), kindKey(get2(k), MinTime, n))
}

func (u *undoer) key(d *dec) error {
	n, k := d.num(), Key{d.string(), d.string()}
	b, err := u.t.Get(entityKey(n))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	if err == nil {
		row, err := decodeEntity(b)
		if err != nil {
			return err
		}
		kept := row.keys[:0]
		for _, have := range row.keys {
			if have.Key != k {
				kept = append(kept, have)
			}
		}
		row.keys = kept
		if err := u.t.Set(entityKey(n), row.encode()); err != nil {
			return err
		}
	}
	return u.delete(externalKey(k))
}

func (u *undoer) claim(n num, c *claimRow) error {
	name, id, err := u.identify(c)
	if err != nil {
		return err
	}
	alias, label := name == PropertyAlias, c.value.typ == Text && builtin(name)
	err = c.rows(n, row{}, 0, alias, label, func(key, _ []byte) error { return u.t.Delete(key) })
	return errors.Join(err, u.relation(c), u.delete(claimKey(n), hashKey(hashClaim, id.key(), n), supportKey(n, c.first)))
}

// relation takes a relation out of the list of its kind where only this load put it there.
func (u *undoer) relation(c *claimRow) error {
	b, err := u.t.Get(entityKey(c.subject))
	if err != nil {
		return err
	}
	e, err := decodeEntity(b)
	if err != nil {
		return err
	}
	for _, from := range []Time{c.from(), MinTime} {
		key := kindKey(e.kind, from, c.subject)
		b, err := u.t.Get(key)
		if errors.Is(err, kv.ErrNotFound) || len(b) == 0 {
			continue
		}
		d := dec{b: b}
		seen, left := d.firsts(), firsts{}
		for m, ts := range seen {
			if ts != u.ts {
				left[m] = ts
			}
		}
		if left == (firsts{}) {
			if err := u.t.Delete(key); err != nil {
				return err
			}
		}
	}
	return nil
}

// identify finds a claim's property and id, while its entities are still there.
func (u *undoer) identify(c *claimRow) (string, ClaimID, error) {
	rd := reading{r: u.t}
	name, err := rd.nameOf(c.prop)
	if err != nil {
		return "", ClaimID{}, err
	}
	id, err := rd.claimID(c, name)
	return name, id, err
}

func (u *undoer) record(n num, r *record) error {
	for _, c := range r.links {
		if err := u.t.Delete(supportKey(c, n)); err != nil {
			return err
		}
	}
	return u.delete(recordKey(n), hashKey(hashRecord, r.id.key(), n), ofDocumentKey(r.doc, r.tf, n))
}

// reopen takes back that a record was closed.
func (u *undoer) reopen(n num) error {
	b, err := u.t.Get(recordKey(n))
	if err != nil {
		return err
	}
	rec, err := decodeRecord(b)
	if err != nil {
		return err
	}
	rec.tt = 0
	if err := u.t.Set(recordKey(n), rec.encode()); err != nil {
		return err
	}
	return claimsOf(u.t, n, &rec, func(claim num) error {
		return errors.Join(u.reopenLink(n, claim), u.room())
	})
}

func (u *undoer) reopenLink(n, claim num) error {
	tx := Tx{kv: u.t, db: &DB{}}
	if b, err := u.t.Get(supportKey(claim, n)); err == nil {
		s, err := decodeSupport(n, b)
		if err != nil {
			return err
		}
		s.tt = 0
		return u.t.Set(supportKey(claim, n), s.encode())
	} else if !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	c, err := tx.readClaim(claim)
	if err != nil {
		return err
	}
	r, doc, err := tx.homeRow(claim, c)
	if err != nil {
		return err
	}
	r.flags &^= flagClosed
	r.tt = 0
	return tx.index(claim, c, r, doc)
}
