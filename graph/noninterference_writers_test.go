package graph_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

var secretly = graph.Judgement{Marking: graph.Red}

// hiddenActs is a history that somebody without clearance must not learn of,
// from whatever he does.
func (w *twin) hiddenActs() {
	near := func(who, whom string) said {
		return said{subject: who, property: "near", value: whom, valid: "2025-10-01"}
	}
	w.by(graph.Red, 1, []act{
		assertAct(speech{doc: "d1", key: "h", links: []said{near("e1", "e3")}, judge: secretly}),
		assertAct(speech{doc: "d1", key: "gone", links: []said{near("e1", "e3")}, judge: secretly}),
		assertAct(speech{doc: "d1", key: "embargoed", links: []said{near("e1", "e2")}, judge: graph.Judgement{Embargo: graph.TimeOf(noon) + 1e9}}),
		declareAct("agent", "Person"),
		{do: func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "Person", Keys: []graph.Key{{Scheme: "x", ID: "cell"}, {Scheme: "y", ID: "cell"}}})
			return err
		}},
		{do: func(tx *graph.Tx) error { // a further key of what everybody knows
			_, err := tx.Declare(graph.Declaration{Kind: "Person", Keys: []graph.Key{{Scheme: "x", ID: "e3"}, {Scheme: "y", ID: "falcon"}}})
			return err
		}},
		documentAct("paper", "2025-12-04", false),
		assertAct(speech{doc: "paper", key: "p", links: []said{near("e1", "agent"), near("e1", "cell"), near("e1", "e3")}, chain: "agent", judge: secretly}),
		{do: func(tx *graph.Tx) error {
			_, _, err := tx.Assert(called("x:cell", "Foo", secretly))
			return err
		}},
		{do: func(tx *graph.Tx) error {
			_, _, err := tx.Merge(ref("m1"), ref("m2"), &graph.Draft{Document: inDoc("d1"), Judgement: secretly})
			return errors.Join(err, second(tx.KeepApart(ref("e1"), ref("e2"), &graph.Draft{Document: inDoc("d1"), Judgement: secretly})))
		}},
	})
	w.by(graph.Red, 2, []act{{do: func(tx *graph.Tx) error { return tx.Retract(w.hidden["gone"]) }}})
}

// start is what everybody knows.
func (w *twin) start() {
	w.at(0, begin())
	w.hidden = map[string]graph.AssertionID{}
	for _, key := range []string{"h", "embargoed", "gone"} {
		w.hidden[key] = w.assertion("d1", key)
	}
}

func second(_ graph.AssertionID, _ graph.Outcome, err error) error { return err }

func inDoc(name string) graph.Ref { return graph.ByKey("source:" + name) }

// called is an assertion that somebody has a name.
func called(who, name string, j graph.Judgement) graph.Draft {
	return graph.Draft{Document: inDoc("d1"), Key: "name of " + who, Judgement: j,
		Links: []graph.Link{{Subject: graph.ByKey(who), Property: "name", Value: graph.NameOf(name, "en", "", "")}}}
}

// assertion is the id of an assertion, whoever may see it.
func (w *twin) assertion(doc, key string) graph.AssertionID {
	w.Helper()
	ids, err := idsOf(w.db, []speech{{doc: doc, key: key, links: []said{{subject: "e1", property: "near", value: "e2", valid: "2025-10-01"}}}})
	if err != nil {
		w.Fatal(err)
	}
	return ids[0]
}

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

