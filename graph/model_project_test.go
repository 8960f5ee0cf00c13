package graph_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// shape is what the naive projection needs to know of a relation kind.
type shape struct {
	class  graph.Class
	roles  []string
	others []string // attributes, in the order of declaration
	single []string
	steps  map[string]string // of the machine of "state": what may follow
	key    []string
}

var shapes = map[string]shape{
	"Meeting":     {class: graph.Event, roles: []string{"participant", "place"}, others: []string{"status", "note"}, single: []string{"status", "note"}},
	"Position":    {roles: []string{"holder", "issue"}, others: []string{"stance", "voice"}, single: []string{"stance", "voice"}, key: []string{"holder", "issue", "voice"}},
	"Offer":       {roles: []string{"offeror", "addressee"}, others: []string{"state"}, single: []string{"state"}, steps: map[string]string{"MOOTED": "TABLED", "TABLED": "ACCEPTED", "ACCEPTED": "SIGNED"}},
	"HoldsOffice": {roles: []string{"person", "office"}},
	"LeftOffice":  {class: graph.Event, roles: []string{"person", "office"}},
}

// leads tells whether the machine leads from one state to another.
func (s *shape) leads(from, to string) bool {
	for at := s.steps[from]; at != ""; at = s.steps[at] {
		if at == to {
			return true
		}
	}
	return false
}

// shown is a relation with what stands of it.
type shown struct {
	name   string
	claims []*verdict
}

// start is the latest start of its roles, else of all that has a time.
func (s *shown) start(sh *shape) graph.Time {
	latest := func(only bool) (t graph.Time, any bool) {
		t = graph.MinTime
		for _, c := range s.claims {
			if !only || slices.Contains(sh.roles, c.property) {
				any = true
				if c.class != graph.Timeless {
					t = max(t, c.from)
				}
			}
		}
		return t, any
	}
	if t, any := latest(true); any {
		return t
	}
	t, _ := latest(false)
	return t
}

func (s *shown) has(class ...graph.Class) bool {
	return slices.ContainsFunc(s.claims, func(c *verdict) bool { return slices.Contains(class, c.class) })
}

// values is what fills a field, sorted.
func (s *shown) values(field string) (list []string) {
	for _, c := range s.claims {
		if c.property == field && !slices.Contains(list, c.value) {
			list = append(list, c.value)
		}
	}
	slices.Sort(list)
	return list
}

// project is the naive projection of the relations of a kind: rules 4, 7 and 8.
func project(kind string, claims map[claimName]*verdict, kindOf func(string) string, on graph.Interval, m *model, head func(string) string) []shown {
	sh := shapes[kind]
	byName := map[string]*shown{}
	for _, c := range claims {
		if c.truth != graph.Denied && kindOf(c.subject) == kind {
			s := byName[c.subject]
			if s == nil {
				s = &shown{name: c.subject}
				byName[c.subject] = s
			}
			s.claims = append(s.claims, c)
		}
	}
	var list []shown
	for _, s := range byName {
		if !on.IsZero() {
			s.begin(&sh, on)
		}
		if s.stands(&sh, on) {
			list = append(list, *s)
		}
	}
	if sh.class == graph.State && !on.IsZero() {
		list = takeOver(&sh, list, head)
		for i := range list {
			list[i].end(on)
		}
		list = slices.DeleteFunc(list, func(s shown) bool { return !s.stands(&sh, on) })
		if kind == "HoldsOffice" {
			left := project("LeftOffice", claims, kindOf, graph.Interval{From: graph.MinTime, To: on.From}, m, head)
			list = slices.DeleteFunc(list, func(s shown) bool { return s.leftBy(&sh, left) })
		}
	} else {
		for i := range list {
			list[i].end(on)
		}
	}
	slices.SortFunc(list, func(a, b shown) int {
		x, y := m.id(a.name), m.id(b.name)
		return cmp.Or(cmp.Compare(b.start(&sh), a.start(&sh)), slices.Compare(x[:], y[:]))
	})
	return list
}

