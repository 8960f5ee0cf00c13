package notes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/place"
)

// header reads a line that begins a document.
func (p *parser) header(at *token, ts []token) {
	clauses := cut(ts, semi)
	head := clauses[0]
	if len(head) == 0 {
		p.fail(at.col, "no key", `a document has a key: document s009 "its title" ; published 2025-12-15`)
		return
	}
	p.scheme, p.by, p.byUses, p.byVoice = DefaultScheme, graph.Draft{}, nil, false
	p.uses = nil
	for _, c := range clauses[1:] { // keys of this line have it already
		if len(c) == 2 && c[0].is("scheme") {
			p.setScheme(&c[1])
		}
	}
	d := &graph.Document{Key: p.key(&head[0])}
	p.title(d, head[1:])
	given := map[string]bool{}
	for _, c := range clauses[1:] {
		if p.documentClause(d, c, at, given); !p.ok() {
			return
		}
	}
	delete(given, "scheme")
	bare := len(head) == 1 && len(given) == 0
	p.document = graph.Ref{Key: d.Key}
	if again := p.seen[d.Key]; again && bare {
		return
	}
	p.seen[d.Key] = true
	p.emit(at, parsed{Statement: graph.Statement{Document: d}, uses: p.uses, bare: bare})
}

func (p *parser) title(d *graph.Document, ts []token) {
	switch {
	case len(ts) == 0:
	case len(ts) == 1 && ts[0].sort == quoted && ts[0].tag == nil:
		d.Title = p.text(&ts[0])
	default:
		p.fail(ts[0].col, "unexpected "+ts[0].describe(), `behind the key stands the title in quotes, then ;`)
	}
}

func (p *parser) setScheme(t *token) {
	if p.scheme = t.text; !wellFormed(graph.Key{Scheme: t.text, ID: "x"}) {
		p.fail(t.col, fmt.Sprintf("bad scheme %q", t.text), "want at most 64 bytes without spaces and colons")
	}
}

var documentClauses = []string{"published", "retrieved", "publisher", "url", "language", "hash", "version of", "origins", "curation", "scheme"}

func (p *parser) documentClause(d *graph.Document, c []token, at *token, given map[string]bool) {
	if len(c) == 0 || c[0].sort != word {
		p.fail(p.behind(c, at), "no clause", "between semicolons stands one of "+strings.Join(documentClauses, ", "))
		return
	}
	name, values := c[0].text, c[1:]
	if name == "version" && len(values) > 0 && values[0].is("of") {
		name, values = "version of", values[1:]
	}
	switch {
	case !slices.Contains(documentClauses, name):
		p.fail(c[0].col, fmt.Sprintf("unknown word %q", name), place.Suggest(name, documentClauses))
	case given[name]:
		p.fail(c[0].col, name+" is given twice", "")
	case name == "curation" && len(values) == 0:
		d.Curation = true
	case len(values) == 0 || name == "curation":
		p.fail(c[0].col, name+" of what", "write a value behind it, or nothing behind curation")
	case !values[0].is("?"):
		p.documentValue(d, name, values)
	}
	given[name] = true
}

func (p *parser) documentValue(d *graph.Document, name string, ts []token) {
	switch name {
	case "published":
		d.Published = p.date(ts)
	case "retrieved":
		d.Retrieved = p.date(ts)
	case "publisher":
		d.Publisher = p.textOf(ts)
	case "url":
		d.URL = p.textOf(ts)
	case "language":
		d.Language = p.textOf(ts)
	case "hash":
		d.Hash = p.textOf(ts)
	case "version of":
		d.VersionOf = p.documentRef(ts)
	case "origins":
		for _, o := range cut(ts, comma) {
			if len(o) == 0 {
				p.fail(p.behind(ts, &ts[0]), "nothing between commas", "")
				return
			}
			d.Origins = append(d.Origins, p.ref(o, nil, "origins"))
		}
	}
}

// documentRef reads a reference to a document, which goes by its key.
func (p *parser) documentRef(ts []token) graph.Ref {
	if len(ts) != 1 {
		p.fail(ts[1].col, "unexpected "+ts[1].describe(), "want the key of a document")
		return graph.Ref{}
	}
	k := p.key(&ts[0])
	p.uses = append(p.uses, use{key: k, role: "version of", kinds: []string{graph.KindDocument}, line: p.lx.number, col: ts[0].col})
	return graph.Ref{Key: k}
}

// text refuses a text of nothing.
func (p *parser) text(t *token) string {
	if strings.TrimSpace(t.text) == "" {
		p.fail(t.col, "empty text", "leave out what is not stated, or write ?")
	}
	return t.text
}

func (p *parser) textOf(ts []token) string {
	if last := &ts[len(ts)-1]; last.tag != nil {
		p.fail(last.col, "a language where none belongs", "")
	}
	if ts[0].sort == quoted {
		p.text(&ts[0])
	}
	return p.words(ts)
}

func (p *parser) date(ts []token) edtf.Date {
	d, err := edtf.ParseDate(p.textOf(ts))
	if err != nil && p.ok() {
		what, detail := place.Date(err)
		p.fail(ts[0].col, what, detail)
	}
	return d
}

// speaker reads: by SPEAKER [marks] via OUTLET, OUTLET.
func (p *parser) speaker(ts []token) {
	if p.document.IsZero() {
		p.noDocument(&ts[0])
		return
	}
	p.by, p.uses, p.byVoice = graph.Draft{}, nil, false
	at := &ts[0]
	ts = p.speakerMarks(ts[1:])
	via := slices.IndexFunc(ts, func(t token) bool { return t.is("via") })
	if via < 0 {
		via = len(ts)
	}
	who := ts[:via]
	if len(who) == 0 {
		p.fail(at.col, "by whom", "write by NAME, by NAME via OUTLET, or by narrator")
		return
	}
	if via < len(ts) {
		for _, o := range cut(ts[via+1:], comma) {
			if len(o) == 0 {
				p.fail(ts[via].col, "via whom", "write via OUTLET, OUTLET, from the document outwards")
				return
			}
			p.by.Chain = append(p.by.Chain, p.ref(o, nil, "via"))
		}
	}
	if len(who) > 1 || !who[0].is("narrator") {
		p.by.Chain = append(p.by.Chain, p.ref(who, nil, "by"))
	} else if via < len(ts) {
		p.fail(who[0].col, "narrator via somebody", "write by NAME for whoever the document relays")
	}
	p.byUses = p.uses
	p.emit(at, parsed{uses: p.uses}) // says nothing by itself, but must name somebody
}

// speakerMarks takes the marks out of the line, wherever they stand behind the speaker.
func (p *parser) speakerMarks(ts []token) []token {
	from := find(ts, bracket)
	if from < 0 {
		return ts
	}
	to := from + slices.IndexFunc(ts[from:], func(t token) bool { return t.sort == ending })
	if to < from {
		p.fail(ts[from].col, "[ without ]", "close it on the same line")
		return nil
	}
	p.byVoice = p.marks(&p.by, ts[from+1:to], &ts[from])
	return append(slices.Clone(ts[:from]), ts[to+1:]...)
}

func (p *parser) noDocument(at *token) {
	p.fail(at.col, "no document", `the first line names it: document KEY "title" ; published DATE`)
}
