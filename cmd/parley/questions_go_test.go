package main

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// byGo answers a question by the Go API.
func (a *asking) byGo(q *asked) []string {
	a.Helper()
	lines := goQuestions[q.id](a)
	slices.Sort(lines)
	return slices.Compact(lines)
}

// must gives a value, or ends the test.
func must[T any](a *asking) func(T, error) T {
	return func(v T, err error) T {
		a.Helper()
		if err != nil {
			a.Fatal(err)
		}
		return v
	}
}

// on is the view of a day or an interval; of none, all that there is.
func (a *asking) on(day string) graph.View {
	a.Helper()
	if day == "" {
		return a.db.At(graph.Point{})
	}
	return a.db.At(graph.Point{On: must[graph.Interval](a)(graph.ParseOn(day))})
}

// knownOn is the view of a day as known on a day.
func (a *asking) knownOn(day, known string, basis graph.Basis) graph.View {
	a.Helper()
	p := a.on(day).Point()
	p.KnownOn, p.Basis = must[graph.TS](a)(graph.ParseKnownOn(known)), basis
	return a.db.At(p)
}

// id finds an entity by its key in the example.
func (a *asking) id(key string) graph.EntityID {
	a.Helper()
	return must[graph.Entity](a)(a.db.At(graph.Point{}).Find(a.Context(), graph.ByKey("ua25:"+key))).ID
}

func (a *asking) ids(keys []string) (list []graph.EntityID) {
	for _, key := range keys {
		list = append(list, a.id(key))
	}
	return list
}

func (a *asking) talks() graph.EntityID { return a.id("ukraine-peace-2025") }

func (a *asking) key(id graph.EntityID) string { return a.keys[id.String()] }

func (a *asking) names(ids ...graph.EntityID) string {
	a.Helper()
	return side(must[[]string](a)(a.on("").Labels(a.Context(), ids)))
}

// fillers are the names of who fills a role.
func (a *asking) fillers(s *graph.Standing, roles ...string) string {
	var ids []graph.EntityID
	for _, role := range roles {
		for _, c := range s.All(role) {
			ids = append(ids, c.Value.Entity())
		}
	}
	return a.names(ids...)
}

// side writes values side by side.
func side(values []string) string { return joined(values, false) }

func facts(list []graph.Evidence) string {
	var keys []string
	for i := range list {
		keys = append(keys, list[i].Key)
	}
	return side(keys)
}

func codes(claims []graph.Claim) string {
	var words []string
	for _, c := range claims {
		words = append(words, c.Value.String())
	}
	return side(words)
}

// chain are the names of those through whom an assertion comes, outwards in.
func (a *asking) chain(s *graph.Assertion) string {
	a.Helper()
	return joined(must[[]string](a)(a.on("").Labels(a.Context(), s.Chain)), true)
}

// root is the name of the innermost of them.
func (a *asking) root(s *graph.Assertion) string {
	if len(s.Chain) == 0 {
		return "?"
	}
	return a.names(s.Chain[len(s.Chain)-1])
}

// unnamed tells whether no document names who says so.
func (a *asking) unnamed(s *graph.Assertion) bool {
	a.Helper()
	if len(s.Chain) == 0 {
		return false
	}
	return must[graph.Entity](a)(a.on("").Entity(a.Context(), graph.ByID(s.Chain[len(s.Chain)-1]))).Kind == "AnonymousSource"
}

// dayOf is the day of a moment.
func dayOf(t graph.Time) string {
	if t == graph.MinTime || t == graph.MaxTime {
		return "?"
	}
	return day(t)
}

func (a *asking) matrix(v graph.View, issues []string, parties ...string) negotiation.Matrix {
	a.Helper()
	return must[negotiation.Matrix](a)(negotiation.MatrixOf(a.Context(), v, &negotiation.MatrixQuery{Negotiation: a.talks(),
		Issues: a.ids(issues), Parties: a.ids(parties), MinRank: graph.Normal, Ranked: true}))
}

