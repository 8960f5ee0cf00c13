package graph_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv"
)

// remove takes a row away past the graph.
func remove(t *testing.T, store kv.Store, key string) {
	t.Helper()
	_, err := store.Update(ctx, func(tx kv.Txn) error { return tx.Delete([]byte(key)) })
	if err != nil {
		t.Fatal(err)
	}
}

// A store that has lost its high-water marks would give numbers again that are
// in use: check says so, and no update begins.
func TestDamageMissingMarks(t *testing.T) {
	for _, key := range []string{"Mnumbers", "Montology", "Mformat"} {
		store, w := checked(t)
		remove(t, store, key)
		_, problems, err := w.Check(ctx)
		if err != nil || !strings.Contains(strings.Join(problems, "\n"), "missing") {
			t.Errorf("%s: check says %q (%v)", key, problems, err)
		}
		_, err = w.Update(ctx, graph.Act{}, func(tx *graph.Tx) error {
			_, err := tx.Declare(graph.Declaration{Kind: "Place", Keys: []graph.Key{w.Key("x:lyon")}})
			return err
		})
		if damaged := errors.Is(err, graph.ErrDamaged); damaged != (key == "Mnumbers") {
			t.Errorf("%s: an update: %v", key, err)
		}
	}
}

// Rows that are too short make errors that say so, whatever is asked: in each
// family, a key that lacks its last byte and a value that is empty.
func TestDamageShortRows(t *testing.T) {
	store, w := checked(t)
	families := map[string]bool{}
	for _, row := range allRows(t, store) {
		family := string(row.key[:1])
		if families[family] {
			continue
		}
		families[family] = true
		short := row.key[:len(row.key)-1]
		t.Run("key "+family, func(t *testing.T) {
			put(t, store, string(short), string(row.value))
			askAll(t, store, w)
			remove(t, store, string(short))
		})
		if len(row.value) > 0 {
			t.Run("value "+family, func(t *testing.T) {
				put(t, store, string(row.key), "")
				askAll(t, store, w)
				put(t, store, string(row.key), string(row.value))
			})
		}
	}
	want(t, "families tried", len(families), len("MPdhexvnrykcsADSbalB"))
}

