package notes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders/internal/place"
)

// filler reads one value by the type that its property declares.
func (c *clauses) filler(prop *graph.Property, ts []token) graph.Filler {
	p := c.p
	switch prop.Type {
	case graph.Reference:
		return c.reference(prop, ts)
	case graph.Text:
		return graph.Filler{Value: p.name(ts)}
	case graph.Code:
		return graph.Filler{Value: p.code(prop, ts)}
	case graph.Date:
		v, err := graph.DateOf(p.textOf(ts))
		if err != nil && p.ok() {
			what, detail := place.Date(err)
			p.fail(ts[0].col, what, detail)
		}
		return graph.Filler{Value: v}
	}
	return graph.Filler{Value: p.literal(prop, ts)}
}

// name reads a text with its language, script and scope.
func (p *parser) name(ts []token) graph.Value {
	if ts[0].sort == quoted {
		p.text(&ts[0])
	}
	s := p.words(ts)
	if t := ts[len(ts)-1].tag; t != nil {
		return graph.NameOf(s, t.lang, t.script, t.scope)
	}
	return graph.TextOf(s)
}

func (p *parser) code(prop *graph.Property, ts []token) graph.Value {
	s := p.textOf(ts)
	if e := p.ontology.Enum(prop.Enum); e != nil && !slices.Contains(e.Values, s) {
		p.fail(ts[0].col, fmt.Sprintf("unknown %s %q", prop.Name, s), place.Suggest(s, e.Values))
	}
	return graph.CodeOf(s)
}

// literal reads numbers and truths.
func (p *parser) literal(prop *graph.Property, ts []token) graph.Value {
	s := p.textOf(ts)
	var v graph.Value
	var err error
	want := "a number that a double can hold"
	switch prop.Type {
	case graph.Boolean:
		want = "true or false"
		v = graph.BooleanOf(s == "true")
		if s != "true" && s != "false" {
			err = strconv.ErrSyntax
		}
	case graph.Integer:
		want = "a whole number of at most 64 bits"
		var n int64
		n, err = strconv.ParseInt(s, 10, 64)
		v = graph.IntegerOf(n)
	default:
		var x float64
		x, err = strconv.ParseFloat(s, 64)
		if v = graph.NumberOf(x); v.Type() == graph.NoValue {
			err = strconv.ErrRange
		}
	}
	if err != nil {
		p.fail(ts[0].col, fmt.Sprintf("%s is %q", prop.Name, s), "want "+want)
	}
	return v
}

// reference reads an entity: by key, id or name, or described in place.
func (c *clauses) reference(prop *graph.Property, ts []token) graph.Filler {
	p := c.p
	last := len(ts) - 1
	if ts[last].sort == closing && (ts[0].sort == open || len(ts) > 1 && ts[1].sort == open) {
		return c.described(prop, ts)
	}
	if f := p.forms.literal(prop); f != nil && f.describes(ts) {
		if c.claims {
			p.fail(ts[0].col, "described in place", "a claim points to an entity by its key or name")
			return graph.Filler{}
		}
		in := c.in(f)
		for i := range ts {
			if in.positional(ts[i : i+1]); !p.ok() {
				return graph.Filler{}
			}
		}
		return graph.Filler{Inline: in.r}
	}
	return graph.Filler{Value: graph.RefOf(p.ref(ts, prop.Targets, prop.Name))}
}

// describes tells whether tokens are values of the kind's attributes, and no name.
func (f *form) describes(ts []token) bool {
	for i := range ts {
		t := &ts[i]
		_, code := f.codes[t.text]
		if t.sort != quoted && (t.sort != word || t.tag != nil || !code && !(f.dates != nil && dateLike(t.text))) {
			return false
		}
	}
	return true
}

// in begins an entity that is described in place.
func (c *clauses) in(f *form) *clauses {
	return &clauses{p: c.p, f: f, r: &graph.Relation{Kind: f.Name}}
}

// described reads KIND (clauses), or (clauses) where the role leaves no choice.
func (c *clauses) described(prop *graph.Property, ts []token) graph.Filler {
	p := c.p
	if c.claims {
		p.fail(ts[0].col, "described in place", "a claim points to an entity by its key or name")
		return graph.Filler{}
	}
	kinds := p.places(prop)
	var f *form
	switch inner := ts; {
	case ts[0].sort != open:
		if f = p.kind(&ts[0]); f == nil {
			return graph.Filler{}
		}
		ts = inner[1:]
	case len(kinds) == 1:
		f = kinds[0]
	default:
		p.fail(ts[0].col, prop.Name+" of which kind", "write one before (: "+kindsList(kinds))
		return graph.Filler{}
	}
	if len(kinds) > 0 && !slices.Contains(kinds, f) {
		p.fail(ts[0].col, fmt.Sprintf("a %s as %s", f.word, prop.Name), "want "+kindsList(kinds))
		return graph.Filler{}
	}
	in := c.in(f)
	if i := find(ts, closing); i < len(ts)-1 {
		p.fail(ts[i].col, "unexpected )", "put a comma behind it, or a semicolon")
	}
	if body := ts[1 : len(ts)-1]; len(body) > 0 && p.ok() {
		in.all(body, &ts[0])
	}
	if p.ok() && len(in.r.Fields) == 0 {
		p.fail(ts[0].col, "nothing between ( and )", "describe the "+f.word+" by its fields")
	}
	return graph.Filler{Inline: in.r}
}

// kindsList names a few kinds.
func kindsList(kinds []*form) string {
	list := make([]string, len(kinds))
	for i, f := range kinds {
		list[i] = f.word
	}
	return few(list)
}

// few joins at most three words, and says how many more there are.
func few(list []string) string {
	const most = 3
	if len(list) > most+1 {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("%d others", len(list)-most))
	}
	return strings.Join(list, " or ")
}
