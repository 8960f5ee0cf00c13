package graph_test

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
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
	declared  map[string]graph.TS
}

// source is a document of the model.
type source struct {
	published string
	curation  bool
	ts        graph.TS
	pf        graph.Time
}

func newModel() *model {
	return &model{documents: map[string]*source{}, ids: map[string]graph.EntityID{}, declared: map[string]graph.TS{}}
}

func (m *model) id(name string) graph.EntityID { return m.ids[name] }

func (m *model) kindOf(name string) string {
	if strings.HasPrefix(name, "p.") {
		return "Position"
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
	r := &record{speech: s, id: id, stated: stated, tf: ts, pf: d.pf, when: graph.MinTime, n: len(m.records)}
	if said := cmp.Or(s.day, d.published); said != "" {
		r.when = instant(said).from
	}
	m.records = append(m.records, r)
}

// assert is rule 3: what an assertion does, and what it should be told to have done.
func (m *model) assert(s speech, id graph.AssertionID, keep bool, ts graph.TS) (graph.Outcome, bool) {
	old := m.last(s.doc, s.key)
	outcome := graph.New
	if old != nil {
		same := old.content() == s.content()
		switch {
		case old.tt != 0 && keep && same, old.tt == 0 && same && old.stated == s.judge:
			return graph.Known, false
		case old.tt == 0:
			old.tt, outcome = ts, graph.Corrected
		}
	}
	m.add(s, id, s.judge, ts)
	return outcome, true
}

// act is one act of a transaction: what the graph is told, and what the model
// makes of it, once the transaction is durable. apply tells whether anything
// was written.
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
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		if m.declared[name] != 0 {
			return false, nil
		}
		m.declared[name] = ts
		return true, nil
	}}
}

func (s *source) document(name string) graph.Document {
	return graph.Document{Key: graph.Key{Scheme: "source", ID: name}, Title: name, Published: day(s.published), Curation: s.curation}
}

func documentAct(name, published string, curation bool) act {
	d := &source{published: published, curation: curation}
	return act{what: "document " + name, do: func(tx *graph.Tx) error {
		_, err := tx.Document(d.document(name))
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) { return m.publish(name, d, ts), nil }}
}

// publish is rule 6.
func (m *model) publish(name string, d *source, ts graph.TS) bool {
	if m.documents[name] != nil {
		return false
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
	return true
}

func assertAct(s speech) act {
	var id graph.AssertionID
	var got graph.Outcome
	return act{what: fmt.Sprintf("assert %s %s %v", s.doc, s.key, s.links), told: func() string { return fmt.Sprint(id, got) }, do: func(tx *graph.Tx) (err error) {
		id, got, err = tx.Assert(s.draft())
		return err
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		expect, wrote := m.assert(s, id, false, ts)
		if got != expect {
			return wrote, fmt.Errorf("outcome of %s %s: %d, want %d", s.doc, s.key, got, expect)
		}
		return wrote, nil
	}}
}

func retractAct(r *record) act {
	return act{what: "retract " + r.key, do: func(tx *graph.Tx) error { return tx.Retract(r.id) }, apply: func(m *model, ts graph.TS) (bool, error) {
		m.last(r.doc, r.key).tt = ts
		return true, nil
	}}
}

func judgeAct(r *record, j graph.Judgement) act {
	return act{what: fmt.Sprintf("judge %s %v", r.key, j), do: func(tx *graph.Tx) error {
		return tx.Judge(r.id, func(old *graph.Judgement) { *old = j })
	}, apply: func(m *model, ts graph.TS) (bool, error) {
		old := m.last(r.doc, r.key)
		if old.judge == j {
			return false, nil
		}
		old.tt = ts
		next := old.speech
		next.judge = j
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
		m.last(r.doc, r.key).tt = ts
		m.add(s, id, s.judge, ts)
		return true, nil
	}}
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

// loaded applies a load to the model and tells what it should report.
func (m *model) loaded(list []speech, ids []graph.AssertionID, ts graph.TS) (report graph.Loaded) {
	for i, s := range list {
		outcome, _ := m.assert(s, ids[i], true, ts)
		report.Read++
		switch outcome {
		case graph.New:
			report.New++
		case graph.Known:
			report.Known++
		case graph.Corrected:
			report.Corrected++
		}
	}
	if report.New+report.Corrected > 0 {
		report.TS = ts
	}
	return report
}

var errLookedUp = errors.New("looked up")

// idsOf finds the ids of assertions, in an update that is given up.
func idsOf(db *graph.DB, list []speech) (ids []graph.AssertionID, err error) {
	_, err = db.Update(ctx, graph.Act{Clearance: graph.Red}, func(tx *graph.Tx) error {
		ids = nil
		for _, s := range list {
			id, _, err := tx.Assert(s.draft())
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return errLookedUp
	})
	if errors.Is(err, errLookedUp) {
		err = nil
	}
	return ids, err
}
