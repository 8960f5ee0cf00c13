package negotiation_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// waits writes each as who, what it is under which condition, and what that
// waits for; then the circles, and what would unlock each waiter.
func (w *world) waiting(on string) *negotiation.Waiting {
	w.Helper()
	a, err := negotiation.Conditions(ctx, w.at(on), &negotiation.ConditionQuery{Negotiation: w.id("talks")})
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w *world) waits(a *negotiation.Waiting) string {
	w.Helper()
	var lines []string
	for i := range a.Waits {
		x := &a.Waits[i]
		line := w.labels(x.Parties) + " " + x.Waiter.Kind + " if " + x.Condition.Text + " " + codes(x.Condition.States)
		for _, y := range x.Awaits {
			line = strings.TrimSpace(line) + " < " + w.labels(y.Parties) + " " + y.Kind + " " + codes(y.States)
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(sortedLines(lines), "\n")
}

func (w *world) labels(ids []graph.EntityID) string {
	w.Helper()
	var list []string
	for _, id := range ids {
		list = append(list, w.label(id))
	}
	return strings.Join(sortedLines(list), " ")
}

const conditional = post + `by US
@A offer o1 "US offer": US > Ukraine ; on Land ; TABLED ; if (text "troops leave" ; awaits x:o2) ; 2025-12-10
by Russia
@B offer o2 "Russian offer": Russia > Ukraine ; on Land ; MOOTED ; if (text "recognition" ; awaits x:o3) ; 2025-12-10
by Ukraine
@C offer o3 "Ukrainian offer": Ukraine > Russia ; on Guarantees ; TABLED ; if (text "troops leave first" ; awaits x:o2) ; 2025-12-10
@D position Ukraine on Land: CONDITIONAL ; if "a referendum" ; 2025-12-10
`

// Who waits for whom: the waiter, its condition, and whose state that waits for.
func TestConditions(t *testing.T) {
	w := newWorld(t, conditional)
	want(t, "waits", w.waits(w.waiting("2025-12-16")), `Russia Offer if recognition < Ukraine Offer TABLED
US Offer if troops leave < Russia Offer MOOTED
Ukraine Offer if troops leave first < Russia Offer MOOTED
Ukraine Position if a referendum`)
	want(t, "before", w.waits(w.waiting("2025-12-09")), "")
	a := w.waiting("2025-12-16")
	for _, x := range a.Waits {
		if len(x.Condition.Evidence) != 1 || len(x.Condition.Roots) != 1 {
			t.Errorf("%s: %d assertions, %d roots", x.Condition.Text, len(x.Condition.Evidence), len(x.Condition.Roots))
		}
	}
}

// circles writes the things of each circle.
func (w *world) circles(a *negotiation.Waiting) string {
	w.Helper()
	var lines []string
	for _, c := range a.Circles {
		lines = append(lines, w.labels(c.Things))
		if len(c.Conditions) != len(c.Things) {
			w.Errorf("%d conditions of %d things", len(c.Conditions), len(c.Things))
		}
	}
	return strings.Join(lines, "\n")
}

// Things that wait for each other are a circle, listed once; what is met or
// waived makes none.
func TestConditionsCircle(t *testing.T) {
	w := newWorld(t, conditional)
	want(t, "circles", w.circles(w.waiting("2025-12-16")), "Russian offer Ukrainian offer")
	w.load(`document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by Russia
@A claim ` + condition(w, "recognition") + `: state WAIVED ; 2025-12-17
`)
	want(t, "on the 16th", w.circles(w.waiting("2025-12-16")), "Russian offer Ukrainian offer")
	want(t, "once waived", w.circles(w.waiting("2025-12-17")), "")
}

// condition is the id of a condition, as notes write it.
func condition(w *world, text string) string {
	w.Helper()
	for _, x := range w.waiting("2025-12-16").Waits {
		if x.Condition.Text == text {
			return "<" + x.Condition.ID.String() + ">"
		}
	}
	w.Fatalf("no condition %q", text)
	return ""
}

// Two parties each of which moves on one issue once the other is settled wait
// in a circle, through the issues.
func TestConditionsCircleOfIssues(t *testing.T) {
	w := newWorld(t, post+`by Russia
@A position Russia on Guarantees: CONDITIONAL ; if (text "land first" ; on Land) ; 2025-12-10
by Ukraine
@B position Ukraine on Land: CONDITIONAL ; if (text "guarantees first" ; on Guarantees) ; 2025-12-10
`)
	a := w.waiting("2025-12-16")
	if len(a.Circles) != 1 || len(a.Circles[0].Things) != 4 {
		t.Fatalf("circles %v", a.Circles)
	}
	got := strings.Fields(w.labels(a.Circles[0].Things))
	for _, word := range []string{"Guarantees", "Land"} {
		if !contains(strings.Join(got, " "), word) {
			t.Errorf("%s is not in the circle %v", word, got)
		}
	}
}

// The smallest set that would unlock an offer: one condition in a circle, and
// one that two others wait for instead of these two.
func TestConditionsUnlock(t *testing.T) {
	w := newWorld(t, conditional+`by US
@E offer o4 "Big offer": US > Ukraine ; on Land ; TABLED ; if (text "calm" ; awaits x:o5) , (text "quiet" ; awaits x:o5), (text "signature") ; 2025-12-10
@F offer o5 "Small offer": US > Russia ; on Land ; TABLED ; if "a pause" ; 2025-12-10
`)
	a := w.waiting("2025-12-16")
	texts := map[graph.EntityID]string{}
	for _, x := range a.Waits {
		texts[x.Condition.ID] = x.Condition.Text
	}
	for key, wanted := range map[string]string{"o5": "a pause", "o4": "a pause, signature"} {
		u := a.Unlock(w.id(key))
		var list []string
		for _, id := range u.Conditions {
			list = append(list, texts[id])
		}
		want(t, key, strings.Join(sortedLines(list), ", "), wanted)
		if !u.Smallest {
			t.Errorf("%s: not the smallest", key)
		}
	}
	for _, key := range []string{"o1", "o2", "o3", "guarantees"} { // which one is a matter of ids
		if u := a.Unlock(w.id(key)); len(u.Conditions) != 1 || !u.Smallest {
			t.Errorf("%s: unlocked by %d conditions, want one of the circle", key, len(u.Conditions))
		}
	}
	if u := a.Unlock(w.id("other")); len(u.Conditions) != 0 || !u.Smallest {
		t.Errorf("what waits for nothing: %+v", u)
	}
}
