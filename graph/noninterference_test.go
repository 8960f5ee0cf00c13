package graph_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Noninterference: a reader or writer who may not see what is marked must not
// learn from what he sees whether there is any of it. A low history is written
// into two databases, of which one gets a high one besides, at times between.
//
//	observable                                          | the same with and without hidden acts
//	----------------------------------------------------|--------------------------------------
//	what every method of View gives: claims, edges,     | yes
//	  evidence, history, names, relations, changes,     |
//	  documents, labels, keys, counts, errors           |
//	ids of entities, claims and assertions              | yes: they are derived from content; who can
//	                                                    |   guess a key can compute its id without asking
//	outcomes and errors of acts: Assert, Correct,       | yes: also under a hidden assertion's key, which
//	  Retract, Judge, Declare, Find, Merge, Unmerge,    |   then stands beside it, and for entities and
//	  KeepApart                                         |   keys of which only hidden assertions tell
//	Loaded and the errors of a load, proposals included | yes
//	Erase                                               | yes: refused to all who do not see everything
//	Stats.Transactions                                  | yes: those that the reader may know of
//	View.TS                                             | no: every transaction counts
//	order of edges that start together, and of OfKind   | no: the order of first recording,
//	                                                    |   whoever recorded it
//	text of cursors                                     | no: it holds numbers of claims
//	a declaration with another kind                     | no: one id has one kind, and the id follows from
//	                                                    |   the key; two kinds would be two entities of one id
//	a document with other metadata                      | no: what is known of a document is kept once, as it
//	                                                    |   is of an undated one when it was recorded (rule 6)
//	a key of which only embargoed assertions tell       | no: markings of entities and keys know no time, and
//	                                                    |   after the embargo everybody is to know the key
//	what was erased                                     | no: a tombstone is for everybody (rule 16)
//	an idempotency key that was used                    | no: the log keeps the keys without a clearance,
//	                                                    |   and a restored database must know them, too
//	the type of a name that no ontology declares        | no: a name has one type in a store
//	rows read                                           | no: hidden rows are read and passed over; rows are
//	                                                    |   sorted by what they say, not by who may read them
//
// TestInterference holds the second half to the truth; what was declared, or
// recorded, and is named by no hidden assertion of its transaction is not hidden.

// twin is one of the two databases; its clock is set for each act.
type twin struct {
	history
	now    time.Time
	rows   *counted
	hidden map[string]graph.AssertionID // by key in d1, whether or not they are there
}

func newTwin(t *testing.T) *twin {
	w := &twin{now: noon}
	w.rows = &counted{Store: memkv.New(&memkv.Options{Now: func() time.Time { return w.now }})}
	w.history = history{T: t, store: w.rows, clearance: graph.Red}
	db, err := graph.Open(ctx, w.rows, &graph.Options{Ontology: ontology(), Now: onTheFifth, Memory: -1})
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
	return w
}

// at makes a transaction at a time of its own, by somebody without clearance.
func (w *twin) at(step int, acts []act) graph.TS { return w.by(graph.Clear, step, acts) }

func (w *twin) by(clearance graph.Marking, step int, acts []act) graph.TS {
	w.Helper()
	w.now = noon.Add(time.Duration(step) * time.Second)
	w.clearance = clearance
	defer func() { w.clearance = graph.Red }()
	return w.update(acts)
}

// counted counts the rows that reads visit.
type counted struct {
	*memkv.Store
	n int
}

func (c *counted) View(ctx context.Context, fn func(kv.Reader) error) error {
	return c.Store.View(ctx, func(r kv.Reader) error { return fn(countedReader{r, c}) })
}

type countedReader struct {
	kv.Reader
	c *counted
}

func (r countedReader) Get(key []byte) ([]byte, error) {
	r.c.n++
	return r.Reader.Get(key)
}

func (r countedReader) GetMany(keys [][]byte, fn func(int, []byte) error) error {
	r.c.n += len(keys)
	return r.Reader.GetMany(keys, fn)
}

func (r countedReader) Scan(rng kv.Range, fn func(k, v []byte) error) error {
	return r.Reader.Scan(rng, func(k, v []byte) error {
		r.c.n++
		return fn(k, v)
	})
}

// watch is what a reader without clearance sees of everything that either side
// has ever named.
type watch struct {
	*painter
	v          graph.View
	claims     []graph.ClaimID
	assertions []graph.AssertionID
	documents  []graph.EntityID
}

func (w *watch) err(what string, err error) {
	if err != nil {
		w.tell("%s: %v", what, err)
	}
}

