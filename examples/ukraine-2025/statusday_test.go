package ukraine2025_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// How a change of state that the curator derived from two facts shows among the
// computed changes, by the change to the second fact.
const (
	found   = "found"               // the same states before and after
	nearer  = "from a nearer state" // another state of the same key stood in between
	unknown = "from UNKNOWN"        // nothing stood before in the same key, or about the same thing
	another = "to another state"    // no source gives the later state of the table
)

// statusChanges are the curator's, each with the fact that gives the later state,
// and why it shows otherwise than the table has it.
var statusChanges = []struct{ id, to, date, before, after, how, why string }{
	{"k01", "I002", "2025-11-23", "RAISED", "NARROWED", found, ""},
	{"k02", "O010", "2025-11-23", "TABLED", "SUPERSEDED", another, "the new text is REVISED; that it replaces the old one is the curator's reading"},
	{"k03", "O006", "2025-11-25", "SET", "CONTESTED", another, "that two sources differ on the deadline is a conflict, and no state"},
	{"k04", "O009", "2025-11-25", "TABLED", "REJECTED", found, ""},
	{"k05", "V056", "2025-11-23", "PROPOSED", "DELETED", unknown, "provisions of two versions are two things: the draft text shows this step"},
	{"k06", "V064", "2025-12-23", "DELETED", "PROPOSED", unknown, "provisions of two versions are two things: the draft text shows this step"},
	{"k07", "P043", "2025-12-09", "REJECT", "AMBIGUOUS", unknown, "an official before, the president now: nobody takes over from another speaker"},
	{"k08", "P050", "2025-12-14", "AMBIGUOUS", "CONDITIONAL", found, ""},
	{"k09", "P044", "2025-12-11", "PROPOSED", "PROPOSED", unknown, "a page before, another speaker now"},
	{"k10", "P093", "2025-12-23", "REJECT", "CONDITIONAL", nearer, "STATED_POSITION of 20 December"},
	{"k12", "P107", "2025-12-29", "OPEN", "RESERVED", nearer, "CONDITIONAL of 3 December"},
	{"k13", "O025", "2025-12-16", "TABLED", "REJECTED", found, ""},
	{"k14", "O027", "2025-12-19", "TABLED", "AGREED", unknown, "two offers: that one replaces the other is the curator's reading"},
	{"k15", "O031", "2025-12-28", "TABLED", "REVISED", found, ""},
	{"k16", "R015", "2026-01-02", "yermak", "HoldsOffice", unknown, "two persons, and five weeks between them"},
	{"k17", "I010", "2025-12-28", "AGREED_IN_PRINCIPLE", "AGREED", found, ""},
	{"k19", "I012", "2026-01-23", "UNDER_DISCUSSION", "DEADLOCKED", found, ""},
	{"k20", "R027", "2026-02-17", "kostyukov", "Delegation", unknown, "two delegations"},
	{"k21", "O043", "2026-02-05", "AGREED", "FULFILLED", unknown, "both states are of one day, and the later one alone stands"},
}

// Transitions that are computed and that the curator's table does not have.
var moreTransitions = []string{
	"i-territory: DEFERRED → UNDER_DISCUSSION [I005]",
	"m-moscow-next: READY → ANNOUNCED [M034]",
	"o-19: REVISED: updated framework → ACCEPTED_IN_PRINCIPLE: peace deal [O011 O012]",
	"o-28-plan: TABLED: not the final offer → REVISED: no deadline [O006]",
}

// dayByDay gives the changes of each day of the example, by the day.
func dayByDay(t *testing.T, db *graph.DB, q *negotiation.ChangesQuery) map[string]negotiation.Changes {
	t.Helper()
	by := map[string]negotiation.Changes{}
	last := db.At(graph.Point{On: dayOf(t, "2025-10-13")})
	for day := time.Date(2025, 10, 14, 0, 0, 0, 0, time.UTC); day.Before(time.Date(2026, 4, 13, 0, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
		on := day.Format(time.DateOnly)
		next := last.On(dayOf(t, on))
		c, err := negotiation.ChangesOf(ctx, last, next, q)
		if err != nil {
			t.Fatal(err)
		}
		by[on], last = c, next
	}
	return by
}

// The computed changes are held against the curator's: each of the table is
// found or explained, and what is computed besides is listed.
func TestStatusChangesDayByDay(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	days := dayByDay(t, db, &negotiation.ChangesQuery{Axis: negotiation.OnAxis, MinRank: graph.Normal, Ranked: true})
	for _, k := range statusChanges {
		if got := verdict(days[k.date].Items, k.to, k.before, k.after); got != k.how {
			t.Errorf("%s, %s on %s: %s, want %s: %s", k.id, k.to, k.date, got, k.how, k.why)
		}
	}
	ours := dayByDay(t, db, &negotiation.ChangesQuery{Negotiation: idOf(t, db, "ua25:ukraine-peace-2025"), Axis: negotiation.OnAxis,
		Kinds: []graph.ChangeKind{graph.StateTransition}, MinRank: graph.Normal, Ranked: true})
	var more []string
	for _, c := range ours {
		for _, line := range strings.Split(changeLines(t, db, c), "\n") {
			known := slices.ContainsFunc(statusChanges, func(k struct{ id, to, date, before, after, how, why string }) bool {
				return k.how == found && strings.Contains(line, k.to+"]")
			})
			if line != "" && !known {
				more = append(more, strings.TrimPrefix(line, "STATE_TRANSITION "))
			}
		}
	}
	slices.Sort(more)
	expect(t, "more", strings.Join(more, "\n"), strings.Join(moreTransitions, "\n"))
}

// verdict tells how a change to what a fact says shows.
func verdict(items []negotiation.Change, fact, before, after string) string {
	for _, i := range items {
		switch {
		case !slices.Contains(keysOf(i.Sources), fact):
		case !strings.HasPrefix(i.After.Text, after):
			return another
		case strings.HasPrefix(i.Before.Text, before):
			return found
		case i.Before.Text != "":
			return nearer
		default:
			return unknown
		}
	}
	return "not among the changes of the day"
}
