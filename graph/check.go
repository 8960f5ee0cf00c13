package graph

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// Check reads every row, and tells what is wrong: rows that cannot be read,
// claims whose rows are missing or differ, rows of nothing, a chain of the
// change log that is broken. Each problem is one line. A store that can tell
// whether its files are damaged is asked first. The counts are those of
// the newest point with every clearance.
func (db *DB) Check(ctx context.Context) (Stats, []string, error) {
	if s, ok := db.store.(interface{ Verify() error }); ok {
		if err := s.Verify(); err != nil {
			return Stats{}, nil, err
		}
	}
	v := db.At(Point{Clearance: Red})
	v.now = MaxTime
	var problems []string
	err := v.read(ctx, func(rd *reading) error {
		c := checker{rd: rd}
		if err := c.run(); err != nil {
			return err
		}
		problems = c.problems
		return nil
	})
	if err != nil || len(problems) > 0 {
		return Stats{}, problems, err
	}
	s, err := db.At(Point{Clearance: Red}).Stats(ctx)
	return s, nil, err
}

// maxProblems ends a check of a store in which nothing is right.
const maxProblems = 100

type checker struct {
	rd       *reading
	problems []string
	seen     int // rows that the claims, records, entities and documents account for
}

func (c *checker) problem(format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

func (c *checker) run() error {
	for _, step := range []func() error{c.log, c.entities, c.documents, c.records, c.claims, c.counted} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each calls fn for each row of a family; what fn reports is a problem, not an end.
func (c *checker) each(family byte, fn func(k, v []byte) error) error {
	rng := kv.Range{Start: []byte{family}, End: []byte{family + 1}}
	return c.rd.r.Scan(rng, func(k, v []byte) error {
		if err := fn(k, v); err != nil {
			c.problem("row %x: %v", k, err)
		}
		return c.rd.ctx.Err()
	})
}

// log follows the chain of hashes.
func (c *checker) log() error {
	var prev [sha256.Size]byte
	return c.each(famLog, func(k, v []byte) error {
		rec, err := decodeLog(k, v)
		if err != nil {
			return err
		}
		if rec.prev != prev {
			c.problem("change log: %s does not follow the record before it", FormatTS(rec.ts))
		}
		prev = rec.hash()
		return nil
	})
}

// want expects a row with a value, or with any value if that is nil.
func (c *checker) want(what string, k, v []byte) error {
	c.seen++
	got, err := c.rd.r.Get(k)
	switch {
	case err != nil:
		c.problem("%s: its row %x is missing", what, k)
	case v != nil && !bytes.Equal(got, v):
		c.problem("%s: its row %x differs from what the claim says", what, k)
	}
	return nil
}

func (c *checker) entities() error {
	return c.each(famEntity, func(k, v []byte) error {
		h, err := decodeEntity(v)
		if err != nil {
			return err
		}
		n := get5(k[1:])
		what := "entity " + h.id.String()
		kind, err := c.rd.nameOf(h.kind)
		if err != nil {
			return err
		}
		if o := c.rd.db.ontology.Kind(kind); o == nil || !o.Relation {
			_ = c.want(what, kindKey(h.kind, MinTime, n), nil)
		}
		for _, key := range h.keys {
			var e enc
			e.num(n)
			e.ts(key.ts)
			_ = c.want(what, externalKey(key.Key), e)
		}
		if h.doc != 0 {
			_ = c.want(what, documentKey(h.doc), nil)
		}
		return c.want(what, uuidKey(h.id), put5(nil, n))
	})
}

func (c *checker) documents() error {
	return c.each(famDocument, func(k, v []byte) error {
		row, err := decodeDocument(v)
		if err != nil {
			return err
		}
		h, err := c.rd.header(row.entity)
		if err != nil {
			return err
		}
		if h.doc != get4(k[1:]) {
			c.problem("document %s: its number is %d, not %d", h.id, h.doc, get4(k[1:]))
		}
		if publication(&row.Document, row.ts) != row.pf {
			c.problem("document %s: it does not count as published when it should", h.id)
		}
		return c.want("document "+h.id.String(), publicationKey(row.pf, get4(k[1:])), nil)
	})
}

func (c *checker) records() error {
	return c.each(famRecord, func(k, v []byte) error {
		rec, err := decodeRecord(v)
		if err != nil {
			return err
		}
		n := get5(k[1:])
		what := "assertion " + rec.id.String()
		if rec.tt != 0 && rec.tt < rec.tf {
			c.problem("%s: record %d ends before it begins", what, n)
		}
		doc, err := c.rd.document(rec.doc)
		if err != nil {
			return err
		}
		if rec.pf != doc.pf {
			c.problem("%s: record %d is published at another time than its document", what, n)
		}
		_ = c.want(what, hashKey(hashRecord, rec.id.key(), n), nil)
		return c.want(what, ofDocumentKey(rec.doc, rec.tf, n), nil)
	})
}

// claims rebuilds each claim's rows from its content and its evidence.
func (c *checker) claims() error {
	return c.each(famClaim, func(k, v []byte) error {
		row, err := decodeClaim(v)
		if err != nil {
			return err
		}
		n := get5(k[1:])
		name, err := c.rd.nameOf(row.prop)
		if err != nil {
			return err
		}
		id, err := c.rd.claimID(&row, name)
		if err != nil {
			return err
		}
		_ = c.want("claim "+id.String(), hashKey(hashClaim, id.key(), n), nil)
		return c.claim(n, &row, id, name)
	})
}

func (c *checker) claim(n num, row *claimRow, id ClaimID, name string) error {
	what := "claim " + id.String()
	tx := Tx{kv: readOnly{c.rd.r}}
	home, doc, err := tx.homeRow(n, row)
	if err != nil {
		return err
	}
	if err := c.evidence(n, row, &home, what); err != nil {
		return err
	}
	label := row.value.typ == Text && builtin(name)
	return row.rows(n, home, doc, name == PropertyAlias, label, func(k, v []byte) error { return c.want(what, k, v) })
}

// evidence holds the claim's own account against its records.
func (c *checker) evidence(n num, row *claimRow, home *row, what string) error {
	first, err := c.rd.record(row.first)
	if err != nil {
		return err
	}
	own, pf, known := 0, first.pf, false
	err = c.rd.supports(n, func(s *support) {
		own++
		known = known || s.record == row.first
		pf = min(pf, s.pf)
		c.support(n, row, s, what)
	})
	switch {
	case err != nil:
		return err
	case home.ask() && !known:
		c.problem("%s: it asks, but its first assertion has no row of its own", what)
	case !home.ask() && (home.tf != first.tf || home.tt != first.tt || home.pf != pf || home.marking() != first.judge.Marking || home.rank() != first.judge.Rank):
		c.problem("%s: its rows do not say what its first assertion says", what)
	}
	c.seen += own
	return nil
}

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
	if !bytes.Equal(want.encode(), s.encode()) {
		c.problem("%s: its row of record %d differs from the record", what, s.record)
	}
	if !rec.byLog && !slices.Contains(rec.links, n) {
		c.problem("%s: record %d does not list it", what, s.record)
	}
	if s.record == row.first && s.said != row.said {
		c.problem("%s: two accounts of what record %d says of it", what, s.record)
	}
}

// counted finds rows that belong to nothing, by their number.
func (c *checker) counted() error {
	if len(c.problems) > 0 {
		return nil
	}
	rows := 0
	for _, family := range []byte{famUUID, famHash, famKey, famAttribute, famEdge, famPair, famProperty, famSupport, famOfDocument, famPublication, famLabel} {
		rng := kv.Range{Start: []byte{family}, End: []byte{family + 1}, KeysOnly: true}
		if err := c.rd.r.Scan(rng, func(_, _ []byte) error { rows++; return c.rd.ctx.Err() }); err != nil {
			return err
		}
	}
	docs, plain, err := c.listed()
	if want := c.seen - docs - plain; err == nil && rows != want {
		c.problem("%d rows belong to no claim, assertion, entity or document", rows-want)
	}
	return err
}

// listed counts the rows of families D and k that entities led to: counted
// does not count those, since k has rows of relations, too.
func (c *checker) listed() (docs, plain int, err error) {
	err = c.each(famEntity, func(_, v []byte) error {
		h, err := decodeEntity(v)
		if err != nil {
			return err
		}
		docs += boolBit(h.doc != 0)
		kind, err := c.rd.nameOf(h.kind)
		o := c.rd.db.ontology.Kind(kind)
		plain += boolBit(o == nil || !o.Relation)
		return err
	})
	return docs, plain, err
}

// readOnly lets code of transactions read a snapshot.
type readOnly struct{ kv.Reader }

func (readOnly) TS() TS                { return 0 }
func (readOnly) Set(_, _ []byte) error { return kv.ErrReadOnly }
func (readOnly) Delete(_ []byte) error { return kv.ErrReadOnly }
