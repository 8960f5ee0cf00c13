package gqlschema

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// matrix is what the type Matrix resolves from.
type matrix struct {
	*found
	whole                       negotiation.Matrix
	shown                       negotiation.Matrix // the whole, or without what is silent
	silentIssues, silentParties []graph.EntityID
	positions                   *page
}

// matrixRow is one issue of a matrix, and matrixCell one cell.
type matrixRow struct {
	*matrix
	number int
}

type matrixCell struct {
	*matrix
	*negotiation.Cell
}

func (b *builder) matrixAnswer(cell *graphql.Object) answer {
	return answer{name: "matrix", doc: "Where each party stands on each issue.", typ: must(b.matrixType(cell)), resolve: (*talk).matrix,
		args: b.talkArgs(graphql.FieldConfigArgument{
			"issues":        b.issuesArg(),
			"parties":       b.partiesArg(),
			"rollUp":        rollUpArg(),
			"voices":        {Type: graphql.NewList(must(b.voiceEnum())), Description: "Only positions in one of these voices."},
			"onlyAnonymous": {Type: graphql.Boolean, Description: "Only positions that rest on unnamed sources alone."},
			"reliability":   {Type: b.reliabilityEnum(), Description: "Only positions of which an assertion is graded at least so: A is the best. F, which cannot be judged, is only itself."},
			"all":           {Type: graphql.Boolean, DefaultValue: false, Description: "Also issues and parties of which no cell is known; without it they are folded, and counted."},
		})}
}

func (b *builder) cellAnswer(cell *graphql.Object) answer {
	return answer{name: "cell", doc: "Where one party stands on one issue.", typ: must(cell), resolve: (*talk).cell,
		args: b.talkArgs(graphql.FieldConfigArgument{
			"issue":  {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
			"party":  {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."},
			"rollUp": rollUpArg(),
		})}
}

func (b *builder) matrixType(cell *graphql.Object) *graphql.Object {
	row := b.answerType("MatrixRow", "One issue of a matrix.", func() graphql.Fields {
		return graphql.Fields{
			"issue": field(must(b.typeNamed(kindIssue)), "", plain(func(r matrixRow) any { return r.node(r.shown.Issues[r.number]) })),
			"cells": field(listOf(cell), "One for each party, in their order.", plain(matrixRow.cells)),
		}
	})
	return b.answerType("Matrix", "Issue × party. What is not known is UNKNOWN, with the reason, and never filled in.", func() graphql.Fields {
		return graphql.Fields{
			"parties":       field(listOf(b.typeNamed(kindActor)), "The columns.", plain(func(m *matrix) any { return m.nodes(m.shown.Parties) })),
			"rows":          field(listOf(row), "", plain((*matrix).rows)),
			"silentIssues":  field(listOf(b.typeNamed(kindIssue)), "Issues that are left out, because no cell of theirs is known.", plain(func(m *matrix) any { return m.nodes(m.silentIssues) })),
			"silentParties": field(listOf(b.typeNamed(kindActor)), "Parties that are left out likewise.", plain(func(m *matrix) any { return m.nodes(m.silentParties) })),
			"known":         field(must(graphql.Int), "The cells that are not UNKNOWN.", plain(func(m *matrix) any { return m.whole.Known() })),
			"size":          field(must(graphql.Int), "All cells, those left out too.", plain(func(m *matrix) any { return len(m.whole.Cells) })),
			"coverage":      field(must(graphql.Float), "Known cells of all; 0 where there are none.", plain((*matrix).coverage)),
			"reason":        field(b.reasonEnum(), "Why no cell is known, where that is so.", plain(func(m *matrix) any { return word(m.whole.Reason) })),
			"point":         field(must(b.point), "The point at which it is read.", plain(func(m *matrix) any { return m.view })),
		}
	})
}

func (t *talk) matrix() (any, error) {
	q := negotiation.MatrixQuery{Negotiation: t.negotiation, Issues: t.several("issues", kindIssue), Parties: t.several("parties", kindActor), RollUp: t.flag("rollUp")}
	q.MinRank, q.Ranked = t.rank()
	q.Only.Anonymous = t.flag("onlyAnonymous")
	for _, voice := range t.texts("voices") {
		v, err := graph.ParseVoice(voice)
		if err != nil {
			return nil, under("voices", err)
		}
		q.Only.Voices = append(q.Only.Voices, v)
	}
	if grade, ok := t.p.Args["reliability"].(string); ok && t.err == nil {
		q.Only.Reliability, t.err = graph.ParseReliability(grade)
	}
	return t.matrixOf(&q, t.flag("all"))
}

func (t *talk) cell() (any, error) {
	q := negotiation.MatrixQuery{Negotiation: t.negotiation, RollUp: t.flag("rollUp"),
		Issues: []graph.EntityID{t.one("issue", kindIssue)}, Parties: []graph.EntityID{t.one("party", kindActor)}}
	q.MinRank, q.Ranked = t.rank()
	m, err := t.matrixOf(&q, true)
	if err != nil {
		return nil, err
	}
	return matrixCell{m, &m.whole.Cells[0]}, nil
}

func (t *talk) matrixOf(q *negotiation.MatrixQuery, all bool) (*matrix, error) {
	if t.err != nil {
		return nil, t.err
	}
	t.view = t.view.On(t.view.Day())
	whole, err := negotiation.MatrixOf(t.ctx(), t.view, q)
	if err != nil {
		return nil, err
	}
	return t.told(whole, all), nil
}

// told is a matrix with all its rows and columns, or without those that are silent.
func (t *talk) told(whole negotiation.Matrix, all bool) *matrix {
	m := &matrix{found: t.found(), whole: whole, shown: whole}
	if !all {
		m.shown, m.silentIssues, m.silentParties = whole.Folded()
	}
	m.gather()
	return m
}

// gather notes what the cells name and rest on.
func (m *matrix) gather() {
	m.name(m.whole.Issues...)
	m.name(m.whole.Parties...)
	var standing []graph.Standing
	for i := range m.whole.Cells {
		c := &m.whole.Cells[i]
		for _, list := range [][]negotiation.Position{c.Positions, c.Predictions} {
			for j := range list {
				standing = append(standing, list[j].Standing)
				m.hear(list[j].Evidence, list[j].Roots)
			}
		}
		m.disagree(c.Disputes)
	}
	m.positions = m.b.pageOf(m.view, standing)
}

func (m *matrix) rows() any {
	list := make([]matrixRow, len(m.shown.Issues))
	for i := range list {
		list[i] = matrixRow{m, i}
	}
	return list
}

func (m *matrix) coverage() any {
	if len(m.whole.Cells) == 0 {
		return 0.0
	}
	return float64(m.whole.Known()) / float64(len(m.whole.Cells))
}

func (r matrixRow) cells() any {
	width := len(r.shown.Parties)
	list := make([]matrixCell, width)
	for i := range list {
		list[i] = matrixCell{r.matrix, &r.shown.Cells[r.number*width+i]}
	}
	return list
}

// these are positions of a cell as entities.
func (c matrixCell) these(list []negotiation.Position) []node {
	nodes := make([]node, len(list))
	for i := range list {
		nodes[i] = node{c.positions, list[i].ID}
	}
	return nodes
}

// head asks the position that the cell is shown as; an UNKNOWN cell has none.
func head(ask func(n node, ctx context.Context) (any, error), none any) graphql.FieldResolveFn {
	return fetch(func(c matrixCell, ctx context.Context) (any, error) {
		if p := c.Headline(); p != nil {
			return ask(node{c.positions, p.ID}, ctx)
		}
		return none, nil
	})
}
