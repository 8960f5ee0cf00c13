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
	said := make([]graph.Claim, 0, len(standing))
	for i := range standing {
		said = append(said, leading(&standing[i]))
	}
	evidence, err := evidenceOf(ctx, v, said)
	if err != nil {
		return nil, err
	}
	list := make([]Position, len(standing))
	for i := range standing {
		list[i] = positionOf(&standing[i], evidence[said[i].ID])
	}
	return list, nil
}

// leading is the claim for which a position's assertions are asked: its
// stance, else any.
func leading(s *graph.Standing) graph.Claim {
	if c, ok := s.Head(fieldStance); ok {
		return c
	}
	return s.Claims[0]
}

// evidenceOf reads the live assertions of claims, by claim.
func evidenceOf(ctx context.Context, v graph.View, claims []graph.Claim) (map[graph.ClaimID][]graph.Evidence, error) {
	list, err := v.Evidence(ctx, claims)
	if err != nil {
		return nil, err
	}
	by := make(map[graph.ClaimID][]graph.Evidence, len(claims))
	for _, e := range list {
		by[e.Claim] = append(by[e.Claim], e)
	}
	return by, nil
}

func positionOf(s *graph.Standing, evidence []graph.Evidence) Position {
	p := Position{Standing: *s, Stance: "UNKNOWN", Start: startOf(s), Said: graph.MinTime, Evidence: evidence, Predicted: len(evidence) > 0}
	for _, c := range s.Claims {
		p.Denied = p.Denied || c.Truth == graph.Contested
	}
	p.Holder, p.Issue = filler(s, fieldHolder), filler(s, fieldIssue)
	for _, c := range s.All(fieldOption) {
		p.Options = append(p.Options, c.Value.Entity())
	}
	slices.SortFunc(p.Options, func(a, b graph.EntityID) int { return bytes.Compare(a[:], b[:]) })
	if c, ok := s.Head(fieldStance); ok {
		p.Stance = c.Value.String()
	}
	if c, ok := s.Head(fieldVoice); ok {
		p.Voice, _ = graph.ParseVoice(c.Value.String()) // a voice that nobody knows is none
	}
	p.hear()
	p.Vouched = p.vouched(leading(s))
	return p
}

func filler(s *graph.Standing, role string) graph.EntityID {
	c, _ := s.Head(role)
	return c.Value.Entity()
}

// holders are the holder and, where the query rolls up, those for whom the holder stood.
func (p *Position) holders() []graph.EntityID {
	list := []graph.EntityID{p.Holder}
	for _, f := range p.Through {
		if f.Role == fieldHolder && !slices.Contains(list, f.For) {
			list = append(list, f.For)
		}
	}
	return list
}

// hear sums up the evidence.
func (p *Position) hear() {
	for i := range p.Evidence {
		e := &p.Evidence[i]
		if e.Deny {
			p.Denied = true
			continue
		}
		p.Said = max(p.Said, e.Said)
		p.Predicted = p.Predicted && e.Modality == graph.Predicted
	}
	p.Roots = rootsOf(p.Evidence)
}

// vouched is the last moment for which a source says that a claim holds: the
// end, where one is stated; where it is open, when that was said.
func (p *Position) vouched(c graph.Claim) graph.Time {
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
func rootsOf(evidence []graph.Evidence) []graph.Root {
	return roots(evidence, func(e *graph.Evidence) bool { return !e.Deny })
}

// rootsOfAll lists the root origins of assertions, each once.
func rootsOfAll(evidence []graph.Evidence) []graph.Root {
	return roots(evidence, func(*graph.Evidence) bool { return true })
}

func roots(evidence []graph.Evidence, counts func(*graph.Evidence) bool) []graph.Root {
	var list []graph.Root
	for i := range evidence {
		if counts(&evidence[i]) {
			list = append(list, evidence[i].Root)
		}
	}
	slices.SortFunc(list, graph.Root.Compare)
	return slices.Compact(list)
}
