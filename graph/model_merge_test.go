package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/parleydb/parley/graph"
)

// errRefused is what the model says of an act that the graph must refuse.
var errRefused = errors.New("the model refuses it")

// union is rule 11 at a point: who is one with whom, pair by pair.
type union struct {
	joined, apart [][2]string
	order         map[string]int
}

// union joins what is judged the same among claims as they are written, what
// was recorded first first. A pair that would bring together what is judged
// apart joins nothing.
func (m *model) union(literal map[claimName]*verdict) *union {
	u := &union{order: m.order}
	var same [][2]string
	for _, s := range m.judged() {
		p := pairOf(s)
		stands := func(property, value string) bool {
			v := literal[claimName{s, property, value, ""}]
			return v != nil && v.truth != graph.Denied
		}
		switch {
		case !stands("one", p[0]) || !stands("other", p[1]):
		case stands("judgement", "="+graph.SameNegative):
			u.apart = append(u.apart, p)
		case stands("judgement", "="+graph.SamePositive):
			same = append(same, p)
		}
	}
	for _, p := range same {
		if !u.barred(p) {
			u.joined = append(u.joined, p)
		}
	}
	return u
}

// judged lists the relations that judge sameness, as they were first recorded.
func (m *model) judged() (list []string) {
	for name := range m.order {
		if strings.HasPrefix(name, "s.") {
			list = append(list, name)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return m.order[a] - m.order[b] })
	return list
}

// heads gives for an entity the first one recorded of those that it is one
// with, were it not for the pair but.
func (u *union) heads(but [2]string) func(string) string {
	h := map[string]string{}
	head := func(name string) string {
		if first, ok := h[name]; ok {
			return first
		}
		return name
	}
	for range u.joined {
		for _, p := range u.joined {
			if p != but {
				first, other := head(p[0]), head(p[1])
				if u.order[other] < u.order[first] {
					first = other
				}
				h[p[0]], h[p[1]] = first, first
			}
		}
	}
	return head
}

// barred tells whether joining a pair brings together what is judged apart.
func (u *union) barred(p [2]string) bool {
	with := union{joined: append(slices.Clone(u.joined), p), order: u.order}
	head := with.heads([2]string{})
	return slices.ContainsFunc(u.apart, func(q [2]string) bool { return head(q[0]) == head(q[1]) })
}

// forbidden is what rule 11 forbids of an assertion that is about to be recorded.
func (m *model) forbidden(s *speech) bool {
	if !s.pair || s.judge.Status != graph.AcceptedStatus {
		return false
	}
	u, p := m.union(weigh(m.records, &m.spot, nil)), pairOf(s.links[0].subject)
	head := u.heads(p)
	if p[0] == p[1] || head(p[0]) == head(p[1]) {
		return true
	}
	return s.links[2].value == "="+graph.SamePositive && (u.barred(p) || !m.oneKind(u, p))
}

// oneKind tells whether the kinds of all that would be one fit.
func (m *model) oneKind(u *union, p [2]string) bool {
	head := u.heads([2]string{})
	for a := range m.order {
		for b := range m.order {
			if head(a) == head(p[0]) && head(b) == head(p[1]) && !fit(m.kindOf(a), m.kindOf(b)) {
				return false
			}
		}
	}
	return true
}

func fit(one, other string) bool {
	turnsOut := func(kind, into string) bool {
		return kind == "Unnamed" && slices.Contains([]string{"State", "Person", "Office", "Unnamed"}, into)
	}
	return one != graph.KindDocument && (one == other || turnsOut(one, other) || turnsOut(other, one))
}

// kindOfAll is the kind of what is one: that of the first that somebody named.
func (m *model) kindOfAll(members []string) string {
	for _, name := range members {
		if kind := m.kindOf(name); kind != "Unnamed" {
			return kind
		}
	}
	return "Unnamed"
}

// pairs is the name of the relation that judges two entities, which has them
// in the order of their ids.
func (m *model) pairs(a, b string) string {
	x, y := m.id(a), m.id(b)
	if bytes.Compare(x[:], y[:]) > 0 {
		a, b, x, y = b, a, y, x
	}
	name := "s." + a + "=" + b
	id, _ := ontology().Identify(graph.KindSameAs, map[string][]graph.Value{"one": {graph.EntityOf(x)}, "other": {graph.EntityOf(y)}}, graph.Valid{})
	pairIDs.Store(name, id)
	return name
}

var pairIDs sync.Map // of the names of relations that judge sameness to their ids, which follow from the names

func pairOf(name string) [2]string {
	a, b, _ := strings.Cut(strings.TrimPrefix(name, "s."), "=")
	return [2]string{a, b}
}

