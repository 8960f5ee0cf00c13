package main

import (
	"fmt"

	"github.com/parleydb/parley/graph"
)

// said writes evidence: as sources, or only who affirms.
func (a *goAnswer) said(list []graph.Evidence, field string) (c cell, err error) {
	for _, e := range list {
		docs, err := a.Documents(a, []graph.EntityID{e.Document})
		if err != nil {
			return nil, err
		}
		names, err := a.labels(e.Chain...)
		if err != nil {
			return nil, err
		}
		publisher := docs[0].Publisher
		who, n := publisher, len(names)
		switch {
		case n > 0:
			who = names[n-1]
		case who == "" && docs[0].Title != "":
			who = docs[0].Title
		case who == "":
			who = docs[0].Key.String()
		}
		if field == "saidBy" {
			if !e.Deny {
				c = append(c, who)
			}
			continue
		}
		var via []string
		for i := n - 2; i >= 0; i-- {
			via = append(via, names[i])
		}
		if n > 0 && publisher != "" {
			via = append(via, publisher)
		}
		c = append(c, sourceWritten(who, via, e.Level.String(), e.Deny))
	}
	return c, nil
}

func sourceWritten(who string, via []string, level string, deny bool) string {
	if deny {
		who += " denies"
	}
	last := who
	for _, v := range via {
		if v != last {
			who, last = who+" via "+v, v
		}
	}
	if level != "" {
		who += " [" + level + "]"
	}
	return who
}

func (a *goAnswer) claims() (rows [][]cell, err error) {
	e, err := a.find(a.args[0])
	if err != nil {
		return nil, err
	}
	q := graph.ClaimQuery{Subject: graph.ByID(e.ID), Denied: a.flag("denied")}
	if len(a.args) > 1 && a.args[1] != "denied" {
		q.Properties = a.args[1:2]
	}
	for c, err := range a.View.Claims(a, q) {
		if err != nil {
			return nil, err
		}
		row, err := each(a.fields, func(field string) (cell, error) { return a.claim(&c, field) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) claim(c *graph.Claim, field string) (cell, error) {
	switch field {
	case "id":
		return cell{c.ID.String()}, nil
	case "property":
		return cell{c.Property}, nil
	case "value":
		v, err := a.value(*c)
		return cell{v}, err
	case "date":
		return cell{c.Date()}, nil
	case "truth":
		return cell{c.Truth.String()}, nil
	case "class":
		return cell{c.Class.String()}, nil
	case "rank":
		return cell{c.Rank.String()}, nil
	case "occurrence":
		return cell{c.Occurrence}, nil
	case "conflict":
		return cell{fmt.Sprint(c.Conflict)}, nil
	case "sources":
		list, err := a.Evidence(a, []graph.Claim{*c})
		if err != nil {
			return nil, err
		}
		return a.said(list, field)
	}
	return nil, fmt.Errorf("claims have no such field")
}

func (a *goAnswer) neighbors() (rows [][]cell, err error) {
	e, err := a.find(a.args[0])
	if err != nil {
		return nil, err
	}
	q := graph.EdgeQuery{Entity: graph.ByID(e.ID), Properties: a.args[1:]}
	for _, w := range a.with {
		if w[0] == "direction" {
			q.Direction = map[string]graph.Direction{"OUT": graph.Out, "IN": graph.In}[w[1]]
		}
	}
	for edge, err := range a.View.Neighbors(a, q) {
		if err != nil {
			return nil, err
		}
		row, err := each(a.fields, func(field string) (cell, error) { return a.edge(&edge, field) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (a *goAnswer) edge(e *graph.Edge, field string) (cell, error) {
	moment := func(t graph.Time) cell {
		if t == graph.MinTime || t == graph.MaxTime {
			return nil
		}
		return cell{t.String()}
	}
	switch field {
	case "property":
		return cell{e.Property}, nil
	case "other":
		return a.labels(e.Other)
	case "from":
		return moment(e.From), nil
	case "until":
		return moment(e.End.Until), nil
	case "end":
		return cell{e.End.Kind.String()}, nil
	case "truth":
		return cell{e.Truth.String()}, nil
	}
	return nil, fmt.Errorf("neighbors have no such field")
}

func (a *goAnswer) stats() ([][]cell, error) {
	s, err := a.View.Stats(a)
	if err != nil {
		return nil, err
	}
	all := map[string]int{"entities": s.Entities, "relations": s.Relations, "claims": s.Claims,
		"assertions": s.Assertions, "documents": s.Documents, "transactions": s.Transactions}
	row, err := each(a.fields, func(field string) (cell, error) {
		n, ok := all[field]
		if !ok {
			return nil, fmt.Errorf("stats have no such field")
		}
		return cell{fmt.Sprint(n)}, nil
	})
	return [][]cell{row}, err
}

// standsFor lists who stands for a party.
func (a *goAnswer) standsFor() (rows [][]cell, err error) {
	e, err := a.find(a.args[0])
	if err != nil {
		return nil, err
	}
	list, err := a.StandsFor(a, e.ID)
	for _, r := range list {
		names, err := a.labels(r.Entity, r.For)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []cell{names[:1], names[1:]})
	}
	return rows, err
}

// proposals lists what an entity may be the same as.
func (a *goAnswer) proposals() (rows [][]cell, err error) {
	e, err := a.find(a.args[0])
	if err != nil {
		return nil, err
	}
	list, err := a.Proposals(a, e.ID)
	for _, p := range list {
		other := p.Other
		if other.ID == e.ID {
			other = p.One
		}
		names, err := a.labels(other.ID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []cell{{string(p.Why)}, names})
	}
	return rows, err
}
