package notes_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/sample"
	"github.com/parleydb/parley/loaders/jsonl"
	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

var ctx = context.Background()

func each(list []graph.Statement) func(func(graph.Statement, error) bool) {
	return func(yield func(graph.Statement, error) bool) {
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func printed(t failer, o *graph.Ontology, list []graph.Statement) string {
	t.Helper()
	var out strings.Builder
	if err := notes.Print(&out, o, each(list)); err != nil {
		t.Fatalf("print: %v", err)
	}
	return out.String()
}

func read(t failer, o *graph.Ontology, text string) (list []graph.Statement) {
	t.Helper()
	for s, err := range notes.Read("x.notes", strings.NewReader(text), o) {
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		list = append(list, s)
	}
	return list
}

// same holds what was read against what was printed.
func same(t failer, got, want []graph.Statement, text string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) {
			t.Fatalf("%d statements, want %d:\n%s", len(got), len(want), text)
		}
		a, b := notes.Normal(got[i]), notes.Normal(want[i])
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("statement %d:\ngot  %s\nwant %s\n%s", i, show(a), show(b), text)
		}
	}
}

func show(s graph.Statement) string {
	switch {
	case s.Document != nil:
		return fmt.Sprintf("%+v", *s.Document)
	case s.Declaration != nil:
		return fmt.Sprintf("%+v", *s.Declaration)
	case s.Retract != nil:
		return fmt.Sprintf("%+v", *s.Retract)
	}
	text := fmt.Sprintf("%+v", *s.Draft)
	if s.Draft.Relation != nil {
		text += fmt.Sprintf(" %+v", *s.Draft.Relation)
	}
	return text
}

// What the shipped datasets say, notes say, too.
func TestDatasetsAsNotes(t *testing.T) {
	for _, file := range []string{"seed", "main"} {
		b, err := os.ReadFile("../../examples/ukraine-2025/" + file + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		var list []graph.Statement
		for s, err := range jsonl.Read(file, bytes.NewReader(b), schema.Negotiation()) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, s)
		}
		text := printed(t, schema.Negotiation(), list)
		same(t, read(t, schema.Negotiation(), text), list, "")
	}
}

// extended has what the shipped ontology does not: properties whose names notes
// reserve, kinds whose keywords they reserve, every type of value.
func extended() *graph.Ontology {
	o, err := schema.Parse("mine", "1", append(schema.Shipped(), schema.Source{Name: "mine.graphql", Text: `
type Deny @relation { claimer: Actor @role(min: 1) key: String @attribute(single: false) when: Date @attribute on: Boolean @attribute }
type Box @entity @identity(fields: ["text", "vouched"]) { vouched: Int @attribute text: String @attribute inside: Box @role weight: Float @attribute }
type Crate @relation { box: Box @role(word: "in") bare: Crate @role occurrence: Boxing @attribute }
enum Boxing { in box key when }
`})...)
	if err != nil {
		panic(err)
	}
	return o
}

// parse(print(x)) = x, and what is printed is in order already.
func TestRoundTrip(t *testing.T) {
	for name, o := range map[string]*graph.Ontology{"negotiation": schema.Negotiation(), "sample": sample.Ontology(), "extended": extended()} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				list := newGenerator(t, o).statements()
				text := printed(t, o, list)
				same(t, read(t, o, text), list, text)
				formatted, err := notes.Format("x.notes", []byte(text))
				if err != nil || string(formatted) != text {
					t.Fatalf("formatted: %v\n%s\nprinted\n%s", err, formatted, text)
				}
			})
		})
	}
}

// generator draws statements of an ontology.
type generator struct {
	*rapid.T
	o          *graph.Ontology
	kinds      []*graph.Kind
	properties map[string]graph.Property
	names      []string
	n          int
}

func newGenerator(t *rapid.T, o *graph.Ontology) *generator {
	g := &generator{T: t, o: o, properties: map[string]graph.Property{}}
	add := func(p graph.Property) {
		if old, ok := g.properties[p.Name]; ok && old.Enum != p.Enum {
			p.Enum = ""
		}
		g.properties[p.Name] = p
	}
	for _, p := range o.Links {
		add(p)
	}
	for i := range o.Kinds {
		for _, p := range o.Kinds[i].Properties {
			add(p)
		}
		if k := &o.Kinds[i]; !k.Abstract && k.Name != graph.KindDocument {
			g.kinds = append(g.kinds, k)
		}
	}
	for name := range g.properties {
		g.names = append(g.names, name)
	}
	slices.Sort(g.names)
	return g
}

func pick[T any](g *generator, what string, list []T) T {
	return rapid.SampledFrom(list).Draw(g.T, what)
}
func (g *generator) often() bool  { return rapid.IntRange(0, 3).Draw(g.T, "?") > 0 }
func (g *generator) seldom() bool { return rapid.IntRange(0, 5).Draw(g.T, "?") == 0 }

