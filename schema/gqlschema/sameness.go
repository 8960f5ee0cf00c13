package gqlschema

import (
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// countIn reads an argument that is a number within bounds.
func countIn(args map[string]any, arg string, least, most int) (int, error) {
	n, ok := args[arg].(int)
	if ok && (n < least || n > most) {
		return 0, newFault(codeInput, fmt.Sprintf("%s: %d: want %d to %d", arg, n, least, most), nil)
	}
	return n, nil
}

// rootStandsFor lists who stands for a party.
func (b *builder) rootStandsFor() *graphql.Field {
	args := graphql.FieldConfigArgument{"party": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."}}
	return b.root(listOf(b.representative), "Who stands for a party: those with the shortest path first.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		id, err := b.find(p, v, "party", nil)
		if err != nil {
			return nil, err
		}
		return node{b.page(v, []graph.EntityID{id}), id}.representatives(p.Context)
	})
}

// proposal is what the type Proposal resolves from.
type proposal struct {
	page *page
	*graph.Proposal
}

// rootProposals lists what an entity may be the same as.
func (b *builder) rootProposals() *graphql.Field {
	likely := object("Proposal", "Two entities that may be one: a likeness is proposed, never assumed.", func() graphql.Fields {
		return graphql.Fields{
			"one":   field(must(b.entity), "The one recorded first.", plain(func(m proposal) any { return node{m.page, m.One.ID} })),
			"other": field(must(b.entity), "", plain(func(m proposal) any { return node{m.page, m.Other.ID} })),
			"why":   field(must(graphql.String), "SAME_NAME, SAME_LETTERS or SAME_PARTICIPANTS.", plain(func(m proposal) any { return string(m.Why) })),
			"text":  field(must(graphql.String), "The proposal in a line.", plain(func(m proposal) any { return m.String() })),
			"days":  field(must(graphql.Int), "Of SAME_PARTICIPANTS: how many days lie between them.", plain(func(m proposal) any { return m.Days })),
		}
	})
	args := graphql.FieldConfigArgument{"of": {Type: must(graphql.String).(graphql.Input), Description: "By name, id or key."}, "first": firstArg()}
	return b.root(listOf(likely), "What an entity may be the same as.", args, func(p graphql.ResolveParams, v graph.View) (any, error) {
		first, err := firstOf(p.Args)
		if err != nil {
			return nil, err
		}
		id, err := b.find(p, v, "of", nil)
		if err != nil {
			return nil, err
		}
		found, err := v.Proposals(p.Context, id)
		found = cut(found, first)
		var ids []graph.EntityID
		for _, m := range found {
			ids = append(ids, m.One.ID, m.Other.ID)
		}
		pg := b.page(v, ids)
		list := make([]proposal, len(found))
		for i := range found {
			list[i] = proposal{pg, &found[i]}
		}
		return list, err
	})
}
