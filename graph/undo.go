package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// rollBack undoes what a load wrote at ts, chunk by chunk from the last one,
// and then forgets that there was one. Cut short, it can be run again.
func (db *DB) rollBack(t kv.BulkTxn, ts TS) error {
	u := undoer{t: t, ts: ts, keys: db.sizes.undo}
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

// undoer takes operations of one load back.
type undoer struct {
	t    kv.BulkTxn
	ts   TS
	keys int // writes after which to flush
}

// undo takes one operation back. Rows that are gone already are no error.
func (u *undoer) undo(op []byte) error {
	d := dec{b: op}
	switch kind := d.byte(); kind {
	case opName:
		return u.name(&d)
	case opEntity:
		return u.entity(&d)
	case opKey:
		return u.key(&d)
	case opDocument:
		return u.document(&d)
	case opClaim:
		return u.claim(d.num())
	case opRecord:
		n := d.num()
		row, err := decodeRecord(d.b)
		return errors.Join(err, u.record(n, &row))
	case opLink:
		r, c := d.num(), d.num()
		if err := errors.Join(u.unmark(c), u.t.Delete(supportKey(c, r)), u.moveBack(c)); err != nil {
			return err
		}
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
	if keys, bytes := u.t.Pending(); keys < u.keys && bytes < kv.MaxUpdateBytes/2 {
		return nil
	}
	return u.t.Flush()
}

func (u *undoer) name(d *dec) error {
	b := d.take(2)
	d.byte()
	name := d.string()
	if err := d.done("log operation"); err != nil {
		return err
	}
	return u.delete(numberKey(get2(b)), nameKey(name))
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

func (u *undoer) document(d *dec) error {
	n := d.num()
	row, err := decodeDocument(d.b)
	if err != nil {
		return err
	}
	if err = u.change(row.entity, func(e *entityRow) { e.doc = 0 }); err != nil {
		return err
	}
	return u.delete(documentKey(n), publicationKey(row.pf, n))
}

// change rewrites the header of an entity, if it is still there.
func (u *undoer) change(n num, fn func(*entityRow)) error {
	b, err := u.t.Get(entityKey(n))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	e, err := decodeEntity(b)
	if err != nil {
		return err
	}
	fn(&e)
	return u.t.Set(entityKey(n), e.encode())
}

func (u *undoer) key(d *dec) error {
	n, k := d.num(), Key{d.string(), d.string()}
	err := u.change(n, func(e *entityRow) {
		e.keys = slices.DeleteFunc(e.keys, func(have datedKey) bool { return have.Key == k && have.ts == u.ts })
	})
	if err != nil {
		return err
	}
	return disown(u.t, k, func(o owner) bool { return o.ts == u.ts })
}

// disown takes entities out of the row of a key.
func disown(t kv.Txn, k Key, which func(owner) bool) error {
	b, err := t.Get(externalKey(k))
	if errors.Is(err, kv.ErrNotFound) {
		return nil // an earlier attempt has been here
	}
	if err != nil {
		return err
	}
	list, err := decodeOwners(b)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(list), which)
	switch len(left) {
	case len(list):
		return nil
	case 0:
		return t.Delete(externalKey(k))
	}
	return t.Set(externalKey(k), encodeOwners(left))
}

func (u *undoer) claim(n num) error {
	tx := Tx{kv: u.t}
	c, err := tx.readClaim(n)
	if errors.Is(err, kv.ErrNotFound) {
		return nil // an earlier attempt has been here
	}
	if err != nil {
		return err
	}
	name, id, err := u.identify(c)
	if err != nil {
		return err
	}
	alias, label := name == PropertyAlias, c.value.typ == Text && builtin(name)
	err = c.rows(n, row{flags: flagMoved}, 0, alias, label, func(key, _ []byte) error { return u.t.Delete(key) })
	if err = errors.Join(err, u.forget(c)); err != nil {
		return err // before the claim's own row goes, by which another attempt finds the rest
	}
	return u.delete(claimKey(n), hashKey(hashClaim, id.key(), n), supportKey(n, c.first))
}

// unmark takes back that a claim which is older than the load was seen with a
// marking for the first time.
func (u *undoer) unmark(claim num) error {
	b, err := u.t.Get(claimKey(claim))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := decodeClaim(b)
	if err != nil {
		return err
	}
	return u.forget(&c)
}

// moveBack shows a claim in the event section again where nothing else than
// this load made it unbounded.
func (u *undoer) moveBack(claim num) error {
	tx := Tx{kv: u.t, db: &DB{}}
	c, err := tx.readClaim(claim)
	if errors.Is(err, kv.ErrNotFound) {
		return nil // an earlier attempt has been here
	}
	if err != nil || c.value.typ != Reference {
		return err
	}
	r, doc, err := tx.homeRow(claim, c)
	if err != nil || r.flags&flagMoved == 0 {
		return err
	}
	unbounded := false
	rd := reading{r: u.t}
	err = rd.supports(claim, func(s *support) { unbounded = unbounded || c.movedBy(s.said) })
	if err != nil || unbounded {
		return err
	}
	r.flags &^= flagMoved
	drop := func(key, _ []byte) error { return u.t.Delete(key) }
	return errors.Join(c.sides(claim, outState, inState, drop), tx.index(claim, c, r, doc))
}

// forget takes this load's times out of what a claim is about.
func (u *undoer) forget(c *claimRow) error {
	for _, n := range []num{c.subject, c.ref} {
		if n == 0 {
			continue
		}
		kind := uint16(0)
		err := u.change(n, func(e *entityRow) { e.seen, kind = e.seen.without(u.ts), e.kind })
		if err == nil && n == c.subject {
			err = u.relation(kind, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relation takes a relation out of the list of its kind where only this load put it there.
func (u *undoer) relation(kind uint16, c *claimRow) error {
	for _, from := range []Time{c.from(), MinTime} {
		key := kindKey(kind, from, c.subject)
		b, err := u.t.Get(key)
		if errors.Is(err, kv.ErrNotFound) || (err == nil && len(b) == 0) {
			continue
		}
		if err != nil {
			return err
		}
		d := dec{b: b}
		seen := d.firsts()
		switch left := seen.without(u.ts); left {
		case seen:
		case firsts{}:
			err = u.t.Delete(key)
		default:
			var e enc
			left.append(&e)
			err = u.t.Set(key, e)
		}
		if err != nil {
			return err
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
	return u.delete(recordKey(n), hashKey(hashRecord, r.id.key(), n), ofDocumentKey(r.doc, r.tf, n))
}

// reopen takes back that a record was closed.
func (u *undoer) reopen(n num) error {
	b, err := u.t.Get(recordKey(n))
	if errors.Is(err, kv.ErrNotFound) {
		return nil // an earlier attempt has been here
	}
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
	if errors.Is(err, kv.ErrNotFound) {
		return nil // an earlier attempt has been here
	}
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
