package negotiation

import (
	"bytes"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// placing is where a contact belongs in an answer.
type placing int

const (
	nowhere placing = iota
	inside
	undated
	passed
)

func compareIDs(a, b graph.EntityID) int { return bytes.Compare(a[:], b[:]) }

// contact projects a meeting, as it is known at any time, to the interval.
func (r *attended) contact(s *graph.Standing) (Contact, placing) {
	c := Contact{Standing: *s, During: during(s)}
	if len(s.Claims) == 0 { // only denials are left of it
		c.Claims, c.Statuses = byProperty(s.Denied), []string{statusDenied}
		c.During = during(&c.Standing)
	}
	c.Said = r.statuses(&c)
	c.Scheduled = r.schedules(&c)
	place := r.place(&c)
	if place == nowhere {
		return c, place
	}
	c.Claims = r.literal(c.Claims)
	c.attend(r.parties, r.asked, r.on)
	for _, claim := range slices.Concat(c.All(fieldParticipant), c.Said) {
		c.Evidence = append(c.Evidence, r.evidence[claim.ID]...)
	}
	c.Roots = rootsOfAll(c.Evidence)
	if len(s.Claims) == 0 {
		c.Claims = nil // what is only denied is no part of the state (rule 5)
	}
	return c, place
}

func byProperty(claims []graph.Claim) []graph.Claim {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, func(a, b graph.Claim) int { return strings.Compare(a.Property, b.Property) })
	return claims
}

// during is when a meeting takes place, by all who say so: else the day from
// which it is said to have been held.
func during(s *graph.Standing) (when graph.Interval) {
	for i := range s.Claims {
		if c := &s.Claims[i]; c.Class == graph.Event {
			when = spanned(when, c.From, c.End.Until)
		}
	}
	if !when.IsZero() {
		return when
	}
	for _, c := range s.All(fieldStatus) {
		if c.Value.String() == StatusHeld {
			_, to, _ := c.Start.Date.Bounds()
			when = spanned(when, c.From, graph.Time(to))
		}
	}
	return when
}

// spanned widens an interval, which may be empty, to a time that has a start.
func spanned(when graph.Interval, from, to graph.Time) graph.Interval {
	switch {
	case from == graph.MinTime:
		return when
	case when.IsZero():
		return graph.Interval{From: from, To: max(to, from+1)}
	}
	return graph.Interval{From: min(when.From, from), To: max(when.To, to)}
}

// statuses finds how far a contact has come by the end of the interval, and
// whether that is disputed.
func (r *attended) statuses(c *Contact) (said []graph.Claim) {
	var known []graph.Claim
	for _, s := range c.All(fieldStatus) {
		if s.From < r.until && s.Truth != graph.Denied {
			known = append(known, s)
		}
	}
	said = r.standing(latest(known))
	for _, s := range said {
		if w := s.Value.String(); !slices.Contains(c.Statuses, w) {
			c.Statuses = append(c.Statuses, w)
		}
	}
	if len(c.Statuses) == 0 {
		c.Statuses = []string{string(Unknown)}
	}
	c.dispute(known, said, r.judged[c.ID])
	slices.Sort(c.Statuses)
	return said
}

// standing leaves out, of claims with one start, those from which the machine
// leads to another, and under LATEST those that were not said last.
func (r *attended) standing(claims []graph.Claim) []graph.Claim {
	list := slices.DeleteFunc(slices.Clone(claims), func(c graph.Claim) bool {
		return slices.ContainsFunc(claims, func(d graph.Claim) bool { return ahead(r.machine, c.Value.String(), d.Value.String()) })
	})
	if r.latest {
		list = saidLast(list, r.evidence)
	}
	return list
}

// dispute finds what makes a contact disputed: a live denial of who takes part
// or how far it has come; a denial of what was said before or is said beside it;
// a judgement that an account of it contradicts another.
func (c *Contact) dispute(known, said []graph.Claim, judged []Dispute) {
	denied := func(x graph.Claim) bool { return x.Truth == graph.Contested }
	if slices.ContainsFunc(known, denied) || slices.ContainsFunc(c.All(fieldParticipant), denied) || refuted(known, said) {
		c.Disputes = append(c.Disputes, Dispute{One: c.ID, Why: Negation})
	}
	for _, d := range judged {
		if d.Why == Negation || d.Why == Value {
			c.Disputes = append(c.Disputes, d)
		}
	}
	if len(c.Disputes) > 0 {
		c.Statuses = append(c.Statuses, StatusDisputed)
	}
}

