package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
)

// States assembles entities with the claims about them that stand at the
// view's point. What the point does not show is left out.
func (v View) States(ctx context.Context, ids []EntityID) (list []Standing, err error) {
	err = v.read(ctx, func(rd *reading) error {
		seen := make(map[num]bool, len(ids))
		list = slices.Grow(list, len(ids))
		for _, id := range ids {
			n, err := rd.lookup(ByID(id))
			if errors.Is(err, ErrNotFound) || (err == nil && seen[n]) {
				continue
			}
			if err != nil {
				return err
			}
			seen[n] = true
			s, err := rd.state(n)
			if err != nil {
				return err
			}
			if s.visible {
				list = append(list, s.Standing)
			}
		}
		return nil
	})
	return list, err
}

// stateOf is a state in the making.
type stateOf struct {
	Standing
	kind    *Kind
	start   Time // latest start of its claims; of the roles where there are any
	happens bool // an event's claim holds at the point
	visible bool // some claim stands
	part    bool // claims of a lesser rank were left out
}

// state gathers an entity's claims and projects them to the point.
func (rd *reading) state(n num) (*stateOf, error) {
	s, err := rd.begun(n, Deprecated)
	if err == nil {
		s.end(rd.point.On)
	}
	return s, err
}

// begun is a state, as the claims of a rank or better make it, with what has
// ended by the point still in it: that, too, takes over within a key (rule 7).
func (rd *reading) begun(n num, least Rank) (*stateOf, error) {
	s := &stateOf{start: MinTime}
	may, err := rd.may(n)
	if err != nil {
		return nil, err
	}
	if s.Entity, err = rd.entity(n); err != nil || !may {
		return s, err
	}
	s.kind = rd.db.ontology.Kind(s.Kind)
	if err := rd.fill(s, n, least); err != nil {
		return nil, err
	}
	return s, rd.project(s)
}

// project takes claims in order, flags what is odd, and keeps those that stand.
func (rd *reading) project(s *stateOf) error {
	s.visible = len(s.Claims) > 0
	s.Since = rd.since(s.Claims)
	kept := s.Claims[:0]
	for rest := s.Claims; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Property == rest[0].Property {
			n++
		}
		group := rest[:n:n]
		rest = rest[n:]
		if err := rd.tellApart(group); err != nil {
			return err
		}
		p := rd.db.ontology.Property(s.Kind, group[0].Property)
		s.Flags = append(s.Flags, rd.oddSteps(p, group)...)
		kept = append(kept, rd.standing(p, group)...)
	}
	clear(s.Claims[len(kept):])
	s.Claims = kept
	s.measure(rd.point.On)
	return nil
}

// end leaves out the states that ended before the point, and finds what is missing then.
func (s *stateOf) end(on Interval) {
	if !on.IsZero() {
		s.Claims = slices.DeleteFunc(s.Claims, func(c Claim) bool { return c.ended(on) })
	}
	s.measure(on)
	if s.kind == nil {
		return
	}
	for i := range s.kind.Properties {
		if p := &s.kind.Properties[i]; p.Role && len(s.All(p.Name)) < p.Min {
			s.Missing = append(s.Missing, p.Name)
			s.Flags = append(s.Flags, Flag{Incomplete, p.Name, "not stated"})
		}
	}
}

// since is the earliest start of claims that have begun by the point.
func (rd *reading) since(claims []Claim) (date edtf.Date) {
	earliest := MaxTime
	for _, c := range claims {
		if c.Class == Timeless || c.From == MinTime || !rd.hasBegun(c) {
			continue
		}
		if c.From < earliest || (c.From == earliest && tellsMore(c.Start.Date, date)) {
			earliest, date = c.From, c.Start.Date
		}
	}
	return date
}

// tellsMore chooses between two dates that begin together, always the same one.
func tellsMore(a, b edtf.Date) bool {
	if a.Precision() != b.Precision() {
		return a.Precision() > b.Precision()
	}
	return a.String() < b.String()
}

// place is where a property stands in the kind's declaration.
func (k *Kind) place(property string) int {
	if k == nil {
		return 0
	}
	for i := range k.Properties {
		if k.Properties[i].Name == property {
			return i
		}
	}
	return len(k.Properties)
}

