package gqlschema

import (
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// entityConditions are the words that the filter of every kind has: what it is
// called, when it holds, who says so and how sure that is.
func (b *builder) entityConditions(k *kind) []condition {
	list := []condition{
		{"id", "One of these.", graphql.NewList(graphql.NewNonNull(graphql.ID)), readIDs},
		{"name", "What it is called at the point; upper and lower case and accents do not matter.", b.stringFilter(), readName},
		{"saidBy", "Somebody of this name, id or key is a root speaker who affirms it.", graphql.String, readSaidBy},
		{"reliability", "One of those who affirm it is graded at least so: A is the best. F, which cannot be judged, is at least F alone.", b.reliabilityEnum(), readReliability},
		{"onlyAnonymous", "Whether all who affirm it are sources that no document names.", graphql.Boolean, readOnlyAnonymous},
		{"rank", "A claim of it is at least of this rank; NORMAL leaves out what is DEPRECATED.", b.rankEnum(), readRank},
		{"contested", "Whether a claim of it is contested.", graphql.Boolean, readContested},
	}
	if k.relation {
		list = append(list,
			condition{"date", "When it holds or takes place.", b.dateFilter(), readDate},
			condition{"during", "It holds, or takes place, wholly within.", edtfScalar, readWhen("during")},
			condition{"overlaps", "It holds, or takes place, at some time of it.", edtfScalar, readWhen("overlaps")})
	} else {
		list = append(list, condition{"kind", "Its kind in the ontology.", b.stringFilter(), readKind})
	}
	return list
}

func (b *builder) rankEnum() *graphql.Enum {
	if b.enums["Rank"] == nil {
		b.enums["Rank"] = enumOf("Rank", "How a claim is to be used.", enumValue{"PREFERRED", graph.Preferred, ""},
			enumValue{"NORMAL", graph.Normal, ""}, enumValue{"DEPRECATED", graph.Deprecated, ""})
	}
	return b.enums["Rank"]
}

func (b *builder) reliabilityEnum() *graphql.Enum {
	if b.enums["Reliability"] == nil {
		var values []enumValue
		for _, letter := range []string{"A", "B", "C", "D", "E", "F"} {
			values = append(values, enumValue{letter, letter, ""})
		}
		b.enums["Reliability"] = enumOf("Reliability", "Of a source: A is the best, F cannot be judged (STANAG 2511).", values...)
	}
	return b.enums["Reliability"]
}

func readIDs(_ *reader, given any, _ string) (test, error) {
	ids := words(given)
	return func(_ context.Context, n node) (bool, error) { return slices.Contains(ids, n.id.String()), nil }, nil
}

func readName(_ *reader, given any, path string) (test, error) {
	words := map[string]any{}
	for word, operand := range given.(map[string]any) {
		words[word] = folded(operand)
	}
	holds, err := comparison(graph.Text, words, path)
	return func(ctx context.Context, n node) (bool, error) {
		label, err := n.page.label(ctx, n.id)
		return err == nil && holds([]graph.Value{graph.TextOf(graph.FoldName(label))}), err
	}, err
}

func folded(operand any) any {
	switch o := operand.(type) {
	case string:
		return graph.FoldName(o)
	case []any:
		list := make([]any, len(o))
		for i := range o {
			list[i] = folded(o[i])
		}
		return list
	}
	return operand
}

func readKind(_ *reader, given any, path string) (test, error) {
	holds, err := comparison(graph.Text, given, path)
	return func(ctx context.Context, n node) (bool, error) {
		e, err := n.page.entity(ctx, n.id)
		return err == nil && holds([]graph.Value{graph.TextOf(e.Kind)}), err
	}, err
}

func readSaidBy(r *reader, given any, path string) (test, error) {
	speaker, err := r.b.lookup(r.p.Context, r.view, path, given.(string), nil)
	return affirmed(func(s source) (bool, error) {
		n := len(s.Chain)
		return n > 0 && s.Chain[n-1] == speaker.ID, nil
	}), err
}

func readReliability(_ *reader, given any, _ string) (test, error) {
	least := given.(string)
	return affirmed(func(s source) (bool, error) {
		grade := s.Judgement.Grade.Reliability.String()
		if least == "F" || grade == "F" {
			return grade == least, nil
		}
		return grade != "" && grade <= least, nil
	}), nil
}

// affirmed tests whether one of those who affirm something is so.
func affirmed(is func(source) (bool, error)) test {
	return func(ctx context.Context, n node) (bool, error) {
		heard, list, err := n.evidence(ctx)
		for _, e := range list {
			if e.Deny {
				continue
			}
			if ok, err := is(source{said: heard, Evidence: e}); err != nil || ok {
				return ok, err
			}
		}
		return false, err
	}
}

func readOnlyAnonymous(r *reader, given any, _ string) (test, error) {
	return func(ctx context.Context, n node) (bool, error) {
		heard, list, err := n.evidence(ctx)
		if err != nil {
			return false, err
		}
		anonymous, others := 0, 0
		for _, e := range list {
			switch unnamed, err := r.b.unnamed(ctx, heard, e); {
			case err != nil:
				return false, err
			case e.Deny:
			case unnamed:
				anonymous++
			default:
				others++
			}
		}
		return (anonymous > 0 && others == 0) == given.(bool), nil
	}, nil
}

// unnamed tells whether the root speaker is somebody whom no document names: of
// a kind whose entities may turn out to be somebody else.
func (b *builder) unnamed(ctx context.Context, heard *said, e *graph.Evidence) (bool, error) {
	n := len(e.Chain)
	if n == 0 {
		return false, nil
	}
	speaker, err := heard.speakers.entity(ctx, e.Chain[n-1])
	k := b.ontology.Kind(speaker.Kind)
	return k != nil && len(k.MayBe) > 0, err
}

func readRank(_ *reader, given any, _ string) (test, error) {
	least := given.(graph.Rank)
	return anyClaim(func(c *graph.Claim) bool { return c.Rank.AtLeast(least) }, true), nil
}

func readContested(_ *reader, given any, _ string) (test, error) {
	return anyClaim(func(c *graph.Claim) bool { return c.Truth == graph.Contested }, given.(bool)), nil
}

func anyClaim(is func(*graph.Claim) bool, want bool) test {
	return func(ctx context.Context, n node) (bool, error) {
		s, err := n.page.standing(ctx, n.id)
		if err != nil {
			return false, err
		}
		found := false
		for i := range s.Claims {
			found = found || is(&s.Claims[i])
		}
		return found == want, nil
	}
}

func readWhen(word string) func(*reader, any, string) (test, error) {
	return func(r *reader, given any, path string) (test, error) {
		return readDate(r, map[string]any{word: given}, path)
	}
}

func readDate(_ *reader, given any, path string) (test, error) {
	holds, err := comparison(graph.Date, given, path)
	return func(ctx context.Context, n node) (bool, error) {
		c, err := n.validity(ctx)
		if err != nil || c == nil {
			return err == nil && holds(nil), err
		}
		v, err := graph.DateOf(c.Date())
		if err != nil {
			return holds(nil), nil // it has no date that could be compared
		}
		return holds([]graph.Value{v}), nil
	}, err
}
