package graph_test

import (
	"slices"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
)

// instants is the extent of a day, month or year.
type instants struct{ from, to graph.Time }

func instant(s string) instants {
	var at, next time.Time
	switch len(s) {
	case 4:
		at, _ = time.Parse("2006", s)
		next = at.AddDate(1, 0, 0)
	case 7:
		at, _ = time.Parse("2006-01", s)
		next = at.AddDate(0, 1, 0)
	default:
		at, _ = time.Parse(time.DateOnly, s)
		next = at.AddDate(0, 0, 1)
	}
	return instants{graph.TimeOf(at), graph.TimeOf(next)}
}

// workOut reads when a link is valid: rules 2, 4 and 7.
func (s *said) workOut(kind string) {
	s.extent = extent{class: classOf(s.property, kind), from: graph.MinTime, until: graph.MinTime}
	if s.class == graph.Timeless || s.valid == "" {
		return
	}
	first, last, two := strings.Cut(s.valid, "/")
	s.start = strings.TrimRight(first, "~")
	s.marks = first[len(s.start):]
	if s.start != "" && s.start != ".." {
		s.from = instant(s.start).from
	}
	switch {
	case last == "..":
		s.end, s.until = graph.OpenEnd, graph.MaxTime
		return
	case last != "":
		s.end, s.date = graph.DatedEnd, last
	case !two && s.class == graph.Event:
		s.end, s.date = graph.DatedEnd, first
	default:
		s.date = first
		if s.vouched != "" {
			s.date = s.vouched
		}
	}
	s.until = instant(strings.TrimRight(s.date, "~")).to
}

// record is one transaction interval of an assertion.
type record struct {
	speech
	id     graph.AssertionID
	stated graph.Judgement // by the draft that opened it
	tf, tt graph.TS
	since  []graph.TS // when this content was recorded, and judged since
	pf     graph.Time
	spoken graph.Time // when it counts as published by when it was said
	when   graph.Time // when it was said, else published
	n      int        // in the order of recording
}

// spot is a point, worked out.
type spot struct {
	ts         graph.TS
	known, now graph.Time
	clearance  graph.Marking
	on         graph.Interval
	bySpeech   bool // undated documents count from when their speakers spoke
}

// live is rule 5.
func (p *spot) live(r *record) bool {
	return r.judge.Status == graph.AcceptedStatus && p.knows(r) && (r.tt == 0 || p.ts < r.tt)
}

// knows tells whether a record may be told of, live or not.
func (p *spot) knows(r *record) bool {
	return r.tf <= p.ts && p.out(r) <= p.known && r.judge.Marking <= p.clearance && r.judge.Embargo <= p.now
}

// out is rule 6.
func (p *spot) out(r *record) graph.Time {
	if p.bySpeech {
		return r.spoken
	}
	return r.pf
}

// verdict is what the live records make of a claim.
type verdict struct {
	said     // of any of them: its name and class
	truth    graph.Truth
	conflict bool
	rank     graph.Rank
	when     graph.Time // when it was said last
	evidence []testimony
}

// testimony is what one record says of a claim.
type testimony struct {
	*said
	record *record
}

func (v *verdict) holds(on graph.Interval) bool {
	return on.IsZero() || v.class == graph.Timeless || graph.Interval{From: v.from, To: v.until}.Overlaps(on)
}

// resolve is the naive resolver: rules 4, 5, 6 and 11 over all records. head
// gives what stands for an entity.
func (m *model) resolve(p *spot) (claims map[claimName]*verdict, head func(string) string) {
	claims = weigh(m.records, p, nil)
	u := m.union(claims)
	head = u.heads([2]string{})
	if len(u.joined) > 0 {
		claims = weigh(m.records, p, head)
	}
	return claims, head
}

// as names the claim as it is shown: merges rewrite whom it is about and whom
// it names, but for the judgements themselves.
func (c claimName) as(head func(string) string) claimName {
	if head == nil || strings.HasPrefix(c.subject, "s.") {
		return c
	}
	c.subject = head(c.subject)
	if c.points() {
		c.value = head(c.value)
	}
	return c
}

// weigh puts together what the live records make of each claim.
func weigh(records []*record, p *spot, head func(string) string) map[claimName]*verdict {
	found := map[claimName]*verdict{}
	for _, r := range records {
		if !p.live(r) {
			continue
		}
		for i := range r.links {
			l := &r.links[i]
			name := l.name().as(head)
			v := found[name]
			if v == nil {
				v = &verdict{said: *l, when: graph.MinTime}
				v.subject, v.value = name.subject, name.value
				found[name] = v
			}
			v.evidence = append(v.evidence, testimony{l, r})
			v.when = max(v.when, r.when)
		}
	}
	for _, v := range found {
		v.judge()
	}
	return found
}

// judge weighs the evidence of a claim.
func (v *verdict) judge() {
	var yes []testimony
	for _, t := range v.evidence {
		if !t.deny {
			yes = append(yes, t)
		}
	}
	v.rank = graph.Deprecated
	if len(yes) == 0 {
		v.truth, v.end, v.date, v.until = graph.Denied, graph.UnknownEnd, "", v.from
		return
	}
	if len(yes) < len(v.evidence) {
		v.truth = graph.Contested
	} else {
		v.truth = graph.Held
	}
	slices.SortFunc(yes, func(a, b testimony) int { return b.weight(a) })
	best := yes[0]
	v.end, v.date, v.until = best.end, best.date, best.until
	for _, t := range yes {
		if t.record.judge.Rank.AtLeast(v.rank) {
			v.rank = t.record.judge.Rank
		}
		if best.end == graph.DatedEnd && t.exact() && best.exact() && t.until != best.until {
			v.conflict = true
		}
	}
	for _, t := range yes {
		if best.end == graph.DatedEnd && t.end == graph.OpenEnd && t.record.when >= best.until {
			v.conflict, v.end, v.date, v.until = true, graph.OpenEnd, "", graph.MaxTime
		}
	}
}

func (t testimony) exact() bool {
	return t.end == graph.DatedEnd && !strings.HasSuffix(t.date, "~")
}

// weight is positive where a's end beats b's: dated beats open beats unknown,
// exact beats approximate, later beats earlier.
func (t testimony) weight(b testimony) int {
	less := func(x bool) int {
		if x {
			return 1
		}
		return 0
	}
	for _, c := range []int{int(t.end) - int(b.end), less(t.exact()) - less(b.exact()), int(t.until - b.until), strings.Compare(t.date, b.date)} {
		if c != 0 {
			return c
		}
	}
	return 0
}
