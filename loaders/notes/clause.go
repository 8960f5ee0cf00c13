package notes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/loaders/internal/place"
)

// clauses reads the clauses of one kind's form.
type clauses struct {
	p          *parser
	f          *form
	r          *graph.Relation
	given      given        // properties
	said       given        // reserved words
	valid      *graph.Valid // nil: in place, where nothing is valid by itself
	voice      *bool        // nil: a voice is a field like any other
	claims     bool         // single claims: nothing in place, occurrences
	occurrence string
}

// given is what has been said already: a few words.
type given []string

func (g given) has(word string) bool { return slices.Contains(g, word) }
func (g *given) add(word string)     { *g = append(*g, word) }

func (c *clauses) all(ts []token, at *token) {
	if c.given == nil {
		c.given, c.r.Fields = make(given, 0, 2*usual), make([]graph.Field, 0, usual)
	}
	whole := ts
	for more := true; more; {
		var one []token
		if one, ts, more = next(ts, semi); len(one) == 0 {
			c.p.fail(c.p.behind(whole, at), "nothing between semicolons", "leave out the semicolon, or write what is said")
			return
		}
		if c.clause(one); !c.p.ok() {
			return
		}
	}
}

// clause reads one clause, and those that words within it begin.
func (c *clauses) clause(ts []token) {
	first := &ts[0]
	if first.sort == word && first.tag == nil {
		if slices.Contains(reservedClauses, first.text) {
			c.reserved(first, ts[1:])
			return
		}
		if prop := c.f.named[first.text]; prop != nil {
			values := ts[1:]
			if len(values) > 0 && values[0].sort == colon {
				values = values[1:]
			}
			c.upToNext(values, prop, first)
			return
		}
	}
	if first.sort == greater {
		if c.f.then == nil {
			c.p.fail(first.col, "unexpected >", "no role stands behind it here: write the role's name")
			return
		}
		c.upToNext(ts[1:], c.f.then, first)
		return
	}
	c.upToNext(ts, nil, first)
}

// upToNext reads values up to a word that begins another clause, and goes on there.
func (c *clauses) upToNext(ts []token, prop *graph.Property, at *token) {
	end := len(ts)
	if prop == nil || prop.Type == graph.Reference || prop.Type == graph.Code {
		depth := 0
		for i := range ts {
			t := &ts[i]
			depth += deeper(t.sort)
			begins := t.sort == greater || t.sort == word && t.tag == nil && c.f.cuts(t.text)
			if begins && depth == 0 && (i > 0 || prop != nil) {
				end = i
				break
			}
		}
	}
	if prop == nil {
		c.positional(ts[:end])
	} else {
		c.field(prop, ts[:end], at)
	}
	if end < len(ts) && c.p.ok() {
		c.clause(ts[end:])
	}
}

// reserved reads the clauses that every kind has.
func (c *clauses) reserved(t *token, values []token) {
	p := c.p
	if c.said.has(t.text) {
		p.fail(t.col, t.text+" is given twice", "")
		return
	}
	c.said.add(t.text)
	if len(values) == 0 {
		p.fail(t.col, t.text+" of what", "write a value behind it")
		return
	}
	switch {
	case t.text == "key" && !c.claims && c.f.identified():
		c.r.Key = p.key(&values[0])
	case t.text == "occurrence" && c.claims:
		c.occurrence = p.textOf(values)
	case t.text == "when" && c.valid != nil:
		if !values[0].is("?") {
			c.interval(values)
		}
		return
	case t.text == "vouched" && c.valid != nil:
		c.valid.Vouched = p.date(values)
	default:
		p.fail(t.col, fmt.Sprintf("unexpected %q", t.text), "it does not belong here")
	}
	if len(values) > 1 && t.text == "key" {
		p.fail(values[1].col, "unexpected "+values[1].describe(), "a key is one word")
	}
}

