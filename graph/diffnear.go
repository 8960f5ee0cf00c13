package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// near finds what became different about some entities, the relations that name
// them, and what these name: it reads what is said of these, and nothing else
// of the store.
func (d *differ) near(ids []EntityID) error {
	asked, err := d.asked(ids)
	if err != nil {
		return err
	}
	relations, err := d.naming(asked)
	if err != nil {
		return err
	}
	var others []num
	for _, n := range slices.Concat(d.after.heads(asked), relations) {
		named, err := d.of(n)
		if err != nil {
			return err
		}
		others = append(others, named...)
	}
	return d.named(others)
}

// named looks at what relations name, but for other relations: these belong by
// what they name themselves. Of what no state is told, nothing can be different.
func (d *differ) named(others []num) error {
	others = slices.DeleteFunc(d.after.heads(others), func(n num) bool { return d.within[n] })
	if err := d.after.headers(others); err != nil {
		return err
	}
	for _, n := range others {
		_, k, err := d.kind(n)
		if err == nil && (k == nil || !k.Relation && d.tellsStates(n, k)) {
			_, err = d.of(n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellsStates tells whether states may be told of an entity: by its kind, unless
// it is one with others, of which each may have its own.
func (d *differ) tellsStates(n num, k *Kind) bool {
	lasts, ok := d.lasts[k.Name]
	if !ok {
		lasts = d.after.db.ontology.lasts(k)
		d.lasts[k.Name] = lasts
	}
	return lasts || d.after.same().merged(n) || d.before.same().merged(n)
}

// asked are the entities of ids, and what they are one with at either point.
func (d *differ) asked(ids []EntityID) (list []num, err error) {
	for _, id := range ids {
		n, err := d.after.named(ByID(id))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(append(list, d.after.same().of(n)...), d.before.same().of(n)...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// naming lists the relations that name one of the entities, whether that stands or not.
func (d *differ) naming(entities []num) (list []num, err error) {
	for _, n := range entities {
		names, err := d.after.naming(n)
		if err != nil {
			return nil, err
		}
		for _, p := range names {
			list = append(list, p.by)
		}
	}
	list = d.after.heads(list)
	if err := d.after.headers(list); err != nil {
		return nil, err
	}
	kept := list[:0]
	for _, n := range list {
		_, k, err := d.kind(n)
		if err != nil {
			return nil, err
		}
		if k == nil || k.Relation {
			kept = append(kept, n)
		}
	}
	return kept, nil
}

// pending is a row about an entity that may tell of a difference.
type pending struct {
	row
	from     Time
	claim    num
	supports []num // records other than the first that say something of the claim, as s rows list them
}

// of looks for differences in what is said of an entity and, if it is a
// relation, lists whom it names.
func (d *differ) of(n num) (named []num, err error) {
	if d.within[n] {
		return nil, nil
	}
	d.within[n] = true
	_, k, err := d.kind(n)
	if err != nil {
		return nil, err
	}
	rows := d.rows[:0]
	relation := k == nil || k.Relation
	err = d.after.eachAbout(n, func(key, v []byte) error {
		s, err := showsOf(key)
		dec := dec{b: v}
		p := pending{row: dec.row(s.from), from: s.from, claim: s.claim}
		if key[0] == famEdge && relation {
			named = append(named, dec.num())
		}
		if relation || p.class() == State {
			rows = append(rows, p)
		}
		if err == nil && dec.bad {
			err = fmt.Errorf("%w: claim's row", ErrDamaged)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if d.rows = rows; len(rows) == 0 {
		return named, nil
	}
	if err := d.support(rows); err != nil {
		return nil, err
	}
	return named, d.open(slices.DeleteFunc(rows, d.same))
}

// same tells whether a row shows that nothing of its claim is different.
func (d *differ) same(p pending) bool {
	if rows := d.before.place() == d.after.place() || !d.before.bySpeech() && !d.after.bySpeech(); !rows {
		return false // they do not tell since when they are known
	}
	if p.ask() || len(p.supports) > 0 || d.before.point.Policy != d.after.point.Policy || d.before.sees(&p.row) != d.after.sees(&p.row) {
		return false
	}
	ends := p.class() == State && p.end() == DatedEnd && d.moves().Contains(p.until)
	return p.class() == Timeless || !d.moves().Contains(p.from) && !ends
}

// support lists the records of the s rows of claims. Those of one entity mostly
// lie side by side: then one scan finds them all.
func (d *differ) support(rows []pending) error {
	byClaim := func(p pending, claim num) int { return cmp.Compare(p.claim, claim) }
	slices.SortFunc(rows, func(a, b pending) int { return byClaim(a, b.claim) })
	first, last := rows[0].claim, rows[len(rows)-1].claim
	file := func(k, _ []byte) error {
		if err := sized(k, lenSupport); err != nil {
			return err
		}
		if i, ok := slices.BinarySearchFunc(rows, get5(k[1:]), byClaim); ok {
			rows[i].supports = append(rows[i].supports, get5(k[6:]))
		}
		return nil
	}
	scan := func(first, last num) error {
		return d.after.r.Scan(kv.Range{Start: key(famSupport, first), End: key(famSupport, last+1), KeysOnly: true}, file)
	}
	if last-first < num(2*len(rows)) {
		return scan(first, last)
	}
	for i := range rows {
		if err := scan(rows[i].claim, rows[i].claim); err != nil {
			return err
		}
	}
	return nil
}

// open looks at all records of claims.
func (d *differ) open(rows []pending) error {
	claims, err := d.after.rowsOfClaims(len(rows), func(i int) num { return rows[i].claim })
	if err != nil {
		return err
	}
	var all []num
	for i := range rows {
		if !slices.Contains(rows[i].supports, claims[i].first) {
			rows[i].supports = append(rows[i].supports, claims[i].first)
		}
		all = append(all, rows[i].supports...)
	}
	if err := d.after.recordsAt(all); err != nil {
		return err
	}
	for i := range rows {
		for _, n := range rows[i].supports {
			rec, err := d.after.record(n)
			if err != nil {
				return err
			}
			if err := d.compare(n, rec, func(note func(num, *claimRow) error) error { return note(rows[i].claim, claims[i]) }); err != nil {
				return err
			}
		}
	}
	return nil
}
