package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/parleydb/parley/graph/kv"
)

// ErrErased reports a statement whose content was erased: recording it again
// must be asked for (Tx.Force, LoadOptions.Force).
var ErrErased = errors.New("graph: erased")

// Target is what Erase destroys: exactly one field is set.
type Target struct {
	// Assertion: it, with the claims that nobody else makes.
	Assertion AssertionID
	// Entity: all assertions that say anything about it or name it, and its
	// keys; of a document, also all assertions in it, and what is known of it.
	Entity EntityID
}

// Tombstone is what an erasure leaves (rule 16).
type Tombstone struct {
	Target
	TS             TS
	Author, Reason string
}

// Erase destroys content at every transaction time: in all rows, in the change
// log, whose chain of hashes keeps salted leaves, and in the files of the
// store. Since it does so under every marking, only an act with the clearance
// Red may. It leaves the ids, and when, by whom and why; from then on the same
// content is refused unless it is forced. It is the only act that changes
// answers about the past. Where the process ends meanwhile, the next opening
// finishes it.
func (db *DB) Erase(ctx context.Context, act Act, targets ...Target) (TS, error) {
	if db.opts.ReadOnly {
		return 0, fmt.Errorf("%w: the database was opened read-only", ErrRefused)
	}
	bulk, ok := db.store.(kv.Bulk)
	if err := errors.Join(db.broken.get(), act.valid()); err != nil {
		return 0, err
	}
	if act.Clearance < Red {
		return 0, fmt.Errorf("%w: erasing destroys what stands under any marking: give the act the clearance %s", ErrRefused, Red)
	}
	if !ok {
		return 0, fmt.Errorf("%w: this store cannot erase", ErrRefused)
	}
	db.erased.Store(true) // before an update can follow that must know
	begun := false        // from then on rows are gone
	ts, err := bulk.Load(ctx, db.notingBulk(func(t kv.BulkTxn) (err error) {
		begun, err = db.erase(ctx, t, act, targets)
		return err
	}))
	if err != nil {
		if begun {
			db.broken.set(err)
		}
		return 0, err
	}
	raise(&db.judged, ts)
	db.erasures.Add(1) // before forgetting: what is found in older rows is not kept
	db.clusters.forget()
	db.ties.forget()
	db.publish(ts)
	return ts, db.scrub(ctx)
}

// scrub rewrites the files of the store, and then forgets that it has to.
func (db *DB) scrub(ctx context.Context) error {
	if s, ok := db.store.(kv.Scrubber); ok {
		if err := s.Scrub(ctx); err != nil {
			return err
		}
	}
	_, err := db.store.Update(ctx, func(t kv.Txn) error { return t.Delete(metaKey("scrub")) })
	return err
}

// eraser is an erasure in progress. What it does can be done again, so that one
// that was cut short is simply begun anew.
type eraser struct {
	ctx     context.Context
	tx      *Tx
	t       kv.BulkTxn
	targets []Target
	records map[num]bool // of the assertions to erase
	doomed  []num        // the same, sorted
	claims  map[num]bool // that nobody else makes
	keyless map[num]bool // entities whose keys go
	docs    map[num]bool // documents of which nothing stays
}

// erase tells whether it came so far that only an opening can finish it.
func (db *DB) erase(ctx context.Context, t kv.BulkTxn, act Act, targets []Target) (begun bool, err error) {
	tx, _, err := db.begin(t, Act{Author: act.Author, Reason: act.Reason, Cause: act.Cause, Clearance: Red}, nil)
	if err != nil {
		return false, err
	}
	e := eraser{ctx: ctx, tx: tx, t: t, targets: targets,
		records: map[num]bool{}, claims: map[num]bool{}, keyless: map[num]bool{}, docs: map[num]bool{}}
	for i, step := range []func() error{e.find, e.announce, e.eraseClaims, e.eraseLog, e.eraseRecords, e.eraseEntities, e.bury} {
		if err := step(); err != nil {
			return i > 0, err
		}
	}
	return true, nil
}

