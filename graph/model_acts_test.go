package graph_test

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// model is what the graph should know: a slice of records.
type model struct {
	records   []*record
	documents map[string]*source
	txs       []graph.TS // transactions that wrote something, in order
	ids       map[string]graph.EntityID
	keyed     map[string]graph.TS // since when a key names an entity
	order     map[string]int      // of entities, as they were first recorded
	claims    map[claimName]int   // the same of claims
	made      int                 // claims so far
	spoke     int                 // records so far
	graves                        // what was erased
	spot                          // what the act in hand sees
	force     bool                // it records again what was erased
}

// source is a document of the model.
type source struct {
	published string
	curation  bool
	ts        graph.TS
	pf        graph.Time
}

func newModel() *model {
	return &model{documents: map[string]*source{}, ids: map[string]graph.EntityID{}, keyed: map[string]graph.TS{},
		order: map[string]int{}, claims: map[claimName]int{}, graves: newGraves(), spot: acting(graph.TimeOf(noon), graph.Clear)}
}

// acting is what an act sees: all that there is, within its clearance.
func acting(now graph.Time, clearance graph.Marking) spot {
	return spot{ts: math.MaxUint64, known: graph.MaxTime, now: now, clearance: clearance}
}

// clone is the same model, to try an act on.
func (m *model) clone(at spot) *model {
	c := *m
	c.records = make([]*record, len(m.records))
	for i, r := range m.records {
		own := *r
		c.records[i] = &own
	}
	c.documents, c.keyed, c.order, c.claims = maps.Clone(m.documents), maps.Clone(m.keyed), maps.Clone(m.order), maps.Clone(m.claims)
	c.graves, c.spot, c.force = m.graves.clone(), at, false
	return &c
}

func (m *model) id(name string) graph.EntityID { return m.ids[name] }

func (m *model) kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, "p."):
		return "Position"
	case strings.HasPrefix(name, "s."):
		return graph.KindSameAs
	}
	return cmp.Or(cast[name], graph.KindDocument)
}

// last is the newest record of an assertion, or nil.
func (m *model) last(doc, key string) *record {
	for _, r := range slices.Backward(m.records) {
		if r.doc == doc && r.key == key {
			return r
		}
	}
	return nil
}

// open lists the records that are not closed.
func (m *model) open() (list []*record) {
	for _, r := range m.records {
		if r.tt == 0 {
			list = append(list, r)
		}
	}
	return list
}

func (m *model) add(s speech, id graph.AssertionID, stated graph.Judgement, ts graph.TS) {
	d := m.documents[s.doc]
	r := &record{speech: s, id: id, stated: stated, tf: ts, pf: d.pf, when: graph.MinTime, n: m.spoke}
	m.spoke++
	if said := cmp.Or(s.day, d.published); said != "" {
		r.when = instant(said).from
	}
	m.records = append(m.records, r)
	for i := range r.links {
		l := &r.links[i]
		m.meet(l.subject)
		if _, ok := m.claims[l.name()]; !ok {
			m.claims[l.name()] = m.made
			m.made++
		}
	}
}

// meet gives an entity its place in the order of recording.
func (m *model) meet(name string) {
	if _, ok := m.order[name]; !ok {
		m.order[name] = len(m.order)
	}
}

// name notes that a key names an entity from now on; one that was erased must be forced.
func (m *model) name(name string, ts graph.TS) (bool, error) {
	switch {
	case m.keyed[name] != 0:
		return false, nil
	case m.gone[name] && !m.force:
		return false, errRefused
	}
	m.meet(name)
	m.keyed[name] = ts
	delete(m.gone, name)
	return true, nil
}

// assert is rule 3: what an assertion does, and what it should be told to have done.
func (m *model) assert(s speech, id graph.AssertionID, keep bool, ts graph.TS) (graph.Outcome, bool, error) {
	if err := m.refers(&s, id, ts); err != nil {
		return 0, false, err
	}
	old := m.last(s.doc, s.key)
	outcome := graph.New
	if old != nil {
		same := old.content() == s.content()
		switch {
		case old.tt != 0 && keep && same, old.tt == 0 && same && old.stated == s.judge:
			return graph.Known, false, nil
		case old.tt == 0:
			old.tt, outcome = ts, graph.Corrected
		}
	}
	if m.forbidden(&s) {
		return 0, false, errRefused
	}
	m.add(s, id, s.judge, ts)
	return outcome, true, nil
}

// act is one act of a transaction: what the graph is told, and what the model
// makes of it, once the transaction is durable. apply tells whether anything
// was written, or that it must be refused.
type act struct {
	what  string
	do    func(tx *graph.Tx) error
	apply func(m *model, ts graph.TS) (bool, error)
	told  func() string // what the graph answered when it was done last; nil: nothing
}

