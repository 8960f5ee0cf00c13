package graph

import (
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// writer writes the claims of one record.
type writer struct {
	tx   *Tx
	rec  *record
	num  num
	when Time // when it was said
}

// link writes one claim of the record, new or known, and returns its number.
func (w *writer) link(p *prepared) (num, error) {
	if w.rec.byLog {
		if err := w.tx.room(); err != nil {
			return 0, err
		}
	}
	n, old, err := w.tx.findClaim(p)
	if err != nil {
		return 0, err
	}
	if old == nil {
		n, err = w.newClaim(p)
	} else {
		err = w.again(n, old, p)
	}
	if w.rec.byLog {
		w.tx.log(opLink, func(e *enc) { e.num(w.num); e.num(n); e.saying(p.said) })
	}
	return n, errors.Join(err, w.tx.mark(p, w.rec.judge.Marking))
}

// findClaim finds the claim that says the same, or nil.
func (tx *Tx) findClaim(p *prepared) (n num, found *claimRow, err error) {
	want := string(p.identity())
	err = tx.hashed(hashClaim, p.claim.key(), func(candidate num) error {
		row, err := tx.readClaim(candidate)
		if err == nil && string(row.identity()) == want {
			n, found = candidate, row
		}
		return err
	})
	return n, found, err
}

func (tx *Tx) readClaim(n num) (*claimRow, error) {
	b, err := tx.kv.Get(claimKey(n))
	if err != nil {
		return nil, fmt.Errorf("claim row: %w", err)
	}
	r, err := decodeClaim(b)
	return &r, err
}

// newClaim writes a claim that nobody has made before.
func (w *writer) newClaim(p *prepared) (num, error) {
	w.tx.next.claim++
	n := w.tx.next.claim
	p.first = w.num
	if !p.label {
		w.tx.facts++
	}
	r := w.row(p)
	content := p.encode()
	w.tx.log(opClaim, func(e *enc) { e.num(n); *e = append(*e, content...) })
	err := errors.Join(w.tx.set(claimKey(n), content), w.tx.set(hashKey(hashClaim, p.claim.key(), n), nil))
	if err == nil && r.ask() {
		err = w.support(n, p.said)
	}
	return n, errors.Join(err, w.tx.index(n, &p.claimRow, r, w.rec.doc))
}

// row is the answer that the claim's rows give as long as this record is all
// the evidence.
func (w *writer) row(p *prepared) row {
	j := &w.rec.judge
	r := row{until: p.until, tf: w.rec.tf, pf: w.rec.pf}
	r.flags = startFlags(p.start) | flags(p.said.end)<<shiftEnd | flags(j.Marking)<<shiftMarking |
		flags(j.Rank)<<shiftRank | flags(p.class)<<shiftClass
	if p.said.deny || j.Status != AcceptedStatus || j.Embargo != 0 {
		r.flags |= flagAsk
	}
	return r
}

func (w *writer) support(claim num, said saying) error {
	s := w.rec.support(w.num, said, w.when)
	return w.tx.set(supportKey(claim, w.num), s.encode())
}

// again adds the record to the evidence of a claim that others made before.
// Where it agrees with all of them, the claim's rows go on answering alone.
func (w *writer) again(n num, c *claimRow, p *prepared) error {
	old, doc, err := w.tx.homeRow(n, c)
	if err != nil {
		return err
	}
	r := w.row(p)
	agrees := old.flags == r.flags && !r.ask() && old.until == r.until && c.said.date == p.said.date
	switch {
	case old.ask():
	case agrees && old.pf <= r.pf:
	case agrees && w.tx.bulk == nil: // in chunks it could not be taken back
		old.pf = r.pf
		err = w.tx.index(n, c, old, doc)
	default:
		err = w.tx.ask(n, c, old, doc)
	}
	return errors.Join(err, w.support(n, p.said))
}

// ask makes readers look at the claim's s rows, of which the first record gets
// its own now. It is never taken back.
func (tx *Tx) ask(n num, c *claimRow, r row, doc num) error {
	if r.ask() {
		return nil
	}
	first, err := tx.readRecord(c.first)
	if err != nil {
		return err
	}
	from, err := tx.document(first.doc)
	if err != nil {
		return err
	}
	s := first.support(c.first, c.said, first.when(from))
	if err := tx.set(supportKey(n, c.first), s.encode()); err != nil {
		return err
	}
	r.flags |= flagAsk
	return tx.index(n, c, r, doc)
}

// homeRow reads one of the claim's rows, which all say the same.
func (tx *Tx) homeRow(n num, c *claimRow) (r row, doc num, err error) {
	b, err := tx.kv.Get(c.home(n))
	if err != nil {
		return r, 0, fmt.Errorf("claim's row: %w", err)
	}
	d := dec{b: b}
	r = d.row(c.from())
	if c.value.typ == Reference {
		d.num()
		doc = d.num()
	}
	if d.bad {
		return r, doc, fmt.Errorf("%w: claim's row", ErrDamaged)
	}
	return r, doc, nil
}

// home is the key of the row by which the claim stands at its subject.
func (c *claimRow) home(n num) []byte {
	if c.value.typ != Reference {
		return attributeKey(c.subject, c.prop, c.from(), n)
	}
	return edgeKey(c.subject, c.section(outEvent, outState), c.from(), c.prop, n)
}

// section chooses between the event and the state section of edges: an event
// with a date that is bounded to MaxEvent, and everything else.
func (c *claimRow) section(event, state byte) byte {
	if c.class != Event || c.said.end == OpenEnd || c.from() == MinTime ||
		untilOf(c.said.end, c.said.date, c.from())-c.from() > MaxEvent {
		return state
	}
	return event
}

// index writes all rows that show the claim.
func (tx *Tx) index(n num, c *claimRow, r row, doc num) error {
	alias, label := tx.isLabel(c)
	return c.rows(n, r, doc, alias, label, tx.set)
}

// isLabel tells whether the claim is a name or an alias.
func (tx *Tx) isLabel(c *claimRow) (alias, label bool) {
	name, err := tx.nameOf(c.prop)
	return name == PropertyAlias, err == nil && c.value.typ == Text && builtin(name)
}

// rows gives every row that shows the claim to set.
func (c *claimRow) rows(n num, r row, doc num, alias, label bool, set func(key, value []byte) error) error {
	from := c.from()
	e := make(enc, 0, 64)
	r.append(&e, from)
	head := len(e)
	if c.value.typ == Reference {
		return c.edges(n, e[:head:head], doc, set)
	}
	v := e[:head:head]
	v.value(c.value, 0)
	if err := set(attributeKey(c.subject, c.prop, from, n), v); err != nil || !label {
		return err
	}
	a := e[:head:head]
	a.byte(byte(boolBit(alias)))
	a.value(c.value, 0)
	return set(labelKey(fold(c.value.text), c.subject, n), a)
}

func (c *claimRow) edges(n num, head enc, doc num, set func(key, value []byte) error) error {
	from := c.from()
	with := func(nums ...num) []byte {
		e := head
		for _, x := range nums {
			e.num(x)
		}
		e.num(doc)
		return e
	}
	return errors.Join(
		set(edgeKey(c.subject, c.section(outEvent, outState), from, c.prop, n), with(c.ref)),
		set(edgeKey(c.ref, c.section(inEvent, inState), from, c.prop, n), with(c.subject)),
		set(pairKey(c.subject, c.ref, from, c.prop, n), with(c.subject)),
		set(propertyKey(c.prop, from, n), with(c.subject, c.ref)))
}

// mark notes in the headers of what a link is about that something with this
// marking is known, and lists a relation by the link's start.
func (tx *Tx) mark(p *prepared, m Marking) error {
	for _, c := range []*cachedEntity{p.subj, p.obj} {
		if c != nil && c.seen[m] == 0 {
			c.seen[m], c.dirty = tx.TS(), true
			tx.byNum[c.num] = c
		}
	}
	kind, err := tx.nameOf(p.subj.kind)
	if err != nil {
		return err
	}
	k := tx.db.ontology.Kind(kind)
	if k == nil || !k.Relation || (p.class == Timeless && k.Class != Timeless) {
		return nil
	}
	return tx.markKind(p.subj, k.Class, p, m)
}

func (tx *Tx) markKind(c *cachedEntity, class Class, p *prepared, m Marking) error {
	from := p.from()
	if class == Event && p.section(outEvent, outState) == outState {
		from = MinTime // unbounded: found whatever the window
	}
	key := kindKey(c.kind, from, c.num)
	seen := tx.kinds[string(key)]
	if seen == nil {
		seen = new(firsts)
		b, err := tx.kv.Get(key)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		d := dec{b: b}
		*seen = d.firsts()
		tx.kinds[string(key)] = seen
	}
	if seen[m] != 0 {
		return nil
	}
	seen[m] = tx.TS()
	var e enc
	seen.append(&e)
	return tx.set(key, e)
}
