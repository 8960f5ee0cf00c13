package ukraine2025_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/negotiation"
)

// keyOf is the key of an entity in the dataset, without its scheme, else its label.
func keyOf(t *testing.T, db *graph.DB, id graph.EntityID) string {
	t.Helper()
	v := db.At(graph.Point{})
	e, err := v.Entity(ctx, graph.ByID(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range e.Keys {
		if k.Scheme == "ua25" {
			return k.ID
		}
	}
	list, err := v.Labels(ctx, []graph.EntityID{id}, "en")
	if err != nil {
		t.Fatal(err)
	}
	return cmp.Or(list[0], e.Kind)
}

// keys are the keys of assertions.
func keys(list []graph.Evidence) string {
	var words []string
	for _, e := range list {
		words = append(words, e.Key)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

func codes(claims []graph.Claim) string {
	var words []string
	for _, c := range claims {
		words = append(words, c.Value.String())
	}
	slices.Sort(words)
	return strings.Join(words, "+")
}

// instruments are those of the negotiation on a day, outliers left out.
func instruments(t *testing.T, db *graph.DB, day string, q negotiation.InstrumentQuery) []negotiation.Instrument {
	t.Helper()
	q.Negotiation, q.MinRank, q.Ranked = idOf(t, db, "ua25:ukraine-peace-2025"), graph.Normal, true
	list, err := negotiation.Instruments(ctx, db.At(graph.Point{On: dayOf(t, day)}), &q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// On the whole example the Christmas truce is nine days from its date on 16
// December, although it was rejected on that day; what ended in November has passed.
func TestDeadlinesOfTheExample(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	a, err := negotiation.Deadlines(ctx, db.At(graph.Point{On: dayOf(t, "2025-12-16")}), 14, &negotiation.InstrumentQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025")})
	if err != nil {
		t.Fatal(err)
	}
	write := func(list []negotiation.Deadline) string {
		var lines []string
		for _, d := range list {
			i := a.Instruments[d.Instrument]
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%s %s: %s %s%s %+d", keyOf(t, db, i.ID), codes(i.States), d.Kind, d.Date, d.Text, d.DaysLeft)), " "))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	expect(t, "due", write(a.Due), "o-xmas REJECTED: FIXED 2025-12-25 +9")
	expect(t, "later", write(a.Later), "")
	expect(t, "passed", write(a.Passed), "o-aid-threat MOOTED: FIXED 2025-11-27 -19")
	expect(t, "review", write(a.Review), "o-ua-election TABLED: WINDOW 60-90 days +0\no-us-guarantee TABLED: LIMITED_UNSPECIFIED +0")
}

// The American plan was given two dates on 21 November, and none on the 25th:
// on the day two sources contradict each other, later one takes over.
func TestDeadlineOfThePlan(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	for day, want := range map[string]string{
		"2025-11-21": "2025-11-26 contested, 2025-11-27 contested",
		"2025-11-22": "2025-11-26 TAKEN_OVER, 2025-11-27 DUE",
		"2025-11-25": "2025-11-26 TAKEN_OVER, 2025-11-27 TAKEN_OVER, NONE",
	} {
		for _, i := range instruments(t, db, day, negotiation.InstrumentQuery{Kinds: []string{"Offer"}}) {
			if keyOf(t, db, i.ID) != "o-28-plan" {
				continue
			}
			var list []string
			for _, d := range i.Deadlines {
				how := string(d.Status)
				if d.Contested {
					how = "contested"
				}
				list = append(list, strings.TrimSpace(d.Date+" "+how))
			}
			slices.Sort(list)
			expect(t, day, strings.Join(list, ", "), want)
		}
	}
}

// BenchmarkInstruments is all that is on the table on 16 December 2025, warm.
func BenchmarkInstruments(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.InstrumentQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025")}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		list, err := negotiation.Instruments(ctx, v, q)
		if err != nil || len(list) == 0 {
			b.Fatal(len(list), err)
		}
	}
}