func (a *asking) contacts(on string, statuses []string, between ...string) negotiation.ContactsAnswer {
	a.Helper()
	return must[negotiation.ContactsAnswer](a)(negotiation.Contacts(a.Context(), a.on(on), &negotiation.ContactQuery{Negotiation: a.talks(),
		Statuses: statuses, Between: a.ids(between), MinRank: graph.Normal, Ranked: true}))
}

func (a *asking) instruments(on string, q negotiation.InstrumentQuery) []negotiation.Instrument {
	a.Helper()
	q.Negotiation, q.MinRank, q.Ranked = a.talks(), graph.Normal, true
	return must[[]negotiation.Instrument](a)(negotiation.Instruments(a.Context(), a.on(on), &q))
}

func (a *asking) conflicts(on string, kinds ...negotiation.ConflictKind) []negotiation.Conflict {
	a.Helper()
	return must[[]negotiation.Conflict](a)(negotiation.Conflicts(a.Context(), a.on(on), &negotiation.ConflictQuery{Negotiation: a.talks(),
		Kinds: kinds, MinRank: graph.Normal, Ranked: true}))
}

// gist is what a position is for, and on which condition.
func (a *asking) gist(p *negotiation.Position) string {
	text := strings.Join(must[[]string](a)(a.on("").Labels(a.Context(), p.Options)), "; ")
	for _, c := range p.All("condition") {
		text += " (condition: " + a.names(c.Value.Entity()) + ")"
	}
	return text
}

