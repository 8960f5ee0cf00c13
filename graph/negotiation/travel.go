package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

const (
	fieldTopic    = "topic"
	fieldDocument = "document"
)

// TravelQuery asks how something reached somebody.
type TravelQuery struct {
	Negotiation graph.EntityID // whose contacts count; zero: all
	From, To    graph.EntityID // To zero: whoever was reached
	// Carrying is an instrument or a text. Contacts on one of its issues, or that
	// had it on the table, carry it; zero: any contact does.
	Carrying graph.EntityID
	MinRank  graph.Rank // where Ranked: only claims of this rank or better
	Ranked   bool
}

// Hop is one step of the way, by a contact that was held, or, where Contact is
// nil, from a party to who stands for it, or back.
type Hop struct {
	From, To graph.EntityID
	Contact  *Contact
	Ties     []graph.Tie    // who stands for whom by what, from the agent up to the party
	During   graph.Interval // of the contact, or while the ties are in force
	At       graph.Time     // the earliest moment by which it may have arrived
}

// Reach is somebody whom it may have reached, and by which way.
type Reach struct {
	Entity graph.EntityID
	At     graph.Time
	Hops   []Hop // none of where it began
}

// Travel is how far something came.
type Travel struct {
	Path    []Hop   // to whom it was asked for, the earliest way; none where it is not recorded
	Reached []Reach // the earliest first
	// Beyond are the contacts, planned or denied, in which somebody whom it
	// reached is to meet the one asked for, or nobody who is stated.
	Beyond []Contact
	// Status is UNKNOWN, with its Reason, where no way is recorded: it may have
	// come there all the same. Documents counts those that are known.
	Status    Status
	Reason    Reason
	Documents int
}

// TravelOf finds the earliest way by the end of the view's interval. No hop is
// earlier than the one before it, and what was not held carries nothing.
func TravelOf(ctx context.Context, v graph.View, q *TravelQuery) (Travel, error) {
	if q == nil {
		q = &TravelQuery{}
	}
	a := ask(ctx, v)
	one := *q
	one.Negotiation = a.about(q.Negotiation)
	if a.err == nil && q.From.IsZero() {
		return Travel{}, fmt.Errorf("negotiation: travel: %w: say from whom: %s", graph.ErrValue, a.instead(kindActor))
	}
	one.From, one.To = a.entity("party", kindActor, q.From), a.entity("party", kindActor, q.To)
	if one.Carrying = a.entity("cargo", "", q.Carrying); a.err != nil {
		return Travel{}, fmt.Errorf("negotiation: travel: %w", a.err)
	}
	t, err := travel(ctx, v, &one)
	if err != nil {
		return Travel{}, fmt.Errorf("negotiation: travel: %w", err)
	}
	return t, nil
}

func travel(ctx context.Context, v graph.View, q *TravelQuery) (Travel, error) {
	ends := []graph.EntityID{q.From}
	if !q.To.IsZero() {
		ends = append(ends, q.To)
	}
	r, err := readContacts(ctx, v, &ContactQuery{Negotiation: q.Negotiation, Between: ends, MinRank: q.MinRank, Ranked: q.Ranked})
	if err != nil {
		return Travel{}, err
	}
	c, err := cargoOf(ctx, v, q)
	if err != nil {
		return Travel{}, err
	}
	r.asked = 0 // show how all parties take part
	return r.travel(q, c), nil
}

// cargo is what is carried: by contacts on its issues, from its start on.
type cargo struct {
	id     graph.EntityID
	issues []graph.EntityID
	from   graph.Time
}

func cargoOf(ctx context.Context, v graph.View, q *TravelQuery) (cargo, error) {
	c := cargo{id: q.Carrying, from: graph.MinTime}
	if c.id.IsZero() {
		return c, nil
	}
	states, err := v.On(graph.Interval{}).States(ctx, []graph.EntityID{c.id})
	for i := range states {
		for _, claim := range states[i].Claims {
			if claim.Class == graph.State && claim.From != graph.MinTime && (c.from == graph.MinTime || claim.From < c.from) {
				c.from = claim.From
			}
		}
		for _, claim := range states[i].All(fieldIssue) {
			c.issues = append(c.issues, claim.Value.Entity())
		}
	}
	return c, err
}

// by tells whether a contact carries it.
func (c *cargo) by(m *Contact) bool {
	on := func(role string, ids ...graph.EntityID) bool {
		return slices.ContainsFunc(m.All(role), func(x graph.Claim) bool { return slices.Contains(ids, x.Value.Entity()) })
	}
	return c.id.IsZero() || on(fieldDocument, c.id) || on(fieldTopic, c.issues...)
}

