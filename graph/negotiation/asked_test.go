package negotiation_test

import (
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/graph/negotiation"
)

// What nobody has heard of, or is of the wrong kind, is refused with what there
// is instead; what is only not known at the point is an empty answer.
func TestAsked(t *testing.T) {
	w := newWorld(t, post+"by US\n@A offer o1 \"Offer\": US > Ukraine ; on Land ; TABLED ; 2025-12-10\n")
	nobody := graph.EntityID{1}
	talks := w.id("talks")
	instruments := func(q negotiation.InstrumentQuery) error {
		_, err := negotiation.Instruments(ctx, w.at(""), &q)
		return err
	}
	contacts := func(q negotiation.ContactQuery) error {
		_, err := negotiation.Contacts(ctx, w.at(""), &q)
		return err
	}
	travel := func(q *negotiation.TravelQuery) error {
		_, err := negotiation.TravelOf(ctx, w.at(""), q)
		return err
	}
	issues, parties := []graph.EntityID{w.id("land"), w.id("us")}, []graph.EntityID{nobody}
	_, matrix := negotiation.MatrixOf(ctx, w.at(""), &negotiation.MatrixQuery{Negotiation: nobody})
	_, positions := negotiation.Positions(ctx, w.at(""), &negotiation.MatrixQuery{Negotiation: talks, Issues: issues})
	_, gaps := negotiation.GapsOf(ctx, w.at(""), &negotiation.GapQuery{Negotiation: talks, Parties: parties})
	_, pulse := negotiation.PulseOf(ctx, w.at(""), &negotiation.PulseQuery{Negotiation: talks, Parties: []graph.EntityID{w.id("land")}})
	_, momentum := negotiation.MomentumOf(ctx, w.at(""), &negotiation.PulseQuery{Issues: parties})
	_, changes := negotiation.ChangesOf(ctx, w.at(""), w.at(""), &negotiation.ChangesQuery{Negotiation: talks, Issues: issues})
	_, conditions := negotiation.Conditions(ctx, w.at(""), &negotiation.ConditionQuery{Negotiation: nobody})
	_, transitions := negotiation.Transitions(ctx, w.at(""), &negotiation.TransitionQuery{Kinds: []string{"Ofer"}})
	_, deadlines := negotiation.Deadlines(ctx, w.at(""), -1, nil)
	draft := func(q negotiation.DraftQuery) error {
		_, err := negotiation.DraftTextOf(ctx, w.at(""), &q)
		return err
	}
	id := nobody.String()
	for _, c := range []struct {
		name string
		err  error
		is   error
		want string
	}{
		{"negotiation", instruments(negotiation.InstrumentQuery{Negotiation: nobody}), graph.ErrNotFound,
			"negotiation: instruments: negotiation " + id + ": graph: not found: entity " + id + "; there are Talks"},
		{"party as negotiation", contacts(negotiation.ContactQuery{Negotiation: w.id("us")}), graph.ErrRefused,
			"negotiation: contacts: graph: refused: negotiation US is of kind State; there are Talks"},
		{"party", contacts(negotiation.ContactQuery{Negotiation: talks, Between: []graph.EntityID{nobody}}), graph.ErrNotFound,
			"negotiation: contacts: party " + id + ": graph: not found: entity " + id + "; there are Russia, US, Ukraine"},
		{"issue as party", instruments(negotiation.InstrumentQuery{Parties: []graph.EntityID{w.id("land")}}), graph.ErrRefused,
			"negotiation: instruments: graph: refused: party Land is of kind Issue; there are Russia, US, Ukraine"},
		{"issue", instruments(negotiation.InstrumentQuery{Negotiation: talks, Issues: []graph.EntityID{w.id("us")}}), graph.ErrRefused,
			"negotiation: instruments: graph: refused: issue US is of kind State; there are Guarantees, Land"},
		{"kind", instruments(negotiation.InstrumentQuery{Kinds: []string{"Offering"}}), graph.ErrValue,
			`negotiation: instruments: graph: bad value: unknown kind of instrument "Offering": want one of Commitment, Concession, Demand, Guarantee, Offer, Threat`},
		{"status", contacts(negotiation.ContactQuery{Statuses: []string{"PAST"}}), graph.ErrValue,
			`negotiation: contacts: graph: bad value: unknown status "PAST": want one of MOOTED, READY, ANNOUNCED, SCHEDULED, UNDERWAY, HELD, POSTPONED, CANCELLED, DENIED, NOT_PLANNED, DISPUTED, UNKNOWN`},
		{"matrix", matrix, graph.ErrNotFound, "negotiation: matrix: negotiation " + id + ": graph: not found: entity " + id + "; there are Talks"},
		{"positions", positions, graph.ErrRefused, "negotiation: positions: graph: refused: issue US is of kind State; there are Guarantees, Land"},
		{"gaps", gaps, graph.ErrNotFound, "negotiation: gap: party " + id + ": graph: not found: entity " + id + "; there are Russia, US, Ukraine"},
		{"pulse", pulse, graph.ErrRefused, "negotiation: pulse: graph: refused: party Land is of kind Issue; there are Russia, US, Ukraine"},
		{"momentum", momentum, graph.ErrNotFound, "negotiation: momentum: issue " + id + ": graph: not found: entity " + id + "; there are Guarantees, Land, Other"},
		{"changes", changes, graph.ErrRefused, "negotiation: changes: graph: refused: issue US is of kind State; there are Guarantees, Land"},
		{"conditions", conditions, graph.ErrNotFound, "negotiation: conditions: negotiation " + id + ": graph: not found: entity " + id + "; there are Talks"},
		{"transitions", transitions, graph.ErrValue,
			`negotiation: transitions: graph: bad value: unknown kind with states "Ofer": want one of Commitment, Concession, Condition, Deadline, Demand, Dispute, Guarantee, Issue, Meeting, Offer, Provision, Threat`},
		{"deadlines", deadlines, graph.ErrValue, "negotiation: deadlines: graph: bad value: within -1 days: want 0 or more"},
		{"draft text", draft(negotiation.DraftQuery{Negotiation: nobody}), graph.ErrNotFound, "negotiation: draft text: negotiation " + id + ": graph: not found: entity " + id + "; there are Talks"},
		{"issue of a draft", draft(negotiation.DraftQuery{Negotiation: talks, Issues: issues}), graph.ErrRefused, "negotiation: draft text: graph: refused: issue US is of kind State; there are Guarantees, Land"},
		{"version", draft(negotiation.DraftQuery{Versions: []graph.EntityID{w.id("land")}}), graph.ErrRefused,
			"negotiation: draft text: graph: refused: version Land is of kind Issue; none is known at this point"},
		{"travel from nobody", travel(nil), graph.ErrValue, "negotiation: travel: graph: bad value: say from whom: there are Russia, US, Ukraine"},
		{"travel of nothing", travel(&negotiation.TravelQuery{From: w.id("us"), Carrying: nobody}), graph.ErrNotFound,
			"negotiation: travel: cargo " + id + ": graph: not found: entity " + id + "; none is known at this point"},
	} {
		if !errors.Is(c.err, c.is) {
			t.Errorf("%s: %v", c.name, c.err)
			continue
		}
		want(t, c.name, c.err.Error(), c.want)
	}
	early, err := graph.ParseKnownOn("2020-01-01")
	if err != nil {
		t.Fatal(err)
	}
	a, err := negotiation.Contacts(ctx, w.db.At(graph.Point{KnownOn: early}), &negotiation.ContactQuery{Negotiation: talks, Between: []graph.EntityID{w.id("us")}})
	if err != nil || a.Reason != negotiation.NoDocument {
		t.Errorf("before the first document: %s (%v)", a.Reason, err)
	}
}

