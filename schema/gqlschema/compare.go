package gqlschema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// valueFilter is the filter of an attribute's values.
func (b *builder) valueFilter(p *graph.Property) graphql.Input {
	switch p.Type {
	case graph.Integer:
		return b.comparisons("IntFilter", graphql.Int, "lt", "lte", "gt", "gte")
	case graph.Number:
		return b.comparisons("FloatFilter", graphql.Float, "lt", "lte", "gt", "gte")
	case graph.Boolean:
		return b.comparisons("BooleanFilter", graphql.Boolean)
	case graph.Date:
		return b.dateFilter()
	case graph.Code:
		if e := b.declaredEnum(p); e != nil {
			return b.comparisons(e.Name+"Filter", b.enum(e))
		}
	}
	return b.stringFilter()
}

func (b *builder) stringFilter() graphql.Input {
	return b.comparisons("StringFilter", graphql.String, "contains", "startsWith", "lt", "lte", "gt", "gte")
}

func (b *builder) dateFilter() graphql.Input {
	return b.comparisons("DateFilter", edtfScalar, "lt", "lte", "gt", "gte", "during", "overlaps")
}

// what the words of comparisons mean, beside eq, ne, in and isNull.
var comparisonDocs = map[string]string{
	"eq": "One of the values is this.", "ne": "A value is stated, and none is this.", "in": "One of the values is one of these.",
	"isNull": "Whether nothing is stated.", "contains": "Upper and lower case and accents do not matter.",
	"startsWith": "Upper and lower case and accents do not matter.", "during": "Wholly within.", "overlaps": "At some time of it.",
	"lt": "Of dates: all of it before the other begins.", "gt": "Of dates: all of it after the other ends.",
}

func (b *builder) comparisons(name string, t graphql.Input, more ...string) graphql.Input {
	return b.input(name, "All that is given must fit.", func() graphql.InputObjectConfigFieldMap {
		fields := graphql.InputObjectConfigFieldMap{
			"in":     {Type: graphql.NewList(graphql.NewNonNull(t)), Description: comparisonDocs["in"]},
			"isNull": {Type: graphql.Boolean, Description: comparisonDocs["isNull"]},
		}
		for _, word := range append([]string{"eq", "ne"}, more...) {
			fields[word] = &graphql.InputObjectFieldConfig{Type: t, Description: comparisonDocs[word]}
		}
		return fields
	})
}

// comparison reads what is asked of an attribute's values.
func comparison(typ graph.ValueType, given any, path string) (func([]graph.Value) bool, error) {
	words, _ := given.(map[string]any)
	var all []func([]graph.Value) bool
	for _, word := range []string{"isNull", "eq", "ne", "in", "lt", "lte", "gt", "gte", "contains", "startsWith", "during", "overlaps"} {
		operand, ok := words[word]
		if !ok || operand == nil {
			continue
		}
		f, err := oneComparison(typ, word, operand)
		if err != nil {
			return nil, under(path+"."+word, err)
		}
		all = append(all, f)
	}
	return func(list []graph.Value) bool {
		return !slices.ContainsFunc(all, func(f func([]graph.Value) bool) bool { return !f(list) })
	}, nil
}

func oneComparison(typ graph.ValueType, word string, operand any) (func([]graph.Value) bool, error) {
	if word == "isNull" {
		return func(list []graph.Value) bool { return (len(list) == 0) == operand.(bool) }, nil
	}
	if word == "in" {
		var any []func(graph.Value) bool
		items, _ := operand.([]interface{})
		for _, item := range items {
			f, err := against(typ, "eq", item)
			if err != nil {
				return nil, err
			}
			any = append(any, f)
		}
		return func(list []graph.Value) bool {
			return slices.ContainsFunc(list, func(v graph.Value) bool {
				return slices.ContainsFunc(any, func(f func(graph.Value) bool) bool { return f(v) })
			})
		}, nil
	}
	f, err := against(typ, pick(word == "ne", "eq", word), operand)
	if word == "ne" {
		return func(list []graph.Value) bool { return len(list) > 0 && !slices.ContainsFunc(list, f) }, err
	}
	return func(list []graph.Value) bool { return slices.ContainsFunc(list, f) }, err
}

// against compares one value with an operand.
func against(typ graph.ValueType, word string, operand any) (func(graph.Value) bool, error) {
	if typ == graph.Date {
		text, _ := operand.(string)
		to, err := graph.ParseOn(text)
		if err != nil {
			return nil, err
		}
		return func(v graph.Value) bool {
			i, err := graph.ParseOn(v.String())
			return err == nil && compareIntervals(word, i, to)
		}, nil
	}
	switch to := operand.(type) {
	case int:
		return func(v graph.Value) bool { return compareNumbers(word, v.Float(), float64(to)) }, nil
	case float64:
		return func(v graph.Value) bool { return compareNumbers(word, v.Float(), to) }, nil
	case bool:
		return func(v graph.Value) bool { return v.Bool() == to }, nil
	case string:
		return func(v graph.Value) bool { return compareTexts(word, v.String(), to) }, nil
	}
	return nil, newFault(codeInput, fmt.Sprintf("%v is not a %s", operand, typ), nil)
}

func compareNumbers(word string, a, b float64) bool {
	switch word {
	case "lt":
		return a < b
	case "lte":
		return a <= b
	case "gt":
		return a > b
	case "gte":
		return a >= b
	}
	return a == b
}

func compareTexts(word, a, b string) bool {
	switch word {
	case "contains":
		return strings.Contains(graph.FoldName(a), graph.FoldName(b))
	case "startsWith":
		return strings.HasPrefix(graph.FoldName(a), graph.FoldName(b))
	case "lt":
		return a < b
	case "lte":
		return a <= b
	case "gt":
		return a > b
	case "gte":
		return a >= b
	}
	return a == b
}

// compareIntervals compares dates as the intervals that they are.
func compareIntervals(word string, a, b graph.Interval) bool {
	switch word {
	case "lt":
		return a.To <= b.From
	case "lte":
		return a.To <= b.To
	case "gt":
		return a.From >= b.To
	case "gte":
		return a.From >= b.From
	case "during":
		return b.From <= a.From && a.To <= b.To
	case "overlaps":
		return a.Overlaps(b)
	}
	return a == b
}
