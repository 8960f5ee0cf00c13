package server

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// shape is the order of the fields of an answer: that of the document. The
// library keeps none.
type shape struct {
	names []string
	inner map[string]*shape
	meta  bool // within introspection, whose lists have no order either
}

// shapeOf orders the fields that selections ask for together.
func (d *document) shapeOf(sets []*ast.SelectionSet, meta bool) *shape {
	c := &collector{doc: d, spread: map[string]bool{}, inner: map[string][]*ast.SelectionSet{}, meta: map[string]bool{}}
	for _, set := range sets {
		c.collect(set)
	}
	s := &shape{names: c.names, inner: make(map[string]*shape, len(c.names)), meta: meta}
	for _, name := range c.names {
		if c.inner[name] != nil {
			s.inner[name] = d.shapeOf(c.inner[name], meta || c.meta[name])
		}
	}
	return s
}

type collector struct {
	doc    *document
	spread map[string]bool
	names  []string
	inner  map[string][]*ast.SelectionSet
	meta   map[string]bool
}

func (c *collector) collect(set *ast.SelectionSet) {
	for _, selection := range set.Selections {
		switch x := selection.(type) {
		case *ast.Field:
			c.field(x)
		case *ast.InlineFragment:
			c.collect(x.SelectionSet)
		case *ast.FragmentSpread:
			if name := x.Name.Value; !c.spread[name] {
				c.spread[name] = true
				c.collect(c.doc.fragments[name].SelectionSet)
			}
		}
	}
}

func (c *collector) field(f *ast.Field) {
	name := answersAs(f)
	if _, ok := c.inner[name]; !ok {
		c.names, c.inner[name] = append(c.names, name), nil
	}
	if f.SelectionSet != nil {
		c.inner[name] = append(c.inner[name], f.SelectionSet)
	}
	switch f.Name.Value {
	case graphql.SchemaMetaFieldDef.Name, graphql.TypeMetaFieldDef.Name:
		c.meta[name] = true
	}
}

// errLarge reports an answer over the limit of bytes.
var errLarge = errors.New("answer too large")

// writer writes an answer as JSON.
type writer struct {
	out   []byte
	limit int
}

func (w *writer) value(v any, s *shape) error {
	if len(w.out) > w.limit {
		return errLarge
	}
	switch v := v.(type) {
	case nil:
		w.out = append(w.out, "null"...)
	case string:
		w.string(v)
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case int:
		w.out = strconv.AppendInt(w.out, int64(v), 10)
	case float64:
		w.float(v)
	case map[string]any:
		return w.object(v, s)
	case []any:
		return w.list(v, s)
	default:
		return w.other(v)
	}
	return nil
}

// string writes text; what is not UTF-8 is replaced.
func (w *writer) string(s string) {
	out, err := jsontext.AppendQuote(w.out, s)
	if err != nil {
		out, _ = jsontext.AppendQuote(w.out, strings.ToValidUTF8(s, "\ufffd"))
	}
	w.out = out
}

// float writes a number; JSON has none for what is not finite.
func (w *writer) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.out = append(w.out, "null"...)
		return
	}
	w.out = strconv.AppendFloat(w.out, f, 'g', -1, 64)
}

func (w *writer) object(m map[string]any, s *shape) error {
	w.out = append(w.out, '{')
	first := true
	for _, name := range s.names {
		v, ok := m[name]
		if !ok {
			continue
		}
		if !first {
			w.out = append(w.out, ',')
		}
		first = false
		w.string(name)
		w.out = append(w.out, ':')
		if err := w.value(v, s.inner[name]); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

func (w *writer) list(items []any, s *shape) error {
	if s != nil && s.meta {
		slices.SortStableFunc(items, func(a, b any) int { return strings.Compare(nameOf(a), nameOf(b)) })
	}
	w.out = append(w.out, '[')
	for i, item := range items {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.value(item, s); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

// nameOf is the name of a type, field, argument or value.
func nameOf(v any) string {
	m, _ := v.(map[string]any)
	name, _ := m["name"].(string)
	return name
}

// other writes what few scalars give.
func (w *writer) other(v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	w.out = append(w.out, b...)
	return err
}

// response is what a request is answered with.
type response struct {
	status     int
	data       any // nil with shape: null; without: absent
	shape      *shape
	faults     []*fault
	extensions map[string]any
}

// encode writes a response, errors first.
func (r *response) encode(limit int) ([]byte, error) {
	w := &writer{limit: limit, out: []byte{'{'}}
	if len(r.faults) > 0 {
		w.out = append(w.out, `"errors":`...)
		if err := w.other(r.faults); err != nil {
			return nil, err
		}
	}
	if r.shape != nil {
		w.member("data")
		if err := w.value(r.data, r.shape); err != nil {
			return nil, err
		}
	}
	if len(r.extensions) > 0 {
		w.member("extensions")
		if err := w.other(maps.Clone(r.extensions)); err != nil {
			return nil, err
		}
	}
	return append(w.out, '}'), nil
}

func (w *writer) member(name string) {
	if len(w.out) > 1 {
		w.out = append(w.out, ',')
	}
	w.string(name)
	w.out = append(w.out, ':')
}
