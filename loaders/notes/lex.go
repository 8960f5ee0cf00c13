package notes

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/parleydb/parley/loaders/internal/place"
)

// sort is what a token is.
type sort uint8

const (
	word    sort = iota
	quoted       // "…"
	exact        // <…>: a key or an id, as it is
	label        // @…: the key of the line's assertion
	comma        // ,
	semi         // ;
	colon        // : with nothing but space behind it
	greater      // >
	equals       // =
	open         // (
	closing      // )
	bracket      // [
	ending       // ]
)

// token is one piece of a line.
type token struct {
	sort sort
	text string // without quotes and escapes
	tag  *tag   // of a word or a quoted text
	col  int    // in bytes, from 1
}

// tag tells of a text which language and script it is in, and of a name which
// use it is limited to: @uk/Cyrl/government.
type tag struct{ lang, script, scope string }

// line is one line of a file, in tokens.
type line struct {
	number  int
	tokens  []token
	comment string // with its #
	end     int    // the column behind the last token
}

// lexer cuts a file into lines of tokens.
type lexer struct {
	file, rest string
	number     int
	text       string // of the line in hand
	at         int    // in it
	err        error
}

func newLexer(file, text string) *lexer {
	return &lexer{file: file, rest: strings.TrimPrefix(text, "\ufeff")}
}

func (lx *lexer) fail(col int, what, detail string) {
	if lx.err == nil {
		lx.err = &place.Error{File: lx.file, Line: lx.number, Column: col, What: what, Detail: detail}
	}
}

// next reads a line into l, whose tokens are used again. It is false at the
// end of the file and at the first mistake.
func (lx *lexer) next(l *line) bool {
	if lx.rest == "" || lx.err != nil {
		return false
	}
	lx.text, lx.rest, _ = strings.Cut(lx.rest, "\n")
	lx.text = strings.TrimSuffix(lx.text, "\r")
	lx.number++
	lx.at = 0
	l.number, l.tokens, l.comment = lx.number, l.tokens[:0], ""
	lx.check()
	for lx.err == nil && lx.space() {
		if lx.text[lx.at] == '#' {
			l.comment = strings.TrimRight(lx.text[lx.at:], " \t")
			break
		}
		l.tokens = append(l.tokens, lx.token())
		l.end = lx.at + 1
	}
	return lx.err == nil
}

// check refuses what no text is.
func (lx *lexer) check() {
	for i := 0; i < len(lx.text); i++ {
		c := lx.text[i]
		if c >= utf8.RuneSelf {
			lx.checkRunes(i)
			return
		}
		lx.checkByte(i, c)
	}
}

func (lx *lexer) checkByte(i int, c byte) {
	if c < ' ' && c != '\t' || c == 0x7f {
		lx.fail(i+1, fmt.Sprintf("control character %#02x", c), `write it in quotes, as \u{…}`)
	}
}

func (lx *lexer) checkRunes(from int) {
	for i, r := range lx.text[from:] {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(lx.text[from+i:]); size == 1 {
				lx.fail(from+i+1, "invalid UTF-8", "save the file as UTF-8")
				return
			}
		}
		if r < utf8.RuneSelf {
			lx.checkByte(from+i, byte(r))
		}
	}
}

// space skips it, and tells whether anything is left.
func (lx *lexer) space() bool {
	for lx.at < len(lx.text) && (lx.text[lx.at] == ' ' || lx.text[lx.at] == '\t') {
		lx.at++
	}
	return lx.at < len(lx.text)
}

// signs are the tokens of one byte.
var signs = [256]sort{',': comma, ';': semi, '(': open, ')': closing, '[': bracket, ']': ending, '>': greater}

func (lx *lexer) token() token {
	t := token{col: lx.at + 1}
	c := lx.text[lx.at]
	switch {
	case signs[c] != 0:
		t.sort = signs[c]
		lx.at++
	case c == '"':
		t.sort, t.text = quoted, lx.delimited('"', "a quoted text")
		t.tag = lx.tag()
	case c == '<':
		t.sort, t.text = exact, lx.delimited('>', "a key in < >")
	case c == '@':
		t.sort, t.text = label, lx.label()
	case c == '+' && strings.Trim(lx.text[:lx.at], " \t") == "":
		t.text = "+"
		lx.at++
	case c == ':' && lx.parts(lx.at+1):
		t.sort = colon
		lx.at++
	case c == '=' && lx.parts(lx.at+1):
		t.sort = equals
		lx.at++
	default:
		t.text = lx.word()
		t.tag = lx.tag()
	}
	return t
}

