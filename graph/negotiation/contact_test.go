package negotiation_test

import (
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// contacts writes what is found in an interval, list by list: each contact as
// its name and statuses, and who takes part through whom.
func (w *world) contacts(on string, q *negotiation.ContactQuery) string {
	w.Helper()
	a, err := negotiation.Contacts(ctx, w.at(on), q)
	if err != nil {
		w.Fatal(err)
	}
	var parts []string
	for _, l := range []struct {
		name string
		list []negotiation.Contact
	}{{"", a.Contacts}, {"undated: ", a.Undated}, {"internal: ", a.Internal}, {"passed: ", a.Passed}} {
		var words []string
		for _, c := range l.list {
			words = append(words, c.Keys[0].ID+" "+strings.Join(c.Statuses, "+"))
		}
		if len(words) > 0 {
			parts = append(parts, l.name+strings.Join(words, ", "))
		}
	}
	if a.Status != "" {
		parts = append(parts, string(a.Status)+" "+string(a.Reason))
	}
	return strings.Join(parts, "; ")
}

const meetings = post + `by narrator
@1 represents Analyst > US: 2025-12-01/2025-12-11
@2 meeting m-held: US, Russia ; HELD ; 2025-12-10
@3 meeting m-envoy: Analyst, Ukraine ; HELD ; 2025-12-11
@4 meeting m-late: Analyst, Ukraine ; HELD ; 2025-12-20
@5 meeting m-undated: US, Ukraine ; HELD
@6 meeting m-inside: Analyst, US ; HELD ; 2025-12-10
@7 meeting m-next: US, Russia
  + READY ; 2025-12-09/..
@8 meeting m-not: Ukraine, Russia
  + NOT_PLANNED ; 2025-12-10
@9 meeting m-set: US, Ukraine
  + ANNOUNCED ; 2025-12-08
  + scheduledFor 2025-12-12 ; 2025-12-08
@10 claim m-set: scheduledFor 2025-12-13 ; 2025-12-10
`

// What is held belongs to its day, a plan to the days from when it is said to
// when it is for; what has no date and what is of one party are apart.
func TestContacts(t *testing.T) {
	w := newWorld(t, meetings)
	for _, c := range []struct{ on, want string }{
		{"", "m-held HELD, m-envoy HELD, m-set ANNOUNCED, m-late HELD, m-next READY, m-not NOT_PLANNED; undated: m-undated HELD; internal: m-inside HELD"},
		{"2025-12-07", "undated: m-undated HELD"},
		{"2025-12-09", "m-set ANNOUNCED, m-next READY; undated: m-undated HELD"},
		{"2025-12-10", "m-held HELD, m-set ANNOUNCED, m-next READY, m-not NOT_PLANNED; undated: m-undated HELD; internal: m-inside HELD"},
		{"2025-12-10/2025-12-11", "m-held HELD, m-envoy HELD, m-set ANNOUNCED, m-next READY, m-not NOT_PLANNED; undated: m-undated HELD; internal: m-inside HELD"},
		{"2025-12-14", "m-next READY, m-not NOT_PLANNED; undated: m-undated HELD; passed: m-set ANNOUNCED"},
	} {
		want(t, "on "+c.on, w.contacts(c.on, nil), c.want)
	}
	want(t, "planned on the 9th", w.contacts("2025-12-09", &negotiation.ContactQuery{Statuses: []string{"READY", "ANNOUNCED"}}), "m-set ANNOUNCED, m-next READY")
}

// Between two parties are contacts in which each takes part, itself or through
// somebody who stands for it on the day, who is named.
func TestContactsBetween(t *testing.T) {
	w := newWorld(t, meetings)
	between := func(keys ...string) *negotiation.ContactQuery {
		q := &negotiation.ContactQuery{Negotiation: w.id("talks")}
		for _, k := range keys {
			q.Between = append(q.Between, w.id(k))
		}
		return q
	}
	want(t, "two", w.contacts("2025-12-01/2025-12-31", between("us", "ua")), "m-envoy HELD, m-set ANNOUNCED; undated: m-undated HELD")
	want(t, "with a person", w.contacts("2025-12-01/2025-12-31", between("analyst", "ua")), "m-envoy HELD")
	want(t, "the same twice", w.contacts("2025-12-10", between("ru", "us", "us")), "m-held HELD, m-next READY")
	want(t, "three", w.contacts("", between("us", "ua", "ru")), "UNKNOWN NO_CONTACT")
	a, err := negotiation.Contacts(ctx, w.at("2025-12-11"), between("us", "ua"))
	if err != nil {
		t.Fatal(err)
	}
	var sides []string
	for _, s := range a.Contacts[0].Sides {
		side := w.label(s.Party)
		if s.Itself {
			side += " itself"
		}
		for _, p := range s.Persons {
			side += " by " + w.label(p.Entity)
		}
		sides = append(sides, side)
	}
	want(t, "sides", strings.Join(sides, ", "), "US by Analyst, Ukraine itself")
	if len(a.Contacts[0].Roots) != 1 {
		t.Errorf("roots %v", a.Contacts[0].Roots)
	}
}

// Where a format for two parties is stated, those of one party are not among
// themselves: the other party is not stated.
func TestContactsInternal(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 represents Analyst > US: 2025-12-01/..
@2 meeting m1: Analyst, US ; HELD ; 2025-12-10
@3 meeting m2: Analyst, US ; HELD ; format INTERNAL ; 2025-12-11
@4 meeting m3: Analyst, US ; HELD ; BILATERAL ; 2025-12-12
@5 meeting m4: Analyst, Ukraine ; HELD ; 2025-12-13
`)
	want(t, "all", w.contacts("", nil), "m3 HELD, m4 HELD; internal: m1 HELD, m2 HELD")
}

// Who stood for a party earlier does not take part for it in a plan of today.
func TestContactsPlannedThrough(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 represents Analyst > US: 2025-12-01/2025-12-11
@2 meeting m1: Analyst, Russia
  + READY ; 2025-12-09/..
`)
	q := &negotiation.ContactQuery{Between: []graph.EntityID{w.id("us"), w.id("ru")}}
	want(t, "while the envoy stands for the US", w.contacts("2025-12-10", q), "m1 READY")
	want(t, "afterwards", w.contacts("2025-12-20", q), "UNKNOWN NO_CONTACT")
}

