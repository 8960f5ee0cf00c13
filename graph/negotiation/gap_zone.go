package negotiation

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"github.com/parleydb/parley/graph"
)

// The scales on which amounts are compared.
var ordered = []string{"ORDINAL", "INTERVAL"}

// The stances by which a party accepts an option, its own proposals among them,
// and by which it refuses one.
var (
	accepting = append([]string{"PROPOSED", "DEMAND"}, favours...)
	refusing  = append([]string{"RED_LINE"}, opposes...)
)

// gaps is the projection: it reads nothing.
func (r *gapReading) gaps() Gaps {
	g := Gaps{Parties: r.matrix.Parties, Basis: OwnVoiceOnly, Beside: r.beside}
	for _, issue := range r.matrix.Issues {
		one := Gap{Issue: issue, Scale: r.scales[issue]}
		for _, party := range r.matrix.Parties {
			one.Sides = append(one.Sides, r.stand(r.matrix.Cell(issue, party), slices.Contains(ordered, one.Scale)))
		}
		one.judge(r.amounts)
		g.Issues = append(g.Issues, one)
	}
	return g
}

// stand is what a party accepts: of what it says about one option, what it says
// to hold from last, as what starts before a headline contests nothing (rule 14).
func (r *gapReading) stand(c *Cell, scaled bool) Stand {
	s := Stand{Party: c.Party, Status: c.Status, Predicted: c.Predictions, RedLines: r.redLines[pair{c.Issue, c.Party}]}
	words := map[graph.EntityID]*lastWord{}
	for _, p := range c.Positions {
		if !p.Voice.Own() {
			s.Others = append(s.Others, p)
			continue
		}
		s.Positions = append(s.Positions, p)
		for _, option := range orNone(p.Options) {
			hear(words, option, p.Start, p.answer())
		}
	}
	for _, l := range s.RedLines {
		for _, option := range l.Options {
			hear(words, option, l.Start, refuses)
		}
	}
	for option, w := range words {
		s.file(option, w.answers)
	}
	for _, list := range []*[]graph.EntityID{&s.Accepts, &s.AcceptsIf, &s.Refuses, &s.Divided} {
		*list = sorted(*list)
	}
	if scaled {
		s.Range = rangeOf(s.Accepts, r.amounts)
	}
	return s
}

// answer is what a position says of its options.
type answer uint8

const (
	accepts answer = 1 << iota
	acceptsIf
	refuses
	divided        // what says so is denied
	unclear answer = 0
)

func (p *Position) answer() answer {
	switch {
	case p.Denied:
		return divided
	case slices.Contains(refusing, p.Stance):
		return refuses
	case p.Stance == "CONDITIONAL", slices.Contains(accepting, p.Stance) && len(p.All(conditionRole)) > 0:
		return acceptsIf
	case slices.Contains(accepting, p.Stance):
		return accepts
	}
	return unclear
}

// lastWord is what a party said of an option, as from the latest start.
type lastWord struct {
	start   graph.Time
	answers answer
}

func hear(words map[graph.EntityID]*lastWord, option graph.EntityID, start graph.Time, a answer) {
	w := words[option]
	switch {
	case w == nil || w.start < start:
		words[option] = &lastWord{start, a}
	case w.start == start:
		w.answers |= a
	}
}

func (s *Stand) file(option graph.EntityID, a answer) {
	switch a {
	case unclear:
	case accepts:
		s.Accepts = append(s.Accepts, option)
	case acceptsIf, acceptsIf | accepts:
		s.AcceptsIf = append(s.AcceptsIf, option)
	case refuses:
		s.Refuses = append(s.Refuses, option)
	default:
		s.Divided = append(s.Divided, option)
	}
}

// rangeOf spans the amounts of options; nil where none has one.
func rangeOf(options []graph.EntityID, amounts map[graph.EntityID]float64) *Range {
	var span *Range
	for _, o := range options {
		a, ok := amounts[o]
		switch {
		case !ok:
		case span == nil:
			span = &Range{a, a}
		default:
			span.From, span.To = min(span.From, a), max(span.To, a)
		}
	}
	return span
}

// judge finds the zone, first that fits: something that all accept; ranges of
// all that meet, or do not; nothing left that somebody accepts and nobody
// refuses. Else it is not determined, and what is missing is listed.
func (g *Gap) judge(amounts map[graph.EntityID]float64) {
	g.Zone = Undetermined
	g.Apart = g.apart()
	g.Options = g.common()
	span, all := g.span()
	switch {
	case len(g.Sides) == 0:
		return
	case len(g.Options) > 0:
		g.Zone = NonEmpty
	case all && span != nil && !g.excluded(span, amounts):
		g.Zone, g.Range = NonEmpty, span
	case g.settled() && (all && g.measured(amounts) || g.exhausted()):
		g.Zone = Empty
	default:
		g.Missing = g.missing()
	}
	if all && g.Zone == NonEmpty {
		g.Range = span
	}
}

