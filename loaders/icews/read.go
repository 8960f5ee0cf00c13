package icews

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/place"
)

// Options of reading quads; nil works.
type Options struct {
	// Codes gives CAMEO codes to further spellings of predicates, regardless
	// of case. A label of the ontology that is given here, too, has this code.
	Codes map[string]string
	// Retrieved is when the file was fetched; zero: not stated.
	Retrieved edtf.Date
}

// kindActor is the kind of all actors: a quad does not tell more.
const kindActor = "Actor"

// assertionKey is the key of the one assertion in the file.
const assertionKey = "quads"

// maxLine is the length in bytes of the longest line.
const maxLine = 64 << 10

// Read gives the statements of a file of quads: each actor at its first line,
// and the quads some at a time; then, at the end, when the file's hash is known,
// the document and its one assertion, which they belong to. The file is its name in messages; its base name, with the hash,
// is the document's key. The first error ends the sequence.
func Read(file string, r io.Reader, ontology *graph.Ontology, opts *Options) iter.Seq2[graph.Statement, error] {
	if opts == nil {
		opts = &Options{}
	}
	return func(yield func(graph.Statement, error) bool) {
		rd := newReader(file, ontology, opts)
		lines := bufio.NewScanner(io.TeeReader(r, rd.hash))
		lines.Buffer(nil, maxLine)
		for lines.Scan() {
			rd.next(lines.Bytes())
			if rd.err != nil && lines.Err() != nil { // the line is what was read before that
				rd.err = rd.unreadable(lines.Err())
			}
			if !rd.flush(yield) {
				return
			}
		}
		rd.end(lines.Err(), opts)
		rd.flush(yield)
	}
}

// reader reads one file of quads.
type reader struct {
	file   string
	line   int
	hash   hash.Hash
	fields []field // of the line in hand
	err    error

	predicates *predicates
	actors     map[string]graph.Ref
	days       map[string]*graph.Valid
	facts      int
	names      []graph.Link      // of the actors
	quads      []graph.Link      // not yet yielded
	statements []graph.Statement // not yet yielded
}

func newReader(file string, ontology *graph.Ontology, opts *Options) *reader {
	return &reader{file: file, hash: sha256.New(), predicates: newPredicates(ontology, opts.Codes),
		actors: map[string]graph.Ref{}, days: map[string]*graph.Valid{}}
}

// flush yields what was read, and tells whether to go on.
func (rd *reader) flush(yield func(graph.Statement, error) bool) bool {
	for _, s := range rd.statements {
		if !yield(s, nil) {
			return false
		}
	}
	rd.statements = rd.statements[:0]
	if rd.err != nil {
		yield(graph.Statement{}, rd.err)
	}
	return rd.err == nil
}

// fail keeps the first thing that is wrong.
func (rd *reader) fail(column int, what, detail string) {
	if rd.err == nil {
		rd.err = &place.Error{File: rd.file, Line: rd.line, Column: column, What: what, Detail: detail}
	}
}

// unreadable says at which line reading broke off.
func (rd *reader) unreadable(err error) error {
	return fmt.Errorf("%s: %w", place.At(rd.file, rd.line, 1), err)
}

const columns = "subject, predicate, object, date"

// next reads a line.
func (rd *reader) next(text []byte) {
	rd.line++
	if rd.line == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	if rd.line == 1 && isHeader(text) || len(bytes.TrimSpace(text)) == 0 {
		return
	}
	if i := invalid(text); i >= 0 {
		rd.fail(i+1, "invalid UTF-8", fmt.Sprintf("byte %#02x", text[i]))
		return
	}
	rd.split(text)
	if len(rd.fields) != 4 {
		rd.fail(1, "wrong number of columns", fmt.Sprintf("%d, want 4 parted by tabs: %s", len(rd.fields), columns))
		return
	}
	l := graph.Link{
		Subject:  rd.actor(rd.fields[0], "subject"),
		Property: rd.predicate(rd.fields[1]),
		Value:    graph.RefOf(rd.actor(rd.fields[2], "object")),
		Valid:    rd.day(rd.fields[3]),
	}
	if rd.quads == nil {
		rd.quads = make([]graph.Link, 0, atOnce)
	}
	rd.quads = append(rd.quads, l)
	if rd.facts++; len(rd.quads) == atOnce {
		rd.giveQuads()
	}
}

