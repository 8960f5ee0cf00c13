package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// goQuestionsOfSeed are the calls for the questions on the article alone, by
// their ids.
var goQuestionsOfSeed = map[string]func(*asking) []string{
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
