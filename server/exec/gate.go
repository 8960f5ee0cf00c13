package exec

import (
	"strings"
	"unicode/utf8"
)

// admitted is a document that passed the gate, spelled so that the library's
// parser reads it rightly. Every token stands where it stood.
type admitted struct {
	text    []byte
	nulls   map[int]bool   // offsets of null literals, which the parser does not know: text spells them NULL
	strings map[int]string // values of strings with escapes, by offset: text has blanks in their place
	hidden  []byte         // the directives of variables, which the parser does not know: text has blanks in their place
	tokens  int
}

// longestWord is the length in bytes of the longest name or number.
const longestWord = 200

// gate reads a document once, before the parser does, and bounds what it may
// put the parser to.
type gate struct {
	in        string
	out       []byte
	pos       int
	limits    *Limits
	tokens    int
	open      []byte // brackets that are open
	last      byte   // first byte of the last token
	directed  bool   // a directive stands at the head of this definition
	described bool   // a description stands before
	nulls     map[int]bool
	strings   map[int]string
	hidden    []byte
}

// admit refuses documents that are not text, are too long, nested too deeply,
// or broken in their brackets, strings or words.
func admit(document string, limits *Limits) (*admitted, *Error) {
	if len(document) > limits.Bytes {
		return nil, Errorf(CodeLimit, "the document has more than %d bytes", limits.Bytes)
	}
	if i := invalidUTF8(document); i >= 0 {
		return nil, Errorf(CodeSyntax, "the document is not UTF-8").in(i)
	}
	g := &gate{in: document, out: []byte(document), limits: limits}
	for g.more() {
		if e := g.token(); e != nil {
			return nil, e
		}
	}
	if len(g.open) > 0 {
		return nil, g.wrong("the document ends within %q", g.open[len(g.open)-1:])
	}
	if g.described || g.tokens == 0 {
		return nil, g.wrong("the document ends before an operation")
	}
	return &admitted{g.out, g.nulls, g.strings, g.hidden, g.tokens}, nil
}

// invalidUTF8 finds the first byte that is not part of a character, or gives -1.
func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

func (g *gate) wrong(format string, args ...any) *Error {
	return Errorf(CodeSyntax, format, args...).in(g.pos)
}

// more steps over what means nothing and tells whether a token comes. Comments
// and the byte order mark are blanked: the parser counts positions in
// characters behind those that are not ASCII, and loses its place.
func (g *gate) more() bool {
	for g.pos < len(g.in) {
		switch c := g.in[g.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
			g.pos++
		case c == '#':
			g.blank(strings.IndexAny(g.in[g.pos:], "\n\r"))
		case strings.HasPrefix(g.in[g.pos:], "\ufeff"):
			g.blank(len("\ufeff"))
		default:
			return true
		}
	}
	return false
}

// blank overwrites the next n bytes, or the rest if n is negative, and steps
// over them.
func (g *gate) blank(n int) {
	end := g.pos + n
	if n < 0 {
		end = len(g.in)
	}
	blank(g.out[g.pos:end])
	g.pos = end
}

func blank(text []byte) {
	for i := range text {
		text[i] = ' '
	}
}

func (g *gate) token() *Error {
	if g.tokens++; g.tokens > g.limits.Tokens {
		return Errorf(CodeLimit, "the document has more than %d tokens", g.limits.Tokens).in(g.pos)
	}
	c := g.in[g.pos]
	if g.described && !isLetter(c) {
		return g.wrong("unexpected %q after a description", c)
	}
	g.described = false
	e := g.next(c)
	g.last = c
	return e
}

func (g *gate) next(c byte) *Error {
	switch {
	case strings.IndexByte("({[", c) >= 0:
		return g.opening(c)
	case strings.IndexByte(")}]", c) >= 0:
		return g.closing(c)
	case c == '@':
		return g.directive()
	case strings.IndexByte("!$&:=|", c) >= 0:
		g.pos++
		return nil
	case strings.HasPrefix(g.in[g.pos:], "..."):
		g.pos += 3
		return nil
	case c == '"':
		return g.text()
	case isLetter(c):
		return g.name()
	case isDigit(c) || c == '-':
		return g.number()
	}
	r, _ := utf8.DecodeRuneInString(g.in[g.pos:])
	return g.wrong("unexpected character %+q", r)
}