// guesses are what somebody without clearance may try; each tells all that he learns.
func guesses() map[string]func(w *twin, tx *graph.Tx) string {
	near := func(key string, links ...said) graph.Draft {
		return (&speech{doc: "d1", key: key, links: links}).draft()
	}
	one := said{subject: "e1", property: "near", value: "e2", valid: "2025-10-01"}
	same := said{subject: "e1", property: "near", value: "e3", valid: "2025-10-01"}
	assert := func(d graph.Draft) func(*twin, *graph.Tx) string {
		return func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Assert(d)) }
	}
	about := func(r graph.Ref) graph.Draft {
		return graph.Draft{Document: inDoc("d1"), Key: "g", Links: []graph.Link{{Subject: ref("e1"), Property: "near", Value: graph.RefOf(r)}}}
	}
	declare := func(keys ...string) func(*twin, *graph.Tx) string {
		return func(_ *twin, tx *graph.Tx) string {
			d := graph.Declaration{Kind: "Person"}
			for _, k := range keys {
				d.Keys = append(d.Keys, must(graph.ParseKey(k)))
			}
			told := fmt.Sprint(tx.Declare(d))
			for _, k := range keys {
				told += fmt.Sprint(tx.Find(graph.ByKey(k)))
			}
			draft := about(graph.ByKey(keys[0]))
			draft.Links = append(draft.Links, called(keys[0], "Bar", graph.Judgement{}).Links...)
			return told + fmt.Sprint(tx.Assert(draft))
		}
	}
	with := func(d graph.Draft, change func(*graph.Draft)) graph.Draft { change(&d); return d }
	return map[string]func(*twin, *graph.Tx) string{
		"assert under a hidden key":                    assert(near("h", one)),
		"assert what is hidden, under its key":         assert(near("h", same)),
		"assert under a key that was retracted":        assert(near("gone", same)),
		"assert under an embargoed key":                assert(near("embargoed", one)),
		"assert what is hidden, as hidden":             assert(with(near("h", same), func(d *graph.Draft) { d.Judgement = secretly })),
		"assert something else, as hidden":             assert(with(near("h", one), func(d *graph.Draft) { d.Judgement = secretly })),
		"assert about a hidden entity":                 assert(about(ref("agent"))),
		"assert about a hidden entity by another key":  assert(about(graph.ByKey("y:cell"))),
		"assert about a hidden entity by its id":       assert(about(graph.ByID(graph.IDOf(must(graph.ParseKey("x:agent")))))),
		"assert about an entity by its hidden key":     assert(about(graph.ByKey("y:falcon"))),
		"assert in a hidden document":                  assert(with(near("g", one), func(d *graph.Draft) { d.Document = inDoc("paper") })),
		"quote a hidden speaker":                       assert(with(near("g", one), func(d *graph.Draft) { d.Chain = []graph.Ref{ref("agent")} })),
		"declare a hidden entity":                      declare("x:agent"),
		"declare a hidden entity with a key of its":    declare("x:cell", "y:cell"),
		"declare a hidden entity by its second key":    declare("y:cell"),
		"declare another entity with a hidden key":     declare("x:new", "y:cell"),
		"declare a known entity with its hidden key":   declare("x:e3", "y:falcon"),
		"declare an entity under another's hidden key": declare("y:falcon"),
		"find hidden entities": func(_ *twin, tx *graph.Tx) (told string) {
			for _, k := range []string{"x:agent", "x:cell", "y:cell", "y:falcon", "source:paper"} {
				told += fmt.Sprint(tx.Find(graph.ByKey(k))) + fmt.Sprint(tx.Find(graph.ByID(graph.IDOf(must(graph.ParseKey(k))))))
			}
			return told
		},
		"record a hidden document": func(_ *twin, tx *graph.Tx) string {
			told := fmt.Sprint(documentAct("paper", "2025-12-04", false).do(tx))
			return told + assert(with(near("p", one), func(d *graph.Draft) { d.Document = inDoc("paper") }))(nil, tx)
		},
		"retract":            func(w *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Retract(w.hidden["h"])) },
		"retract embargoed":  func(w *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Retract(w.hidden["embargoed"])) },
		"retract again":      func(w *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Retract(w.hidden["gone"])) },
		"correct":            func(w *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Correct(w.hidden["h"], near("g", one))) },
		"correct by hidden":  func(w *twin, tx *graph.Tx) string { return correctOwn(tx, near("g", one), near("h", same)) },
		"judge":              func(w *twin, tx *graph.Tx) string { return judged(tx, w.hidden["h"]) },
		"judge embargoed":    func(w *twin, tx *graph.Tx) string { return judged(tx, w.hidden["embargoed"]) },
		"merge with hidden":  func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Merge(ref("e3"), ref("agent"), nil)) },
		"merge again":        func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Merge(ref("m1"), ref("m2"), nil)) },
		"merge what is kept": func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Merge(ref("e1"), ref("e2"), nil)) },
		"unmerge":            func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.Unmerge(ref("m1"), ref("m2"))) },
		"keep apart":         func(_ *twin, tx *graph.Tx) string { return fmt.Sprint(tx.KeepApart(ref("m1"), ref("m2"), nil)) },
		"assert beside what is hidden, then act on it": func(w *twin, tx *graph.Tx) string {
			told := fmt.Sprint(tx.Assert(near("h", one)))
			told += judged(tx, w.hidden["h"]) + fmt.Sprint(tx.Retract(w.hidden["h"]), tx.Retract(w.hidden["h"]))
			return told + fmt.Sprint(tx.Assert(near("h", same)))
		},
	}
}

