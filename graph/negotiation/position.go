package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The kinds and fields of the negotiation ontology that the projections read.
const (
	kindPosition    = "Position"
	kindIssue       = "Issue"
	kindContradicts = "Contradicts"
	kindActor       = "Actor"
	kindAnonymous   = "AnonymousSource"

	fieldHolder      = "holder"
	fieldIssue       = "issue"
	fieldOption      = "option"
	fieldStance      = "stance"
	fieldVoice       = "voice"
	fieldNegotiation = "negotiation"
	fieldParty       = "party"
	fieldHalfLife    = "halfLife"
	fieldOne         = "one"
	fieldOther       = "other"
	fieldConflict    = "conflict"
	fieldNote        = "note"
	fieldProperty    = "property"
)

// Position is where a party stands on an issue, in one voice.
type Position struct {
	graph.Standing
	Holder, Issue graph.EntityID
	Voice         graph.Voice
	Stance        string // UNKNOWN where it is not stated
	Options       []graph.EntityID
	Start         graph.Time
	Vouched       graph.Time // the last moment for which a source vouches
	Said          graph.Time // when it was said last, else published; MinTime: not known
	Denied        bool       // a live assertion denies it
	Predicted     bool       // all that say so predict
	Roots         []graph.Root
	Evidence      []graph.Evidence // the newest said first
}

// favours and opposes are the stances that rule 14 sets against each other.
var (
	favours = []string{"ACCEPT", "SUPPORT", "WELCOME", "OPEN"}
	opposes = []string{"OPPOSE", "REJECT"}
)

// newest orders positions: the latest start first, then the one said last, then by id.
func newest(a, b *Position) int {
	return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(b.Said, a.Said), bytes.Compare(a.ID[:], b.ID[:]))
}

// positions reads the positions on issues that stand at the view's point, with
// their evidence, in two calls.
func positions(ctx context.Context, v graph.View, q *MatrixQuery, issues []graph.EntityID) ([]Position, error) {
	fillers := map[string][]graph.EntityID{fieldIssue: issues}
	if len(q.Parties) > 0 {
		fillers[fieldHolder] = q.Parties
	}
	standing, err := v.Relations(ctx, graph.RelationQuery{Kind: kindPosition, Fillers: fillers, RollUp: q.RollUp, MinRank: q.MinRank, Ranked: q.Ranked})
	if err != nil {
		return nil, err
	}
	said := make([]graph.Claim, len(standing))
	for i := range standing {
		said[i] = *leading(&standing[i])
	}
	evidence, err := evidenceOf(ctx, v, said)
	if err != nil {
		return nil, err
	}
	return positionsOf(standing, evidence), nil
}

// positionsOf are positions, given the assertions of their leading claims.
func positionsOf(standing []graph.Standing, evidence map[graph.ClaimID][]graph.Evidence) []Position {
	heard := 0
	for _, e := range evidence {
		heard += len(e)
	}
	list, roots := make([]Position, len(standing)), make(room[graph.Root], heard)
	for i := range list {
		first := leading(&standing[i])
		list[i].of(&standing[i], first, evidence[first.ID], &roots)
	}
	return list
}

// leading is the claim for which a position's assertions are asked: its
// stance, else any.
func leading(s *graph.Standing) *graph.Claim {
	if c := head(s, fieldStance); c != nil {
		return c
	}
	return &s.Claims[0]
}

// head is the headline of a property, where it stands; nil: nothing is stated.
func head(s *graph.Standing, property string) *graph.Claim {
	if all := s.All(property); len(all) > 0 {
		return &all[0]
	}
	return nil
}

// evidenceOf reads the live assertions of claims, by claim.
func evidenceOf(ctx context.Context, v graph.View, claims []graph.Claim) (map[graph.ClaimID][]graph.Evidence, error) {
	list, err := v.Evidence(ctx, claims)
	if err != nil {
		return nil, err
	}
	by := make(map[graph.ClaimID][]graph.Evidence, len(claims))
	for len(list) > 0 { // those of one claim stand together
		n, claim := 1, list[0].Claim
		for n < len(list) && list[n].Claim == claim {
			n++
		}
		if by[claim] == nil { // of a claim that is asked for twice, once
			by[claim] = list[:n:n]
		}
		list = list[n:]
	}
	return by, nil
}

