package negotiation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// instruments writes each as its key and states, its conditions and deadlines.
func (w *world) instruments(on string, q *negotiation.InstrumentQuery) string {
	w.Helper()
	list, err := negotiation.Instruments(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, i := range list {
		line := i.Keys[0].ID + " " + codes(i.States)
		for _, c := range i.Conditions {
			line += " if " + strings.TrimSpace(c.Text+" "+codes(c.States))
		}
		for _, d := range i.Deadlines {
			line += ", " + deadline(d)
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func codes(claims []graph.Claim) string {
	var list []string
	for _, c := range claims {
		list = append(list, c.Value.String())
	}
	slices.Sort(list)
	return strings.Join(list, "+")
}

// deadline writes a deadline as its kind, its date, how it stands and the days left.
func deadline(d negotiation.Deadline) string {
	line := strings.TrimSpace(d.Kind + " " + d.Date + d.Text)
	line += " " + string(d.Status)
	if d.Dated() {
		line += fmt.Sprintf(" %+d", d.DaysLeft)
	}
	if d.Contested {
		line += " CONTESTED"
	}
	return line
}

// An instrument has its states, its conditions with theirs, and its deadlines.
func TestInstruments(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; if "a vote" ; deadline FIXED 2025-12-25 ; 2025-12-10
@B guarantee g1 "Guarantee": US > Ukraine ; on Guarantees ; MOOTED ; 2025-12-12
@C commitment c1 "Commitment": agent Russia ; on Other ; MADE ; 2025-12-12
`)
	for _, c := range []struct {
		name string
		q    negotiation.InstrumentQuery
		want string
	}{
		{"all", negotiation.InstrumentQuery{Kinds: []string{"Offer"}}, "o1 TABLED if a vote, FIXED 2025-12-25 DUE +9"},
		{"in a state", negotiation.InstrumentQuery{States: []string{"MOOTED", "MADE"}, Negotiation: w.id("talks")}, "g1 MOOTED"},
		{"on an issue", negotiation.InstrumentQuery{Issues: []graph.EntityID{w.id("land")}}, "o1 TABLED if a vote, FIXED 2025-12-25 DUE +9"},
		{"of a party", negotiation.InstrumentQuery{Parties: []graph.EntityID{w.id("ru")}}, "c1 MADE"},
		{"of nobody here", negotiation.InstrumentQuery{Parties: []graph.EntityID{w.id("wire")}}, ""},
	} {
		want(t, c.name, w.instruments("2025-12-16", &c.q), c.want)
	}
	want(t, "before", w.instruments("2025-12-09", nil), "")
	list, err := negotiation.Instruments(ctx, w.at("2025-12-16"), &negotiation.InstrumentQuery{Kinds: []string{"Offer"}})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	if o := list[0]; len(o.Roots) != 1 || len(o.Conditions[0].Roots) != 1 || len(o.Deadlines[0].Roots) != 1 || o.Since.String() != "2025-12-10" {
		t.Errorf("since %s, roots %v of the offer, %v of its condition, %v of its deadline", o.Since, o.Roots, o.Conditions[0].Roots, o.Deadlines[0].Roots)
	}
}

// The later step is the state; what starts together stands side by side, but
// where the machine leads from one to the other.
func TestInstrumentStates(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; 2025-12-10
@B claim o1: state WITHDRAWN ; 2025-12-12
by Russia
@C claim o1: state LAPSED ; 2025-12-12
@D claim o1: state TABLED ; 2025-12-12
`)
	want(t, "first", w.instruments("2025-12-11", nil), "o1 TABLED")
	want(t, "later", w.instruments("2025-12-12", nil), "o1 LAPSED+WITHDRAWN")
}

// Asked of a party, an instrument of somebody who stands for it is its own, and
// the answer says who; one of somebody who stood for it at another time is not.
func TestInstrumentsRollUp(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 represents Analyst > US: 2025-12-01/2025-12-11
@2 offer o1 "Offer": Analyst > Ukraine ; on Land ; TABLED ; 2025-12-10
@3 offer o2 "Offer": Analyst > Ukraine ; on Land ; TABLED ; 2025-12-20
`)
	q := &negotiation.InstrumentQuery{Parties: []graph.EntityID{w.id("us")}}
	want(t, "of the US", w.instruments("2025-12-31", q), "o1 TABLED")
	list, err := negotiation.Instruments(ctx, w.at("2025-12-31"), q)
	if err != nil || len(list) != 1 || len(list[0].Through) != 1 {
		t.Fatalf("%v (%v)", list, err)
	}
	want(t, "through", w.label(list[0].Through[0].Entity)+" as "+list[0].Through[0].Role, "Analyst as offeror")
}

// A deadline that has a date counts days; a day ends at midnight of the last
// time zone. One that is limited without a date is for review, whatever else is
// said of it, and a later statement takes over.
func TestDeadlines(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer dated "A": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-25 ; 2025-12-10
@B offer hour "B": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-25T06:00:00Z ; 2025-12-10
@C offer month "C": US > Ukraine ; on Land ; TABLED ; deadline WINDOW 2026-06 ; 2025-12-10
@D offer limited "D": US > Ukraine ; on Land ; TABLED ; deadline (kind LIMITED_UNSPECIFIED ; date 2025-12-26) ; 2025-12-10
@E offer event "E": US > Ukraine ; on Land ; TABLED ; deadline (kind UNTIL_EVENT ; "ceasefire") ; 2025-12-10
@F offer moved "F": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-18 ; 2025-12-10
@G offer moved: deadline FIXED 2025-12-28 ; 2025-12-15
@H offer two "H": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-20 ; 2025-12-10
by Russia
@I offer two: deadline NONE_STATED ; 2025-12-10
`)
	for _, c := range []struct{ on, key, want string }{
		{"2025-12-16", "dated", "FIXED 2025-12-25 DUE +9"},
		{"2025-12-25", "dated", "FIXED 2025-12-25 DUE +0"},
		{"2025-12-26T11:00:00Z", "dated", "FIXED 2025-12-25 DUE +0"},
		{"2025-12-26T12:00:00Z", "dated", "FIXED 2025-12-25 DATE_PASSED -1"},
		{"2025-12-26", "dated", "FIXED 2025-12-25 DATE_PASSED -1"},
		{"2025-12-25T05:00:00Z", "hour", "FIXED 2025-12-25T06:00:00Z DUE +0"},
		{"2025-12-25T06:00:00Z", "hour", "FIXED 2025-12-25T06:00:00Z DATE_PASSED +0"},
		{"2026-06-29", "month", "WINDOW 2026-06 DUE +1"},
		{"2026-07-01", "month", "WINDOW 2026-06 DATE_PASSED -1"},
		{"2026-07-01", "limited", "LIMITED_UNSPECIFIED 2025-12-26 REVIEW"},
		{"2026-07-01", "event", "UNTIL_EVENT ceasefire REVIEW"},
		{"2025-12-14", "moved", "FIXED 2025-12-18 DUE +4"},
		{"2025-12-16", "moved", "FIXED 2025-12-28 DUE +12, FIXED 2025-12-18 TAKEN_OVER +2"},
		{"2025-12-16", "two", "FIXED 2025-12-20 DUE +4 CONTESTED, NONE_STATED NONE CONTESTED"},
	} {
		list, err := negotiation.Instruments(ctx, w.at(c.on), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			if i.ID != w.id(c.key) {
				continue
			}
			var words []string
			for _, d := range i.Deadlines {
				words = append(words, deadline(d))
			}
			if !i.Deadlines[0].Contested {
				want(t, c.key+" on "+c.on, strings.Join(words, ", "), c.want)
				continue
			}
			slices.Sort(words)
			want(t, c.key+" on "+c.on, strings.Join(words, ", "), c.want)
		}
	}
}

// What ends within some days, what later, what has passed and what has no date
// are told apart, in one answer; what came of one is known from a source only.
func TestDeadlinesAnswer(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer soon "A": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-25 ; 2025-12-10
@B offer later "B": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2026-01-25 ; 2025-12-10
@C offer limited "C": US > Ukraine ; on Land ; TABLED ; deadline LIMITED_UNSPECIFIED ; 2025-12-10
@D offer passed "D": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-12 ; 2025-12-10
@E offer none "E": US > Ukraine ; on Land ; TABLED ; deadline NONE_STATED ; 2025-12-10
entity Deadline missed
@F offer settled "F": US > Ukraine ; on Land ; TABLED ; deadline missed ; 2025-12-10
@G claim missed: kind FIXED ; date 2025-12-13
@H claim missed: state MISSED ; 2025-12-14
`)
	a, err := negotiation.Deadlines(ctx, w.at("2025-12-16"), 14, &negotiation.InstrumentQuery{Negotiation: w.id("talks")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		list []negotiation.Deadline
		want string
	}{
		"due": {a.Due, "A"}, "later": {a.Later, "B"}, "review": {a.Review, "C"}, "passed": {a.Passed, "D"}, "settled": {a.Settled, "F"},
	} {
		var labels []string
		for _, d := range c.list {
			labels = append(labels, w.label(d.Instrument))
			if _, ok := a.Instruments[d.Instrument]; !ok {
				t.Errorf("%s: the instrument is not there", name)
			}
		}
		want(t, name, strings.Join(labels, " "), c.want)
	}
}

// Golden test 7: when the clock passes a date, an offer that is limited without
// a date stays as it is, and a dated deadline is shown as passed; neither is
// missed or lapsed, since nobody says so.
func TestGolden7ClockPasses(t *testing.T) {
	w := newWorld(t, post+`by US
@A guarantee limited "Limited": US > Ukraine ; on Guarantees ; TABLED ; deadline LIMITED_UNSPECIFIED ; 2025-12-15
@B offer dated "Dated": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2026-06-30 ; 2025-12-14
`)
	want(t, "today", w.instruments("", nil), "limited TABLED, LIMITED_UNSPECIFIED REVIEW\ndated TABLED, FIXED 2026-06-30 DUE +121")
	w.now = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)
	want(t, "a year later", w.instruments("", nil), "limited TABLED, LIMITED_UNSPECIFIED REVIEW\ndated TABLED, FIXED 2026-06-30 DATE_PASSED -185")
}

func sortedLines(list []string) []string {
	slices.Sort(list)
	return list
}

// Under LATEST, of two deadlines of one start that which was said last stands.
func TestDeadlinesPolicy(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-20 ; 2025-12-10
`, `document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by Russia
@A offer o1: deadline FIXED 2025-12-22 ; 2025-12-10
`)
	list, err := negotiation.Instruments(ctx, w.at("2025-12-18", graph.Latest), nil)
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	var words []string
	for _, d := range list[0].Deadlines {
		words = append(words, deadline(d))
	}
	want(t, "latest", strings.Join(sortedLines(words), ", "), "FIXED 2025-12-20 TAKEN_OVER +2, FIXED 2025-12-22 DUE +4")
}

// Where a rank is asked for, what is of a lesser one is left out of states,
// deadlines, conditions, steps and contacts.
func TestInstrumentsRanked(t *testing.T) {
	w := newWorld(t, post+`by US
entity Condition vote
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-20 ; 2025-12-10
by narrator
@B offer o1: REJECTED ; deadline FIXED 2025-12-21 ; if "a slip" ; 2025-12-11 [DEPRECATED]
@C meeting m1: US, Russia ; HELD ; 2025-12-10 [DEPRECATED]
by US
@D claim Land: state RAISED ; 2025-12-10
by narrator
@E claim Land: state DROPPED ; 2025-12-11 [DEPRECATED]
by US
@F commitment c1 "Commitment": agent US ; on Land ; MADE ; if x:vote ; 2025-12-09
@G claim vote: text "a vote"
by narrator
@H claim vote: state MET ; 2025-12-10 [DEPRECATED]
`)
	want(t, "all", w.instruments("2025-12-12", nil), "o1 REJECTED if a slip, FIXED 2025-12-21 DUE +9, FIXED 2025-12-20 TAKEN_OVER +8\nc1 MADE if a vote MET")
	want(t, "normal", w.instruments("2025-12-12", &negotiation.InstrumentQuery{Ranked: true}), "o1 TABLED, FIXED 2025-12-20 DUE +8\nc1 MADE if a vote")
	want(t, "steps", w.transitions("", false, &negotiation.TransitionQuery{Kinds: []string{"Offer"}}), "Offer TABLED > REJECTED 2025-12-11/")
	want(t, "steps of the issue", w.transitions("", false, &negotiation.TransitionQuery{Kinds: []string{"Issue"}}), "Land RAISED > DROPPED 2025-12-11/")
	want(t, "steps of normal rank", w.transitions("", false, &negotiation.TransitionQuery{Ranked: true}), "")
	want(t, "contacts", w.contacts("", nil), "m1 HELD")
	want(t, "contacts of normal rank", w.contacts("", &negotiation.ContactQuery{Ranked: true}), "UNKNOWN NO_CONTACT")
}

// In whatever order documents are loaded, and after what was retracted is said
// again, the answers are the same.
func TestInstrumentsInAnyOrder(t *testing.T) {
	one := meetings + "@11 offer o1 \"Offer\": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-20 ; if \"a vote\" ; 2025-12-10\n"
	other := `document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
meeting m-held "The meeting"
offer o1 "The offer"
by Russia
@A claim o1: state REJECTED ; 2025-12-11
@B deny meeting m-held: HELD ; 2025-12-10
`
	answers := func(w *world) string {
		return w.instruments("2025-12-12", nil) + "\n" + w.contacts("", nil) + "\n" + w.transitions("", false, nil)
	}
	w := newWorld(t, one, other)
	before := answers(w)
	want(t, "the other order", answers(newWorld(t, other, one)), before)
	retracted := false
	for _, key := range []string{"A", "B"} {
		w.load("document source:e\nretract " + key + "\n")
		retracted = retracted || answers(w) != before
	}
	if !retracted {
		t.Error("retracting changed nothing")
	}
	w.load(strings.NewReplacer("@A", "@C", "@B", "@D").Replace(other))
	want(t, "said again", answers(w), before)
}
