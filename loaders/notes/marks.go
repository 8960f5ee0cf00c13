package notes

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// mark is a mark of an assertion that is a code: its word, and what each of its
// codes does.
type mark struct {
	name  string
	codes map[string]func(*graph.Draft)
	bare  bool // its codes may stand without the word
}

// codesOf lists the codes of an enumeration, from the first one that is stated.
func codesOf[C interface {
	~uint8
	fmt.Stringer
}](parse func(string) (C, error), set func(*graph.Draft, C)) map[string]func(*graph.Draft) {
	codes := map[string]func(*graph.Draft){}
	for c := C(0); ; c++ {
		name := c.String()
		if _, err := parse(name); err != nil {
			return codes
		}
		codes[name] = func(d *graph.Draft) { set(d, c) }
	}
}

// markList are the marks that are codes, in the order in which they are printed.
var markList = []mark{
	{"voice", codesOf(graph.ParseVoice, func(d *graph.Draft, c graph.Voice) { d.Voice = c }), true},
	{"level", codesOf(graph.ParseLevel, func(d *graph.Draft, c graph.Level) { d.Level = c }), true},
	{"quote", codesOf(graph.ParseQuote, func(d *graph.Draft, c graph.Quote) { d.Quote = c }), true},
	{"modality", codesOf(graph.ParseModality, func(d *graph.Draft, c graph.Modality) { d.Modality = c }), true},
	{"wording", codesOf(graph.ParseWording, func(d *graph.Draft, c graph.Wording) { d.Wording = c }), true},
	{"factuality", codesOf(graph.ParseFactuality, func(d *graph.Draft, c graph.Factuality) { d.Factuality = c }), true},
	{"rank", codesOf(graph.ParseRank, func(d *graph.Draft, c graph.Rank) { d.Judgement.Rank = c }), true},
	{"marking", codesOf(graph.ParseMarking, func(d *graph.Draft, c graph.Marking) { d.Judgement.Marking = c }), true},
	{"status", codesOf(graph.ParseStatus, func(d *graph.Draft, c graph.Status) { d.Judgement.Status = c }), false},
}

// bareMarks are the codes that may stand without a word, and the mark that each
// is of.
var bareMarks = func() map[string]*mark {
	all := map[string]*mark{}
	for i := range markList {
		for code := range markList[i].codes {
			if markList[i].bare && code != "" {
				all[code] = &markList[i]
			}
		}
	}
	return all
}()

// statuses are codes that must have their word, since modality has two of them.
var statuses = markList[len(markList)-1].codes

// otherMarks are the marks that are no codes.
var otherMarks = map[string]func(*parser, *graph.Draft, []token){
	"said":    func(p *parser, d *graph.Draft, ts []token) { d.Asserted = p.date(ts) },
	"embargo": (*parser).embargo,
	"span":    (*parser).span,
	"grade":   (*parser).grade,
	"summary": func(p *parser, d *graph.Draft, ts []token) { d.Summary = p.textOf(ts) },
	"coder":   func(p *parser, d *graph.Draft, ts []token) { d.Coder = p.textOf(ts) },
	"reason":  func(p *parser, d *graph.Draft, ts []token) { d.Judgement.Reason = p.textOf(ts) },
}

// marks reads what stands between [ and ], and tells whether that says anything
// of the voice.
func (p *parser) marks(d *graph.Draft, ts []token, at *token) (voice bool) {
	given := map[string]bool{}
	for _, c := range cut(ts, semi) {
		if len(c) == 0 {
			p.fail(at.col, "no marks", "leave out [ ], or what is empty between semicolons")
			return false
		}
		p.markClause(d, c, given)
	}
	return given["voice"]
}

func (p *parser) markClause(d *graph.Draft, c []token, given map[string]bool) {
	first := &c[0]
	if first.sort == quoted {
		p.once(first, "summary", given)
		d.Summary = p.textOf(c)
		return
	}
	i := slices.IndexFunc(markList, func(m mark) bool { return first.is(m.name) })
	set := otherMarks[first.text]
	switch {
	case first.sort == word && (i >= 0 || set != nil):
		p.once(first, first.text, given)
		if len(c) == 1 {
			p.fail(first.col, first.text+" of what", "write a value behind it, or ? for what is not stated")
			return
		}
	default:
		p.bareCodes(d, c, given)
		return
	}
	unstated := len(c) == 2 && c[1].is("?")
	switch {
	case i >= 0 && unstated:
		markList[i].unset(d)
	case i >= 0:
		p.markCode(d, &markList[i], c[1:])
	case !unstated:
		set(p, d, c[1:])
	}
}

