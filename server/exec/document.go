package exec

import (
	"errors"
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
	tokens     int
	operations []*ast.OperationDefinition
	fragments  map[string]*ast.FragmentDefinition
	directives map[*ast.VariableDefinition][]*ast.Directive
}

// parse admits a document and parses it. What it returns spreads no fragment
// within itself: nothing that walks it would ever come back from that.
func parse(text string, limits *Limits) (*document, *Error) {
	in, e := admit(text, limits)
	if e != nil {
		return nil, e
	}
	tree, e := parseAdmitted(in.text)
	if e != nil {
		return nil, e
	}
	in.restore(tree)
	d := &document{text: text, ast: tree, tokens: in.tokens, fragments: map[string]*ast.FragmentDefinition{}}
	if e := d.sort(); e != nil {
		return nil, e
	}
	if e := d.direct(in); e != nil {
		return nil, e
	}
	return d, d.cycle()
}

// parseAdmitted runs the library's parser. Nodes keep their offsets but not the
// source: for each error the library would search it for line ends again.
func parseAdmitted(text []byte) (tree *ast.Document, e *Error) {
	defer func() {
		if recover() != nil {
			e = Errorf(CodeSyntax, "the document cannot be parsed")
		}
	}()
	tree, err := parser.Parse(parser.ParseParams{Source: &source.Source{Body: text}, Options: parser.ParseOptions{NoSource: true}})
	if err != nil {
		return nil, syntaxError(err)
	}
	return tree, nil
}

// syntaxError strips the picture of the source that the library draws.
func syntaxError(err error) *Error {
	message, _, _ := strings.Cut(err.Error(), "\n")
	if _, reason, ok := strings.Cut(message, ") "); ok {
		message = reason
	}
	e := Errorf(CodeSyntax, "%s", message)
	var located *gqlerrors.Error
	if errors.As(err, &located) {
		e.at = located.Positions
	}
	return e
}

// sort files the definitions.
func (d *document) sort() *Error {
	for _, definition := range d.ast.Definitions {
		switch x := definition.(type) {
		case *ast.OperationDefinition:
			d.operations = append(d.operations, x)
		case *ast.FragmentDefinition:
			if d.fragments[x.Name.Value] == nil { // a second one is an error of its own
				d.fragments[x.Name.Value] = x
			}
		default:
			return Errorf(CodeInvalid, "a request holds operations and fragments only").in(definition.GetLoc().Start)
		}
	}
	if len(d.operations) == 0 {
		return Errorf(CodeSyntax, "the document holds no operation").in(d.ast.Definitions[0].GetLoc().Start)
	}
	return d.typed()
}

// typed finds variables without a type, which the library's parser lets pass.
func (d *document) typed() *Error {
	for _, op := range d.operations {
		for _, v := range op.VariableDefinitions {
			if !isType(v.Type) {
				return Errorf(CodeSyntax, "variable $%s has no type", v.Variable.Name.Value).in(v.Loc.Start)
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

// direct gives variables their directives, which are parsed as those of a
// field would be, where they stand.
func (d *document) direct(in *admitted) *Error {
	if in.hidden == nil {
		return nil
	}
	copy(in.hidden, "{a")
	tree, e := parseAdmitted(append(in.hidden, '}'))
	if e != nil {
		return e
	}
	in.restore(tree)
	d.directives = map[*ast.VariableDefinition][]*ast.Directive{}
	set := tree.Definitions[0].(*ast.OperationDefinition).SelectionSet
	for _, x := range set.Selections[0].(*ast.Field).Directives {
		v := d.variableBefore(x.Loc.Start)
		if v == nil {
			return Errorf(CodeSyntax, "unexpected '@'").in(x.Loc.Start)
		}
		d.directives[v] = append(d.directives[v], x)
	}
	return nil
}

// variableBefore is the definition that ends before an offset and is nearest.
func (d *document) variableBefore(offset int) (found *ast.VariableDefinition) {
	for _, op := range d.operations {
		for _, v := range op.VariableDefinitions {
			if v.Loc.Start > offset {
				return found
			}
			if found = v; v.Loc.End > offset {
				return nil
			}
		}
	}
	return found
}

// nameless lists the operations without a name that are not the only one.
func (d *document) nameless() (list Errors) {
	for _, op := range d.operations {
		if op.Name == nil && len(d.operations) > 1 {
			list = append(list, Errorf(CodeInvalid, "an operation without a name must be the only one").in(op.Loc.Start))
		}
	}
	return list
}

// operation finds the operation that a request names, or the only one.
func (d *document) operation(name string) (*ast.OperationDefinition, *Error) {
	if name == "" && len(d.operations) > 1 {
		return nil, Errorf(CodeOperation, "the document has %d operations: say which, in operationName", len(d.operations))
	}
	for _, op := range d.operations {
		if name == "" || (op.Name != nil && op.Name.Value == name) {
			return op, nil
		}
	}
	return nil, Errorf(CodeOperation, "no operation %q in the document", clip(name))
}

// cycle finds a fragment that is spread within itself.
func (d *document) cycle() *Error {
	done := map[string]bool{}
	for _, definition := range d.ast.Definitions {
		f, ok := definition.(*ast.FragmentDefinition)
		if !ok {
			continue
		}
		c := cycles{doc: d, open: map[string]bool{}, done: done}
		if e := c.selections(f.SelectionSet, f.Name.Value); e != nil {
			return e
		}
	}
	return nil
}

type cycles struct {
	doc        *document
	open, done map[string]bool
}

func (c *cycles) spread(s *ast.FragmentSpread) *Error {
	name := s.Name.Value
	f := c.doc.fragments[name]
	switch {
	case f == nil || c.done[name]:
		return nil
	case c.open[name]:
		return Errorf(CodeInvalid, "fragment %q is spread within itself", name).in(s.Loc.Start)
	}
	return c.selections(f.SelectionSet, name)
}

// selections looks through the selections of a fragment; "" of a part of one.
func (c *cycles) selections(set *ast.SelectionSet, of string) *Error {
	if set == nil {
		return nil
	}
	if of != "" {
		c.open[of] = true
		defer func() { c.done[of] = true }()
	}
	for _, s := range set.Selections {
		var e *Error
		switch s := s.(type) {
		case *ast.Field:
			e = c.selections(s.SelectionSet, "")
		case *ast.InlineFragment:
			e = c.selections(s.SelectionSet, "")
		case *ast.FragmentSpread:
			e = c.spread(s)
		}
		if e != nil {
			return e
		}
	}
	return nil
}
