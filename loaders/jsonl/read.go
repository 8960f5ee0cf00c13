package jsonl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// maxLine is the length in bytes of the longest line.
const maxLine = 16 << 20

// Read gives the statements of a dataset, in the order of its lines. The file
// is its name in messages; the ontology tells how values are read and must be
// the one that the dataset's header names. The first error ends the sequence.
func Read(file string, r io.Reader, ontology *graph.Ontology) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		rd := newReader(file, ontology)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		for lines.Scan() {
			s, ok, err := rd.next(lines.Bytes())
			if err != nil && lines.Err() != nil { // the line is what was read before that
				err = rd.unreadable(lines.Err())
			}
			if (ok || err != nil) && !yield(s, err) || err != nil {
				return
			}
		}
		if err := rd.end(lines.Err()); err != nil {
			yield(graph.Statement{}, err)
		}
	}
}

// reader reads one dataset.
type reader struct {
	line
	ontology   *graph.Ontology
	properties map[string]graph.Property // of claims, see newReader
	known      *known
}

// newReader gathers the properties by name, for claims, whose subject's kind
// need not be known yet: a name has one type in the whole ontology, but not one
// enumeration.
func newReader(file string, ontology *graph.Ontology) *reader {
	rd := &reader{line: line{file: file}, ontology: ontology, known: newKnown(), properties: map[string]graph.Property{
		graph.PropertyName:  {Name: graph.PropertyName, Type: graph.Text},
		graph.PropertyAlias: {Name: graph.PropertyAlias, Type: graph.Text},
	}}
	if ontology == nil {
		return rd
	}
	rd.add(ontology.Links)
	for _, k := range ontology.Kinds {
		rd.add(k.Properties)
	}
	return rd
}

func (rd *reader) add(list []graph.Property) {
	for _, p := range list {
		if old, ok := rd.properties[p.Name]; ok && old.Enum != p.Enum {
			p.Enum = ""
		}
		rd.properties[p.Name] = p
	}
}

// next reads a line. Blank lines and the header give no statement.
func (rd *reader) next(text []byte) (s graph.Statement, ok bool, err error) {
	rd.number++
	if rd.number == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return s, false, nil
	}
	n, err := parse(text, rd.known)
	if err != nil {
		return s, false, rd.syntax(err)
	}
	if o := rd.object(&n, "line"); rd.err == nil {
		s, ok = rd.statement(o)
	}
	if rd.err != nil {
		return graph.Statement{}, false, rd.err
	}
	return s, ok, nil
}

// syntax gives a syntax error its place.
func (rd *reader) syntax(err error) error {
	se, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		return fmt.Errorf("%s: %w", rd.file, err)
	}
	column := int(se.ByteOffset) + 1
	switch {
	case errors.Is(se.Err, jsontext.ErrDuplicateName):
		rd.fail(column, fmt.Sprintf("name %q is given twice", se.JSONPointer.LastToken()), "")
	case errors.Is(se.Err, io.ErrUnexpectedEOF):
		rd.fail(column, "bad JSON", "the object does not end on its line")
	default:
		rd.fail(column, "bad JSON", se.Err.Error())
	}
	return rd.err
}

// end reports what only the end of the file shows.
func (rd *reader) end(err error) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		rd.number++
		rd.fail(1, "line too long", fmt.Sprintf("more than %d bytes", maxLine))
	case err != nil:
		rd.number++
		return rd.unreadable(err)
	case rd.scheme == "":
		rd.number = max(rd.number, 1)
		rd.fail(1, "no header", wantHeader)
	}
	return rd.err
}

// unreadable says at which line reading broke off.
func (rd *reader) unreadable(err error) error {
	return fmt.Errorf("%s: %w", place.At(rd.file, rd.number, 1), err)
}

const wantHeader = `the first object names the dataset: {"dataset":"…","scheme":"…","ontology":"…"}`

// statement tells by its names what a line is.
func (rd *reader) statement(o *object) (s graph.Statement, ok bool) {
	s.Where = rd.where(&o.node)
	switch header := o.has("dataset"); {
	case header && rd.scheme == "":
		rd.header(o)
		return s, false
	case header:
		rd.fail(o.column, "a second header", "one file is one dataset")
	case rd.scheme == "":
		rd.fail(o.column, "no header", wantHeader)
	case o.has("assert"):
		s.Draft = rd.assertion(o)
		s.Place = rd.places(o, s.Draft)
	case o.has("document"):
		s.Document = rd.document(o)
	case o.has("entity"):
		s.Declaration = rd.declaration(o)
	default:
		rd.fail(o.column, "unknown object", `want one with the name "document", "entity" or "assert"`)
	}
	return s, true
}

func (rd *reader) header(o *object) {
	o.need("a header", "dataset", "scheme", "ontology")
	o.text("dataset")
	o.text("version")
	scheme, name := o.string("scheme"), o.string("ontology")
	o.done()
	if rd.err != nil {
		return
	}
	if _, err := graph.ParseKey(scheme.text + ":x"); err != nil {
		rd.fail(scheme.column, fmt.Sprintf("bad scheme %q", scheme.text), "want at most 64 bytes without spaces and colons")
	}
	switch {
	case rd.ontology == nil:
		rd.fail(name.column, fmt.Sprintf("no ontology %q", name.text), "the database has none")
	case rd.ontology.Name != name.text:
		rd.fail(name.column, fmt.Sprintf("no ontology %q", name.text), fmt.Sprintf("the database has %q", rd.ontology.Name))
	}
	rd.scheme = scheme.text
}

func (rd *reader) document(o *object) *graph.Document {
	d := &graph.Document{
		Key:       o.key("document"),
		Publisher: o.text("publisher"),
		Title:     o.text("title"),
		URL:       o.text("url"),
		Published: o.date("published"),
		Retrieved: o.date("retrieved"),
		Language:  o.text("language"),
		Hash:      o.text("hash"),
		VersionOf: o.ref("versionOf"),
		Origins:   o.refs("origins"),
		Curation:  o.bool("curation"),
	}
	o.done()
	return d
}

func (rd *reader) declaration(o *object) *graph.Declaration {
	d := &graph.Declaration{Keys: []graph.Key{o.key("entity")}}
	o.need("an entity", "entity", "kind")
	if n := o.string("kind"); n != nil {
		d.Kind = rd.kind(n)
	}
	if ids := o.object("ids"); ids != nil {
		d.Keys = append(d.Keys, ids.keys()...)
	}
	o.done()
	return d
}

// keys reads an object of schemes, each with an id or a list of ids.
func (o *object) keys() []graph.Key {
	var keys []graph.Key
	for _, m := range o.members {
		ids := m.value.items
		if m.value.kind != jsontext.KindBeginArray {
			ids = []node{m.value}
		} else {
			o.filled(&m.value, m.name)
		}
		for _, id := range ids {
			if id.kind != jsontext.KindString {
				o.wrongType(&id, m.name, "a string or an array of strings")
				break
			}
			k := graph.Key{Scheme: m.name, ID: id.text}
			if parsed, err := graph.ParseKey(k.String()); err != nil || parsed != k {
				o.fail(id.column, fmt.Sprintf("bad id %q", k), "want a scheme without spaces and colons, and an id")
			}
			keys = append(keys, k)
		}
	}
	return keys
}