// common are the options that all sides accept.
func (g *Gap) common() (list []graph.EntityID) {
	if len(g.Sides) == 0 {
		return nil
	}
	for _, o := range g.Sides[0].Accepts {
		if !slices.ContainsFunc(g.Sides, func(s Stand) bool { return !slices.Contains(s.Accepts, o) }) {
			list = append(list, o)
		}
	}
	return list
}

// span is what the ranges of all sides share; nil where they do not meet. all
// tells whether each side has one.
func (g *Gap) span() (span *Range, all bool) {
	both := Range{math.Inf(-1), math.Inf(1)}
	for i := range g.Sides {
		r := g.Sides[i].Range
		if r == nil {
			return nil, false
		}
		both = Range{max(both.From, r.From), min(both.To, r.To)}
	}
	if len(g.Sides) == 0 || both.From > both.To {
		return nil, len(g.Sides) > 0
	}
	return &both, true
}

// excluded tells whether a range is one amount, and somebody refuses it.
func (g *Gap) excluded(r *Range, amounts map[graph.EntityID]float64) bool {
	if r.From < r.To {
		return false
	}
	return slices.ContainsFunc(g.Sides, func(s Stand) bool {
		return slices.ContainsFunc(s.Refuses, func(o graph.EntityID) bool {
			a, ok := amounts[o]
			return ok && a == r.From
		})
	})
}

// settled tells whether all sides have said what they accept, without conditions.
func (g *Gap) settled() bool {
	return !slices.ContainsFunc(g.Sides, func(s Stand) bool { return len(s.Accepts) == 0 || len(s.AcceptsIf)+len(s.Divided) > 0 })
}

// measured tells whether all that is accepted has a place on the scale.
func (g *Gap) measured(amounts map[graph.EntityID]float64) bool {
	return !slices.ContainsFunc(g.Sides, func(s Stand) bool {
		return slices.ContainsFunc(s.Accepts, func(o graph.EntityID) bool { _, ok := amounts[o]; return !ok })
	})
}

// exhausted tells whether each option that a side accepts is refused by another.
func (g *Gap) exhausted() bool {
	for i := range g.Sides {
		for _, o := range g.Sides[i].Accepts {
			if !slices.ContainsFunc(g.Sides, func(s Stand) bool { return slices.Contains(s.Refuses, o) }) {
				return false
			}
		}
	}
	return true
}

// missing lists of whom what is not known.
func (g *Gap) missing() (list []Missing) {
	var table []graph.EntityID
	for i := range g.Sides {
		table = append(table, g.Sides[i].Accepts...)
	}
	table = sorted(table)
	for i := range g.Sides {
		if m, ok := g.Sides[i].missing(table); ok {
			list = append(list, m)
		}
	}
	return list
}

func (s *Stand) missing(table []graph.EntityID) (Missing, bool) {
	m := Missing{Party: s.Party}
	switch {
	case len(s.Positions)+len(s.RedLines) == 0:
		m.Why = Silent
	case len(s.Divided) > 0:
		m.Why, m.Options = Divided, s.Divided
	case len(s.AcceptsIf) > 0:
		m.Why, m.Options = Conditional, s.AcceptsIf
	case len(s.Accepts) == 0 && len(s.Refuses) > 0:
		m.Why = OnlyRefuses
	case len(s.Accepts) == 0:
		m.Why = Unclear
	default:
		m.Why = NotSaid
		for _, o := range table {
			if !slices.Contains(s.Accepts, o) && !slices.Contains(s.Refuses, o) {
				m.Options = append(m.Options, o)
			}
		}
		return m, len(m.Options) > 0
	}
	return m, true
}

// apart lists the pairs that have said what they accept, and have nothing of it
// in common.
func (g *Gap) apart() (list []Distance) {
	for i := range g.Sides {
		for j := range g.Sides[:i] {
			if d, ok := distance(&g.Sides[j], &g.Sides[i]); ok {
				list = append(list, d)
			}
		}
	}
	slices.SortFunc(list, func(a, b Distance) int {
		if a.Measured != b.Measured {
			return cmp.Compare(orLast(a.Measured), orLast(b.Measured))
		}
		return cmp.Or(cmp.Compare(a.Amount, b.Amount), bytes.Compare(a.One[:], b.One[:]), bytes.Compare(a.Other[:], b.Other[:]))
	})
	return list
}

func orLast(first bool) int {
	if first {
		return 0
	}
	return 1
}

func distance(a, b *Stand) (Distance, bool) {
	d := Distance{One: a.Party, Other: b.Party, Measured: a.Range != nil && b.Range != nil}
	shared := slices.ContainsFunc(a.Accepts, func(o graph.EntityID) bool { return slices.Contains(b.Accepts, o) })
	if shared || len(a.Accepts) == 0 || len(b.Accepts) == 0 {
		return d, false
	}
	if d.Measured {
		d.Amount = max(a.Range.From-b.Range.To, b.Range.From-a.Range.To)
		return d, d.Amount > 0
	}
	return d, true
}
