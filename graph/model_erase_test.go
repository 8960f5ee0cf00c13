package graph_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
)

// graves are what was erased (rule 16).
type graves struct {
	buried map[graph.AssertionID]bool
	tombs  map[string]bool // entities and documents
	gone   map[string]bool // those of them that are without their keys
	lost   []speech        // what may be said again if it is forced
}

func newGraves() graves {
	return graves{buried: map[graph.AssertionID]bool{}, tombs: map[string]bool{}, gone: map[string]bool{}}
}

func (g graves) clone() graves {
	return graves{maps.Clone(g.buried), maps.Clone(g.tombs), maps.Clone(g.gone), slices.Clone(g.lost)}
}

// erase is rule 16: the records go, at every time.
func (m *model) erase(assertions []graph.AssertionID, names []string) {
	for _, id := range assertions {
		m.buried[id] = true
	}
	for _, name := range names {
		m.tombs[name], m.gone[name] = true, true
		delete(m.keyed, name)
		delete(m.documents, name)
	}
	doomed := map[graph.AssertionID]bool{}
	for _, r := range m.records {
		if slices.Contains(assertions, r.id) || slices.ContainsFunc(names, r.names) {
			doomed[r.id], m.buried[r.id] = true, true
			m.lost = append(m.lost, r.speech)
		}
	}
	m.records = slices.DeleteFunc(m.records, func(r *record) bool { return doomed[r.id] })
	left := map[claimName]int{}
	for _, r := range m.records {
		for i := range r.links {
			name := r.links[i].name()
			left[name] = m.claims[name]
		}
	}
	m.claims = left
}

// names tells whether a record stands in a document, or says anything of or by an entity.
func (r *record) names(name string) bool {
	return r.doc == name || slices.ContainsFunc(r.links, func(l said) bool { return l.subject == name || l.value == name })
}

// forced is an act that records again what was erased.
func forced(a act) act {
	do, apply := a.do, a.apply
	a.what = "forced: " + a.what
	a.do = func(tx *graph.Tx) error {
		tx.Force()
		return do(tx)
	}
	a.apply = func(m *model, ts graph.TS) error {
		m.force = true
		return apply(m, ts)
	}
	return a
}

// keyless lists what was erased and is found by its key alone.
func (m *model) keyless() []string {
	list := slices.Sorted(maps.Keys(m.gone))
	return slices.DeleteFunc(list, func(name string) bool { return m.kindOf(name) == "Position" })
}

// revive makes up an act that declares again what was erased.
func (m *model) revive(s *speaker) act {
	name := pick(s, m.keyless()...)
	a := declareAct(name, m.kindOf(name))
	if m.kindOf(name) == graph.KindDocument {
		day := "2025-12-02"
		if name == "d3" || name == "u1" {
			day = pick(s, "2025-12-01", "2025-11-30", "")
		}
		a = documentAct(name, day, false)
	}
	if once(s, 5) {
		return a // which is refused
	}
	return forced(a)
}

// Erase destroys assertions, entities and documents.
func (l *lab) Erase(*rapid.T) {
	if l.dir != "" && !once(l, 4) {
		return // rewriting files takes its time
	}
	var targets []graph.Target
	var assertions []graph.AssertionID
	var names []string
	for range 1 + l.Intn(2) {
		switch r := l.model.records; {
		case len(r) > 0 && !once(l, 4):
			if judged := slices.DeleteFunc(slices.Clone(r), func(r *record) bool { return !r.pair }); len(judged) > 0 && once(l, 3) {
				r = judged
			}
			r := pick(l, r...)
			l.tell("erase %s", &r.speech)
			assertions, targets = append(assertions, r.id), append(targets, graph.Target{Assertion: r.id})
		default:
			name := pick(l, append(l.model.positions(), "e4", "e5", "n1", "m2", "o1", "d3", "d5", "u1")...)
			if id, ok := l.model.entity(name); ok {
				names, targets = append(names, name), append(targets, graph.Target{Entity: id})
			}
		}
	}
	if len(targets) == 0 {
		return
	}
	ts, err := l.db.Erase(ctx, graph.Act{Author: "model", Reason: "law", Clearance: graph.Red}, targets...)
	l.must(err)
	l.tell("%d erase %v %v", ts, assertions, names)
	l.model.erase(assertions, names)
	l.model.wrote = true
	l.settled(ts)
}

// entity finds the id of an entity or a document that there has been.
func (m *model) entity(name string) (graph.EntityID, bool) {
	if _, met := m.order[name]; !met {
		return graph.EntityID{}, false
	}
	if m.kindOf(name) == graph.KindDocument {
		return graph.IDOf(graph.Key{Scheme: "source", ID: name}), true
	}
	return m.id(name), true
}
