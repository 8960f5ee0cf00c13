package graph_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// scanner reads every record about every entity, without an index and without
// the code that settles what stands.
type scanner struct {
	*testing.T
	db        *graph.DB
	ids       map[string]graph.EntityID
	names     map[graph.EntityID]string
	published map[graph.EntityID]string
}

// records gives each thing that each record says.
func (s *scanner) records() (list []*record) {
	all := s.db.At(graph.Point{Clearance: graph.Red})
	for _, name := range slices.Sorted(maps.Keys(s.ids)) {
		claims, records, err := all.HistoryOf(ctx, s.ids[name], "")
		if err != nil {
			s.Fatal(err)
		}
		byID := map[graph.ClaimID]*graph.Claim{}
		for i := range claims {
			byID[claims[i].ID] = &claims[i]
		}
		for i := range records {
			list = append(list, s.record(byID[records[i].Claim], &records[i]))
		}
	}
	return list
}

func (s *scanner) record(c *graph.Claim, e *graph.Evidence) *record {
	value := "=" + c.Value.String()
	if c.Value.Type() == graph.Reference {
		value = s.names[c.Value.Entity()]
	}
	l := said{subject: s.names[c.Subject], property: c.Property, value: value, deny: e.Deny,
		extent: extent{class: c.Class, start: c.Start.String(), from: c.From, until: e.End.Until, end: e.End.Kind, date: e.End.Date.String()}}
	r := &record{speech: speech{judge: e.Judgement, links: []said{l}}, tf: e.Recorded.From, tt: e.Recorded.To, pf: graph.MinTime, when: graph.MinTime}
	published := s.published[e.Document]
	if published != "" {
		r.pf, r.when = instant(published).to-1, instant(published).from
	}
	if said := e.Asserted.String(); said != "" {
		r.when = instant(said).from
	}
	return r
}

// What the sections, windows and timelines of pairs answer equals what a scan
// of all records answers, at any point: events and states, events of 31 days,
// those that are open or dated by year, whatever was retracted, judged and
// corrected; ends and truth, too.
func TestIndexEqualsScan(t *testing.T) {
	edges := 0
	for seed := range uint64(size(3, 60, 1500)) {
		var txs []graph.TS
		h := play(t, inMemory())
		sc := compose(t, seed, 25, (*model).transaction)
		for _, acts := range sc.txs {
			txs = append(txs, h.update(acts))
		}
		s := &scanner{T: t, db: h.db, ids: sc.ids, names: newPainter(t, sc.ids).names, published: map[graph.EntityID]string{}}
		h.update([]act{{do: func(tx *graph.Tx) error {
			for name, day := range map[string]string{"d1": "2025-12-01", "d2": "2025-12-02", "d3": "2025-11", "d5": "2025-12-02", "d6": "2025-12-02"} {
				if id, err := tx.Find(graph.ByKey("source:" + name)); err == nil {
					s.published[id] = day
				}
			}
			return nil
		}}})
		records := s.records()
		d := seeded(seed + 1000)
		for range 15 {
			edges += s.compare(d, records, txs)
		}
	}
	t.Logf("%d edges compared", edges)
	if edges == 0 {
		t.Error("nothing was compared")
	}
}

// compare compares all lists of edges at a random point.
func (s *scanner) compare(d dice, records []*record, txs []graph.TS) (edges int) {
	p := graph.Point{Clearance: pick(d, graph.Clear, graph.Amber, graph.Red)}
	at := spot{ts: txs[len(txs)-1], known: graph.MaxTime, now: graph.TimeOf(noon), clearance: p.Clearance}
	switch d.Intn(3) {
	case 0:
		at.ts = pick(d, txs...)
		p.KnownOn = at.ts
	case 1:
		p.Basis, p.KnownOn = graph.Published, must(graph.ParseKnownOn(pick(d, "2025-11-30", "2025-12-01", "2025-12-02", "2025-12-05")))
		at.known = graph.TimeOf(p.KnownOn.Time())
		at.now = min(at.now, at.known)
	}
	if on := pick(d, "", "2025-10-01", "2025-10-05", "2025-10-31T23:59:59Z", "2025-10-31", "2025-11-01", "2025-12-31", "2026-01-01", "2025-09/2025-10-03"); on != "" {
		p.On = must(graph.ParseOn(on))
		at.on = p.On
	}
	r := reader{dice: d, pin: pin{View: s.db.At(p), spot: at}, claims: weigh(records, &at, nil), head: func(name string) string { return name }, names: s.names}
	for _, name := range slices.Sorted(maps.Keys(s.ids)) {
		for _, other := range []string{"", pick(d, "e1", "e2", "e3", "m1")} {
			q := graph.EdgeQuery{Entity: graph.ByID(s.ids[name]), Other: graph.ByID(s.ids[other]), Direction: pick(d, graph.Both, graph.Out, graph.In)}
			if once(d, 3) {
				q.Starts = must(graph.ParseOn(pick(d, "2025-10-01", "2025-10-02/2025-10-05", "2025", "2025-10")))
			}
			expect := r.seen(name, other, &q)
			got := []string{}
			for e, err := range r.Neighbors(ctx, q) {
				if err != nil {
					s.Fatal(err)
				}
				got = append(got, r.edgeLine(&e))
			}
			slices.Sort(got)
			if !slices.Equal(got, expect) {
				s.Fatalf("%s %s at %+v, %+v\nindex:\n%s\nscan:\n%s", name, other, p, q, strings.Join(got, "\n"), strings.Join(expect, "\n"))
			}
			edges += len(got)
		}
	}
	return edges
}
