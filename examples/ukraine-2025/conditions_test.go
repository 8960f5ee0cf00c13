package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func conditions(t *testing.T, db *graph.DB, day string) *negotiation.Waiting {
	t.Helper()
	a, err := negotiation.Conditions(ctx, db.At(graph.Point{On: dayOf(t, day)}),
		&negotiation.ConditionQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), MinRank: graph.Normal, Ranked: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Question 7: Russia's openness on membership of the EU depends on a peace
// deal; on the guarantees the article tells of no condition.
func TestQ7Conditions(t *testing.T) {
	db, _ := load(t, seedFile)
	a := conditions(t, db, "2025-12-15")
	if len(a.Waits) != 1 || len(a.Circles) != 0 {
		t.Fatalf("%d waits, %d circles", len(a.Waits), len(a.Circles))
	}
	w := a.Waits[0]
	got := strings.Join([]string{words(t, db, w.Waiter, "holder"), words(t, db, w.Waiter, "issue"), words(t, db, w.Waiter, "stance"), "if", w.Condition.Text, "by", keys(w.Condition.Evidence)}, " ")
	expect(t, "condition", got, "ru i-eu OPEN if as part of a peace deal by F26 F27")
	if u := a.Unlock(w.Waiter.ID); !slices.Equal(u.Conditions, []graph.EntityID{w.Condition.ID}) || !u.Smallest {
		t.Errorf("unlocked by %+v", u)
	}
}

// On the whole example conditions are told in words, so that nothing waits for
// anything that is named, and there are no circles.
func TestConditionsOfTheExample(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	a := conditions(t, db, "2025-12-16")
	instruments := 0
	for _, w := range a.Waits {
		if w.Waiter.Kind != "Position" {
			instruments++
		}
		if len(w.Awaits) > 0 || len(w.Condition.Evidence) == 0 || len(w.Parties) == 0 {
			t.Errorf("%s: awaits %v, evidence %d, parties %v", w.Condition.Text, w.Awaits, len(w.Condition.Evidence), w.Parties)
		}
	}
	if len(a.Circles) != 0 || instruments == 0 || instruments == len(a.Waits) {
		t.Errorf("%d circles, %d of %d waiters are instruments", len(a.Circles), instruments, len(a.Waits))
	}
}
