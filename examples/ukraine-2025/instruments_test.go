package ukraine2025_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
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

// Question 5: on the table are guarantees of the United States for Ukraine,
// limited in time, without a date.
func TestQ5OnTheTable(t *testing.T) {
	db, _ := load(t, seedFile)
	list := instruments(t, db, "2025-12-15", negotiation.InstrumentQuery{States: []string{"TABLED"}})
	if len(list) != 1 {
		t.Fatalf("%d instruments, want the guarantees", len(list))
	}
	g := list[0]
	got := fmt.Sprintf("%s %s: %s > %s on %s, %s %s (%s), %s", g.Kind, codes(g.States), words(t, db, g.Standing, "guarantor"), words(t, db, g.Standing, "beneficiary"),
		words(t, db, g.Standing, "issue"), g.Deadlines[0].Kind, g.Deadlines[0].Status, keys(g.Deadlines[0].Evidence), keys(g.Evidence))
	expect(t, "on the table", got, "Guarantee TABLED: us > ua on i-guarantees, LIMITED_UNSPECIFIED REVIEW (F14), F14 F16")
	if len(g.Roots) != 2 { // the officials, and CNN, from which the article has its passage
		t.Errorf("root origins: %v", g.Roots)
	}
}

// Question 6: nothing ends on a date within 14 days; the guarantees are limited
// and to be reviewed.
func TestQ6Expires(t *testing.T) {
	db, _ := load(t, seedFile)
	a, err := negotiation.Deadlines(ctx, db.At(graph.Point{On: dayOf(t, "2025-12-15")}), 14, &negotiation.InstrumentQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025")})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Due)+len(a.Later)+len(a.Passed)+len(a.Settled) != 0 || len(a.Review) != 1 {
		t.Fatalf("due %d, later %d, passed %d, settled %d, review %d", len(a.Due), len(a.Later), len(a.Passed), len(a.Settled), len(a.Review))
	}
	expect(t, "for review", keyOf(t, db, a.Review[0].Instrument)+" "+a.Review[0].Kind, "o-us-guarantee LIMITED_UNSPECIFIED")
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

// Question M10: which offers carry a dated deadline, and which dates are given.
func TestM10FixedDeadlines(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	found := map[string][]string{}
	for _, i := range instruments(t, db, "2026-03-31", negotiation.InstrumentQuery{}) {
		for _, d := range i.Deadlines {
			if d.Kind == "FIXED" {
				found[keyOf(t, db, i.ID)] = append(found[keyOf(t, db, i.ID)], d.Date)
			}
		}
	}
	for _, dates := range found {
		slices.Sort(dates)
	}
	expect(t, "dates", fmt.Sprint(found), "map[o-28-plan:[2025-11-26 2025-11-27] o-aid-threat:[2025-11-27] o-xmas:[2025-12-25]]")
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

// Question M11: which offers stand rejected on 31 March 2026.
func TestM11Rejected(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	var list []string
	for _, i := range instruments(t, db, "2026-03-31", negotiation.InstrumentQuery{States: []string{"REJECTED"}}) {
		list = append(list, keyOf(t, db, i.ID))
	}
	slices.Sort(list)
	expect(t, "rejected", strings.Join(list, " "), "o-60day o-e3-counter o-xmas")
}

// BenchmarkInstruments is all that is on the table on 16 December 2025, warm.
func BenchmarkInstruments(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.InstrumentQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025")}
	for b.Loop() {
		list, err := negotiation.Instruments(ctx, v, q)
		if err != nil || len(list) == 0 {
			b.Fatal(len(list), err)
		}
	}
}
