package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kinds and fields that instruments are made of.
const (
	kindInstrument = "Instrument"

	fieldState     = "state"
	fieldText      = "text"
	fieldCondition = "condition"
	fieldTrigger   = "trigger"
	fieldDeadline  = "deadline"
)

// InstrumentQuery chooses among instruments. The zero query is all of them.
type InstrumentQuery struct {
	Negotiation graph.EntityID   // what belongs to it; zero: everything
	Kinds       []string         // Offer, Guarantee, Demand, Commitment, Concession, Threat
	States      []string         // those of which one of these states stands
	Parties     []graph.EntityID // those in which one of these fills a role, or somebody for it (rule 12)
	Issues      []graph.EntityID // those on one of these issues
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Instrument is an offer, guarantee, demand, commitment, concession or threat.
// Its roles are those of its Standing, as are those who fill one for somebody
// else.
type Instrument struct {
	graph.Standing
	States     []graph.Claim // those that stand: several with one start stand side by side
	Texts      []graph.Claim // likewise what it says
	Issues     []graph.EntityID
	Conditions []Condition
	Deadlines  []Deadline // what stands first, then what it took over from
	Odd        []Transition
	Roots      []graph.Root
	Evidence   []graph.Evidence // of its states, else of any claim
}

// In tells whether a state stands.
func (i *Instrument) In(state string) bool { return holds(i.States, state) }

func holds(claims []graph.Claim, word string) bool {
	return slices.ContainsFunc(claims, func(c graph.Claim) bool { return c.Value.String() == word })
}

// Instruments gives what is on the table at the view's point, the newest first;
// without a day, today.
func Instruments(ctx context.Context, v graph.View, q *InstrumentQuery) ([]Instrument, error) {
	if q == nil {
		q = &InstrumentQuery{}
	}
	v = v.On(v.Day())
	asked, err := q.asked(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("negotiation: instruments: %w", err)
	}
	list, err := instruments(ctx, v, asked)
	if err != nil {
		return nil, fmt.Errorf("negotiation: instruments: %w", err)
	}
	return list, nil
}

// asked is the query as the view reads it.
func (q InstrumentQuery) asked(ctx context.Context, v graph.View) (*InstrumentQuery, error) {
	a := ask(ctx, v)
	q.Negotiation = a.about(q.Negotiation)
	q.Parties = a.entities("party", kindActor, q.Parties)
	q.Issues = a.entities("issue", kindIssue, q.Issues)
	kinds := v.Ontology().Concrete(kindInstrument)
	a.words("kind of instrument", q.Kinds, kinds)
	a.words("state", q.States, codes(v.Ontology(), kinds, fieldState))
	return &q, a.err
}

func instruments(ctx context.Context, v graph.View, q *InstrumentQuery) ([]Instrument, error) {
	s, err := scopeOf(ctx, v, q.Negotiation)
	if err != nil {
		return nil, err
	}
	standing, err := s.instruments(ctx, q)
	if err != nil {
		return nil, err
	}
	standing = slices.DeleteFunc(standing, func(r graph.Standing) bool {
		return len(q.States) > 0 && !slices.ContainsFunc(q.States, func(state string) bool { return holds(latest(r.All(fieldState)), state) })
	})
	return s.terms(ctx, q, standing)
}

// instruments reads the instruments of a scope, and of them those in which one
// of the parties takes part.
func (s *scope) instruments(ctx context.Context, q *InstrumentQuery) (list []graph.Standing, err error) {
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = []string{kindInstrument}
	}
	for _, kind := range kinds {
		one := graph.RelationQuery{Kind: kind, MinRank: q.MinRank, Ranked: q.Ranked}
		if len(q.Issues) > 0 {
			one.Fillers = map[string][]graph.EntityID{fieldIssue: q.Issues}
		}
		found, err := s.relations(ctx, one)
		if err == nil && len(q.Parties) > 0 {
			one.Fillers = nil
			found, err = s.takingPart(ctx, one, found, q.Parties)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, func(a, b graph.Standing) int {
		return cmp.Or(cmp.Compare(startOf(&b), startOf(&a)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, nil
}

// takingPart keeps the relations in which a party fills a role, or somebody
// does for it, who is named.
func (s *scope) takingPart(ctx context.Context, q graph.RelationQuery, list []graph.Standing, parties []graph.EntityID) ([]graph.Standing, error) {
	q.Of, q.Roles, q.RollUp = parties, s.actorRoles(q.Kind), true
	found, err := s.v.Relations(ctx, q)
	by := make(map[graph.EntityID][]graph.Filling, len(found))
	for _, r := range found {
		by[r.ID] = r.Through
	}
	list = slices.DeleteFunc(list, func(r graph.Standing) bool { _, ok := by[r.ID]; return !ok })
	for i := range list {
		list[i].Through = by[list[i].ID]
	}
	return list, err
}

// latest are those of a property's claims, sorted, that stand in its key: with
// the latest start.
func latest(claims []graph.Claim) []graph.Claim {
	n := 0
	for n < len(claims) && claims[n].From == claims[0].From {
		n++
	}
	return claims[:n]
}

// terms reads what instruments depend on, until when they stand, what was
// before and who says so, in four calls.
func (s *scope) terms(ctx context.Context, q *InstrumentQuery, list []graph.Standing) ([]Instrument, error) {
	var ids, own []graph.EntityID
	var claims []graph.Claim
	for i := range list {
		own = append(own, list[i].ID)
		claims = append(claims, sayingOf(&list[i])...)
		for _, role := range []string{fieldCondition, fieldTrigger, fieldDeadline} {
			for _, c := range list[i].All(role) {
				ids, claims = append(ids, c.Value.Entity()), append(claims, c)
			}
		}
	}
	named, err := statesBy(ctx, s.v, ids, q.MinRank, q.Ranked)
	if err != nil {
		return nil, err
	}
	whole, err := s.v.On(graph.Interval{}).States(ctx, own)
	if err != nil {
		return nil, err
	}
	odd := slices.DeleteFunc(stepsOf(s.v.Ontology(), whole, upTo(s.v), q.MinRank, q.Ranked), func(t Transition) bool { return t.Odd == "" })
	if err := explain(ctx, s.v, odd); err != nil {
		return nil, err
	}
	evidence, err := evidenceOf(ctx, s.v, claims)
	if err != nil {
		return nil, err
	}
	p := pieces{named, evidence, odd, s.v.Point().On, s.v.Point().Policy}
	result := make([]Instrument, len(list))
	for i := range list {
		result[i] = p.instrument(&list[i])
	}
	return result, nil
}

// sayingOf are the claims whose assertions say that an instrument stands: on
// its states, else any.
func sayingOf(s *graph.Standing) []graph.Claim {
	if states := latest(s.All(fieldState)); len(states) > 0 {
		return states
	}
	return s.Claims[:1]
}

// statesBy reads entities, by their ids; claims of a lesser rank are left out.
func statesBy(ctx context.Context, v graph.View, ids []graph.EntityID, least graph.Rank, ranked bool) (map[graph.EntityID]graph.Standing, error) {
	list, err := v.States(ctx, sorted(slices.Clone(ids)))
	by := make(map[graph.EntityID]graph.Standing, len(list))
	for _, s := range list {
		s.Claims = slices.DeleteFunc(s.Claims, func(c graph.Claim) bool { return ranked && !c.Rank.AtLeast(least) })
		by[s.ID] = s
	}
	return by, err
}

// pieces is what instruments are put together from.
type pieces struct {
	named    map[graph.EntityID]graph.Standing
	evidence map[graph.ClaimID][]graph.Evidence
	odd      []Transition
	on       graph.Interval
	policy   graph.Policy
}

// instrument is the projection: it reads nothing.
func (p *pieces) instrument(s *graph.Standing) Instrument {
	i := Instrument{Standing: *s, States: latest(s.All(fieldState)), Texts: latest(s.All(fieldText))}
	for _, c := range s.All(fieldIssue) {
		i.Issues = append(i.Issues, c.Value.Entity())
	}
	for _, role := range []string{fieldCondition, fieldTrigger} {
		for _, c := range s.All(role) {
			i.Conditions = append(i.Conditions, p.condition(&c))
		}
	}
	i.Deadlines = p.deadlines(s)
	for _, t := range p.odd {
		if t.Subject == s.ID {
			i.Odd = append(i.Odd, t)
		}
	}
	for _, c := range sayingOf(s) {
		i.Evidence = append(i.Evidence, p.evidence[c.ID]...)
	}
	i.Roots = rootsOf(i.Evidence)
	return i
}
