package graph

import (
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// story is what one transaction did, in numbers, on its way to a Transaction.
type story struct {
	rd     *reading
	ts     TS
	act    Act
	ops    int
	opened []opening
	closed []closing
	keys   []keyGiven
	at     map[num]int // of a record: where in opened it stands
	hides  bool        // something may not be seen
}

type opening struct {
	num    num
	record record
	claims []num
}

type closing struct {
	num num
	why cause
}

type keyGiven struct {
	entity num
	key    Key
}

func newStory(rd *reading, r *logRecord) *story {
	return &story{rd: rd, ts: r.ts, act: r.act, at: map[num]int{}}
}

// add takes up the operations of one log record. Erased ones say nothing.
func (s *story) add(ops []operation) error {
	s.ops += len(ops)
	for i := range ops {
		if ops[i].content == nil {
			continue
		}
		if err := s.operation(dec{b: ops[i].content}); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) operation(d dec) error {
	switch kind := d.byte(); kind {
	case opRecord:
		n := d.num()
		rec, err := decodeRecord(d.b)
		if err != nil {
			return err
		}
		s.at[n] = len(s.opened)
		s.opened = append(s.opened, opening{n, rec, rec.links})
	case opLink:
		if i, ok := s.at[d.num()]; ok && s.opened[i].record.byLog {
			s.opened[i].claims = append(s.opened[i].claims, d.num())
		}
	case opClose:
		s.closed = append(s.closed, closing{d.num(), cause(d.byte())})
	case opKey:
		s.keys = append(s.keys, keyGiven{d.num(), Key{d.string(), d.string()}})
	}
	if d.bad {
		return fmt.Errorf("%w: log operation", ErrDamaged)
	}
	return nil
}

// tell says of the story what the reader may see.
func (s *story) tell() (Transaction, error) {
	t := Transaction{TS: s.ts, Act: s.act}
	documents, entities := map[num]bool{}, map[num]bool{}
	for i := range s.opened {
		o := &s.opened[i]
		if !s.rd.knows(&o.record) {
			s.hides = true
			continue
		}
		t.Opened = append(t.Opened, o.record.id)
		if err := errors.Join(s.document(&t, o.record.doc, documents), s.claims(&t, o, entities)); err != nil {
			return t, err
		}
	}
	if err := s.closings(&t); err != nil || s.hides {
		return t, err
	}
	return t, s.furtherKeys(&t)
}

// document adds a document that is new to the reader.
func (s *story) document(t *Transaction, doc num, done map[num]bool) error {
	if done[doc] {
		return nil
	}
	done[doc] = true
	known, err := s.documentKnown(doc)
	if err != nil || known {
		return err
	}
	row, err := s.rd.document(doc)
	if erased(err) {
		return nil
	}
	if err != nil {
		return err
	}
	id, err := s.rd.id(row.entity)
	t.Documents = append(t.Documents, id)
	return err
}

// documentKnown tells whether the reader could see a record of a document
// before. Numbers of records grow with time, so that those of this transaction
// need not be looked at.
func (s *story) documentKnown(doc num) (known bool, err error) {
	same := ofDocumentKey(doc, s.ts, 0)
	older := behind(same[:len(same)-5])
	for _, rng := range []kv.Range{
		{Start: older, End: behind(same[:5]), Reverse: true, KeysOnly: true},
		{Start: same, End: ofDocumentKey(doc, s.ts, s.opened[0].num), KeysOnly: true},
	} {
		err = s.rd.r.Scan(rng, func(k, _ []byte) error {
			rec, err := s.rd.record(get5(k[len(k)-5:]))
			if err != nil {
				return err
			}
			if known = s.rd.knows(rec); known {
				return kv.Stop
			}
			return nil
		})
		if err != nil || known {
			return known, err
		}
	}
	return false, nil
}

// claims adds the claims of a record that are new to the reader, and the
// entities that they are about or name.
func (s *story) claims(t *Transaction, o *opening, entities map[num]bool) error {
	for _, n := range o.claims {
		c, id, err := s.rd.claimRow(n)
		if erased(err) {
			continue
		}
		if err != nil {
			return err
		}
		fresh := c.first == o.num
		if !fresh {
			known, err := s.claimKnown(n, c, o.num)
			if err != nil {
				return err
			}
			fresh = !known
		}
		if fresh {
			t.Claims = append(t.Claims, id)
		}
		if err := errors.Join(s.entity(t, c.subject, entities), s.entity(t, c.ref, entities)); err != nil {
			return err
		}
	}
	return nil
}

// claimKnown tells whether the reader could see a record about a claim that is
// older than this one.
func (s *story) claimKnown(n num, c *claimRow, before num) (bool, error) {
	if c.first < before {
		first, err := s.rd.record(c.first)
		if err == nil && s.rd.knows(first) {
			return true, nil
		}
		if err != nil && !erased(err) {
			return false, err
		}
	}
	return s.supported(n, func(x *support) bool { return x.record < before })
}

// supported tells whether the reader may see one of the s rows of a claim that
// are meant.
func (s *story) supported(claim num, meant func(*support) bool) (found bool, err error) {
	err = s.rd.supports(claim, func(x *support) { found = found || (meant(x) && s.rd.mayTell(x)) })
	return found, err
}

// mayTell is knows for a row of family s, on basis RECORDED.
func (v *View) mayTell(s *support) bool {
	return s.tf <= v.ts && s.marking <= v.point.Clearance && s.embargo <= v.now
}

// entity adds an entity that is new to the reader.
func (s *story) entity(t *Transaction, n num, done map[num]bool) error {
	if n == 0 || done[n] {
		return nil
	}
	done[n] = true
	h, err := s.rd.header(n)
	if erased(err) {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := s.entityKnown(n, h)
	if err != nil || known {
		return err
	}
	e, err := s.rd.entity(n)
	e.Keys = h.known(s.ts, s.rd.point.Clearance)
	t.Entities = append(t.Entities, e)
	return err
}

// entityKnown tells whether the reader could see a record about an entity
// before this transaction. The header rules out; the claims' rows confirm.
func (s *story) entityKnown(n num, h *entityRow) (known bool, err error) {
	if !h.seen.may(s.ts-1, s.rd.point.Clearance) {
		return false, nil
	}
	for _, family := range []byte{famAttribute, famEdge} {
		prefix := key(family, n)
		err = s.rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, func(k, v []byte) error {
			if known, err = s.rowKnown(k, v); known {
				return kv.Stop
			}
			return err
		})
		if err != nil || known {
			return known, err
		}
	}
	return false, nil
}

// rowKnown tells the same of the claim of one row.
func (s *story) rowKnown(k, v []byte) (bool, error) {
	d := dec{b: v}
	r := d.row(0)
	if d.bad || len(k) < 11 {
		return false, fmt.Errorf("%w: row of family %c", ErrDamaged, k[0])
	}
	if r.ask() {
		return s.supported(get5(k[len(k)-5:]), func(x *support) bool { return x.tf < s.ts })
	}
	return r.tf < s.ts && r.marking() <= s.rd.point.Clearance, nil
}

// closings adds the records that end here, each with what took its place.
func (s *story) closings(t *Transaction) error {
	instead := map[num]AssertionID{}
	for i := range s.opened {
		if o := &s.opened[i].record; o.before != 0 && s.rd.knows(o) {
			instead[o.before] = o.id
		}
	}
	for _, c := range s.closed {
		rec, err := s.rd.record(c.num)
		if erased(err) {
			continue
		}
		if err != nil {
			return err
		}
		if !s.rd.knows(rec) {
			s.hides = true
			continue
		}
		t.Closed = append(t.Closed, closed(rec.id, c.why, instead[c.num]))
	}
	return nil
}

// closed names the act. To a reader who may not see what came in its place,
// the record was retracted.
func closed(id AssertionID, why cause, instead AssertionID) Closing {
	c := Closing{Assertion: id, Why: ByRetract}
	if instead.IsZero() || why == causeRetract {
		return c
	}
	c.Why, c.Instead = ByCorrect, instead
	if why == causeJudge {
		c.Why = ByJudge
	}
	return c
}

// furtherKeys adds the keys of entities that the reader knew before.
func (s *story) furtherKeys(t *Transaction) error {
	for _, k := range s.keys {
		h, err := s.rd.header(k.entity)
		if err != nil {
			return err
		}
		known, err := s.entityKnown(k.entity, h)
		if err != nil {
			return err
		}
		at := func(ts TS) bool { return h.knownBy(k.key, ts, s.rd.point.Clearance) }
		if known && at(s.ts) && !at(s.ts-1) {
			t.Keys = append(t.Keys, KeyGiven{h.id, k.key})
		}
	}
	return nil
}
