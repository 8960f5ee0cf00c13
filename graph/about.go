package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph/kv"
)

// showing is a claim that a row shows, resolved, before its content is read.
type showing struct {
	num   num
	prop  uint16
	from  Time
	asked bool  // its s rows were looked at
	with  []num // claims that equal it through merges
	resolution
}

// showing tells which claim a row of family v or n (outwards) shows, if any.
func (rd *reading) showing(k, v []byte, props map[uint16]bool, denied bool) (c showing, ok bool, err error) {
	s, err := showsOf(k)
	if err != nil || (props != nil && !props[s.prop]) {
		return c, false, err
	}
	d := dec{b: v}
	r := d.row(s.from)
	c = showing{num: s.claim, prop: s.prop, from: s.from}
	if d.bad {
		return c, false, fmt.Errorf("%w: claim's row", ErrDamaged)
	}
	ref := num(0)
	if k[0] == famEdge {
		ref = d.num()
	}
	switch {
	case rd.same().touches(s.node, ref):
		return rd.joinedShowing(c, denied)
	case rd.alone(&r):
		c.resolution = resolution{live: true, rank: r.rank(), end: End{Kind: r.end(), Until: r.until}}
		return c, rd.sees(&r), nil
	}
	c.asked = true
	c.resolution, err = rd.settle(s.claim, s.from)
	return c, err == nil && c.live && (c.truth != Denied || denied), err
}

// joinedShowing resolves a claim together with those that equal it; it is shown
// where it is the one that stands for all.
func (rd *reading) joinedShowing(c showing, denied bool) (showing, bool, error) {
	row, err := rd.claimContent(c.num)
	if err != nil {
		return c, false, err
	}
	first, with, res, err := rd.joined(row)
	c.asked, c.with, c.resolution = true, with, res
	return c, err == nil && first == c.num && (res.truth != Denied || denied), err
}

// fill reads the claims about an entity, of a rank or better, into its state.
func (rd *reading) fill(s *stateOf, n num, least Rank) error {
	if rd.again != nil {
		return rd.refill(s, n, least)
	}
	return rd.tell(s, n, least)
}

func (rd *reading) tell(s *stateOf, n num, least Rank) error {
	held, denied, err := rd.about(n, least)
	if err == nil {
		err = rd.arrange(s.kind, held)
	}
	if err == nil {
		s.Claims, err = rd.claimsShown(held)
	}
	if err == nil {
		s.Denied, err = rd.claimsShown(denied)
	}
	return err
}

// about lists what rows show of an entity, denied claims among them, of a rank
// or better. The list of what is held is good until the next call.
func (rd *reading) about(n num, least Rank) (held, denied []showing, err error) {
	room := rd.scratch()
	held = room.held[:0]
	err = rd.eachAbout(n, func(k, v []byte) error {
		c, ok, err := rd.showing(k, v, nil, true)
		switch {
		case err != nil || !ok || !c.rank.AtLeast(least):
		case c.truth == Denied:
			denied = append(denied, c)
		default:
			held = append(held, c)
		}
		return err
	})
	room.held = held
	return held, denied, err
}

