package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/negotiation"
)

// contacts are those of the negotiation in an interval, outliers left out,
// between parties that are given by their keys.
func contacts(t *testing.T, db *graph.DB, on string, statuses []string, between ...string) negotiation.ContactsAnswer {
	t.Helper()
	q := &negotiation.ContactQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), Statuses: statuses, MinRank: graph.Normal, Ranked: true}
	for _, key := range between {
		q.Between = append(q.Between, idOf(t, db, key))
	}
	a, err := negotiation.Contacts(ctx, db.At(graph.Point{On: dayOf(t, on)}), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// listed are the keys of contacts, in their order.
func listed(t *testing.T, db *graph.DB, list []negotiation.Contact) string {
	t.Helper()
	var found []string
	for _, c := range list {
		found = append(found, keyOf(t, db, c.ID))
	}
	return strings.Join(found, " ")
}

// Question 12: envoys are ready for Moscow, undated; to present the latest
// version to Putin is not planned.
func TestQ12Planned(t *testing.T) {
	db, _ := load(t, seedFile)
	for _, day := range []string{"2025-12-15", "2025-12-16"} {
		a := contacts(t, db, day, []string{"MOOTED", "READY", "ANNOUNCED", "SCHEDULED", "NOT_PLANNED"})
		var lines []string
		for _, c := range a.Contacts {
			lines = append(lines, keyOf(t, db, c.ID)+" "+strings.Join(c.Statuses, "+")+" "+words(t, db, c.Standing, "participant")+" by "+keys(c.Evidence))
			if len(c.Scheduled) != 0 || !c.During.IsZero() {
				t.Errorf("%s has a date: %v, %v", c.ID, c.Scheduled, c.During)
			}
		}
		slices.Sort(lines)
		expect(t, day, strings.Join(lines, "\n"), "m-moscow-next READY kushner witkoff by F08\nm-present-putin NOT_PLANNED putin us by F34")
	}
	if a := contacts(t, db, "2025-12-14", []string{"READY", "NOT_PLANNED"}); a.Status != negotiation.Unknown {
		t.Error("planned before anybody said so")
	}
}

// On the whole example the trip to Moscow is announced from the 16th on.
func TestPlannedOnTheExample(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	a := contacts(t, db, "2025-12-16", []string{"MOOTED", "READY", "ANNOUNCED", "SCHEDULED"})
	expect(t, "planned", listed(t, db, a.Contacts), "m-moscow-next")
	expect(t, "between", listed(t, db, contacts(t, db, "2025-12-16", []string{"ANNOUNCED"}, "ua25:us", "ua25:ru").Contacts), "m-moscow-next")
	expect(t, "over", listed(t, db, a.Passed), "m-cow-1125 m-brussels-1208")
}

// Of the meetings that were held the United States and Ukraine are in 20,
// themselves or through persons, who are named.
func TestContactsBetween(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	all := contacts(t, db, "", []string{"HELD"})
	if n := len(all.Contacts) + len(all.Undated) + len(all.Internal); n != 36+1 { // the seed has one more of its own
		t.Errorf("%d contacts held, want 37", n)
	}
	a := contacts(t, db, "", []string{"HELD"}, "ua25:us", "ua25:ua")
	if len(a.Contacts) != 20 || len(a.Undated)+len(a.Internal)+len(a.Passed) != 0 {
		t.Errorf("%d, %d undated, %d internal, %d passed, want 20 with dates", len(a.Contacts), len(a.Undated), len(a.Internal), len(a.Passed))
	}
	for _, c := range a.Contacts {
		if len(c.Sides) != 2 {
			t.Errorf("%s: %d sides", keyOf(t, db, c.ID), len(c.Sides))
		}
		for _, s := range c.Sides {
			if !s.Itself && len(s.Persons) == 0 {
				t.Errorf("%s: nobody for %s", keyOf(t, db, c.ID), keyOf(t, db, s.Party))
			}
			for _, p := range s.Persons {
				if !slices.ContainsFunc(c.All("participant"), func(x graph.Claim) bool { return x.Value.Entity() == p.Entity }) {
					t.Errorf("%s: %s does not take part", keyOf(t, db, c.ID), keyOf(t, db, p.Entity))
				}
			}
		}
	}
	for _, day := range []string{"2025-12-14", "2025-12-28"} { // envoys, and presidents
		if b := contacts(t, db, day, []string{"HELD"}, "ua25:us", "ua25:ua"); len(b.Contacts) == 0 {
			t.Errorf("none on %s", day)
		}
	}
}

// A denial of talks that nobody announced is denied; an account that another
// contradicts makes a contact disputed.
func TestContactsDeniedAndDisputed(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	expect(t, "denied", listed(t, db, contacts(t, db, "", []string{"DENIED"}).Contacts), "m-trilateral-dec")
	expect(t, "disputed", listed(t, db, contacts(t, db, "", []string{"DISPUTED"}).Contacts), "m-kyiv-1120")
}

// BenchmarkContacts is all contacts of the example on 16 December 2025, warm.
func BenchmarkContacts(b *testing.B) {
	db, _ := load(b, mainFile, seedFile)
	v := db.At(graph.Point{On: dayOf(b, "2025-12-16")})
	q := &negotiation.ContactQuery{Negotiation: idOf(b, db, "ua25:ukraine-peace-2025")}
	b.ReportAllocs()
	defer graphtest.CPU(b)()
	for b.Loop() {
		a, err := negotiation.Contacts(ctx, v, q)
		if err != nil || len(a.Contacts) == 0 {
			b.Fatal(len(a.Contacts), err)
		}
	}
}