// samePair makes the assertion a judgement on the sameness of two entities.
func (m *model) samePair(s *speaker, a, b, word string) speech {
	s.keys++
	sp := speech{doc: pick(s, s.docs...), key: fmt.Sprintf("k%d", s.keys), judge: s.judgement(), pair: true}
	if once(s, 3) { // so that those who see more know of circles, and of what is kept apart
		sp.judge.Marking, sp.judge.Embargo = pick(s, graph.Amber, graph.Red), 0
	}
	name := m.pairs(a, b)
	p := pairOf(name)
	for _, f := range [][2]string{{"one", p[0]}, {"other", p[1]}, {"judgement", "=" + word}} {
		l := said{subject: name, property: f[0], value: f[1]}
		l.workOut(graph.KindSameAs)
		sp.links = append(sp.links, l)
	}
	return sp
}

func mergeAct(a, b string, s speech) act {
	return speechAct("merge", s, func(tx *graph.Tx, d graph.Draft) (graph.AssertionID, graph.Outcome, error) {
		d.Relation = nil // which is what Merge makes
		return tx.Merge(ref(a), ref(b), &d)
	})
}

func apartAct(a, b string, s speech) act {
	return speechAct("keep apart", s, func(tx *graph.Tx, d graph.Draft) (graph.AssertionID, graph.Outcome, error) {
		d.Relation = nil
		return tx.KeepApart(ref(a), ref(b), &d)
	})
}

func unmergeAct(a, b string) act {
	return act{what: fmt.Sprintf("unmerge %s and %s", a, b), do: func(tx *graph.Tx) error { return tx.Unmerge(ref(a), ref(b)) },
		apply: func(m *model, ts graph.TS) error {
			if !m.finds(a) || !m.finds(b) {
				return errRefused
			}
			return m.unmerge(m.pairs(a, b), ts)
		}}
}

// unmerge retracts what says that a pair is one, unless the two would stay so, or are not.
func (m *model) unmerge(name string, ts graph.TS) error {
	u, p := m.union(weigh(m.records, &m.spot, nil)), pairOf(name)
	head := u.heads(p)
	if head(p[0]) == head(p[1]) || !slices.Contains(u.joined, p) {
		return errRefused
	}
	for _, r := range m.records {
		if r.pair && m.live(r) && r.links[2].subject == name && r.links[2].value == "="+graph.SamePositive {
			m.close([]*record{r}, ts)
		}
	}
	return nil
}

// sameness makes up an act that judges which entities are one.
func (m *model) sameness(s *speaker) act {
	alike := [][]string{{"e1", "e2", "e4", "n1"}, {"e1", "e2", "e4"}, {"e1", "e2", "e4"}, {"e3", "e5", "n1"}, {"m1", "m2"}, m.positions(),
		{"e1", "e3", "f1", "i1", "m1", "n1"}}
	group := alike[s.Intn(len(alike))]
	if len(group) < 2 {
		group = alike[0]
	}
	a, b := pick(s, group...), pick(s, group...)
	if a == b && !once(s, 4) {
		b = group[(slices.Index(group, a)+1)%len(group)]
	}
	if judged := m.judged(); len(judged) > 0 && once(s, 2) { // again, or the other way round
		p := pairOf(pick(s, judged...))
		a, b = p[0], p[1]
	}
	switch s.Intn(7) {
	case 0:
		return apartAct(a, b, m.samePair(s, a, b, graph.SameNegative))
	case 1, 2:
		return unmergeAct(b, a)
	}
	return mergeAct(a, b, m.samePair(s, a, b, graph.SamePositive))
}

// circle makes up judgements of which one is hidden from who makes the others:
// who sees it, sees a circle, or that those who are one are kept apart.
func (m *model) circle(s *speaker) []act {
	names := [][]string{{"e1", "e2", "e4"}, {"e2", "e4", "e1"}, {"e4", "e1", "e2"}}[s.Intn(3)]
	a, b, c := names[0], names[1], names[2]
	hidden := m.samePair(s, a, b, pick(s, graph.SamePositive, graph.SameNegative))
	hidden.judge = graph.Judgement{Marking: graph.Red}
	one, other := m.samePair(s, b, c, graph.SamePositive), m.samePair(s, a, c, graph.SamePositive)
	one.judge, other.judge = graph.Judgement{}, graph.Judgement{}
	return []act{assertAct(hidden), mergeAct(b, c, one), mergeAct(c, a, other)}
}

// positions lists those whose ids are known.
func (m *model) positions() (list []string) {
	for name := range m.order {
		if strings.HasPrefix(name, "p.") && !m.id(name).IsZero() {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