func (s *shown) stands(sh *shape, on graph.Interval) bool {
	switch {
	case on.IsZero():
		return true
	case sh.class == graph.Event:
		return s.has(graph.Event)
	}
	return s.has(graph.State, graph.Event)
}

// begin keeps what has begun by the day: of single-valued states the latest.
func (s *shown) begin(sh *shape, on graph.Interval) {
	overtaken := func(c *verdict) bool {
		return c.property == "state" && slices.ContainsFunc(s.claims, func(d *verdict) bool {
			a, b := strings.TrimPrefix(c.value, "="), strings.TrimPrefix(d.value, "=")
			return d.property == "state" && d.from == c.from && sh.leads(a, b) && !sh.leads(b, a)
		})
	}
	takenOver := func(c *verdict) bool {
		return slices.Contains(sh.single, c.property) && slices.ContainsFunc(s.claims, func(d *verdict) bool {
			return d.property == c.property && d.class == graph.State && d.from > c.from && d.from < on.To
		})
	}
	var kept []*verdict
	for _, c := range s.claims {
		switch {
		case overtaken(c), c.class == graph.Event && !c.holds(on), c.class == graph.State && (c.from >= on.To || takenOver(c)):
		default:
			kept = append(kept, c)
		}
	}
	s.claims = kept
}

// end leaves out the states that ended before the day.
func (s *shown) end(on graph.Interval) {
	if on.IsZero() {
		return
	}
	s.claims = slices.DeleteFunc(slices.Clone(s.claims), func(c *verdict) bool {
		return c.class == graph.State && c.end == graph.DatedEnd && c.until <= on.From
	})
}

// takeOver keeps of the relations that share a key those with the latest start.
func takeOver(sh *shape, list []shown, head func(string) string) (kept []shown) {
	if sh.key == nil {
		return list
	}
	latest := map[string]graph.Time{}
	for i := range list {
		for _, k := range list[i].keys(sh, head) {
			t, ok := latest[k]
			if at := list[i].start(sh); !ok || at > t {
				latest[k] = at
			}
		}
	}
	for i := range list {
		if slices.ContainsFunc(list[i].keys(sh, head), func(k string) bool { return latest[k] == list[i].start(sh) }) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// keys are those that a relation stands in: one for each root speaker, unless
// the voice is the holder's own.
func (s *shown) keys(sh *shape, head func(string) string) (keys []string) {
	base := ""
	for _, f := range sh.key {
		base += fmt.Sprint(s.values(f))
	}
	if slices.Equal(s.values("voice"), []string{"=SELF"}) {
		return []string{base}
	}
	for _, c := range s.first(sh) {
		for _, t := range c.evidence {
			if !t.deny {
				keys = append(keys, base+t.record.root(head))
			}
		}
	}
	if keys == nil {
		return []string{base}
	}
	return keys
}

// first are the claims by whose evidence the speakers are told: of the first
// property declared, those with the latest start.
func (s *shown) first(sh *shape) []*verdict {
	order := slices.Concat(sh.roles, sh.others)
	compare := func(a, b *verdict) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.property), slices.Index(order, b.property)), cmp.Compare(b.from, a.from))
	}
	first := slices.MinFunc(s.claims, compare)
	return slices.DeleteFunc(slices.Clone(s.claims), func(c *verdict) bool { return compare(c, first) != 0 })
}

func (r *record) root(head func(string) string) string {
	if r.chain != "" {
		return head(r.chain)
	}
	return "document " + r.doc
}

// leftBy tells whether an event that starts no earlier ends the relation.
func (s *shown) leftBy(sh *shape, events []shown) bool {
	left := shapes["LeftOffice"]
	return slices.ContainsFunc(events, func(e shown) bool {
		if e.start(&left) < s.start(sh) {
			return false
		}
		for _, role := range sh.roles {
			fill := e.values(role)
			if len(fill) == 0 || slices.ContainsFunc(fill, func(v string) bool { return !slices.Contains(s.values(role), v) }) {
				return false
			}
		}
		return true
	})
}
