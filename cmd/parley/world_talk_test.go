package main

import (
	"fmt"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// matrix asks for all cells of the matrix, a row each.
func (a *goAnswer) matrix() (rows [][]cell, err error) {
	m, err := negotiation.MatrixOf(a, a.View, nil)
	if err != nil {
		return nil, err
	}
	for i := range m.Cells {
		var row []cell
		for _, field := range a.fields {
			c, err := a.matrixCell(&m.Cells[i], field)
			if err != nil {
				return nil, err
			}
			row = append(row, c)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) matrixCell(c *negotiation.Cell, field string) (cell, error) {
	switch field {
	case "issue":
		return a.labels(c.Issue)
	case "party":
		return a.labels(c.Party)
	case "status":
		return cell{string(c.Status)}, nil
	case "reason":
		return cell{string(c.Reason)}, nil
	case "roots":
		return a.roots(c.Roots)
	case "positions", "predictions":
		list := c.Positions
		if field == "predictions" {
			list = c.Predictions
		}
		var words cell
		for _, p := range list {
			words = append(words, p.Stance+"/"+p.Voice.String())
		}
		return words, nil
	case "stance":
		if head := c.Headline(); head != nil {
			return cell{head.Stance}, nil
		}
		return nil, nil
	}
	return nil, fmt.Errorf("a cell has no field %s", field)
}

func (a *goAnswer) roots(list []graph.Root) (c cell, err error) {
	for _, r := range list {
		name := r.Publisher
		if id := r.Entity; !id.IsZero() || !r.Document.IsZero() {
			if id.IsZero() {
				id = r.Document
			}
			names, err := a.labels(id)
			if err != nil {
				return nil, err
			}
			name = names[0]
		}
		c = append(c, name)
	}
	return c, nil
}

// conflicts asks for all that contradicts.
func (a *goAnswer) conflicts() (rows [][]cell, err error) {
	list, err := negotiation.Conflicts(a, a.View, nil)
	if err != nil {
		return nil, err
	}
	for i := range list {
		var row []cell
		for _, field := range a.fields {
			c, err := a.conflict(&list[i], field)
			if err != nil {
				return nil, err
			}
			row = append(row, c)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) conflict(c *negotiation.Conflict, field string) (cell, error) {
	switch field {
	case "kind":
		return cell{string(c.Kind)}, nil
	case "property":
		return cell{c.Property}, nil
	case "note":
		return cell{c.Note}, nil
	case "computed":
		return cell{fmt.Sprint(c.Computed())}, nil
	case "sides":
		var sides cell
		for _, s := range c.Sides {
			text, err := a.side(&s)
			if err != nil {
				return nil, err
			}
			sides = append(sides, text)
		}
		return sides, nil
	}
	return nil, fmt.Errorf("a conflict has no field %s", field)
}

func (a *goAnswer) side(s *negotiation.Side) (string, error) {
	var values []any
	for _, c := range s.Values {
		word := c.Value.String()
		if id := c.Value.Entity(); !id.IsZero() {
			names, err := a.labels(id)
			if err != nil {
				return "", err
			}
			word = names[0]
		}
		values = append(values, word)
	}
	roots, err := a.roots(s.Roots)
	if err != nil {
		return "", err
	}
	var who []any
	for _, r := range roots {
		who = append(who, map[string]any{"name": r})
	}
	relation, err := a.labels(s.Relation)
	return sideWritten(values, s.Deny, who, map[string]any{"label": relation[0]}), err
}

// sideWritten is one side of a conflict: what it says, and the roots of it.
func sideWritten(values any, denies bool, roots, relation any) string {
	var words, who []string
	for _, v := range values.([]any) {
		words = append(words, v.(string))
	}
	if len(words) == 0 {
		words = append(words, relation.(map[string]any)["label"].(string))
	}
	if denies {
		words = append([]string{"not"}, words...)
	}
	for _, r := range roots.([]any) {
		who = append(who, r.(map[string]any)["name"].(string))
	}
	return strings.Join(words, " ") + " (" + cell(who).String() + ")"
}

// cellFields and conflictFields are the fields of a question as GraphQL has them.
func cellFields(fields []string) string {
	return spelledAs(fields, map[string]string{"issue": "issue { label }", "party": "party { label }", "roots": "roots { name }",
		"positions": "positions { stance voice }", "predictions": "predictions { stance voice }"})
}

func conflictFields(fields []string) string {
	return spelledAs(fields, map[string]string{"sides": "sides { values denies roots { name } relation { label } }"})
}

func spelledAs(fields []string, spelled map[string]string) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		if s, ok := spelled[f]; ok {
			f = s
		}
		list[i] = fmt.Sprintf("f%d: %s", i, f)
	}
	return strings.Join(list, " ")
}

// matrixRows are the cells that GraphQL answers, a row each.
func (q *question) matrixRows(answer map[string]any) (rows [][]cell) {
	for _, row := range answer["rows"].([]any) {
		for _, c := range row.(map[string]any)["cells"].([]any) {
			rows = append(rows, q.row(c.(map[string]any)))
		}
	}
	return rows
}
