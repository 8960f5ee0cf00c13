package negotiation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kind and fields that contacts are made of, and the statuses that matter.
const (
	kindMeeting     = "Meeting"
	kindNegotiation = "Negotiation"

	fieldParticipant  = "participant"
	fieldStatus       = "status"
	fieldScheduledFor = "scheduledFor"
	fieldFormat       = "format"

	// StatusHeld is that of a contact that took place.
	StatusHeld = "HELD"
	// StatusDisputed is computed: one source says what another denies.
	StatusDisputed = "DISPUTED"
	statusDenied   = "DENIED"
	statusNot      = "NOT_PLANNED"
	statusUnderway = "UNDERWAY"
	formatInternal = "INTERNAL"
)

// planned are the statuses of a contact that is still to come.
var planned = []string{"MOOTED", "READY", "ANNOUNCED", "SCHEDULED", "POSTPONED"}

// Planned tells whether a status is that of a contact that is still to come.
func Planned(status string) bool { return slices.Contains(planned, status) }

// NoContact is why nothing is known: no contact is recorded, which does not mean
// that there was none.
const NoContact Reason = "NO_CONTACT"

// ContactQuery chooses among contacts. The zero query is all of them.
type ContactQuery struct {
	Negotiation graph.EntityID   // what belongs to it; zero: everything
	Between     []graph.EntityID // those in which each of these takes part, or somebody for it (rule 12)
	Statuses    []string         // those of which one of these stands, DISPUTED among them
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Contact is a meeting, call, visit or letter: held, planned, or denied.
type Contact struct {
	graph.Standing // as it holds literally in the interval
	// Statuses are those that stand: several with one start stand side by side.
	// DISPUTED is added where Disputes tell why; UNKNOWN is what nobody states.
	Statuses  []string
	Said      []graph.Claim  // that state the status
	During    graph.Interval // when it takes place, as stated; zero: not stated
	Scheduled []Schedule     // for when it was planned, the last plan first
	Sides     []Attendance   // of those who were asked for, else of the negotiation's parties
	Internal  bool           // all who take part are of one party, and its format does not tell of another
	Disputes  []Dispute
	Evidence  []graph.Evidence
	Roots     []graph.Root

	oneSided bool // all who take part are of one party, or there is no other
}

// Schedule is the day for which a contact was planned, and since when.
type Schedule struct {
	For   string // EDTF
	Since string // EDTF; "" where it is not stated
	graph.Claim
	Evidence []graph.Evidence
}

// Attendance is how a party takes part: itself, or through persons.
type Attendance struct {
	Party   graph.EntityID
	Itself  bool
	Persons []graph.Filling
}

// Is tells whether a status stands.
func (c *Contact) Is(status string) bool { return slices.Contains(c.Statuses, status) }

// ContactsAnswer is who meets whom in an interval.
type ContactsAnswer struct {
	// Contacts are those of the interval, the earliest first, and what is planned
	// or denied then and not over, that without a date last.
	Contacts []Contact
	Undated  []Contact // that took place, nobody says when
	Internal []Contact // in which all take part for one party
	Passed   []Contact // planned or denied for a day before the interval; what came of it nobody says
	// Status is UNKNOWN, with its Reason, where none at all is recorded: that is
	// never “no”. Documents counts those that are known, curation left out.
	Status    Status
	Reason    Reason
	Documents int
}

// Contacts gives the contacts of the view's interval, and what is planned by
// its end; without a day, all that are known. A meeting is an event, read
// literally; that it is planned is a state, which is carried forward.
func Contacts(ctx context.Context, v graph.View, q *ContactQuery) (ContactsAnswer, error) {
	if q == nil {
		q = &ContactQuery{}
	}
	asked, err := q.asked(ctx, v)
	if err != nil {
		return ContactsAnswer{}, fmt.Errorf("negotiation: contacts: %w", err)
	}
	r, err := readContacts(ctx, v, asked)
	if err != nil {
		return ContactsAnswer{}, fmt.Errorf("negotiation: contacts: %w", err)
	}
	return r.answer(asked), nil
}

// asked is the query as the view reads it.
func (q ContactQuery) asked(ctx context.Context, v graph.View) (*ContactQuery, error) {
	a := ask(ctx, v)
	q.Negotiation = a.about(q.Negotiation)
	q.Between = a.entities("party", kindActor, q.Between)
	a.words("status", q.Statuses, append(codes(v.Ontology(), []string{kindMeeting}, fieldStatus), StatusDisputed, string(Unknown)))
	return &q, a.err
}

// attended is all that an answer on contacts is made of.
type attended struct {
	meetings  []graph.Standing
	parties   []graph.EntityID // that are asked for, then the negotiation's, each once
	asked     int              // how many of them are asked for
	judged    map[graph.EntityID][]Dispute
	evidence  map[graph.ClaimID][]graph.Evidence
	machine   *graph.Machine
	on        graph.Interval
	until     graph.Time
	latest    bool
	documents int
}

func readContacts(ctx context.Context, v graph.View, q *ContactQuery) (r attended, err error) {
	s, err := scopeOf(ctx, v, q.Negotiation)
	if err != nil {
		return r, err
	}
	parties, err := s.table(ctx)
	if err != nil {
		return r, err
	}
	r = attended{on: v.Point().On, until: upTo(v), latest: v.Point().Policy == graph.Latest}
	if p := v.Ontology().Property(kindMeeting, fieldStatus); p != nil {
		r.machine = v.Ontology().Machine(p.Machine)
	}
	r.parties = distinct(q.Between)
	r.asked = len(r.parties)
	r.parties = distinct(slices.Concat(r.parties, parties))
	s.v = v.On(graph.Interval{}) // a plan has no date of its own, and what was planned first is history
	if r.meetings, err = s.meetings(ctx, q, r.parties); err != nil {
		return r, err
	}
	if r.judged, err = judgedMeetings(ctx, s.v, r.meetings); err != nil {
		return r, err
	}
	if r.evidence, err = evidenceOf(ctx, s.v, r.claims()); err != nil {
		return r, err
	}
	r.documents, err = documents(ctx, v)
	return r, err
}

// distinct keeps the first of equal ids.
func distinct(ids []graph.EntityID) (list []graph.EntityID) {
	for _, id := range ids {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// table lists the parties at the table: of the negotiation, else of all.
func (s *scope) table(ctx context.Context) (list []graph.EntityID, err error) {
	if !s.whole {
		return s.parties, nil
	}
	var ids []graph.EntityID
	for e, err := range s.v.OfKind(ctx, kindNegotiation) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, e.ID)
	}
	states, err := s.v.States(ctx, ids)
	for i := range states {
		for _, c := range states[i].All(fieldParty) {
			list = append(list, c.Value.Entity())
		}
	}
	return sorted(list), err
}

// meetings reads the meetings of a scope, with who takes part in them for whom.
func (s *scope) meetings(ctx context.Context, q *ContactQuery, parties []graph.EntityID) ([]graph.Standing, error) {
	one := graph.RelationQuery{Kind: kindMeeting, Denied: true, MinRank: q.MinRank, Ranked: q.Ranked}
	list, err := s.relations(ctx, one)
	if err != nil || len(parties) == 0 {
		return list, err
	}
	if len(q.Between) == 0 && !s.whole { // then the parties are those of the scope
		for i := range list {
			list[i].Through = slices.DeleteFunc(list[i].Through, func(f graph.Filling) bool { return f.Role != fieldParticipant })
		}
		return list, nil
	}
	one.Fillers, one.RollUp = map[string][]graph.EntityID{fieldParticipant: parties}, true
	found, err := s.v.Relations(ctx, one)
	by := make(map[graph.EntityID][]graph.Filling, len(found))
	for _, r := range found {
		by[r.ID] = r.Through
	}
	for i := range list {
		list[i].Through = by[list[i].ID]
	}
	return list, err
}

// judgedMeetings reads which of the meetings somebody judged to be contradicted.
func judgedMeetings(ctx context.Context, v graph.View, list []graph.Standing) (map[graph.EntityID][]Dispute, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]graph.EntityID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	roles := []string{fieldOne, fieldOther}
	found, err := v.Relations(ctx, graph.RelationQuery{Kind: kindContradicts, Of: ids, Roles: roles})
	by := map[graph.EntityID][]Dispute{}
	for _, role := range roles {
		for i := range found {
			s := &found[i]
			d := Dispute{One: filler(s, fieldOne), Other: filler(s, fieldOther), Why: ConflictKind(word(s, fieldConflict)), Judgement: s.ID}
			if me := filler(s, role); slices.Contains(ids, me) && !slices.Contains(by[me], d) {
				by[me] = append(by[me], d)
			}
		}
	}
	return by, err
}