func judged(tx *graph.Tx, id graph.AssertionID) string {
	return fmt.Sprint(tx.Judge(id, func(j *graph.Judgement) { j.Rank = graph.Preferred }))
}

// correctOwn asserts one draft and corrects it by another.
func correctOwn(tx *graph.Tx, first, then graph.Draft) string {
	id, _, err := tx.Assert(first)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(tx.Correct(id, then))
}

// Somebody who guesses what is hidden is told the same as if there were nothing,
// by outcomes, ids and errors; and neither his own later reads nor those of
// others without clearance differ.
func TestNoninterferenceOfGuesses(t *testing.T) {
	for what, guess := range guesses() {
		t.Run(what, func(t *testing.T) {
			var told [2]string
			plain, secret := newTwin(t), newTwin(t)
			for i, w := range []*twin{plain, secret} {
				w.start()
				if w == secret {
					w.hiddenActs()
				}
				w.now = noon.Add(3 * time.Second)
				_, err := w.db.Update(ctx, graph.Act{Author: "low"}, func(tx *graph.Tx) error {
					told[i] = guess(w, tx)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				w.check()
			}
			for i, w := range []*twin{plain, secret} {
				told[i] += w.seenWithoutClearance(secret)
			}
			samePortrait(t, what, told[1], told[0])
		})
	}
}

// Everything that a load reports is the same, too, whatever stands hidden.
func TestNoninterferenceOfLoads(t *testing.T) {
	day := must(edtf.ParseDate("2025-12-04"))
	loads := map[string][]graph.Statement{
		"a draft that stands for a file": {{Draft: &graph.Draft{Document: inDoc("d1"), Key: "f", Links: []graph.Link{
			{Subject: ref("e1"), Property: "near", Value: graph.RefOf(ref("e3")), Valid: ptr(validity("2025-10-01", ""))}}}, Facts: 1}},
		"hidden declarations": {
			{Declaration: &graph.Declaration{Kind: "Person", Keys: []graph.Key{{Scheme: "x", ID: "cell"}, {Scheme: "y", ID: "cell"}}}},
			{Document: &graph.Document{Key: graph.Key{Scheme: "source", ID: "paper"}, Title: "paper", Published: day}},
			{Draft: ptr(called("x:cell", "Foo", graph.Judgement{}))}},
		"what looks like something hidden": {
			{Declaration: &graph.Declaration{Kind: "Person", Keys: []graph.Key{{Scheme: "x", ID: "foo"}}}},
			{Draft: ptr(called("x:foo", "FOO", graph.Judgement{}))}},
		"a reference to something hidden":       {{Draft: ptr(called("x:cell", "Foo", graph.Judgement{}))}},
		"a retraction of something hidden":      {{Retract: &graph.AssertionKey{Document: inDoc("d1"), Key: "h"}}},
		"a retraction of something retracted":   {{Retract: &graph.AssertionKey{Document: inDoc("d1"), Key: "gone"}}},
		"a retraction in a hidden document":     {{Retract: &graph.AssertionKey{Document: inDoc("paper"), Key: "p"}}},
		"a correction of something hidden":      {{Draft: ptr((&speech{doc: "d1", key: "h", links: []said{{subject: "e1", property: "near", value: "e2", valid: "2025-10-01"}}}).draft()), Correct: true}},
		"a draft that is hidden and says so":    {{Draft: ptr((&speech{doc: "d1", key: "h", links: []said{{subject: "e1", property: "near", value: "e3", valid: "2025-10-01"}}, judge: secretly}).draft()), Facts: 1}},
		"a draft that was hidden and retracted": {{Draft: ptr((&speech{doc: "d1", key: "gone", links: []said{{subject: "e1", property: "near", value: "e3", valid: "2025-10-01"}}, judge: secretly}).draft())}},
	}
	for what, list := range loads {
		t.Run(what, func(t *testing.T) {
			var told [2]string
			plain, secret := newTwin(t), newTwin(t)
			for i, w := range []*twin{plain, secret} {
				w.start()
				if w == secret {
					w.hiddenActs()
				}
				for step, opts := range []*graph.LoadOptions{{DryRun: true}, {Proposals: 5}, {Proposals: 5}} {
					w.now = noon.Add(time.Duration(3+step) * time.Second)
					report, err := w.db.Load(ctx, graph.Act{}, statements(list...), opts)
					report.TS = 0 // of the store, like View.TS
					told[i] += fmt.Sprintln(report, err)
				}
				w.check()
			}
			for i, w := range []*twin{plain, secret} {
				told[i] += w.seenWithoutClearance(secret)
			}
			samePortrait(t, what, told[1], told[0])
		})
	}
}

func ptr[T any](v T) *T { return &v }

// Whoever does not see everything erases nothing, be it there or not.
func TestNoninterferenceOfErase(t *testing.T) {
	plain, secret := newTwin(t), newTwin(t)
	for _, w := range []*twin{plain, secret} {
		w.start()
	}
	secret.hiddenActs()
	for _, target := range []graph.Target{{Assertion: plain.assertion("d1", "h")}, {Entity: graph.IDOf(must(graph.ParseKey("x:agent")))}} {
		var told [2]string
		for i, w := range []*twin{plain, secret} {
			_, err := w.db.Erase(ctx, graph.Act{Clearance: graph.AmberStrict}, target)
			if !errors.Is(err, graph.ErrRefused) {
				t.Errorf("got %v, want a refusal", err)
			}
			told[i] = fmt.Sprint(err)
		}
		if told[0] != told[1] {
			t.Errorf("%s, and without hidden acts: %s", told[1], told[0])
		}
	}
}

// seenWithoutClearance is all that a reader without clearance sees of what
// either side may have named.
func (w *twin) seenWithoutClearance(secret *twin) string {
	ids := map[string]graph.EntityID{}
	for name := range cast {
		ids[name] = graph.IDOf(must(graph.ParseKey("x:" + name)))
	}
	for _, k := range []string{"x:agent", "x:cell", "x:new", "x:foo", "y:cell", "y:falcon"} {
		ids[k[2:]+k[:1]] = graph.IDOf(must(graph.ParseKey(k)))
	}
	docs := []graph.EntityID{graph.IDOf(must(graph.ParseKey("source:d1"))), graph.IDOf(must(graph.ParseKey("source:paper")))}
	assertions := slices.Collect(maps.Values(w.hidden))
	slices.SortFunc(assertions, func(a, b graph.AssertionID) int { return slices.Compare(a[:], b[:]) })
	claims := everyClaim(w.T, secret.db, ids)
	told := ""
	for _, p := range portraitPoints(graph.Clear) {
		p := watch{painter: newPainter(w.T, ids), v: w.db.At(p), claims: claims, assertions: assertions, documents: docs}
		told += p.everything()
		for _, name := range []string{"x:agent", "y:cell", "y:falcon", "x:cell"} {
			e, err := w.db.At(graph.Point{}).Find(ctx, graph.ByKey(name))
			told += fmt.Sprintln(name, e, err)
		}
	}
	return told
}
