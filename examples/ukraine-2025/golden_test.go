package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
)

// What must hold of any dataset, shown on this one; graph/README.md lists them all.

// loadOn loads datasets, each on a day of the database's clock.
func loadOn(t *testing.T, dated ...string) *graph.DB {
	t.Helper()
	now := time.Time{}
	clock := func() time.Time { return now }
	db, err := graph.Open(ctx, memkv.New(&memkv.Options{Now: clock}), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, d := range dated {
		day, file, _ := strings.Cut(d, " ")
		if now, err = time.Parse(time.DateOnly, day); err != nil {
			t.Fatal(err)
		}
		run(t, db, file)
	}
	return db
}

// The seed twice is 40 assertions, and not one claim more.
func TestGolden1LoadTwice(t *testing.T) {
	once, _ := load(t, seedFile)
	twice, reports := load(t, seedFile, seedFile)
	a, err := once.At(graph.Point{}).Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := twice.At(graph.Point{}).Stats(ctx)
	if err != nil || a != b {
		t.Errorf("once %+v, twice %+v (%v)", a, b, err)
	}
	expect(t, "said", counted(t, twice), "40 assertions, 1 documents")
	if reports[1].Loaded.New+reports[1].Loaded.Corrected != 0 {
		t.Errorf("again: %s", reports[1])
	}
}

// What was published on 2 December and loaded on the 17th is not recorded on
// the 16th, and was published by then.
func TestGolden2LateLoad(t *testing.T) {
	db := loadOn(t, "2025-12-17 "+mainFile)
	on, err := graph.ParseKnownOn("2025-12-16")
	if err != nil {
		t.Fatal(err)
	}
	for basis, there := range map[graph.Basis]bool{graph.Recorded: false, graph.Published: true} {
		v := db.At(graph.Point{KnownOn: on, Basis: basis})
		early, err := v.Relations(ctx, graph.RelationQuery{Kind: "Position"})
		if err != nil {
			t.Fatal(err)
		}
		if (len(early) > 0) != there {
			t.Errorf("%s: %d positions", basis, len(early))
		}
	}
}

// A denial by the Kremlin is a position of Russia's own; what US officials say
// of Russia stands as it stood.
func TestGolden3OwnVoice(t *testing.T) {
	db, _ := load(t, seedFile)
	said := func() (list []string) {
		for _, issue := range []string{"ua25:i-guarantees", "ua25:i-eu"} {
			_, evidence := positions(t, db, "2025-12-16", "ua25:ru", issue)
			for _, e := range evidence {
				list = append(list, issue+" "+e.Key+" "+e.Voice.String())
			}
		}
		slices.Sort(list)
		return list
	}
	before := said()
	also(t, db, `
{"document":"source:briefing","published":"2025-12-16"}
{"entity":"ua25:spokesman","kind":"Person"}
{"assert":"b1","document":"source:briefing","chain":["ua25:spokesman"],"voice":"OWN_SIDE","modality":"DENIED","wording":"SAID","valid":"2025-12-16","relation":{"kind":"Position","holder":"ua25:ru","issue":"ua25:i-guarantees","stance":"REJECT","option":{"text":"no such consent"}}}`)
	after := said()
	want := append(slices.Clone(before), "ua25:i-guarantees b1 OWN_SIDE")
	slices.Sort(want)
	if !slices.Equal(after, want) {
		t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// Without its only document nothing is known any more, and what was known
// before stays as it was known.
func TestGolden6Retract(t *testing.T) {
	db, _ := load(t, seedFile)
	before := cells(t, db, "2025-12-15")
	ids := map[graph.AssertionID]bool{}
	for s := range sayings(t, db) {
		if !s.document.Curation {
			ids[s.Assertion.ID] = true
		}
	}
	then := db.At(graph.Point{}).TS()
	_, err := db.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		for id := range ids {
			if err := tx.Retract(id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := cells(t, db, "2025-12-15"); len(got) != 0 || len(before) == 0 {
		t.Errorf("%d cells before, after it: %v", len(before), got)
	}
	for kind, want := range map[string]int{"Position": 0, "Meeting": 0, "Guarantee": 0} {
		list, err := db.At(graph.Point{On: dayOf(t, "2025-12-15")}).Relations(ctx, graph.RelationQuery{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		past, err := db.At(graph.Point{On: dayOf(t, "2025-12-15"), KnownOn: then}).Relations(ctx, graph.RelationQuery{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		list = slices.DeleteFunc(list, func(s graph.Standing) bool { return len(s.All("name")) == len(s.Claims) })
		if len(list) != want || len(past) == 0 {
			t.Errorf("%s: %d after, %d as known before", kind, len(list), len(past))
		}
	}
}

// A day on which nothing was published has no changes, and says how many
// documents came: none.
func TestGolden10SilentDay(t *testing.T) {
	db := loadOn(t, "2025-12-17 "+seedFile, "2026-06-01 "+mainFile)
	known := func(day string) graph.View {
		ts, err := graph.ParseKnownOn(day)
		if err != nil {
			t.Fatal(err)
		}
		return db.At(graph.Point{On: dayOf(t, "2026-07-01"), KnownOn: ts})
	}
	silent, err := graph.Diff(ctx, known("2026-01-10"), known("2026-01-11"), nil)
	if err != nil || len(silent.Items) != 0 || silent.DocumentsSeen != 0 {
		t.Errorf("on a silent day: %d changes, %d documents (%v)", len(silent.Items), silent.DocumentsSeen, err)
	}
	busy, err := graph.Diff(ctx, known("2026-05-31"), known("2026-06-01"), nil)
	if err != nil || len(busy.Items) == 0 || busy.DocumentsSeen != 144 {
		t.Errorf("on a busy day: %d changes, %d documents (%v)", len(busy.Items), busy.DocumentsSeen, err)
	}
}