func (g *generator) text() string {
	s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`a "b" \ c`, "line\nbreak\ttab", "?", "on", "a; b, c", "#x", "Київ", "TABLED", "2025-12-01", "x:", "@a", "<b>", "\u007f"})).Draw(g.T, "text")
	s = graph.TextOf(s).String()
	if strings.TrimSpace(s) == "" {
		return "x"
	}
	return s
}

// key draws a key of a scheme; no two of the schemes are of the same entity.
func (g *generator) key(scheme string) graph.Key {
	g.n++
	id := fmt.Sprintf("%d", g.n)
	if g.seldom() {
		id += g.text()
	}
	k := graph.Key{Scheme: scheme, ID: id}
	if _, err := graph.ParseKey(k.String()); err != nil {
		k.ID = fmt.Sprint(g.n)
	}
	return k
}

func (g *generator) ref() graph.Ref {
	if g.seldom() {
		return graph.ByID(graph.EntityID(rapid.SliceOfN(rapid.ByteRange(1, 255), 16, 16).Draw(g.T, "id")))
	}
	return graph.Ref{Key: g.key(pick(g, "scheme", []string{"r", "1", "a-b", "ua25"}))}
}

func (g *generator) date() edtf.Date {
	d, err := edtf.ParseDate(pick(g, "date", []string{"2025", "2025-12~", "2025-12-14", "202X", "2025-21?", "Y-12345", "-0044-03-15", "2025-12-14T10:30:00Z", "2025-12-14T10:30:00.125+02:00", "2025-XX%"}))
	if err != nil {
		g.Fatal(err)
	}
	return d
}

func (g *generator) valid() graph.Valid {
	v, err := graph.ParseValid(pick(g, "valid", []string{"", "", "2025-12-14", "2025-12-14~/2025-12-15~", "2025-12/..", "2025/", "../2025", "/2025-12-15~", "2025?", "Y12345/..", "20XX"}), "")
	if err != nil {
		g.Fatal(err)
	}
	if g.seldom() {
		v.Vouched = g.date()
	}
	return v
}

func (g *generator) code(enum string) string {
	if e := g.o.Enum(enum); e != nil {
		return pick(g, "code", e.Values)
	}
	return g.text()
}

func (g *generator) value(p *graph.Property) graph.Value {
	switch p.Type {
	case graph.Reference:
		return graph.RefOf(g.ref())
	case graph.Code:
		return graph.CodeOf(g.code(p.Enum))
	case graph.Date:
		v, err := graph.DateOf(pick(g, "value", []string{"2025-12-14", "2025-12-14/2025-12-15", "2025~/.."}))
		if err != nil {
			g.Fatal(err)
		}
		return v
	case graph.Integer:
		return graph.IntegerOf(rapid.Int64().Draw(g.T, "integer"))
	case graph.Number:
		return graph.NumberOf(rapid.Float64().Draw(g.T, "number"))
	case graph.Boolean:
		return graph.BooleanOf(rapid.Bool().Draw(g.T, "truth"))
	}
	if g.seldom() {
		return graph.NameOf(g.text(), pick(g, "lang", []string{"", "uk", "zh-Hans"}), pick(g, "script", []string{"", "Cyrl"}), pick(g, "scope", []string{"", "government", `of "state"/`}))
	}
	return graph.TextOf(g.text())
}

func (g *generator) filler(p *graph.Property, depth int) graph.Filler {
	var kinds []string
	for _, t := range p.Targets {
		kinds = append(kinds, g.o.Concrete(t)...)
	}
	kinds = slices.DeleteFunc(kinds, func(k string) bool { return k == graph.KindDocument })
	if p.Type == graph.Reference && len(kinds) > 0 && depth < 2 && rapid.Bool().Draw(g.T, "in place") {
		k := g.o.Kind(pick(g, "kind", kinds))
		r := &graph.Relation{Kind: k.Name, Fields: g.fields(k, depth+1)}
		if len(k.Identity) > 0 && g.seldom() {
			r.Key = g.key("p")
		}
		return graph.Filler{Inline: r}
	}
	return graph.Filler{Value: g.value(p)}
}

func (g *generator) fields(k *graph.Kind, depth int) []graph.Field {
	order := rapid.Permutation(k.Properties).Draw(g.T, "fields")
	if rapid.Bool().Draw(g.T, "in order") {
		order = slices.Clone(k.Properties)
	}
	if n := rapid.IntRange(1, 5).Draw(g.T, "n"); n < len(order) {
		order = order[:n]
	}
	var fields []graph.Field
	for i := range order {
		f := graph.Field{Name: order[i].Name, Values: []graph.Filler{g.filler(&order[i], depth)}}
		for order[i].Max == 0 && g.seldom() {
			f.Values = append(f.Values, g.filler(&order[i], depth))
		}
		fields = append(fields, f)
	}
	return fields
}

