package notes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// DefaultScheme is the scheme of keys that are written without one, where the
// document does not name another.
const DefaultScheme = "notes"

// use is a place where an entity is named, by key or by name. In the statement
// a name stands as a key without a scheme, whose id is the number of the use.
type use struct {
	key       graph.Key // where a name stands: what it would be as a key
	name      string
	scope     string
	kinds     []string // what may stand there; none: anything
	role      string   // where it stands, for messages
	line, col int
}

// parsed is a statement whose names are not looked up yet.
type parsed struct {
	graph.Statement
	uses      []use
	voiceless bool // the voice is to be found out
	bare      bool // a header that gives nothing but the key
	line, col int
}

// parser turns lines into statements.
type parser struct {
	*forms
	lx   *lexer
	l    line
	list []parsed

	document graph.Ref
	scheme   string
	by       graph.Draft // what holds until the next by
	byUses   []use
	byVoice  bool // the voice is stated there, or stated not to be known

	uses  []use // of the statement in hand
	more  int   // the draft that further claims belong to; -1: none
	head  graph.Key
	about *form
	seen  map[graph.Key]bool // entities and documents that have been declared
}

func parse(file string, text []byte, fs *forms) ([]parsed, error) {
	p := &parser{forms: fs, lx: newLexer(file, string(text)), scheme: DefaultScheme, more: -1, seen: map[graph.Key]bool{}}
	for p.lx.next(&p.l) {
		if len(p.l.tokens) > 0 {
			p.statement(p.l.tokens)
		}
	}
	return p.list, p.lx.err
}

func (p *parser) fail(col int, what, detail string) { p.lx.fail(col, what, detail) }

func (p *parser) ok() bool { return p.lx.err == nil }

// statement reads a line.
func (p *parser) statement(ts []token) {
	if !p.balanced(ts) {
		return
	}
	first := &ts[0]
	switch {
	case first.is("+"):
		p.further(first, ts[1:])
		return
	case first.is("document"):
		p.more = -1
		p.header(first, ts[1:])
		return
	case first.is("by"):
		p.more = -1
		p.speaker(ts)
		return
	}
	p.uses, p.more = append(make([]use, 0, len(p.byUses)+usual), p.byUses...), -1
	switch {
	case first.is("entity"):
		p.entity(first, ts[1:])
	case first.is("retract"):
		p.retract(first, ts[1:])
	default:
		p.assertion(ts)
	}
}

// balanced refuses lines whose brackets do not match, and a bracket of marks
// that is not the last thing of its line.
func (p *parser) balanced(ts []token) bool {
	depth := 0
	var at *token
	for i := range ts {
		switch t := &ts[i]; t.sort {
		case open:
			if depth++; depth == 1 {
				at = t
			}
			if depth > maxDepth {
				p.fail(t.col, "too deep", fmt.Sprintf("at most %d brackets within each other", maxDepth))
				return false
			}
		case closing:
			if depth--; depth < 0 {
				p.fail(t.col, ") without (", "")
				return false
			}
		case bracket, ending:
			if depth > 0 {
				p.fail(t.col, "marks within ( )", "they stand at the end of the line")
				return false
			}
		case label:
			if i > 0 {
				p.fail(t.col, "@ within the line", `the key of an assertion begins its line; a language stands directly behind its text: "…"@uk`)
				return false
			}
		}
	}
	if depth > 0 {
		p.fail(at.col, "( without )", "close it on the same line")
	}
	return p.ok()
}

const (
	maxDepth = 8
	usual    = 4 // entities that a line names
)

// emit adds a statement to the list.
func (p *parser) emit(at *token, s parsed) {
	s.Where = place.At(p.lx.file, p.lx.number, at.col)
	s.line, s.col = p.lx.number, at.col
	p.list = append(p.list, s)
}