// find gathers the records of all that is to go.
func (e *eraser) find() error {
	for _, target := range e.targets {
		err := fmt.Errorf("%w: an erasure of nothing", ErrRefused)
		switch {
		case !target.Entity.IsZero():
			err = e.findEntity(target.Entity)
		case target.Assertion != AssertionID{}:
			err = e.findAssertion(target.Assertion, false)
		}
		if err != nil {
			return err
		}
	}
	e.doomed = slices.Sorted(maps.Keys(e.records))
	if len(e.doomed) > maxErased {
		return fmt.Errorf("%w: %d records at once: at most %d: erase it in parts", ErrRefused, len(e.doomed), maxErased)
	}
	for _, n := range e.doomed {
		rec, err := e.tx.readRecord(n)
		if err != nil {
			return err
		}
		if t := (Target{Assertion: rec.id}); !slices.Contains(e.targets, t) {
			e.targets = append(e.targets, t)
		}
	}
	return nil
}

// maxErased is how many records fit into the last step of an erasure.
const maxErased = 10_000

// findAssertion finds its records. With gone it may have been erased already.
func (e *eraser) findAssertion(id AssertionID, gone bool) error {
	found := false
	numbers, err := e.tx.hashed(hashRecord, id.key())
	if err != nil {
		return err
	}
	for _, n := range numbers {
		rec, err := e.tx.readRecord(n)
		if err != nil {
			return err
		}
		if rec.id == id {
			e.records[n], found = true, true
		}
	}
	if !found && !gone && !e.buried(Target{Assertion: id}) {
		return fmt.Errorf("%w: assertion %s", ErrNotFound, id)
	}
	return nil
}

func (e *eraser) findEntity(id EntityID) error {
	c, err := e.tx.find(ByID(id))
	if err != nil {
		return err
	}
	e.keyless[c.num] = true
	var owners []num
	if c.doc != 0 {
		e.docs[c.doc] = true
		rd := reading{r: e.t}
		if err := rd.eachRecord(c.doc, func(n num, _ *record) error { owners = append(owners, n); return nil }); err != nil {
			return err
		}
	}
	err = e.claimsAbout(c.num, func(claim num) error {
		list, err := e.tx.makers(claim)
		owners = append(owners, list...)
		return err
	})
	for _, n := range owners {
		rec, err := e.tx.readRecord(n)
		if err != nil {
			return err
		}
		if err := e.findAssertion(rec.id, true); err != nil {
			return err
		}
	}
	return err
}

