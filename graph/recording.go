package graph

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// identifyRecord gives the record its key, its id and the hashes by which it
// is known again (rule 3).
func (tx *Tx) identifyRecord(rec *record, d *Draft, doc EntityID, links []prepared) error {
	plain := *rec
	plain.judge, plain.tf, plain.pf, plain.doc, plain.chain, plain.turns = Judgement{}, 0, 0, 0, nil, Interval{}
	said := tx.hand[:0]
	plain.append(&said)
	for _, n := range rec.chain {
		said = append(said, tx.byNum[n].id[:]...)
	}
	content, err := tx.contentHash(said, d, links)
	if err != nil {
		return err
	}
	copy(rec.content[:], content[:])
	judged := tx.hand[:0]
	judged.judgement(rec.judge)
	sum := sha256.Sum256(judged)
	copy(rec.stated[:], sum[:])
	if rec.key == "" {
		rec.key = fmt.Sprintf("sha256:%x", rec.content)
		if rec.span != (Span{}) {
			rec.key = fmt.Sprintf("@%d+%d", rec.span.Offset, rec.span.Length)
		}
	}
	rec.id = assertionID(&tx.hand, doc, rec.key)
	return nil
}

// contentHash is the hash of what is said already and then of the claims.
func (tx *Tx) contentHash(said enc, d *Draft, links []prepared) (sum [sha256.Size]byte, err error) {
	if tx.spool == nil {
		said.sayings(links)
		tx.hand = said
		return sha256.Sum256(said), nil
	}
	h := sha256.New()
	h.Write(said)
	err = tx.identifyLong(d, links, h)
	h.Sum(sum[:0])
	return sum, err
}

// sayings writes what a record says of its claims, which are all different.
func (e *enc) sayings(links []prepared) {
	order := make([]*prepared, 0, 8) // of few, without memory of their own
	for i := range links {
		order = append(order, &links[i])
	}
	slices.SortFunc(order, func(a, b *prepared) int { return bytes.Compare(a.claim[:], b.claim[:]) }) // the order of fillers says nothing
	for _, p := range order {
		*e = append(*e, p.claim[:]...)
		e.saying(p.said)
	}
}

// assertionID is the id of an assertion by its document and its key there, given
// memory to write them down.
func assertionID(e *enc, doc EntityID, key string) AssertionID {
	*e = append((*e)[:0], doc[:]...)
	e.string(key)
	return AssertionID(derive('a', *e))
}

// record writes what is new of an assertion.
func (tx *Tx) record(rec *record, links []prepared, keep bool) (Outcome, error) {
	list, err := tx.recordsOf(rec.id)
	if err != nil {
		return 0, err
	}
	if there, err := tx.blind(rec, keep); err != nil || (there && len(list) == 0) {
		return New, errors.Join(err, tx.say(rec, links), tx.countFacts(links))
	}
	open := slices.DeleteFunc(slices.Clone(list), func(o opened) bool { return o.tt != 0 })
	same := slices.IndexFunc(open, func(o opened) bool { return o.content == rec.content })
	known := slices.ContainsFunc(open, func(o opened) bool { return o.content == rec.content && o.stated == rec.stated })
	switch {
	case len(list) == 0:
		return New, tx.open(rec, links)
	case known:
		return Known, tx.say(rec, links)
	case len(open) == 0 && keep && list[0].content == rec.content:
		tx.left++
		return Known, tx.say(rec, links)
	case len(open) == 0:
		rec.before = list[0].num
		return New, tx.open(rec, links)
	case same >= 0:
		return Corrected, tx.instead(open[same:same+1], causeJudge, rec, links)
	}
	return Corrected, tx.instead(open, causeCorrect, rec, links)
}

// instead opens a record in the place of others.
func (tx *Tx) instead(old []opened, why cause, rec *record, links []prepared) error {
	rec.before = old[0].num
	if err := tx.closeAll(old, why); err != nil {
		return err
	}
	return tx.open(rec, links)
}

