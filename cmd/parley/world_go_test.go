package main

import (
	"cmp"
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

// written is the text of an answer: a line for each row.
func written(rows [][]cell) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		words := make([]string, len(row))
		for j, c := range row {
			words[j] = c.String()
		}
		lines[i] = strings.Join(words, " | ")
	}
	slices.Sort(lines)
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

// relationQuery reads who must fill which role, and leaves attributes to fits.
func (a *goAnswer) relationQuery() (graph.RelationQuery, error) {
	q := graph.RelationQuery{Kind: a.args[0], Fillers: map[string][]graph.EntityID{}}
	for _, w := range a.with {
		if p := a.Ontology().Property(q.Kind, w[0]); p == nil || p.Type != graph.Reference {
			continue
		}
		e, err := a.find(w[1])
		if err != nil {
			return q, err
		}
		q.Fillers[w[0]] = []graph.EntityID{e.ID}
	}
	return q, nil
}

func (a *goAnswer) fits(s *graph.Standing) bool {
	for _, w := range a.with {
		if p := a.Ontology().Property(s.Kind, w[0]); p == nil || p.Type == graph.Reference {
			continue
		}
		if !slices.ContainsFunc(s.All(w[0]), func(c graph.Claim) bool { return c.Value.String() == w[1] }) {
			return false
		}
	}
	return true
}

func (a *goAnswer) relations() ([][]cell, error) { return a.related(false) }

// rollup are the relations of a party and of whoever stands for it.
func (a *goAnswer) rollup() ([][]cell, error) { return a.related(true) }

func (a *goAnswer) related(rollUp bool) ([][]cell, error) {
	q, err := a.relationQuery()
	if err != nil {
		return nil, err
	}
	q.RollUp = rollUp
	list, err := a.View.Relations(a, q)
	if err != nil {
		return nil, err
	}
	return a.standings(list)
}

func (a *goAnswer) standings(list []graph.Standing) (rows [][]cell, err error) {
	for i := range list {
		if !a.fits(&list[i]) {
			continue
		}
		row, err := each(a.fields, func(field string) (cell, error) { return a.standing(&list[i], field) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func each(fields []string, fn func(string) (cell, error)) (row []cell, err error) {
	for _, field := range fields {
		c, err := fn(field)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		row = append(row, c)
	}
	return row, nil
}

func (a *goAnswer) entities() ([][]cell, error) {
	var ids []graph.EntityID
	for e, err := range a.OfKind(a, a.args[0]) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, e.ID)
	}
	list, err := a.States(a, ids)
	if err != nil {
		return nil, err
	}
	return a.standings(list)
}

func (a *goAnswer) entity() ([][]cell, error) {
	e, err := a.find(a.args[0])
	if errors.Is(err, graph.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := a.States(a, []graph.EntityID{e.ID})
	if err == nil && len(list) == 0 { // it is only named
		list = []graph.Standing{{Entity: e}}
	}
	if err != nil {
		return nil, err
	}
	return a.standings(list)
}

// standing is one field of an entity or relation.
func (a *goAnswer) standing(s *graph.Standing, field string) (cell, error) {
	switch field {
	case "key":
		return keysOf(s.Entity), nil
	case "kind":
		return cell{s.Kind}, nil
	case "label":
		return a.labels(s.ID)
	case "names":
		list, err := a.Names(a, s.ID)
		var c cell
		for _, n := range list {
			c = append(c, nameWritten(n.Text, n.Language, n.Script, n.Scope, n.Alias))
		}
		return c, err
	case "since":
		return cell{s.Since.String()}, nil
	case "date":
		return cell{a.date(s)}, nil
	case "missing":
		return a.missing(s), nil
	case "flags":
		var c cell
		for _, f := range s.Flags {
			c = append(c, string(f.Kind)+" "+f.Property)
		}
		return c, nil
	case "through":
		return a.through(s)
	case "saidBy", "sources":
		list, err := a.Evidence(a, s.Claims)
		if err != nil {
			return nil, err
		}
		return a.said(list, field)
	}
	return a.property(s, field)
}

// missing are the roles that nobody is stated for, as many as may be filled.
func (a *goAnswer) missing(s *graph.Standing) (c cell) {
	for _, name := range s.Missing {
		p := a.Ontology().Property(s.Kind, name)
		if p != nil && p.Max != 1 {
			name = cmp.Or(p.Plural, name+"s")
		}
		c = append(c, name)
	}
	return c
}

// date is when the roles hold, by the latest start and then by the most known
// end; where no role has a time, when the attributes do.
func (a *goAnswer) date(s *graph.Standing) string {
	for _, roles := range []bool{true, false} {
		var timed []graph.Claim
		for _, c := range s.Claims {
			p := a.Ontology().Property(s.Kind, c.Property)
			if c.Class != graph.Timeless && c.Date() != "" && (p != nil && p.Role) == roles {
				timed = append(timed, c)
			}
		}
		if len(timed) > 0 {
			return slices.MaxFunc(timed, func(a, b graph.Claim) int {
				return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.End.Kind, b.End.Kind))
			}).Date()
		}
	}
	return ""
}

func keysOf(e graph.Entity) (c cell) {
	for _, k := range e.Keys {
		c = append(c, k.String())
	}
	return c
}

func nameWritten(text, language, script, scope string, alias bool) string {
	if suffix := strings.TrimRight(language+"/"+script+"/"+scope, "/"); suffix != "" {
		text += "@" + suffix
	}
	if alias {
		return "alias " + text
	}
	return text
}

// through tells who took part for whom (rule 12).
func (a *goAnswer) through(s *graph.Standing) (c cell, err error) {
	for _, f := range s.Through {
		names, err := a.labels(f.Entity, f.For)
		if err != nil {
			return nil, err
		}
		c = append(c, names[0]+" for "+names[1])
	}
	return c, nil
}

// property is what stands of a property: of a single-valued one the newest,
// with a star behind its name everything.
func (a *goAnswer) property(s *graph.Standing, field string) (cell, error) {
	name, all := strings.CutSuffix(field, "*")
	p := a.Ontology().Property(s.Kind, name)
	if p == nil {
		return nil, fmt.Errorf("%s has no such property", s.Kind)
	}
	claims := s.All(name)
	if single := p.Single || p.Max == 1; single && !all && len(claims) > 1 {
		claims = claims[:1]
	}
	var c cell
	for _, claim := range claims {
		value, err := a.value(claim)
		if err != nil {
			return nil, err
		}
		c = append(c, value)
	}
	return c, nil
}

func (a *goAnswer) value(c graph.Claim) (string, error) {
	if c.Value.Type() != graph.Reference {
		return c.Value.String(), nil
	}
	names, err := a.labels(c.Value.Entity())
	if err != nil {
		return "", err
	}
	return names[0], nil
}

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
	q := graph.ClaimQuery{Subject: e.ID, Denied: a.flag("denied")}
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
	q := graph.EdgeQuery{Entity: e.ID, Properties: a.args[1:]}
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

// changes are those from one day to another; the first row counts the documents.
func (a *goAnswer) changes() ([][]cell, error) {
	views := make([]graph.View, 2)
	for i, day := range a.args[:2] {
		q := question{on: day, knownOn: day, basis: a.basis, marked: a.marked}
		p, err := q.pointOf()
		if err != nil {
			return nil, err
		}
		views[i] = a.db.At(p)
	}
	found, err := graph.Diff(a, views[0], views[1])
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
