package graph

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"

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

	bulk  kv.BulkTxn // nil unless the update may be written in chunks
	chunk uint16
	head  [sha256.Size]byte // hash of the log record before

	ops     []operation
	opBytes int
	next    numbers
	names   map[string]uint16
	fresh   map[uint16]nameRow
	byNum   map[num]*cachedEntity
	byID    map[EntityID]*cachedEntity
	byKey   map[Key]*cachedEntity
	kinds   map[string]*firsts // by key of family k
	said    map[AssertionID]saidHere
	docs    map[num]*documentRow
	wrote   bool
	facts   int // new claims, names left out
}

// saidHere remembers what this transaction has asserted under a key.
type saidHere struct {
	content [16]byte
	outcome Outcome
}

type cachedEntity struct {
	entityRow
	num   num
	dirty bool
}

// numbers are the highest numbers given so far.
type numbers struct {
	name                            uint16
	entity, claim, record, document num
}

func (n *numbers) encode() []byte {
	var e enc
	e.uint(uint64(n.name))
	for _, x := range []num{n.entity, n.claim, n.record, n.document} {
		e.num(x)
	}
	return e
}

func decodeNumbers(b []byte) (numbers, error) {
	d := dec{b: b}
	n := numbers{name: uint16(d.uint()), entity: d.num(), claim: d.num(), record: d.num(), document: d.num()}
	return n, d.done("high-water marks")
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
	ts, err := db.store.Update(ctx, func(t kv.Txn) error { return run.do(db, t, nil, act, fn) })
	if bulk, ok := db.store.(kv.Bulk); ok && errors.Is(err, kv.ErrTooLarge) {
		return db.inChunks(ctx, bulk, act, fn)
	}
	return db.acknowledge(ts, err, &run)
}

// attempt is one run of an update's function.
type attempt struct {
	tx     *Tx
	before TS // the act was done before, then
}

func (a *attempt) do(db *DB, t kv.Txn, bulk kv.BulkTxn, act Act, fn func(*Tx) error) (err error) {
	a.tx, a.before, err = db.begin(t, act)
	if err != nil || a.before != 0 {
		return err
	}
	a.tx.bulk = bulk
	if err := fn(a.tx); err != nil {
		return err
	}
	return a.tx.finish()
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
	db.publish(ts)
	return ts, nil
}

// inChunks is Update for more than one update of the store holds. What was
// flushed before an error is undone before another writer comes in; where that
// fails, too, the database takes no more updates, and opening it again undoes
// the rest.
func (db *DB) inChunks(ctx context.Context, bulk kv.Bulk, act Act, fn func(*Tx) error) (TS, error) {
	var run attempt
	var failed error
	ts, err := bulk.Load(ctx, func(t kv.BulkTxn) error {
		failed = run.do(db, t, t, act, fn)
		if failed == nil || run.tx == nil || run.tx.chunk == 0 {
			return failed
		}
		return errors.Join(run.tx.writeChunk(false), rollBack(t, t.TS()))
	})
	if err != nil && run.tx != nil && run.tx.chunk > 0 {
		db.broken.set(err)
	}
	if failed != nil && !errors.Is(err, failed) {
		err = errors.Join(failed, err)
	}
	return db.acknowledge(ts, err, &run)
}

// begin prepares a transaction. Where the act was done before, it returns the
// time of that.
func (db *DB) begin(t kv.Txn, act Act) (*Tx, TS, error) {
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
	tx := &Tx{db: db, kv: t, act: act,
		names: map[string]uint16{}, fresh: map[uint16]nameRow{}, byNum: map[num]*cachedEntity{}, byID: map[EntityID]*cachedEntity{},
		byKey: map[Key]*cachedEntity{}, kinds: map[string]*firsts{}, said: map[AssertionID]saidHere{}, docs: map[num]*documentRow{}}
	b, err := t.Get(metaKey("numbers"))
	if err == nil {
		tx.next, err = decodeNumbers(b)
	}
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, 0, err
	}
	_, tx.head, err = newest(t)
	return tx, 0, err
}

