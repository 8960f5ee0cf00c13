package schema

import (
	_ "embed" // the shipped ontology
	"errors"
	"fmt"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/parleydb/parley/graph"
)

//go:embed directives.graphql
var directives string

//go:embed negotiation.graphql
var negotiation string

//go:embed cameo.graphql
var cameo string

// Source is one file of an ontology.
type Source struct{ Name, Text string }

// Directives is the file that documents the directives.
func Directives() Source { return Source{"directives.graphql", directives} }

// Shipped lists the files of the negotiation ontology.
func Shipped() []Source {
	return []Source{{"negotiation.graphql", negotiation}, {"cameo.graphql", cameo}}
}

// Name and version of the ontology that is shipped.
const (
	Name    = "negotiation"
	Version = "1"
)

// Negotiation returns the ontology that is shipped: the negotiation kinds and
// the CAMEO codes. It is compiled once and shared, and must not be changed.
var Negotiation = sync.OnceValue(func() *graph.Ontology {
	o, err := Parse(Name, Version, Shipped()...)
	if err != nil {
		panic(err) // a test compiles it
	}
	return o
})

// Error is a mistake in an ontology.
type Error struct {
	File         string
	Line, Column int
	Msg          string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// maxErrors is how many mistakes are reported at once.
const maxErrors = 20

// Parse compiles the files of an ontology. All mistakes are reported, joined,
// each an *Error.
func Parse(name, version string, files ...Source) (*graph.Ontology, error) {
	c := compiler{
		o:     &graph.Ontology{Name: name, Version: version},
		types: map[string]*ast.Definition{},
		props: map[string]declared{},
	}
	if err := c.parse(files); err != nil {
		return nil, err
	}
	c.compile()
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return c.o, nil
}

// compiler gathers definitions and mistakes.
type compiler struct {
	o          *graph.Ontology
	order      []*ast.Definition
	types      map[string]*ast.Definition
	directives map[string]*ast.DirectiveDefinition
	props      map[string]declared // by name: the first declaration
	errs       []error
}

type declared struct {
	typ  graph.ValueType
	kind string
}

// fail notes a mistake at a place in a file.
func (c *compiler) fail(at *ast.Position, format string, args ...any) {
	e := &Error{Msg: fmt.Sprintf(format, args...)}
	if at != nil {
		e.Line, e.Column = at.Line, at.Column
		if at.Src != nil {
			e.File = at.Src.Name
		}
	}
	if len(c.errs) < maxErrors {
		c.errs = append(c.errs, e)
	}
}

// parse reads the files and merges what they extend.
func (c *compiler) parse(files []Source) error {
	own, err := read(Directives())
	if err != nil {
		return err
	}
	c.directives = map[string]*ast.DirectiveDefinition{}
	for _, d := range own.Directives {
		c.directives[d.Name] = d
	}
	docs := make([]*ast.SchemaDocument, len(files))
	for i, f := range files {
		if docs[i], err = read(f); err != nil {
			return err
		}
	}
	for _, d := range docs {
		c.define(d)
	}
	for _, d := range docs {
		c.extend(d)
	}
	return nil
}

func read(f Source) (*ast.SchemaDocument, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: f.Name, Input: f.Text})
	if err == nil {
		return doc, nil
	}
	e := &Error{File: f.Name, Msg: err.Error()}
	if at := (*gqlerror.Error)(nil); errors.As(err, &at) {
		e.Msg = at.Message
		if len(at.Locations) > 0 {
			e.Line, e.Column = at.Locations[0].Line, at.Locations[0].Column
		}
	}
	return nil, e
}

func (c *compiler) define(d *ast.SchemaDocument) {
	for _, s := range d.Schema {
		c.fail(s.Position, "an ontology has no schema definition: it declares kinds")
	}
	for _, x := range d.Directives {
		c.fail(x.Position, "directive @%s: an ontology uses the directives that there are", x.Name)
	}
	for _, def := range d.Definitions {
		switch def.Kind {
		case ast.Object, ast.Union, ast.Enum, ast.Scalar:
		default:
			c.fail(def.Position, "%s: use an object type for a kind, a union for a group of kinds", def.Name)
			continue
		}
		if old := c.types[def.Name]; old != nil || builtin(def.Name) {
			c.fail(def.Position, "%s is declared twice", def.Name)
			continue
		}
		c.types[def.Name] = def
		c.order = append(c.order, def)
	}
}

func (c *compiler) extend(d *ast.SchemaDocument) {
	for _, x := range d.Extensions {
		def := c.types[x.Name]
		if def == nil {
			c.fail(x.Position, "extends an unknown type %q%s", x.Name, c.near(x.Name))
			continue
		}
		if def.Kind != x.Kind {
			c.fail(x.Position, "extends %s as another sort of type than it is", x.Name)
			continue
		}
		def.Fields = append(def.Fields, x.Fields...)
		def.Types = append(def.Types, x.Types...)
		def.TypePositions = append(def.TypePositions, x.TypePositions...)
		def.EnumValues = append(def.EnumValues, x.EnumValues...)
		def.Directives = append(def.Directives, x.Directives...)
	}
}
