package notes

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
)

// Print writes statements as notes, which are read as the same statements. An
// entity's declaration must come before what is said with its kind's keyword,
// and a document before what stands in it. Entities are written by their keys,
// so that no name has to be found again.
func Print(w io.Writer, o *graph.Ontology, statements iter.Seq2[graph.Statement, error]) error {
	p := printer{forms: newForms(o)}
	for s, err := range statements {
		if err != nil {
			return err
		}
		if err := p.statement(&s); err != nil {
			return err
		}
		if _, err := io.WriteString(w, p.b.String()); err != nil {
			return err
		}
		p.b.Reset()
	}
	p.declared()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// printer writes statements one after the other.
type printer struct {
	*forms
	b        strings.Builder
	begun    bool
	document graph.Key
	chain    []graph.Ref
	held     *graph.Declaration // not written yet: the next line may declare it
}

func (p *printer) statement(s *graph.Statement) error {
	if !p.declaredBy(s.Draft) {
		p.declared()
	}
	switch {
	case s.Document != nil:
		p.header(s.Document)
	case s.Declaration != nil:
		p.held = s.Declaration
	case s.Draft != nil:
		if err := p.within(s.Draft.Document); err != nil {
			return err
		}
		p.draft(s.Draft, s.Correct)
	case s.Retract != nil:
		if err := p.within(s.Retract.Document); err != nil {
			return err
		}
		p.b.WriteString("retract ")
		writeKey(&p.b, s.Retract.Key)
		p.end()
	}
	return nil
}

func (p *printer) end() {
	p.b.WriteByte('\n')
	p.begun = true
}

// within makes sure that the lines that follow stand in a document.
func (p *printer) within(doc graph.Ref) error {
	if doc.Key.IsZero() {
		return fmt.Errorf("notes: the document %s has no key: give it one", doc)
	}
	if doc.Key != p.document {
		p.header(&graph.Document{Key: doc.Key})
	}
	return nil
}

func (p *printer) header(d *graph.Document) {
	if p.begun {
		p.b.WriteByte('\n')
	}
	p.document, p.chain = d.Key, nil
	p.b.WriteString("document ")
	p.key(d.Key)
	if d.Title != "" {
		p.b.WriteByte(' ')
		p.quoted(d.Title)
	}
	for _, c := range []struct{ name, text string }{{"published", d.Published.String()}, {"retrieved", d.Retrieved.String()},
		{"publisher", d.Publisher}, {"url", d.URL}, {"language", d.Language}, {"hash", d.Hash}} {
		if c.text != "" {
			p.b.WriteString(" ; " + c.name + " ")
			p.wordOrQuoted(c.text)
		}
	}
	if !d.VersionOf.IsZero() {
		p.b.WriteString(" ; version of ")
		p.ref(d.VersionOf)
	}
	if len(d.Origins) > 0 {
		p.b.WriteString(" ; origins ")
		p.refs(d.Origins)
	}
	if d.Curation {
		p.b.WriteString(" ; curation")
	}
	p.end()
}

// declaredBy tells whether the line of a draft declares what was declared before it.
func (p *printer) declaredBy(d *graph.Draft) bool {
	if p.held == nil || d == nil || d.Relation == nil || d.Relation.Kind != p.held.Kind || d.Relation.Key != p.held.Keys[0] {
		return false
	}
	f := p.kinds[p.held.Kind]
	return f != nil && !f.identified() && (!f.Relation || len(p.held.Keys) > 1)
}

// declared writes the declaration that was held back.
func (p *printer) declared() {
	d := p.held
	if p.held = nil; d == nil {
		return
	}
	if f := p.kinds[d.Kind]; f != nil && !f.identified() {
		p.b.WriteString(f.word)
	} else {
		p.b.WriteString("entity " + d.Kind)
	}
	p.b.WriteByte(' ')
	p.key(d.Keys[0])
	p.otherKeys(d.Keys[1:])
	p.end()
}

func (p *printer) otherKeys(keys []graph.Key) {
	for i, k := range keys {
		p.b.WriteString([]string{" = ", ", "}[min(i, 1)])
		p.key(k)
	}
}

// draft writes one assertion: who makes it, what it says and its marks, then
// the single claims, each of which has a line of its own.
func (p *printer) draft(d *graph.Draft, correct bool) {
	p.speaker(d.Chain)
	switch {
	case correct:
		p.b.WriteString("correct ")
		writeKey(&p.b, d.Key)
		p.b.WriteString(": ")
	case d.Key != "":
		p.b.WriteByte('@')
		writeKey(&p.b, d.Key)
		p.b.WriteByte(' ')
	}
	links, valid := assertionValid(d)
	var about *graph.Relation
	if d.Relation != nil {
		about = d.Relation
		p.relation(d.Relation, valid)
	} else {
		links = p.claim(links, "", nil)
		if !valid.IsZero() {
			p.b.WriteString(" ; ")
			p.when(valid)
		}
	}
	p.marks(d)
	p.end()
	for len(links) > 0 {
		links = p.claim(links, "  + ", about)
		p.end()
	}
}

// assertionValid is what the first line says of when the assertion holds. Where
// it is a single claim with a time of its own, that is the assertion's, and
// the others get what was the assertion's before.
func assertionValid(d *graph.Draft) ([]graph.Link, graph.Valid) {
	if d.Relation != nil || d.Links[0].Valid == nil {
		return d.Links, d.Valid
	}
	valid := *d.Links[0].Valid
	links := slices.Clone(d.Links)
	for i := range links {
		switch l := &links[i]; {
		case l.Valid == nil:
			was := d.Valid
			l.Valid = &was
		case *l.Valid == valid:
			l.Valid = nil
		}
	}
	return links, valid
}

func (p *printer) speaker(chain []graph.Ref) {
	if slices.Equal(chain, p.chain) {
		return
	}
	p.chain = chain
	if len(chain) == 0 {
		p.b.WriteString("by narrator\n")
		return
	}
	last := len(chain) - 1
	p.b.WriteString("by ")
	p.ref(chain[last])
	if last > 0 {
		p.b.WriteString(" via ")
		p.refs(chain[:last])
	}
	p.end()
}

func (p *printer) key(k graph.Key) {
	if s := k.String(); plain(s) && !dateLike(s) {
		p.b.WriteString(s)
	} else {
		writeDelimited(&p.b, '<', s, '>')
	}
}

func (p *printer) ref(r graph.Ref) {
	if r.ID.IsZero() {
		p.key(r.Key)
		return
	}
	writeDelimited(&p.b, '<', r.ID.String(), '>')
}

func (p *printer) refs(list []graph.Ref) {
	for i, r := range list {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.ref(r)
	}
}

func (p *printer) quoted(s string) { writeDelimited(&p.b, '"', s, '"') }

func (p *printer) wordOrQuoted(s string) {
	if plain(s) {
		p.b.WriteString(s)
	} else {
		p.quoted(s)
	}
}

// marks writes what is known of an assertion besides what it says.
func (p *printer) marks(d *graph.Draft) {
	var list []string
	add := func(name, text string, stated bool) {
		if !stated {
			return
		}
		var b strings.Builder
		if b.WriteString(name + " "); plain(text) {
			b.WriteString(text)
		} else {
			writeDelimited(&b, '"', text, '"')
		}
		list = append(list, b.String())
	}
	if codes := p.codes(d); codes != "" {
		list = append(list, codes)
	}
	j := &d.Judgement
	if d.Voice == graph.VoiceNone && d.Relation != nil && p.hasVoice(d.Relation) {
		list = append(list, "voice ?")
	}
	add("grade", gradeText(j.Grade), gradeText(j.Grade) != "" && !gradeLike(gradeText(j.Grade)))
	add("status", j.Status.String(), j.Status != graph.AcceptedStatus)
	add("said", d.Asserted.String(), !d.Asserted.IsZero())
	add("embargo", embargoText(j.Embargo), j.Embargo != 0)
	add("span", fmt.Sprintf("%d+%d", d.Span.Offset, d.Span.Length), d.Span != graph.Span{})
	add("coder", d.Coder, d.Coder != "")
	add("reason", j.Reason, j.Reason != "")
	if d.Summary != "" {
		var b strings.Builder
		writeDelimited(&b, '"', d.Summary, '"')
		list = append(list, b.String())
	}
	if len(list) > 0 {
		p.b.WriteString(" [" + strings.Join(list, " ; ") + "]")
	}
}

// codes are the marks that need no word.
func (p *printer) codes(d *graph.Draft) string {
	var codes []string
	for _, s := range []string{d.Voice.String(), d.Level.String(), d.Quote.String(), d.Modality.String(), d.Wording.String(), d.Factuality.String()} {
		if s != "" {
			codes = append(codes, s)
		}
	}
	if r := d.Judgement.Rank; r != graph.Normal {
		codes = append(codes, r.String())
	}
	if m := d.Judgement.Marking; m != graph.Clear {
		codes = append(codes, m.String())
	}
	if g := gradeText(d.Judgement.Grade); gradeLike(g) {
		codes = append(codes, g)
	}
	return strings.Join(codes, " ")
}

func gradeText(g graph.Grade) string {
	if g.Credibility == 0 {
		return g.Reliability.String()
	}
	return g.Reliability.String() + strconv.Itoa(int(g.Credibility))
}

// hasVoice tells whether the voice would be found out where it is not stated.
func (p *printer) hasVoice(r *graph.Relation) bool {
	f := p.kinds[r.Kind]
	return f != nil && f.voice && !slices.ContainsFunc(r.Fields, func(f graph.Field) bool { return f.Name == "voice" })
}

// embargoText writes the instant as a day where it is the beginning of one.
func embargoText(t graph.Time) string {
	s := time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
	return strings.TrimSuffix(s, "T00:00:00.000Z")
}