// goQuestions are the calls of the Go API, by the ids of the questions.
var goQuestions = map[string]func(*asking) []string{
	"Q01": func(a *asking) (lines []string) {
		m := a.matrix(a.on("2025-12-15"), nil)
		for i := range m.Cells {
			c := &m.Cells[i]
			if head := c.Headline(); head != nil {
				lines = append(lines, fmt.Sprintf("%s × %s: %s, %s, %s, by %s", a.key(c.Issue), a.key(c.Party), head.Stance, c.Status, head.Voice, facts(evidenceOf(c))))
			}
		}
		return append(lines, fmt.Sprintf("%d of %d cells known", m.Known(), len(m.Cells)))
	},
	"Q02": func(a *asking) (lines []string) {
		m := a.matrix(a.on("2025-12-15"), []string{"i-eu"}, "ru")
		c := &m.Cells[0]
		lines = append(lines, fmt.Sprintf("%s, %s, %s: %s", c.Headline().Stance, c.Status, c.Headline().Voice, a.gist(c.Headline())))
		for _, e := range evidenceOf(c) {
			lines = append(lines, fmt.Sprintf("%s: %s, %s, %s", e.Key, e.Voice, e.Level, a.chain(&e.Assertion)))
		}
		return lines
	},
	"Q03": func(a *asking) []string {
		return a.standsAndPredicted(a.on("2025-12-15"), "i-guarantees", "ru")
	},
	"Q04": func(a *asking) []string {
		m := a.matrix(a.on("2025-12-15"), nil, "ua")
		_, silent, _ := m.Folded()
		return append(strings.Split(a.namesApart(silent), "\n"), fmt.Sprintf("%d of %d cells known: %s", m.Known(), len(m.Cells), m.Reason))
	},
	"Q05": func(a *asking) (lines []string) {
		for _, i := range a.instruments("2025-12-15", negotiation.InstrumentQuery{}) {
			until := "no deadline"
			if len(i.Deadlines) > 0 {
				until = fmt.Sprintf("until %s (%s)", i.Deadlines[0].Kind, strings.ToLower(string(i.Deadlines[0].Status)))
			}
			lines = append(lines, fmt.Sprintf("%s: %s, %s, from %s to %s, %s, by %s", a.key(i.ID), i.Kind, codes(i.States),
				a.fillers(&i.Standing, "guarantor", "offeror", "agent"), a.fillers(&i.Standing, "beneficiary", "addressee", "target"), until, facts(i.Evidence)))
		}
		return lines
	},
	"Q06": func(a *asking) (lines []string) {
		d := must[negotiation.DeadlinesAnswer](a)(negotiation.Deadlines(a.Context(), a.on("2025-12-15"), 14, &negotiation.InstrumentQuery{Negotiation: a.talks()}))
		for _, r := range d.Review {
			lines = append(lines, fmt.Sprintf("for review: %s, %s, by %s", a.key(r.Instrument), r.Kind, facts(r.Evidence)))
		}
		return append(lines, fmt.Sprintf("%d due, %d later, %d passed", len(d.Due), len(d.Later), len(d.Passed)))
	},
	"Q07": func(a *asking) (lines []string) {
		w := must[*negotiation.Waiting](a)(negotiation.Conditions(a.Context(), a.on("2025-12-15"), &negotiation.ConditionQuery{Negotiation: a.talks(), MinRank: graph.Normal, Ranked: true}))
		for _, x := range w.Waits {
			lines = append(lines, fmt.Sprintf("%s: %s of %s on %s, if: %s, met: %t, by %s", x.Waiter.Kind, codes(x.Waiter.All("stance")), a.fillers(&x.Waiter, "holder"),
				a.fillers(&x.Waiter, "issue"), x.Condition.Text, x.Condition.Met(), facts(x.Condition.Evidence)))
		}
		return append(lines, fmt.Sprintf("%d circles", len(w.Circles)))
	},
	"Q08": func(a *asking) (lines []string) {
		v := a.on("2025-12-15")
		var ids []graph.EntityID
		for e, err := range v.OfKind(a.Context(), kindIssue) {
			ids = append(ids, must[graph.Entity](a)(e, err).ID)
		}
		for _, s := range must[[]graph.Standing](a)(v.States(a.Context(), ids)) {
			if state := codes(s.All("state")); slices.Contains([]string{"RAISED", "UNDER_DISCUSSION", "DEADLOCKED"}, state) {
				lines = append(lines, fmt.Sprintf("issue %s: %s, by %s", a.key(s.ID), state, a.said(v, s.All("state"))))
			}
		}
		for _, s := range must[[]graph.Standing](a)(v.Relations(a.Context(), graph.RelationQuery{Kind: "Dispute"})) {
			lines = append(lines, fmt.Sprintf("dispute %s: %s, between %s, by %s", a.key(s.ID), codes(s.All("state")), a.fillers(&s, "claimant"), a.said(v, s.All("state"))))
		}
		return lines
	},
	"Q09": func(a *asking) []string { return a.sidesOf(a.conflicts("2025-12-15", negotiation.Forum)) },
	"Q10": func(a *asking) []string {
		return a.meetings(a.contacts("2025-12-14/2025-12-15", []string{"HELD"}))
	},
	"Q11": func(a *asking) []string {
		c := a.contacts("2025-12-15", nil, "ru", "ua")
		return []string{fmt.Sprintf("%s: %s, %d documents known, %d contacts", c.Status, c.Reason, c.Documents, len(c.Contacts)+len(c.Undated)+len(c.Passed))}
	},
	"Q12": func(a *asking) (lines []string) {
		for _, c := range a.contacts("2025-12-15", []string{"MOOTED", "READY", "ANNOUNCED", "SCHEDULED", "NOT_PLANNED"}).Contacts {
			lines = append(lines, fmt.Sprintf("%s: %s, planned for %s, in %s, by %s", a.key(c.ID), strings.Join(c.Statuses, "+"), plans(&c), a.fillers(&c.Standing, "place"), facts(c.Evidence)))
		}
		return lines
	},
	"Q13": func(a *asking) []string {
		from, to := a.knownOn("2025-12-13", "2025-12-13", graph.Published), a.knownOn("2025-12-16", "2025-12-16", graph.Published)
		return a.changed(from, to, negotiation.ChangesQuery{})
	},
	"Q14": func(a *asking) (lines []string) {
		for _, basis := range []graph.Basis{graph.Recorded, graph.Published} {
			m := a.matrix(a.knownOn("2025-12-14", "2025-12-14", basis), nil)
			lines = append(lines, fmt.Sprintf("%s: %d cells known, %s", basis, m.Known(), m.Reason))
		}
		return lines
	},
	"Q15": func(a *asking) (lines []string) {
		for d, s := range a.accounts() {
			lines = append(lines, fmt.Sprintf("%s, level %s, reliability %s, publisher %s", a.chain(&s.Assertion), cmp.Or(s.Level.String(), "?"),
				cmp.Or(s.Judgement.Grade.Reliability.String(), "?"), cmp.Or(d.Publisher, "?")))
		}
		return lines
	},
	"Q16": func(a *asking) (lines []string) {
		for _, s := range a.accounts() {
			if a.unnamed(&s.Assertion) {
				lines = append(lines, fmt.Sprintf("%s: %s", s.Key, a.root(&s.Assertion)))
			}
		}
		return lines
	},
	"Q17": func(a *asking) (lines []string) {
		for _, to := range []string{"ua", "europeans", "ru"} {
			w := must[negotiation.Travel](a)(negotiation.TravelOf(a.Context(), a.on("2025-12-15"), &negotiation.TravelQuery{Negotiation: a.talks(),
				From: a.id("us"), To: a.id(to), Carrying: a.id("o-us-guarantee"), MinRank: graph.Normal, Ranked: true}))
			for _, h := range w.Path {
				lines = append(lines, fmt.Sprintf("%s > %s in %s", a.key(h.From), a.key(h.To), a.key(h.Contact.ID)))
				for _, s := range h.Contact.Sides {
					for _, p := range s.Persons {
						lines = append(lines, fmt.Sprintf("in %s %s for %s", a.key(h.Contact.ID), a.key(p.Entity), a.key(s.Party)))
					}
				}
			}
			if len(w.Path) == 0 {
				lines = append(lines, fmt.Sprintf("to %s: %s, %s", to, w.Status, w.Reason))
			}
			for _, c := range w.Beyond {
				lines = append(lines, fmt.Sprintf("towards %s: %s %s, by %s", to, a.key(c.ID), strings.Join(c.Statuses, "+"), facts(c.Evidence)))
			}
		}
		return lines
	},
	"Q18": func(a *asking) (lines []string) {
		c := a.contacts("2025-12-15", nil, "blackrock")
		for _, m := range c.Undated {
			lines = append(lines, fmt.Sprintf("%s: %s, %s, on %s, at %s, date %s, by %s", a.key(m.ID), codes(m.All("purpose")), codes(m.All("outcome")), a.fillers(&m.Standing, "topic"), a.fillers(&m.Standing, "place"), firstDay(&m), facts(m.Evidence)))
		}
		in := a.instruments("2025-12-15", negotiation.InstrumentQuery{Parties: a.ids([]string{"blackrock"})})
		return append(lines, fmt.Sprintf("%d contacts with a date, %d instruments", len(c.Contacts), len(in)))
	},
	"Q19": func(a *asking) (lines []string) {
		g := must[negotiation.Gaps](a)(negotiation.GapsOf(a.Context(), a.on("2025-12-15"), &negotiation.GapQuery{Negotiation: a.talks(), MinRank: graph.Normal, Ranked: true}))
		for _, i := range g.Issues {
			for _, m := range i.Missing {
				lines = append(lines, fmt.Sprintf("%s: %s, missing %s: %s", a.key(i.Issue), i.Zone, a.key(m.Party), m.Why))
			}
		}
		for _, o := range g.Beside {
			lines = append(lines, fmt.Sprintf("beside it, and no measure: %s, by %s", codes(o.All("text")), facts(o.Evidence)))
		}
		return lines
	},
	"Q20": func(a *asking) []string { return a.sidesOf(a.conflicts("2025-12-15")) },
}