// documents counts those that are known, curation left out.
func documents(ctx context.Context, v graph.View) (n int, err error) {
	for d, err := range v.Sources(ctx) {
		if err != nil {
			return n, err
		}
		if !d.Curation {
			n++
		}
	}
	return n, nil
}

// claims are those whose sources matter: on who takes part, on how far it has
// come, and on when it was planned for, denied ones among them.
func (r *attended) claims() (list []graph.Claim) {
	for i := range r.meetings {
		for _, c := range slices.Concat(r.meetings[i].Claims, r.meetings[i].Denied) {
			if c.Property == fieldParticipant || c.Property == fieldStatus || c.Property == fieldScheduledFor {
				list = append(list, c)
			}
		}
	}
	return list
}

// answer is the projection: it reads nothing.
func (r *attended) answer(q *ContactQuery) ContactsAnswer {
	a := ContactsAnswer{Documents: r.documents}
	for i := range r.meetings {
		c, place := r.contact(&r.meetings[i])
		if place == nowhere || !c.among(r.parties[:r.asked]) || !c.hasOne(q.Statuses) {
			continue
		}
		list := &a.Contacts
		switch {
		case c.Internal:
			list = &a.Internal
		case place == undated:
			list = &a.Undated
		case place == passed:
			list = &a.Passed
		}
		*list = append(*list, c)
	}
	for _, list := range [][]Contact{a.Contacts, a.Undated, a.Internal, a.Passed} {
		slices.SortFunc(list, earliest)
	}
	if len(a.Contacts)+len(a.Undated)+len(a.Internal)+len(a.Passed) == 0 {
		a.Status, a.Reason = Unknown, NoContact
		if a.Documents == 0 {
			a.Reason = NoDocument
		}
	}
	return a
}

