package negotiation_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph/negotiation"
)

// transitions writes each step as who, from, to, when, how odd, and how many
// assertions say either state.
func (w *world) transitions(on string, odd bool, q *negotiation.TransitionQuery) string {
	w.Helper()
	find := negotiation.Transitions
	if odd {
		find = negotiation.Anomalies
	}
	list, err := find(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, t := range list {
		line := w.label(t.Subject) + " " + t.From.Value.String() + " > " + t.To.Value.String() + " " + t.To.Date() + " " + string(t.Odd)
		if len(t.EvidenceFrom) == 0 || len(t.EvidenceTo) == 0 {
			line += " without evidence"
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

const stepped = post + `by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; 2025-12-10
@B claim o1: state TABLED ; 2025-12-11
@C claim o1: state REJECTED ; 2025-12-12
@D claim Land: state RAISED ; 2025-12-01
@E claim Land: state NARROWED ; 2025-12-05
@F claim Other: state RAISED ; 2025-12-01
@G claim Other: state DROPPED ; 2025-12-06
`

// Steps are computed from the states that are said, up to the day, for what
// belongs to the negotiation; a state that is said again is none.
func TestTransitions(t *testing.T) {
	w := newWorld(t, stepped)
	q := &negotiation.TransitionQuery{Negotiation: w.id("talks")}
	want(t, "all", w.transitions("", false, q), "Land RAISED > NARROWED 2025-12-05/ GAP\nOffer TABLED > REJECTED 2025-12-12/")
	want(t, "by the 11th", w.transitions("2025-12-11", false, q), "Land RAISED > NARROWED 2025-12-05/ GAP")
	want(t, "everything", w.transitions("2025-12-11", false, nil), "Land RAISED > NARROWED 2025-12-05/ GAP\nOther RAISED > DROPPED 2025-12-06/")
	q.Kinds = []string{"Offer"}
	want(t, "offers", w.transitions("", false, q), "Offer TABLED > REJECTED 2025-12-12/")
}

// Of several steps of one day each leads to the next.
func TestTransitionsInOneDay(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; AGREED ; 2025-12-10
@B claim o1: state SIGNED ; 2025-12-10
@C claim o1: state IN_FORCE ; 2025-12-10
@D claim o1: state EXPIRED ; 2025-12-11
`)
	want(t, "steps", w.transitions("", false, nil), "Offer AGREED > SIGNED 2025-12-10/\nOffer SIGNED > IN_FORCE 2025-12-10/\nOffer IN_FORCE > EXPIRED 2025-12-11/")
}

// What the machine leads to within a day is a step of that day; what it does
// not is a state beside the other.
func TestTransitionsOfOneDay(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; AGREED ; 2025-12-10
@B claim o1: state SIGNED ; 2025-12-10
@C offer o2 "Other": US > Ukraine ; on Land ; TABLED ; 2025-12-09
@D claim o2: state REJECTED ; 2025-12-10
by Russia
@E claim o2: state WITHDRAWN ; 2025-12-10
`)
	list := strings.Split(w.transitions("", false, nil), "\n")
	for _, line := range []string{"Offer AGREED > SIGNED 2025-12-10/", "Other TABLED > REJECTED 2025-12-10/", "Other TABLED > WITHDRAWN 2025-12-10/"} {
		if !contains(strings.Join(list, "\n")+"\n", line+"\n") || len(list) != 3 {
			t.Errorf("no %q among %q", line, list)
		}
	}
}

// Golden test 11: a step that skips one, or that the machine does not know at
// all, is stored, flagged and found in the negotiation and on the instrument.
func TestGolden11Anomalies(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Gap": US > Ukraine ; on Land ; MOOTED ; 2025-12-10
@B claim o1: state ACCEPTED_IN_PRINCIPLE ; 2025-12-12
@C offer o2 "Order": US > Ukraine ; on Land ; REJECTED ; 2025-12-11
@D claim o2: state TABLED ; 2025-12-13
@E offer o3 "Usual": US > Ukraine ; on Land ; MOOTED ; 2025-12-11
@F claim o3: state TABLED ; 2025-12-13
`)
	q := &negotiation.TransitionQuery{Negotiation: w.id("talks")}
	want(t, "anomalies", w.transitions("2025-12-16", true, q),
		"Gap MOOTED > ACCEPTED_IN_PRINCIPLE 2025-12-12/ GAP\nOrder REJECTED > TABLED 2025-12-13/ ORDER")
	want(t, "before", w.transitions("2025-12-12", true, q), "Gap MOOTED > ACCEPTED_IN_PRINCIPLE 2025-12-12/ GAP")
	list, err := negotiation.Instruments(ctx, w.at("2025-12-12"), nil)
	if err != nil {
		t.Fatal(err)
	}
	odd := ""
	for _, i := range list {
		for _, t := range i.Odd {
			odd += w.label(i.ID) + " " + string(t.Odd) + "\n"
		}
	}
	want(t, "on the instruments", odd, "Gap GAP\n")
}
