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
	order     map[string]int    // of entities, as they were first recorded
	claims    map[claimName]int // the same of claims
	made      int               // claims so far
	spoke     int               // records so far
	hearsay                     // how far keys are told
	graves                      // what was erased
	spot                        // what the act in hand sees
	force     bool              // it records again what was erased
}

// source is a document of the model.
type source struct {
	published string
	curation  bool
	ts        graph.TS
	pf        graph.Time
}

func newModel() *model {
	return &model{documents: map[string]*source{}, ids: map[string]graph.EntityID{}, hearsay: newHearsay(),
		order: map[string]int{}, claims: map[claimName]int{}, graves: newGraves(), spot: acting(graph.TimeOf(noon), graph.Red)}
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
	c.documents, c.order, c.claims = maps.Clone(m.documents), maps.Clone(m.order), maps.Clone(m.claims)
	c.hearsay, c.graves, c.spot, c.force = m.hearsay.next(), m.graves.clone(), at, false
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
func (m *model) open() []*record { return unclosed(m.records) }

// add records an assertion, in the place of another record or of none.
func (m *model) add(s speech, id graph.AssertionID, stated graph.Judgement, ts graph.TS, before *record) {
	d := m.documents[s.doc]
	r := &record{speech: s, id: id, stated: stated, tf: ts, since: []graph.TS{ts}, pf: d.pf, when: graph.MinTime, n: m.spoke}
	if before != nil && before.id == id && before.tt == ts && before.content() == s.content() {
		r.since = append(r.since, before.since...)
	}
	m.spoke++
	if said := cmp.Or(s.day, d.published); said != "" {
		r.when = instant(said).from
	}
	if r.spoken = r.pf; s.day != "" && d.published == "" && !d.curation {
		r.spoken = min(r.pf, instant(s.day).to-1)
	}
	m.records = append(m.records, r)
	m.wrote = true
	for i := range r.links {
		l := &r.links[i]
		m.meet(l.subject)
		if _, ok := m.claims[l.name()]; !ok {
			m.claims[l.name()] = m.made
			m.made++
		}
	}
}

func (m *model) close(list []*record, ts graph.TS) {
	for _, r := range list {
		r.tt, m.wrote = ts, true
	}
}

// meet gives an entity its place in the order of recording.
func (m *model) meet(name string) {
	if _, ok := m.order[name]; !ok {
		m.order[name] = len(m.order)
	}
}

// declare finds an entity by its key, or a position by what it is, or makes it;
// one that was erased must be forced.
func (m *model) declare(name string) error {
	there := m.finds(name) || m.kindOf(name) == "Position" && m.heard(name, m.clearance)
	if m.tombs[name] && !m.force && !there {
		return errRefused
	}
	m.meet(name)
	m.here[name], m.used[name] = true, true
	delete(m.gone, name)
	return nil
}

// assert is rule 3: what an assertion does, and what it should be told to have done.
func (m *model) assert(s speech, id graph.AssertionID, keep bool, ts graph.TS) (graph.Outcome, error) {
	if err := m.refers(&s, id); err != nil {
		return 0, err
	}
	m.speak(&s, true)
	list := m.toldOf(s.doc, s.key)
	open := unclosed(list)
	same := slices.IndexFunc(open, func(r *record) bool { return r.content() == s.content() })
	var before *record
	outcome := graph.New
	switch {
	case len(list) == 0 && m.blind(&s, keep):
		return graph.New, nil
	case slices.ContainsFunc(open, func(r *record) bool { return r.says(&s) }):
		return graph.Known, nil
	case len(list) > 0 && len(open) == 0:
		if before = list[0]; keep && before.content() == s.content() {
			return graph.Known, nil
		}
	case len(list) > 0: // judged anew, the others stand on; or another content, which stands for all
		if same >= 0 {
			open = open[same : same+1]
		}
		before, outcome = open[0], graph.Corrected
		m.close(open, ts)
	}
	if m.forbidden(&s) {
		return 0, errRefused
	}
	m.add(s, id, s.judge, ts, before)
	return outcome, nil
}

// act is one act of a transaction: what the graph is told, and what the model
// makes of it, once the transaction is durable, unless it must be refused.
type act struct {
	what  string
	do    func(tx *graph.Tx) error
	apply func(m *model, ts graph.TS) error
	told  func() string // what the graph answered when it was done last; nil: nothing
}

func declareAct(name, kind string) act {
	return act{what: "declare " + name, do: func(tx *graph.Tx) error {
		_, err := tx.Declare(graph.Declaration{Kind: kind, Keys: []graph.Key{{Scheme: "x", ID: name}}})
		return err
	}, apply: func(m *model, _ graph.TS) error { return m.declare(name) }}
}

func (s *source) document(name string) graph.Document {
	return graph.Document{Key: graph.Key{Scheme: "source", ID: name}, Title: name, Published: day(s.published), Curation: s.curation}
}

func documentAct(name, published string, curation bool) act {
	d := &source{published: published, curation: curation}
	return act{what: "document " + name, do: func(tx *graph.Tx) error {
		_, err := tx.Document(d.document(name))
		return err
	}, apply: func(m *model, ts graph.TS) error { return m.publish(name, *d, ts) }}
}

// publish is rule 6.
func (m *model) publish(name string, d source, ts graph.TS) error {
	if err := m.declare(name); err != nil || m.documents[name] != nil {
		return err
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
	m.documents[name], m.wrote = &d, true
	return nil
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
	}, apply: func(m *model, ts graph.TS) error {
		expect, err := m.assert(s, graph.AssertionOf(s.draft()), false, ts)
		if err == nil && got != expect {
			err = fmt.Errorf("outcome of %s %s: %d, want %d", s.doc, s.key, got, expect)
		}
		return err
	}}
}

