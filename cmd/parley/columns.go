package main

import (
	"encoding/json"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// columns are those of the one field of an answer that has no rows, as a row
// would have them of which nothing is known: what it is asked for, by its name.
func (a *queried) columns() []string {
	doc, err := parser.ParseQuery(&ast.Source{Input: a.query})
	if err != nil || len(doc.Operations) != 1 {
		return nil // that was answered by nobody
	}
	q := selecting{fragments: doc.Fragments}
	_ = json.Unmarshal(a.variables, &q.variables) // there may be none
	root := q.fields(doc.Operations[0].SelectionSet)
	if len(root) == 0 {
		return nil
	}
	items := q.fields(root[0].SelectionSet)
	for _, name := range []string{"nodes", "edges"} { // of a connection
		if i := slices.IndexFunc(items, func(f *ast.Field) bool { return f.Alias == name && len(f.SelectionSet) > 0 }); i >= 0 {
			items = q.fields(items[i].SelectionSet)
			break
		}
	}
	if len(items) == 0 {
		return []string{root[0].Alias}
	}
	var names []string
	for _, f := range items {
		if !slices.Contains(names, f.Alias) {
			names = append(names, f.Alias)
		}
	}
	return names
}

// selecting reads what a query selects.
type selecting struct {
	fragments ast.FragmentDefinitionList
	variables map[string]any
}

// fields are those of a selection, those of its fragments among them.
func (q *selecting) fields(set ast.SelectionSet) (list []*ast.Field) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if q.wanted(s.Directives) {
				list = append(list, s)
			}
		case *ast.InlineFragment:
			if q.wanted(s.Directives) {
				list = append(list, q.fields(s.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if f := q.fragments.ForName(s.Name); f != nil && q.wanted(s.Directives) {
				list = append(list, q.fields(f.SelectionSet)...)
			}
		}
	}
	return list
}

// wanted tells whether @skip and @include leave a selection in.
func (q *selecting) wanted(list ast.DirectiveList) bool {
	says := func(directive string) (yes, said bool) {
		d := list.ForName(directive)
		if d == nil || d.Arguments.ForName("if") == nil {
			return false, false
		}
		v, err := d.Arguments.ForName("if").Value.Value(q.variables)
		yes, said = v.(bool)
		return yes, said && err == nil
	}
	skip, _ := says("skip")
	include, said := says("include")
	return !skip && (include || !said)
}
