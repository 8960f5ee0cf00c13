package gqlschema

import (
	"context"
	"fmt"
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// pointArgs are the arguments that every root field has, one by one or
// together as at.
func (b *builder) pointArgs() graphql.FieldConfigArgument {
	args := graphql.FieldConfigArgument{}
	for name, f := range b.pointFields() {
		args[name] = &graphql.ArgumentConfig{Type: f.Type, Description: f.Description}
	}
	args["at"] = &graphql.ArgumentConfig{Type: b.atInput(), Description: "The point in one; goes without the single arguments."}
	return args
}

func (b *builder) pointFields() graphql.InputObjectConfigFieldMap {
	return graphql.InputObjectConfigFieldMap{
		"on":      {Type: edtfScalar, Description: onDoc},
		"knownOn": {Type: graphql.String, Description: "As known on: a day, month or year in EDTF, which means its end, an instant, or, with basis RECORDED, tx:NUMBER. Default: all that is known. Goes with basis."},
		"basis":   {Type: b.basis, Description: "The clock of knownOn; must be given with it."},
		"policy":  {Type: b.policy, Description: "Which assertions count, and how one is chosen among several. Default: ALL_SIDES."},
		"undated": {Type: b.undated, Description: undatedDoc},
	}
}

const undatedDoc = "From when undated documents count, with basis PUBLISHED. Default: FROM_RECORDED."

const onDoc = "What held on: a day, an instant or an interval, in EDTF. Default: any time."

func (b *builder) atInput() graphql.Input {
	return b.input("AtInput", "A point: what held on, as known on.", b.pointFields)
}

// definePoint makes the type of the point at which something is read.
func (b *builder) definePoint() {
	b.point = object("Point", "The point at which something is read.", func() graphql.Fields {
		return graphql.Fields{
			"on":          field(edtfScalar, "What held on; nothing where it is any time.", plain(func(v graph.View) any { return onText(v.Point().On) })),
			"knownOn":     field(graphql.String, "As known on, as a transaction; nothing where it is all that is known.", plain(knownOnText)),
			"basis":       field(must(b.basis), "The clock of knownOn.", plain(func(v graph.View) any { return v.Point().Basis })),
			"policy":      field(must(b.policy), "Which assertions count.", plain(func(v graph.View) any { return v.Point().Policy })),
			"undated":     field(must(b.undated), "From when undated documents count, with basis PUBLISHED.", plain(func(v graph.View) any { return v.Point().Undated })),
			"transaction": field(must(graphql.String), "The newest transaction that the answer knows.", plain(func(v graph.View) any { return graph.FormatTS(v.TS()) })),
			"undatedDocuments": field(must(graphql.Int), "The documents that do not say when they came out.", fetch(func(v graph.View, ctx context.Context) (any, error) {
				return v.UndatedDocuments(ctx)
			})),
		}
	})
}

// onText is an interval as its first and last instant, in EDTF.
func onText(i graph.Interval) any {
	if i.IsZero() {
		return nil
	}
	end := func(t graph.Time) string {
		if t == graph.MinTime || t == graph.MaxTime {
			return ".."
		}
		return t.String()
	}
	last := i.To
	if last != graph.MaxTime {
		last--
	}
	return end(i.From) + "/" + end(last)
}

func knownOnText(v graph.View) any {
	if v.Point().KnownOn == 0 {
		return nil
	}
	return graph.FormatTS(v.Point().KnownOn)
}

// pointOf reads the point of a root field.
func pointOf(p graphql.ResolveParams) (graph.Point, error) {
	point := requestOf(p.Context).point()
	args, err := pointIn(p.Args)
	if err != nil {
		return point, err
	}
	if on, err := onOf(args); err != nil {
		return point, err
	} else if !on.IsZero() {
		point.On = on
	}
	knownOn, known := args["knownOn"].(string)
	basis, based := args["basis"].(graph.Basis)
	if known && !based {
		return point, newFault(codeInput,
			"knownOn: say by which clock: basis: PUBLISHED for what documents had published by then, basis: RECORDED for what this database held then", nil)
	}
	if known {
		if point.KnownOn, err = basis.KnownOn(knownOn); err != nil {
			return point, err
		}
	}
	if based {
		point.Basis = basis
	}
	weighed(&point, args)
	return point, nil
}

// weighed reads which assertions count at a point, and from when.
func weighed(point *graph.Point, args map[string]any) {
	if policy, ok := args["policy"].(graph.Policy); ok {
		point.Policy = policy
	}
	if undated, ok := args["undated"].(graph.Undated); ok {
		point.Undated = undated
	}
}

// pointIn are the arguments of the point, wherever they are given.
func pointIn(args map[string]any) (map[string]any, error) {
	at, ok := args["at"].(map[string]any)
	if !ok {
		return args, nil
	}
	for _, name := range []string{"on", "knownOn", "basis", "policy", "undated"} {
		if _, ok := args[name]; ok {
			return nil, newFault(codeInput, fmt.Sprintf("%s and at: give one of them", name), nil)
		}
	}
	return maps.Clone(at), nil
}

// view takes the view of a root field.
func (b *builder) view(p graphql.ResolveParams) (graph.View, error) {
	point, err := pointOf(p)
	if err != nil {
		return graph.View{}, err
	}
	return resumed(p, b.at(p.Context, point)), nil
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