// hashed lists the numbers whose ids begin like this one.
func (tx *Tx) hashed(kind byte, id [16]byte) (list []num, err error) {
	if tx.lacks(kind, id) {
		return nil, nil
	}
	w := tx.rowsInHand()
	w.key = appendHash(w.key[:0], kind, id, 0)
	w.value = append(w.value[:0], w.key[:lenHash-5]...)
	next(w.value)
	err = tx.kv.Scan(kv.Range{Start: w.key, End: w.value, KeysOnly: true}, func(key, _ []byte) error {
		n, err := lastOf(key, lenHash)
		list = append(list, n)
		return err
	})
	return list, err
}

// lacks tells whether, as the transaction knows without looking, there is no
// number whose id begins like this one.
func (tx *Tx) lacks(kind byte, id [16]byte) bool {
	first, ok := tx.kv.(*firstTxn)
	if !ok {
		return false
	}
	var key [lenHash]byte
	return first.unseen(soughtBy(appendHash(key[:0], kind, id, 0)))
}

func (tx *Tx) readRecord(n num) (*record, error) {
	b, err := tx.kv.Get(recordKey(n))
	if err != nil {
		return nil, fmt.Errorf("assertion row: %w", err)
	}
	r, err := decodeRecord(b)
	return &r, err
}

// open writes a new record and its claims.
func (tx *Tx) open(rec *record, links []prepared) error {
	if err := tx.allowed(rec, links); err != nil {
		if rec.before != 0 { // its predecessor may be closed already
			tx.failed = err
		}
		return err
	}
	tx.next.record++
	n := tx.next.record
	rec.byLog = tx.long != nil || len(links) >= tx.db.sizes.draft
	rec.turns = turns(links)
	if tx.long != nil {
		rec.turns = rec.turns.span(tx.long.span)
	}
	claims := make([]num, len(links))
	if rec.byLog {
		if err := tx.writeRecord(n, rec); err != nil {
			return err
		}
	}
	doc, err := tx.document(rec.doc)
	if err != nil {
		return err
	}
	if err := tx.say(rec, links); err != nil {
		return err
	}
	w := writer{tx: tx, rec: rec, num: n, when: rec.when(doc)}
	for i := range links {
		if claims[i], err = w.link(&links[i]); err != nil {
			return err
		}
	}
	if tx.long != nil {
		return tx.long.write(func(p *prepared) error { _, err := w.link(p); return err })
	}
	if rec.byLog {
		return nil
	}
	rec.links = claims
	return errors.Join(tx.writeRecord(n, rec), tx.room())
}

// turns spans the starts and dated ends of the claims.
func turns(links []prepared) (span Interval) {
	see := func(t Time) {
		switch {
		case t == MinTime:
		case span.IsZero():
			span = Interval{t, t + 1}
		default:
			span = Interval{min(span.From, t), max(span.To, t+1)}
		}
	}
	for i := range links {
		see(links[i].from())
		if links[i].said.end == DatedEnd {
			see(links[i].until)
		}
	}
	return span
}

// span is the shortest interval with both in it.
func (i Interval) span(j Interval) Interval {
	switch {
	case i.IsZero():
		return j
	case j.IsZero():
		return i
	}
	return Interval{min(i.From, j.From), max(i.To, j.To)}
}

func (tx *Tx) writeRecord(n num, rec *record) error {
	tx.log(opRecord, func(e *enc) { e.num(n); rec.append(e) })
	return tx.putRecord(n, rec)
}

func (tx *Tx) putRecord(n num, rec *record) error {
	w := tx.rowsInHand()
	w.key, w.value = appendKey(w.key[:0], famRecord, n), w.value[:0]
	rec.append(&w.value)
	err := w.set(w.key, w.value)
	w.key = appendHash(w.key[:0], hashRecord, rec.id.key(), n)
	err = errors.Join(err, w.set(w.key, nil))
	w.key = appendOfDocument(w.key[:0], rec.doc, rec.tf, n)
	return errors.Join(err, w.set(w.key, nil))
}