func (w *watch) everything() string {
	w.b.Reset()
	w.view(w.v)
	s, err := w.v.Stats(ctx)
	w.err("stats", err)
	w.tell("transactions: %d", s.Transactions)
	for _, name := range slices.Sorted(maps.Keys(w.ids)) {
		w.entityCalls(name)
	}
	for _, id := range w.claims {
		c, err := w.v.Claim(ctx, id)
		w.err("claim", err)
		if err == nil {
			w.tell("claim %s", w.claim(&c))
		}
		list, err := w.v.History(ctx, id)
		w.err("history", err)
		w.evidence(list)
	}
	for _, id := range w.assertions {
		a, err := w.v.Assertion(ctx, id)
		w.err("assertion", err)
		w.tell("assertion %v", a)
	}
	for _, id := range w.documents {
		d, err := w.v.Documents(ctx, []graph.EntityID{id})
		w.err("documents", err)
		w.tell("documents %v", d)
	}
	w.kinds()
	n, err := w.v.UndatedDocuments(ctx)
	w.tell("undated %d %v", n, err)
	return w.b.String()
}

// entityCalls are the methods of View that a portrait does not use.
func (w *watch) entityCalls(name string) {
	id := w.ids[name]
	e, err := w.v.Entity(ctx, graph.ByID(id))
	w.err("entity", err)
	w.tell("entity %s %v", e.Kind, e.Keys)
	_, err = w.v.Entity(ctx, ref(name))
	w.err("entity by key", err)
	list, err := w.v.Entities(ctx, []graph.EntityID{id})
	w.tell("entities %v %v", list, err)
	states, err := w.v.States(ctx, []graph.EntityID{id})
	w.tell("states %d %v", len(states), err)
	claims, records, err := w.v.HistoryOf(ctx, id, "")
	w.err("history of "+name, err)
	var lines []string
	for i := range claims {
		lines = append(lines, w.claim(&claims[i]))
	}
	w.sorted(lines)
	slices.SortFunc(records, func(a, b graph.Evidence) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	w.evidence(records)
	w.edgeLists(id)
}

func (w *watch) evidence(list []graph.Evidence) {
	for _, e := range list {
		w.tell("  %v", e)
	}
}

// edgeLists are a window, pairs and pages.
func (w *watch) edgeLists(id graph.EntityID) {
	for _, q := range []graph.EdgeQuery{{First: 3}, {Starts: must(graph.ParseOn("2025-10-01/2025-10-02"))}, {Other: graph.ByID(w.ids["e1"])}} {
		q.Entity = graph.ByID(id)
		var lines []string
		for {
			n := 0
			for e, err := range w.v.Neighbors(ctx, q) {
				w.err("neighbors", err)
				lines = append(lines, fmt.Sprint(e.Property, e.Out, w.names[e.Other], e.From, e.End.Until))
				q.After, n = e.Cursor(), n+1
			}
			if q.First == 0 || n < q.First {
				break
			}
		}
		w.sorted(lines)
	}
}

func (w *watch) kinds() {
	for _, kind := range []string{"Actor", "Meeting", "Position", "Issue", "Document"} {
		var lines []string
		for e, err := range w.v.OfKind(ctx, kind) {
			w.err("of kind", err)
			lines = append(lines, w.names[e.ID])
		}
		w.tell("kind %s", kind)
		w.sorted(lines)
	}
	var lines []string
	for e, err := range w.v.Edges(ctx, "participant", graph.Always) {
		w.err("edges", err)
		lines = append(lines, fmt.Sprint(w.names[e.Entity], w.names[e.Other], e.From))
	}
	w.sorted(lines)
}

// marked makes a speaker's assertions hidden. Their keys are those that others
// use, too, but not while such an assertion of others stands: who sees both
// would act on both.
func marked(m, low *model, s *speaker) (acts []act) {
	for len(acts) == 0 {
		open := slices.DeleteFunc(m.open(), func(r *record) bool { return low.taken(r.doc, r.key) })
		sp := s.speech()
		sp.judge.Marking = pick(s, graph.Amber, graph.Red)
		switch {
		case low.taken(sp.doc, sp.key):
		case len(open) == 0 || once(s, 2):
			acts = append(acts, assertAct(sp))
		case once(s, 2):
			acts = append(acts, retractAct(pick(s, open...)))
		default:
			acts = append(acts, correctAct(pick(s, open...), sp))
		}
	}
	return acts
}

func (m *model) taken(doc, key string) bool {
	r := m.last(doc, key)
	return r != nil && r.tt == 0
}

// clear makes a speaker's assertions seen by all; what it retracts, judges and
// corrects is its own.
func clear(m *model, s *speaker) (acts []act) {
	open := m.open()
	sp := s.speech()
	sp.judge.Marking = graph.Clear
	if len(open) == 0 || once(s, 2) {
		return []act{assertAct(sp)}
	}
	r := pick(s, open...)
	j := s.judgement()
	j.Marking = graph.Clear
	return pick(s, []act{retractAct(r)}, []act{judgeAct(r, j)}, []act{correctAct(r, sp)})
}

// A reader without clearance sees the same whether or not there are hidden
// acts: by every method of View, in every error. And so does a writer who
// happens to assert what hidden records say.
func TestNoninterference(t *testing.T) {
	for seed := range uint64(size(1, 5, 500)) {
		plain, secret := newTwin(t), newTwin(t)
		low, high := newModel(), newModel()
		us := speaker{dice: seeded(seed), docs: []string{"d1", "d2", "d3", "c1"}}
		them := speaker{dice: seeded(seed + 1<<20), docs: us.docs}
		ts := plain.at(0, begin())
		secret.at(0, begin())
		for _, m := range []*model{low, high} {
			for _, a := range begin() {
				_ = a.apply(m, ts)
			}
		}
		for step := 1; step < size(14, 40, 40); step += 2 {
			hidden := marked(high, low, &them)
			ts := secret.by(graph.Red, step, hidden)
			apply(t, high, hidden, ts)
			open := clear(low, &us)
			ts = plain.at(step+1, open)
			apply(t, low, open, ts)
			told := tellAll(open)
			again := secret.at(step+1, open)
			if got := fmt.Sprint(again, tellAll(open)); got != fmt.Sprint(ts, told) {
				t.Fatalf("the low writer is told %s, not %d %s", got, ts, told)
			}
		}
		compareLoads(t, plain, secret, &us)
		compareTwins(t, seed, plain, secret, low, high)
	}
}

func tellAll(acts []act) (told []string) {
	for _, a := range acts {
		if a.told != nil {
			told = append(told, a.told())
		}
	}
	return told
}

// compareLoads compares what loads report, and how drafts are refused.
func compareLoads(t *testing.T, plain, secret *twin, s *speaker) {
	t.Helper()
	var list []speech
	for range 8 {
		sp := s.speech()
		sp.judge = graph.Judgement{}
		list = append(list, sp)
	}
	none, stranger, long := list[0], list[0], list[0]
	none.doc, none.key = "none", "none"
	l := said{subject: "e1", property: "near", value: "nobody", valid: "2025-10-01"}
	stranger.position, stranger.links = "", []said{l}
	l = said{subject: "m1", property: "participant", value: "e1", valid: "2025-08-01/2025-10-01"}
	long.position, long.links = "", []said{l}
	var told [2]string
	for i, w := range []*twin{plain, secret} {
		w.now = noon.Add(time.Hour)
		graph.Tiny(w.db)
		for _, l := range [][]speech{list, list, {none}, {stranger}, {long}} {
			report, err := w.db.Load(ctx, graph.Act{}, load(l), nil)
			told[i] += fmt.Sprintln(report, err)
		}
	}
	if told[0] != told[1] {
		t.Fatalf("loads with hidden acts:\n%s\nwithout:\n%s", told[1], told[0])
	}
}

func apply(t *testing.T, m *model, acts []act, ts graph.TS) {
	t.Helper()
	for _, a := range acts {
		if err := a.apply(m, ts); err != nil {
			t.Fatal(err)
		}
	}
}

func compareTwins(t *testing.T, seed uint64, plain, secret *twin, low, high *model) {
	t.Helper()
	ids := secret.find(high)
	maps.Copy(ids, secret.find(low))
	var docs []graph.EntityID
	for _, d := range []string{"d1", "d2", "d3", "c1", "none"} {
		docs = append(docs, graph.IDOf(must(graph.ParseKey("source:"+d))))
	}
	var assertions []graph.AssertionID
	for _, r := range slices.Concat(low.records, high.records) {
		assertions = append(assertions, r.id)
	}
	claims := everyClaim(t, secret.db, ids)
	points := portraitPoints(graph.Clear)
	for _, r := range low.records {
		points = append(points, graph.Point{KnownOn: r.tf}, graph.Point{KnownOn: r.tf - 1, On: points[5].On})
	}
	for i, p := range points {
		var seen [2]string
		for k, db := range []*graph.DB{plain.db, secret.db} {
			w := watch{painter: newPainter(t, ids), v: db.At(p), claims: claims, assertions: assertions, documents: docs}
			seen[k] = w.everything()
			if i > 0 {
				w.diff(db.At(points[i-1]), db.At(p))
				seen[k] += w.b.String()
			}
		}
		samePortrait(t, fmt.Sprintf("seed %d, point %+v", seed, p), seen[1], seen[0])
	}
}

// everyClaim lists the ids of all claims, hidden ones too.
func everyClaim(t *testing.T, db *graph.DB, ids map[string]graph.EntityID) (list []graph.ClaimID) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		claims, _, err := db.At(graph.Point{Clearance: graph.Red}).HistoryOf(ctx, ids[name], "")
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			t.Fatal(err)
		}
		for _, c := range claims {
			list = append(list, c.ID)
		}
	}
	return list
}