// Without an ontology nothing tells what a negotiation is made of: every question
// is refused with a sentence, in a store that holds something, too.
func TestAskedWithoutOntology(t *testing.T) {
	db, err := graph.Open(ctx, memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	talks := graph.ByKey("x:talks")
	_, err = db.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, err := tx.Declare(graph.Declaration{Kind: "Negotiation", Keys: []graph.Key{talks.Key}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := db.At(graph.Point{})
	for name, ask := range withoutOntology(v) {
		err := ask()
		if !errors.Is(err, graph.ErrRefused) || !contains(err.Error(), "there is no ontology that tells what a negotiation is made of: open the database with one") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// All questions stand there: whatever the package exports that takes a view.
func TestAskedWithoutOntologyIsAll(t *testing.T) {
	text, err := os.ReadFile("../../testdata/api/graph_negotiation.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := len(regexp.MustCompile(`(?m)^\s*func [A-Z]\w*\(ctx context\.Context`).FindAllString(string(text), -1))
	const twice = 2 // the matrix and gaps are asked in two ways
	if asked := len(withoutOntology(graph.View{})); n == 0 || asked != n+twice {
		t.Errorf("%d of %d questions", asked-twice, n)
	}
}

// An ontology of something else has none of the kinds of a negotiation: what is
// asked about is refused, or there is nothing.
func TestAskedOfOtherOntology(t *testing.T) {
	o := &graph.Ontology{Name: "birds", Version: "1", Kinds: []graph.Kind{{Name: "Bird"}, {Name: "Sighting", Relation: true, Properties: []graph.Property{
		{Name: "bird", Type: graph.Reference, Role: true, Targets: []string{"Bird"}}, {Name: "state", Type: graph.Text, Single: true}}}}}
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: o})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, ask := range withoutOntology(db.At(graph.Point{})) {
		if err := ask(); err != nil && !errors.Is(err, graph.ErrRefused) && !errors.Is(err, graph.ErrNotFound) && !errors.Is(err, graph.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// withoutOntology are all the questions of the package.
func withoutOntology(v graph.View) map[string]func() error {
	some := graph.EntityID{1}
	return map[string]func() error{
		"matrix": func() error { _, err := negotiation.MatrixOf(ctx, v, nil); return err },
		"matrix of one": func() error {
			_, err := negotiation.MatrixOf(ctx, v, &negotiation.MatrixQuery{Negotiation: some})
			return err
		},
		"positions":   func() error { _, err := negotiation.Positions(ctx, v, nil); return err },
		"conflicts":   func() error { _, err := negotiation.Conflicts(ctx, v, nil); return err },
		"changes":     func() error { _, err := negotiation.ChangesOf(ctx, v, v, nil); return err },
		"draft text":  func() error { _, err := negotiation.DraftTextOf(ctx, v, nil); return err },
		"instruments": func() error { _, err := negotiation.Instruments(ctx, v, nil); return err },
		"deadlines":   func() error { _, err := negotiation.Deadlines(ctx, v, 14, nil); return err },
		"transitions": func() error { _, err := negotiation.Transitions(ctx, v, nil); return err },
		"anomalies":   func() error { _, err := negotiation.Anomalies(ctx, v, nil); return err },
		"conditions":  func() error { _, err := negotiation.Conditions(ctx, v, nil); return err },
		"contacts":    func() error { _, err := negotiation.Contacts(ctx, v, nil); return err },
		"travel":      func() error { _, err := negotiation.TravelOf(ctx, v, &negotiation.TravelQuery{From: some}); return err },
		"gaps": func() error {
			_, err := negotiation.GapsOf(ctx, v, &negotiation.GapQuery{Negotiation: some})
			return err
		},
		"gaps of parties": func() error {
			_, err := negotiation.GapsOf(ctx, v, &negotiation.GapQuery{Parties: []graph.EntityID{some}})
			return err
		},
		"disputes": func() error { _, err := negotiation.Disputes(ctx, v, nil); return err },
		"momentum": func() error {
			_, err := negotiation.MomentumOf(ctx, v, &negotiation.PulseQuery{Negotiation: some})
			return err
		},
		"pulse": func() error { _, err := negotiation.PulseOf(ctx, v, nil); return err },
	}
}

// Asked by any of its names, a party that two entities turned out to be is one.
func TestAskedOfMerged(t *testing.T) {
	w := newWorld(t, `document source:m "Moscow" ; curation ; scheme x
state moscow "Moscow"
@1 sameAs Moscow > Russia: POSITIVE
`, post+`by US
@A offer o1 "Offer": Moscow > Ukraine ; on Land ; TABLED ; 2025-12-10
@B meeting m1: Moscow, Ukraine ; on Land ; HELD ; 2025-12-10
@C meeting m2: Russia, US ; on Land ; HELD ; 2025-12-09
`)
	for _, key := range []string{"moscow", "ru"} {
		party := []graph.EntityID{w.id(key)}
		want(t, "instruments of "+key, w.instruments("2025-12-10", &negotiation.InstrumentQuery{Parties: party}), "o1 TABLED")
		want(t, "contacts of "+key, w.contacts("", &negotiation.ContactQuery{Between: party}), "m2 HELD, m1 HELD")
		want(t, "travel to "+key, w.travel("", "us", key, ""), "m2 > "+w.label(w.id(key))+" 2025-12-09")
	}
}

// Nothing that was published after the point is shown.
func TestAskedByPublication(t *testing.T) {
	w := newWorld(t, post+`by US
@A offer o1 "Offer": US > Ukraine ; on Land ; TABLED ; deadline FIXED 2025-12-25 ; 2025-12-10
@B meeting m1: US, Ukraine ; on Land ; HELD ; 2025-12-10
`, `document source:e "Later" ; published 2025-12-20 ; publisher "Example Times" ; scheme x
by Russia
@A claim o1: state REJECTED ; 2025-12-11
@B deny meeting m1: HELD ; 2025-12-10
@C offer o1: deadline NONE_STATED ; 2025-12-12
`)
	for day, wanted := range map[string][2]string{
		"2025-12-15": {"", "UNKNOWN NO_DOCUMENT"},
		"2025-12-17": {"o1 TABLED FIXED DUE", "m1 HELD"},
		"2025-12-21": {"o1 REJECTED NONE_STATED NONE", "m1 DISPUTED+HELD"},
	} {
		ts, err := graph.ParseKnownOn(day)
		if err != nil {
			t.Fatal(err)
		}
		i, err := graph.ParseOn("2025-12-14")
		if err != nil {
			t.Fatal(err)
		}
		list, err := negotiation.Instruments(ctx, w.db.At(graph.Point{On: i, KnownOn: ts, Basis: graph.Published}), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, o := range list {
			got = o.Keys[0].ID + " " + codes(o.States) + " " + o.Deadlines[0].Kind + " " + string(o.Deadlines[0].Status)
		}
		want(t, "instruments known on "+day, got, wanted[0])
		a, err := negotiation.Contacts(ctx, w.db.At(graph.Point{KnownOn: ts, Basis: graph.Published}), nil)
		if err != nil {
			t.Fatal(err)
		}
		got = string(a.Status) + " " + string(a.Reason)
		for _, c := range a.Contacts {
			got = c.Keys[0].ID
			for j, s := range c.Statuses {
				got += []string{" ", "+"}[min(j, 1)] + s
			}
		}
		want(t, "contacts known on "+day, got, wanted[1])
	}
}
