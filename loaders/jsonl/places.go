package jsonl

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// placed is a part of a draft and the column at which it stands, with its words
// by number: there are as many as there are values in a file.
type placed struct {
	name, field   uint32
	index, column uint32
}

// placedParts are parts of one draft.
type placedParts struct {
	words []string
	list  []placed
}

func (s *placedParts) add(p graph.Part, column int) {
	s.list = append(s.list, placed{s.word(p.Name), s.word(p.Field), uint32(p.Index), uint32(column)})
}

// word numbers a word.
func (s *placedParts) word(w string) uint32 {
	i := slices.Index(s.words, w)
	if i < 0 {
		i, s.words = len(s.words), append(s.words, w)
	}
	return uint32(i)
}

func (s *placedParts) find(p graph.Part) (column int, ok bool) {
	name, field := slices.Index(s.words, p.Name), slices.Index(s.words, p.Field)
	for _, at := range s.list {
		if int(at.name) == name && int(at.field) == field && int(at.index) == p.Index {
			return int(at.column), true
		}
	}
	return 0, false
}

// places tells where the parts of an assertion stand: each part, else what it
// is a part of. It keeps their columns only.
func (rd *reader) places(o *object, d *graph.Draft) func(graph.Part) string {
	if rd.err != nil {
		return nil
	}
	var parts placedParts
	for _, name := range []string{"document", "asserted", "valid", "relation"} {
		if n := o.find(name); n != nil {
			parts.add(graph.Part{Name: name}, n.column)
		}
	}
	for i, n := range itemsOf(o.find("chain")) {
		parts.add(graph.Part{Name: "chain", Index: i}, n.column)
	}
	if n := o.find("relation"); n != nil {
		parts.addFields(n, d.Relation)
	}
	for i, n := range itemsOf(o.find("claims")) {
		parts.add(graph.Part{Name: "claims", Index: i}, n.column)
		for _, m := range n.members {
			parts.add(graph.Part{Name: "claims", Index: i, Field: m.name}, m.value.column)
		}
	}
	parts.list = slices.Clone(parts.list)
	file, number := rd.file, rd.number
	return func(p graph.Part) string {
		for _, p := range []graph.Part{p, {Name: p.Name, Field: p.Field}, {Name: p.Name, Index: p.Index}, {Name: p.Name}} {
			if column, ok := parts.find(p); ok {
				return place.At(file, number, column)
			}
		}
		return ""
	}
}

// addFields adds the values of a relation's fields, which the draft has in the
// order of the object.
func (s *placedParts) addFields(relation *node, r *graph.Relation) {
	next := 0
	for i := range relation.members {
		m := &relation.members[i]
		if reserved(m.name) {
			continue
		}
		name := r.Fields[next].Name
		next++
		for j, n := range itemsOf(&m.value) {
			s.add(graph.Part{Name: "relation", Index: j, Field: name}, n.column)
		}
	}
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
