package negotiation

import (
	"context"
	"fmt"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kind and fields of disputes, and the state of one that is over.
const (
	kindDispute   = "Dispute"
	fieldClaimant = "claimant"
	stateSettled  = "SETTLED"
)

// DisputeQuery chooses among disputes. The zero query is all that are open.
type DisputeQuery struct {
	Negotiation graph.EntityID   // what belongs to it; zero: everything
	Issues      []graph.EntityID // those about one of these issues
	Parties     []graph.EntityID // those in which one of these fills a role, or somebody for it (rule 12)
	MinRank     graph.Rank       // where Ranked: only claims of this rank or better
	Ranked      bool
}

// Disputed is something that parties do not agree about.
type Disputed struct {
	graph.Standing
	States   []graph.Claim // those that stand: several with one start stand side by side
	Evidence []graph.Evidence
	Roots    []graph.Root
}

// Disputes gives what is in dispute at the view's point and not settled, the
// newest first; without a day, today. One belongs to a negotiation through the
// issue that it is about, else through its claimants; one of which no claimant
// is stated may be anybody's, and is shown.
func Disputes(ctx context.Context, v graph.View, q *DisputeQuery) ([]Disputed, error) {
	if q == nil {
		q = &DisputeQuery{}
	}
	v = v.On(v.Day())
	asked, err := q.asked(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("negotiation: disputes: %w", err)
	}
	list, err := disputed(ctx, v, asked)
	if err != nil {
		return nil, fmt.Errorf("negotiation: disputes: %w", err)
	}
	return list, nil
}

// asked is the query as the view reads it.
func (q DisputeQuery) asked(ctx context.Context, v graph.View) (*DisputeQuery, error) {
	a := ask(ctx, v)
	q.Negotiation = a.about(q.Negotiation)
	q.Parties = a.entities("party", kindActor, q.Parties)
	q.Issues = a.entities("issue", kindIssue, q.Issues)
	return &q, a.err
}

func disputed(ctx context.Context, v graph.View, q *DisputeQuery) ([]Disputed, error) {
	s, err := scopeOf(ctx, v, q.Negotiation)
	if err != nil {
		return nil, err
	}
	found, err := s.disputes(ctx, q)
	if err != nil {
		return nil, err
	}
	var claims []graph.Claim
	for i := range found {
		claims = append(claims, found[i].Claims...)
	}
	evidence, err := evidenceOf(ctx, v, claims)
	list := make([]Disputed, len(found))
	for i := range found {
		list[i] = Disputed{Standing: found[i], States: latest(found[i].All(fieldState))}
		for _, c := range found[i].Claims {
			list[i].Evidence = append(list[i].Evidence, evidence[c.ID]...)
		}
		list[i].Roots = rootsOf(list[i].Evidence)
	}
	return list, err
}

// disputes reads the open disputes of a scope, and of them those that are asked for.
func (s *scope) disputes(ctx context.Context, q *DisputeQuery) ([]graph.Standing, error) {
	all := graph.RelationQuery{Kind: kindDispute, MinRank: q.MinRank, Ranked: q.Ranked}
	list, err := s.v.Relations(ctx, all)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r graph.Standing) bool {
		states := latest(r.All(fieldState))
		over := len(states) > 0 && !slices.ContainsFunc(states, func(c graph.Claim) bool { return c.Value.String() != stateSettled })
		return over || len(q.Issues) > 0 && !slices.ContainsFunc(r.All(aboutRole), func(c graph.Claim) bool { return slices.Contains(q.Issues, c.Value.Entity()) })
	})
	if !s.whole {
		if list, err = s.disputesHere(ctx, all, list); err != nil {
			return nil, err
		}
	}
	if len(q.Parties) > 0 {
		return s.takingPart(ctx, all, list, q.Parties)
	}
	return list, nil
}

// disputesHere keeps the disputes that belong to a negotiation.
func (s *scope) disputesHere(ctx context.Context, all graph.RelationQuery, list []graph.Standing) ([]graph.Standing, error) {
	ours, err := s.relations(ctx, all)
	if err != nil {
		return nil, err
	}
	var about []graph.EntityID
	for i := range list {
		about = append(about, filler(&list[i], aboutRole))
	}
	entities, err := s.v.Entities(ctx, sorted(slices.DeleteFunc(about, graph.EntityID.IsZero)))
	if err != nil {
		return nil, err
	}
	kinds := make(map[graph.EntityID]string, len(entities))
	for _, e := range entities {
		kinds[e.ID] = e.Kind
	}
	return slices.DeleteFunc(list, func(r graph.Standing) bool {
		if id := filler(&r, aboutRole); s.v.Ontology().IsA(kinds[id], kindIssue) {
			return !slices.Contains(s.issues, id)
		}
		claimed := len(r.All(fieldClaimant)) > 0
		return claimed && !slices.ContainsFunc(ours, func(o graph.Standing) bool { return o.ID == r.ID })
	}), nil
}
