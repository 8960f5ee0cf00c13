package graph

import (
	"errors"
	"fmt"
)

// Document records a document, or finds the one that has its key. What is
// known of a document does not change: an outlet's correction is another
// document, a new version of this one (rule 6).
func (tx *Tx) Document(d Document) (EntityID, error) {
	if err := d.Key.valid(); err != nil {
		return EntityID{}, err
	}
	c, err := tx.declare(KindDocument, []Key{d.Key})
	if err != nil {
		return EntityID{}, err
	}
	row, err := tx.documentRow(d)
	if err != nil {
		return EntityID{}, fmt.Errorf("document %s: %w", d.Key, err)
	}
	row.entity = c.num
	if c.doc != 0 {
		return c.id, tx.sameDocument(c, row)
	}
	tx.next.document++
	n := tx.next.document
	tx.log(opDocument, func(e *enc) { e.num(n); *e = append(*e, row.encode()...) })
	return c.id, errors.Join(tx.putDocument(c, n, row), tx.room())
}

func (tx *Tx) putDocument(c *cachedEntity, n num, row *documentRow) error {
	c.doc = n
	tx.changes(c)
	put(&tx.docs, n, row)
	err := errors.Join(tx.set(documentKey(n), row.encode()), tx.set(publicationKey(row.pf, n), nil))
	if err == nil {
		tx.known.putDocument(n, row)
	}
	return err
}

func (tx *Tx) documentRow(d Document) (*documentRow, error) {
	for _, date := range []string{d.Published.String(), d.Retrieved.String()} {
		if date == "" {
			continue
		}
		if _, err := ParseOn(date); err != nil {
			return nil, err
		}
	}
	row := &documentRow{Document: d, ts: tx.TS(), pf: publication(&d, tx.TS())}
	for _, o := range d.Origins {
		c, err := tx.entity(o)
		if err != nil {
			return nil, fmt.Errorf("origin: %w", err)
		}
		row.origins = append(row.origins, c.num)
	}
	if !d.VersionOf.IsZero() {
		c, err := tx.entity(d.VersionOf)
		if err != nil {
			return nil, fmt.Errorf("version of: %w", err)
		}
		row.version = c.num
	}
	return row, nil
}

func (tx *Tx) sameDocument(c *cachedEntity, row *documentRow) error {
	old, err := tx.document(c.doc)
	if err != nil {
		return err
	}
	row.ts, row.pf = old.ts, old.pf
	if string(row.encode()) != string(old.encode()) {
		return fmt.Errorf("%w: document %s is known with other content: load what changed as a new document with versionOf %s", ErrConflict, c.keys[0].Key, c.keys[0].Key)
	}
	return nil
}

func (tx *Tx) document(n num) (*documentRow, error) {
	if row := tx.docs[n]; row != nil {
		return row, nil
	}
	if row := tx.known.document(n); row != nil {
		return row, nil
	}
	b, err := tx.kv.Get(documentKey(n))
	if err != nil {
		return nil, err
	}
	row, err := decodeDocument(b)
	put(&tx.docs, n, &row)
	if err == nil {
		tx.known.putDocument(n, &row)
	}
	return &row, err
}
