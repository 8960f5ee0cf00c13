package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// over are the states in which an instrument is no longer on the table.
var over = []string{"DENIED", "REJECTED", "WITHDRAWN", "LAPSED", "SUPERSEDED", "REPUDIATED", "RATIFICATION_FAILED", "FULFILLED", "BREACHED",
	"TERMINATED", "EXPIRED", "EXCUSED", "RENOUNCED"}

func (q *inquiry) instrumentQuery() *negotiation.InstrumentQuery {
	return &negotiation.InstrumentQuery{Negotiation: q.negotiation, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true}
}

// onTheTable lists offers, guarantees, demands and promises that are open.
func (q *inquiry) onTheTable() (section, error) {
	s := section{name: "on_the_table", title: "On the table", columns: []column{{"kind", "Kind", 0}, {"from", "From", 22}, {"to", "To", 22}, {"text", "In a line", 40},
		{"state", "State", 14}, {"since", "Since", 0}, {"conditions", "If", 28}, {"deadline", "Until", 22}, {"days_left", "Days left", 0}, {"roots", "Origins", 0}}}
	list, err := negotiation.Instruments(q.ctx, q.view, q.instrumentQuery())
	if err != nil {
		return s, err
	}
	for i := range list {
		one := &list[i]
		if isOver(one) {
			continue
		}
		until, left := deadlineWords(one.Deadlines)
		from, to := q.betweenOf(one)
		s.add(ids{"id": one.ID}, q.sources(one.Evidence), one.Kind, from, to, texts(one.Texts), texts(one.States), orUnstated(one.Since.String()), q.conditions(one), until, left, len(one.Roots))
	}
	if len(s.rows) == 0 {
		s.none = fmt.Sprintf("Nothing is on the table at this point; %s that are over: see parley changes.", count(len(list), "instrument"))
		if len(list) == 0 {
			s.none = q.empty("On the table", "")
		}
	}
	return s, nil
}

// isOver tells whether an instrument is no longer on the table, by all its states.
func isOver(i *negotiation.Instrument) bool {
	return len(i.States) > 0 && !slices.ContainsFunc(i.States, func(c graph.Claim) bool { return !slices.Contains(over, c.Value.String()) })
}

// fillers are who fills the first of several roles that anybody fills.
func (q *inquiry) fillers(s *graph.Standing, roles ...string) []string {
	for _, role := range roles {
		var names []string
		for _, c := range s.All(role) {
			if name := q.name(c.Value.Entity()); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			return names
		}
	}
	return nil
}

// texts are the values of claims that stand side by side, each once.
func texts(claims []graph.Claim) any {
	var list []string
	for _, c := range claims {
		if v := c.Value.String(); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	return strings.Join(list, " / ")
}

func (q *inquiry) conditions(i *negotiation.Instrument) any {
	var list []string
	for _, c := range i.Conditions {
		text := cmp.Or(c.Text, q.name(c.ID))
		if state, ok := texts(c.States).(string); ok {
			text += " (" + state + ")"
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		return blank{}
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// deadlineWords are until when an instrument stands, and the days that are left
// where that is a date.
func deadlineWords(list []negotiation.Deadline) (until, left any) {
	var words []string
	left = blank{}
	for i := range list {
		d := &list[i]
		if d.Status == negotiation.TakenOver {
			continue
		}
		words = append(words, deadlineText(d))
		if d.Dated() && d.Status != negotiation.Settled {
			left = d.DaysLeft
		}
	}
	if len(words) == 0 {
		return blank{}, left
	}
	slices.Sort(words)
	return strings.Join(words, " / "), left
}

func deadlineText(d *negotiation.Deadline) string {
	text := strings.TrimSpace(d.Date + " " + d.Text)
	text = cmp.Or(text, d.Kind)
	switch d.Status {
	case negotiation.DatePassed:
		text += " (DATE_PASSED)"
	case negotiation.ForReview:
		text += " (review)"
	case negotiation.Settled:
		text += fmt.Sprintf(" (%v)", texts(d.States))
	}
	if d.Contested {
		text += " (contested)"
	}
	return text
}

// openDisputes lists the disputes that stand at the point and are not settled.
func (q *inquiry) openDisputes() (section, error) {
	s := section{name: "disputes", title: "Open disputes", none: "No dispute is recorded that stands at this point.",
		columns: []column{{"about", "About", 36}, {"claimants", "Between", 40}, {"state", "State", 0}, {"since", "Since", 0}}}
	list, err := negotiation.Disputes(q.ctx, q.view, &negotiation.DisputeQuery{
		Negotiation: q.negotiation, Issues: q.issues, Parties: q.parties, MinRank: q.rank, Ranked: true})
	for i := range list {
		d := &list[i]
		s.add(ids{"id": d.ID}, q.sources(d.Evidence), q.fillers(&d.Standing, "about"), q.fillers(&d.Standing, "claimant"), texts(d.States), orUnstated(d.Since.String()))
	}
	return s, err
}
