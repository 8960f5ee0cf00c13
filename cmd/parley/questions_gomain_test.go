package main

import (
	"cmp"
	"fmt"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// goQuestionsOfAll are the calls for the questions on the whole example.
var goQuestionsOfAll = map[string]func(*asking) []string{
	"M01": func(a *asking) []string { return a.provisions("i-army") },
	"M02": func(a *asking) (lines []string) {
		d := a.draftText(nil, "plan-28-us", "plan-28-e3")
		for _, row := range d.Rows {
			for _, p := range row.Cells[1].Provisions {
				if p.Status == "DELETED" {
					lines = append(lines, fmt.Sprintf("%s %s: %s, by %s", a.key(p.Version), p.Point, a.names(row.Issue), facts(p.Evidence)))
				}
			}
		}
		return lines
	},
	"M03": func(a *asking) []string { return a.moves("i-nato") },
	"M04": func(a *asking) []string { return a.moves("i-territory") },
	"M05": func(a *asking) (lines []string) {
		list := must[[]negotiation.Position](a)(negotiation.Positions(a.Context(), a.on("2025-12-15"), &negotiation.MatrixQuery{Negotiation: a.talks(),
			Issues: a.ids([]string{"i-territory"}), Parties: a.ids([]string{"us"}), MinRank: graph.Normal, Ranked: true}))
		for i := range list {
			since := dayOf(list[i].Start)
			for _, e := range list[i].Evidence {
				if since < "2025-12-14" || (e.Modality != graph.Demanded && e.Modality != graph.DeniedModality) {
					continue
				}
				lines = append(lines, fmt.Sprintf("%s on %s by %s: %s, %s", e.Modality, since, a.root(&e.Assertion), e.Key, e.Voice))
				if e.Modality == graph.Demanded {
					lines = append(lines, "an origin of it: "+a.root(&e.Assertion))
				}
			}
		}
		return lines
	},
	"M06": func(a *asking) []string {
		return append(a.standsAndPredicted(a.on("2025-12-15"), "i-guarantees", "ru"), a.standsAndPredicted(a.on("2025-12-16"), "i-guarantees", "ru")...)
	},
	"M07": func(a *asking) []string {
		return a.meetings(a.contacts("2025-12-14/2025-12-15", []string{"HELD"}))
	},
	"M08": func(a *asking) (lines []string) {
		for _, c := range a.contacts("2025-11-23/2026-02-28", []string{"HELD"}, "witkoff", "umerov").Contacts {
			lines = append(lines, fmt.Sprintf("%s from %s", a.key(c.ID), firstDay(&c)))
		}
		return lines
	},
	"M09": func(a *asking) (lines []string) {
		during := a.on("2025-12-14/2025-12-15").Point().On
		for kind, property := range map[string]string{"Position": "stance", "Utterance": "act"} {
			for _, s := range must[[]graph.Standing](a)(a.on("").Relations(a.Context(), graph.RelationQuery{Kind: kind, MinRank: graph.Normal, Ranked: true})) {
				c, _ := s.Head(property)
				if c.From < during.From || c.From >= during.To {
					continue
				}
				for _, e := range must[[]graph.Evidence](a)(a.on("").Evidence(a.Context(), []graph.Claim{c})) {
					if a.unnamed(&e.Assertion) {
						lines = append(lines, fmt.Sprintf("%s %s: %s", kind, e.Key, a.root(&e.Assertion)))
					}
				}
			}
		}
		return lines
	},
	"M10": func(a *asking) (lines []string) {
		for _, i := range a.instruments("2026-03-31", negotiation.InstrumentQuery{}) {
			for _, d := range i.Deadlines {
				if d.Kind == "FIXED" {
					lines = append(lines, fmt.Sprintf("%s: %s, by %s", a.key(i.ID), d.Date, facts(d.Evidence)))
				}
			}
		}
		return lines
	},
	"M11": func(a *asking) (lines []string) {
		for _, i := range a.instruments("2026-03-31", negotiation.InstrumentQuery{Kinds: []string{"Offer"}, States: []string{"REJECTED"}}) {
			lines = append(lines, a.key(i.ID)+": "+codes(i.States))
		}
		return lines
	},
	"M12": func(a *asking) []string { return a.provisions("i-znpp") },
	"M13": func(a *asking) (lines []string) {
		for _, s := range must[[]graph.Standing](a)(a.on("2025-11-23/2025-12-02").Relations(a.Context(), graph.RelationQuery{Kind: "Utterance", MinRank: graph.Normal, Ranked: true})) {
			if codes(s.All("act")) != "COUNT" {
				continue
			}
			for _, e := range must[[]graph.Evidence](a)(a.on("").Evidence(a.Context(), s.All("act"))) {
				lines = append(lines, fmt.Sprintf("%s: %s, by %s: %s", s.Since, codes(s.All("text")), a.chain(&e.Assertion), e.Key))
			}
		}
		return lines
	},
	"M14": func(a *asking) []string {
		from, to := a.knownOn("2025-12-15", "2025-12-15", graph.Published), a.knownOn("2025-12-15", "2026-04-30", graph.Published)
		return a.changed(from, to, negotiation.ChangesQuery{Axis: negotiation.KnownAxis, Issues: a.ids([]string{"i-truce"})})
	},
	"M15": func(a *asking) (lines []string) {
		for _, on := range []string{"2025-11-25", "2025-12-15", "2026-01-24"} {
			v := a.on(on)
			n := len(lines)
			for _, s := range must[[]graph.Standing](a)(v.Relations(a.Context(), graph.RelationQuery{Kind: "HoldsOffice", MinRank: graph.Normal, Ranked: true})) {
				office, _ := s.Head("office")
				of := must[[]graph.Standing](a)(a.on("").States(a.Context(), []graph.EntityID{office.Value.Entity()}))[0]
				body, _ := of.Head("body")
				if a.key(body.Value.Entity()) == "presoffice" && codes(of.All("title")) == "head of the office" {
					person, _ := s.Head("person")
					lines = append(lines, fmt.Sprintf("%s: %s, by %s", on, a.key(person.Value.Entity()), a.said(v, s.Claims)))
				}
			}
			if len(lines) == n {
				lines = append(lines, on+": UNKNOWN")
			}
		}
		return lines
	},
}

func (a *asking) draftText(issues []string, versions ...string) negotiation.DraftText {
	a.Helper()
	return must[negotiation.DraftText](a)(negotiation.DraftTextOf(a.Context(), a.on("2026-03-31"), &negotiation.DraftQuery{Negotiation: a.talks(),
		Issues: a.ids(issues), Versions: a.ids(versions), MinRank: graph.Normal, Ranked: true}))
}

// provisions are what the versions of the plan say on an issue.
func (a *asking) provisions(issue string) (lines []string) {
	d := a.draftText([]string{issue})
	for _, row := range d.Rows {
		for _, c := range row.Cells {
			for _, p := range c.Provisions {
				lines = append(lines, fmt.Sprintf("%s %s: %s, %s, by %s", a.key(p.Version), cmp.Or(p.Point, "?"), p.Text, p.Status, facts(p.Evidence)))
			}
		}
	}
	return lines
}

// moves are how Ukraine's own word on an issue moved.
func (a *asking) moves(issue string) (lines []string) {
	during := a.on("2025-11-20/2025-12-31").Point().On
	p := must[negotiation.Pulse](a)(negotiation.PulseOf(a.Context(), a.on("2025-12-31"), &negotiation.PulseQuery{Negotiation: a.talks(), During: during,
		Issues: a.ids([]string{issue}), Parties: a.ids([]string{"ua"}), MinRank: graph.Normal, Ranked: true}))
	for _, m := range p.Movements {
		for _, move := range m.Moves {
			lines = append(lines, fmt.Sprintf("%s %s: %s, %s, by %s: %s", dayOf(move.Start), move.Stance, a.gist(&move.Position), move.Turn,
				a.root(&move.Evidence[0].Assertion), facts(move.Evidence)))
		}
	}
	return lines
}
