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