// tellApart looks up when claims were said where their starts do not tell
// which of them is the headline, and sorts them.
func (rd *reading) tellApart(group []Claim) error {
	for i := range group {
		if (i > 0 && group[i-1].From == group[i].From) || (i+1 < len(group) && group[i+1].From == group[i].From) {
			if err := rd.say(&group[i]); err != nil {
				return err
			}
		}
	}
	if len(group) > 1 {
		slices.SortStableFunc(group, func(a, b Claim) int { return byHeadline(&a, &b) })
	}
	return nil
}

// standing keeps of a property's claims those that stand at the point, but for
// states that have ended: events literally, states carried forward (rule 7).
// Without a day, all of them stand.
func (rd *reading) standing(p *Property, group []Claim) []Claim {
	group = rd.laterStep(p, group)
	on := rd.point.On
	if on.IsZero() {
		return group
	}
	kept := slices.DeleteFunc(group, func(c Claim) bool {
		return (c.Class == Event && !c.Holds().Overlaps(on)) || (c.Class == State && c.From >= on.To)
	})
	if p != nil && p.Single && len(kept) > 0 && kept[0].Class == State {
		return rd.point.Policy.latest(kept)
	}
	return kept
}

// ended tells whether a state has a dated end before the point.
func (c *Claim) ended(on Interval) bool {
	return c.Class == State && c.End.Kind == DatedEnd && c.End.Until <= on.From
}

// laterStep puts, of single-valued claims with one start of which the machine
// leads from one to the other, the later step first; at a day it alone stands.
func (rd *reading) laterStep(p *Property, group []Claim) []Claim {
	m := (*Machine)(nil)
	if p != nil && p.Single {
		m = rd.db.ontology.Machine(p.Machine)
	}
	if m == nil {
		return group
	}
	overtaken := func(c Claim) bool {
		return slices.ContainsFunc(group, func(d Claim) bool {
			return d.From == c.From && m.Leads(c.Value.text, d.Value.text) && !m.Leads(d.Value.text, c.Value.text)
		})
	}
	if !rd.point.On.IsZero() {
		return slices.DeleteFunc(slices.Clone(group), overtaken)
	}
	slices.SortStableFunc(group, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(b.From, a.From), boolBit(overtaken(a))-boolBit(overtaken(b)))
	})
	return group
}

// oddSteps flags the steps, up to the point, between stated states that the
// machine does not know.
func (rd *reading) oddSteps(p *Property, group []Claim) []Flag {
	if p == nil || !p.Single {
		return nil
	}
	m := rd.db.ontology.Machine(p.Machine)
	if m == nil {
		return nil
	}
	var odd []Flag
	for i := len(group) - 1; i > 0; i-- {
		from, to := group[i], group[i-1]
		if rd.hasBegun(to) && from.From < to.From && from.Value != to.Value && !slices.Contains(m.Steps[from.Value.text], to.Value.text) {
			odd = append(odd, Flag{OddStep, p.Name, from.Value.text + " → " + to.Value.text})
		}
	}
	return odd
}

// hasBegun tells whether a claim has begun by the point.
func (rd *reading) hasBegun(c Claim) bool { return rd.point.On.IsZero() || c.From < rd.point.On.To }

// measure finds the start, and whether an event happens.
func (s *stateOf) measure(on Interval) {
	s.start, s.happens = MinTime, false
	role := func(name string) bool {
		return s.kind != nil && s.kind.Property(name) != nil && s.kind.Property(name).Role
	}
	hasRole := slices.ContainsFunc(s.Claims, func(c Claim) bool { return role(c.Property) })
	for i := range s.Claims {
		c := &s.Claims[i]
		if c.Class == Timeless {
			continue
		}
		if !hasRole || role(c.Property) {
			s.start = max(s.start, c.From)
		}
		s.happens = s.happens || on.IsZero() || c.Class == Event
	}
}

// Relations gives the relations of a kind at the view's point, the newest
// start first, then by id. Kinds of events are read literally; kinds of states
// are carried forward to the day, within their keys (rules 7 and 8). Without a
// day, all that is known is given.
func (v View) Relations(ctx context.Context, q RelationQuery) (list []Standing, err error) {
	err = v.read(ctx, func(rd *reading) error {
		states, err := rd.relations(q)
		list = slices.Grow(list, len(states))
		for _, s := range states {
			list = append(list, s.Standing)
		}
		return err
	})
	return list, err
}

