package jsonl

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// placed is a part of a draft and the column at which it stands.
type placed struct {
	graph.Part
	column int
}

// places tells where the parts of an assertion stand: each part, else what it
// is a part of. It keeps their columns only.
func (rd *reader) places(o *object, d *graph.Draft) func(graph.Part) string {
	if rd.err != nil {
		return nil
	}
	var list []placed
	for _, name := range []string{"document", "asserted", "valid", "relation"} {
		if n := o.find(name); n != nil {
			list = append(list, placed{graph.Part{Name: name}, n.column})
		}
	}
	for i, n := range itemsOf(o.find("chain")) {
		list = append(list, placed{graph.Part{Name: "chain", Index: i}, n.column})
	}
	if n := o.find("relation"); n != nil {
		list = append(list, fieldPlaces(n, d.Relation)...)
	}
	for i, n := range itemsOf(o.find("claims")) {
		list = append(list, placed{graph.Part{Name: "claims", Index: i}, n.column})
		for _, m := range n.members {
			list = append(list, placed{graph.Part{Name: "claims", Index: i, Field: m.name}, m.value.column})
		}
	}
	list = slices.Clip(list)
	file, number := rd.file, rd.number
	return func(p graph.Part) string {
		for _, p := range []graph.Part{p, {Name: p.Name, Field: p.Field}, {Name: p.Name, Index: p.Index}, {Name: p.Name}} {
			if i := slices.IndexFunc(list, func(at placed) bool { return at.Part == p }); i >= 0 {
				return place.At(file, number, list[i].column)
			}
		}
		return ""
	}
}

// fieldPlaces tells where the values of a relation's fields stand, which the
// draft has in the order of the object.
func fieldPlaces(relation *node, r *graph.Relation) []placed {
	var list []placed
	next := 0
	for i := range relation.members {
		m := &relation.members[i]
		if reserved(m.name) {
			continue
		}
		name := r.Fields[next].Name
		next++
		for j, n := range itemsOf(&m.value) {
			list = append(list, placed{graph.Part{Name: "relation", Index: j, Field: name}, n.column})
		}
	}
	return list
}

// itemsOf are the items of an array, or the one value that stands in its place.
func itemsOf(n *node) []node {
	switch {
	case n == nil:
		return nil
	case n.kind == jsontext.KindBeginArray:
		return n.items
	}
	return []node{*n}
}
