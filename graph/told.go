package graph

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// What a writer is told of (rule 5): entities and keys within the clearance of
// the act, and records. What lies above neither stands in the way of the act
// nor changes what it is told.

// newestTS is behind every transaction.
const newestTS TS = math.MaxInt64

// openness is the most open marking of what a transaction says of an entity.
type openness struct {
	said    bool
	marking Marking
}

func (o *openness) see(m Marking) {
	if !o.said || m < o.marking {
		*o = openness{true, m}
	}
}

// calling is a key by which a draft names an entity, and which not everybody is told.
type calling struct {
	entity *cachedEntity
	key    Key
}

// say notes how openly an assertion that the transaction makes, new or known,
// names its document, its speakers and what its claims are about, and which
// keys it uses.
func (tx *Tx) say(rec *record, links []prepared) error {
	doc, err := tx.document(rec.doc)
	if err != nil {
		return err
	}
	home, err := tx.numbered(doc.entity)
	if err != nil {
		return err
	}
	home.named.see(rec.judge.Marking)
	for _, k := range home.keys {
		home.tellAgain(k.Key)
	}
	for _, n := range rec.chain {
		c, err := tx.numbered(n)
		if err != nil {
			return err
		}
		c.named.see(rec.judge.Marking)
	}
	for _, call := range tx.called {
		call.entity.named.see(rec.judge.Marking)
		call.entity.tellAgain(call.key)
	}
	for i := range links {
		for _, c := range links[i].about() {
			c.named.see(rec.judge.Marking)
		}
	}
	if tx.long != nil {
		for _, c := range tx.long.entities {
			c.named.see(rec.judge.Marking)
		}
	}
	tx.called = nil
	return nil
}

// about is the entities that a link names.
func (p *prepared) about() []*cachedEntity {
	if p.obj == nil {
		return []*cachedEntity{p.subj}
	}
	return []*cachedEntity{p.subj, p.obj}
}

// tellAgain notes that a key which is not told to everybody was used.
func (c *cachedEntity) tellAgain(k Key) {
	if !c.knownBy(k, newestTS, Clear) && !slices.Contains(c.again, k) {
		c.again = append(c.again, k)
	}
}

// tellKeys settles how far the keys are told that the transaction gave: as far
// as the most open of what it says of the entity, or to everybody.
func (tx *Tx) tellKeys() error {
	var list []*cachedEntity
	for _, c := range tx.byNum {
		given := slices.ContainsFunc(c.keys, func(k datedKey) bool { return k.ts == tx.at })
		if len(c.again) > 0 || given && c.named.said && c.named.marking != Clear {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *cachedEntity) int { return cmp.Compare(a.num, b.num) })
	for _, c := range list {
		if err := tx.tellKeysOf(c); err != nil {
			return err
		}
		if err := tx.room(); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) tellKeysOf(c *cachedEntity) error {
	for _, k := range c.again {
		if c.knownBy(k, newestTS, c.named.marking) {
			continue
		}
		if err := tx.giveKey(c, k); err != nil {
			return err
		}
	}
	c.again = nil
	if c.named.marking == Clear || !tx.markKeys(c, c.named.marking) {
		return nil
	}
	tx.log(opTold, func(e *enc) { e.num(c.num); e.byte(byte(c.named.marking)) })
	return nil
}

// tellKeysSince notes that the keys given at a time are used.
func (c *cachedEntity) tellKeysSince(ts TS) {
	for _, k := range c.keys {
		if k.ts == ts {
			c.tellAgain(k.Key)
		}
	}
}

// markKeys gives an entity's keys of this transaction their marking, and tells
// whether there are any.
func (tx *Tx) markKeys(c *cachedEntity, m Marking) (any bool) {
	for i := range c.keys {
		if c.keys[i].ts == tx.at {
			c.keys[i].marking, any = m, true
		}
	}
	if any {
		tx.changes(c)
	}
	return any
}

// sees tells whether an act may know of a record. Embargoes bind all but those
// who see everything, or else nobody could take back what is under one.
func (tx *Tx) sees(r *record) bool {
	clearance := tx.act.Clearance
	return clearance == Red || r.judge.Marking <= clearance && r.judge.Embargo <= TimeOf(tx.db.opts.Now())
}

// opened is a record of an assertion, with its number.
type opened struct {
	num num
	*record
}

// recordsOf lists the records of an assertion that the act may know of, the
// newest first.
func (tx *Tx) recordsOf(id AssertionID) (list []opened, err error) {
	numbers, err := tx.hashed(hashRecord, id.key())
	if err != nil {
		return nil, err
	}
	for _, n := range slices.Backward(numbers) {
		r, err := tx.readRecord(n)
		if err != nil {
			return nil, err
		}
		if r.id == id && tx.sees(r) {
			list = append(list, opened{n, r})
		}
	}
	return list, nil
}

// standing lists those of them that are not closed. There is one, unless
// writers who could not see each other's have used the same key.
func (tx *Tx) standing(id AssertionID) ([]opened, error) {
	list, err := tx.recordsOf(id)
	if list = slices.DeleteFunc(list, func(o opened) bool { return o.tt != 0 }); err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: assertion %s, or it was retracted", ErrNotFound, id)
	}
	return list, err
}

// blind tells whether a record that the act will not see when it is written is
// there already, just so. Then it is not written again, and the act is told
// what it would have been told without it.
func (tx *Tx) blind(rec *record, keep bool) (found bool, err error) {
	if tx.sees(rec) {
		return false, nil
	}
	numbers, err := tx.hashed(hashRecord, rec.id.key())
	if err != nil {
		return false, err
	}
	for _, n := range numbers {
		r, err := tx.readRecord(n)
		if err != nil {
			return false, err
		}
		found = found || r.id == rec.id && r.content == rec.content && r.stated == rec.stated && (r.tt == 0 || keep)
	}
	return found, nil
}

// countFact counts a claim that is there already as a new fact, where the act
// may know of nobody who makes it.
func (tx *Tx) countFact(n num, p *prepared, r *row) error {
	if p.label || tx.act.Clearance == Red || tx.replay != nil {
		return nil
	}
	known := r.marking() <= tx.act.Clearance
	if r.ask() {
		known = false
		now := TimeOf(tx.db.opts.Now())
		rd := reading{r: tx.kv}
		err := rd.supports(n, func(s *support) {
			known = known || s.marking <= tx.act.Clearance && s.embargo <= now
		})
		if err != nil {
			return err
		}
	}
	if !known {
		tx.facts++
	}
	return nil
}

// countFacts counts the claims of a record that is not written.
func (tx *Tx) countFacts(links []prepared) error {
	for i := range links {
		if err := tx.countKnown(&links[i]); err != nil {
			return err
		}
	}
	if tx.long != nil {
		return tx.long.write(tx.countKnown)
	}
	return nil
}

// countKnown is countFact for a claim that is there, unless it was erased since.
func (tx *Tx) countKnown(p *prepared) error {
	n, c, err := tx.findClaim(p)
	if err != nil || c == nil {
		return err
	}
	r, _, err := tx.homeRow(n, c)
	if err != nil {
		return err
	}
	return tx.countFact(n, p, &r)
}
