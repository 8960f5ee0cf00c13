package negotiation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// touching writes the conflicts on issues and with parties, as what and property.
func (w *world) touching(on string, issues, parties []string) string {
	w.Helper()
	q := &negotiation.ConflictQuery{}
	for _, key := range issues {
		q.Issues = append(q.Issues, w.id(key))
	}
	for _, key := range parties {
		q.Parties = append(q.Parties, w.id(key))
	}
	list, err := negotiation.Conflicts(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		e, err := w.at("").Known(ctx, graph.ByID(c.Subject))
		if err != nil {
			w.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", c.Kind, e.Keys[0].ID, c.Property))
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), ", ")
}

const disagreed = post + `by US
@0 represents Analyst > US: 2025-12-01/2025-12-11
@A meeting m1: Analyst, Russia ; on Land ; minutes 90 ; 2025-12-10
@B meeting m2: Analyst, Russia ; on Other ; minutes 90 ; 2025-12-13
@C offer o1 "Offer": Ukraine > Russia ; on Guarantees ; text "ten" ; 2025-12-10 [voice ?]
by Russia
@D meeting m1: minutes 120 ; 2025-12-10
@E meeting m2: minutes 120 ; 2025-12-13
@F offer o1: text "twenty" ; 2025-12-10 [voice ?]
@G deny meeting m3: US, Ukraine ; on Land ; 2025-12-12
`

// Conflicts are asked for by issue and by party; what somebody did for a party
// while he stood for it is with the party, and no longer.
func TestConflictsTouching(t *testing.T) {
	w := newWorld(t, disagreed)
	for _, c := range []struct {
		name            string
		issues, parties []string
		want            string
	}{
		{"all", nil, nil, "NEGATION m3 participant, NEGATION m3 topic, VALUE m1 minutes, VALUE m2 minutes, VALUE o1 text"},
		{"an issue", []string{"land"}, nil, "NEGATION m3 participant, NEGATION m3 topic, VALUE m1 minutes"},
		{"issues", []string{"guarantees", "other"}, nil, "VALUE m2 minutes, VALUE o1 text"},
		{"a party", nil, []string{"ua"}, "NEGATION m3 participant, NEGATION m3 topic, VALUE o1 text"},
		{"a party and its envoy", nil, []string{"us"}, "NEGATION m3 participant, NEGATION m3 topic, VALUE m1 minutes"},
		{"the envoy", nil, []string{"analyst"}, "VALUE m1 minutes, VALUE m2 minutes"},
		{"both", []string{"land"}, []string{"ru"}, "VALUE m1 minutes"},
		{"nothing", []string{"other"}, []string{"ua"}, ""},
	} {
		want(t, c.name, w.touching("", c.issues, c.parties), c.want)
	}
	want(t, "on a day", w.touching("2025-12-10", nil, []string{"us"}), "VALUE m1 minutes")
}

// What is part of an instrument, such as a deadline, is on the instrument's
// issue and with its parties.
func TestConflictsTouchingParts(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; 2025-12-10
entity Deadline d1
@B2 claim d1: instrument Offer ; kind FIXED ; date 2025-12-25
@C claim d1: state MET ; 2025-12-12
by Russia
@D claim d1: state WITHDRAWN ; 2025-12-12
`)
	all := w.conflicts(w.at(""))
	if !strings.Contains(all, "VALUE state: MET") {
		t.Fatalf("no conflict about the deadline: %s", all)
	}
	for _, c := range []struct {
		issues, parties []graph.EntityID
		want            int
	}{{[]graph.EntityID{w.id("land")}, []graph.EntityID{w.id("ua")}, 1}, {[]graph.EntityID{w.id("guarantees")}, nil, 0}, {nil, []graph.EntityID{w.id("ru")}, 0}} {
		list, err := negotiation.Conflicts(ctx, w.at(""), &negotiation.ConflictQuery{Kinds: []negotiation.ConflictKind{negotiation.Value}, Issues: c.issues, Parties: c.parties})
		if err != nil || len(list) != c.want {
			t.Errorf("%v: %d conflicts, want %d", err, len(list), c.want)
		}
	}
}

// An issue, party, negotiation or kind that there is not is refused with what
// there is instead.
func TestConflictsAsked(t *testing.T) {
	w := newWorld(t, disagreed)
	for _, c := range []struct {
		q    negotiation.ConflictQuery
		is   error
		want string
	}{
		{negotiation.ConflictQuery{Negotiation: graph.EntityID{1}}, graph.ErrNotFound, "there are Talks"},
		{negotiation.ConflictQuery{Negotiation: w.id("talks"), Issues: []graph.EntityID{{1}}}, graph.ErrNotFound, "there are Guarantees, Land"},
		{negotiation.ConflictQuery{Negotiation: w.id("talks"), Parties: []graph.EntityID{w.id("land")}}, graph.ErrRefused, "there are Russia, US, Ukraine"},
		{negotiation.ConflictQuery{Kinds: []negotiation.ConflictKind{"VALUES"}}, graph.ErrValue, "want one of NEGATION, VALUE"},
	} {
		if _, err := negotiation.Conflicts(ctx, w.at(""), &c.q); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
