package gqlschema

import (
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/schema"
)

// kind is a kind of the ontology as the schema shows it: as a type of objects,
// or, where other kinds are of it, as an interface.
type kind struct {
	*graph.Kind
	one, list string   // root fields
	members   []string // the kinds that its entities may have, sorted
	group     bool     // other kinds are of it
	relation  bool     // all its members are relations
	apart     bool     // it has an attribute "kind" of its own, and so is no Entity
	rows      []row
	parts     []part
}

// row is a field that shows a role, a link or an attribute.
type row struct {
	name     string // in GraphQL
	property *graph.Property
	show     show
}

// show is how a row shows what it finds.
type show uint8

const (
	value   show = iota // an attribute's headline
	values              // all values of an attribute
	single              // what fills a role: the headline
	several             // all that fills a role
	textOne             // what the headline of a role says: its text
	texts               // what those who fill a role say
	textOr              // an attribute's headline, else the texts of the options
)

// part is a list of the relations in which an entity takes part, or of the
// entities that point to it.
type part struct {
	name  string   // of the field
	kind  string   // of what is listed
	roles []string // in which it takes part, in any of them, in the order of declaration
}

// kindsOf makes the kinds of an ontology, in the order of their names.
func kindsOf(o *graph.Ontology) []*kind {
	var all []*kind
	for i := range o.Kinds {
		if k := newKind(o, &o.Kinds[i]); len(k.members) > 0 {
			all = append(all, k)
		}
	}
	if o.Kind(graph.KindDocument) == nil {
		all = append(all, newKind(o, &graph.Kind{Name: graph.KindDocument, Doc: "A document that assertions stand in."}))
	}
	for _, k := range all {
		k.rows = ownRows(o, k)
	}
	for _, k := range all {
		if k.group {
			k.rows = sharedRows(all, k)
		}
	}
	for _, k := range all {
		if k.group && !k.Abstract {
			inherit(all, k)
		}
	}
	for _, k := range all {
		k.parts = partsOf(o, all, k)
	}
	for _, k := range all {
		if k.group {
			k.parts = sharedParts(all, k)
		}
	}
	return all
}

func newKind(o *graph.Ontology, declared *graph.Kind) *kind {
	k := &kind{Kind: declared, one: schema.One(declared.Name), list: schema.Many(declared), members: o.Concrete(declared.Name), relation: true}
	k.group = slices.ContainsFunc(o.Kinds, func(other graph.Kind) bool { return slices.Contains(other.Is, k.Name) })
	if declared.Name == graph.KindDocument {
		k.members = []string{declared.Name}
	}
	for _, m := range k.members {
		member := o.Kind(m)
		k.relation = k.relation && (m == k.Name && k.group || member != nil && member.Relation)
	}
	k.apart = !k.group && !k.Relation && k.Property("kind") != nil
	return k
}

// ownRows are the fields of the roles, links and attributes of a kind.
func ownRows(o *graph.Ontology, k *kind) []row {
	var rows []row
	for i := range k.Properties {
		p := &k.Properties[i]
		if p.Name == graph.PropertyName || p.Name == graph.PropertyAlias {
			continue
		}
		rows = append(rows, row{schema.Field(p), p, showOf(o, k, p)})
	}
	return rows
}

func showOf(o *graph.Ontology, k *kind, p *graph.Property) show {
	many := schema.Several(p)
	switch {
	case p.Type == graph.Reference && toldByText(o, p.Targets):
		return pick(many, texts, textOne)
	case p.Type == graph.Reference:
		return pick(many, several, single)
	case p.Name == "text" && k.Property(optionRole) != nil:
		return textOr
	}
	return pick(many, values, value)
}

// optionRole is filled by what a relation without a text of its own says.
const optionRole = "option"

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// toldByText tells whether entities of some kinds are known by what they
// belong to and by their text, and by nothing else, so that the text stands
// for them: a condition, an option.
func toldByText(o *graph.Ontology, kinds []string) bool {
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, func(name string) bool { return !isText(o.Kind(name)) })
}

func isText(k *graph.Kind) bool {
	if k == nil || k.Relation || k.Abstract || len(k.Identity) == 0 {
		return false
	}
	for _, fields := range k.Identity {
		literals := slices.DeleteFunc(slices.Clone(fields), func(f string) bool {
			p := k.Property(f)
			return p != nil && p.Type == graph.Reference
		})
		if len(literals) != 1 || literals[0] != "text" || len(fields) < 2 {
			return false
		}
	}
	return true
}

// byName finds a kind.
func byName(all []*kind, name string) *kind {
	i, ok := slices.BinarySearchFunc(all, name, func(k *kind, n string) int { return strings.Compare(k.Name, n) })
	if !ok {
		return nil
	}
	return all[i]
}

// each calls fn for the kinds of a group that are Entities and not the group itself.
func each(all []*kind, group *kind, fn func(*kind)) {
	for _, name := range group.members {
		if k := byName(all, name); k != nil && k != group && !k.apart {
			fn(k)
		}
	}
}
