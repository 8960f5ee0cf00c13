package graph

import (
	"errors"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// entityRow is the header of an entity.
type entityRow struct {
	id   EntityID
	kind uint16
	doc  num // its document number, if it is a document
	keys []datedKey
	seen firsts
}

// datedKey is an external key, the transaction time that brought it, and how
// far it is told. A key that was hidden and is then given more openly stands
// twice.
type datedKey struct {
	Key
	ts      TS
	marking Marking
}

// keyMarkings is what stands before the markings of keys, where not all are
// Clear: no marking, and so nothing that firsts could read.
const keyMarkings = 0x80

func (r *entityRow) encode() []byte {
	e := enc(put2(append(make([]byte, 0, 96), r.id[:]...), r.kind))
	e.num(r.doc)
	e.uint(uint64(len(r.keys)))
	for _, k := range r.keys {
		e.ts(k.ts)
		e.string(k.Scheme)
		e.string(k.ID)
	}
	r.seen.append(&e)
	if slices.ContainsFunc(r.keys, func(k datedKey) bool { return k.marking != Clear }) {
		e.byte(keyMarkings)
		for _, k := range r.keys {
			e.byte(byte(k.marking))
		}
	}
	return e
}

func decodeEntity(b []byte) (entityRow, error) {
	d := dec{b: b}
	var r entityRow
	copy(r.id[:], d.take(16))
	if k := d.take(2); k != nil {
		r.kind = get2(k)
	}
	r.doc = d.num()
	r.keys = make([]datedKey, d.count())
	for i := range r.keys {
		r.keys[i] = datedKey{ts: d.ts(), Key: Key{d.string(), d.string()}}
	}
	r.seen = d.firsts()
	if len(d.b) > 0 && d.byte() == keyMarkings {
		any := Clear
		for i := range r.keys {
			r.keys[i].marking = Marking(d.below(len(markings)))
			any = max(any, r.keys[i].marking)
		}
		d.bad = d.bad || any == Clear
	}
	return r, d.done("entity row")
}

// known lists the keys that were there at ts and are told to a clearance, each once.
func (r *entityRow) known(ts TS, clearance Marking) []Key {
	var keys []Key
	for _, k := range r.keys {
		if k.ts <= ts && k.marking <= clearance && !slices.Contains(keys, k.Key) {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// knownBy tells whether the entity goes by a key, at ts and to a clearance.
func (r *entityRow) knownBy(k Key, ts TS, clearance Marking) bool {
	return slices.ContainsFunc(r.keys, func(have datedKey) bool {
		return have.Key == k && have.ts <= ts && have.marking <= clearance
	})
}

// told tells whether a clearance may know that the entity is there. One that
// nothing is heard of was declared, no more.
func (r *entityRow) told(ts TS, clearance Marking) bool {
	return clearance == Red || r.heardOf(ts, clearance) || !r.heardOf(ts, Red)
}

// heardOf tells whether a clearance knows of the entity by a key, or by
// something said of it.
func (r *entityRow) heardOf(ts TS, clearance Marking) bool {
	return r.seen.may(ts, clearance) ||
		slices.ContainsFunc(r.keys, func(k datedKey) bool { return k.ts <= ts && k.marking <= clearance })
}

// owner is an entity that goes by a key, and since when: a row of family x has
// one, or several where what a writer was not told of stood in nobody's way.
type owner struct {
	entity num
	ts     TS
}

func encodeOwners(list []owner) enc {
	var e enc
	for _, o := range list {
		e.num(o.entity)
		e.ts(o.ts)
	}
	return e
}

// readOwners lists the entities of the row of a key; there may be none.
func readOwners(r kv.Reader, row []byte) ([]owner, error) {
	b, err := r.Get(row)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeOwners(b)
}

func decodeOwners(b []byte) (list []owner, err error) {
	d := dec{b: b}
	for more := true; more; more = len(d.b) > 0 && !d.bad {
		list = append(list, owner{d.num(), d.ts()})
	}
	return list, d.done("key row")
}