func (rd *reading) relations(given RelationQuery) ([]*stateOf, error) {
	q, err := rd.prepare(given)
	if err != nil {
		return nil, err
	}
	var all []*stateOf
	for _, name := range rd.db.ontology.Concrete(q.Kind) {
		k := rd.db.ontology.Kind(name)
		if k == nil {
			k = &Kind{Name: name}
		}
		states, err := rd.relationsOf(k, q)
		if err != nil {
			return nil, err
		}
		all = append(all, states...)
	}
	all = slices.DeleteFunc(all, func(s *stateOf) bool { return !rd.filled(s, q) })
	slices.SortFunc(all, func(a, b *stateOf) int {
		return cmp.Or(cmp.Compare(b.start, a.start), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return all, nil
}

func (rd *reading) relationsOf(k *Kind, q *relationQuery) ([]*stateOf, error) {
	candidates, err := rd.candidates(k, q)
	if err != nil {
		return nil, err
	}
	return rd.relationsAmong(k, q, candidates)
}

// relationsAmong gives those of some relations of a kind that stand; with what
// takes over from them, they must be all that there is in their keys.
func (rd *reading) relationsAmong(k *Kind, q *relationQuery, candidates []num) (_ []*stateOf, err error) {
	on := rd.point.On
	var states, denied []*stateOf
	for _, n := range candidates {
		s, err := rd.begun(n, q.MinRank.floor(q.Ranked))
		if err != nil {
			return nil, err
		}
		switch {
		case s.visible && s.stands(k, on):
			states = append(states, s)
		case q.Denied && !s.visible && len(s.Denied) > 0:
			denied = append(denied, s)
		}
	}
	carried := rd.carries(k)
	if carried {
		if states, err = rd.withinKeys(k, states); err != nil {
			return nil, err
		}
	}
	for _, s := range states {
		s.end(on)
	}
	if carried {
		states = slices.DeleteFunc(states, func(s *stateOf) bool { return !s.stands(k, on) })
		states, err = rd.withoutEnded(k, states)
	}
	return append(states, denied...), err
}

// stands tells whether anything that has a time stands of a relation.
func (s *stateOf) stands(k *Kind, on Interval) bool {
	switch {
	case on.IsZero() || k.Class == Timeless:
		return slices.ContainsFunc(s.Claims, func(c Claim) bool { return !builtin(c.Property) }) // a name alone is no meeting
	case k.Class == Event:
		return s.happens
	}
	return slices.ContainsFunc(s.Claims, func(c Claim) bool { return c.Class != Timeless })
}

func (rd *reading) kindNumber(kind string) (uint16, bool, error) { return rd.number(kindName(kind)) }

// ofKind lists the relations of a kind by their starts: of an event kind those
// that start shortly before the point or are not bounded, of a state kind all
// that start before its end.
func (rd *reading) ofKind(number uint16, k *Kind) ([]num, error) {
	first, last := MaxTime-1, MinTime
	on := rd.point.On
	if !on.IsZero() {
		first = on.To - 1
		if k.Class == Event {
			last = max(MinTime, on.From-MaxEvent)
		}
	}
	list, err := rd.kindRows(number, first, last)
	if err != nil || last == MinTime {
		return list, err
	}
	unbounded, err := rd.kindRows(number, MinTime, MinTime)
	return append(list, unbounded...), err
}

func (rd *reading) kindRows(number uint16, first, last Time) ([]num, error) {
	var list []num
	prefix := put2([]byte{famKind}, number)
	rng := kv.Range{Start: putNewest(slices.Clone(prefix), first), End: behind(putNewest(slices.Clone(prefix), last))}
	err := rd.r.Scan(rng, func(k, v []byte) error {
		n, err := lastOf(k, lenKind)
		d := dec{b: v}
		if seen := d.firsts(); len(v) == 0 || seen.may(rd.ts, rd.point.Clearance) {
			list = append(list, n)
		}
		return errors.Join(err, d.done("row of family k"))
	})
	return list, err
}