// What the table above calls different is: it must not be taken for hidden.
func TestInterference(t *testing.T) {
	plain, secret := newTwin(t), newTwin(t)
	for _, w := range []*twin{plain, secret} {
		w.at(0, begin())
	}
	one := said{subject: "e1", property: "near", value: "e2", valid: "2025-10-01"}
	two := said{subject: "e1", property: "near", value: "e3", valid: "2025-10-01"}
	hidden := speech{doc: "d1", key: "h", links: []said{two}, judge: graph.Judgement{Marking: graph.Red}}
	embargoed := speech{doc: "d1", key: "he", links: []said{{subject: "e1", property: "near", value: "x8", valid: "2025-10-01"}},
		judge: graph.Judgement{Embargo: graph.TimeOf(noon) + 1e9}}
	paper := documentAct("d9", "2025-12-04", false)
	secret.by(graph.Red, 1, []act{assertAct(hidden), declareAct("x9", "Person"), declareAct("x8", "Person"), assertAct(embargoed), paper})
	if _, err := secret.db.Update(ctx, graph.Act{IdempotencyKey: "1", Clearance: graph.Red}, declareAct("x7", "Person").do); err != nil {
		t.Fatal(err)
	}
	secret.by(graph.Red, 1, []act{assertAct(speech{doc: "d1", key: "e", links: []said{two}, judge: hidden.judge})})
	erased := graph.Target{Assertion: secret.assertion("d1", "e")}
	if _, err := secret.db.Erase(ctx, graph.Act{Clearance: graph.Red}, erased); err != nil {
		t.Fatal(err)
	}
	open := []act{assertAct(speech{doc: "d1", key: "l", links: []said{one, two}})}
	plain.at(2, open)
	secret.at(2, open)
	ids := plain.find(newModel())
	secret.find(newModel())

	differ := map[string]func(w *twin) any{
		"View.TS moves": func(w *twin) any {
			before := w.db.At(graph.Point{}).TS()
			if w == secret {
				w.by(graph.Red, 4, []act{assertAct(speech{doc: "d1", key: "h3", links: []said{two}, judge: hidden.judge})})
			}
			return w.db.At(graph.Point{}).TS() != before
		},
		"order of edges that start together": func(w *twin) any {
			var list []graph.EntityID
			for e := range w.db.At(graph.Point{}).Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(ids["e1"])}) {
				list = append(list, e.Other)
			}
			return list
		},
		"cursors": func(w *twin) any {
			for e := range w.db.At(graph.Point{}).Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(ids["e1"])}) {
				if e.Other == ids["e3"] {
					return e.Cursor()
				}
			}
			return nil
		},
		"a declaration with another kind": func(w *twin) any {
			_, err := w.db.Update(ctx, graph.Act{}, func(tx *graph.Tx) error { return declareAct("x9", "State").do(tx) })
			return err
		},
		"a document with other metadata": func(w *twin) any {
			_, err := w.db.Update(ctx, graph.Act{}, documentAct("d9", "2025-12-05", false).do)
			return err
		},
		"a key of which only embargoed assertions tell": func(w *twin) any {
			_, err := w.db.Update(ctx, graph.Act{}, func(tx *graph.Tx) error { _, err := tx.Find(ref("x8")); return err })
			return err
		},
		"what was erased": func(w *twin) any {
			_, err := w.db.Update(ctx, graph.Act{}, assertAct(speech{doc: "d1", key: "e", links: []said{one}}).do)
			return err
		},
		"an idempotency key that was used": func(w *twin) any {
			done := false
			_, err := w.db.Update(ctx, graph.Act{IdempotencyKey: "1"}, func(*graph.Tx) error { done = true; return nil })
			return fmt.Sprint(done, err)
		},
		"rows read": func(w *twin) any {
			w.rows.n = 0
			for range w.db.At(graph.Point{}).Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(ids["e1"])}) {
			}
			return w.rows.n
		},
	}
	for _, what := range slices.Sorted(maps.Keys(differ)) {
		without, with := fmt.Sprint(differ[what](plain)), fmt.Sprint(differ[what](secret))
		t.Logf("%s: %s without, %s with hidden acts", what, without, with)
		if without == with {
			t.Errorf("%s: the same, %s: move it to the other half of the table, and test it there", what, with)
		}
	}
}
