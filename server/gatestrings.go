package server

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// block steps over a block string.
func (g *gate) block() *fault {
	for end := g.pos + 3; end < len(g.in); end++ {
		switch rest := g.in[end:]; {
		case strings.HasPrefix(rest, `\"""`):
			end += 3
		case strings.HasPrefix(rest, `"""`):
			g.pos = end + 3
			return nil
		case isControl(rest[0]):
			return faultf(codeSyntax, "a control character in a string").in(end)
		}
	}
	return g.wrong("a string does not end")
}

// str steps over a string. The parser would break a pair of surrogates in two:
// it is given the character instead, and the room that is left behind the
// string is blanked.
func (g *gate) str() *fault {
	end, out := g.pos+1, g.pos+1
	for end < len(g.in) {
		switch c := g.in[end]; {
		case c == '"':
			g.out[out] = c
			clear := g.out[out+1 : end+1]
			for i := range clear {
				clear[i] = ' '
			}
			g.pos = end + 1
			return nil
		case c == '\n' || c == '\r':
			return g.wrong("a string does not end on its line")
		case isControl(c):
			return faultf(codeSyntax, "a control character in a string").in(end)
		case c == '\\':
			read, written, f := escape(g.in[end:], g.out[out:])
			if f != nil {
				return f.in(end)
			}
			end, out = end+read, out+written
		default:
			g.out[out] = c
			end, out = end+1, out+1
		}
	}
	return g.wrong("a string does not end")
}

// escape copies an escape sequence, with a pair of surrogates made one
// character, and tells how many bytes it has read and written.
func escape(in string, out []byte) (read, written int, f *fault) {
	if len(in) < 2 {
		return 0, 0, faultf(codeSyntax, "a string does not end")
	}
	if in[1] != 'u' {
		return 2, copy(out, in[:2]), nil
	}
	r, ok := codeUnit(in)
	if !ok {
		return 0, 0, faultf(codeSyntax, `\u wants four hexadecimal digits`)
	}
	if !utf16.IsSurrogate(r) {
		return 6, copy(out, in[:6]), nil
	}
	low, ok := codeUnit(in[6:])
	pair := utf16.DecodeRune(r, low)
	if !ok || pair == utf8.RuneError {
		return 0, 0, faultf(codeSyntax, "half of a surrogate pair")
	}
	return 12, utf8.EncodeRune(out, pair), nil
}

// codeUnit reads \uXXXX.
func codeUnit(in string) (rune, bool) {
	if len(in) < 6 || !strings.HasPrefix(in, `\u`) {
		return 0, false
	}
	n, err := strconv.ParseUint(in[2:6], 16, 16)
	return rune(n), err == nil
}

func isControl(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f }