func (g *generator) links() []graph.Link {
	var list []graph.Link
	subject := g.ref()
	for range rapid.IntRange(1, 4).Draw(g.T, "links") {
		if g.seldom() {
			subject = g.ref()
		}
		p := g.properties[pick(g, "property", g.names)]
		l := graph.Link{Subject: subject, Property: p.Name, Value: g.value(&p), Deny: g.seldom()}
		if g.seldom() {
			l.Occurrence = g.text()
		}
		if rapid.Bool().Draw(g.T, "own time") {
			v := g.valid()
			l.Valid = &v
		}
		list = append(list, l)
	}
	return list
}

func (g *generator) draft(doc graph.Key) graph.Statement {
	d := &graph.Draft{Document: graph.Ref{Key: doc}, Valid: g.valid(),
		Voice: graph.Voice(rapid.IntRange(0, 6).Draw(g.T, "voice")), Level: graph.Level(rapid.IntRange(0, 5).Draw(g.T, "level")),
		Quote: graph.Quote(rapid.IntRange(0, 5).Draw(g.T, "quote")), Modality: graph.Modality(rapid.IntRange(0, 13).Draw(g.T, "modality")),
		Wording: graph.Wording(rapid.IntRange(0, 7).Draw(g.T, "wording")), Factuality: graph.Factuality(rapid.IntRange(0, 4).Draw(g.T, "factuality"))}
	if g.often() {
		d.Key = g.text()
	}
	for g.seldom() {
		d.Chain = append(d.Chain, g.ref())
	}
	if g.seldom() {
		d.Asserted, d.Summary, d.Coder = g.date(), g.text(), g.text()
		d.Span = graph.Span{Offset: rapid.IntRange(0, 1<<30).Draw(g.T, "offset"), Length: rapid.IntRange(1, 1<<30).Draw(g.T, "length")}
		d.Judgement = graph.Judgement{Grade: graph.Grade{Reliability: pick(g, "reliability", []graph.Reliability{0, 'A', 'F'}), Credibility: graph.Credibility(rapid.IntRange(0, 6).Draw(g.T, "credibility"))},
			Rank: graph.Rank(rapid.IntRange(0, 2).Draw(g.T, "rank")), Reason: g.text(), Marking: graph.Marking(rapid.IntRange(0, 4).Draw(g.T, "marking")),
			Embargo: graph.Time(rapid.Int64Range(0, 4_000_000_000_000).Draw(g.T, "embargo")), Status: graph.Status(rapid.IntRange(0, 3).Draw(g.T, "status"))}
	}
	if g.often() {
		k := pick(g, "kind", g.kinds)
		d.Relation = &graph.Relation{Kind: k.Name, Fields: g.fields(k, 0), Deny: g.seldom()}
		if len(k.Identity) == 0 || g.seldom() {
			d.Relation.Key = g.key("d")
		}
	}
	if d.Relation == nil || g.seldom() {
		d.Links = g.links()
		if d.Relation != nil && !d.Relation.Key.IsZero() && g.often() {
			l := &d.Links[0]
			l.Subject = graph.Ref{Key: d.Relation.Key}
			if p := g.o.Kind(d.Relation.Kind).Property(l.Property); p != nil { // of which the kind may say more
				l.Value = g.value(p)
			}
		}
	}
	return graph.Statement{Draft: d, Correct: d.Key != "" && g.seldom()}
}

func (g *generator) document() graph.Statement {
	d := &graph.Document{Key: g.key("doc")}
	if g.often() {
		d.Title = g.text()
	}
	if g.seldom() {
		d.Publisher, d.URL, d.Language, d.Hash = g.text(), g.text(), "en", "sha256:00"
		d.Published, d.Retrieved, d.Curation = g.date(), g.date(), rapid.Bool().Draw(g.T, "curation")
		d.VersionOf = graph.Ref{Key: g.key("doc")}
		d.Origins = []graph.Ref{g.ref(), g.ref()}
	}
	return graph.Statement{Document: d}
}

func (g *generator) statements() []graph.Statement {
	first := g.document()
	list := []graph.Statement{first}
	docs := []graph.Key{first.Document.Key}
	for range rapid.IntRange(1, 5).Draw(g.T, "statements") {
		switch rapid.IntRange(0, 7).Draw(g.T, "what") {
		case 0:
			s := g.document()
			list, docs = append(list, s), append(docs, s.Document.Key)
		case 1:
			list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: pick(g, "kind", g.kinds).Name, Keys: []graph.Key{g.key("d"), g.key("d"), g.key("d")}[:rapid.IntRange(1, 3).Draw(g.T, "keys")]}})
		case 2:
			list = append(list, graph.Statement{Retract: &graph.AssertionKey{Document: graph.Ref{Key: pick(g, "document", docs)}, Key: g.text()}})
		default:
			s := g.draft(pick(g, "document", docs))
			if r := s.Draft.Relation; r != nil {
				if k := g.o.Kind(r.Kind); !k.Relation && len(k.Identity) == 0 {
					list = append(list, graph.Statement{Declaration: &graph.Declaration{Kind: r.Kind, Keys: []graph.Key{r.Key}}})
				}
			}
			list = append(list, s)
		}
	}
	return list
}