func onceKey(k string) []byte {
	sum := sha256.Sum256([]byte(k))
	return append(metaKey("once "), sum[:]...)
}

// TS is the transaction time of the update.
func (tx *Tx) TS() TS { return tx.kv.TS() }

func (tx *Tx) set(key, value []byte) error {
	tx.wrote = true
	return tx.kv.Set(key, value)
}

// finish writes what was gathered. A transaction that did nothing leaves no record.
func (tx *Tx) finish() error {
	if !tx.wrote && len(tx.ops) == 0 {
		return nil
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
	for _, c := range tx.byNum {
		if c.dirty {
			if err := tx.set(entityKey(c.num), c.encode()); err != nil {
				return err
			}
			c.dirty = false
		}
	}
	if err := tx.set(metaKey("numbers"), tx.next.encode()); err != nil {
		return err
	}
	return tx.writeLog(last)
}

// room ends a log record that has become large and, where the transaction may
// be written in chunks, the chunk.
func (tx *Tx) room() error {
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
		if err := tx.set(metaKey("load"), e); err != nil {
			return err
		}
	}
	if err := tx.writeChunk(false); err != nil {
		return err
	}
	return tx.bulk.Flush()
}

// number returns the number of a property or, with NoValue, of a kind, giving
// a new name the next one.
func (tx *Tx) number(name string, typ ValueType) (uint16, error) {
	if typ == NoValue {
		name = kindName(name)
	}
	if n, ok := tx.names[name]; ok {
		return n, nil
	}
	if n, ok := tx.db.names.number(name); ok {
		return n, nil
	}
	b, err := tx.kv.Get(nameKey(name))
	if err == nil {
		n := get2(b)
		tx.names[name] = n
		return n, nil
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return 0, err
	}
	return tx.newName(name, typ)
}

func (tx *Tx) newName(name string, typ ValueType) (uint16, error) {
	if tx.next.name == 1<<16-1 {
		return 0, fmt.Errorf("%w: more than 65,535 names of properties and kinds", ErrRefused)
	}
	tx.next.name++
	n := tx.next.name
	var e enc
	e.byte(byte(typ))
	e.string(name)
	if err := errors.Join(tx.set(numberKey(n), e), tx.set(nameKey(name), put2(nil, n))); err != nil {
		return 0, err
	}
	tx.log(opName, func(e *enc) { *e = put2(*e, n); e.byte(byte(typ)); e.string(name) })
	tx.names[name], tx.fresh[n] = n, nameRow{typ: typ, name: name}
	return n, nil
}

// kindName keeps the names of kinds and properties apart.
func kindName(kind string) string { return "kind " + kind }

// Document records a document, or finds the one that has its key. What is
// known of a document does not change: an outlet's correction is another
// document, a new version of this one (rule 6).
func (tx *Tx) Document(d Document) (EntityID, error) {
	if err := d.Key.valid(); err != nil {
		return EntityID{}, err
	}
	c, err := tx.declare(KindDocument, []Key{d.Key})
	if err != nil {
		return EntityID{}, err
	}
	row, err := tx.documentRow(d)
	if err != nil {
		return EntityID{}, fmt.Errorf("document %s: %w", d.Key, err)
	}
	row.entity = c.num
	if c.doc != 0 {
		return c.id, tx.sameDocument(c, row)
	}
	tx.next.document++
	c.doc, c.dirty = tx.next.document, true
	tx.log(opDocument, func(e *enc) { e.num(c.doc); *e = append(*e, row.encode()...) })
	tx.docs[c.doc] = row
	return c.id, errors.Join(tx.set(documentKey(c.doc), row.encode()), tx.set(publicationKey(row.pf, c.doc), nil), tx.room())
}

