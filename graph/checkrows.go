package graph

import (
	"bytes"

	"github.com/parleydb/parley/graph/kv"
)

// entities checks since when each has been seen with which marking, and where
// relations are listed.
func (c *checker) entities() error {
	return c.each(famEntity, func(k, v []byte) error {
		n, err := lastOf(k, lenNumbered)
		if err != nil {
			return err
		}
		h, err := decodeEntity(v)
		if err != nil {
			return err
		}
		e := seenEntity{rd: c.rd, n: n, kind: h.kind, listed: map[string]*firsts{}}
		if err := e.gather(); err != nil {
			return err
		}
		what := "entity " + h.id.String()
		if h.doc != c.docs[n] {
			c.problem("%s: its number as a document is %d, not %d", what, h.doc, c.docs[n])
		}
		for _, k := range h.keys {
			if k.marking != c.told[given{n, k.ts}] {
				c.problem("%s: how far its key %s is told is not what the log says", what, k.Key)
			}
		}
		if e.seen != h.seen {
			c.problem("%s: its header does not say when it was first seen", what)
		}
		for key, seen := range e.listed {
			var row enc
			seen.append(&row)
			c.want(what, []byte(key), row)
		}
		return nil
	})
}

// seenEntity gathers what an entity's claims make of its header and of the
// rows that list it by kind.
type seenEntity struct {
	rd       *reading
	n        num
	kind     uint16
	relation *Kind // nil: it is none
	seen     firsts
	listed   map[string]*firsts
}

func (e *seenEntity) gather() error {
	name, err := e.rd.nameOf(e.kind)
	if err != nil {
		return err
	}
	if k := e.rd.db.ontology.Kind(name); k != nil && k.Relation {
		e.relation = k
	}
	for _, family := range []byte{famAttribute, famEdge} {
		prefix := key(family, e.n)
		err := e.rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix)}, e.row)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *seenEntity) row(k, v []byte) error {
	s, err := showsOf(k)
	if err != nil {
		return err
	}
	d := dec{b: v}
	r := d.row(0)
	claim, err := e.rd.claimContent(s.claim)
	if err != nil {
		return err
	}
	lists := e.relation.lists(r.class()) && s.out()
	see := func(said saying, m Marking, ts TS) {
		e.seen.see(m, ts)
		if !lists {
			return
		}
		claim.said = said
		list := string(kindKey(e.kind, claim.listedAt(e.relation.Class), e.n))
		if e.listed[list] == nil {
			e.listed[list] = new(firsts)
		}
		e.listed[list].see(m, ts)
	}
	if !r.ask() {
		see(claim.said, r.marking(), r.tf)
		return nil
	}
	return e.rd.supports(s.claim, func(s *support) { see(s.said, s.marking, s.tf) })
}

// claims rebuilds each claim's rows from its content and its evidence.
func (c *checker) claims() error {
	return c.each(famClaim, func(k, v []byte) error {
		n, err := lastOf(k, lenNumbered)
		if err != nil {
			return err
		}
		row, id, err := c.rd.claimRow(n)
		if err != nil {
			return err
		}
		what := "claim " + id.String()
		name, err := c.rd.nameOf(row.prop)
		if err != nil {
			return err
		}
		c.want(what, hashKey(hashClaim, id.key(), n), nil)
		r, doc, err := c.expected(n, row, what)
		if err != nil {
			return err
		}
		label := row.value.typ == Text && builtin(name)
		return row.rows(n, r, doc, name == PropertyAlias, label, func(k, v []byte) error {
			c.want(what, k, v)
			return nil
		})
	})
}

// expected is how the claim's rows must begin, and its first document: the
// first record answers for it alone unless it has a row of its own.
func (c *checker) expected(n num, row *claimRow, what string) (r row, doc num, err error) {
	first, err := c.rd.record(row.first)
	if err != nil {
		return r, 0, err
	}
	r = rowOf(row, first, row.said)
	known, moves := false, false
	err = c.rd.supports(n, func(s *support) {
		known = known || s.record == row.first
		moves = moves || row.movedBy(s.said)
		c.support(n, row, s, what)
	})
	if moves {
		r.flags |= flagMoved
	}
	switch {
	case known:
		r.flags |= flagAsk
		c.here(supportKey(n, row.first))
	case r.ask():
		c.problem("%s: it asks, but its first assertion has no row of its own", what)
	default:
		if r.tt = first.tt; r.tt != 0 {
			r.flags |= flagClosed
		}
	}
	return r, first.doc, err
}

// support holds a record's row on a claim against the record.
func (c *checker) support(n num, row *claimRow, s *support, what string) {
	rec, err := c.rd.record(s.record)
	if err != nil {
		c.problem("%s: its record %d: %v", what, s.record, err)
		return
	}
	doc, err := c.rd.document(rec.doc)
	if err != nil {
		c.problem("%s: its record %d: %v", what, s.record, err)
		return
	}
	want := rec.support(s.record, s.said, rec.when(doc))
	got, _ := c.look(what, supportKey(n, s.record))
	if !bytes.Equal(want.encode(), got) {
		c.problem("%s: its row of record %d differs from the record", what, s.record)
	}
	if s.record == row.first && s.said != row.said {
		c.problem("%s: two accounts of what record %d says of it", what, s.record)
	}
}
