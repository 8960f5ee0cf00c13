package gqlschema

import (
	"cmp"
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

func (n node) kind(ctx context.Context) (any, error) {
	e, err := n.page.entity(ctx, n.id)
	return e.Kind, err
}

func (n node) label(ctx context.Context) (any, error) { return n.page.label(ctx, n.id) }

func (n node) names(ctx context.Context) (any, error) {
	list, err := n.page.view.Names(ctx, n.id)
	return slices.Clip(list), err
}

func (n node) externalIDs(ctx context.Context) (any, error) {
	e, err := n.page.entity(ctx, n.id)
	keys := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		keys[i] = k.String()
	}
	return keys, err
}

// validity is the claim that tells when a node holds.
func (n node) validity(ctx context.Context) (*graph.Claim, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	return n.page.b.validity(s), nil
}

// validity chooses, of the claims that have a time, the one with the latest
// start, and of these the one of whose end most is known. Roles go before
// attributes, whose steps are later than what they are steps of. It is nil
// where nothing has a time.
func (b *builder) validity(s *graph.Standing) *graph.Claim {
	var best *graph.Claim
	bestRole := false
	for i := range s.Claims {
		c := &s.Claims[i]
		if c.Class == graph.Timeless || c.From == graph.MinTime && c.Date() == "" {
			continue
		}
		p := b.ontology.Property(s.Kind, c.Property)
		role := p != nil && p.Role
		switch {
		case best == nil, role && !bestRole:
			best, bestRole = c, role
		case role == bestRole && cmp.Or(cmp.Compare(c.From, best.From), cmp.Compare(c.End.Kind, best.End.Kind)) > 0:
			best = c
		}
	}
	return best
}

func (n node) date(ctx context.Context) (any, error) {
	c, err := n.validity(ctx)
	if err != nil || c == nil {
		return nil, err
	}
	return stated(c.Date()), nil
}

func (n node) since(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil || s == nil {
		return nil, err
	}
	return stated(s.Since.String()), nil
}

func (n node) age(ctx context.Context) (any, error) {
	heard, list, err := n.evidence(ctx)
	if err != nil {
		return nil, err
	}
	if days, ok := heard.age(list, n.page.b.reference(n.page.view)); ok {
		return days, nil
	}
	return nil, nil
}

func (n node) saidBy(ctx context.Context) (any, error) {
	heard, list, err := n.evidence(ctx)
	if err != nil {
		return nil, err
	}
	return heard.roots(list), nil
}

func sourcesOf(p graphql.ResolveParams, n node) (any, error) {
	property, err := n.page.b.propertyArg(p.Args)
	if err != nil {
		return nil, err
	}
	heard, list, err := n.evidenceOf(p.Context, property)
	if err != nil {
		return nil, err
	}
	return heard.sources(list), nil
}

func (n node) assertions(ctx context.Context) (any, error) {
	heard, list, err := n.evidence(ctx)
	if err != nil {
		return nil, err
	}
	assertions := make([]source, len(list))
	for i, e := range list {
		assertions[i] = source{said: heard, Evidence: e}
	}
	return assertions, nil
}

// inItsOwnWords looks at the attribute voice, else at the voices of what
// affirms the node.
func (n node) inItsOwnWords(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	if voice, ok := s.Head("voice"); ok {
		return voice.Value.String() == graph.Self.String(), nil
	}
	_, list, err := n.evidence(ctx)
	return slices.ContainsFunc(list, func(e *graph.Evidence) bool { return e.Voice == graph.Self && !e.Deny }), err
}

func (n node) notStated(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(s.Missing))
	for i, role := range s.Missing {
		names[i] = n.page.b.fieldName(s.Kind, role)
	}
	return names, nil
}

// fieldName is what the field of a property is called.
func (b *builder) fieldName(kind, property string) string {
	if p := b.ontology.Property(kind, property); p != nil {
		return schema.Field(p)
	}
	return property
}

func (n node) flags(ctx context.Context) (any, error) {
	s, err := n.page.standing(ctx, n.id)
	return slices.Clip(s.Flags), err
}

func claimsOf(p graphql.ResolveParams, n node) (any, error) {
	s, err := n.page.standing(p.Context, n.id)
	if err != nil {
		return nil, err
	}
	list, err := n.page.claimsOf(p.Context)
	if err != nil {
		return nil, err
	}
	property, err := n.page.b.propertyArg(p.Args)
	if err != nil {
		return nil, err
	}
	if property != "" {
		return list.those(s.All(property)), nil
	}
	return list.those(s.Claims), nil
}

func historyOf(p graphql.ResolveParams, n node) (any, error) {
	return n.page.b.historyOf(p, n.page.view, n.id)
}
