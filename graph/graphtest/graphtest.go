// Package graphtest opens databases for tests: on every store, with a clock
// that the test sets, and checked row by row when the test ends.
package graphtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// World is a database under test. Its clock stands still until Day moves it.
type World struct {
	testing.TB
	*graph.DB
	now time.Time
}

// Each runs a test once for each store.
func Each(t *testing.T, fn func(t *testing.T, w *World)) {
	t.Helper()
	t.Run("memkv", func(t *testing.T) { fn(t, Open(t, nil)) })
	t.Run("badgerkv", func(t *testing.T) {
		w := &World{TB: t, now: start}
		store, err := badgerkv.Open(t.TempDir(), &badgerkv.Options{Now: w.clock, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, w.open(store, nil))
	})
}

// Open opens a database in memory with the ontology of this package, or with
// that of the options.
func Open(t testing.TB, opts *graph.Options) *World {
	t.Helper()
	w := &World{TB: t, now: start}
	return w.open(memkv.New(&memkv.Options{Now: w.clock}), opts)
}

var start = time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)

func (w *World) clock() time.Time { return w.now }

func (w *World) open(store kv.Store, opts *graph.Options) *World {
	w.Helper()
	o := graph.Options{Ontology: Ontology()}
	if opts != nil {
		o = *opts
	}
	o.Now = w.clock
	db, err := graph.Open(context.Background(), store, &o)
	if err != nil {
		w.Fatal(err)
	}
	w.DB = db
	w.Cleanup(w.checkAndClose)
	return w
}

func (w *World) checkAndClose() {
	_, problems, err := w.Check(context.Background())
	if err != nil || len(problems) > 0 {
		w.Errorf("check: %v %s", err, strings.Join(problems, "\n"))
	}
	if err := w.Close(); err != nil {
		w.Error(err)
	}
}

// Day sets the clock to nine in the morning of a day, UTC.
func (w *World) Day(s string) {
	w.Helper()
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		w.Fatal(err)
	}
	w.now = day.Add(9 * time.Hour)
}

// Do runs an update that must succeed.
func (w *World) Do(fn func(tx *graph.Tx) error) graph.TS {
	w.Helper()
	ts, err := w.Update(context.Background(), graph.Act{Author: "test", Clearance: graph.Red}, fn)
	if err != nil {
		w.Fatal(err)
	}
	return ts
}

// Document records a document, published on a day or "".
func (w *World) Document(key, published string) {
	w.Helper()
	w.Do(func(tx *graph.Tx) error {
		d := graph.Document{Key: w.Key(key), Title: key}
		if published != "" {
			d.Published = w.Date(published)
		}
		_, err := tx.Document(d)
		return err
	})
}

// Declare makes entities, written "Kind scheme:id".
func (w *World) Declare(entities ...string) {
	w.Helper()
	w.Do(func(tx *graph.Tx) error {
		for _, e := range entities {
			kind, key, _ := strings.Cut(e, " ")
			if _, err := tx.Declare(graph.Declaration{Kind: kind, Keys: []graph.Key{w.Key(key)}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Assert records a draft that must be accepted.
func (w *World) Assert(d graph.Draft) (id graph.AssertionID, outcome graph.Outcome) {
	w.Helper()
	w.Do(func(tx *graph.Tx) (err error) {
		id, outcome, err = tx.Assert(d)
		return err
	})
	return id, outcome
}

// Refuse records a draft that must not be accepted, and returns the error.
func (w *World) Refuse(d graph.Draft) error {
	w.Helper()
	_, err := w.Update(context.Background(), graph.Act{Author: "test", Clearance: graph.Red}, func(tx *graph.Tx) error {
		_, _, err := tx.Assert(d)
		return err
	})
	if err == nil {
		w.Fatal("accepted")
	}
	return err
}

// Key reads scheme:id.
func (w *World) Key(s string) graph.Key {
	w.Helper()
	k, err := graph.ParseKey(s)
	if err != nil {
		w.Fatal(err)
	}
	return k
}

// Date reads an EDTF date.
func (w *World) Date(s string) edtf.Date {
	w.Helper()
	d, err := edtf.ParseDate(s)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// Valid reads an EDTF date or interval.
func (w *World) Valid(s string) graph.Valid {
	w.Helper()
	v, err := graph.ParseValid(s, "")
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// Point builds a point: on and knownOn may be "".
func (w *World) Point(on, knownOn string, basis graph.Basis) graph.Point {
	w.Helper()
	p := graph.Point{Basis: basis}
	var err error
	if on != "" {
		if p.On, err = graph.ParseOn(on); err != nil {
			w.Fatal(err)
		}
	}
	if knownOn != "" {
		if p.KnownOn, err = graph.ParseKnownOn(knownOn); err != nil {
			w.Fatal(err)
		}
	}
	return p
}

// ID finds an entity by key, or reads its id, whether the newest view shows it or not.
func (w *World) ID(key string) (id graph.EntityID) {
	w.Helper()
	if id, err := graph.ParseEntityID(key); err == nil {
		return id
	}
	w.Do(func(tx *graph.Tx) (err error) {
		id, err = tx.Find(graph.ByKey(key))
		return err
	})
	return id
}

// Link is a link from one entity to another, by keys.
func Link(subject, property, object string) graph.Link {
	return graph.Link{Subject: graph.ByKey(subject), Property: property, Value: graph.RefOf(graph.ByKey(object))}
}

// Say is a link from an entity to a literal.
func Say(subject, property string, v graph.Value) graph.Link {
	return graph.Link{Subject: graph.ByKey(subject), Property: property, Value: v}
}
