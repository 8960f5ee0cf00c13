package graph_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// hearsay is what is known of entities by their keys, and what the act in hand
// makes known of them (rule 5).
type hearsay struct {
	keyed map[string][]given       // an entity's key, each time that it was told
	here  map[string]bool          // what the act declared
	named map[string]graph.Marking // how openly the act speaks of an entity
	used  map[string]bool          // whose keys the act uses
	wrote bool                     // the act changed anything
}

// given tells since when a key is told, and how far.
type given struct {
	ts      graph.TS
	marking graph.Marking
}

func newHearsay() hearsay { return hearsay{keyed: map[string][]given{}}.next() }

// next is what the next act begins with.
func (h hearsay) next() hearsay {
	return hearsay{maps.Clone(h.keyed), map[string]bool{}, map[string]graph.Marking{}, map[string]bool{}, false}
}

// tells tells whether a key is told to a clearance, as it was at a time.
func (h *hearsay) tells(name string, ts graph.TS, clearance graph.Marking) bool {
	return slices.ContainsFunc(h.keyed[name], func(g given) bool { return g.ts <= ts && g.marking <= clearance })
}

// finds tells whether the act in hand finds an entity.
func (m *model) finds(name string) bool {
	switch {
	case m.here[name], m.tells(name, m.ts, m.clearance):
		return true
	case strings.HasPrefix(name, "s."):
		return m.clearance == graph.Red || m.heard(name, m.clearance) || !m.heard(name, graph.Red)
	}
	return false
}

// heard tells whether a clearance knows of anything that is said of an entity.
func (m *model) heard(name string, clearance graph.Marking) bool {
	return slices.ContainsFunc(m.records, func(r *record) bool {
		return r.judge.Marking <= clearance && slices.Contains(r.about(), name)
	})
}

// sees tells whether the act in hand knows of a record: embargoes bind all but
// those who see everything.
func (m *model) sees(j *graph.Judgement) bool {
	return m.clearance == graph.Red || j.Marking <= m.clearance && j.Embargo <= m.now
}

// toldOf lists the records of an assertion that the act knows of, the newest first.
func (m *model) toldOf(doc, key string) (list []*record) {
	for _, r := range slices.Backward(m.records) {
		if r.doc == doc && r.key == key && m.sees(&r.judge) {
			list = append(list, r)
		}
	}
	return list
}

// unclosed lists those of records that are not closed.
func unclosed(list []*record) []*record {
	return slices.DeleteFunc(slices.Clone(list), func(r *record) bool { return r.tt != 0 })
}

// blind tells whether what the act will not see when it is written is there already.
func (m *model) blind(s *speech, keep bool) bool {
	return !m.sees(&s.judge) && slices.ContainsFunc(m.records, func(r *record) bool {
		return r.doc == s.doc && r.key == s.key && r.says(s) && (r.tt == 0 || keep)
	})
}

// says tells whether a record is just so, as it was stated.
func (r *record) says(s *speech) bool { return r.content() == s.content() && r.stated == s.judge }

// about lists what the links name.
func (s *speech) about() (names []string) {
	for _, l := range s.links {
		names = append(names, l.subject)
		if l.name().points() {
			names = append(names, l.value)
		}
	}
	return names
}

// speak notes of whom an assertion speaks, and how openly. It uses the keys of
// its document, and a draft those of all that it names.
func (m *model) speak(s *speech, draft bool) {
	for _, name := range append(s.about(), s.doc, s.chain) {
		if old, ok := m.named[name]; !ok || s.judge.Marking < old {
			m.named[name] = s.judge.Marking
		}
		if draft || name == s.doc {
			m.used[name] = true
		}
	}
}

// reopen tells the keys that came with a record as far as it is told now.
func (m *model) reopen(r *record, now graph.Marking) {
	for _, name := range append(r.about(), r.chain) {
		with := func(g given) bool { return slices.Contains(r.since, g.ts) }
		if now < r.judge.Marking && slices.ContainsFunc(m.keyed[name], with) {
			m.used[name] = true
		}
	}
}

// finish tells the keys that the act used as far as the most open of what it
// says, or to everybody.
func (m *model) finish(ts graph.TS) {
	for name := range m.used {
		far := m.named[name] // CLEAR where nothing is said
		if name != "" && !strings.HasPrefix(name, "s.") && !m.tells(name, ts, far) {
			m.keyed[name] = append(m.keyed[name], given{ts, far})
			m.wrote = true
		}
	}
}
