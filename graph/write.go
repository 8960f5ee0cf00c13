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
		p.class = old.class
		err = w.again(n, old, p)
	}
	if err != nil {
		return n, err // a link that is not there must not be logged or marked
	}
	w.tx.log(opLink, func(e *enc) { e.num(w.num); e.num(n); e.saying(p.said) })
	return n, w.tx.mark(p, w.rec.judge.Marking)
}

// findClaim finds the claim that says the same, or nil.
func (tx *Tx) findClaim(p *prepared) (num, *claimRow, error) {
	if tx.lacks(hashClaim, p.claim.key()) {
		return 0, nil, nil
	}
	return tx.searchClaim(p)
}

func (tx *Tx) searchClaim(p *prepared) (n num, found *claimRow, err error) {
	candidates, err := tx.hashed(hashClaim, p.claim.key())
	if err != nil {
		return 0, nil, err
	}
	for _, candidate := range candidates {
		row, err := tx.readClaim(candidate)
		if err != nil {
			return 0, nil, err
		}
		same := p.claimRow
		same.class = row.class // which may have been declared otherwise since then
		if string(row.identity()) == string(same.identity()) {
			n, found = candidate, row
		}
	}
	return n, found, nil
}

func (tx *Tx) readClaim(n num) (*claimRow, error) { return readClaim(tx.kv, n) }

// newClaim writes a claim that nobody has made before.
func (w *writer) newClaim(p *prepared) (num, error) {
	w.tx.next.claim++
	n := w.tx.next.claim
	p.first = w.num
	if !p.label {
		w.tx.facts++
	}
	w.tx.log(opClaim, func(e *enc) { e.num(n); p.appendIdentity(e) })
	return n, w.putClaim(n, p)
}

func (w *writer) putClaim(n num, p *prepared) error {
	s := w.tx.rowsInHand()
	s.key, s.value = appendKey(s.key[:0], famClaim, n), s.value[:0]
	p.append(&s.value)
	if err := s.set(s.key, s.value); err != nil {
		return err // undoing it looks for this row first
	}
	r := w.row(p)
	if r.ask() {
		if err := w.support(n, p.said); err != nil {
			return err
		}
	}
	s.key = appendHash(s.key[:0], hashClaim, p.claim.key(), n)
	if err := s.set(s.key, nil); err != nil {
		return err
	}
	return w.tx.index(n, &p.claimRow, r, w.rec.doc)
}

func (w *writer) row(p *prepared) row { return rowOf(&p.claimRow, w.rec, p.said) }

