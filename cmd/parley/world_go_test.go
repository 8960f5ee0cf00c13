package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// cell is one field of an answer: what stands in it, in the order of the alphabet.
type cell []string

func (c cell) String() string {
	c = slices.DeleteFunc(slices.Clone(c), func(s string) bool { return s == "" })
	if len(c) == 0 {
		return "?"
	}
	slices.Sort(c)
	return strings.Join(slices.Compact(c), ", ")
}

// written is the text of an answer: a line for each row, in the order given.
func written(rows [][]cell) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		words := make([]string, len(row))
		for j, c := range row {
			words[j] = c.String()
		}
		lines[i] = strings.Join(words, " | ")
	}
	if len(lines) == 0 {
		return []string{nothing}
	}
	return lines
}

const nothing = "(nothing)"

// goAnswer answers questions by the Go API.
type goAnswer struct {
	context.Context
	graph.View
	*question
	db *graph.DB
}

func answerByGo(t *testing.T, db *graph.DB, q *question) ([]string, error) {
	t.Helper()
	p, err := q.pointOf()
	if err != nil {
		return nil, err
	}
	a := &goAnswer{t.Context(), db.At(p), q, db}
	answer := map[string]func() ([][]cell, error){
		"relations": a.relations, "entities": a.entities, "entity": a.entity, "claims": a.claims, "neighbors": a.neighbors,
		"stats": a.stats, "changes": a.changes, "history": a.history, "rollup": a.rollup, "standsfor": a.standsFor, "proposals": a.proposals,
		"matrix": a.matrix, "conflicts": a.conflicts,
	}[q.verb]
	if answer == nil {
		return nil, fmt.Errorf("no question is called %q", q.verb)
	}
	rows, err := answer()
	return written(rows), err
}

func (q *question) pointOf() (p graph.Point, err error) {
	if q.on != "" {
		if p.On, err = graph.ParseOn(q.on); err != nil {
			return p, err
		}
	}
	if q.policy != "" {
		if p.Policy, err = graph.ParsePolicy(q.policy); err != nil {
			return p, err
		}
	}
	if q.undated != "" {
		if p.Undated, err = graph.ParseUndated(q.undated); err != nil {
			return p, err
		}
	}
	if p.Clearance, err = graph.ParseMarking(q.marked); err != nil {
		return p, err
	}
	if q.knownOn == "" {
		return p, nil
	}
	if p.Basis, err = graph.ParseBasis(q.basis); err != nil {
		return p, err
	}
	p.KnownOn, err = p.Basis.KnownOn(q.knownOn)
	return p, err
}

// find finds an entity by its key or its name.
func (a *goAnswer) find(s string) (graph.Entity, error) {
	if key, err := graph.ParseKey(s); err == nil {
		if e, err := a.View.Entity(a, graph.Ref{Key: key}); err == nil || !errors.Is(err, graph.ErrNotFound) {
			return e, err
		}
	}
	list, err := a.Lookup(a, graph.NameQuery{Name: s})
	if err != nil {
		return graph.Entity{}, err
	}
	if len(list) > 1 {
		return graph.Entity{}, fmt.Errorf("%s: %d entities", s, len(list))
	}
	return list[0].Entity, nil
}

func (a *goAnswer) labels(ids ...graph.EntityID) (cell, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := a.Labels(a, ids)
	return list, err
}