func (tx *Tx) documentRow(d Document) (*documentRow, error) {
	for _, date := range []string{d.Published.String(), d.Retrieved.String()} {
		if date == "" {
			continue
		}
		if _, err := ParseOn(date); err != nil {
			return nil, err
		}
	}
	row := &documentRow{Document: d, ts: tx.TS(), pf: publication(&d, tx.TS())}
	for _, o := range d.Origins {
		c, err := tx.entity(o)
		if err != nil {
			return nil, fmt.Errorf("origin: %w", err)
		}
		row.origins = append(row.origins, c.num)
	}
	if !d.VersionOf.IsZero() {
		c, err := tx.entity(d.VersionOf)
		if err != nil {
			return nil, fmt.Errorf("version of: %w", err)
		}
		row.version = c.num
	}
	return row, nil
}

func (tx *Tx) sameDocument(c *cachedEntity, row *documentRow) error {
	old, err := tx.document(c.doc)
	if err != nil {
		return err
	}
	row.ts, row.pf = old.ts, old.pf
	if string(row.encode()) != string(old.encode()) {
		return fmt.Errorf("%w: document %s is known with other content: load what changed as a new document with versionOf %s", ErrConflict, c.keys[0].Key, c.keys[0].Key)
	}
	return nil
}

func (tx *Tx) document(n num) (*documentRow, error) {
	if row := tx.docs[n]; row != nil {
		return row, nil
	}
	b, err := tx.kv.Get(documentKey(n))
	if err != nil {
		return nil, err
	}
	row, err := decodeDocument(b)
	tx.docs[n] = &row
	return &row, err
}

// Declare finds the entity that goes by one of the keys, or makes it; without
// keys it makes one. Its kind is fixed (rule 10), and it becomes visible with
// the first claim about it.
func (tx *Tx) Declare(d Declaration) (EntityID, error) {
	c, err := tx.declare(d.Kind, d.Keys)
	if err != nil {
		return EntityID{}, err
	}
	return c.id, tx.room()
}

func (tx *Tx) declare(kind string, keys []Key) (*cachedEntity, error) {
	if o := tx.db.ontology; o != nil && kind != KindDocument {
		if k := o.Kind(kind); k == nil || k.Abstract {
			return nil, fmt.Errorf("%w: unknown kind %q%s", ErrRefused, kind, o.near(kind))
		}
	}
	var found *cachedEntity
	for _, k := range keys {
		if err := k.valid(); err != nil {
			return nil, err
		}
		c, err := tx.find(Ref{Key: k})
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case found != nil && found != c:
			return nil, fmt.Errorf("%w: the keys %s and %s name two entities: declare them one by one", ErrConflict, keys[0], k)
		default:
			found = c
		}
	}
	if found == nil {
		var err error
		if found, err = tx.create(kind, tx.newID(keys)); err != nil {
			return nil, err
		}
	} else if err := tx.sameKind(found, kind); err != nil {
		return nil, err
	}
	return found, tx.addKeys(found, keys)
}

func (tx *Tx) newID(keys []Key) EntityID {
	if len(keys) > 0 {
		return keys[0].entity()
	}
	return EntityID(uuid.Must(uuid.NewV7()))
}

func (tx *Tx) sameKind(c *cachedEntity, kind string) error {
	n, err := tx.number(kind, NoValue)
	if err == nil && n != c.kind {
		name, _ := tx.nameOf(c.kind)
		return fmt.Errorf("%w: %s is a %s, not a %s: a kind is fixed", ErrConflict, c.label(), name, kind)
	}
	return err
}

// nameOf is the name with a number, given here or before.
func (tx *Tx) nameOf(n uint16) (string, error) {
	if row, ok := tx.db.names.row(n); ok {
		return row.bare(), nil
	}
	b, err := tx.kv.Get(numberKey(n))
	if err != nil {
		return "", err
	}
	d := dec{b: b}
	row := nameRow{typ: ValueType(d.byte()), name: d.string()}
	return row.bare(), d.done("name row")
}

// bare is the name as people know it.
func (r nameRow) bare() string {
	if r.typ == NoValue && len(r.name) > 5 {
		return r.name[5:]
	}
	return r.name
}