// interval reads when it is valid.
func (c *clauses) interval(ts []token) {
	i, err := edtf.Parse(c.p.textOf(ts))
	if err != nil && c.p.ok() {
		what, detail := place.Date(err)
		c.p.fail(ts[0].col, what, detail)
	}
	c.valid.Interval = i
}

// dateLike tells whether a word can only be meant as a date.
func dateLike(s string) bool {
	switch {
	case s[0] >= '0' && s[0] <= '9' || s[0] == '/' || strings.HasPrefix(s, ".."):
	case len(s) > 1 && (s[0] == '-' || s[0] == 'Y') && (s[1] >= '0' && s[1] <= '9' || s[1] == '-'):
	default:
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && !strings.ContainsRune("TXYZ:+-~?%/.", rune(c)) {
			return false
		}
	}
	return true
}

// positional reads a clause without a keyword: a date, a code, a text, or the
// fillers of the first role.
func (c *clauses) positional(ts []token) {
	p, t := c.p, &ts[0]
	alone := len(ts) == 1 && t.tag == nil
	code, known := c.f.codes[t.text]
	switch {
	case alone && t.sort == word && dateLike(t.text) && c.valid != nil:
		if c.said.has("when") {
			p.fail(t.col, "a second date", "one date or interval says when it holds; write the name before other dates")
		}
		c.said.add("when")
		c.interval(ts)
	case alone && t.sort == word && dateLike(t.text) && c.f.dates != nil:
		c.field(c.f.dates, ts, t)
	case alone && t.sort == word && known && code == nil:
		p.fail(t.col, fmt.Sprintf("%s of what", t.text), "write the name before it: "+strings.Join(c.f.attributesOf(p.ontology, t.text), " or "))
	case alone && t.sort == word && known:
		c.field(code, ts, t)
	case len(ts) == 1 && t.sort == quoted && c.f.texts != nil:
		c.field(c.f.texts, ts, t)
	case t.is("?"):
		p.fail(t.col, "what is not stated", "write the name before ?: participants ?")
	case c.f.first == nil || c.given.has(c.f.first.Name):
		p.fail(t.col, "unknown word "+t.describe(), place.Suggest(t.text, c.words()))
	default:
		c.field(c.f.first, ts, t)
	}
}

func (c *clauses) words() []string {
	if c.claims && c.f.Kind.Name == "" {
		return slices.Sorted(maps.Keys(c.p.claims))
	}
	return c.f.words()
}

// attributesOf are the attributes that take a code.
func (f *form) attributesOf(o *graph.Ontology, code string) []string {
	var list []string
	for i := range f.Properties {
		if e := o.Enum(f.Properties[i].Enum); e != nil && slices.Contains(e.Values, code) {
			list = append(list, f.Properties[i].Name)
		}
	}
	return list
}

// field reads what fills a role or attribute.
func (c *clauses) field(prop *graph.Property, ts []token, at *token) {
	p := c.p
	if c.given.has(prop.Name) {
		p.fail(at.col, prop.Name+" is given twice", "put commas between several")
		return
	}
	c.given.add(prop.Name)
	if len(ts) == 0 {
		p.fail(at.col, prop.Name+" of what", "write a value behind it, or ? for what is not stated")
		return
	}
	if len(ts) == 1 && ts[0].is("?") {
		return
	}
	f := graph.Field{Name: prop.Name}
	whole := ts
	for more := true; more; {
		var v []token
		v, ts, more = next(ts, comma)
		switch {
		case len(v) == 0:
			p.fail(p.behind(whole, at), "nothing between commas", "leave out the comma, or write a value")
			return
		case prop.Max > 0 && len(f.Values) == prop.Max && !c.claims:
			p.fail(v[0].col, "too many", fmt.Sprintf("%s takes at most %d", prop.Name, prop.Max))
			return
		}
		f.Values = append(f.Values, c.filler(prop, v))
	}
	c.r.Fields = append(c.r.Fields, f)
	if prop.Name == "voice" && c.voice != nil && c.f.voice {
		*c.voice = true
	}
}
