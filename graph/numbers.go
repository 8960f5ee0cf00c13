package graph

import (
	"errors"
	"fmt"

	"github.com/parleydb/parley/graph/kv"
)

// numbers are the highest numbers given so far.
type numbers struct {
	name                            uint16
	entity, claim, record, document num
}

// append writes them into e, which is empty: the seal covers all of it.
func (n *numbers) append(e *enc) {
	e.uint(uint64(n.name))
	for _, x := range []num{n.entity, n.claim, n.record, n.document} {
		e.num(x)
	}
	*e = seal(*e)
}

func decodeNumbers(b []byte) (numbers, error) {
	b, err := unseal(b, "high-water marks")
	if err != nil {
		return numbers{}, err
	}
	d := dec{b: b}
	name := d.uint()
	d.bad = name > 1<<16-1
	n := numbers{name: uint16(name), entity: d.num(), claim: d.num(), record: d.num(), document: d.num()}
	return n, d.done("high-water marks")
}

// number returns the number of a property or, with NoValue, of a kind, giving
// a new name the next one.
func (tx *Tx) number(name string, typ ValueType) (uint16, error) {
	if typ == NoValue {
		name = kindName(name)
	}
	if n, ok := tx.names[name]; ok {
		return n, nil
	}
	if n, ok := tx.db.names.number(name); ok {
		return n, nil
	}
	b, err := tx.kv.Get(nameKey(name))
	if err == nil { // given by an update that is not acknowledged yet
		n, err := num2(b)
		if err == nil {
			put(&tx.names, name, n)
		}
		return n, err
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return 0, err
	}
	return tx.newName(name, typ)
}

func (tx *Tx) newName(name string, typ ValueType) (uint16, error) {
	if tx.next.name == 1<<16-1 {
		return 0, fmt.Errorf("%w: more than 65,535 names of properties and kinds", ErrRefused)
	}
	tx.next.name++
	n := tx.next.name
	tx.log(opName, func(e *enc) { *e = put2(*e, n); e.byte(byte(typ)); e.string(name) })
	return n, tx.putName(n, nameRow{typ: typ, name: name})
}

func (tx *Tx) putName(n uint16, row nameRow) error {
	var e enc
	e.byte(byte(row.typ))
	e.string(row.name)
	put(&tx.names, row.name, n)
	put(&tx.fresh, n, row)
	return errors.Join(tx.set(numberKey(n), e), tx.set(nameKey(row.name), put2(nil, n)))
}

// kindName keeps the names of kinds and properties apart.
func kindName(kind string) string { return kindPrefix + kind }

const (
	kindPrefix = "kind "
	sameAsName = kindPrefix + KindSameAs
)

// nameOf is the name with a number, given here or before.
func (tx *Tx) nameOf(n uint16) (string, error) {
	if row, ok := tx.fresh[n]; ok {
		return row.bare(), nil
	}
	if row, ok := tx.db.names.row(n); ok {
		return row.bare(), nil
	}
	b, err := tx.kv.Get(numberKey(n))
	if err != nil {
		return "", err
	}
	d := dec{b: b}
	row := nameRow{typ: ValueType(d.byte()), name: d.string()}
	return row.bare(), d.done("name row")
}

// bare is the name as people know it.
func (r nameRow) bare() string {
	if r.typ == NoValue && len(r.name) > len(kindPrefix) {
		return r.name[len(kindPrefix):]
	}
	return r.name
}