// Nobody stands for a bloc, and a bloc for nobody.
func TestContactsBloc(t *testing.T) {
	w := newWorld(t, `document source:b "Blocs" ; curation ; scheme x
bloc europeans "Europeans"
`, post+`by narrator
@1 affiliated Ukraine > Europeans: 2025-01-01/..
@2 meeting m1: Ukraine, Russia ; HELD ; 2025-12-10
@3 meeting m2: Europeans, Russia ; HELD ; 2025-12-11
`)
	q := &negotiation.ContactQuery{Between: []graph.EntityID{w.id("europeans"), w.id("ru")}}
	want(t, "the bloc itself", w.contacts("", q), "m2 HELD")
	q.Between[0] = w.id("ua")
	want(t, "a member", w.contacts("", q), "m1 HELD")
}

// None recorded is UNKNOWN, with how many documents are known, never “no”.
func TestContactsUnknown(t *testing.T) {
	w := newWorld(t)
	q := &negotiation.ContactQuery{Between: []graph.EntityID{w.id("ru"), w.id("ua")}}
	want(t, "nothing known", w.contacts("2025-12-10", q), "UNKNOWN NO_DOCUMENT")
	w.load(meetings)
	q.Statuses = []string{"HELD"}
	want(t, "none recorded", w.contacts("2025-12-10", q), "UNKNOWN NO_CONTACT")
	a, err := negotiation.Contacts(ctx, w.at("2025-12-10"), q)
	if err != nil || a.Documents != 1 {
		t.Errorf("%d documents (%v), want the one that is no curation", a.Documents, err)
	}
}

