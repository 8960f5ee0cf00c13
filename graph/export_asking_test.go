package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// Asking gives the view's answers without the shortcut of rows that answer
// alone: every row asks, and the claim's evidence is read instead.
func Asking(v View) View {
	db := &DB{store: asking{v.db.store}, opts: v.db.opts, ontology: v.db.ontology, sizes: v.db.sizes}
	db.names.table.Store(v.db.names.table.Load())
	db.judged.Store(v.db.judged.Load())
	v.db = db
	return v
}

// asking shows a store's rows as they would be if every claim asked: the ask
// bit is set, what a row says beside its start and end is blotted out, and the
// first record has a row of its own, made from the record.
type asking struct{ kv.Store }

func (s asking) View(ctx context.Context, fn func(kv.Reader) error) error {
	return s.Store.View(ctx, func(r kv.Reader) error { return fn(askingReader{r}) })
}

type askingReader struct{ kv.Reader }

func (r askingReader) Get(key []byte) ([]byte, error) {
	b, err := r.Reader.Get(key)
	if err != nil {
		return nil, err
	}
	return asks(key, b)
}

func (r askingReader) GetMany(keys [][]byte, fn func(int, []byte) error) error {
	return r.Reader.GetMany(keys, func(i int, b []byte) error {
		b, err := asks(keys[i], b)
		if err != nil {
			return err
		}
		return fn(i, b)
	})
}

func (r askingReader) Scan(rng kv.Range, fn func(k, v []byte) error) error {
	if len(rng.Start) == 6 && rng.Start[0] == famSupport {
		return r.supports(get5(rng.Start[1:]), rng, fn)
	}
	return r.Reader.Scan(rng, func(k, v []byte) error {
		v, err := asks(k, v)
		if err != nil {
			return err
		}
		return fn(k, v)
	})
}

// supports gives the s rows of a claim, the first record's made up where it has none.
func (r askingReader) supports(claim num, rng kv.Range, fn func(k, v []byte) error) error {
	rd := reading{r: r.Reader}
	b, err := r.Reader.Get(claimKey(claim))
	if err != nil {
		return err
	}
	c, err := decodeClaim(b)
	if err != nil {
		return err
	}
	_, err = r.Reader.Get(supportKey(claim, c.first))
	if errors.Is(err, kv.ErrNotFound) {
		var rec *record
		if rec, err = rd.record(c.first); err != nil {
			return err
		}
		var doc *documentRow
		if doc, err = rd.document(rec.doc); err != nil {
			return err
		}
		own := rec.support(c.first, c.said, rec.when(doc))
		if err := fn(supportKey(claim, c.first), own.encode()); err != nil {
			if errors.Is(err, kv.Stop) {
				return nil
			}
			return err
		}
	} else if err != nil {
		return err
	}
	return r.Reader.Scan(rng, fn)
}

// asks gives the value of a row that shows a claim the ask bit.
func asks(key, value []byte) ([]byte, error) {
	switch key[0] {
	case famAttribute, famEdge, famPair, famProperty, famLabel:
	default:
		return value, nil
	}
	if len(value) == 0 || value == nil {
		return value, nil // keys only
	}
	d := dec{b: value}
	r := d.row(0)
	if d.bad {
		return nil, fmt.Errorf("%w: row %x", ErrDamaged, key)
	}
	if r.ask() {
		return value, nil
	}
	r.flags = r.flags&^(flagClosed|7<<shiftMarking|3<<shiftRank) | flagAsk | flags(Red)<<shiftMarking
	r.tt, r.tf, r.pf = 0, 0, MaxTime
	var e enc
	r.append(&e, 0)
	return append(e, d.b...), nil
}

// IDOf is the id that a key gives to the entity which it declares.
func IDOf(k Key) EntityID { return k.entity() }

// AssertionOf is the id of a draft that names its document by key and has a key.
func AssertionOf(d Draft) AssertionID {
	doc := d.Document.Key.entity()
	e := enc(doc[:])
	e.string(d.Key)
	return AssertionID(derive('a', e))
}
