package notes

import (
	"fmt"
	"strings"
)

// Format writes a file as every file of notes is written: single spaces, a
// blank line before each document, further claims indented; comments stay.
// Formatting again changes nothing. It knows no ontology: what the lines say is
// not checked, only how they are cut into words.
func Format(file string, text []byte) ([]byte, error) {
	lx := newLexer(file, string(text))
	var b, one strings.Builder
	var l line
	blank := false
	for lx.next(&l) {
		if len(l.tokens) == 0 && l.comment == "" {
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte('\n')
		}
		blank = false
		one.Reset()
		writeLine(&one, &l)
		b.WriteString(one.String())
		b.WriteByte('\n')
	}
	return []byte(b.String()), lx.err
}

func writeLine(b *strings.Builder, l *line) {
	if len(l.tokens) > 0 && l.tokens[0].is("+") {
		b.WriteString("  ")
	}
	for i := range l.tokens {
		if i > 0 && spaced(l.tokens[i-1].sort, l.tokens[i].sort) {
			b.WriteByte(' ')
		}
		writeToken(b, &l.tokens[i])
	}
	if l.comment == "" {
		return
	}
	if len(l.tokens) > 0 {
		b.WriteString("  ")
	}
	b.WriteString(l.comment)
}

// spaced tells whether a space stands between two tokens.
func spaced(before, t sort) bool {
	switch t {
	case comma, colon, closing, ending:
		return before == colon || before == comma || before == label || before == equals
	}
	return before != open && before != bracket
}

func writeToken(b *strings.Builder, t *token) {
	switch t.sort {
	case word:
		b.WriteString(t.text)
	case quoted:
		writeDelimited(b, '"', t.text, '"')
	case exact:
		writeDelimited(b, '<', t.text, '>')
	case label:
		b.WriteByte('@')
		writeKey(b, t.text)
	default:
		b.WriteByte(signOf[t.sort])
	}
	if t.tag != nil {
		writeTag(b, t.tag)
	}
}

var signOf = [...]byte{comma: ',', semi: ';', colon: ':', greater: '>', equals: '=', open: '(', closing: ')', bracket: '[', ending: ']'}

// writeDelimited writes a text between two signs, on one line.
func writeDelimited(b *strings.Builder, from byte, text string, to byte) {
	b.WriteByte(from)
	for _, r := range text {
		switch {
		case r == rune(to) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(to)
}

// writeKey writes the key of an assertion.
func writeKey(b *strings.Builder, key string) {
	if plain(key) {
		b.WriteString(key)
		return
	}
	writeDelimited(b, '<', key, '>')
}

// plain tells whether a text is one word to the lexer, wherever it stands.
func plain(s string) bool {
	if s == "" || s == "?" || s == "=" || s == "+" || s[0] == '#' || s[0] == '@' || s[0] == ':' || s[len(s)-1] == ':' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == 0x7f || delimits(c) || c == ':' && i+1 < len(s) && (s[i+1] <= ' ' || delimits(s[i+1])) {
			return false
		}
	}
	return true
}

func writeTag(b *strings.Builder, t *tag) {
	parts := []string{t.lang, t.script, t.scope}
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	b.WriteByte('@')
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		if p == "" || plain(p) && !strings.ContainsAny(p, "/") {
			b.WriteString(p)
		} else {
			writeDelimited(b, '"', p, '"')
		}
	}
}

// is tells whether a token is this very word, without a tag.
func (t *token) is(s string) bool { return t.sort == word && t.text == s && t.tag == nil }