// rowOf is how a claim's rows begin where one record is all that is known.
func rowOf(c *claimRow, rec *record, said saying) row {
	j := &rec.judge
	r := row{until: untilOf(said.end, said.date, c.from()), tf: rec.tf, pf: rec.pf}
	r.flags = startFlags(c.start) | flags(said.end)<<shiftEnd | flags(j.Marking)<<shiftMarking |
		flags(j.Rank)<<shiftRank | flags(c.class)<<shiftClass
	if said.deny || j.Status != AcceptedStatus || j.Embargo != 0 {
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
	if err := w.tx.countFact(n, p, &old); err != nil {
		return err
	}
	r, next := w.row(p), old
	agrees := old.flags == r.flags && !r.ask() && old.until == r.until && c.said.date == p.said.date
	if c.movedBy(p.said) {
		next.flags |= flagMoved
	}
	if err := w.support(n, p.said); err != nil {
		return err
	}
	switch {
	case old.ask() && next.flags != old.flags:
		err = w.tx.change(n, c, old, next, doc)
	case old.ask():
	case agrees && old.pf <= r.pf: // an earlier publication must not show in views that are older than this record
	default:
		err = w.tx.ask(n, c, old, next, doc)
	}
	if err != nil {
		err = errors.Join(err, w.tx.kv.Delete(supportKey(n, w.num)))
	}
	return err
}

// ask makes readers look at the claim's s rows, of which the first record gets
// its own now. It is never taken back. The rows are those of old; next may be
// one that has moved.
func (tx *Tx) ask(n num, c *claimRow, old, next row, doc num) error {
	if old.ask() {
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
	next.flags, next.tt, next.pf = next.flags&^flagClosed|flagAsk, 0, first.pf // the s rows say these from now on
	if err := tx.change(n, c, old, next, doc); err != nil {
		return errors.Join(err, tx.kv.Delete(supportKey(n, c.first)))
	}
	return nil
}

// change writes the rows of a claim that was there before anew. Where that
// fails half-way they are put back: the log does not tell of it yet, and the
// chunk in hand, from which a load is undone, must not show it either.
func (tx *Tx) change(n num, c *claimRow, old, next row, doc num) error {
	err := tx.index(n, c, next, doc)
	if err == nil {
		return nil
	}
	if old.flags&flagMoved == 0 && next.flags&flagMoved != 0 {
		drop := func(key, _ []byte) error { return tx.kv.Delete(key) }
		err = errors.Join(err, c.sides(n, outState, inState, drop))
	}
	return errors.Join(err, tx.index(n, c, old, doc))
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

// section chooses between the event and the state section of edges by what
// the first record says: an event that is bounded, and everything else.
func (c *claimRow) section(event, state byte) byte {
	if c.bounded(c.said) {
		return event
	}
	return state
}

// bounded tells whether a record makes the claim an event with a date that
// lasts at most MaxEvent.
func (c *claimRow) bounded(s saying) bool {
	from := c.from()
	return c.class == Event && s.end != OpenEnd && from != MinTime && untilOf(s.end, s.date, from)-from <= MaxEvent
}

// movedBy tells whether a later record makes a link unbounded that stands in
// the event sections.
func (c *claimRow) movedBy(s saying) bool {
	return c.value.typ == Reference && c.bounded(c.said) && !c.bounded(s)
}

// index writes all rows that show the claim.
func (tx *Tx) index(n num, c *claimRow, r row, doc num) error {
	alias, label := tx.isLabel(c)
	return tx.rowsInHand().claim(n, c, r, doc, alias, label)
}

// rowsInHand writes rows in memory of the transaction.
func (tx *Tx) rowsInHand() *rowWriter {
	if tx.rows.set == nil {
		tx.rows.set = tx.set
	}
	return &tx.rows
}

// isLabel tells whether the claim is a name or an alias.
func (tx *Tx) isLabel(c *claimRow) (alias, label bool) {
	if c.value.typ != Text {
		return false, false
	}
	name, err := tx.nameOf(c.prop)
	return name == PropertyAlias, err == nil && builtin(name)
}

// mark notes in the headers of what a link is about that something with this
// marking is known, and lists a relation by the link's start.
func (tx *Tx) mark(p *prepared, m Marking) error {
	for _, c := range p.about() {
		if c.seen[m] == 0 {
			c.seen[m] = tx.TS()
			tx.changes(c)
		}
	}
	kind, err := tx.nameOf(p.subj.kind)
	if err != nil {
		return err
	}
	k := tx.db.ontology.Kind(kind)
	if !k.lists(p.class) {
		return nil
	}
	return tx.markKind(p.subj, k.Class, p, m)
}

// lists tells whether claims of a class list their relation among those of its
// kind: those that have a start, or, where the whole kind is timeless, any.
func (k *Kind) lists(class Class) bool {
	return k != nil && k.Relation && (class != Timeless || k.Class == Timeless)
}

// listedAt is the start by which a claim lists its relation among those of its
// kind. In a kind of events, what is not bounded is found whatever the window.
func (c *claimRow) listedAt(class Class) Time {
	if class == Event && c.section(outEvent, outState) == outState {
		return MinTime
	}
	return c.from()
}

func (tx *Tx) markKind(c *cachedEntity, class Class, p *prepared, m Marking) error {
	key := kindKey(c.kind, p.listedAt(class), c.num)
	seen := tx.kinds[string(key)]
	if seen == nil {
		seen = new(firsts)
		b, err := tx.kv.Get(key)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		d := dec{b: b}
		*seen = d.firsts()
		if err := d.done("row of family k"); err != nil {
			return err
		}
		put(&tx.kinds, string(key), seen)
	}
	if seen[m] != 0 {
		return nil
	}
	seen[m] = tx.TS()
	var e enc
	seen.append(&e)
	return tx.set(key, e)
}