func evidenceOf(c *negotiation.Cell) (list []graph.Evidence) {
	for i := range c.Positions {
		list = append(list, c.Positions[i].Evidence...)
	}
	return list
}

// standsAndPredicted is one cell with what is predicted of it.
func (a *asking) standsAndPredicted(v graph.View, issue, party string) (lines []string) {
	a.Helper()
	m := a.matrix(v, []string{issue}, party)
	c := &m.Cells[0]
	on := dayOf(v.Day().From)
	if c.Headline() == nil {
		lines = append(lines, fmt.Sprintf("%s: UNKNOWN, %s", on, c.Reason))
	} else {
		lines = append(lines, fmt.Sprintf("%s: %s, %s, %s, by %s", on, c.Status, c.Headline().Stance, c.Headline().Voice, facts(evidenceOf(c))))
	}
	if c.Status == negotiation.Unknown {
		for i := range c.Predictions {
			p := &c.Predictions[i]
			for _, e := range p.Evidence {
				lines = append(lines, fmt.Sprintf("%s: predicted %s by %s, %s: %s", on, p.Stance, a.root(&e.Assertion), e.Voice, e.Key))
			}
		}
	}
	return lines
}

func (a *asking) namesApart(ids []graph.EntityID) string {
	a.Helper()
	return strings.Join(must[[]string](a)(a.on("").Labels(a.Context(), ids)), "\n")
}