func declareAct(name, kind string) act {
	return act{what: "declare " + name, do: func(tx *graph.Tx) error {
		_, err := tx.Declare(graph.Declaration{Kind: kind, Keys: []graph.Key{{Scheme: "x", ID: name}}})
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) { return m.name(name, ts) }}
}

func (s *source) document(name string) graph.Document {
	return graph.Document{Key: graph.Key{Scheme: "source", ID: name}, Title: name, Published: day(s.published), Curation: s.curation}
}

func documentAct(name, published string, curation bool) act {
	d := &source{published: published, curation: curation}
	return act{what: "document " + name, do: func(tx *graph.Tx) error {
		_, err := tx.Document(d.document(name))
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) { return m.publish(name, d, ts) }}
}

// publish is rule 6.
func (m *model) publish(name string, d *source, ts graph.TS) (bool, error) {
	if wrote, err := m.name(name, ts); !wrote {
		return false, err
	}
	d.ts = ts
	switch {
	case d.published != "":
		d.pf = instant(d.published).to - 1
	case d.curation:
		d.pf = graph.MinTime
	default:
		d.pf = graph.TimeOf(ts.Time())
	}
	m.documents[name] = d
	return true, nil
}

func assertAct(s speech) act {
	return speechAct("assert", s, func(tx *graph.Tx, d graph.Draft) (graph.AssertionID, graph.Outcome, error) { return tx.Assert(d) })
}

// speechAct is an act that makes an assertion.
func speechAct(what string, s speech, do func(*graph.Tx, graph.Draft) (graph.AssertionID, graph.Outcome, error)) act {
	var id graph.AssertionID
	var got graph.Outcome
	return act{what: fmt.Sprintf("%s %s", what, &s), told: func() string { return fmt.Sprint(id, got) }, do: func(tx *graph.Tx) (err error) {
		id, got, err = do(tx, s.draft())
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		expect, wrote, err := m.assert(s, graph.AssertionOf(s.draft()), false, ts)
		if err != nil {
			return false, err
		}
		if got != expect {
			return wrote, fmt.Errorf("outcome of %s %s: %d, want %d", s.doc, s.key, got, expect)
		}
		return wrote, nil
	}}
}

func retractAct(r *record) act {
	return act{what: "retract " + r.key, do: func(tx *graph.Tx) error { return tx.Retract(r.id) }, apply: func(m *model, ts graph.TS) (bool, error) {
		old := m.last(r.doc, r.key)
		if old.tt != 0 {
			return false, errRefused
		}
		old.tt = ts
		return true, nil
	}}
}

func judgeAct(r *record, j graph.Judgement) act {
	return act{what: fmt.Sprintf("judge %s %v", r.key, j), do: func(tx *graph.Tx) error {
		return tx.Judge(r.id, func(old *graph.Judgement) { *old = j })
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		old := m.last(r.doc, r.key)
		if old.tt != 0 {
			return false, errRefused
		}
		if old.judge == j {
			return false, nil
		}
		old.tt = ts
		next := old.speech
		next.judge = j
		if m.forbidden(&next) {
			return false, errRefused
		}
		m.add(next, old.id, old.stated, ts)
		return true, nil
	}}
}

func correctAct(r *record, s speech) act {
	var id graph.AssertionID
	return act{what: fmt.Sprintf("correct %s by %s %s %v", r.key, s.doc, s.key, s.links), told: func() string { return id.String() }, do: func(tx *graph.Tx) (err error) {
		id, err = tx.Correct(r.id, s.draft())
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		old := m.last(r.doc, r.key)
		if err := m.refers(&s, graph.AssertionOf(s.draft()), ts); err != nil || old.tt != 0 {
			return false, errRefused
		}
		if old.tt = ts; m.forbidden(&s) {
			return false, errRefused
		}
		m.add(s, id, s.judge, ts)
		return true, nil
	}}
}

// unknown tells whether a draft refers to what there is not.
func (m *model) unknown(s *speech) bool {
	names := []string{s.doc, s.chain}
	for _, l := range s.links {
		if l.subject != s.position {
			names = append(names, l.subject)
		}
		if l.name().points() {
			names = append(names, l.value)
		}
	}
	return slices.ContainsFunc(names, func(name string) bool { return m.gone[name] })
}

// refers refuses what refers to what there is not, or was erased, and makes
// the position that an assertion is about.
func (m *model) refers(s *speech, id graph.AssertionID, ts graph.TS) error {
	if m.unknown(s) || (m.buried[id] && !m.force && m.last(s.doc, s.key) == nil) {
		return errRefused
	}
	if s.position == "" {
		return nil
	}
	_, err := m.name(s.position, ts)
	return err
}

