package gqlschema

import (
	"maps"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
)

// The types of entities beside those of the kinds.
const (
	typeNode     = "Node"        // the interface: whatever has an id
	typeEntity   = "Entity"      // the interface: whatever claims are about
	typeRelation = "Relation"    // the interface: what holds or takes place between entities
	typeOther    = "OtherEntity" // an entity of a kind that has no type of its own, or one that is no Entity
)

// define makes all types but the root.
func (b *builder) define() {
	b.basis = enumOf("Basis", "By which clock something is known.",
		enumValue{"RECORDED", graph.Recorded, "As this database held it then."},
		enumValue{"PUBLISHED", graph.Published, "As documents had published it by then."})
	b.policy = enumOf("Policy", "Which assertions count, and how one is chosen among several.",
		enumValue{"ALL_SIDES", graph.AllSides, "All count, and nothing is chosen."},
		enumValue{"SELF_ONLY", graph.SelfOnly, "Those in a party's own voice, and those in nobody's."},
		enumValue{"LATEST", graph.Latest, "All count; of what stands in one key only what was said last is shown."})
	b.undated = enumOf("Undated", "From when documents count, with basis PUBLISHED, that say neither when they came out nor when they were retrieved.",
		enumValue{"FROM_RECORDED", graph.FromRecorded, "From when this database recorded them."},
		enumValue{"FROM_ASSERTED", graph.FromAsserted, "What they quote from the end of the day when its speaker spoke, if that is told and earlier."})
	b.direction = enumOf("Direction", "Of a link or role, seen from the entity asked about.",
		enumValue{"BOTH", graph.Both, ""}, enumValue{"OUT", graph.Out, ""}, enumValue{"IN", graph.In, ""})
	b.node = graphql.NewInterface(graphql.InterfaceConfig{Name: typeNode, Description: "Whatever has an id of its own.",
		Fields: graphql.Fields{"id": {Type: must(graphql.ID)}}, ResolveType: b.resolveNode})
	b.definePoint()
	b.defineEntity()
	b.defineStandIns()
	b.defineEvidence()
	b.defineClaim()
	b.defineNeighbor()
	for _, k := range b.kinds {
		if k.group {
			b.interfaces[k.Name] = b.over(k.Name, k.Doc, func() graphql.Fields { return b.fieldsOf(k) })
		}
	}
	for _, k := range b.kinds {
		switch {
		case k.group && k.Abstract:
		case k.group:
			b.objects[k.Name] = b.objectOf(k, "Other"+k.Name, "Of no kind that is known more closely. "+k.Doc)
		default:
			b.objects[k.Name] = b.objectOf(k, k.Name, k.Doc)
		}
	}
	b.objects[typeOther] = b.otherEntity()
	b.defineAnswers()
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

// over makes an interface that types of entities implement.
func (b *builder) over(name, doc string, fields func() graphql.Fields) *graphql.Interface {
	return graphql.NewInterface(graphql.InterfaceConfig{
		Name: name, Description: doc,
		Fields: graphql.FieldsThunk(fields),
		ResolveType: func(p graphql.ResolveTypeParams) *graphql.Object {
			if n, ok := p.Value.(node); ok {
				return b.typeOf(n.kindAt(p.Context))
			}
			return nil
		},
	})
}

// resolveNode tells entities, claims and assertions apart.
func (b *builder) resolveNode(p graphql.ResolveTypeParams) *graphql.Object {
	switch v := p.Value.(type) {
	case node:
		name := v.kindAt(p.Context)
		if k := b.kindOf(name); k != nil && k.apart {
			return b.objects[name]
		}
		return b.typeOf(name)
	case claim:
		return b.claim
	case source:
		return b.assertion
	}
	return nil
}

// objectOf makes the type of a kind.
func (b *builder) objectOf(k *kind, name, doc string) *graphql.Object {
	return object(name, doc, func() graphql.Fields { return b.fieldsOf(k) }, b.implemented(k)...)
}

// implemented lists the interfaces of a kind's objects.
func (b *builder) implemented(k *kind) []*graphql.Interface {
	list := []*graphql.Interface{b.node}
	if k.apart {
		return list
	}
	list = append(list, b.entity)
	if k.relation {
		list = append(list, b.relation)
	}
	for _, g := range b.kinds {
		if g.group && (g == k || b.ontology.IsA(k.Name, g.Name)) {
			list = append(list, b.interfaces[g.Name])
		}
	}
	return list
}

// fieldsOf makes the fields of a kind.
func (b *builder) fieldsOf(k *kind) graphql.Fields {
	fields := b.common()
	if k.relation {
		fields = b.happening()
	}
	if k.apart {
		delete(fields, "kind")
	}
	if k.Name == graph.KindDocument {
		maps.Copy(fields, documentFields())
	}
	for i := range k.rows {
		b.rowFields(fields, &k.rows[i])
	}
	for _, p := range k.parts {
		b.partFields(fields, p)
	}
	if k.Name == kindNegotiation {
		b.answerFields(fields)
	}
	return fields
}

// otherEntity is the type of what has none of its own. It stands in the groups
// to which kinds belong that are no Entities.
func (b *builder) otherEntity() *graphql.Object {
	implements := []*graphql.Interface{b.node, b.entity, b.relation}
	var groups []*kind
	for _, g := range b.kinds {
		for _, m := range g.members {
			if k := b.kindOf(m); g.group && k != nil && k.apart && !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	for _, g := range groups {
		implements = append(implements, b.interfaces[g.Name])
	}
	return object(typeOther, "An entity of a kind without a type of its own.", func() graphql.Fields {
		fields := b.happening()
		for _, g := range groups {
			maps.Copy(fields, b.fieldsOf(g))
		}
		maps.Copy(fields, b.happening())
		return fields
	}, implements...)
}
