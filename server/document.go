package server

import (
	"strings"

	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/language/source"
)

// document is what a request asks, parsed.
type document struct {
	text       string
	ast        *ast.Document
	operations []*ast.OperationDefinition
	fragments  map[string]*ast.FragmentDefinition
	required   map[*ast.VariableDefinition]bool // must not be null, although they have a default
}

// parse admits a document and parses it. What it returns spreads no fragment
// within itself: the library's validation would never come back from that.
func parse(text string, limits *Limits) (*document, *fault) {
	in, f := admit(text, limits)
	if f != nil {
		return nil, f
	}
	tree, f := parseAdmitted(in)
	if f != nil {
		return nil, f
	}
	doc := &document{text: text, ast: tree, fragments: map[string]*ast.FragmentDefinition{}, required: map[*ast.VariableDefinition]bool{}}
	if f := doc.sort(); f != nil {
		return nil, f
	}
	if f := doc.dropNulls(in.nulls); f != nil {
		return nil, f
	}
	doc.relax()
	return doc, doc.cycle()
}

// relax strips the mark of non-null from variables that have a default, which
// the library would refuse as pointless (GraphQL of 2016).
func (d *document) relax() {
	for _, op := range d.operations {
		for _, v := range op.VariableDefinitions {
			if t, ok := v.Type.(*ast.NonNull); ok && v.DefaultValue != nil {
				v.Type = t.Type
				d.required[v] = true
			}
		}
	}
}

// parseAdmitted runs the library's parser. Nodes keep their offsets but not the
// source: for each error the library would search it for line ends again.
func parseAdmitted(in *admitted) (tree *ast.Document, f *fault) {
	defer func() {
		if recover() != nil {
			f = faultf(codeSyntax, "the document cannot be parsed")
		}
	}()
	tree, err := parser.Parse(parser.ParseParams{Source: &source.Source{Body: in.text}, Options: parser.ParseOptions{NoSource: true}})
	if err != nil {
		return nil, syntaxFault(err)
	}
	return tree, nil
}

// syntaxFault strips the picture of the source that the library draws.
func syntaxFault(err error) *fault {
	message, _, _ := strings.Cut(err.Error(), "\n")
	if _, reason, ok := strings.Cut(message, ") "); ok {
		message = reason
	}
	f := faultf(codeSyntax, "%s", message)
	if e, ok := err.(*gqlerrors.Error); ok {
		f.at = e.Positions
	}
	return f
}

// sort files the definitions.
func (d *document) sort() *fault {
	for _, definition := range d.ast.Definitions {
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			d.operations = append(d.operations, x)
		case *ast.FragmentDefinition:
			d.fragments[x.Name.Value] = x
		default:
			return faultf(codeInvalid, "a request holds operations and fragments only").in(definition.GetLoc().Start)
		}
	}
	if len(d.operations) == 0 {
		return faultf(codeSyntax, "the document holds no operation")
	}
	return d.typed()
}

// typed finds variables without a type, which the library's parser lets pass
// and its validation panics over.
func (d *document) typed() *fault {
	for _, op := range d.operations {
		for _, v := range op.VariableDefinitions {
			if !isType(v.Type) {
				return faultf(codeSyntax, "variable $%s has no type", v.Variable.Name.Value).in(v.Loc.Start)
			}
		}
	}
	return nil
}

func isType(t ast.Type) bool {
	switch t := t.(type) {
	case *ast.Named:
		return t != nil
	case *ast.List:
		return t != nil && isType(t.Type)
	case *ast.NonNull:
		return t != nil && isType(t.Type)
	}
	return false
}

// operation finds the operation that a request names, or the only one.
func (d *document) operation(name string) (*ast.OperationDefinition, *fault) {
	if name == "" && len(d.operations) > 1 {
		return nil, faultf(codeOperation, "the document has %d operations: say which, in operationName", len(d.operations))
	}
	for _, op := range d.operations {
		if name == "" || (op.Name != nil && op.Name.Value == name) {
			return op, nil
		}
	}
	return nil, faultf(codeOperation, "no operation %q in the document", clip(name))
}

// clip shortens what a client sent for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// cycle finds a fragment that is spread within itself.
func (d *document) cycle() *fault {
	done := map[string]bool{}
	for _, definition := range d.ast.Definitions {
		f, ok := definition.(*ast.FragmentDefinition)
		if !ok {
			continue
		}
		c := cycles{doc: d, open: map[string]bool{}, done: done}
		if fault := c.fragment(f.Name.Value); fault != nil {
			return fault
		}
	}
	return nil
}

type cycles struct {
	doc        *document
	open, done map[string]bool
}

func (c *cycles) fragment(name string) *fault {
	f := c.doc.fragments[name]
	switch {
	case f == nil || c.done[name]:
		return nil
	case c.open[name]:
		return faultf(codeInvalid, "fragment %q is spread within itself", name).in(f.Loc.Start)
	}
	c.open[name] = true
	defer func() { c.done[name] = true }()
	return c.selections(f.SelectionSet)
}

func (c *cycles) selections(set *ast.SelectionSet) *fault {
	if set == nil {
		return nil
	}
	for _, s := range set.Selections {
		var f *fault
		switch s := s.(type) {
		case *ast.Field:
			f = c.selections(s.SelectionSet)
		case *ast.InlineFragment:
			f = c.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			f = c.fragment(s.Name.Value)
		}
		if f != nil {
			return f
		}
	}
	return nil
}
