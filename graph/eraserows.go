package graph

import (
	"errors"
	"maps"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// eraseClaims takes the records out of all claims that they make, and the
// claims away that nobody else makes.
func (e *eraser) eraseClaims() error {
	touched := map[num]bool{}
	count := 0
	settle := func() error {
		for _, n := range slices.Sorted(maps.Keys(touched)) {
			if err := e.tx.settleEntity(n); err != nil {
				return err
			}
		}
		clear(touched)
		return errors.Join(e.ctx.Err(), e.t.Flush())
	}
	for _, n := range e.doomed {
		rec, err := e.tx.readRecord(n)
		if err != nil {
			return err
		}
		var list []num
		if err := e.tx.claimsOf(n, rec, func(claim num) error { list = append(list, claim); return nil }); err != nil {
			return err
		}
		for _, claim := range list {
			if err := e.eraseClaim(claim, touched); err != nil {
				return err
			}
			if count++; count%e.tx.db.sizes.erase == 0 {
				if err := settle(); err != nil {
					return err
				}
			}
		}
	}
	return settle()
}

func (e *eraser) eraseClaim(n num, touched map[num]bool) error {
	c, err := e.tx.readClaim(n)
	if errors.Is(err, kv.ErrNotFound) {
		e.claims[n] = true // an earlier attempt has been here
		return nil
	}
	if err != nil {
		return err
	}
	makers, err := e.tx.makers(n)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(makers), func(m num) bool { return e.records[m] })
	touched[c.subject] = true
	if c.ref != 0 {
		touched[c.ref] = true
	}
	if len(left) == len(makers) {
		return nil
	}
	sayings := make([]saying, len(left))
	for i, m := range left {
		if sayings[i], err = sayingOf(e.t, n, m, c); err != nil {
			return err
		}
	}
	if err := e.tx.dropClaim(n, c, makers); err != nil {
		return err
	}
	if len(left) > 0 {
		return e.tx.rebuild(n, c, left, sayings)
	}
	e.claims[n] = true
	return nil
}

// dropClaim deletes all rows of a claim.
func (tx *Tx) dropClaim(n num, c *claimRow, makers []num) error {
	p, err := tx.prepareClaim(c, c.said)
	if err != nil {
		return err
	}
	alias, label := tx.isLabel(c)
	drop := func(key, _ []byte) error { return tx.kv.Delete(key) }
	if err := c.rows(n, row{flags: flagMoved}, 0, alias, label, drop); err != nil {
		return err
	}
	for _, m := range makers {
		if err := tx.kv.Delete(supportKey(n, m)); err != nil {
			return err
		}
	}
	return errors.Join(tx.kv.Delete(claimKey(n)), tx.kv.Delete(hashKey(hashClaim, p.claim.key(), n)))
}

// rebuild writes the rows of a claim anew from the records that make it, as if
// there had never been another one.
func (tx *Tx) rebuild(n num, c *claimRow, makers []num, sayings []saying) error {
	c.first, c.said = makers[0], sayings[0]
	records := make([]*record, len(makers))
	for i, m := range makers {
		rec, err := tx.readRecord(m)
		if err != nil {
			return err
		}
		records[i] = rec
	}
	r := rowOfAll(c, records, sayings)
	for i, m := range makers {
		if i == 0 && !r.ask() {
			continue
		}
		doc, err := tx.document(records[i].doc)
		if err != nil {
			return err
		}
		s := records[i].support(m, sayings[i], records[i].when(doc))
		if err := tx.set(supportKey(n, m), s.encode()); err != nil {
			return err
		}
	}
	p, err := tx.prepareClaim(c, c.said)
	if err != nil {
		return err
	}
	return errors.Join(tx.set(claimKey(n), c.encode()), tx.set(hashKey(hashClaim, p.claim.key(), n), nil), tx.index(n, c, r, records[0].doc))
}

// rowOfAll is how a claim's rows begin where these records came one after
// another: what writer.again and Tx.closeLink come to.
func rowOfAll(c *claimRow, records []*record, sayings []saying) row {
	first := records[0]
	r := rowOf(c, first, c.said)
	plain, ask := r, r.ask()
	for i, rec := range records[1:] {
		o, said := rowOf(c, rec, sayings[i+1]), sayings[i+1]
		agrees := o.flags == plain.flags && o.until == plain.until && said.date == c.said.date && rec.pf >= first.pf
		ask = ask || !agrees || rec.tt != 0 || first.tt != 0
		if c.movedBy(said) {
			r.flags |= flagMoved
		}
	}
	switch {
	case ask:
		r.flags |= flagAsk
	case first.tt != 0:
		r.flags, r.tt = r.flags|flagClosed, first.tt
	}
	return r
}