// refuted tells whether somebody denies a contact of which another says, before
// or at the same time, that it is planned or was held.
func refuted(known, said []graph.Claim) bool {
	affirms := func(c graph.Claim) bool {
		w := c.Value.String()
		return Planned(w) || w == statusUnderway || w == StatusHeld
	}
	switch {
	case holds(said, statusDenied):
		return slices.ContainsFunc(known, affirms)
	case holds(said, statusNot):
		return slices.ContainsFunc(said, affirms)
	}
	return false
}

// schedules lists for when a contact was planned by the end of the interval,
// the last plan first.
func (r *attended) schedules(c *Contact) (list []Schedule) {
	for _, s := range c.All(fieldScheduledFor) {
		if s.From < r.until && s.Truth != graph.Denied {
			list = append(list, Schedule{s.Value.String(), s.Start.String(), s, r.evidence[s.ID]})
		}
	}
	return list
}

// place tells where a contact belongs. What happened belongs to the interval in
// which it did; a plan, or the denial of one, to all that begin before its day is over.
func (r *attended) place(c *Contact) placing {
	happened := c.Is(StatusHeld) || c.Is(statusUnderway) || c.Is(string(Unknown))
	when := c.when()
	switch {
	case happened && c.During.IsZero() && len(c.Said) == 0 && len(c.All(fieldStatus)) > 0:
		return nowhere // all that is said of it begins later
	case happened && c.During.IsZero():
		return undated
	case r.on.IsZero():
		return inside
	case happened && c.During.Overlaps(r.on):
		return inside
	case happened:
		return nowhere
	case when.IsZero() || when.To > r.on.From:
		return inside
	}
	return passed
}

// literal keeps the claims that hold in the interval: of events those that
// overlap it or whose time is not stated, of states those that have begun by
// its end. A plan's own claims may be of a later day.
func (r *attended) literal(claims []graph.Claim) (kept []graph.Claim) {
	overlaps := slices.ContainsFunc(claims, func(c graph.Claim) bool {
		return c.Class == graph.Event && c.From != graph.MinTime && c.Holds().Overlaps(r.on)
	})
	for _, c := range claims {
		switch {
		case r.on.IsZero() || c.Class == graph.Timeless || (c.Class == graph.Event && c.From == graph.MinTime):
		case c.Class == graph.State && c.From >= r.until:
			continue
		case c.Class == graph.Event && overlaps && !c.Holds().Overlaps(r.on):
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// attend finds how the parties take part, and whether all do for one of them: a
// format for two parties tells that one is not stated.
func (c *Contact) attend(parties []graph.EntityID, asked int, on graph.Interval) {
	fillers := c.All(fieldParticipant)
	for i, party := range parties {
		a, all := Attendance{Party: party}, true
		for _, f := range fillers {
			persons := c.standIns(f.Value.Entity(), party, on)
			a.Persons = append(a.Persons, persons...)
			itself := f.Value.Entity() == party
			a.Itself = a.Itself || itself
			all = all && (itself || len(persons) > 0)
		}
		c.oneSided = c.oneSided || all
		if (a.Itself || len(a.Persons) > 0) && (asked == 0 || i < asked) {
			c.Sides = append(c.Sides, a)
		}
	}
	c.oneSided = c.oneSided || len(fillers) < 2
	format := c.All(fieldFormat)
	c.Internal = c.oneSided && len(fillers) > 1 && (len(format) == 0 || holds(format, formatInternal))
}

// standIns are the ways in which an entity takes part for a party; of a contact
// without a date of its own those that are in force in the interval.
func (c *Contact) standIns(entity, party graph.EntityID, on graph.Interval) (list []graph.Filling) {
	for _, f := range c.Through {
		inForce := !c.During.IsZero() || on.IsZero() || f.During.Overlaps(on)
		if f.Role == fieldParticipant && f.Entity == entity && f.For == party && inForce {
			list = append(list, f)
		}
	}
	return list
}