// label names an entity in messages.
func (c *cachedEntity) label() string {
	if len(c.keys) > 0 {
		return c.keys[0].String()
	}
	return c.id.String()
}

func (tx *Tx) create(kind string, id EntityID) (*cachedEntity, error) {
	k, err := tx.number(kind, NoValue)
	if err != nil {
		return nil, err
	}
	tx.next.entity++
	c := &cachedEntity{entityRow: entityRow{id: id, kind: k}, num: tx.next.entity, dirty: true}
	tx.byNum[c.num], tx.byID[id] = c, c
	tx.log(opEntity, func(e *enc) { e.num(c.num); *e = append(*e, id[:]...); *e = put2(*e, k) })
	if err := tx.set(uuidKey(id), put5(nil, c.num)); err != nil {
		return nil, err
	}
	if ont := tx.db.ontology.Kind(kind); ont != nil && ont.Relation {
		return c, nil
	}
	return c, tx.set(kindKey(k, MinTime, c.num), nil)
}

func (tx *Tx) addKeys(c *cachedEntity, keys []Key) error {
	for _, k := range keys {
		if tx.byKey[k] == c {
			continue
		}
		if _, err := tx.kv.Get(externalKey(k)); err == nil {
			tx.byKey[k] = c
			continue
		} else if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		var e enc
		e.num(c.num)
		e.ts(tx.TS())
		if err := tx.set(externalKey(k), e); err != nil {
			return err
		}
		tx.log(opKey, func(e *enc) { e.num(c.num); e.string(k.Scheme); e.string(k.ID) })
		tx.byKey[k] = c
		c.keys, c.dirty = append(c.keys, datedKey{k, tx.TS()}), true
	}
	return nil
}

// entity finds an entity by reference, or says what is missing.
func (tx *Tx) entity(r Ref) (*cachedEntity, error) {
	if r.ID.IsZero() {
		if err := r.Key.valid(); err != nil {
			return nil, err
		}
	}
	c, err := tx.find(r)
	if errors.Is(err, ErrNotFound) {
		return nil, &unknownError{r}
	}
	return c, err
}

// unknownError is about a reference to an entity that there is not, or not yet.
type unknownError struct{ ref Ref }

func (e *unknownError) Error() string {
	return fmt.Sprintf("%v: unknown entity %s: declare it, in any place of the load", ErrRefused, e.ref)
}
func (e *unknownError) Unwrap() error { return ErrRefused }

func (tx *Tx) find(r Ref) (*cachedEntity, error) {
	if !r.ID.IsZero() {
		if c := tx.byID[r.ID]; c != nil {
			return c, nil
		}
		return tx.fetch(uuidKey(r.ID), r)
	}
	if c := tx.byKey[r.Key]; c != nil {
		return c, nil
	}
	c, err := tx.fetch(externalKey(r.Key), r)
	if err == nil {
		tx.byKey[r.Key] = c
	}
	return c, err
}

// fetch reads the entity that a row of family d or x leads to.
func (tx *Tx) fetch(key []byte, r Ref) (*cachedEntity, error) {
	b, err := tx.kv.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, r)
	}
	if err != nil {
		return nil, err
	}
	if r.ID.IsZero() {
		d := dec{b: b}
		return tx.numbered(d.num())
	}
	return tx.numbered(get5(b))
}

func (tx *Tx) numbered(n num) (*cachedEntity, error) {
	if c := tx.byNum[n]; c != nil {
		return c, nil
	}
	b, err := tx.kv.Get(entityKey(n))
	if err != nil {
		return nil, err
	}
	row, err := decodeEntity(b)
	c := &cachedEntity{entityRow: row, num: n}
	tx.byNum[n], tx.byID[row.id] = c, c
	return c, err
}

// Find returns the id of an entity, whether or not anything is said of it yet;
// ErrNotFound: there is none.
func (tx *Tx) Find(r Ref) (EntityID, error) {
	c, err := tx.find(r)
	if err != nil {
		return EntityID{}, err
	}
	return c.id, nil
}