// unset takes back what by stated.
func (m *mark) unset(d *graph.Draft) {
	switch m.name {
	case "rank":
		d.Judgement.Rank = graph.Normal
	case "marking":
		d.Judgement.Marking = graph.Clear
	case "status":
		d.Judgement.Status = graph.AcceptedStatus
	default:
		m.codes[""](d)
	}
}

func (p *parser) once(t *token, name string, given map[string]bool) {
	if given[name] {
		p.fail(t.col, name+" is given twice", "")
	}
	given[name] = true
}

func (p *parser) markCode(d *graph.Draft, m *mark, ts []token) {
	code := p.textOf(ts)
	set := m.codes[code]
	if set == nil || code == "" {
		p.fail(ts[0].col, fmt.Sprintf("unknown %s %q", m.name, code), place.Suggest(code, slices.DeleteFunc(slices.Sorted(maps.Keys(m.codes)), func(s string) bool { return s == "" })))
		return
	}
	set(d)
}

// bareCodes reads codes without a word: ON_RECORD VERBATIM B2.
func (p *parser) bareCodes(d *graph.Draft, c []token, given map[string]bool) {
	for i := range c {
		t := &c[i]
		if t.sort == comma {
			continue
		}
		m := bareMarks[t.text]
		switch {
		case t.sort == word && m != nil:
			p.once(t, m.name, given)
			m.codes[t.text](d)
		case t.sort == word && gradeLike(t.text):
			p.once(t, "grade", given)
			p.grade(d, c[i:i+1])
		case statuses[t.text] != nil:
			p.fail(t.col, "unknown mark "+t.describe(), "write status "+t.text)
			return
		default:
			p.fail(t.col, "unknown mark "+t.describe(), place.Suggest(t.text, markNames()))
			return
		}
	}
}

func markNames() []string {
	list := slices.Collect(maps.Keys(bareMarks))
	for _, m := range markList {
		list = append(list, m.name)
	}
	return append(list, slices.Collect(maps.Keys(otherMarks))...)
}

func gradeLike(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'F' && s[1] >= '1' && s[1] <= '6'
}

// grade reads B2, B or 2.
func (p *parser) grade(d *graph.Draft, ts []token) {
	s := p.textOf(ts)
	g := graph.Grade{}
	rest := s
	if rest != "" && rest[0] >= 'A' && rest[0] <= 'F' {
		g.Reliability, rest = graph.Reliability(rest[0]), rest[1:]
	}
	if len(rest) == 1 && rest[0] >= '1' && rest[0] <= '6' {
		g.Credibility, rest = graph.Credibility(rest[0]-'0'), ""
	}
	if rest != "" || g == (graph.Grade{}) {
		p.fail(ts[0].col, fmt.Sprintf("bad grade %q", s), "want A to F and 1 to 6, such as B2")
	}
	d.Judgement.Grade = g
}

// span reads OFFSET+LENGTH, in bytes.
func (p *parser) span(d *graph.Draft, ts []token) {
	s := p.textOf(ts)
	from, length, ok := strings.Cut(s, "+")
	a, err := strconv.ParseUint(from, 10, 31)
	b, also := strconv.ParseUint(length, 10, 31)
	if !ok || err != nil || also != nil || b == 0 {
		p.fail(ts[0].col, fmt.Sprintf("bad span %q", s), "want offset+length in bytes, such as 120+64")
	}
	d.Span = graph.Span{Offset: int(a), Length: int(b)}
}

// embargo ends when the day, month or instant that is given begins.
func (p *parser) embargo(d *graph.Draft, ts []token) {
	date := p.date(ts)
	from, _, ok := date.Bounds()
	if !ok && p.ok() {
		p.fail(ts[0].col, fmt.Sprintf("bad embargo %q", date.String()), "the year is out of range")
	}
	d.Judgement.Embargo = graph.Time(from)
}
