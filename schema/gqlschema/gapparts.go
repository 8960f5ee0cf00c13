package gqlschema

import (
	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// gaps gathers what an answer names and rests on.
func (t *talk) gaps(list negotiation.Gaps) *gaps {
	g := &gaps{found: t.found(), Gaps: list}
	g.name(list.Parties...)
	var relations []graph.Standing
	for i := range list.Issues {
		relations = append(relations, g.issue(&list.Issues[i])...)
	}
	for i := range list.Beside {
		relations = append(relations, list.Beside[i].Standing)
		g.hear(list.Beside[i].Evidence, list.Beside[i].Roots)
	}
	g.relations = t.b.pageOf(t.view, relations)
	return g
}

func (g *gaps) issue(one *negotiation.Gap) (relations []graph.Standing) {
	g.name(one.Issue)
	g.name(one.Options...)
	for _, m := range one.Missing {
		g.name(m.Options...)
	}
	for i := range one.Sides {
		s := &one.Sides[i]
		for _, options := range [][]graph.EntityID{s.Accepts, s.AcceptsIf, s.Refuses, s.Divided} {
			g.name(options...)
		}
		for _, positions := range [][]negotiation.Position{s.Positions, s.Others, s.Predicted} {
			for j := range positions {
				relations = append(relations, positions[j].Standing)
				g.hear(positions[j].Evidence, positions[j].Roots)
			}
		}
		for j := range s.RedLines {
			relations = append(relations, s.RedLines[j].Standing)
			g.hear(s.RedLines[j].Evidence, s.RedLines[j].Roots)
		}
	}
	return relations
}

func (g *gaps) list() any {
	all := make([]gap, len(g.Issues))
	for i := range all {
		all[i] = gap{g, &g.Issues[i]}
	}
	return all
}

func (g *gaps) opinions() any {
	all := make([]opinion, len(g.Beside))
	for i := range all {
		all[i] = opinion{g, &g.Beside[i]}
	}
	return all
}

// options are options of the issue; a zero one is the issue as such.
func (g gap) options(ids []graph.EntityID) any {
	all := make([]any, len(ids))
	for i, id := range ids {
		if id.IsZero() {
			id = g.Issue
		}
		all[i] = g.node(id)
	}
	return all
}

func (g gap) missing() any {
	all := make([]missing, len(g.Missing))
	for i := range all {
		all[i] = missing{g, &g.Missing[i]}
	}
	return all
}

func (g gap) apart() any {
	all := make([]distance, len(g.Apart))
	for i := range all {
		all[i] = distance{g.found, &g.Apart[i]}
	}
	return all
}

func (g gap) sides() any {
	all := make([]stand, len(g.Sides))
	for i := range all {
		all[i] = stand{g, &g.Sides[i]}
	}
	return all
}

func (d distance) amount() any {
	if !d.Measured {
		return nil
	}
	return d.Amount
}

func (s stand) these(list []negotiation.Position) []node {
	all := make([]node, len(list))
	for i := range list {
		all[i] = node{s.relations, list[i].ID}
	}
	return all
}

func (s stand) lines() any {
	all := make([]node, len(s.RedLines))
	for i := range all {
		all[i] = node{s.relations, s.RedLines[i].ID}
	}
	return all
}
