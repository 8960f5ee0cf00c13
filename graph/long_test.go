package graph_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
	"weak"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// apart gives the links of the longest draft by themselves, some at a time, but
// for those that do not lead to entities.
func apart(list []graph.Statement) []graph.Statement {
	var out []graph.Statement
	for _, s := range list {
		if s.Draft != nil && len(s.Draft.Links) > benchActors {
			d := *s.Draft
			rest := d.Links[benchActors:]
			d.Links = slices.Clone(d.Links[:benchActors])
			for part := range slices.Chunk(rest, 700) {
				out = append(out, graph.Statement{Links: part})
			}
			s.Draft = &d
		}
		out = append(out, s)
	}
	return out
}

// TestLinksApart gives the links of a draft by themselves: every row is the same.
func TestLinksApart(t *testing.T) {
	list := fillStatements(t, 3000)
	all := list[benchActors+1].Draft
	all.Links = append(all.Links, all.Links[benchActors:benchActors+40]...) // some of them twice
	clock := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	var rows [][]string
	for _, statements := range [][]graph.Statement{list, apart(list)} {
		cryptotest.SetGlobalRandom(t, 1)
		got, _ := loadedRows(t, memkv.New(&memkv.Options{Now: clock}), statements)
		rows = append(rows, got)
	}
	same(t, "row", rows[1], rows[0])
}

// TestLinksApartAgain loads the same file twice, once so and once so.
func TestLinksApartAgain(t *testing.T) {
	list := fillStatements(t, 1000)
	for name, second := range map[string][]graph.Statement{"together": list, "apart": apart(list)} {
		t.Run(name, func(t *testing.T) {
			db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: benchOntology()})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			graph.Tiny(db)
			first, err := db.Load(ctx, graph.Act{Author: "test"}, statements(apart(list)...), nil)
			if err != nil || first.New != first.Read-first.Known {
				t.Fatalf("first: %+v, %v", first, err)
			}
			again, err := db.Load(ctx, graph.Act{Author: "test"}, statements(second...), nil)
			if err != nil || again.New+again.Corrected > 0 || again.Read != first.Read {
				t.Errorf("again: %+v, %v; first %+v", again, err, first)
			}
		})
	}
}

func TestLinksApartRefused(t *testing.T) {
	day, err := graph.ParseValid("2014-01-01", "")
	if err != nil {
		t.Fatal(err)
	}
	month, err := graph.ParseValid("2014-01-01/2014-01-09", "")
	if err != nil {
		t.Fatal(err)
	}
	link := func(n string, to graph.Value, v *graph.Valid) graph.Link {
		return graph.Link{Subject: graph.ByKey("actor:1"), Property: n, Value: to, Valid: v}
	}
	actor := graph.RefOf(graph.ByKey("actor:2"))
	denied := link("event1", actor, &day)
	denied.Deny = true
	draft := benchDraft(t, 1)
	for name, c := range map[string]struct {
		links []graph.Link
		then  []graph.Statement
	}{
		"a value":               {[]graph.Link{link("name", graph.TextOf("x"), &day)}, draft},
		"no date":               {[]graph.Link{link("event1", actor, nil)}, draft},
		"an unknown property":   {[]graph.Link{link("event1", actor, &day), link("what", actor, &day), link("event2", actor, &day), link("event3", actor, &day)}, draft},
		"an unknown entity":     {[]graph.Link{link("event1", graph.RefOf(graph.ByKey("actor:none")), &day), link("event2", actor, &day), link("event3", actor, &day), link("event4", actor, &day)}, draft},
		"a property that is no": {[]graph.Link{link("event1", actor, &day), link("event1", actor, &month), link("event2", actor, &day), link("event3", actor, &day)}, draft},
		"affirmed and denied":   {[]graph.Link{link("event1", actor, &day), denied, link("event2", actor, &day), link("event3", actor, &day)}, draft},
		"no draft":              {[]graph.Link{link("event1", actor, &day)}, draft[:len(draft)-1]},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: benchOntology()})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			graph.Tiny(db)
			_, err = db.Load(ctx, graph.Act{Author: "test"}, statements(append([]graph.Statement{{Links: c.links}}, c.then...)...), nil)
			if !errors.Is(err, graph.ErrRefused) {
				t.Errorf("load: %v, want %v", err, graph.ErrRefused)
			}
		})
	}
}

