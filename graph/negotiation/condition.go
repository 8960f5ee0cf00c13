package negotiation

import (
	"slices"

	"github.com/parleydb/parley/graph"
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
