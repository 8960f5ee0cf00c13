package graph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Retract records that an assertion is no longer relied on. What stood on it
// alone is no longer known from this transaction on; the past does not change.
func (tx *Tx) Retract(id AssertionID) error {
	list, err := tx.standing(id)
	if err != nil {
		return err
	}
	delete(tx.said, id)
	return tx.closeAll(list, causeRetract)
}

func (tx *Tx) closeAll(list []opened, why cause) error {
	for _, o := range list {
		if err := tx.close(o.num, o.record, why); err != nil {
			return err
		}
	}
	return nil
}

// Correct replaces an assertion by another one in one transaction: we were
// wrong, the world did not move. The new one may stand under another key.
func (tx *Tx) Correct(id AssertionID, d Draft) (AssertionID, error) {
	old, err := tx.standing(id)
	if err != nil {
		return AssertionID{}, err
	}
	rec, links, err := tx.prepare(&d)
	if err != nil {
		return AssertionID{}, err
	}
	if err := tx.refuseBuried(rec); err != nil {
		return AssertionID{}, err
	}
	if rec.id == id && !slices.ContainsFunc(old, func(o opened) bool { return o.content != rec.content }) {
		return AssertionID{}, fmt.Errorf("%w: the correction says the same", ErrRefused)
	}
	if rec.id != id {
		if _, err := tx.standing(rec.id); err == nil {
			return AssertionID{}, fmt.Errorf("%w: assertion %s, under the key %s, stands already: give the correction another key, or retract that one first", ErrConflict, rec.id, rec.key)
		} else if !errors.Is(err, ErrNotFound) {
			return AssertionID{}, err
		}
	}
	if err := tx.closeAll(old, causeCorrect); err != nil {
		return AssertionID{}, err
	}
	rec.before = old[0].num
	put(&tx.said, rec.id, saidHere{rec.content, Corrected})
	return rec.id, tx.open(rec, links)
}

// Judge changes what the recorder says of an assertion: its grade, rank,
// marking, embargo or status. The past keeps the old judgement.
func (tx *Tx) Judge(id AssertionID, change func(*Judgement)) error {
	list, err := tx.standing(id)
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := tx.judge(o, change); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) judge(old opened, change func(*Judgement)) error {
	rec := *old.record
	change(&rec.judge)
	if err := rec.judge.valid(); err != nil {
		return err
	}
	if rec.judge == old.judge {
		return nil
	}
	links, err := tx.linksOf(old.num, old.record)
	if err != nil {
		return err
	}
	tx.called = nil // by a draft that wrote nothing
	if rec.judge.Marking < old.judge.Marking {
		if err := tx.openKeys(old.record, links); err != nil {
			return err
		}
	}
	if err := tx.close(old.num, old.record, causeJudge); err != nil {
		return err
	}
	delete(tx.said, rec.id)
	rec.tf, rec.tt, rec.before, rec.links = tx.TS(), 0, old.num, nil
	return tx.open(&rec, links)
}

// openKeys tells the keys that were given with a record, however often it was
// judged since, as far as the record will be told.
func (tx *Tx) openKeys(rec *record, links []prepared) error {
	var named []*cachedEntity
	for i := range links {
		named = append(named, links[i].about()...)
	}
	for _, n := range rec.chain {
		c, err := tx.numbered(n)
		if err != nil {
			return err
		}
		named = append(named, c)
	}
	for rec != nil {
		for _, c := range named {
			c.tellKeysSince(rec.tf)
		}
		var err error
		if rec, err = tx.judgedBefore(rec); err != nil {
			return err
		}
	}
	return nil
}

// judgedBefore is the record that a judgement put another one in the place of, or nil.
func (tx *Tx) judgedBefore(rec *record) (*record, error) {
	if rec.before == 0 {
		return nil, nil
	}
	old, err := tx.readRecord(rec.before)
	switch {
	case errors.Is(err, kv.ErrNotFound): // erased
		return nil, nil
	case err != nil || old.id != rec.id || old.content != rec.content || old.tt != rec.tf:
		return nil, err
	}
	return old, nil
}

// linksOf takes a record's links up again, as they were prepared.
func (tx *Tx) linksOf(n num, rec *record) ([]prepared, error) {
	var list []prepared
	err := tx.claimsOf(n, rec, func(claim num) error {
		c, err := tx.readClaim(claim)
		if err != nil {
			return err
		}
		said, err := sayingOf(tx.kv, claim, n, c)
		if err != nil {
			return err
		}
		p, err := tx.prepareClaim(c, said)
		list = append(list, p)
		return err
	})
	return list, err
}