// A contact is disputed by a live denial, by a denial of what another says, and
// by a judgement; not by a judgement of another kind.
func TestContactsDisputed(t *testing.T) {
	for _, c := range []struct{ name, notes, on, want string }{
		{"denied status", "by US\n@A meeting m1: US, Russia ; HELD ; 2025-12-10\nby Russia\n@B deny meeting m1: HELD ; 2025-12-10\n", "2025-12-10", "m1 DISPUTED+HELD"},
		{"denied participant", "by US\n@A meeting m1: US, Russia ; HELD ; 2025-12-10\nby Russia\n@B deny meeting m1: Russia ; 2025-12-10\n", "2025-12-10", "m1 DISPUTED+HELD"},
		{"only denied", "by Russia\n@B deny meeting m1: US, Russia ; 2025-12-10\n", "2025-12-10", "m1 DENIED"},
		{"said to be denied", "by US\n@A meeting m1: US, Russia\n  + ANNOUNCED ; 2025-12-08\nby Russia\n@B claim m1: status DENIED ; 2025-12-09\n", "2025-12-10", "m1 DENIED+DISPUTED"},
		{"before it was denied", "by US\n@A meeting m1: US, Russia\n  + ANNOUNCED ; 2025-12-08\nby Russia\n@B claim m1: status DENIED ; 2025-12-09\n", "2025-12-08", "m1 ANNOUNCED"},
		{"a later step of the day", "by US\n@A meeting m1: US, Russia\n  + ANNOUNCED ; 2025-12-08\n@B claim m1: status SCHEDULED ; 2025-12-08\n", "2025-12-10", "m1 SCHEDULED"},
		{"held after all", "by Russia\n@B meeting m1: US, Russia\n  + DENIED ; 2025-12-09\nby US\n@A meeting m1: HELD ; 2025-12-10\n", "2025-12-10", "m1 HELD"},
		{"called off by the same", "by US\n@A meeting m1: US, Russia\n  + SCHEDULED ; 2025-12-08\n@B claim m1: status CANCELLED ; 2025-12-09\n", "2025-12-10", "m1 CANCELLED"},
	} {
		want(t, c.name, newWorld(t, post+c.notes).contacts(c.on, nil), c.want)
	}
	for kind, wanted := range map[string]string{"NEGATION": "m1 DISPUTED+HELD, m2 DISPUTED+HELD", "QUOTE_VARIANT": "m1 HELD, m2 HELD"} {
		w := newWorld(t, post+"by US\n@A meeting m1: US, Russia ; HELD ; 2025-12-10\n@B meeting m2: US, Russia ; HELD ; 2025-12-11\n",
			"document source:judge \"Judgement\" ; curation ; scheme x\n@J contradicts x:m1 > x:m2: "+kind+"\n")
		want(t, kind, w.contacts("", nil), wanted)
	}
}

// A contact tells for when it was planned, and when that was moved.
func TestContactsScheduled(t *testing.T) {
	w := newWorld(t, meetings)
	write := func(on string) string {
		a, err := negotiation.Contacts(ctx, w.at(on), &negotiation.ContactQuery{Statuses: []string{"ANNOUNCED"}})
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, s := range a.Contacts[0].Scheduled {
			words = append(words, s.For+" since "+s.Since)
			if len(s.Evidence) != 1 {
				t.Errorf("%s: %d assertions", s.For, len(s.Evidence))
			}
		}
		return strings.Join(words, ", ")
	}
	want(t, "first", write("2025-12-09"), "2025-12-12 since 2025-12-08")
	want(t, "moved", write("2025-12-10"), "2025-12-13 since 2025-12-10, 2025-12-12 since 2025-12-08")
}

// An account of one day of a longer meeting holds on that day only.
func TestContactsLiteral(t *testing.T) {
	w := newWorld(t, post+`by narrator
@1 meeting m1: US, Russia ; HELD ; 2025-12-10
@2 meeting m1: US, Ukraine ; minutes 60 ; 2025-12-11
`)
	q := &negotiation.ContactQuery{Between: []graph.EntityID{w.id("us"), w.id("ua")}}
	want(t, "first day", w.contacts("2025-12-10", q), "UNKNOWN NO_CONTACT")
	want(t, "second day", w.contacts("2025-12-11", q), "m1 HELD")
	a, err := negotiation.Contacts(ctx, w.at(""), q)
	if err != nil || len(a.Contacts) != 1 {
		t.Fatalf("%d contacts (%v)", len(a.Contacts), err)
	}
	want(t, "during", a.Contacts[0].During.From.String()+" "+a.Contacts[0].During.To.String(), "2025-12-10T00:00:00Z 2025-12-12T00:00:00Z")
}

// Under LATEST, of statuses with one start that which was said last stands.
func TestContactsPolicy(t *testing.T) {
	w := newWorld(t, post+`by US
@1 meeting m1: US, Russia
  + ANNOUNCED ; 2025-12-08
`, `document source:e "Later" ; published 2025-12-17 ; publisher "Example Times" ; scheme x
by Russia
@1 claim m1: status NOT_PLANNED ; 2025-12-08
`)
	want(t, "all sides", w.contacts("2025-12-20", nil), "m1 ANNOUNCED+DISPUTED+NOT_PLANNED")
	a, err := negotiation.Contacts(ctx, w.at("2025-12-20", graph.Latest), nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "latest", strings.Join(a.Contacts[0].Statuses, "+"), "NOT_PLANNED")
}