// travel is the projection: it reads nothing.
func (r *attended) travel(q *TravelQuery, c cargo) Travel {
	on := r.on
	r.on = graph.Interval{} // what was held earlier counts
	var ways []Hop
	for i := range r.meetings {
		m, _ := r.contact(&r.meetings[i])
		if m.Is(StatusHeld) && !m.During.IsZero() && m.During.From < r.until && c.by(&m) {
			ways = append(ways, hopsOf(&m)...)
		}
	}
	t := Travel{Reached: reach(q.From, c.from, ways), Documents: r.documents}
	if i := slices.IndexFunc(t.Reached, func(x Reach) bool { return x.Entity == q.To }); i >= 0 {
		t.Path = t.Reached[i].Hops
	} else if !q.To.IsZero() {
		t.Status, t.Reason = Unknown, NoContact
		if r.documents == 0 {
			t.Reason = NoDocument
		}
	}
	r.on = on
	t.Beyond = r.beyond(q.To, t.Reached)
	return t
}

// hopsOf lists the hops that a contact makes: between any two who take part,
// itself or for a party, and between these and whom they stand for.
func hopsOf(m *Contact) (list []Hop) {
	var there []graph.EntityID
	for _, c := range m.All(fieldParticipant) {
		there = append(there, c.Value.Entity())
	}
	there = sorted(there)
	for _, from := range there {
		for _, to := range there {
			if from != to {
				list = append(list, Hop{From: from, To: to, Contact: m, During: m.During})
			}
		}
	}
	for _, f := range m.Through {
		if f.Role != fieldParticipant {
			continue
		}
		list = append(list, Hop{From: f.For, To: f.Entity, Ties: f.Path, During: f.During}, Hop{From: f.Entity, To: f.For, Ties: f.Path, During: f.During})
	}
	return list
}

// reach finds the earliest way to everybody: the way that is complete first is
// followed first, of several the one with fewer hops, then by ids.
func reach(from graph.EntityID, start graph.Time, ways []Hop) (found []Reach) {
	by := map[graph.EntityID][]Hop{}
	for _, h := range ways {
		by[h.From] = append(by[h.From], h)
	}
	open := []Reach{{Entity: from, At: start}}
	seen := map[graph.EntityID]bool{}
	for len(open) > 0 {
		i := first(open)
		next := open[i]
		open = slices.Delete(open, i, i+1)
		if seen[next.Entity] {
			continue
		}
		seen[next.Entity] = true
		found = append(found, next)
		for _, h := range by[next.Entity] {
			if h.During.To <= next.At || seen[h.To] {
				continue // it was over before it arrived
			}
			h.At = max(next.At, h.During.From)
			open = append(open, Reach{h.To, h.At, append(slices.Clone(next.Hops), h)})
		}
	}
	return found
}

// first is where the way stands that is followed next.
func first(open []Reach) (best int) {
	for i := range open {
		a, b := &open[i], &open[best]
		if cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(len(a.Hops), len(b.Hops)), bytes.Compare(a.Entity[:], b.Entity[:]), a.compareContact(b)) < 0 {
			best = i
		}
	}
	return best
}

func (r *Reach) compareContact(s *Reach) int {
	key := func(r *Reach) (id graph.EntityID) {
		if n := len(r.Hops); n > 0 && r.Hops[n-1].Contact != nil {
			id = r.Hops[n-1].Contact.ID
		}
		return id
	}
	a, b := key(r), key(s)
	return bytes.Compare(a[:], b[:])
}

// beyond lists what is only planned, or denied, from those who were reached
// towards somebody.
func (r *attended) beyond(to graph.EntityID, reached []Reach) (list []Contact) {
	for i := range r.meetings {
		c, place := r.contact(&r.meetings[i])
		open := slices.ContainsFunc(c.Statuses, func(s string) bool { return Planned(s) || s == statusNot || s == statusDenied })
		if place != inside || !open || !slices.ContainsFunc(reached, func(x Reach) bool { return c.has(x.Entity) }) {
			continue
		}
		if to.IsZero() || c.has(to) || c.oneSided {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, earliest)
	return list
}

// has tells whether an entity takes part, itself or through others.
func (c *Contact) has(id graph.EntityID) bool {
	return fills(&c.Standing, fieldParticipant, id) || slices.ContainsFunc(c.Sides, func(s Attendance) bool { return s.Party == id })
}