// prepareClaim makes a link of what a record says of a claim.
func (tx *Tx) prepareClaim(c *claimRow, said saying) (p prepared, err error) {
	p.claimRow = *c
	p.said, p.until = said, untilOf(said.end, said.date, c.from())
	if p.subj, err = tx.numbered(c.subject); err != nil {
		return p, err
	}
	var ref EntityID
	if c.value.typ == Reference {
		if p.obj, err = tx.numbered(c.ref); err != nil {
			return p, err
		}
		ref = p.obj.id
	}
	property, err := tx.nameOf(c.prop)
	p.claim = c.id(&tx.hand, p.subj.id, ref, property)
	return p, err
}

// sayingOf is what a record says of a claim.
func sayingOf(r kv.Reader, claim, record num, c *claimRow) (saying, error) {
	if c.first == record {
		return c.said, nil
	}
	b, err := r.Get(supportKey(claim, record))
	if err != nil {
		return saying{}, err
	}
	s, err := decodeSupport(record, b)
	return s.said, err
}

// claimsOf calls fn for each claim of a record.
func (tx *Tx) claimsOf(n num, rec *record, fn func(num) error) error {
	return claimsOf(tx.kv, n, rec, fn)
}

func claimsOf(r kv.Reader, n num, rec *record, fn func(num) error) error {
	if !rec.byLog {
		for _, c := range rec.links {
			if err := fn(c); err != nil {
				return err
			}
		}
		return nil
	}
	return logOf(r, rec.tf, false, func(l *logRecord) error {
		for _, op := range l.ops {
			d := dec{b: op.content}
			if d.byte() != opLink || d.num() != n {
				continue
			}
			if err := fn(d.num()); err != nil {
				return err
			}
		}
		return nil
	})
}

// close ends a record's transaction interval, and with it what it alone says.
func (tx *Tx) close(n num, rec *record, why cause) error {
	if rec.byLog && rec.tf == tx.TS() { // its claims are still in hand
		if err := tx.writeLog(false); err != nil {
			return err
		}
	}
	tx.log(opClose, func(e *enc) { e.num(n); e.byte(byte(why)) })
	return tx.putClose(n, rec)
}

func (tx *Tx) putClose(n num, rec *record) error {
	rec.tt = tx.TS()
	if err := tx.set(recordKey(n), rec.encode()); err != nil {
		return err
	}
	return tx.claimsOf(n, rec, func(claim num) error {
		return errors.Join(tx.closeLink(n, claim), tx.room())
	})
}

func (tx *Tx) closeLink(record, claim num) error {
	c, err := tx.readClaim(claim)
	if err != nil {
		return err
	}
	if err := tx.unjudge(c); err != nil {
		return err
	}
	r, doc, err := tx.homeRow(claim, c)
	if err != nil {
		return err
	}
	alone, err := tx.alone(claim)
	if err != nil {
		return err
	}
	if alone {
		r.flags |= flagClosed
		r.tt = tx.TS()
		return tx.index(claim, c, r, doc)
	}
	if err := tx.ask(claim, c, r, r, doc); err != nil {
		return err
	}
	b, err := tx.kv.Get(supportKey(claim, record))
	if err != nil {
		return fmt.Errorf("support row: %w", err)
	}
	s, err := decodeSupport(record, b)
	s.tt = tx.TS()
	return errors.Join(err, tx.set(supportKey(claim, record), s.encode()))
}

// unjudge notes that a claim on sameness has lost support.
func (tx *Tx) unjudge(c *claimRow) error {
	kind, err := tx.sameAsKind()
	if err != nil || kind == 0 {
		return err
	}
	e, err := tx.numbered(c.subject)
	if err == nil && e.kind == kind {
		tx.clusters, tx.judged = nil, true
	}
	return err
}

// alone tells whether a claim's rows are all that is known of its evidence:
// there is one record and it has no s row.
func (tx *Tx) alone(claim num) (bool, error) {
	alone := true
	prefix := key(famSupport, claim)
	err := tx.kv.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true, Limit: 1}, func(_, _ []byte) error {
		alone = false
		return nil
	})
	return alone, err
}
