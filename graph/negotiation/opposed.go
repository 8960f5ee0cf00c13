package negotiation

import (
	"slices"

	"github.com/parleydb/parley/graph"
)

// opposition is claims about one property of one subject that may contradict
// each other, before it is known who says so.
type opposition struct {
	kind   ConflictKind
	claims []graph.Claim // of NEGATION and TEMPORAL one
}

// opposed finds what may contradict: pure. On a day only what stands then is
// given; otherwise those claims are compared that stood at the same time.
func opposed(o *graph.Ontology, states []graph.Standing, onDay bool) (list []opposition) {
	for i := range states {
		s := &states[i]
		for _, c := range s.Denied {
			list = append(list, opposition{Negation, []graph.Claim{c}})
		}
		for _, c := range s.Claims {
			if c.Truth == graph.Contested {
				list = append(list, opposition{Negation, []graph.Claim{c}})
			}
			if c.Conflict {
				list = append(list, opposition{Temporal, []graph.Claim{c}})
			}
		}
		for rest := s.Claims; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].Property == rest[0].Property {
				n++
			}
			if p := o.Property(s.Kind, rest[0].Property); takesOne(p) {
				list = append(list, rivals(o.Machine(p.Machine), rest[:n], onDay)...)
			}
			rest = rest[n:]
		}
	}
	return list
}

// takesOne tells whether two values of a property contradict each other: it is
// single-valued, has room for one filler, or counts.
func takesOne(p *graph.Property) bool {
	return p != nil && (p.Single || p.Max == 1 || p.Type == graph.Integer)
}

// rivals groups the claims of one property that stand together with other values.
func rivals(m *graph.Machine, claims []graph.Claim, onDay bool) (list []opposition) {
	for i := range claims {
		rival := func(c graph.Claim) bool {
			return c.Value != claims[i].Value && together(&claims[i], &c, onDay) && !leads(m, claims[i].Value, c.Value)
		}
		if slices.ContainsFunc(claims[:i], rival) {
			continue // it is in the group of that one
		}
		group := []graph.Claim{claims[i]}
		for _, c := range claims[i+1:] {
			if rival(c) {
				group = append(group, c)
			}
		}
		if len(group) > 1 {
			list = append(list, opposition{Value, group})
		}
	}
	return list
}

// together tells whether two claims stand at the same time. On a day all that
// are given do; else states do that start together, and events that overlap.
func together(a, b *graph.Claim, onDay bool) bool {
	switch {
	case onDay || a.Class == graph.Timeless:
		return true
	case a.Class == graph.State:
		return a.From == b.From
	}
	return a.Holds().Overlaps(b.Holds())
}

// leads tells whether a machine goes from one value to the other: then the
// later step is the state, and nothing contradicts.
func leads(m *graph.Machine, a, b graph.Value) bool {
	return m != nil && (m.Leads(a.String(), b.String()) || m.Leads(b.String(), a.String()))
}

// conflict tells the sides apart by their evidence; two values conflict where
// different sources give them.
func (o *opposition) conflict(evidence map[graph.ClaimID][]graph.Evidence) (Conflict, bool) {
	first := &o.claims[0]
	c := Conflict{Kind: o.kind, Subject: first.Subject, Property: first.Property}
	switch o.kind {
	case Negation:
		c.Sides = polarities(*first, evidence[first.ID])
	case Temporal:
		c.Sides = ends(*first, evidence[first.ID])
	default:
		for _, claim := range o.claims {
			e := evidence[claim.ID]
			c.Sides = append(c.Sides, Side{Relation: claim.Subject, Values: []graph.Claim{claim}, Evidence: e, Roots: rootsOf(e)})
		}
		return c, differentSources(c.Sides)
	}
	return c, len(c.Sides) > 0
}

// polarities are those who affirm and those who deny a claim.
func polarities(c graph.Claim, evidence []graph.Evidence) (sides []Side) {
	for _, deny := range []bool{false, true} {
		side := Side{Relation: c.Subject, Values: []graph.Claim{c}, Deny: deny}
		for _, e := range evidence {
			if e.Deny == deny {
				side.Evidence = append(side.Evidence, e)
			}
		}
		if len(side.Evidence) > 0 {
			side.Roots = rootsOfAll(side.Evidence)
			sides = append(sides, side)
		}
	}
	return sides
}

// ends are those who give a claim one end and those who give it another.
func ends(c graph.Claim, evidence []graph.Evidence) (sides []Side) {
	var stated []graph.End
	for _, e := range evidence {
		if e.Deny || e.End.Kind == graph.UnknownEnd {
			continue
		}
		i := slices.IndexFunc(stated, func(s graph.End) bool { return s.Kind == e.End.Kind && s.Until == e.End.Until })
		if i < 0 {
			i = len(stated)
			stated = append(stated, e.End)
			said := c
			said.End = e.End
			sides = append(sides, Side{Relation: c.Subject, Values: []graph.Claim{said}})
		}
		sides[i].Evidence = append(sides[i].Evidence, e)
	}
	for i := range sides {
		sides[i].Roots = rootsOf(sides[i].Evidence)
	}
	return sides
}

// differentSources tells whether the sides do not all come from one document
// and one root origin.
func differentSources(sides []Side) bool {
	var first *graph.Evidence
	for i := range sides {
		for j := range sides[i].Evidence {
			e := &sides[i].Evidence[j]
			if first == nil {
				first = e
			}
			if e.Root != first.Root || e.Document != first.Document {
				return true
			}
		}
	}
	return false
}