func retractAct(r *record) act {
	return act{what: "retract " + r.key, do: func(tx *graph.Tx) error { return tx.Retract(r.id) }, apply: func(m *model, ts graph.TS) error {
		list := unclosed(m.toldOf(r.doc, r.key))
		if len(list) == 0 {
			return errRefused
		}
		m.close(list, ts)
		return nil
	}}
}

func judgeAct(r *record, j graph.Judgement) act {
	return act{what: fmt.Sprintf("judge %s %v", r.key, j), do: func(tx *graph.Tx) error {
		return tx.Judge(r.id, func(old *graph.Judgement) { *old = j })
	}, apply: func(m *model, ts graph.TS) error {
		list := unclosed(m.toldOf(r.doc, r.key))
		if len(list) == 0 {
			return errRefused
		}
		for _, old := range list {
			if err := m.rejudge(old, j, ts); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (m *model) rejudge(old *record, j graph.Judgement, ts graph.TS) error {
	if old.judge == j {
		return nil
	}
	m.close([]*record{old}, ts)
	next := old.speech
	next.judge = j
	if m.forbidden(&next) {
		return errRefused
	}
	m.speak(&next, false)
	m.reopen(old, j.Marking)
	m.add(next, old.id, old.stated, ts, old)
	return nil
}

func correctAct(r *record, s speech) act {
	var id graph.AssertionID
	return act{what: fmt.Sprintf("correct %s by %s", r.key, &s), told: func() string { return id.String() }, do: func(tx *graph.Tx) (err error) {
		id, err = tx.Correct(r.id, s.draft())
		return err
	}, apply: func(m *model, ts graph.TS) error {
		list, id := unclosed(m.toldOf(r.doc, r.key)), graph.AssertionOf(s.draft())
		other := func(old *record) bool { return old.id != id || old.content() != s.content() }
		if err := m.refers(&s, id); err != nil || !slices.ContainsFunc(list, other) {
			return errRefused
		}
		m.speak(&s, true)
		if m.close(list, ts); m.forbidden(&s) {
			return errRefused
		}
		m.add(s, id, s.judge, ts, list[0])
		return nil
	}}
}

// unknown tells whether a draft refers to what there is not, as far as the act knows.
func (m *model) unknown(s *speech) bool {
	names := append(s.about(), s.doc, s.chain)
	return slices.ContainsFunc(names, func(name string) bool {
		made := name == "" || name == s.position || s.pair && name == s.links[0].subject
		return !made && !m.finds(name)
	})
}

// refers refuses what refers to what there is not, or was erased, and makes
// the relation that an assertion is about.
func (m *model) refers(s *speech, id graph.AssertionID) error {
	if m.unknown(s) || (m.buried[id] && !m.force && len(m.toldOf(s.doc, s.key)) == 0) {
		return errRefused
	}
	if s.pair {
		m.here[s.links[0].subject] = true
	}
	if s.position == "" {
		return nil
	}
	return m.declare(s.position)
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
	guess := once(s, 6) // at what the act does not see
	for _, r := range m.records {
		switch {
		case busy[r.key], !guess && !m.sees(&r.judge):
		case r.tt == 0:
			open = append(open, r)
		default:
			closed = append(closed, r)
		}
	}
	several := slices.DeleteFunc(slices.Clone(open), func(r *record) bool { return len(unclosed(m.toldOf(r.doc, r.key))) < 2 })
	if len(several) > 0 && once(s, 2) {
		open, closed = several, several
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
	case choice == 0 && once(s, 3): // which may be hidden
		name := pick(s, slices.Sorted(maps.Keys(m.documents))...)
		d := m.documents[name]
		return documentAct(name, d.published, d.curation), "document"
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

// loaded applies a load to the model and tells what it should report, its time
// where it writes anything. What refers to a relation that another one makes comes after that.
func (m *model) loaded(list []speech, ts graph.TS) (report graph.Loaded, err error) {
	for left := list; len(left) > 0 && err == nil; {
		pending := left
		left = nil
		for _, s := range pending {
			if m.unknown(&s) {
				left = append(left, s)
			} else if err == nil {
				err = m.report(s, ts, &report)
			}
		}
		if len(left) == len(pending) {
			err = errRefused
		}
	}
	if err == nil {
		m.finish(ts)
	}
	if m.wrote {
		report.TS = ts
	}
	return report, err
}

// report applies one assertion of a load and counts it.
func (m *model) report(s speech, ts graph.TS, r *graph.Loaded) error {
	told := m.toldOf(s.doc, s.key)
	outcome, err := m.assert(s, graph.AssertionOf(s.draft()), true, ts)
	r.Read++
	switch outcome {
	case graph.New:
		r.New++
	case graph.Known:
		r.Known++
		if len(unclosed(told)) == 0 {
			r.Retracted++
		}
	case graph.Corrected:
		r.Corrected++
	}
	return err
}

var errLookedUp = errors.New("looked up")
