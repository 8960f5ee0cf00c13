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
	kindCondition = "Condition"
	fieldAwaits   = "awaits"
)

// Condition is what something depends on.
type Condition struct {
	graph.Standing
	Text     string
	States   []graph.Claim    // those that stand; none: nobody says how far it has come
	Evidence []graph.Evidence // that it is a condition
	Roots    []graph.Root
}

// Met tells whether nothing waits for it any more: it is met or waived, and no
// source says otherwise.
func (c *Condition) Met() bool {
	return len(c.States) > 0 && !slices.ContainsFunc(c.States, func(s graph.Claim) bool {
		return s.Value.String() != "MET" && s.Value.String() != "WAIVED"
	})
}

// condition is that of a role's claim.
func (p *pieces) condition(c *graph.Claim) Condition {
	e, ok := p.named[c.Value.Entity()]
	if !ok {
		e.ID = c.Value.Entity()
	}
	evidence := p.evidence[c.ID]
	return Condition{Standing: e, Text: word(&e, fieldText), States: latest(e.All(fieldState)), Evidence: evidence, Roots: rootsOf(evidence)}
}

// ConditionQuery chooses among conditions. The zero query is all of them.
type ConditionQuery struct {
	Negotiation graph.EntityID // of what belongs to it; zero: everything
	MinRank     graph.Rank     // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Wait is something that depends on a condition.
type Wait struct {
	Waiter    graph.Standing   // an instrument, a position
	Parties   []graph.EntityID // whose it is: who fills its first role
	Condition Condition
	Awaits    []Awaited // what the condition waits for; none: it is told in words only
}

// Awaited is what a condition waits for.
type Awaited struct {
	graph.Standing
	Parties []graph.EntityID // whose it is; none of an issue
	States  []graph.Claim
}

// Waiting is what depends on what at one point.
type Waiting struct {
	Waits   []Wait // by waiter, then by condition
	Circles []Circle

	things map[graph.EntityID][]hinge
}

// Circle is things that wait for each other, each for the next one and the
// last one for the first, which has the smallest id. The condition of each is
// beside it; zero of an issue, which waits for what is said on it.
type Circle struct {
	Things     []graph.EntityID
	Conditions []graph.EntityID
}

// Conditions gives what depends on what at the view's point, and what waits in
// circles; without a day, today. A condition waits for what its claims name
// (awaits), and for its issue where that is another one than the waiter's. An
// issue waits for all that is said on it under a condition.
func Conditions(ctx context.Context, v graph.View, q *ConditionQuery) (*Waiting, error) {
	if q == nil {
		q = &ConditionQuery{}
	}
	v = v.On(v.Day())
	a := ask(ctx, v)
	one := *q
	if one.Negotiation = a.about(q.Negotiation); a.err != nil {
		return nil, fmt.Errorf("negotiation: conditions: %w", a.err)
	}
	waits, err := waits(ctx, v, &one)
	if err != nil {
		return nil, fmt.Errorf("negotiation: conditions: %w", err)
	}
	w := &Waiting{Waits: waits, things: hinges(waits)}
	w.Circles = circles(w.things)
	return w, nil
}

// depending are the relations of a scope that may have a condition.
func (s *scope) depending(ctx context.Context, q *ConditionQuery) (list []graph.Standing, err error) {
	for _, k := range s.v.Ontology().Kinds {
		if k.Abstract || !k.Relation || !slices.ContainsFunc(k.Properties, func(p graph.Property) bool { return p.Role && takes(&p, kindCondition) }) {
			continue
		}
		found, err := s.relations(ctx, graph.RelationQuery{Kind: k.Name, MinRank: q.MinRank, Ranked: q.Ranked})
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// waits reads the waiters, their conditions, what these name, and who says so.
func waits(ctx context.Context, v graph.View, q *ConditionQuery) ([]Wait, error) {
	s, err := scopeOf(ctx, v, q.Negotiation)
	if err != nil {
		return nil, err
	}
	waiters, err := s.depending(ctx, q)
	if err != nil {
		return nil, err
	}
	var ids, named []graph.EntityID
	var claims []graph.Claim
	for i := range waiters {
		for _, c := range conditionsOf(v.Ontology(), &waiters[i]) {
			ids, claims = append(ids, c.Value.Entity()), append(claims, c)
		}
	}
	p := pieces{on: v.Point().On}
	if p.named, err = statesBy(ctx, v, ids, q.MinRank, q.Ranked); err != nil {
		return nil, err
	}
	if p.evidence, err = evidenceOf(ctx, v, claims); err != nil {
		return nil, err
	}
	for _, c := range p.named {
		named = append(named, awaits(&c)...)
	}
	awaited, err := statesBy(ctx, v, named, q.MinRank, q.Ranked)
	return p.waits(v.Ontology(), waiters, awaited), err
}

// conditionsOf are the claims by which something depends on conditions.
func conditionsOf(o *graph.Ontology, s *graph.Standing) (list []graph.Claim) {
	for _, c := range s.Claims {
		if p := o.Property(s.Kind, c.Property); p != nil && p.Role && takes(p, kindCondition) {
			list = append(list, c)
		}
	}
	return list
}

// awaits lists what a condition may wait for: what it names, and its issue.
func awaits(s *graph.Standing) (list []graph.EntityID) {
	for _, property := range []string{fieldAwaits, fieldIssue} {
		for _, c := range s.All(property) {
			list = append(list, c.Value.Entity())
		}
	}
	return list
}

// waits is the projection: it reads nothing.
func (p *pieces) waits(o *graph.Ontology, waiters []graph.Standing, awaited map[graph.EntityID]graph.Standing) (list []Wait) {
	for i := range waiters {
		s := &waiters[i]
		for _, c := range conditionsOf(o, s) {
			w := Wait{Waiter: *s, Parties: owners(o, s), Condition: p.condition(&c)}
			for _, id := range awaits(&w.Condition.Standing) {
				a, ok := awaited[id]
				if ok && id != s.ID && !fills(s, fieldIssue, id) {
					w.Awaits = append(w.Awaits, Awaited{a, owners(o, &a), latest(a.All(stateField(o, a.Kind)))})
				}
			}
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Wait) int {
		return cmp.Or(bytes.Compare(a.Waiter.ID[:], b.Waiter.ID[:]), bytes.Compare(a.Condition.ID[:], b.Condition.ID[:]))
	})
	return slices.CompactFunc(list, func(a, b Wait) bool { return a.Waiter.ID == b.Waiter.ID && a.Condition.ID == b.Condition.ID })
}

func fills(s *graph.Standing, role string, id graph.EntityID) bool {
	return slices.ContainsFunc(s.All(role), func(c graph.Claim) bool { return c.Value.Entity() == id })
}

// stateField is the property that tells how far something of a kind has come.
func stateField(o *graph.Ontology, kind string) string {
	if k := o.Kind(kind); k != nil {
		return machineOf(k)
	}
	return ""
}

// owners are those who fill the first role of a relation: the holder, the
// offerors, the guarantors.
func owners(o *graph.Ontology, s *graph.Standing) (list []graph.EntityID) {
	k := o.Kind(s.Kind)
	if k == nil || !k.Relation {
		return nil
	}
	i := slices.IndexFunc(k.Properties, func(p graph.Property) bool { return p.Role })
	if i < 0 {
		return nil
	}
	for _, c := range s.All(k.Properties[i].Name) {
		list = append(list, c.Value.Entity())
	}
	return list
}
