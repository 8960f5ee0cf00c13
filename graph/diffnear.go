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
		if others, err = d.of(n, others); err != nil {
			return err
		}
	}
	if err := d.named(others); err != nil {
		return err
	}
	if err := d.support(d.rows); err != nil {
		return err
	}
	return d.open(slices.DeleteFunc(d.rows, func(p pending) bool { return p.same && len(p.supports) == 0 }))
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
			_, err = d.of(n, nil)
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

// pending is a claim that may tell of a difference.
type pending struct {
	claim    num
	same     bool  // its row shows none
	supports []num // records other than the first that say something of it, as s rows list them
}

// of gathers the rows about an entity in which differences may show and, if it
// is a relation, appends whom it names.
func (d *differ) of(n num, named []num) ([]num, error) {
	if d.within[n] {
		return named, nil
	}
	d.within[n] = true
	_, k, err := d.kind(n)
	if err != nil {
		return nil, err
	}
	relation := k == nil || k.Relation
	err = d.after.eachAbout(n, func(key, v []byte) error {
		s, err := showsOf(key)
		dec := dec{b: v}
		row := dec.row(s.from)
		if key[0] == famEdge && relation {
			named = append(named, dec.num())
		}
		if relation || row.class() == State {
			d.rows = append(d.rows, pending{claim: s.claim, same: d.same(&row, s.from)})
		}
		if err == nil && dec.bad {
			err = fmt.Errorf("%w: claim's row", ErrDamaged)
		}
		return err
	})
	return named, err
}

// same tells whether a row shows that nothing of its claim is different, if it
// answers alone.
func (d *differ) same(r *row, from Time) bool {
	if rows := d.before.place() == d.after.place() || !d.before.bySpeech() && !d.after.bySpeech(); !rows {
		return false // they do not tell since when they are known
	}
	if r.ask() || d.before.point.Policy != d.after.point.Policy || d.before.sees(r) != d.after.sees(r) {
		return false
	}
	ends := r.class() == State && r.end() == DatedEnd && d.moves().Contains(r.until)
	return r.class() == Timeless || !d.moves().Contains(from) && !ends
}

// nearClaims is how far apart the numbers of claims may lie of which one scan
// finds the s rows: a row that is passed over takes far less than a scan.
const nearClaims = 32

// support lists the records of the s rows of claims. Those of one negotiation
// mostly lie side by side.
func (d *differ) support(rows []pending) error {
	slices.SortFunc(rows, func(a, b pending) int { return cmp.Compare(a.claim, b.claim) })
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].claim-rows[n-1].claim < nearClaims {
			n++
		}
		if err := d.supportOf(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// supportOf does so for claims, sorted, in one scan.
func (d *differ) supportOf(rows []pending) error {
	rng := kv.Range{Start: key(famSupport, rows[0].claim), End: key(famSupport, rows[len(rows)-1].claim+1), KeysOnly: true}
	return d.after.r.Scan(rng, func(k, _ []byte) error {
		if err := sized(k, lenSupport); err != nil {
			return err
		}
		claim := get5(k[1:])
		for len(rows) > 0 && rows[0].claim < claim {
			rows = rows[1:]
		}
		for i := 0; i < len(rows) && rows[i].claim == claim; i++ {
			rows[i].supports = append(rows[i].supports, get5(k[6:]))
		}
		return nil
	})
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