// key reads a key that is being given to something: a word without a colon gets
// the scheme of the document.
func (p *parser) key(t *token) graph.Key {
	k := graph.Key{Scheme: p.scheme, ID: t.text}
	if t.sort != word && t.sort != exact || t.tag != nil {
		p.fail(t.col, "no key", "want a word, or scheme:id")
		return graph.Key{}
	}
	colon := strings.Contains(t.text, ":")
	if colon {
		if parsed, err := graph.ParseKey(t.text); err == nil {
			return parsed
		}
	}
	if colon || !wellFormed(k) {
		p.fail(t.col, fmt.Sprintf("bad key %q", t.text), "want scheme:id, a scheme without spaces of at most 64 bytes and an id of at most 1,024")
	}
	return k
}

func wellFormed(k graph.Key) bool {
	again, err := graph.ParseKey(k.String())
	return err == nil && again == k
}

// ref reads a reference to an entity, by key, id or name.
func (p *parser) ref(ts []token, kinds []string, role string) graph.Ref {
	t := &ts[0]
	u := use{kinds: kinds, role: role, line: p.lx.number, col: t.col}
	if len(ts) == 1 && t.tag == nil && (t.sort == exact || t.sort == word) {
		if strings.Contains(t.text, ":") {
			if k, err := graph.ParseKey(t.text); err == nil {
				u.key = k
				p.uses = append(p.uses, u)
				return graph.Ref{Key: k}
			}
		}
		if t.sort == exact {
			return p.id(t)
		}
	}
	u.name = p.words(ts)
	if last := ts[len(ts)-1].tag; last != nil {
		u.scope = last.scope
	} else {
		u.key = graph.Key{Scheme: p.scheme, ID: u.name}
	}
	p.uses = append(p.uses, u)
	return graph.Ref{Key: graph.Key{ID: strconv.Itoa(len(p.uses) - 1)}}
}

func (p *parser) id(t *token) graph.Ref {
	id, err := graph.ParseEntityID(t.text)
	if err != nil {
		p.fail(t.col, fmt.Sprintf("bad key %q", t.text), "between < and > stands a key, scheme:id, or the id of an entity")
	}
	return graph.ByID(id)
}

// words joins what is written without quotes.
func (p *parser) words(ts []token) string {
	if len(ts) == 1 && (ts[0].sort == word || ts[0].sort == quoted) {
		return ts[0].text
	}
	n := 0
	for i := range ts {
		if t := &ts[i]; t.sort != word || t.tag != nil && i < len(ts)-1 {
			p.fail(t.col, "unexpected "+t.describe(), "a name stands alone; put commas between names, semicolons between clauses")
			return ""
		}
		n += len(ts[i].text) + 1
	}
	b := make([]byte, 0, n)
	for i := range ts {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, ts[i].text...)
	}
	return string(b)
}

// describe is what a token is called in messages.
func (t *token) describe() string {
	switch t.sort {
	case word:
		return strconv.Quote(t.text)
	case quoted:
		return "quoted text"
	case exact:
		return "<" + t.text + ">"
	case label:
		return "@" + t.text
	}
	return strconv.Quote(string(signOf[t.sort]))
}

// cut parts tokens at a sign, outside of ( ).
func cut(ts []token, at sort) [][]token {
	var list [][]token
	for more := true; more; {
		var one []token
		one, ts, more = next(ts, at)
		list = append(list, one)
	}
	return list
}

// next parts tokens at the first such sign, outside of ( ), if there is one.
func next(ts []token, at sort) (one, rest []token, more bool) {
	if i := find(ts, at); i >= 0 {
		return ts[:i], ts[i+1:], true
	}
	return ts, nil, false
}

func deeper(s sort) int {
	switch s {
	case open:
		return 1
	case closing:
		return -1
	}
	return 0
}

// find is the index of the first token of a sort outside of ( ), or -1.
func find(ts []token, s sort) int {
	depth := 0
	for i := range ts {
		depth += deeper(ts[i].sort)
		if ts[i].sort == s && depth == 0 {
			return i
		}
	}
	return -1
}

// behind is the column behind the last of some tokens.
func (p *parser) behind(ts []token, at *token) int {
	if len(ts) == 0 {
		return at.col
	}
	return ts[len(ts)-1].col
}
