package gqlschema

import (
	"context"
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// commonNames and happeningNames are the fields that every entity, and every
// relation, has.
var (
	commonNames    = nameSet(schema.EntityFields)
	happeningNames = nameSet(schema.RelationFields)
)

func nameSet(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// defineEntity makes the interfaces of all entities and what their fields need.
func (b *builder) defineEntity() {
	b.name = object("Name", "A name of an entity.", func() graphql.Fields {
		return graphql.Fields{
			"text":     field(must(graphql.String), "", plain(func(n graph.Name) any { return n.Text })),
			"language": field(locale, "BCP 47.", plain(func(n graph.Name) any { return stated(n.Language) })),
			"script":   field(graphql.String, "ISO 15924.", plain(func(n graph.Name) any { return stated(n.Script) })),
			"scope":    field(graphql.String, "The use that it is limited to, such as “government”.", plain(func(n graph.Name) any { return stated(n.Scope) })),
			"alias":    field(must(graphql.Boolean), "Whether it is not the name proper.", plain(func(n graph.Name) any { return n.Alias })),
		}
	})
	b.flag = object("Flag", "Something odd that is kept all the same.", func() graphql.Fields {
		return graphql.Fields{
			"kind":     field(must(graphql.String), "INCOMPLETE or ODD_STEP.", plain(func(f graph.Flag) any { return string(f.Kind) })),
			"property": field(must(graphql.String), "The role or attribute.", plain(func(f graph.Flag) any { return f.Property })),
			"detail":   field(graphql.String, "", plain(func(f graph.Flag) any { return stated(f.Detail) })),
		}
	})
	b.entity = b.over(typeEntity, "Something that claims are about.", b.common)
	b.relation = b.over(typeRelation, "What holds or takes place between entities: a meeting, a position.", b.happening)
}

// common are the fields of every entity.
func (b *builder) common() graphql.Fields {
	of := graphql.FieldConfigArgument{"property": {Type: graphql.String, Description: "Only of this role, link or attribute."}}
	return graphql.Fields{
		"id":              field(must(graphql.ID), "", plain(func(n node) any { return n.id.String() })),
		"kind":            field(must(graphql.String), "Its kind in the ontology.", fetch(node.kind)),
		"name":            field(must(graphql.String), "What it is called at the point.", fetch(node.label)),
		"label":           field(must(graphql.String), "What it is called at the point; the same as name.", fetch(node.label)),
		"names":           field(listOf(b.name), "All its names, names before aliases.", fetch(node.names)),
		"externalIds":     field(listOf(graphql.String), "The keys by which other data know it, each as scheme:id.", fetch(node.externalIDs)),
		"saidBy":          field(listOf(b.speaker), "The root speakers, the newest first.", fetch(node.saidBy)),
		"flags":           field(listOf(b.flag), "What is odd about it.", fetch(node.flags)),
		"sources":         with(field(listOf(b.source), "Who says so, the newest said first.", fetchWith(sourcesOf)), of),
		"claims":          with(field(listOf(b.claim), "What stands of it, claim by claim.", fetchWith(claimsOf)), of),
		"assertions":      field(listOf(b.assertion), "The live assertions on what stands of it, each once, the newest said first.", fetch(node.assertions)),
		"history":         with(field(listOf(b.assertion), "Every record about it, retracted ones too.", fetchWith(historyOf)), of),
		"representatives": field(listOf(b.representative), "Who stands for it: by holding an office, as an envoy, in a delegation.", fetch(node.representatives)),
		"standsFor":       field(listOf(b.representative), "For whom it stands.", fetch(node.standsFor)),
		"at":              field(must(b.point), "The point at which this is read.", plain(func(n node) any { return n.page.view })),
	}
}

// happening are the fields of every relation: those of entities, and what has
// to do with time, roles and the voice of a party.
func (b *builder) happening() graphql.Fields {
	fields := b.common()
	maps.Copy(fields, graphql.Fields{
		"date":  field(edtfScalar, "When it holds or takes place, in EDTF.", fetch(node.date)),
		"since": field(edtfScalar, "The earliest start of what stands, or of what it took over from.", fetch(node.since)),
		"age":   field(graphql.Int, "Days since it was last said, counted to the day asked about, else to today; negative where it was said later.", fetch(node.age)),
		"inItsOwnWords": field(must(graphql.Boolean), "Whether it is in the own voice of the party that it is about.",
			fetch(node.inItsOwnWords)),
		"notStated": field(listOf(graphql.String), "The roles that somebody must fill, and that nobody is stated for.", fetch(node.notStated)),
		"through":   field(listOf(b.filling), "In a list that rolls up: who fills a role for somebody that was asked for.", fetch(node.through)),
	})
	return fields
}

// kindAt is the kind of a node; "" where it cannot be read: its fields meet
// the same error.
func (n node) kindAt(ctx context.Context) string {
	e, _ := n.page.entity(ctx, n.id)
	return e.Kind
}
