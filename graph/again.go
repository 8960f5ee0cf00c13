package graph

import "slices"

// again is what was read of entities by those who ask for some of them again
// and again, on one day and another: each row is read once. The rows may be
// shared by readings of one engine snapshot, what is told by those alone that
// know the same.
type again struct {
	rows   map[num][]keptRow
	claims map[num]claimRow
	told   map[num]*stateOf // what is claimed of an entity, on whatever day
}

type keptRow struct{ key, value []byte }

func newAgain() *again {
	return &again{map[num][]keptRow{}, map[num]claimRow{}, map[num]*stateOf{}}
}

// knowing shares the rows, but not what they tell.
func (a *again) knowing() *again { return &again{a.rows, a.claims, map[num]*stateOf{}} }

// plain is the reading without what it has read.
func (rd *reading) plain() *reading {
	p := *rd
	p.again = nil
	return &p
}

// eachAbout is that of a reading, whose clusters decide where the rows are.
func (a *again) eachAbout(rd *reading, n num, fn func(k, v []byte) error) error {
	for _, member := range rd.same().of(n) {
		rows, err := a.rowsAbout(rd, member)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := fn(r.key, r.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// rowsAbout are the rows about an entity itself.
func (a *again) rowsAbout(rd *reading, n num) ([]keptRow, error) {
	if rows, ok := a.rows[n]; ok {
		return rows, nil
	}
	rows := []keptRow{}
	for _, place := range placesOf(n) {
		err := rd.r.Scan(place, func(k, v []byte) error {
			if !moved(v) {
				both := slices.Concat(k, v)
				rows = append(rows, keptRow{both[:len(k):len(k)], both[len(k):]})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	a.rows[n] = rows
	return rows, nil
}

func (a *again) rowsOfClaims(rd *reading, n int, at func(int) num) ([]claimRow, error) {
	var missing []num
	for i := range n {
		if _, ok := a.claims[at(i)]; !ok {
			missing = append(missing, at(i))
		}
	}
	found, err := rd.plain().rowsOfClaims(len(missing), func(i int) num { return missing[i] })
	if err != nil {
		return nil, err
	}
	for i, c := range missing {
		a.claims[c] = found[i]
	}
	rows := make([]claimRow, n)
	for i := range rows {
		rows[i] = a.claims[at(i)]
	}
	return rows, nil
}

// refill is fill, from what was read.
func (rd *reading) refill(s *stateOf, n num, least Rank) error {
	all := rd.again.told[n]
	if all == nil {
		all = &stateOf{kind: s.kind}
		if err := rd.tell(all, n, Deprecated); err != nil {
			return err
		}
		rd.again.told[n] = all
	}
	lesser := func(c Claim) bool { return !c.Rank.AtLeast(least) }
	s.Claims = slices.DeleteFunc(slices.Clone(all.Claims), lesser)
	s.Denied = slices.DeleteFunc(slices.Clone(all.Denied), lesser)
	return nil
}
