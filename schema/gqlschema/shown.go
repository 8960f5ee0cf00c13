package gqlschema

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// fillsFirst is the headline of a role, or nothing.
func (n node) fillsFirst(ctx context.Context, role string) (any, error) {
	list, err := n.fill(ctx, role)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// textsOf lists the texts of what fills a role: a condition's, an option's.
func (n node) textsOf(ctx context.Context, role string) ([]string, error) {
	list, err := n.fill(ctx, role)
	words := make([]string, len(list))
	for i, filler := range list {
		if words[i], err = filler.text(ctx); err != nil {
			return nil, err
		}
	}
	return words, err
}

// textFirst is the text of the headline of a role.
func (n node) textFirst(ctx context.Context, role string) (any, error) {
	words, err := n.textsOf(ctx, role)
	if err != nil || len(words) == 0 {
		return nil, err
	}
	return words[0], nil
}

// text is a node's own text, else what it is called.
func (n node) text(ctx context.Context) (string, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return "", err
	}
	if c, ok := s.Head("text"); ok {
		return c.Value.String(), nil
	}
	return n.page.label(ctx, n.id)
}

// textOrOptions is a position's text, else those of its options.
func (n node) textOrOptions(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	if c, ok := s.Head("text"); ok {
		return c.Value.String(), nil
	}
	words, err := n.textsOf(ctx, optionRole)
	return stated(strings.Join(words, "; ")), err
}

// headline is the headline of an attribute, as its type has it.
func (n node) headline(ctx context.Context, property string) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	c, ok := s.Head(property)
	if !ok {
		return nil, nil
	}
	return n.page.b.present(s.Kind, property, c.Value)
}

// all lists the values of an attribute, each once, the headline first.
func (n node) all(ctx context.Context, property string) ([]any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, c := range s.All(property) {
		v, err := n.page.b.present(s.Kind, property, c.Value)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list, nil
}

// present gives a value as the type of its property has it. What the type
// cannot show is an error rather than nothing.
func (b *builder) present(kind, property string, v graph.Value) (any, error) {
	switch v.Type() {
	case graph.Integer:
		if i := v.Int(); i >= math.MinInt32 && i <= math.MaxInt32 {
			return int(i), nil
		}
		return nil, fmt.Errorf("%w: %s of %s: %s does not fit 32 bits", graph.ErrValue, property, kind, v)
	case graph.Number:
		return v.Float(), nil
	case graph.Boolean:
		return v.Bool(), nil
	case graph.Code:
		p := b.ontology.Property(kind, property)
		if e := b.declaredEnum(p); e != nil && !slices.Contains(e.Values, v.String()) {
			return nil, fmt.Errorf("%w: %s of %s: %q is not in %s", graph.ErrValue, property, kind, v, e.Name)
		}
	}
	return v.String(), nil
}

// attributeType is the type of an attribute.
func (b *builder) attributeType(p *graph.Property) graphql.Output {
	switch p.Type {
	case graph.Integer:
		return graphql.Int
	case graph.Number:
		return graphql.Float
	case graph.Boolean:
		return graphql.Boolean
	case graph.Date:
		return edtfScalar
	case graph.Code:
		if e := b.declaredEnum(p); e != nil {
			return b.enum(e)
		}
	}
	return graphql.String
}

// declaredEnum is the ontology's enumeration of an attribute, if GraphQL can
// write all of it.
func (b *builder) declaredEnum(p *graph.Property) *graph.Enum {
	if p == nil || p.Enum == "" {
		return nil
	}
	e := b.ontology.Enum(p.Enum)
	if e == nil || len(e.Values) == 0 || !isName.MatchString(e.Name) {
		return nil
	}
	for _, v := range e.Values {
		if !isName.MatchString(v) || v == "true" || v == "false" || v == "null" {
			return nil
		}
	}
	return e
}

var isName = regexp.MustCompile(`^[A-Za-z][_0-9A-Za-z]*$`)

func (b *builder) enum(e *graph.Enum) *graphql.Enum {
	if made := b.enums[e.Name]; made != nil {
		return made
	}
	var values []enumValue
	for _, v := range e.Values {
		values = append(values, enumValue{v, v, ""})
	}
	b.enums[e.Name] = enumOf(e.Name, "", values...)
	return b.enums[e.Name]
}
