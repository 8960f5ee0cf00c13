package graph

import (
	"iter"
	"slices"
)

// again is what was read of entities by those who ask for some of them again
// and again, on one day and another: each row is read once. The rows may be
// shared by readings of one engine snapshot, what is told by those alone that
// know the same.
type again struct {
	rows   map[num]keptRows
	claims map[num]*claimRow
	told   map[num]*stateOf // what is claimed of an entity, on whatever day
	hand   keptRows         // of which each entity's rows are a part
}

// handBytes and handRows are room for the rows of some dozen relations.
const (
	handBytes = 32 << 10
	handRows  = 1 << 10
)

// keptRows are keys and values, one behind the other.
type keptRows struct {
	data []byte
	ends []int // of each key and each value
}

func (r *keptRows) add(key, value []byte) {
	r.data = append(r.data, key...)
	r.ends = append(r.ends, len(r.data))
	r.data = append(r.data, value...)
	r.ends = append(r.ends, len(r.data))
}

func (r *keptRows) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		from := 0
		for i := 0; i < len(r.ends); i += 2 {
			key, value := r.data[from:r.ends[i]:r.ends[i]], r.data[r.ends[i]:r.ends[i+1]]
			if from = r.ends[i+1]; !yield(key, value) {
				return
			}
		}
	}
}

func newAgain() *again {
	return &again{rows: map[num]keptRows{}, claims: map[num]*claimRow{}, told: map[num]*stateOf{}}
}

// knowing shares the rows, but not what they tell.
func (a *again) knowing() *again {
	return &again{rows: a.rows, claims: a.claims, told: map[num]*stateOf{}}
}

// eachAbout is that of a reading, whose clusters decide where the rows are.
func (a *again) eachAbout(rd *reading, n num, fn func(k, v []byte) error) error {
	for _, member := range rd.same().of(n) {
		rows, err := a.rowsAbout(rd, member)
		if err != nil {
			return err
		}
		for k, v := range rows.all() {
			if err := fn(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// rowsAbout are the rows about an entity itself.
func (a *again) rowsAbout(rd *reading, n num) (keptRows, error) {
	if rows, ok := a.rows[n]; ok {
		return rows, nil
	}
	if cap(a.hand.data)-len(a.hand.data) < handBytes/8 || cap(a.hand.ends)-len(a.hand.ends) < handRows/8 {
		a.hand = keptRows{data: make([]byte, 0, handBytes), ends: make([]int, 0, handRows)}
	}
	rows := keptRows{data: a.hand.data[len(a.hand.data):], ends: a.hand.ends[len(a.hand.ends):]}
	for _, place := range placesOf(n) {
		err := rd.r.Scan(place, func(k, v []byte) error {
			if !moved(v) {
				rows.add(k, v)
			}
			return nil
		})
		if err != nil {
			return keptRows{}, err
		}
	}
	a.hand.data, a.hand.ends = rows.data[len(rows.data):], rows.ends[len(rows.ends):]
	rows.data, rows.ends = slices.Clip(rows.data), slices.Clip(rows.ends)
	a.rows[n] = rows
	return rows, nil
}

func (a *again) rowsOfClaims(rd *reading, n int, at func(int) num) ([]*claimRow, error) {
	rows := make([]*claimRow, n)
	var missing []int
	for i := range rows {
		if rows[i] = a.claims[at(i)]; rows[i] == nil {
			missing = append(missing, i)
		}
	}
	found, err := rd.readClaims(make([]claimRow, len(missing)), func(i int) num { return at(missing[i]) })
	for i, row := range found {
		rows[missing[i]], a.claims[at(missing[i])] = row, row
	}
	return rows, err
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
	s.part = len(s.Claims)+len(s.Denied) < len(all.Claims)+len(all.Denied)
	return nil
}