// settleEntity writes anew since when an entity has been seen, and where it is
// listed among those of its kind.
func (tx *Tx) settleEntity(n num) error {
	c, err := tx.numbered(n)
	if err != nil {
		return err
	}
	old, err := tx.listings(c)
	if err != nil {
		return err
	}
	rd := reading{View: View{db: tx.db}, r: tx.kv}
	now := seenEntity{rd: &rd, n: n, kind: c.kind, listed: map[string]*firsts{}}
	if err := now.gather(); err != nil {
		return err
	}
	for _, key := range old {
		if now.listed[key] == nil {
			if err := tx.kv.Delete([]byte(key)); err != nil {
				return err
			}
		}
	}
	for key, seen := range now.listed {
		var e enc
		seen.append(&e)
		if err := tx.set([]byte(key), e); err != nil {
			return err
		}
	}
	c.seen = now.seen
	return tx.set(entityKey(n), c.encode())
}

// listings are the rows that list a relation by kind.
func (tx *Tx) listings(c *cachedEntity) (list []string, err error) {
	kind, err := tx.nameOf(c.kind)
	if k := tx.db.ontology.Kind(kind); err != nil || k == nil || !k.Relation {
		return nil, err
	}
	prefix := put2([]byte{famKind}, c.kind)
	err = tx.kv.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
		n, err := lastOf(k, lenKind)
		if n == c.num {
			list = append(list, string(k))
		}
		return err
	})
	return list, err
}

// eraseLog destroys the operations that hold what is erased; their leaves stay.
func (e *eraser) eraseLog() error {
	for from := []byte{famLog}; from != nil; {
		var changed []keyed
		var last []byte
		rng := kv.Range{Start: from, End: []byte{famLog + 1}, Limit: dumpStep}
		err := e.t.Scan(rng, func(k, v []byte) error {
			last = append(slices.Clone(k), 0)
			rec, err := decodeLog(k, v)
			if err == nil && e.strike(&rec) {
				changed = append(changed, keyed{slices.Clone(k), rec.encode()})
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range changed {
			if err := errors.Join(e.t.Set(row.key, row.value), e.room()); err != nil {
				return err
			}
		}
		from = last
	}
	return e.t.Flush()
}

type keyed struct{ key, value []byte }

func (e *eraser) room() error {
	if keys, bytes := e.t.Pending(); keys < e.tx.db.sizes.undo && bytes < kv.MaxUpdateBytes/2 {
		return e.ctx.Err()
	}
	return e.t.Flush()
}

// strike erases operations of a log record, and tells whether there were any.
func (e *eraser) strike(rec *logRecord) bool {
	any := false
	for i := range rec.ops {
		o := &rec.ops[i]
		if o.content == nil || !e.hit(o.content) {
			continue
		}
		*o = operation{leaf: o.hash()}
		any = true
	}
	return any
}

// hit tells whether an operation holds something of what is erased.
func (e *eraser) hit(op []byte) bool {
	d := dec{b: op}
	switch kind, n := d.byte(), d.num(); kind {
	case opRecord, opLink, opClose:
		return e.records[n]
	case opClaim:
		return e.claims[n]
	case opKey:
		return e.keyless[n]
	case opDocument:
		return e.docs[n]
	}
	return false
}

// eraseRecords deletes the records themselves.
func (e *eraser) eraseRecords() error {
	for _, n := range e.doomed {
		rec, err := e.tx.readRecord(n)
		if err != nil {
			return err
		}
		if err := errors.Join(e.t.Delete(recordKey(n)), e.t.Delete(hashKey(hashRecord, rec.id.key(), n)),
			e.t.Delete(ofDocumentKey(rec.doc, rec.tf, n))); err != nil {
			return err
		}
	}
	return nil
}

// eraseEntities deletes keys, and what is known of documents.
func (e *eraser) eraseEntities() error {
	for n := range e.keyless {
		c, err := e.tx.numbered(n)
		if err != nil {
			return err
		}
		for _, k := range c.keys {
			if err := disown(e.t, k.Key, func(o owner) bool { return o.entity == n }); err != nil {
				return err
			}
		}
		if c.doc != 0 {
			row, err := e.tx.document(c.doc)
			if err != nil {
				return err
			}
			if err := errors.Join(e.t.Delete(documentKey(c.doc)), e.t.Delete(publicationKey(row.pf, c.doc))); err != nil {
				return err
			}
		}
		c.keys, c.doc = nil, 0
		if err := e.t.Set(entityKey(n), c.encode()); err != nil {
			return err
		}
	}
	return nil
}