// said are the keys of the assertions on claims.
func (a *asking) said(v graph.View, claims []graph.Claim) string {
	a.Helper()
	return facts(must[[]graph.Evidence](a)(v.Evidence(a.Context(), claims)))
}

// sidesOf has a line for each side of a conflict.
func (a *asking) sidesOf(list []negotiation.Conflict) (lines []string) {
	for i := range list {
		how := "judged"
		if list[i].Computed() {
			how = "computed"
		}
		for _, s := range list[i].Sides {
			lines = append(lines, fmt.Sprintf("%s, %s: %s, %d origins: %s", list[i].Kind, how, facts(s.Evidence), len(s.Roots), a.root(&s.Evidence[0].Assertion)))
		}
	}
	return lines
}

// meetings has a line for each contact, and for each party that meets by persons.
func (a *asking) meetings(c negotiation.ContactsAnswer) (lines []string) {
	for what, list := range map[string][]negotiation.Contact{"held": c.Contacts, "without a date": c.Undated, "internal": c.Internal} {
		for i := range list {
			m := &list[i]
			lines = append(lines, fmt.Sprintf("%s: %s from %s, %s in %s on %s, by %s", what, a.key(m.ID), firstDay(m), codes(m.All("mode")), a.fillers(&m.Standing, "place"), a.fillers(&m.Standing, "topic"), facts(m.Evidence)))
			for _, s := range m.Sides {
				if len(s.Persons) > 0 && what == "held" {
					var ids []graph.EntityID
					for _, p := range s.Persons {
						ids = append(ids, p.Entity)
					}
					lines = append(lines, fmt.Sprintf("%s: %s: %s", a.key(m.ID), a.names(s.Party), a.names(ids...)))
				}
			}
		}
	}
	return lines
}

func firstDay(c *negotiation.Contact) string {
	if c.During.IsZero() {
		return "?"
	}
	return dayOf(c.During.From)
}

func plans(c *negotiation.Contact) string {
	var days []string
	for _, s := range c.Scheduled {
		days = append(days, s.For)
	}
	return side(days)
}

// changed has a line for each change.
func (a *asking) changed(from, to graph.View, q negotiation.ChangesQuery) (lines []string) {
	a.Helper()
	q.Negotiation, q.MinRank, q.Ranked = a.talks(), graph.Normal, true
	c := must[negotiation.Changes](a)(negotiation.ChangesOf(a.Context(), from, to, &q))
	shown := func(s negotiation.Shown) string {
		if s.Text != "" {
			return s.Text
		}
		return string(s.Reason)
	}
	for _, i := range c.Items {
		lines = append(lines, fmt.Sprintf("%s %s: %s > %s, by %s", i.Kind, a.key(i.Subject), shown(i.Before), shown(i.After), facts(i.Sources)))
	}
	return append(lines, strconv.Itoa(c.DocumentsSeen)+" documents seen")
}

// accounts are all assertions but those of curation, with their documents.
func (a *asking) accounts() iter.Seq2[graph.Document, graph.Account] {
	a.Helper()
	v := a.on("")
	return func(yield func(graph.Document, graph.Account) bool) {
		for d, err := range v.Sources(a.Context()) {
			if must[graph.Document](a)(d, err).Curation {
				continue
			}
			for s, err := range v.Assertions(a.Context(), d.ID) {
				if !yield(d, must[graph.Account](a)(s, err)) {
					return
				}
			}
		}
	}
}
