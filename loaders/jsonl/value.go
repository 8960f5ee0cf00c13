package jsonl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// relation reads a relation, or an entity that is described in place. Its kind
// is stated, or else the only one that may stand there.
func (rd *reader) relation(o *object, only string) *graph.Relation {
	r := &graph.Relation{Kind: only, Key: o.key("key")}
	if n := o.string("kind"); n != nil {
		if k := rd.ontology.Kind(only); k != nil && k.Property("kind") != nil && rd.ontology.Kind(n.text) == nil {
			rd.fail(n.column, fmt.Sprintf("unknown kind %q", n.text), fmt.Sprintf("the property is written %q", only+".kind"))
		}
		r.Kind = rd.kind(n)
	} else if only == "" {
		o.need("a relation", "kind")
	}
	kind := rd.ontology.Kind(r.Kind)
	if kind == nil || rd.err != nil {
		return r
	}
	for i := range o.members {
		m := &o.members[i]
		if reserved(m.name) {
			continue
		}
		p := fieldOf(kind, m.name)
		if p == nil {
			rd.unknownProperty(m.column, m.name, fieldsOf(kind))
			break
		}
		r.Fields = append(r.Fields, graph.Field{Name: p.Name, Values: rd.fillers(&m.value, p)})
	}
	return r
}

// reserved tells whether a name belongs to the format. A property of that name
// is written with its kind: Deadline.kind.
func reserved(name string) bool { return name == "kind" || name == "key" }

// fieldOf finds a property by the name that it has in the format.
func fieldOf(k *graph.Kind, name string) *graph.Property {
	bare, qualified := strings.CutPrefix(name, k.Name+".")
	if qualified != reserved(bare) {
		return nil
	}
	return k.Property(bare)
}

// fieldsOf lists the names that the properties of a kind have in the format.
func fieldsOf(k *graph.Kind) []string {
	var names []string
	for _, p := range k.Properties {
		if reserved(p.Name) {
			names = append(names, k.Name+"."+p.Name)
		} else {
			names = append(names, p.Name)
		}
	}
	return names
}

// kind reads the name of a kind that entities may have.
func (rd *reader) kind(n *node) string {
	if k := rd.ontology.Kind(n.text); k == nil || k.Abstract {
		rd.fail(n.column, fmt.Sprintf("unknown kind %q", n.text), place.Suggest(n.text, rd.kinds()))
	}
	return n.text
}

func (rd *reader) kinds() []string {
	var names []string
	for _, k := range rd.ontology.Kinds {
		if !k.Abstract {
			names = append(names, k.Name)
		}
	}
	return names
}

func (rd *reader) unknownProperty(column int, name string, known []string) {
	rd.fail(column, fmt.Sprintf("unknown property %q", name), place.Suggest(name, known))
}

// fillers reads what fills a field: a value or an array of values.
func (rd *reader) fillers(n *node, p *graph.Property) []graph.Filler {
	if n.kind != jsontext.KindBeginArray {
		return []graph.Filler{rd.filler(n, p)}
	}
	rd.filled(n, p.Name)
	var list []graph.Filler
	for i := range n.items {
		list = append(list, rd.filler(&n.items[i], p))
	}
	return list
}

func (rd *reader) filler(n *node, p *graph.Property) graph.Filler {
	if p.Type == graph.Reference && n.kind == jsontext.KindBeginObject {
		return graph.Filler{Inline: rd.inline(rd.object(n, p.Name), p)}
	}
	return graph.Filler{Value: rd.value(n, p)}
}

// inline reads an entity that is described in place.
func (rd *reader) inline(o *object, p *graph.Property) *graph.Relation {
	var kinds []string
	for _, target := range p.Targets {
		kinds = append(kinds, rd.ontology.Concrete(target)...)
	}
	if len(kinds) == 1 {
		return rd.relation(o, kinds[0])
	}
	if !o.has("kind") {
		rd.fail(o.column, p.Name+" has no kind", `add "kind": `+strings.Join(kinds, " or "))
	}
	return rd.relation(o, "")
}

// value reads a value by the type that its property declares.
func (rd *reader) value(n *node, p *graph.Property) graph.Value {
	switch p.Type {
	case graph.Reference:
		return graph.RefOf(graph.Ref{Key: rd.key(n, p.Name)})
	case graph.Integer, graph.Number:
		return rd.numeral(n, p)
	case graph.Boolean:
		return graph.BooleanOf(rd.boolean(n, p.Name))
	}
	if p.Type == graph.Text && n.kind == jsontext.KindBeginObject {
		return rd.name(rd.object(n, p.Name))
	}
	if n.kind != jsontext.KindString {
		rd.wrongType(n, p.Name, wanted[p.Type])
		return graph.Value{}
	}
	if !rd.stated(n, p.Name) {
		return graph.Value{}
	}
	return rd.literal(n, p)
}

var wanted = map[graph.ValueType]string{
	graph.Text:    `a string or an object such as {"text":"Україна","lang":"uk"}`,
	graph.Code:    "a string",
	graph.Date:    "an EDTF date as a string",
	graph.Integer: "a whole number",
	graph.Number:  "a number",
}

// literal reads what is written as a string.
func (rd *reader) literal(n *node, p *graph.Property) graph.Value {
	switch p.Type {
	case graph.Code:
		if e := rd.ontology.Enum(p.Enum); e != nil && !slices.Contains(e.Values, n.text) {
			rd.fail(n.column, fmt.Sprintf("unknown %s %q", e.Name, n.text), place.Suggest(n.text, e.Values))
		}
		return graph.CodeOf(n.text)
	case graph.Date:
		v, err := graph.DateOf(n.text)
		if err != nil {
			rd.badDate(n, err)
		}
		return v
	}
	return graph.TextOf(n.text)
}

// name reads a text with its language, script and scope.
func (rd *reader) name(o *object) graph.Value {
	o.need("a text", "text")
	v := graph.NameOf(o.text("text"), o.text("lang"), o.text("script"), o.text("scope"))
	o.done()
	return v
}

func (rd *reader) numeral(n *node, p *graph.Property) graph.Value {
	if n.kind != jsontext.KindNumber {
		rd.wrongType(n, p.Name, wanted[p.Type])
		return graph.Value{}
	}
	if p.Type == graph.Integer {
		i, err := strconv.ParseInt(n.text, 10, 64)
		if err != nil {
			rd.fail(n.column, fmt.Sprintf("%s is %s", p.Name, n.text), "want a whole number of at most 64 bits")
		}
		return graph.IntegerOf(i)
	}
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		rd.fail(n.column, fmt.Sprintf("%s is %s", p.Name, n.text), "want a number that a double can hold")
	}
	return graph.NumberOf(f)
}