// parts tells whether a word ends before this byte.
func (lx *lexer) parts(at int) bool {
	return at >= len(lx.text) || lx.text[at] == ' ' || lx.text[at] == '\t' || delimits(lx.text[at])
}

func delimits(c byte) bool { return signs[c] != 0 || c == '"' || c == '<' || c == '@' }

func (lx *lexer) word() string {
	from := lx.at
	for lx.at < len(lx.text) {
		c := lx.text[lx.at]
		if c == ' ' || c == '\t' || delimits(c) || c == ':' && lx.at > from && lx.parts(lx.at+1) {
			break
		}
		lx.at++
	}
	return lx.text[from:lx.at]
}

// label reads what follows an @ at the beginning of a token.
func (lx *lexer) label() string {
	col := lx.at + 1
	lx.at++
	if lx.at < len(lx.text) && lx.text[lx.at] == '<' {
		return lx.delimited('>', "a key in < >")
	}
	w := lx.word()
	if w == "" {
		lx.fail(col, "@ without a key", "the key of an assertion follows at once: @F13; a language stands directly behind its text: \"…\"@uk")
	}
	return w
}

// tag reads @language/script/scope, directly behind a text.
func (lx *lexer) tag() *tag {
	if lx.at >= len(lx.text) || lx.text[lx.at] != '@' || lx.err != nil {
		return nil
	}
	col := lx.at + 1
	var parts [3]string
	for i := range parts {
		lx.at++
		parts[i] = lx.part()
		if lx.at >= len(lx.text) || lx.text[lx.at] != '/' {
			break
		}
	}
	if t := (tag{parts[0], parts[1], parts[2]}); t != (tag{}) {
		return &t
	}
	lx.fail(col, "@ without a language", `write "…"@uk, "…"@uk/Cyrl or "…"@//government`)
	return nil
}

func (lx *lexer) part() string {
	if lx.at < len(lx.text) && lx.text[lx.at] == '"' {
		return lx.delimited('"', "a quoted text")
	}
	from := lx.at
	for lx.at < len(lx.text) && lx.text[lx.at] != '/' && !lx.parts(lx.at) && !(lx.text[lx.at] == ':' && lx.parts(lx.at+1)) {
		lx.at++
	}
	return lx.text[from:lx.at]
}

// delimited reads up to an end that no backslash stands before.
func (lx *lexer) delimited(end byte, what string) string {
	from := lx.at
	lx.at++
	begin := lx.at
	for ; lx.at < len(lx.text); lx.at++ {
		switch lx.text[lx.at] {
		case end:
			lx.at++
			return lx.text[begin : lx.at-1]
		case '\\':
			return lx.escaped(from, end, what)
		}
	}
	lx.fail(from+1, what+" does not end on its line", fmt.Sprintf("close it with %c", end))
	return ""
}

// escaped goes on behind the first backslash.
func (lx *lexer) escaped(from int, end byte, what string) string {
	var b strings.Builder
	b.WriteString(lx.text[from+1 : lx.at])
	for lx.at < len(lx.text) && lx.err == nil {
		c := lx.text[lx.at]
		lx.at++
		switch c {
		case end:
			return b.String()
		case '\\':
			b.WriteRune(lx.escape())
		default:
			b.WriteByte(c)
		}
	}
	lx.fail(from+1, what+" does not end on its line", fmt.Sprintf("close it with %c", end))
	return ""
}

var escapes = map[byte]rune{'"': '"', '>': '>', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}

// escape reads what follows a backslash.
func (lx *lexer) escape() rune {
	col := lx.at
	if lx.at >= len(lx.text) {
		lx.fail(col, "a backslash at the end of the line", `write \\ for a backslash`)
		return 0
	}
	c := lx.text[lx.at]
	lx.at++
	if r, ok := escapes[c]; ok {
		return r
	}
	var r rune
	if n, err := fmt.Sscanf(lx.text[lx.at-1:], "u{%x}", &r); c == 'u' && n == 1 && err == nil && utf8.ValidRune(r) {
		lx.at += strings.IndexByte(lx.text[lx.at:], '}') + 1
		return r
	}
	lx.fail(col, fmt.Sprintf("unknown escape \\%c", c), `want \" \> \\ \n \t \r or \u{…}`)
	return 0
}