// of makes the position of what stands and the assertions of its leading claim.
func (p *Position) of(s *graph.Standing, first *graph.Claim, evidence []graph.Evidence, roots *room[graph.Root]) {
	p.Standing, p.Evidence = *s, evidence
	p.Stance, p.Start, p.Said, p.Predicted = "UNKNOWN", startOf(s), graph.MinTime, len(evidence) > 0
	for i := range s.Claims {
		p.Denied = p.Denied || s.Claims[i].Truth == graph.Contested
	}
	p.Holder, p.Issue = filler(s, fieldHolder), filler(s, fieldIssue)
	for _, c := range s.All(fieldOption) {
		p.Options = append(p.Options, c.Value.Entity())
	}
	slices.SortFunc(p.Options, func(a, b graph.EntityID) int { return bytes.Compare(a[:], b[:]) })
	if c := head(s, fieldStance); c != nil {
		p.Stance = c.Value.String()
	}
	if c := head(s, fieldVoice); c != nil {
		p.Voice, _ = graph.ParseVoice(c.Value.String()) // a voice that nobody knows is none
	}
	p.hear(roots)
	p.Vouched = p.vouched(first)
}

func filler(s *graph.Standing, role string) graph.EntityID {
	if c := head(s, role); c != nil {
		return c.Value.Entity()
	}
	return graph.EntityID{}
}

// holders are the holder and, where the query rolls up, those for whom the
// holder stood, each once.
func (p *Position) holders(yield func(graph.EntityID) bool) {
	if !yield(p.Holder) {
		return
	}
	for i, f := range p.Through {
		again := func(g graph.Filling) bool { return g.Role == fieldHolder && g.For == f.For }
		if f.Role == fieldHolder && f.For != p.Holder && !slices.ContainsFunc(p.Through[:i], again) && !yield(f.For) {
			return
		}
	}
}

// hear sums up the evidence.
func (p *Position) hear(room *room[graph.Root]) {
	for i := range p.Evidence {
		e := &p.Evidence[i]
		if e.Deny {
			p.Denied = true
			continue
		}
		p.Said = max(p.Said, e.Said)
		p.Predicted = p.Predicted && e.Modality == graph.Predicted
	}
	p.Roots = affirming(room.take(len(p.Evidence)), p.Evidence)
}

// vouched is the last moment for which a source says that a claim holds: the
// end, where one is stated; where it is open, when that was said.
func (p *Position) vouched(c *graph.Claim) graph.Time {
	last := max(c.From, p.Start)
	switch c.End.Kind {
	case graph.OpenEnd:
		last = max(last, p.Said)
	default:
		last = max(last, c.End.Until-1)
	}
	return last
}

// rootsOf lists the root origins of the assertions that affirm, each once.
func rootsOf(evidence []graph.Evidence) []graph.Root { return affirming(nil, evidence) }

// affirming appends the root origins of the assertions that affirm to none.
func affirming(list []graph.Root, evidence []graph.Evidence) []graph.Root {
	for i := range evidence {
		if !evidence[i].Deny {
			list = append(list, evidence[i].Root)
		}
	}
	return eachRoot(list)
}

// rootsOfAll lists the root origins of assertions, each once.
func rootsOfAll(evidence []graph.Evidence) []graph.Root {
	list := make([]graph.Root, len(evidence))
	for i := range evidence {
		list[i] = evidence[i].Root
	}
	return eachRoot(list)
}

// eachRoot sorts root origins and keeps each once; none is nil.
func eachRoot(list []graph.Root) []graph.Root {
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, graph.Root.Compare)
	return slices.Compact(list)
}

// room is memory for many short lists, asked for at once.
type room[T any] []T

// take gives an empty list with room for n.
func (r *room[T]) take(n int) []T {
	list := (*r)[:0:n]
	*r = (*r)[n:]
	return list
}
