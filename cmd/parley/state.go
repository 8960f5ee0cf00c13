package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) state() *cobra.Command {
	var only onlyFlags
	var all bool
	cmd, f := p.asks(&cobra.Command{
		Use:   "state",
		Short: "Show where each party stands on each issue, what is offered, and what is disputed",
		Long: `State shows the matrix, issue by party: the stance in one word, its status and how
many independent origins it has. Rows and columns of which nothing is known are
left out, counted and named. What is UNKNOWN is never “no”. Outliers, which are
ranked DEPRECATED, are left out unless --rank DEPRECATED lets them in.`,
	}, func(q *inquiry) (report, error) { return stateOf(q, &only, all) })
	f.scopeFlags(cmd)
	only.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "with the rows and columns of which nothing is known")
	return cmd
}

// stateOf answers parley state.
func stateOf(q *inquiry, only *onlyFlags, all bool) (report, error) {
	query := q.matrixQuery()
	var err error
	if query.Only, err = only.read(); err != nil {
		return report{}, usageError{err}
	}
	m, err := negotiation.MatrixOf(q.ctx, q.view, query)
	if err != nil {
		return report{}, err
	}
	r := report{name: "state", title: "The state of " + q.name(q.negotiation)}
	folded, issues, parties := m.Folded()
	if all {
		folded, issues, parties = m, nil, nil
	}
	cells := q.cells(&folded)
	r.facts = q.coverage(&m, issues, parties)
	if len(cells.rows) == 0 {
		cells.none = q.empty("Matrix", why(&m))
		r.facts = append(r.facts, fact{name: "reason", value: orUnstated(string(why(&m)))})
	}
	r.sections = append(r.sections, q.picture(&folded), cells)
	if err := q.predictions(&r, &m); err != nil {
		return r, err
	}
	offers, err := q.onTheTable()
	if err != nil {
		return r, err
	}
	disputes, err := q.openDisputes()
	r.sections = append(r.sections, offers, disputes)
	return r, err
}

// why a matrix has no known cell.
func why(m *negotiation.Matrix) negotiation.Reason {
	if slices.ContainsFunc(m.Cells, func(c negotiation.Cell) bool { return c.Reason == negotiation.OnlyPredictions }) {
		return negotiation.OnlyPredictions
	}
	return m.Reason
}

func (q *inquiry) matrixQuery() *negotiation.MatrixQuery {
	return &negotiation.MatrixQuery{Negotiation: q.negotiation, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true}
}

// picture is the matrix as a grid of words.
func (q *inquiry) picture(m *negotiation.Matrix) section {
	s := section{name: "matrix", title: "Where they stand", picture: true,
		columns: []column{{"issue", "Issue", 26}}}
	parties := q.byName(m.Parties)
	for _, party := range parties {
		s.columns = append(s.columns, column{party.String(), q.name(party), 16})
	}
	for _, issue := range q.byName(m.Issues) {
		values := []any{q.name(issue)}
		for _, party := range parties {
			values = append(values, cellWords(m.Cell(issue, party)))
		}
		s.add(nil, nil, values...)
	}
	return s
}

// cellWords are a cell's stance, its status, and the number of its origins.
func cellWords(c *negotiation.Cell) any {
	head := c.Headline()
	if head == nil {
		return blank{}
	}
	return fmt.Sprintf("%s\n%s %d", head.Stance, strings.ToLower(string(c.Status)), len(c.Roots))
}

// byName sorts entities by what they are called.
func (q *inquiry) byName(ids []graph.EntityID) []graph.EntityID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b graph.EntityID) int { return strings.Compare(q.name(a), q.name(b)) })
	return ids
}

// cells lists what is known, a line for each cell.
func (q *inquiry) cells(m *negotiation.Matrix) section {
	s := section{name: "cells", title: "What they say", columns: []column{{"issue", "Issue", 26}, {"party", "Party", 20}, {"stance", "Stance", 16},
		{"text", "In a line", 44}, {"status", "Status", 0}, {"contested", "Contested", 0}, {"voice", "Voice", 0}, {"roots", "Origins", 0}, {"since", "Since", 0},
		{"age_days", "Age", 0}, {"last_known", "Last known", 0}}}
	parties := q.byName(m.Parties)
	for _, issue := range q.byName(m.Issues) {
		for _, party := range parties {
			c := m.Cell(issue, party)
			if head := c.Headline(); head != nil {
				s.add(ids{"issue_id": issue, "party_id": party, "position_id": head.ID}, q.cellSources(c),
					q.name(issue), q.name(party), head.Stance, q.gist(head), string(c.Status), c.Status == negotiation.Contested,
					head.Voice.String(), len(c.Roots), date(head.Start), age(c.Age), c.LastKnown)
			}
		}
	}
	return s
}

func age(days int) any {
	if days < 0 {
		return nil
	}
	return days
}

func (q *inquiry) cellSources(c *negotiation.Cell) []source {
	var lists [][]graph.Evidence
	for i := range c.Positions {
		lists = append(lists, c.Positions[i].Evidence)
	}
	return q.sources(lists...)
}

// gist is a position in one line: its text, else its options, and its conditions.
func (q *inquiry) gist(p *negotiation.Position) any {
	var words []string
	if c, ok := p.Head("text"); ok {
		words = append(words, c.Value.String())
	} else {
		words = append(words, q.names(p.Options)...)
	}
	text := strings.Join(words, "; ")
	for _, c := range p.All("condition") {
		text = strings.TrimSpace(text + " (condition: " + q.name(c.Value.Entity()) + ")")
	}
	return orUnstated(text)
}

// coverage counts what is known, and names what was left out.
func (q *inquiry) coverage(m *negotiation.Matrix, issues, parties []graph.EntityID) []fact {
	known, all := m.Known(), len(m.Cells)
	contested := 0
	for i := range m.Cells {
		if m.Cells[i].Status == negotiation.Contested {
			contested++
		}
	}
	share := 0
	if all > 0 {
		share = (100*known + all/2) / all
	}
	facts := []fact{
		{"coverage", map[string]int{"known": known, "cells": all, "contested": contested},
			fmt.Sprintf("Coverage: %d of %d cells are known (%d %%), %d contested.", known, all, share, contested)},
	}
	for _, left := range []struct {
		name, thing string
		ids         []graph.EntityID
	}{{"silent_issues", "issue", issues}, {"silent_parties", "party", parties}} {
		names := q.names(q.byName(left.ids))
		f := fact{name: left.name, value: names}
		if len(names) > 0 {
			f.sentence = fmt.Sprintf("Left out, since nothing is known: %s: %s.", count(len(names), left.thing), strings.Join(names, "; "))
		}
		facts = append(facts, f)
	}
	return facts
}

// predictions lists what is only predicted, which never fills a cell.
func (q *inquiry) predictions(r *report, m *negotiation.Matrix) error {
	s := section{name: "predictions", title: "Predicted only, which fills no cell",
		columns: []column{{"issue", "Issue", 26}, {"party", "Party", 20}, {"stance", "Stance", 16}, {"text", "In a line", 44}, {"roots", "Origins", 0}, {"since", "Since", 0}}}
	for i := range m.Cells {
		c := &m.Cells[i]
		if c.Status != negotiation.Unknown {
			continue
		}
		for j := range c.Predictions {
			p := &c.Predictions[j]
			s.add(ids{"issue_id": c.Issue, "party_id": c.Party, "position_id": p.ID}, q.sources(p.Evidence), q.name(c.Issue), q.name(c.Party), p.Stance, q.gist(p), len(p.Roots), date(p.Start))
		}
	}
	r.sections = append(r.sections, s)
	return q.failed
}
