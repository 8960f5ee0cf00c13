package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

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
	if link, further, ok := strings.Cut(field, "*."); ok {
		return a.beyond(s, link, further)
	}
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

// beyond is what stands of a property of what a link leads to: link*.property.
func (a *goAnswer) beyond(s *graph.Standing, link, property string) (c cell, err error) {
	var ids []graph.EntityID
	for _, claim := range s.All(link) {
		ids = append(ids, claim.Value.Entity())
	}
	list, err := a.States(a, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		further, err := a.property(&list[i], property+"*")
		if err != nil {
			return nil, err
		}
		c = append(c, further...)
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
