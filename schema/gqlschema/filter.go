package gqlschema

import (
	"context"
	"fmt"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// test tells whether an entity fits a filter.
type test func(context.Context, node) (bool, error)

// condition is one word of a filter: its type, and how it is read into a test.
type condition struct {
	name, doc string
	input     graphql.Input
	read      func(r *reader, given any, path string) (test, error)
}

// reader reads what a filter says. Path tells where, for errors.
type reader struct {
	b    *builder
	p    graphql.ResolveParams
	view graph.View
}

// input makes an input type once.
func (b *builder) input(name, doc string, fields func() graphql.InputObjectConfigFieldMap) *graphql.InputObject {
	if made := b.made[name]; made != nil {
		return made.(*graphql.InputObject)
	}
	made := graphql.NewInputObject(graphql.InputObjectConfig{Name: name, Description: doc, Fields: graphql.InputObjectConfigFieldMapThunk(fields)})
	b.made[name] = made
	return made
}

// filterType is the filter of a kind.
func (b *builder) filterType(k *kind) *graphql.InputObject {
	name := k.Name + "Filter"
	return b.input(name, "All that is given must fit.", func() graphql.InputObjectConfigFieldMap {
		all := graphql.NewList(graphql.NewNonNull(b.made[name]))
		fields := graphql.InputObjectConfigFieldMap{
			"and": {Type: all, Description: "All of these."},
			"or":  {Type: all, Description: "One of these."},
			"not": {Type: b.made[name].(graphql.Input), Description: "Not this."},
		}
		b.conditions[k.Name] = b.conditionsOf(k)
		for _, c := range b.conditions[k.Name] {
			fields[c.name] = &graphql.InputObjectFieldConfig{Type: c.input, Description: c.doc}
		}
		return fields
	})
}

// conditionsOf are the words of a kind's filter, in order: its own properties
// first, which go before what every kind has.
func (b *builder) conditionsOf(k *kind) []condition {
	var list []condition
	own := map[string]bool{}
	for _, p := range k.askable() {
		own[p.Name] = true
		list = append(list, b.propertyCondition(p))
	}
	for _, c := range b.entityConditions(k) {
		if !own[c.name] {
			list = append(list, c)
		}
	}
	return list
}

// tests reads a filter into one test.
func (r *reader) tests(k *kind, given map[string]any, path string) (test, error) {
	var all []test
	for _, word := range []string{"and", "or"} {
		list, ok := given[word].([]any)
		if !ok {
			continue
		}
		var inner []test
		for i, item := range list {
			m, _ := item.(map[string]any)
			t, err := r.tests(k, m, fmt.Sprintf("%s.%s[%d]", path, word, i))
			if err != nil {
				return nil, err
			}
			inner = append(inner, t)
		}
		all = append(all, pick(word == "and", every(inner), some(inner)))
	}
	if not, ok := given["not"].(map[string]any); ok {
		t, err := r.tests(k, not, path+".not")
		if err != nil {
			return nil, err
		}
		all = append(all, opposite(t))
	}
	for _, c := range r.b.conditions[k.Name] {
		word, ok := given[c.name]
		if !ok || word == nil {
			continue
		}
		t, err := c.read(r, word, path+"."+c.name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return every(all), nil
}

func every(tests []test) test {
	return func(ctx context.Context, n node) (bool, error) {
		for _, t := range tests {
			if ok, err := t(ctx, n); err != nil || !ok {
				return false, err
			}
		}
		return true, nil
	}
}

func some(tests []test) test {
	return func(ctx context.Context, n node) (bool, error) {
		for _, t := range tests {
			if ok, err := t(ctx, n); err != nil || ok {
				return ok, err
			}
		}
		return false, nil
	}
}

func opposite(t test) test {
	return func(ctx context.Context, n node) (bool, error) {
		ok, err := t(ctx, n)
		return !ok, err
	}
}

// propertyCondition is the word for a property.
func (b *builder) propertyCondition(p *graph.Property) condition {
	c := condition{name: p.Name, doc: p.Doc}
	if p.Type == graph.Reference {
		target := typeEntity
		if len(p.Targets) == 1 {
			target = p.Targets[0]
		}
		c.input = b.fillersFilter(target)
		c.read = func(r *reader, given any, path string) (test, error) { return r.fillers(p.Name, target, given, path) }
		return c
	}
	c.input = b.valueFilter(p)
	c.read = func(_ *reader, given any, path string) (test, error) {
		holds, err := comparison(p.Type, given, path)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, n node) (bool, error) {
			s, err := n.page.standing(ctx, n.id)
			if err != nil {
				return false, err
			}
			var list []graph.Value
			for _, c := range s.All(p.Name) {
				list = append(list, c.Value)
			}
			return holds(list), nil
		}, nil
	}
	return c
}

// fillersFilter is the filter of what fills a role.
func (b *builder) fillersFilter(target string) graphql.Input {
	return b.input(target+"ListFilter", "Of those who fill a role.", func() graphql.InputObjectConfigFieldMap {
		inner := b.targetFilter(target)
		return graphql.InputObjectConfigFieldMap{
			"some":   {Type: inner, Description: "One of them fits."},
			"none":   {Type: inner, Description: "None of them fits."},
			"every":  {Type: inner, Description: "All of them fit; so they do where nobody is stated."},
			"isNull": {Type: graphql.Boolean, Description: "Whether nobody is stated."},
		}
	})
}

func (b *builder) targetFilter(target string) *graphql.InputObject {
	if k := b.kindOf(target); k != nil {
		return b.filterType(k)
	}
	return b.filterType(b.anything())
}

// anything stands for all kinds at once.
func (b *builder) anything() *kind {
	return &kind{Kind: &graph.Kind{Name: typeEntity, Abstract: true}, group: true}
}

// fillers reads what is asked of those who fill a role.
func (r *reader) fillers(role, target string, given any, path string) (test, error) {
	words, _ := given.(map[string]any)
	k := r.b.kindOf(target)
	if k == nil {
		k = r.b.anything()
	}
	var all []test
	for _, word := range []string{"some", "none", "every"} {
		inner, ok := words[word].(map[string]any)
		if !ok {
			continue
		}
		t, err := r.tests(k, inner, path+"."+word)
		if err != nil {
			return nil, err
		}
		all = append(all, ofFillers(role, word, t))
	}
	if want, ok := words["isNull"].(bool); ok {
		all = append(all, func(ctx context.Context, n node) (bool, error) {
			s, err := n.page.standing(ctx, n.id)
			return err == nil && (len(s.All(role)) == 0) == want, err
		})
	}
	return every(all), nil
}

func ofFillers(role, word string, t test) test {
	return func(ctx context.Context, n node) (bool, error) {
		list, err := n.fill(ctx, role)
		if err != nil {
			return false, err
		}
		fitting := 0
		for _, filler := range list {
			ok, err := t(ctx, filler)
			if err != nil {
				return false, err
			}
			if ok {
				fitting++
			}
		}
		switch word {
		case "some":
			return fitting > 0, nil
		case "none":
			return fitting == 0, nil
		}
		return fitting == len(list), nil
	}
}

// words lists what is given of an input that is a list of texts.
func words(given any) (list []string) {
	all, _ := given.([]any)
	for _, w := range all {
		if s, ok := w.(string); ok {
			list = append(list, s)
		}
	}
	return slices.Clip(list)
}