func (g *gate) opening(c byte) *Error {
	if len(g.open) >= g.limits.Nesting {
		return Errorf(CodeLimit, "the document is nested deeper than %d", g.limits.Nesting).in(g.pos)
	}
	g.open = append(g.open, c)
	g.pos++
	return nil
}

func (g *gate) closing(c byte) *Error {
	n := len(g.open) - 1
	if n < 0 || g.open[n] != partner(c) {
		return g.wrong("unexpected %q", c)
	}
	if c == '}' && g.last == '{' && strings.IndexByte(string(g.open), '(') < 0 {
		return g.wrong("a selection without a field")
	}
	g.open = g.open[:n]
	if n == 0 && c == '}' {
		g.directed = false
	}
	g.pos++
	return nil
}

func partner(closing byte) byte {
	switch closing {
	case ')':
		return '('
	case '}':
		return '{'
	}
	return '['
}

// directive steps over the sign of a directive, and hides a whole directive of
// a variable.
func (g *gate) directive() *Error {
	start := g.pos
	g.pos++
	if len(g.open) == 0 {
		g.directed = true
	}
	if g.directed || string(g.open) != "(" {
		return nil
	}
	if !g.more() || !isLetter(g.in[g.pos]) {
		return g.wrong("the name of a directive is missing")
	}
	if e := g.token(); e != nil {
		return e
	}
	for g.more() && (len(g.open) > 1 || g.in[g.pos] == '(') {
		if e := g.token(); e != nil {
			return e
		}
		if len(g.open) == 1 {
			break
		}
	}
	g.hide(start, g.pos)
	return nil
}

func (g *gate) hide(start, end int) {
	if g.hidden == nil {
		g.hidden = make([]byte, len(g.in))
		blank(g.hidden)
	}
	copy(g.hidden[start:end], g.out[start:end])
	blank(g.out[start:end])
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func (g *gate) name() *Error {
	end := g.pos + 1
	for end < len(g.in) && (isLetter(g.in[end]) || isDigit(g.in[end])) {
		end++
	}
	if g.in[g.pos:end] == "null" && g.valueExpected() {
		if g.nulls == nil {
			g.nulls = map[int]bool{}
		}
		g.nulls[g.pos] = true
		copy(g.out[g.pos:], "NULL")
	}
	return g.word(end, "name")
}

// valueExpected tells whether a name that comes now is a value: within
// parentheses, behind a colon or an equals sign, or in a list.
func (g *gate) valueExpected() bool {
	if strings.IndexByte(string(g.open), '(') < 0 {
		return false
	}
	return g.last == ':' || g.last == '=' || g.open[len(g.open)-1] == '['
}

// number steps over a number: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func (g *gate) number() *Error {
	end := g.pos
	at := func(set string) bool { return end < len(g.in) && strings.IndexByte(set, g.in[end]) >= 0 }
	digits := func() *Error {
		from := end
		for at("0123456789") {
			end++
		}
		if end == from {
			return Errorf(CodeSyntax, "a digit is missing").in(end)
		}
		return nil
	}
	if at("-") {
		end++
	}
	zero := at("0")
	from := end
	if e := digits(); e != nil {
		return e
	}
	if zero && end > from+1 {
		return Errorf(CodeSyntax, "a number starts with 0").in(from + 1)
	}
	if at(".") {
		end++
		if e := digits(); e != nil {
			return e
		}
	}
	if at("eE") {
		if end++; at("+-") {
			end++
		}
		if e := digits(); e != nil {
			return e
		}
	}
	if end < len(g.in) && (isLetter(g.in[end]) || g.in[end] == '.') {
		return Errorf(CodeSyntax, "a number runs into %q", g.in[end]).in(end)
	}
	return g.word(end, "number")
}

func (g *gate) word(end int, what string) *Error {
	if end-g.pos > longestWord {
		return Errorf(CodeLimit, "a %s of more than %d bytes", what, longestWord).in(g.pos)
	}
	g.pos = end
	return nil
}