// eachAbout calls fn for each row about an entity and what it is one with, but
// for those that count no more.
func (rd *reading) eachAbout(n num, fn func(k, v []byte) error) error {
	if rd.again != nil {
		return rd.again.eachAbout(rd, n, fn)
	}
	for _, place := range rd.aboutAll(n) {
		err := rd.r.Scan(place, func(k, v []byte) error {
			if moved(v) {
				return nil
			}
			return fn(k, v)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// aboutAll are the places of the claims about an entity and what it is one with.
func (rd *reading) aboutAll(n num) (places []kv.Range) {
	members := rd.same().of(n)
	if len(members) == 1 {
		return placesOf(n)
	}
	for _, m := range members {
		prefix := key(famAttribute, m)
		places = append(places, kv.Range{Start: prefix, End: behind(prefix)})
	}
	for _, section := range []byte{outEvent, outState} {
		for _, m := range members {
			prefix := append(key(famEdge, m), section)
			places = append(places, kv.Range{Start: prefix, End: behind(prefix)})
		}
	}
	return places
}

// placesOf are the places of the claims about an entity itself: the two
// sections of its links and roles lie side by side.
func placesOf(n num) []kv.Range {
	attributes, out := key(famAttribute, n), key(famEdge, n)
	return []kv.Range{
		{Start: attributes, End: behind(attributes)},
		{Start: append(slices.Clone(out), outEvent), End: behind(append(out, outState))},
	}
}

// arrange puts what is shown in the order of the kind's declaration, the latest
// start first.
func (rd *reading) arrange(k *Kind, list []showing) error {
	type placed struct {
		place int
		name  string
	}
	places := map[uint16]placed{}
	for i := range list {
		prop := list[i].prop
		if _, ok := places[prop]; ok {
			continue
		}
		name, err := rd.nameOf(prop)
		if err != nil {
			return err
		}
		places[prop] = placed{k.place(name), name}
	}
	slices.SortStableFunc(list, func(a, b showing) int {
		if a.prop != b.prop {
			p, q := places[a.prop], places[b.prop]
			return cmp.Or(cmp.Compare(p.place, q.place), strings.Compare(p.name, q.name))
		}
		return cmp.Compare(b.from, a.from)
	})
	return nil
}

// claimsShown reads the claims that are shown, in one round trip.
func (rd *reading) claimsShown(list []showing) (claims []Claim, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	claims = make([]Claim, 0, len(list))
	err = rd.eachShown(list, func(c *Claim) error {
		claims = append(claims, *c)
		return nil
	})
	return claims, err
}

// eachShown reads the claims that are shown, in one round trip, and calls fn for
// each, which is good until the next and must read no claims in this reading.
func (rd *reading) eachShown(list []showing, fn func(*Claim) error) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := rd.rowsOfClaims(len(list), func(i int) num { return list[i].num })
	if err != nil {
		return err
	}
	room := rd.scratch()
	room.ids = slices.Grow(room.ids[:0], 2*len(rows))
	ids := room.ids[:2*len(rows)]
	err = rd.ownIDs(ids, func(i int) num {
		if row := rows[i/2]; i%2 != 0 && row.value.typ == Reference {
			return row.ref
		}
		return rows[i/2].subject
	})
	var c Claim
	for i := 0; i < len(rows) && err == nil; i++ {
		if err = rd.assemble(&c, rows[i], &list[i], ids[2*i], ids[2*i+1]); err == nil {
			err = fn(&c)
		}
	}
	return err
}

// rowsOfClaims reads the rows of n claims, which are good until the next call.
func (rd *reading) rowsOfClaims(n int, at func(int) num) ([]*claimRow, error) {
	if rd.again != nil {
		return rd.again.rowsOfClaims(rd, n, at)
	}
	room := rd.scratch()
	clear(room.claims)
	room.claims = slices.Grow(room.claims[:0], n)[:n]
	return rd.readClaims(room.claims, at)
}

// readClaims reads the rows of as many claims as there is room for.
func (rd *reading) readClaims(room []claimRow, at func(int) num) ([]*claimRow, error) {
	rows := make([]*claimRow, len(room))
	found := 0
	err := rd.r.GetMany(numberedKeys(famClaim, len(room), at), func(i int, b []byte) (err error) {
		found++
		rows[i] = &room[i]
		room[i], err = decodeClaim(b)
		return err
	})
	if err == nil && found < len(room) {
		err = fmt.Errorf("claim row: %w", kv.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// assemble puts a claim together from its row and its resolution, given the ids
// of its subject and, where it is a reference, its value. The rows of claims
// that do not ask hold no text of the end; the claim's row does.
func (rd *reading) assemble(c *Claim, row *claimRow, s *showing, subject, ref EntityID) (err error) {
	*c = Claim{Subject: subject, Class: row.class, Value: row.value, Start: row.start, Occurrence: row.occurrence, From: row.from(),
		Truth: s.truth, End: s.end, Conflict: s.conflict, Rank: s.rank, said: s.said, num: s.num, first: row.first, with: s.with}
	if !s.asked {
		c.End.Date = row.said.date
		c.said = unsaid
	}
	if c.Property, err = rd.nameOf(row.prop); err != nil {
		return err
	}
	if row.value.typ == Reference {
		c.Value.entity = ref
	}
	c.ID = row.id(&rd.scratch().claim, subject, c.Value.entity, c.Property) // that of what was written
	if !rd.same().touches(row.subject, row.ref) {
		return nil
	}
	if c.Subject, err = rd.id(row.subject); err == nil && row.value.typ == Reference {
		c.Value.entity, err = rd.id(row.ref)
	}
	return err
}