// among tells whether each of the parties takes part.
func (c *Contact) among(parties []graph.EntityID) bool {
	return !slices.ContainsFunc(parties, func(id graph.EntityID) bool {
		return !slices.ContainsFunc(c.Sides, func(s Attendance) bool { return s.Party == id })
	})
}

func (c *Contact) hasOne(statuses []string) bool {
	return len(statuses) == 0 || slices.ContainsFunc(statuses, c.Is)
}

func earliest(a, b Contact) int {
	return cmp.Or(cmp.Compare(a.begins(), b.begins()), cmp.Compare(a.when().To, b.when().To), cmp.Compare(startOf(&a.Standing), startOf(&b.Standing)), compareIDs(a.ID, b.ID))
}

// begins is when a contact takes place, else for when it is planned; MaxTime
// where neither is stated.
func (c *Contact) begins() graph.Time {
	if when := c.when(); !when.IsZero() {
		return when.From
	}
	return graph.MaxTime
}

// when is the time of a contact: that at which it takes place, else that for
// which it was planned last; zero where neither is stated.
func (c *Contact) when() graph.Interval {
	if !c.During.IsZero() || len(c.Scheduled) == 0 {
		return c.During
	}
	i, err := graph.ParseOn(c.Scheduled[0].For)
	if err != nil {
		return graph.Interval{}
	}
	return i
}
