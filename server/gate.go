package server

import (
	"strings"
	"unicode/utf8"
)

// admitted is a document that passed the gate, spelled so that the library's
// parser reads it rightly. Every token stands where it stood.
type admitted struct {
	text  []byte
	nulls map[int]bool // offsets of null literals, which the parser does not know: text spells them NULL
}

// longestWord is the length in bytes of the longest name or number. The
// library compares unknown names letter by letter with known ones.
const longestWord = 200

// gate reads a document once, before the parser does, and bounds what it may
// put the parser to.
type gate struct {
	in     string
	out    []byte
	pos    int
	limits *Limits
	tokens int
	open   []byte // brackets that are open
	last   byte   // first byte of the last token
	nulls  map[int]bool
}

// admit refuses documents that are not text, are too long, nested too deeply,
// or broken in their brackets, strings or words.
func admit(document string, limits *Limits) (*admitted, *fault) {
	if i := invalidUTF8(document); i >= 0 {
		return nil, faultf(codeSyntax, "the document is not UTF-8").in(i)
	}
	g := &gate{in: document, out: []byte(document), limits: limits}
	for {
		g.ignore()
		if g.pos == len(g.in) {
			break
		}
		if f := g.token(); f != nil {
			return nil, f
		}
	}
	if len(g.open) > 0 {
		return nil, g.wrong("the document ends within %q", g.open[len(g.open)-1:])
	}
	return &admitted{g.out, g.nulls}, nil
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

func (g *gate) wrong(format string, args ...any) *fault {
	return faultf(codeSyntax, format, args...).in(g.pos)
}

// ignore steps over what means nothing. Comments and the byte order mark are
// blanked: the parser counts positions in characters behind those that are not
// ASCII, and loses its place.
func (g *gate) ignore() {
	for g.pos < len(g.in) {
		switch c := g.in[g.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
			g.pos++
		case c == '#':
			g.blank(strings.IndexAny(g.in[g.pos:], "\n\r"))
		case strings.HasPrefix(g.in[g.pos:], "\ufeff"):
			g.blank(len("\ufeff"))
		default:
			return
		}
	}
}

// blank overwrites the next n bytes, or the rest if n is negative.
func (g *gate) blank(n int) {
	end := g.pos + n
	if n < 0 {
		end = len(g.in)
	}
	for ; g.pos < end; g.pos++ {
		g.out[g.pos] = ' '
	}
}

func (g *gate) token() *fault {
	if g.tokens++; g.tokens > g.limits.Tokens {
		return faultf(codeLimit, "the document has more than %d tokens", g.limits.Tokens).in(g.pos)
	}
	c := g.in[g.pos]
	f := g.next(c)
	g.last = c
	return f
}

func (g *gate) next(c byte) *fault {
	switch {
	case strings.IndexByte("({[", c) >= 0:
		return g.opening(c)
	case strings.IndexByte(")}]", c) >= 0:
		return g.closing(c)
	case strings.IndexByte("!$&:=@|", c) >= 0:
		g.pos++
		return nil
	case strings.HasPrefix(g.in[g.pos:], "..."):
		g.pos += 3
		return nil
	case strings.HasPrefix(g.in[g.pos:], `"""`):
		return g.block()
	case c == '"':
		return g.str()
	case isLetter(c):
		return g.name()
	case isDigit(c) || c == '-':
		return g.number()
	}
	r, _ := utf8.DecodeRuneInString(g.in[g.pos:])
	return g.wrong("unexpected character %+q", r)
}

func (g *gate) opening(c byte) *fault {
	if len(g.open) >= g.limits.Nesting {
		return faultf(codeLimit, "the document is nested deeper than %d", g.limits.Nesting).in(g.pos)
	}
	g.open = append(g.open, c)
	g.pos++
	return nil
}

func (g *gate) closing(c byte) *fault {
	n := len(g.open) - 1
	if n < 0 || g.open[n] != partner(c) {
		return g.wrong("unexpected %q", c)
	}
	g.open = g.open[:n]
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

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func (g *gate) name() *fault {
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

// number steps over what may be a number; the parser knows its grammar.
func (g *gate) number() *fault {
	end := g.pos + 1
	for end < len(g.in) && (isDigit(g.in[end]) || strings.IndexByte("+-.eE", g.in[end]) >= 0) {
		end++
	}
	if end < len(g.in) && isLetter(g.in[end]) {
		return g.wrong("a number runs into a name")
	}
	return g.word(end, "number")
}

func (g *gate) word(end int, what string) *fault {
	if end-g.pos > longestWord {
		return faultf(codeLimit, "a %s of more than %d bytes", what, longestWord).in(g.pos)
	}
	g.pos = end
	return nil
}
