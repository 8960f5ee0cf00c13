package graph

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// log follows the chain of hashes, and holds what each operation says against
// the row that it made.
func (c *checker) log() error {
	var prev [sha256.Size]byte
	return c.each(famLog, func(k, v []byte) error {
		rec, err := decodeLog(k, v)
		if err != nil {
			return err
		}
		c.here(k)
		if rec.withheld {
			c.problem("change log: %s is withheld", FormatTS(rec.ts))
		}
		if rec.seed != nil && c.rd.db.format() < formatSeeds {
			c.problem("change log: %s has a seed, in a store of format %d", FormatTS(rec.ts), c.rd.db.format())
		}
		if rec.prev != prev {
			c.problem("change log: %s does not follow the record before it", FormatTS(rec.ts))
		}
		prev = rec.hash()
		if rec.act.IdempotencyKey != "" && rec.last {
			var e enc
			e.ts(rec.ts)
			c.want("idempotency key of "+FormatTS(rec.ts), onceKey(rec.act.IdempotencyKey), e)
		}
		for i := range rec.ops {
			if rec.ops[i].content == nil {
				continue
			}
			if err := c.operation(&rec, rec.ops[i].content); err != nil {
				c.problem("change log: %s, operation %d: %v", FormatTS(rec.ts), i+1, err)
			}
		}
		return nil
	})
}

func (c *checker) operation(rec *logRecord, op []byte) error {
	d := dec{b: op}
	switch kind := d.byte(); kind {
	case opName:
		return c.nameOp(&d)
	case opEntity:
		return c.entityOp(&d)
	case opKey:
		return c.keyOp(rec.ts, &d)
	case opDocument:
		return c.documentOp(&d)
	case opClaim:
		return c.claimOp(&d)
	case opRecord:
		return c.recordOp(&d)
	case opLink:
		return c.linkOp(&d)
	case opClose:
		c.closed[d.num()] = rec.ts
		d.byte()
		return d.done("close")
	case opTold:
		n, m := d.num(), Marking(d.below(len(markings)))
		c.told[given{n, rec.ts}] = m
		return d.done("how far keys are told")
	case opErase:
		t := d.target()
		c.tombs[string(tombKey(t))] = Tombstone{t, rec.ts, rec.act.Author, rec.act.Reason} // the last one stays
		return d.done("erasure")
	default:
		return fmt.Errorf("%w: unknown operation %q", ErrDamaged, kind)
	}
}

func (c *checker) nameOp(d *dec) error {
	number := d.take(2)
	row := d.b
	d.byte()
	name := d.string()
	if err := d.done("name"); err != nil {
		return err
	}
	c.want("name "+name, numberKey(get2(number)), row)
	c.want("name "+name, nameKey(name), number)
	return nil
}

func (c *checker) entityOp(d *dec) error {
	n := d.num()
	var id EntityID
	copy(id[:], d.take(16))
	k := d.take(2)
	if err := d.done("entity"); err != nil {
		return err
	}
	what := "entity " + id.String()
	c.want(what, uuidKey(id), put5(nil, n))
	b, ok := c.get(what, entityKey(n))
	if !ok {
		return nil
	}
	h, err := decodeEntity(b)
	if err == nil && (h.id != id || h.kind != get2(k)) {
		c.problem("%s: its header has another id or kind than the log", what)
	}
	if relation, err := c.relation(get2(k)); err != nil || relation {
		return err
	}
	c.want(what, kindKey(get2(k), MinTime, n), nil)
	return nil
}

// relation tells whether a kind is one of relations.
func (c *checker) relation(kind uint16) (bool, error) {
	name, err := c.rd.nameOf(kind)
	k := c.rd.db.ontology.Kind(name)
	return k != nil && k.Relation, err
}