// atOnce is how many quads are given at a time.
const atOnce = 1000

func (rd *reader) giveQuads() {
	if len(rd.quads) > 0 {
		rd.statements = append(rd.statements, graph.Statement{Links: rd.quads, Where: rd.file})
		rd.quads = nil
	}
}

// field is one field of a line and the column at which it begins.
type field struct {
	text   []byte
	column int
}

func (rd *reader) split(text []byte) {
	rd.fields = rd.fields[:0]
	for column, more := 1, true; more; {
		var f []byte
		f, text, more = bytes.Cut(text, []byte{'\t'})
		rd.fields = append(rd.fields, field{f, column})
		column += len(f) + 1
	}
}

func isHeader(text []byte) bool {
	return strings.EqualFold(strings.ReplaceAll(string(text), "\t", ", "), columns)
}

// invalid finds the first byte that is not UTF-8, or gives -1.
func invalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// actor finds the actor of that spelling. One that is new is declared, and its
// spelling becomes its name.
func (rd *reader) actor(f field, role string) graph.Ref {
	if ref, ok := rd.actors[string(f.text)]; ok {
		return ref
	}
	name := string(f.text)
	if strings.TrimSpace(name) == "" {
		rd.fail(f.column, role+" is empty", "")
	}
	ref := graph.Ref{Key: graph.Key{Scheme: "icews", ID: name}}
	rd.actors[name] = ref
	rd.statements = append(rd.statements, graph.Statement{
		Declaration: &graph.Declaration{Kind: kindActor, Keys: []graph.Key{ref.Key}},
		Where:       place.At(rd.file, rd.line, f.column),
	})
	rd.names = append(rd.names, graph.Link{Subject: ref, Property: graph.PropertyName, Value: graph.TextOf(name)})
	return ref
}

func (rd *reader) predicate(f field) string {
	name := rd.predicates.property(f.text)
	if name == "" {
		rd.fail(f.column, fmt.Sprintf("unknown predicate %q", f.text), rd.predicates.hint(string(f.text)))
	}
	return name
}

// day reads the date of an event. Equal dates share one value.
func (rd *reader) day(f field) *graph.Valid {
	if v, ok := rd.days[string(f.text)]; ok {
		return v
	}
	text := string(f.text)
	d, err := edtf.ParseDate(text)
	if err != nil {
		what, detail := place.Date(err)
		rd.fail(f.column, what, detail)
	} else if _, _, ok := d.Bounds(); !ok {
		rd.fail(f.column, fmt.Sprintf("unknown date %q", text), "the year is out of range")
	}
	v, _ := graph.ParseValid(text, "")
	rd.days[text] = &v
	return &v
}

// end adds the document and its assertion.
func (rd *reader) end(err error, opts *Options) {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		rd.line++
		rd.fail(1, "line too long", fmt.Sprintf("more than %d bytes", maxLine))
	case err != nil:
		rd.line++
		rd.err = rd.unreadable(err)
	case rd.facts == 0:
		rd.line = max(rd.line, 1)
		rd.fail(1, "no quads", "want 4 columns parted by tabs: "+columns)
	}
	if rd.err != nil {
		return
	}
	sum := rd.hash.Sum(nil)
	title := strings.TrimSuffix(filepath.Base(rd.file), ".gz")
	key := graph.Key{Scheme: "file", ID: fmt.Sprintf("%s@%x", title, sum[:6])}
	document := &graph.Document{Key: key, Title: title, Hash: fmt.Sprintf("sha256:%x", sum), Retrieved: opts.Retrieved}
	draft := &graph.Draft{Document: graph.Ref{Key: key}, Key: assertionKey, Links: rd.names}
	rd.giveQuads()
	rd.statements = append(rd.statements,
		graph.Statement{Document: document, Where: rd.file},
		graph.Statement{Draft: draft, Facts: rd.facts, Where: rd.file})
}
