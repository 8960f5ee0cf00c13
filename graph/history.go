package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph/kv"
)

// History gives every record about a claim that the view's transaction and
// clearance know, retracted ones too, in the order of recording.
func (v View) History(ctx context.Context, id ClaimID) (list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, row, err := rd.findClaim(id)
		if err != nil {
			return err
		}
		list, err = rd.wholeHistory(n, row)
		if err == nil && len(list) == 0 {
			err = fmt.Errorf("%w: claim %s", ErrNotFound, id)
		}
		return err
	})
	return list, err
}

// HistoryOf gives the claims that were ever made about a subject and a
// property ("": all), and every record about them, like History.
func (v View) HistoryOf(ctx context.Context, subject EntityID, property string) (claims []Claim, list []Evidence, err error) {
	err = v.read(ctx, func(rd *reading) error {
		n, err := rd.lookup(ByID(subject))
		if errors.Is(err, ErrNotFound) {
			return nil // as for a subject of which the view may tell nothing
		}
		if err != nil {
			return err
		}
		var properties []string
		if property != "" {
			properties = []string{property}
		}
		props, err := rd.numbers(properties)
		if err != nil {
			return err
		}
		return rd.everyClaim(n, props, func(c *Claim, records []Evidence) {
			claims, list = append(claims, *c), append(list, records...)
		})
	})
	return claims, list, err
}

// Known finds an entity of which the view may tell anything, live or not: one
// about which all was retracted, or is denied, is still there for History.
// Another one is ErrNotFound.
func (v View) Known(ctx context.Context, r Ref) (Entity, error) {
	return v.entityIf(ctx, r, (*reading).mentioned)
}

// mentioned tells whether the view may tell of any record about an entity, or
// in it, live or not.
func (rd *reading) mentioned(n num) (found bool, err error) {
	for _, m := range rd.same().of(n) {
		h, err := rd.header(m)
		if err != nil {
			return false, err
		}
		if found, err = rd.tells(h); found || err != nil {
			return found, err
		}
		for _, family := range []byte{famAttribute, famEdge} {
			prefix := key(family, m)
			err := rd.r.Scan(kv.Range{Start: prefix, End: behind(prefix), KeysOnly: true}, func(k, _ []byte) error {
				s, err := showsOf(k)
				if err != nil {
					return err
				}
				records, err := rd.history(s.claim)
				if found = len(records) > 0; found {
					return kv.Stop
				}
				return err
			})
			if err != nil || found {
				return found, err
			}
		}
	}
	return false, nil
}

// everyClaim calls fn for each claim about a subject that has any history here.
func (rd *reading) everyClaim(n num, props map[uint16]bool, fn func(*Claim, []Evidence)) error {
	for _, place := range rd.aboutAll(n) {
		err := rd.r.Scan(place, func(k, v []byte) error {
			s, err := showsOf(k)
			if err != nil || moved(v) || (props != nil && !props[s.prop]) {
				return err
			}
			return rd.claimEver(s.claim, fn)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// claimEver calls fn for a claim that has any history here, unless another one
// stands for it.
func (rd *reading) claimEver(n num, fn func(*Claim, []Evidence)) error {
	row, err := rd.claimContent(n)
	if err != nil {
		return err
	}
	if rd.same().touches(row.subject, row.ref) {
		if first, err := rd.firstEver(row); err != nil || first != n {
			return err
		}
	}
	records, err := rd.wholeHistory(n, row)
	if err != nil || len(records) == 0 {
		return err
	}
	c, err := rd.settled(n, row)
	if err == nil {
		fn(c, records)
	}
	return err
}

// firstEver is, of the claims that equal one and have any history here, the
// one recorded first.
func (rd *reading) firstEver(row *claimRow) (num, error) {
	list, err := rd.equal(row)
	for _, n := range list {
		records, err := rd.history(n)
		if err != nil || len(records) > 0 {
			return n, err
		}
	}
	return 0, err
}

// settled assembles a claim, resolved from its records and those of claims
// that equal it, whether it stands or not.
func (rd *reading) settled(n num, row *claimRow) (*Claim, error) {
	if rd.same().touches(row.subject, row.ref) {
		_, with, res, err := rd.joined(row)
		if err != nil {
			return nil, err
		}
		c, err := rd.claim(n, res)
		if err == nil {
			c.with = slices.DeleteFunc(with, func(m num) bool { return m == n })
		}
		return c, err
	}
	live, err := rd.supporting(n, row, nil)
	if err != nil {
		return nil, err
	}
	return rd.claim(n, resolve(live, row.from()))
}

// wholeHistory reads all records about a claim and those that equal it, in the
// order of recording.
func (rd *reading) wholeHistory(n num, row *claimRow) ([]Evidence, error) {
	list := []num{n}
	if rd.same().touches(row.subject, row.ref) {
		var err error
		if list, err = rd.equal(row); err != nil {
			return nil, err
		}
	}
	var all []past
	for _, n := range list {
		records, err := rd.history(n)
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	first := all[0].Claim // what the claim recorded first is called, all of them are
	slices.SortStableFunc(all, func(a, b past) int { return cmp.Compare(a.record, b.record) })
	out := make([]Evidence, len(all))
	for i := range all {
		out[i] = all[i].Evidence
		out[i].Claim = first
	}
	return out, nil
}

// past is a record about a claim.
type past struct {
	Evidence
	record num
}

// history reads all records about a claim that are recorded and cleared.
func (rd *reading) history(claim num) ([]past, error) {
	c, id, err := rd.claimRow(claim)
	if err != nil {
		return nil, err
	}
	said := map[num]saying{c.first: c.said}
	order := []num{c.first}
	if err := rd.supports(claim, func(s *support) {
		if _, ok := said[s.record]; !ok {
			said[s.record], order = s.said, append(order, s.record)
		}
	}); err != nil {
		return nil, err
	}
	slices.Sort(order)
	var list []past
	for _, n := range order {
		rec, err := rd.record(n)
		if err != nil {
			return nil, err
		}
		if !rd.knows(rec) {
			continue
		}
		e, err := rd.sayingEvidence(id, c, rec, said[n])
		if err != nil {
			return nil, err
		}
		list = append(list, past{e, n})
	}
	return list, nil
}
