package negotiation_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/negotiation"
)

// travel writes the way from one to another: each hop as by what, to whom and
// when; then what is only planned, and how far the rest came.
func (w *world) travel(on, from, to, carrying string) string {
	w.Helper()
	q := &negotiation.TravelQuery{From: w.id(from)}
	if to != "" {
		q.To = w.id(to)
	}
	if carrying != "" {
		q.Carrying = w.id(carrying)
	}
	t, err := negotiation.TravelOf(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	hops := t.Path
	var parts []string
	if to == "" {
		for _, r := range t.Reached {
			parts = append(parts, w.label(r.Entity)+" "+r.At.String()[:10])
		}
	}
	for i, h := range hops {
		by := "stands for"
		if h.Contact != nil {
			by = h.Contact.Keys[0].ID
		}
		parts = append(parts, by+" > "+w.label(h.To)+" "+h.At.String()[:10])
		if i > 0 && (h.At < hops[i-1].At || h.From != hops[i-1].To) {
			w.Errorf("hop %d does not follow the one before", i)
		}
	}
	if t.Status != "" {
		parts = append(parts, string(t.Status)+" "+string(t.Reason))
	}
	for _, c := range t.Beyond {
		parts = append(parts, "beyond "+c.Keys[0].ID+" "+strings.Join(c.Statuses, "+"))
	}
	return strings.Join(parts, ", ")
}

const route = post + `by narrator
@0 offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; 2025-12-05
@1 represents Analyst > US: 2025-12-01/2025-12-11
@2 meeting m1: Analyst, Ukraine ; on Land ; HELD ; 2025-12-10
@3 meeting m2: Ukraine, Russia ; on Land ; HELD ; 2025-12-12
`

// The way follows who stands for whom and what was held, in the order of time.
func TestTravel(t *testing.T) {
	w := newWorld(t, route)
	want(t, "whole way", w.travel("", "us", "ru", "o1"), "stands for > Analyst 2025-12-05, m1 > Ukraine 2025-12-10, m2 > Russia 2025-12-12")
	want(t, "by the 11th", w.travel("2025-12-11", "us", "ru", "o1"), "UNKNOWN NO_CONTACT")
	want(t, "how far", w.travel("2025-12-11", "us", "", "o1"), "US 2025-12-05, Analyst 2025-12-05, Ukraine 2025-12-10")
	want(t, "back", w.travel("", "ru", "us", "o1"), "UNKNOWN NO_CONTACT")
}

// No hop is earlier than the one before it, nobody carries for a party after
// the time, and nothing is carried before it was made.
func TestTravelRespectsTime(t *testing.T) {
	for _, c := range []struct{ name, change, to string }{
		{"the second meeting was first", "HELD ; 2025-12-12|HELD ; 2025-12-09", "UNKNOWN NO_CONTACT"},
		{"on one day", "HELD ; 2025-12-12|HELD ; 2025-12-10", "stands for > Analyst 2025-12-05, m1 > Ukraine 2025-12-10, m2 > Russia 2025-12-10"},
		{"the envoy stood for them later", "2025-12-01/2025-12-11|2025-12-11/2025-12-31", "UNKNOWN NO_CONTACT"},
		{"the offer is later than the meeting", "TABLED ; 2025-12-05|TABLED ; 2025-12-11", "UNKNOWN NO_CONTACT"},
		{"a meeting on something else", "on Land ; HELD ; 2025-12-12|on Other ; HELD ; 2025-12-12", "UNKNOWN NO_CONTACT"},
		{"a meeting on what nobody states", "on Land ; HELD ; 2025-12-12|HELD ; 2025-12-12", "UNKNOWN NO_CONTACT"},
		{"a meeting without a date", "on Land ; HELD ; 2025-12-12|on Land ; HELD", "UNKNOWN NO_CONTACT"},
	} {
		old, instead, _ := strings.Cut(c.change, "|")
		w := newWorld(t, strings.Replace(route, old, instead, 1))
		want(t, c.name, w.travel("", "us", "ru", "o1"), c.to)
	}
}

// What is to take place after the point has carried nothing by then.
func TestTravelUpToThePoint(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 meeting m1: US, Russia ; 2025-12-12
@2 claim m1: status HELD
`)
	want(t, "after", w.travel("2025-12-12", "us", "ru", ""), "m1 > Russia 2025-12-12")
	want(t, "before", w.travel("2025-12-11", "us", "ru", ""), "UNKNOWN NO_CONTACT")
}

// Without a cargo any contact counts; a text that lies on the table is carried, too.
func TestTravelCargo(t *testing.T) {
	w := newWorld(t, `document source:t "Text" ; curation ; scheme x
draft tx "Text": negotiation Talks
`, post+`by narrator
@1 meeting m1: US, Ukraine ; document tx ; HELD ; 2025-12-10
@2 meeting m2: US, Russia ; on Other ; HELD ; 2025-12-09
`)
	want(t, "the text", w.travel("", "us", "ua", "tx"), "m1 > Ukraine 2025-12-10")
	want(t, "not to Russia", w.travel("", "us", "ru", "tx"), "UNKNOWN NO_CONTACT")
	want(t, "anything", w.travel("", "us", "ru", ""), "m2 > Russia 2025-12-09")
}

// What is only planned carries nothing, but is shown where it leads on from
// whom it reached: to the one asked for, or to nobody who is stated.
func TestTravelBeyond(t *testing.T) {
	w := newWorld(t, route+`@4 meeting m4: Ukraine, Russia ; on Land
  + ANNOUNCED ; 2025-12-09/..
@5 meeting m5: Analyst, US ; BILATERAL
  + READY ; 2025-12-09/..
@6 meeting m6: Ukraine, The wire
  + READY ; 2025-12-09/..
@7 meeting m7: Russia, The wire
  + READY ; 2025-12-09/..
`)
	want(t, "on the 11th", w.travel("2025-12-11", "us", "ru", "o1"), "UNKNOWN NO_CONTACT, beyond m4 ANNOUNCED, beyond m5 READY")
	want(t, "before", w.travel("2025-12-08", "us", "ru", "o1"), "UNKNOWN NO_CONTACT")
}
