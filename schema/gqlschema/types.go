package gqlschema

import (
	"context"
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// define makes all types but the root.
func (b *builder) define() {
	b.basis = enumOf("Basis", "By which clock something is known.",
		enumValue{"RECORDED", graph.Recorded, "As this database held it then."},
		enumValue{"PUBLISHED", graph.Published, "As documents had published it by then."})
	b.direction = enumOf("Direction", "Of a link or role, seen from the entity asked about.",
		enumValue{"BOTH", graph.Both, ""}, enumValue{"OUT", graph.Out, ""}, enumValue{"IN", graph.In, ""})
	b.defineEntity()
	b.defineEvidence()
	b.defineClaim()
	for _, k := range b.kinds {
		b.objects[k.name] = b.objectOf(k)
	}
	b.objects[typeOther] = object(typeOther, "An entity of a kind without a type of its own.", b.happening, b.entity, b.relation)
}

type enumValue struct {
	name  string
	value any
	doc   string
}

func enumOf(name, doc string, values ...enumValue) *graphql.Enum {
	config := graphql.EnumValueConfigMap{}
	for _, v := range values {
		config[v.name] = &graphql.EnumValueConfig{Value: v.value, Description: v.doc}
	}
	return graphql.NewEnum(graphql.EnumConfig{Name: name, Description: doc, Values: config})
}

// defineEntity makes the interface of all entities and what its fields need.
func (b *builder) defineEntity() {
	b.name = object("Name", "A name of an entity.", func() graphql.Fields {
		return graphql.Fields{
			"text":     field(must(graphql.String), "", plain(func(n graph.Name) any { return n.Text })),
			"language": field(graphql.String, "BCP 47.", plain(func(n graph.Name) any { return stated(n.Language) })),
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

// over makes an interface that types of entities implement.
func (b *builder) over(name, doc string, fields func() graphql.Fields) *graphql.Interface {
	return graphql.NewInterface(graphql.InterfaceConfig{
		Name: name, Description: doc,
		Fields: graphql.FieldsThunk(fields),
		ResolveType: func(p graphql.ResolveTypeParams) *graphql.Object {
			n, ok := p.Value.(node)
			if !ok {
				return nil
			}
			e, err := n.page.entity(p.Context, n.id)
			if err != nil {
				return b.objects[typeOther] // whose fields meet the same error
			}
			return b.typeOf(e.Kind)
		},
	})
}

// common are the fields of every entity.
func (b *builder) common() graphql.Fields {
	return graphql.Fields{
		"id":          field(must(graphql.ID), "", plain(func(n node) any { return n.id.String() })),
		"kind":        field(must(graphql.String), "Its kind in the ontology.", fetch(node.kind)),
		"name":        field(must(graphql.String), "What it is called at the point.", fetch(node.label)),
		"label":       field(must(graphql.String), "What it is called at the point; the same as name.", fetch(node.label)),
		"names":       field(listOf(b.name), "All its names, names before aliases.", fetch(node.names)),
		"externalIds": field(listOf(graphql.String), "The keys by which other data know it, each as scheme:id.", fetch(node.externalIDs)),
		"saidBy":      field(listOf(b.speaker), "The root speakers, the newest first.", fetch(node.saidBy)),
		"flags":       field(listOf(b.flag), "What is odd about it.", fetch(node.flags)),
		"sources":     field(listOf(b.source), "Who says so, the newest said first.", fetch(node.sources)),
		"claims": with(field(listOf(b.claim), "What stands of it, claim by claim.", fetchWith(claimsOf)),
			graphql.FieldConfigArgument{"property": {Type: graphql.String}}),
		"history": with(field(listOf(b.assertion), "Every record about it, retracted ones too.", fetchWith(historyOf)),
			graphql.FieldConfigArgument{"property": {Type: graphql.String}}),
	}
}

// happening are the fields of every relation: those of entities, and what has
// to do with time, roles and the voice of a party.
func (b *builder) happening() graphql.Fields {
	fields := b.common()
	maps.Copy(fields, graphql.Fields{
		"date":  field(graphql.String, "When it holds or takes place, in EDTF.", fetch(node.date)),
		"since": field(graphql.String, "The earliest start of what stands, or of what it took over from.", fetch(node.since)),
		"age":   field(graphql.Int, "Days since it was last said, counted to the day asked about, else to today; negative where it was said later.", fetch(node.age)),
		"inItsOwnWords": field(must(graphql.Boolean), "Whether it is in the own voice of the party that it is about.",
			fetch(node.inItsOwnWords)),
		"notStated": field(listOf(graphql.String), "The roles that somebody must fill, and that nobody is stated for.", fetch(node.notStated)),
	})
	return fields
}

// objectOf makes the type of a row of the table.
func (b *builder) objectOf(k kind) *graphql.Object {
	if k.name == typeDeadline {
		return object(k.name, k.doc, func() graphql.Fields {
			fields := graphql.Fields{"id": b.common()["id"], "label": b.common()["label"], "sources": b.common()["sources"]}
			maps.Copy(fields, b.rowFields(k))
			return fields
		})
	}
	implements, common := []*graphql.Interface{b.entity}, b.common
	if k.relation {
		implements, common = append(implements, b.relation), b.happening
	}
	return object(k.name, k.doc, func() graphql.Fields {
		fields := common()
		maps.Copy(fields, b.rowFields(k))
		for _, p := range k.parts {
			fields[p.name] = b.partField(p)
		}
		return fields
	}, implements...)
}

// rowFields makes the fields of a kind's roles and attributes.
func (b *builder) rowFields(k kind) graphql.Fields {
	fields := graphql.Fields{}
	for _, r := range k.rows {
		p := b.property(k.name, r.property)
		switch r.show {
		case single:
			fields[r.name] = field(b.output(r.of), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.fillsFirst(ctx, r.property) }))
		case several:
			fields[r.name] = field(listOf(b.output(r.of)), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.fills(ctx, r.property) }))
		case texts:
			fields[r.name] = field(listOf(graphql.String), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.texts(ctx, r.property) }))
		case textOne:
			fields[r.name] = field(graphql.String, p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.textFirst(ctx, r.property) }))
		case textOr:
			fields[r.name] = field(graphql.String, p.Doc, fetch(node.textOrOptions))
		default:
			fields[r.name] = field(b.attributeType(p), p.Doc, fetch(func(n node, ctx context.Context) (any, error) { return n.headline(ctx, r.property) }))
		}
	}
	return fields
}
