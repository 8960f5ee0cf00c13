package main

import (
	"fmt"

	"github.com/parleydb/parley/graph"
)

// changes are those from one day to another; the first row counts the documents.
func (a *goAnswer) changes() ([][]cell, error) {
	views := make([]graph.View, 2)
	for i, day := range a.args[:2] {
		q := question{on: day, knownOn: day, basis: a.basis, undated: a.undated, marked: a.marked}
		p, err := q.pointOf()
		if err != nil {
			return nil, err
		}
		views[i] = a.db.At(p)
	}
	found, err := graph.Diff(a, views[0], views[1], nil)
	if err != nil {
		return nil, err
	}
	rows := [][]cell{{{fmt.Sprintf("documents seen: %d", found.DocumentsSeen)}}}
	a.View = views[1]
	for i := range found.Items {
		row, err := each(a.fields, func(field string) (cell, error) { return a.change(&found.Items[i], field) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) change(c *graph.Change, field string) (cell, error) {
	switch field {
	case "kind":
		return cell{string(c.Kind)}, nil
	case "subject":
		return a.labels(c.Subject)
	case "before":
		return cell{c.Before}, nil
	case "after":
		return cell{c.After}, nil
	case "summary":
		return cell{c.Summary}, nil
	}
	return nil, fmt.Errorf("changes have no such field")
}

func (a *goAnswer) history() (rows [][]cell, err error) {
	e, err := a.find(a.args[0])
	if err != nil {
		return nil, err
	}
	property := ""
	if len(a.args) > 1 {
		property = a.args[1]
	}
	_, list, err := a.HistoryOf(a, e.ID, property)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{} // a record that is about several claims is told once
	for i := range list {
		record := fmt.Sprint(list[i].Assertion.ID, list[i].Recorded.From)
		if seen[record] {
			continue
		}
		seen[record] = true
		row, err := each(a.fields, func(field string) (cell, error) { return a.record(&list[i], field) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) record(e *graph.Evidence, field string) (cell, error) {
	day := func(ts graph.TS) cell {
		if ts == 0 {
			return nil
		}
		return cell{ts.Time().UTC().Format("2006-01-02")}
	}
	switch field {
	case "id":
		return cell{e.Assertion.ID.String()}, nil
	case "key":
		return cell{e.Key}, nil
	case "document":
		docs, err := a.Documents(a, []graph.EntityID{e.Document})
		if err != nil {
			return nil, err
		}
		return cell{docs[0].Key.String()}, nil
	case "from":
		return day(e.Recorded.From), nil
	case "to":
		return day(e.Recorded.To), nil
	case "denies":
		return cell{fmt.Sprint(e.Deny)}, nil
	case "rank":
		return cell{e.Judgement.Rank.String()}, nil
	case "status":
		return cell{e.Judgement.Status.String()}, nil
	case "marking":
		return cell{e.Judgement.Marking.String()}, nil
	case "voice":
		return cell{e.Voice.String()}, nil
	case "end":
		return cell{e.End.Kind.String()}, nil
	}
	return nil, fmt.Errorf("histories have no such field")
}
