package jsonl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/place"
)

// line is a line of a file as it is read. The first thing that is wrong on it
// is kept; what is read after that is of no use.
type line struct {
	file   string
	number int
	scheme string // of keys without one; empty: the header is yet to come
	err    error
}

func (l *line) fail(column int, what, detail string) {
	if l.err == nil {
		l.err = &place.Error{File: l.file, Line: l.number, Column: column, What: what, Detail: detail}
	}
}

func (l *line) where(n *node) string { return place.At(l.file, l.number, n.column) }

// wrongType reports a value that is not what its name wants.
func (l *line) wrongType(n *node, name, want string) {
	l.fail(n.column, "wrong type", fmt.Sprintf("%s: want %s, not %s", name, want, n.a()))
}

// object gives access to the members of an object by name, and remembers which
// names were asked for: others are unknown.
type object struct {
	*line
	node
	asked []string
}

// object takes a value as an object.
func (l *line) object(n *node, name string) *object {
	if n.kind != jsontext.KindBeginObject {
		l.wrongType(n, name, "an object")
	}
	return &object{line: l, node: *n}
}

// find gives the value of a member, or nil where there is none.
func (o *object) find(name string) *node {
	for i := range o.members {
		if m := &o.members[i]; m.name == name {
			return &m.value
		}
	}
	return nil
}

func (o *object) has(name string) bool { return o.find(name) != nil }

// get is find, and makes the name a known one.
func (o *object) get(name string) *node {
	if !slices.Contains(o.asked, name) {
		o.asked = append(o.asked, name)
	}
	return o.find(name)
}

// need reports the first of the names that is missing.
func (o *object) need(what string, names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.fail(o.column, fmt.Sprintf("missing name %q", name), what+" has "+strings.Join(names, ", "))
		}
	}
}

// done reports a name that nobody asked for.
func (o *object) done() {
	for _, m := range o.members {
		if !slices.Contains(o.asked, m.name) {
			o.fail(m.column, fmt.Sprintf("unknown name %q", m.name), place.Suggest(m.name, o.asked))
		}
	}
}

// typed gives a member of one kind of JSON value, or nil where there is none.
func (o *object) typed(name string, kind jsontext.Kind, want string) *node {
	n := o.get(name)
	if n != nil && n.kind != kind {
		o.wrongType(n, name, want)
		return nil
	}
	return n
}

// string gives a member that is a string, or nil where there is none.
func (o *object) string(name string) *node {
	n := o.typed(name, jsontext.KindString, "a string")
	if n == nil || !o.stated(n, name) {
		return nil
	}
	return n
}

// stated refuses the empty string.
func (l *line) stated(n *node, name string) bool {
	if strings.TrimSpace(n.text) == "" {
		l.fail(n.column, name+" is empty", "leave out what is not stated")
		return false
	}
	return true
}

func (o *object) text(name string) string {
	if n := o.string(name); n != nil {
		return n.text
	}
	return ""
}

func (o *object) object(name string) *object {
	if n := o.typed(name, jsontext.KindBeginObject, "an object"); n != nil {
		return o.line.object(n, name)
	}
	return nil
}

// array gives the items of a member that is an array, or nil where there is none.
func (o *object) array(name string) []node {
	n := o.typed(name, jsontext.KindBeginArray, "an array")
	if n == nil {
		return nil
	}
	o.filled(n, name)
	return n.items
}

// filled refuses the empty array.
func (l *line) filled(n *node, name string) {
	if len(n.items) == 0 {
		l.fail(n.column, name+" is empty", "leave out what is not stated")
	}
}

func (o *object) bool(name string) bool {
	n := o.get(name)
	if n == nil {
		return false
	}
	return o.boolean(n, name)
}

func (l *line) boolean(n *node, name string) bool {
	if n.kind != jsontext.KindTrue && n.kind != jsontext.KindFalse {
		l.wrongType(n, name, "true or false")
	}
	return n.kind == jsontext.KindTrue
}

// whole gives a member that is a whole number from low to high, or 0.
func (o *object) whole(name string, low, high int) int {
	n := o.typed(name, jsontext.KindNumber, "a whole number")
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.text)
	if err != nil || i < low || i > high {
		o.fail(n.column, fmt.Sprintf("%s is %s", name, n.text), fmt.Sprintf("want a whole number from %d to %d", low, high))
	}
	return i
}

// key reads a string as a key; one without a scheme gets that of the header.
func (l *line) key(n *node, name string) graph.Key {
	if n.kind != jsontext.KindString {
		l.wrongType(n, name, "a key")
		return graph.Key{}
	}
	text := n.text
	if !strings.Contains(text, ":") {
		text = l.scheme + ":" + text
	}
	k, err := graph.ParseKey(text)
	if err != nil {
		l.fail(n.column, "bad key", bare(err))
	}
	return k
}

func (o *object) key(name string) graph.Key {
	if n := o.get(name); n != nil {
		return o.line.key(n, name)
	}
	return graph.Key{}
}

func (o *object) ref(name string) graph.Ref { return graph.Ref{Key: o.key(name)} }

func (o *object) refs(name string) []graph.Ref {
	var refs []graph.Ref
	for _, n := range o.array(name) {
		refs = append(refs, graph.Ref{Key: o.line.key(&n, name)})
	}
	return refs
}

func (o *object) date(name string) edtf.Date {
	n := o.string(name)
	if n == nil {
		return edtf.Date{}
	}
	d, err := edtf.ParseDate(n.text)
	if err != nil {
		o.badDate(n, err)
	}
	return d
}

// valid reads when something holds.
func (o *object) valid() graph.Valid {
	v := graph.Valid{Vouched: o.date("vouched")}
	if n := o.string("valid"); n != nil {
		var err error
		if v.Interval, err = edtf.Parse(n.text); err != nil {
			o.badDate(n, err)
		}
	}
	return v
}

func (l *line) badDate(n *node, err error) {
	what, detail := place.Date(err)
	l.fail(n.column, what, detail)
}

// code reads a name out of one of the graph's enumerations.
func code[C any](o *object, name string, parse func(string) (C, error)) C {
	c, err := parse(o.text(name))
	if err != nil {
		o.fail(o.get(name).column, bare(err), "")
	}
	return c
}

// bare is an error of package graph without its sentinel, which says nothing
// more where the place is known.
func bare(err error) string {
	for _, sentinel := range []error{graph.ErrValue, graph.ErrKey} {
		if errors.Is(err, sentinel) {
			return strings.TrimPrefix(err.Error(), sentinel.Error()+": ")
		}
	}
	return err.Error()
}