func (c *checker) keyOp(ts TS, d *dec) error {
	n, k := d.num(), Key{d.string(), d.string()}
	if err := d.done("key"); err != nil {
		return err
	}
	h, err := c.rd.header(n)
	if err == nil && !slices.ContainsFunc(h.keys, func(have datedKey) bool { return have.Key == k && have.ts == ts }) {
		c.problem("key %s: its entity does not have it", k)
	}
	return errors.Join(err, c.owner(k, owner{n, ts}))
}

// given are the keys that a transaction gave an entity.
type given struct {
	entity num
	ts     TS
}

// owner holds the row of a key against the log. An entity stands in it once,
// since it was first given the key; the first one accounts for the row.
func (c *checker) owner(k Key, o owner) error {
	b, ok := c.look("key "+k.String(), externalKey(k))
	if !ok {
		return nil
	}
	list, err := decodeOwners(b)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(have owner) bool { return have.entity == o.entity && have.ts <= o.ts })
	switch {
	case at < 0:
		c.problem("key %s: its row %x is not what it should be", k, externalKey(k))
	case at == 0 && list[0].ts == o.ts:
		c.here(externalKey(k))
	}
	return nil
}

func (c *checker) documentOp(d *dec) error {
	n := d.num()
	row, err := decodeDocument(d.b)
	if err != nil {
		return err
	}
	c.want("document", documentKey(n), d.b)
	c.want("document", publicationKey(row.pf, n), nil)
	c.docs[row.entity] = n
	return nil
}

// recordOp compares an assertion's row with the log, but for when it was closed.
func (c *checker) recordOp(d *dec) error {
	n := d.num()
	rec, err := decodeRecord(d.b)
	if err != nil {
		return err
	}
	what := "assertion " + rec.id.String()
	c.want(what, hashKey(hashRecord, rec.id.key(), n), nil)
	c.want(what, ofDocumentKey(rec.doc, rec.tf, n), nil)
	b, ok := c.get(what, recordKey(n))
	if !ok {
		return nil
	}
	row, err := decodeRecord(b)
	if err != nil {
		return err
	}
	row.tt = 0
	if !bytes.Equal(row.encode(), d.b) {
		c.problem("%s: its row is not what the log says", what)
	}
	return nil
}

// claimOp compares what a claim says with its row; by whom it was made first
// follows from the links.
func (c *checker) claimOp(d *dec) error {
	n := d.num()
	b, ok := c.get("claim", claimKey(n))
	if !ok {
		return nil
	}
	row, err := decodeClaim(b)
	if err == nil && !bytes.Equal(row.identity(), d.b) {
		c.problem("row %x: not what the log says of the claim", claimKey(n))
	}
	return err
}

// linkOp compares what an assertion says of a claim with its row; what the
// first one says stands with the claim.
func (c *checker) linkOp(d *dec) error {
	record, claim, said := d.num(), d.num(), d.saying()
	if err := d.done("link"); err != nil {
		return err
	}
	b, ok := c.look("claim", claimKey(claim))
	if !ok {
		return nil
	}
	row, err := decodeClaim(b)
	if err != nil {
		return err
	}
	if row.first != record {
		if b, ok = c.get("claim", supportKey(claim, record)); !ok {
			return nil
		}
		s, err := decodeSupport(record, b)
		row.said = s.said
		if err != nil {
			return err
		}
	}
	if row.said != said {
		c.problem("row %x: not what the log says of the claim's end", supportKey(claim, record))
	}
	return nil
}

// graves checks what is left of what was erased.
func (c *checker) graves() error {
	for key, t := range c.tombs {
		c.want("erased "+t.String(), []byte(key), t.encode())
	}
	return nil
}

// records checks when each was closed.
func (c *checker) records() error {
	return c.each(famRecord, func(k, v []byte) error {
		n, err := lastOf(k, lenNumbered)
		if err != nil {
			return err
		}
		rec, err := decodeRecord(v)
		if err == nil && rec.tt != c.closed[n] {
			c.problem("assertion %s: its row was closed at another time than the log says", rec.id)
		}
		return err
	})
}
