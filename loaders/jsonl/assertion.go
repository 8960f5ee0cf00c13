package jsonl

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/parleydb/parley/graph"
)

func (rd *reader) assertion(o *object) *graph.Draft {
	o.need("an assertion", "assert", "document")
	d := &graph.Draft{
		Key:        o.text("assert"),
		Document:   o.ref("document"),
		Span:       o.span(),
		Chain:      o.refs("chain"),
		Voice:      code(o, "voice", graph.ParseVoice),
		Level:      code(o, "level", graph.ParseLevel),
		Quote:      code(o, "quote", graph.ParseQuote),
		Modality:   code(o, "modality", graph.ParseModality),
		Wording:    code(o, "wording", graph.ParseWording),
		Factuality: code(o, "factuality", graph.ParseFactuality),
		Asserted:   o.date("asserted"),
		Summary:    o.text("summary"),
		Coder:      o.text("coder"),
		Judgement:  o.judgement(),
		Valid:      o.valid(),
	}
	if r := o.object("relation"); r != nil {
		d.Relation = rd.relation(r, "")
	}
	for _, n := range o.array("claims") {
		d.Links = append(d.Links, rd.claim(rd.object(&n, "claims")))
	}
	if d.Relation == nil && len(d.Links) == 0 {
		rd.fail(o.column, "no claims", `an assertion has "relation", "claims" or both`)
	}
	o.done()
	return d
}

func (o *object) span() (s graph.Span) {
	if in := o.object("span"); in != nil {
		in.need("a span", "offset", "length")
		s = graph.Span{Offset: in.whole("offset", 0, math.MaxInt32), Length: in.whole("length", 1, math.MaxInt32)}
		in.done()
	}
	return s
}

func (o *object) judgement() graph.Judgement {
	return graph.Judgement{
		Grade:   o.grade(),
		Rank:    code(o, "rank", graph.ParseRank),
		Reason:  o.text("reason"),
		Marking: code(o, "marking", graph.ParseMarking),
		Embargo: o.embargo(),
		Status:  code(o, "status", graph.ParseStatus),
	}
}

func (o *object) grade() (g graph.Grade) {
	if in := o.object("grade"); in != nil {
		g.Reliability = code(in, "reliability", graph.ParseReliability)
		g.Credibility = graph.Credibility(in.whole("credibility", 1, 6))
		in.done()
	}
	return g
}

// embargo ends when the day, month or instant that is given begins.
func (o *object) embargo() graph.Time {
	d := o.date("embargo")
	if d.IsZero() {
		return 0
	}
	from, _, ok := d.Bounds()
	if !ok {
		n := o.get("embargo")
		o.fail(n.column, fmt.Sprintf("bad embargo %q", n.text), "the year is out of range")
	}
	return graph.Time(from)
}

// claim reads one claim of an assertion.
func (rd *reader) claim(o *object) graph.Link {
	o.need("a claim", "subject", "property", "value")
	l := graph.Link{
		Subject:    o.ref("subject"),
		Property:   o.text("property"),
		Occurrence: o.text("occurrence"),
		Deny:       o.bool("deny"),
	}
	if valid := o.valid(); !valid.IsZero() {
		l.Valid = &valid
	}
	value := o.get("value")
	o.done()
	if rd.err != nil {
		return l
	}
	p, ok := rd.properties[l.Property]
	if !ok {
		rd.unknownProperty(o.get("property").column, l.Property, slices.Sorted(maps.Keys(rd.properties)))
		return l
	}
	l.Value = rd.value(value, &p)
	return l
}
