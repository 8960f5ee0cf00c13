package notes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// entity reads: entity KIND KEY = KEY, KEY.
func (p *parser) entity(at *token, ts []token) {
	if len(ts) < 2 || ts[0].sort != word {
		p.fail(p.behind(ts, at), "no entity", "write entity KIND KEY, and = KEY, KEY for further keys")
		return
	}
	f := p.kind(&ts[0])
	if f == nil {
		return
	}
	k := p.key(&ts[1])
	p.declare(at, f, k, p.otherKeys(ts[2:]))
}

// otherKeys reads = KEY, KEY.
func (p *parser) otherKeys(ts []token) []graph.Key {
	if len(ts) == 0 {
		return nil
	}
	if ts[0].sort != equals {
		p.fail(ts[0].col, "unexpected "+ts[0].describe(), "behind the key stands : and what is said, or = and further keys")
		return nil
	}
	var keys []graph.Key
	for _, c := range cut(ts[1:], comma) {
		if len(c) != 1 {
			p.fail(p.behind(c, &ts[0]), "no key", "write = and further keys with commas between them")
			return nil
		}
		keys = append(keys, p.key(&c[0]))
	}
	return keys
}

// declare states an entity's kind and keys, once in a file.
func (p *parser) declare(at *token, f *form, k graph.Key, more []graph.Key) {
	if p.ok() && (!p.seen[k] || len(more) > 0) {
		p.seen[k] = true
		d := &graph.Declaration{Kind: f.Name, Keys: append([]graph.Key{k}, more...)}
		p.emit(at, parsed{Statement: graph.Statement{Declaration: d}})
	}
}

func (p *parser) kind(t *token) *form {
	f := p.kinds[t.text]
	if f == nil || t.sort != word || t.tag != nil {
		p.fail(t.col, "unknown kind "+t.describe(), place.Suggest(t.text, p.keywords()[len(reservedLines):]))
		return nil
	}
	return f
}

// retract reads: retract KEY.
func (p *parser) retract(at *token, ts []token) {
	switch {
	case p.document.IsZero():
		p.noDocument(at)
	case len(ts) != 1 || ts[0].sort != word && ts[0].sort != exact:
		p.fail(p.behind(ts, at), "retract what", "write the key of one assertion of this document")
	default:
		p.emit(at, parsed{Statement: graph.Statement{Retract: &graph.AssertionKey{Document: p.document, Key: p.text(&ts[0])}}})
	}
}

// verbs are what an assertion begins with.
type verbs struct {
	key     string
	correct bool
	deny    bool
}

func (p *parser) verbs(ts []token) (v verbs, rest []token) {
	if ts[0].sort == label {
		v.key, ts = p.text(&ts[0]), ts[1:]
	}
	if len(ts) > 0 && ts[0].is("correct") {
		if len(ts) < 3 || ts[2].sort != colon || ts[1].sort != word && ts[1].sort != exact || v.key != "" {
			p.fail(ts[0].col, "correct what", "write correct KEY: and what is right")
			return v, nil
		}
		v.key, v.correct, ts = p.text(&ts[1]), true, ts[3:]
	}
	if len(ts) > 0 && ts[0].is("deny") {
		v.deny, ts = true, ts[1:]
	}
	return v, ts
}

// assertion reads a line that says something.
func (p *parser) assertion(ts []token) {
	at := &ts[0]
	v, ts := p.verbs(ts)
	if !p.ok() {
		return
	}
	if len(ts) == 0 {
		p.fail(at.col, "nothing is said", "a line goes on with a kind and its key, or with claim")
		return
	}
	d := p.by
	d.Key, d.Document, d.Chain = v.key, p.document, slices.Clone(p.by.Chain)
	body, voice := p.trailing(&d, ts)
	if !p.ok() || len(body) == 0 {
		p.fail(at.col, "nothing is said", "marks stand behind what is said")
		return
	}
	s := parsed{Statement: graph.Statement{Draft: &d, Correct: v.correct}}
	if body[0].is("claim") {
		p.claim(at, body, v.deny, &d)
		p.head, p.about = graph.Key{}, nil
	} else if !p.relation(at, body, v, &d, &s, voice) {
		return
	}
	if p.ok() && p.document.IsZero() {
		p.noDocument(at)
	}
	s.uses = p.uses
	p.emit(at, s)
	p.more = len(p.list) - 1
}

// trailing reads the marks at the end of the line.
func (p *parser) trailing(d *graph.Draft, ts []token) (body []token, voice bool) {
	from := find(ts, bracket)
	if from < 0 {
		if i := find(ts, ending); i >= 0 {
			p.fail(ts[i].col, "] without [", "")
		}
		return ts, p.byVoice
	}
	last := len(ts) - 1
	if i := slices.IndexFunc(ts[from+1:], func(t token) bool { return t.sort == ending || t.sort == bracket }); i != last-from-1 || ts[last].sort != ending {
		p.fail(ts[from].col, "[ without ]", "marks stand between [ and ] at the end of the line")
		return nil, false
	}
	voice = p.marks(d, ts[from+1:last], &ts[from])
	return ts[:from], voice || p.byVoice
}

