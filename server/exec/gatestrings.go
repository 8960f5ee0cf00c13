package exec

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text steps over a string. One before a definition describes it, and is
// blanked.
func (g *gate) text() *Error {
	start := g.pos
	read := g.str
	if strings.HasPrefix(g.in[g.pos:], `"""`) {
		read = g.block
	}
	e := read()
	if e == nil && len(g.open) == 0 {
		blank(g.out[start:g.pos])
		g.described = true
	}
	return e
}

// block steps over a block string, which is read here too: the parser would
// take its time for many lines.
func (g *gate) block() *Error {
	var value []byte
	done := g.pos + 3 // what stands before is in value
	for end := done; end < len(g.in); {
		switch rest := g.in[end:]; {
		case strings.HasPrefix(rest, `\"""`):
			value = append(append(value, g.in[done:end]...), `"""`...)
			end += 4
			done = end
		case strings.HasPrefix(rest, `"""`):
			g.note(unindented(string(append(value, g.in[done:end]...))), end+3)
			g.pos = end + 3
			return nil
		case isControl(rest[0]):
			return Errorf(CodeSyntax, "a control character in a string").in(end)
		default:
			end++
		}
	}
	return Errorf(CodeSyntax, "a string does not end").in(len(g.in))
}

// unindented is the value of a block string (GraphQL, 2.9.4): without the
// indentation that all lines but the first share, and without blank lines at
// its ends.
func unindented(raw string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\r", "\n"), "\n")
	shared := -1
	for _, line := range lines[1:] {
		text := strings.TrimLeft(line, " \t")
		if indent := len(line) - len(text); text != "" && (shared < 0 || indent < shared) {
			shared = indent
		}
	}
	for i := 1; i < len(lines) && shared > 0; i++ {
		lines[i] = lines[i][min(shared, len(lines[i])):]
	}
	blank := func(line string) bool { return strings.TrimLeft(line, " \t") == "" }
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// str steps over a string. One with escapes is read here, since the parser
// would break a pair of surrogates in two; the parser is given blanks.
func (g *gate) str() *Error {
	var value []byte
	done := g.pos + 1 // what stands before is in value
	for end := done; end < len(g.in); {
		switch c := g.in[end]; {
		case c == '"':
			if done > g.pos+1 {
				g.note(string(append(value, g.in[done:end]...)), end+1)
			}
			g.pos = end + 1
			return nil
		case c == '\n' || c == '\r':
			return Errorf(CodeSyntax, "a string does not end on its line").in(end)
		case isControl(c):
			return Errorf(CodeSyntax, "a control character in a string").in(end)
		case c == '\\':
			r, n, e := escape(g.in[end:])
			if e != nil {
				return e.in(end)
			}
			value = utf8.AppendRune(append(value, g.in[done:end]...), r)
			end += n
			done = end
		default:
			end++
		}
	}
	return Errorf(CodeSyntax, "a string does not end").in(len(g.in))
}

// note keeps the value of a string that ends before an offset, and gives the
// parser an empty one.
func (g *gate) note(value string, end int) {
	if g.strings == nil {
		g.strings = map[int]string{}
	}
	g.strings[g.pos] = value
	blank(g.out[g.pos:end])
	copy(g.out[g.pos:], `""`)
}

// escaped are the characters that one letter stands for.
var escaped = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape sequence and tells how many bytes it has.
func escape(in string) (rune, int, *Error) {
	if len(in) < 2 {
		return 0, 0, Errorf(CodeSyntax, "a string does not end")
	}
	if r, ok := escaped[in[1]]; ok {
		return r, 2, nil
	}
	if in[1] != 'u' {
		return 0, 0, Errorf(CodeSyntax, `unknown escape %q`, in[:2])
	}
	if strings.HasPrefix(in, `\u{`) {
		return braced(in)
	}
	r, ok := codeUnit(in)
	if !ok {
		return 0, 0, Errorf(CodeSyntax, `\u wants four hexadecimal digits`)
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, nil
	}
	low, ok := codeUnit(in[6:])
	pair := utf16.DecodeRune(r, low)
	if !ok || pair == utf8.RuneError {
		return 0, 0, Errorf(CodeSyntax, "half of a surrogate pair")
	}
	return pair, 12, nil
}

// braced reads \u{X…}.
func braced(in string) (rune, int, *Error) {
	end := strings.IndexByte(in[:min(len(in), 12)], '}')
	if end < 0 {
		return 0, 0, Errorf(CodeSyntax, `\u{ wants at most eight hexadecimal digits and a }`)
	}
	n, err := strconv.ParseUint(in[3:end], 16, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, 0, Errorf(CodeSyntax, `%s is no character`, in[:end+1])
	}
	return rune(n), end + 1, nil
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