// claimsAbout calls fn for each claim about an entity or naming it.
func (e *eraser) claimsAbout(n num, fn func(claim num) error) error {
	for _, family := range []byte{famAttribute, famEdge} {
		prefix := key(family, n)
		err := e.t.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
			s, err := showsOf(k)
			if err != nil {
				return err
			}
			return fn(s.claim)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makers lists the records that make a claim, in their order.
func (tx *Tx) makers(claim num) ([]num, error) {
	c, err := tx.readClaim(claim)
	if err != nil {
		return nil, err
	}
	list := []num{c.first}
	rd := reading{r: tx.kv}
	err = rd.supports(claim, func(s *support) { list = append(list, s.record) })
	slices.Sort(list)
	return slices.Compact(list), err
}

// announce writes down what is going on, for the next opening to go on with.
func (e *eraser) announce() error {
	var row enc
	row.act(e.tx.act)
	row.uint(uint64(len(e.targets)))
	for _, t := range e.targets {
		row = append(row, t.bytes()...)
	}
	return errors.Join(e.t.Set(metaKey("erase"), seal(row)), e.t.Flush())
}

// bytes are the target's kind and id.
func (t Target) bytes() []byte {
	if t.Entity.IsZero() {
		return append([]byte{'a'}, t.Assertion[:]...)
	}
	return append([]byte{'e'}, t.Entity[:]...)
}

func (d *dec) target() (t Target) {
	switch kind, id := d.byte(), d.take(16); kind {
	case 'a':
		copy(t.Assertion[:], id)
	case 'e':
		copy(t.Entity[:], id)
	default:
		d.bad = true
	}
	return t
}

func tombKey(t Target) []byte { return append([]byte{famTomb}, t.bytes()[1:]...) }

// finishErasure goes on with an erasure that an earlier process left.
func (db *DB) finishErasure(ctx context.Context) error {
	act, targets, dirty, err := db.unfinished(ctx)
	switch {
	case err != nil:
		return err
	case db.opts.ReadOnly && (dirty || len(targets) > 0):
		return fmt.Errorf("%w: an erasure was cut short: open the database for writing once, so that it is finished", ErrFormat)
	case len(targets) > 0:
		act.Clearance = Red // as it had when it was announced
		_, err = db.Erase(ctx, act, targets...)
	case dirty:
		err = db.scrub(ctx)
	}
	return err
}

// unfinished tells of an erasure that was announced but not finished, and
// whether files may still hold what was erased.
func (db *DB) unfinished(ctx context.Context) (act Act, targets []Target, dirty bool, err error) {
	err = db.store.View(ctx, func(r kv.Reader) error {
		if _, err := r.Get(metaKey("scrub")); err == nil {
			dirty = true
		}
		b, err := r.Get(metaKey("erase"))
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err == nil {
			b, err = unseal(b, "erasure in hand")
		}
		if err != nil {
			return err
		}
		d := dec{b: b}
		act = d.act()
		for range d.count() {
			targets = append(targets, d.target())
		}
		return d.done("erasure in hand")
	})
	return act, targets, dirty, err
}

// bury leaves a tombstone for each target and each assertion that went with it.
func (e *eraser) bury() error {
	for _, t := range e.targets {
		if err := e.tx.bury(t); err != nil {
			return err
		}
	}
	if err := errors.Join(e.t.Delete(metaKey("erase")), e.t.Set(metaKey("scrub"), nil)); err != nil {
		return err
	}
	return e.tx.writeChunk(true)
}

func (tx *Tx) bury(t Target) error {
	tx.log(opErase, func(e *enc) { *e = append(*e, t.bytes()...) })
	return tx.putTomb(t, tx.act)
}

func (tx *Tx) putTomb(t Target, act Act) error {
	return tx.set(tombKey(t), Tombstone{t, tx.TS(), act.Author, act.Reason}.encode())
}

func (t Tombstone) encode() []byte {
	e := enc{t.bytes()[0]}
	e.ts(t.TS)
	e.string(t.Author)
	e.string(t.Reason)
	return e
}

func decodeTomb(k, v []byte) (t Tombstone, err error) {
	if len(k) != 17 || len(v) == 0 {
		return t, fmt.Errorf("%w: tombstone", ErrDamaged)
	}
	kind := dec{b: append([]byte{v[0]}, k[1:]...)}
	t.Target = kind.target()
	d := dec{b: v[1:], bad: kind.bad}
	t.TS, t.Author, t.Reason = d.ts(), d.string(), d.string()
	return t, d.done("tombstone")
}

// tomb finds the tombstone of something that was erased, or nil.
func (tx *Tx) tomb(t Target) (*Tombstone, error) {
	if !tx.db.erased.Load() {
		return nil, nil
	}
	b, err := tx.kv.Get(tombKey(t))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := decodeTomb(tombKey(t), b)
	return &found, err
}

func (e *eraser) buried(t Target) bool {
	_, err := e.t.Get(tombKey(t))
	return err == nil
}

// refuseErased refuses what has a tombstone.
func (tx *Tx) refuseErased(t Target, what string) error {
	tomb, err := tx.tomb(t)
	if err != nil || tomb == nil || tx.force {
		return err
	}
	return fmt.Errorf("%w: %s was erased on %s by %s (%s): leave it out, or force it", ErrErased, what,
		tomb.TS.Time().Format("2006-01-02"), cmp.Or(tomb.Author, "somebody"), cmp.Or(tomb.Reason, "no reason given"))
}

// refuseBuried refuses an assertion that was erased and is not there again.
func (tx *Tx) refuseBuried(rec *record) error {
	if !tx.db.erased.Load() {
		return nil
	}
	err := tx.refuseErased(Target{Assertion: rec.id}, "the assertion "+rec.key+" of this document")
	if !errors.Is(err, ErrErased) {
		return err
	}
	if again, lost := tx.recordsOf(rec.id); lost != nil || len(again) > 0 {
		return lost
	}
	return err
}

// Force lets this update record again what was erased.
func (tx *Tx) Force() { tx.force = true }

// Tombstones lists what was erased, in the order of ids.
func (db *DB) Tombstones(ctx context.Context) (list []Tombstone, err error) {
	err = db.store.View(ctx, func(r kv.Reader) error {
		return r.Scan(kv.Range{Start: []byte{famTomb}, End: []byte{famTomb + 1}}, func(k, v []byte) error {
			t, err := decodeTomb(k, v)
			list = append(list, t)
			return err
		})
	})
	return list, err
}

// String names the target in messages: what it is, and its id.
func (t Target) String() string {
	if t.Entity.IsZero() {
		return "assertion " + uuid.UUID(t.Assertion).String()
	}
	return "entity " + uuid.UUID(t.Entity).String()
}
