package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func travel(t *testing.T, db *graph.DB, on, from, to, carrying string) negotiation.Travel {
	t.Helper()
	a, err := negotiation.TravelOf(ctx, db.At(graph.Point{On: dayOf(t, on)}), &negotiation.TravelQuery{
		Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), From: idOf(t, db, from), To: idOf(t, db, to), Carrying: idOf(t, db, carrying),
		MinRank: graph.Normal, Ranked: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// way writes hops as the contacts, and who was there for the side that carries.
func way(t *testing.T, db *graph.DB, hops []negotiation.Hop) string {
	t.Helper()
	var list []string
	for _, h := range hops {
		if h.Contact == nil {
			list = append(list, keyOf(t, db, h.From)+" = "+keyOf(t, db, h.To))
			continue
		}
		var through []string
		for _, s := range h.Contact.Sides {
			for _, p := range s.Persons {
				if s.Party == h.From {
					through = append(through, keyOf(t, db, p.Entity))
				}
			}
		}
		slices.Sort(through)
		list = append(list, keyOf(t, db, h.From)+" ("+strings.Join(through, ", ")+") > "+keyOf(t, db, h.To)+" in "+keyOf(t, db, h.Contact.ID))
	}
	return strings.Join(list, "; ")
}

// Question 17: through the envoys in Berlin the offer came to Ukraine and the
// Europeans. No contact that was held brought it to Russia: one is planned.
func TestQ17HowTheOfferTravelled(t *testing.T) {
	db, _ := load(t, seedFile)
	for to, want := range map[string]string{
		"ua25:ua":        "us (kushner, witkoff) > ua in m-berlin-1215",
		"ua25:europeans": "us (kushner, witkoff) > europeans in m-berlin-1215",
	} {
		expect(t, to, way(t, db, travel(t, db, "2025-12-15", "ua25:us", to, "ua25:o-us-guarantee").Path), want)
	}
	a := travel(t, db, "2025-12-15", "ua25:us", "ua25:ru", "ua25:o-us-guarantee")
	if len(a.Path) != 0 || a.Status != negotiation.Unknown || a.Reason != negotiation.NoContact || a.Documents != 1 {
		t.Errorf("to Russia: %s, %s %s after %d documents", way(t, db, a.Path), a.Status, a.Reason, a.Documents)
	}
	var beyond []string
	for _, c := range a.Beyond {
		beyond = append(beyond, keyOf(t, db, c.ID)+" "+strings.Join(c.Statuses, "+"))
	}
	slices.Sort(beyond)
	expect(t, "only planned", strings.Join(beyond, ", "), "m-moscow-next READY, m-present-putin NOT_PLANNED")
}

// On the whole example the way to each party respects time at every hop.
func TestTravelOfTheExample(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	a := travel(t, db, "", "ua25:us", "ua25:ua", "ua25:o-28-plan")
	expect(t, "the plan to Ukraine", way(t, db, a.Path), "us = driscoll; driscoll () > ua in m-kyiv-driscoll-trip")
	for _, r := range a.Reached {
		at := graph.MinTime
		for i, h := range r.Hops {
			if h.At < at || h.During.To <= at || (i > 0 && h.From != r.Hops[i-1].To) {
				t.Errorf("%s: hop %d at %s, the one before at %s", keyOf(t, db, r.Entity), i, h.At, at)
			}
			at = h.At
		}
	}
}
