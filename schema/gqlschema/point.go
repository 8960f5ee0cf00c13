package gqlschema

import (
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// pointArgs are the arguments that every root field has.
func (b *builder) pointArgs() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{
		"on":      {Type: graphql.String, Description: onDoc},
		"knownOn": {Type: graphql.String, Description: "As known on: a day, month or year in EDTF, which means its end, an instant, or, with basis RECORDED, tx:NUMBER. Default: all that is known. Goes with basis."},
		"basis":   {Type: b.basis, Description: "The clock of knownOn; must be given with it."},
	}
}

const onDoc = "What held on: a day, an instant or an interval, in EDTF. Default: any time."

// view reads the point of a root field and takes its view.
func (b *builder) view(p graphql.ResolveParams) (graph.View, error) {
	point := graph.Point{Clearance: requestOf(p.Context).Clearance}
	on, err := onOf(p.Args)
	if err != nil {
		return graph.View{}, err
	}
	point.On = on
	knownOn, known := p.Args["knownOn"].(string)
	basis, based := p.Args["basis"].(graph.Basis)
	if known && !based {
		return graph.View{}, newFault(codeInput,
			"knownOn: say by which clock: basis: PUBLISHED for what documents had published by then, basis: RECORDED for what this database held then", nil)
	}
	if known {
		if point.KnownOn, err = basis.KnownOn(knownOn); err != nil {
			return graph.View{}, err
		}
	}
	point.Basis = basis
	return b.db.At(point), nil
}

// onOf reads the argument on: the zero interval where it is not given.
func onOf(args map[string]any) (graph.Interval, error) {
	s, ok := args["on"].(string)
	if !ok {
		return graph.Interval{}, nil
	}
	return graph.ParseOn(s)
}

// below is the view of a list within a view: at another time, where it says so.
func below(v graph.View, args map[string]any) (graph.View, error) {
	on, err := onOf(args)
	if err != nil || on.IsZero() {
		return v, err
	}
	return v.On(on), nil
}

// firstOf reads the argument first.
func firstOf(args map[string]any) (int, error) {
	n, ok := args["first"].(int)
	if !ok {
		return firstDefault, nil
	}
	if n < 0 {
		return 0, newFault(codeInput, fmt.Sprintf("first: %d: want 0 or more", n), nil)
	}
	return n, nil
}

const firstDefault = 50

func firstArg() *graphql.ArgumentConfig {
	return &graphql.ArgumentConfig{Type: graphql.Int, DefaultValue: firstDefault, Description: "At most so many."}
}

// cut shortens a list to its first n items.
func cut[T any](list []T, n int) []T { return list[:min(n, len(list))] }