// askAll opens a damaged store and asks it everything. Check must find the
// damage; an answer may be right, or must be an error that tells of damage.
func askAll(t *testing.T, store kv.Store, w *graphtest.World) {
	t.Helper()
	db, err := graph.Open(ctx, store, &graph.Options{ReadOnly: true})
	if err != nil {
		if !errors.Is(err, graph.ErrDamaged) && !errors.Is(err, graph.ErrFormat) {
			t.Errorf("open: %v", err)
		}
		return
	}
	if _, problems, err := db.Check(ctx); err == nil && len(problems) == 0 {
		t.Error("check finds nothing")
	}
	if err := db.Warm(ctx); err != nil && !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("warm: %v", err)
	}
	for name, ask := range questions(w.Key("x:ua"), w.Key("source:d1")) {
		if err := ask(db.At(graph.Point{Clearance: graph.Red})); err != nil && !errors.Is(err, graph.ErrDamaged) && !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// questions asks each method of View that reads, for what the store is about.
func questions(entity, document graph.Key) map[string]func(graph.View) error {
	id := func(v graph.View, k graph.Key) (graph.EntityID, error) {
		e, err := v.Entity(ctx, graph.Ref{Key: k})
		return e.ID, err
	}
	about := func(fn func(v graph.View, id graph.EntityID) error) func(graph.View) error {
		return func(v graph.View) error {
			e, err := id(v, entity)
			return errors.Join(err, fn(v, e))
		}
	}
	return map[string]func(graph.View) error{
		"Entity": func(v graph.View) error { _, err := id(v, entity); return err },
		"Entities": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Entities(ctx, []graph.EntityID{id})
			return err
		}),
		"Claims": about(func(v graph.View, id graph.EntityID) error {
			return drain(v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(id)}))
		}),
		"Claim": about(func(v graph.View, id graph.EntityID) error {
			return eachClaim(v, id, func(c graph.Claim) error { _, err := v.Claim(ctx, c.ID); return err })
		}),
		"Evidence": about(func(v graph.View, id graph.EntityID) error {
			return eachClaim(v, id, func(c graph.Claim) error { _, err := v.Evidence(ctx, []graph.Claim{c}); return err })
		}),
		"History": about(func(v graph.View, id graph.EntityID) error {
			return eachClaim(v, id, func(c graph.Claim) error { _, err := v.History(ctx, c.ID); return err })
		}),
		"Assertion": about(func(v graph.View, id graph.EntityID) error {
			return eachClaim(v, id, func(c graph.Claim) error {
				list, err := v.Evidence(ctx, []graph.Claim{c})
				for _, e := range list {
					_, one := v.Assertion(ctx, e.Assertion.ID)
					err = errors.Join(err, one)
				}
				return err
			})
		}),
		"ClaimsOf": func(v graph.View) error {
			d, err := id(v, document)
			if err != nil {
				return err
			}
			for a, err := range v.Assertions(ctx, d) {
				if err != nil {
					return err
				}
				if _, err := v.ClaimsOf(ctx, []graph.AssertionID{a.ID}); err != nil {
					return err
				}
			}
			return nil
		},
		"HistoryOf": about(func(v graph.View, id graph.EntityID) error { _, _, err := v.HistoryOf(ctx, id, ""); return err }),
		"Neighbors": about(func(v graph.View, id graph.EntityID) error {
			return drain(v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)}))
		}),
		"EdgeEvidence": about(func(v graph.View, id graph.EntityID) error {
			var err error
			for e, fail := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)}) {
				if fail == nil {
					_, fail = v.EdgeEvidence(ctx, []graph.Edge{e})
				}
				err = errors.Join(err, fail)
			}
			return err
		}),
		"EvidenceByEdge": about(func(v graph.View, id graph.EntityID) error {
			var edges []graph.Edge
			for e, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)}) {
				if err != nil {
					return err
				}
				edges = append(edges, e)
			}
			_, err := v.EvidenceByEdge(ctx, edges)
			return err
		}),
		"Edges":  func(v graph.View) error { return drain(v.Edges(ctx, "participant", graph.Interval{})) },
		"Lookup": func(v graph.View) error { _, err := v.Lookup(ctx, graph.NameQuery{Name: "Україна"}); return err },
		"Suggest": func(v graph.View) error {
			_, err := v.Suggest(ctx, graph.NameQuery{Name: "Украіна"}, 3)
			return err
		},
		"Names":  about(func(v graph.View, id graph.EntityID) error { _, err := v.Names(ctx, id); return err }),
		"Labels": about(func(v graph.View, id graph.EntityID) error { _, err := v.Labels(ctx, []graph.EntityID{id}); return err }),
		"States": about(func(v graph.View, id graph.EntityID) error { _, err := v.States(ctx, []graph.EntityID{id}); return err }),
		"OfKind": func(v graph.View) error { return drain(v.OfKind(ctx, "State")) },
		"Relations": func(v graph.View) error {
			for _, kind := range []string{"Meeting", "Position", "Offer"} {
				if _, err := v.Relations(ctx, graph.RelationQuery{Kind: kind}); err != nil {
					return err
				}
			}
			return nil
		},
		"Named": about(func(v graph.View, id graph.EntityID) error { _, err := v.Named(ctx, []graph.EntityID{id}); return err }),
		"Representatives": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Representatives(ctx, []graph.EntityID{id})
			return err
		}),
		"Principals": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Principals(ctx, []graph.EntityID{id})
			return err
		}),
		"Origins": func(v graph.View) error {
			d, err := id(v, document)
			if err == nil {
				_, err = v.Origins(ctx, []graph.Evidence{{Assertion: graph.Assertion{Document: d}}})
			}
			return err
		},
		"Documents": func(v graph.View) error {
			d, err := id(v, document)
			if err == nil {
				_, err = v.Documents(ctx, []graph.EntityID{d})
			}
			return err
		},
		"Path": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Path(ctx, graph.PathQuery{From: graph.ByID(id), To: graph.ByID(id), MaxHops: 2})
			return err
		}),
		"TwoHops": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(id)})
			return err
		}),
		"Subgraph": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Subgraph(ctx, graph.SubgraphQuery{Around: id})
			return err
		}),
		"Counts": about(func(v graph.View, id graph.EntityID) error {
			_, err := v.Counts(ctx, graph.ByID(id), graph.Hops{})
			return err
		}),
		"ByMonth": func(v graph.View) error { _, err := v.ByMonth(ctx, graph.MonthQuery{Kind: "Meeting"}); return err },
		"Sources": func(v graph.View) error { return drain(v.Sources(ctx)) },
		"Find":    func(v graph.View) error { _, err := v.Find(ctx, graph.Ref{Key: entity}); return err },
		"Known":   func(v graph.View) error { _, err := v.Known(ctx, graph.Ref{Key: entity}); return err },
		"Assertions": func(v graph.View) error {
			d, err := id(v, document)
			return errors.Join(err, drain(v.Assertions(ctx, d)))
		},
		"Proposals": about(func(v graph.View, id graph.EntityID) error { _, err := v.Proposals(ctx, id); return err }),
		"StandsFor": about(func(v graph.View, id graph.EntityID) error { _, err := v.StandsFor(ctx, id); return err }),
		"Excerpt": func(v graph.View) error {
			_, err := v.Excerpt(ctx, io.Discard, func(v graph.View) error {
				_, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
				return err
			})
			return err
		},
		"UndatedDocuments": func(v graph.View) error { _, err := v.UndatedDocuments(ctx); return err },
		"Stats":            func(v graph.View) error { _, err := v.Stats(ctx); return err },
	}
}