// transaction makes up one to three acts, each about another assertion.
func (m *model) transaction(s *speaker) (acts []act) {
	busy := map[string]bool{}
	for range 1 + s.Intn(3) {
		if a, key := m.act(s, busy); a.do != nil {
			busy[key] = true
			acts = append(acts, a)
		}
	}
	return acts
}

// act makes up an act about an assertion that the transaction has not touched.
func (m *model) act(s *speaker, busy map[string]bool) (act, string) {
	var open, closed []*record
	for _, r := range m.records {
		switch {
		case busy[r.key] || m.last(r.doc, r.key) != r:
		case r.tt == 0:
			open = append(open, r)
		default:
			closed = append(closed, r)
		}
	}
	choice := s.Intn(12)
	switch {
	case len(m.keyless()) > 0 && !busy["gone"] && once(s, 2):
		return m.revive(s), "gone"
	case len(m.lost) > 0 && once(s, 8):
		sp := pick(s, m.lost...)
		if busy[sp.key] {
			return act{}, ""
		}
		return pick(s, assertAct(sp), forced(assertAct(sp))), sp.key
	case choice == 0:
		return documentAct(pick(s, "d2", "d5", "d6"), pick(s, "2025-12-02"), false), "document"
	case choice == 1 && len(closed) > 0: // again, as it was or otherwise
		r := pick(s, closed...)
		return assertAct(m.again(s, r)), r.key
	case choice < 6 || len(open) == 0:
		sp := s.speech()
		return assertAct(sp), sp.key
	}
	r := pick(s, open...)
	switch {
	case choice < 8:
		return retractAct(r), r.key
	case choice < 10:
		return judgeAct(r, s.judgement()), r.key
	case choice == 10:
		return assertAct(m.again(s, r)), r.key
	}
	next := s.speech()
	if once(s, 2) {
		next.doc, next.key = r.doc, r.key
	}
	if next.doc == r.doc && next.key == r.key && next.content() == r.content() {
		return act{}, ""
	}
	return correctAct(r, next), r.key
}

// again is an assertion under the key of another one, with its content or its own.
func (m *model) again(s *speaker, r *record) speech {
	sp := r.speech
	if once(s, 2) {
		sp = s.speech()
		sp.doc, sp.key = r.doc, r.key
	}
	if once(s, 2) {
		sp.judge = r.stated
	}
	return sp
}

// assertions makes up a load: some of its assertions are known or corrected.
func (m *model) assertions(s *speaker) (list []speech) {
	busy := map[string]bool{}
	for range 3 + s.Intn(6) {
		sp := s.speech()
		if len(m.records) > 0 && once(s, 3) {
			if r := pick(s, m.records...); !busy[r.key] {
				sp = m.again(s, m.last(r.doc, r.key))
			}
		}
		if len(m.lost) > 0 && once(s, 8) {
			if lost := pick(s, m.lost...); !busy[lost.key] {
				sp = lost
			}
		}
		busy[sp.key] = true
		list = append(list, sp)
	}
	return list
}

func load(list []speech) iter.Seq2[graph.Statement, error] {
	return func(yield func(graph.Statement, error) bool) {
		for i, s := range list {
			d := s.draft()
			if !yield(graph.Statement{Draft: &d, Where: fmt.Sprintf("line %d", i+1)}, nil) {
				return
			}
		}
	}
}

// parted takes those out of a list of which is says yes.
func parted(list []speech, is func(*speech) bool) (rest, out []speech) {
	for i := range list {
		if is(&list[i]) {
			out = append(out, list[i])
		} else {
			rest = append(rest, list[i])
		}
	}
	return rest, out
}

// loaded applies a load to the model and tells what it should report.
func (m *model) loaded(list []speech, ts graph.TS) (report graph.Loaded, err error) {
	list, later := parted(list, m.unknown) // what may refer to what the others make
	for _, s := range append(list, later...) {
		old := m.last(s.doc, s.key)
		gone := old != nil && old.tt != 0
		outcome, _, err := m.assert(s, graph.AssertionOf(s.draft()), true, ts)
		if err != nil {
			return report, err
		}
		report.Read++
		switch outcome {
		case graph.New:
			report.New++
		case graph.Known:
			report.Known++
			if gone {
				report.Retracted++
			}
		case graph.Corrected:
			report.Corrected++
		}
	}
	if report.New+report.Corrected > 0 {
		report.TS = ts
	}
	return report, nil
}

var errLookedUp = errors.New("looked up")