// relation reads what is said with the keyword of a kind. It is false where the
// line only declares an entity.
func (p *parser) relation(at *token, ts []token, v verbs, d *graph.Draft, s *parsed, voice bool) bool {
	f := p.kinds[ts[0].text]
	if f == nil || ts[0].sort != word {
		p.fail(ts[0].col, "unknown word "+ts[0].describe(), place.Suggest(ts[0].text, p.keywords()))
		return false
	}
	c := clauses{p: p, f: f, r: &graph.Relation{Kind: f.Name, Deny: v.deny}, valid: &d.Valid, voice: &voice}
	head, body := ts[1:], []token(nil)
	i := find(head, colon)
	if i >= 0 {
		if head, body = head[:i], head[i+1:]; len(body) == 0 {
			p.fail(ts[i+1].col, "nothing behind the colon", "leave it out, or write what is said")
			return false
		}
	}
	var more []graph.Key
	if f.identified() {
		p.told(&c, &ts[0], head, body)
	} else {
		more = p.keyed(&c, &ts[0], head)
		if p.ok() && len(body) > 0 {
			c.all(body, &ts[0])
		}
	}
	if !p.ok() {
		return false
	}
	k := c.r.Key
	if !f.identified() && (!f.Relation || len(more) > 0 || len(c.r.Fields) == 0) {
		p.declare(at, f, k, more)
	}
	if len(c.r.Fields) == 0 {
		return p.saysNothing(at, &c, v, d)
	}
	p.head, p.about = k, f
	d.Relation = c.r
	s.voiceless = f.voice && !voice
	return true
}

// saysNothing is for lines without fields: they declare, and do nothing else.
func (p *parser) saysNothing(at *token, c *clauses, v verbs, d *graph.Draft) bool {
	switch {
	case c.f.identified():
		p.fail(at.col, "nothing is said of the "+c.f.word, "it is told by "+strings.Join(c.f.Identity[0], ", "))
	case v != (verbs{}) || !d.Valid.IsZero():
		p.fail(at.col, "nothing is said of "+c.r.Key.String(), "put : behind the key, then what is said")
	}
	return false
}

// told reads the fields of a kind that is told by them, before and behind the colon.
func (p *parser) told(c *clauses, at *token, head, body []token) {
	if len(head) > 0 {
		c.all(head, at)
	}
	if len(body) > 0 {
		c.all(body, at)
	}
}

// keyed reads KEY "name" = KEY, KEY.
func (p *parser) keyed(c *clauses, at *token, head []token) []graph.Key {
	if len(head) == 0 {
		p.fail(at.col, "no key", fmt.Sprintf("write %s KEY: and what is said; the same key is the same %s everywhere", c.f.word, c.f.word))
		return nil
	}
	c.r.Key = p.key(&head[0])
	head = head[1:]
	if len(head) > 0 && head[0].sort == quoted {
		name := c.f.named[graph.PropertyName]
		if name == nil {
			p.fail(head[0].col, "no name", c.f.Name+" has none")
			return nil
		}
		c.field(name, head[:1], &head[0])
		head = head[1:]
	}
	return p.otherKeys(head)
}

// claim reads: claim SUBJECT: PROPERTY VALUE ; …
func (p *parser) claim(at *token, ts []token, deny bool, d *graph.Draft) {
	i := find(ts, colon)
	if i < 2 || i == len(ts)-1 {
		p.fail(ts[0].col, "no claim", "write claim SUBJECT: PROPERTY VALUE")
		return
	}
	links := p.links(at, p.ref(ts[1:i], nil, "subject"), nil, ts[i+1:], deny)
	if len(links) > 0 && links[0].Valid != nil { // the first line says it of the whole assertion
		d.Valid = *links[0].Valid
		for i := range links {
			links[i].Valid = nil
		}
	}
	d.Links = append(d.Links, links...)
}

// further reads a line that adds claims to the assertion before it: + SUBJECT:
// PROPERTY VALUE, or + PROPERTY VALUE about the same entity.
func (p *parser) further(at *token, ts []token) {
	if p.more < 0 {
		p.fail(at.col, "+ without an assertion", "it adds claims to the line before it")
		return
	}
	s := &p.list[p.more]
	p.uses = s.uses
	deny := len(ts) > 0 && ts[0].is("deny")
	if deny {
		ts = ts[1:]
	}
	if i := find(ts, bracket); i >= 0 {
		p.fail(ts[i].col, "marks behind +", "they stand behind the first line of the assertion")
		return
	}
	d := s.Draft
	switch i := find(ts, colon); {
	case len(ts) == 0 || i == 0 || i == len(ts)-1:
		p.fail(at.col, "no claim", "write + SUBJECT: PROPERTY VALUE")
	case i > 0:
		d.Links = append(d.Links, p.links(at, p.ref(ts[:i], nil, "subject"), nil, ts[i+1:], deny)...)
	case p.head.IsZero():
		p.fail(at.col, "about whom", "the line before has no key: write + SUBJECT: PROPERTY VALUE")
	default:
		d.Links = append(d.Links, p.links(at, graph.Ref{Key: p.head}, p.about, ts, deny)...)
	}
	p.list[p.more].uses = p.uses
}

// links reads claims about one subject, whose kind may be known.
func (p *parser) links(at *token, subject graph.Ref, f *form, ts []token, deny bool) []graph.Link {
	var valid graph.Valid
	named := f == nil && subject.Key.Scheme == "" && subject.ID.IsZero()
	who := len(p.uses) - 1
	if f == nil {
		f = &form{Kind: &graph.Kind{}, named: p.claims}
	}
	c := clauses{p: p, f: f, r: &graph.Relation{}, valid: &valid, claims: true}
	c.all(ts, at)
	if len(c.r.Fields) == 0 {
		p.fail(at.col, "no claim", "write PROPERTY VALUE")
		return nil
	}
	if named && p.ok() { // a name is of an entity that can have the property
		p.uses[who].kinds = p.owners(c.r.Fields[0].Name)
	}
	var links []graph.Link
	for _, field := range c.r.Fields {
		for _, v := range field.Values {
			l := graph.Link{Subject: subject, Property: field.Name, Value: v.Value, Occurrence: c.occurrence, Deny: deny}
			if c.said.has("when") || c.said.has("vouched") {
				own := valid
				l.Valid = &own
			}
			links = append(links, l)
		}
	}
	return links
}