// A list of relations whose row does not read is damage, not an empty list:
// for readers, and for an update that would write over it.
func TestDamageKindRow(t *testing.T) {
	store, w := checked(t)
	for _, row := range allRows(t, store) {
		if row.key[0] == 'k' && len(row.value) > 0 {
			put(t, store, string(row.key), string(row.value[:len(row.value)-1]))
		}
	}
	w.DB = openOn(t, store)
	if _, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: "Meeting"}); !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("meetings: %v", err)
	}
	if err := w.Refuse(meeting(w, "d3", "again", "m1", "2025-11-30")); !errors.Is(err, graph.ErrDamaged) {
		t.Errorf("a meeting more: %v", err)
	}
}

// Who breaks off a list is told no more, though a row is damaged that tells which
// entities are one; an error says itself once.
func TestDamageBreakOff(t *testing.T) {
	store, w := checked(t)
	links(w, "d1", "ua meets ru 2025-11-01", "ua meets ru 2025-11-02")
	w.Do(func(tx *graph.Tx) error {
		_, _, err := tx.Merge(graph.ByKey("x:witkoff"), graph.ByKey("x:peskov"), nil)
		return err
	})
	id, doc := w.ID("x:ua"), w.ID("source:d1")
	given := map[string][]int{} // how many lists began with an answer, and how many with an error
	for _, row := range allRows(t, store) {
		if !strings.Contains("vnkacsA", string(row.key[:1])) {
			continue
		}
		put(t, store, string(row.key), "")
		db, err := graph.Open(ctx, store, &graph.Options{Ontology: graphtest.Ontology(), ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		v := db.At(graph.Point{})
		for name, first := range map[string]func() error{
			"Neighbors":  func() error { return firstOf(v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)})) },
			"Edges":      func() error { return firstOf(v.Edges(ctx, "meets", graph.Interval{})) },
			"Claims":     func() error { return firstOf(v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(id)})) },
			"OfKind":     func() error { return firstOf(v.OfKind(ctx, "State")) },
			"Sources":    func() error { return firstOf(v.Sources(ctx)) },
			"Assertions": func() error { return firstOf(v.Assertions(ctx, doc)) },
			"Changes":    func() error { return firstOf(db.Changes(ctx, 0, 0, nil)) },
		} {
			if given[name] == nil {
				given[name] = make([]int, 2)
			}
			err := first()
			if err == nil {
				given[name][0]++
			} else if given[name][1]++; !errors.Is(err, graph.ErrDamaged) && !errors.Is(err, graph.ErrNotFound) && !errors.Is(err, kv.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			} else if lines := strings.Split(err.Error(), "\n"); len(lines) > 1 && lines[0] == lines[1] {
				t.Errorf("%s: twice: %v", name, err)
			}
		}
		put(t, store, string(row.key), string(row.value))
	}
	for name, n := range given {
		if n[0] == 0 || n[1] == 0 && name != "Changes" {
			t.Errorf("%s: %d lists began with an answer, %d with an error", name, n[0], n[1])
		}
	}
}

// firstOf is how a list begins.
func firstOf[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		return err
	}
	return nil
}

// Each method of View that takes a context is among the questions.
func TestDamageAsksEverything(t *testing.T) {
	asked := questions(graph.Key{}, graph.Key{})
	view := reflect.TypeFor[graph.View]()
	for i := range view.NumMethod() {
		m := view.Method(i)
		if m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() && asked[m.Name] == nil {
			t.Errorf("View.%s is not asked", m.Name)
		}
	}
}

func drain[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func eachClaim(v graph.View, subject graph.EntityID, fn func(graph.Claim) error) error {
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(subject), Denied: true}) {
		if err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}