// TestLoadProgress: a load tells of its steps in order, and of ever larger
// shares, to its end.
func TestLoadProgress(t *testing.T) {
	store, err := badgerkv.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := graph.Open(ctx, store, &graph.Options{Ontology: benchOntology()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list := fillStatements(t, 6000)
	var steps []graph.Step
	share := 0.0
	_, err = db.Load(ctx, graph.Act{Author: "test"}, statements(apart(list)...), &graph.LoadOptions{Progress: func(p graph.Progress) {
		if len(steps) == 0 || steps[len(steps)-1] != p.Step {
			steps = append(steps, p.Step)
		}
		if p.Share() < share || p.Share() > 1 || p.All > 0 && p.Done > p.All || p.Facts == 0 {
			t.Errorf("%+v, share %v after %v", p, p.Share(), share)
		}
		share = p.Share()
	}})
	want := []graph.Step{graph.Reading, graph.Checking, graph.Writing, graph.Storing}
	if err != nil || !slices.Equal(steps, want) || share < 0.9 {
		t.Errorf("steps %v to a share of %v, %v; want %v", steps, share, err, want)
	}
}

// TestFillIsSeen: what was read before a fill hides nothing of it.
func TestFillIsSeen(t *testing.T) {
	db := benchOpen(t, t.TempDir())
	defer db.Close()
	graph.Tiny(db)
	named := func() error {
		_, err := db.At(graph.Point{}).Lookup(ctx, graph.NameQuery{Name: "actor 1"})
		return err
	}
	for range 3 {
		if err := named(); !errors.Is(err, graph.ErrNotFound) {
			t.Fatalf("before anything was loaded: %v, want %v", err, graph.ErrNotFound)
		}
	}
	if _, err := db.Load(ctx, graph.Act{Author: "test"}, statements(fillStatements(t, 100)...), nil); err != nil {
		t.Fatal(err)
	}
	if err := named(); err != nil {
		t.Errorf("after the load: %v", err)
	}
}

// TestLoadCancelled cancels a load at each of its steps: nothing is written, and
// no goroutine is left.
func TestLoadCancelled(t *testing.T) {
	list := apart(fillStatements(t, 6000))
	for _, step := range []graph.Step{graph.Reading, graph.Checking, graph.Writing} {
		t.Run(step.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: benchOntology()})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				_, err = db.Load(ctx, graph.Act{Author: "test"}, statements(list...), &graph.LoadOptions{Progress: func(p graph.Progress) {
					if p.Step == step {
						cancel()
					}
				}})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("load: %v, want %v", err, context.Canceled)
				}
				stats, err := db.At(graph.Point{}).Stats(t.Context())
				want(t, "after the load", text(stats, err), text(graph.Stats{}, nil))
			})
		})
	}
}

// TestLoadForgets: of what a first load has written, nothing is held while its rows
// are put in order.
func TestLoadForgets(t *testing.T) {
	db := benchOpen(t, t.TempDir())
	defer db.Close()
	var drafts []weak.Pointer[graph.Draft]
	var declared []weak.Pointer[graph.Declaration]
	src := func(yield func(graph.Statement, error) bool) {
		for _, s := range apart(fillStatements(t, 9000)) {
			if s.Draft != nil {
				drafts = append(drafts, weak.Make(s.Draft))
			}
			if s.Declaration != nil {
				declared = append(declared, weak.Make(s.Declaration))
			}
			if !yield(s, nil) {
				return
			}
		}
	}
	stored := false
	_, err := db.Load(ctx, graph.Act{Author: "test"}, src, &graph.LoadOptions{Progress: func(p graph.Progress) {
		if p.Step != graph.Storing || stored {
			return
		}
		stored = true
		runtime.GC()
		if slices.ContainsFunc(drafts, func(d weak.Pointer[graph.Draft]) bool { return d.Value() != nil }) {
			t.Error("a draft is held")
		}
		if slices.ContainsFunc(declared, func(d weak.Pointer[graph.Declaration]) bool { return d.Value() != nil }) {
			t.Error("a declaration is held")
		}
	}})
	if err != nil || !stored || len(drafts) == 0 || len(declared) == 0 {
		t.Errorf("%v, %t, %d drafts, %d declarations", err, stored, len(drafts), len(declared))
	}
}
