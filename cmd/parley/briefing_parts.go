package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// briefCells is the matrix, an item for each cell that is known.
func (q *inquiry) briefCells() (part, error) {
	m, err := negotiation.MatrixOf(q.ctx, q.view, q.matrixQuery())
	p := part{name: "cells", title: "Where the parties stand"}
	if err != nil {
		return p, err
	}
	for _, issue := range q.byName(m.Issues) {
		for _, party := range q.byName(m.Parties) {
			c := m.Cell(issue, party)
			head := c.Headline()
			if head == nil {
				continue
			}
			says := head.Stance
			if text := q.gist(head); text != nil {
				says += " (" + inWords(text) + ")"
			}
			if c.Status != negotiation.Stated {
				says += ", " + strings.ToLower(string(c.Status))
			}
			p.items = append(p.items, item{key: fmt.Sprint("cell ", issue, party), group: q.name(issue), label: q.name(party), says: says, sources: q.newestOf(accounts(c)...)})
		}
	}
	if len(p.items) == 0 {
		p.none = q.empty("Matrix", why(&m))
		return p, q.failed
	}
	p.title += fmt.Sprintf(" (%d of %d cells known)", m.Known(), len(m.Cells))
	return p, q.failed
}

// accounts are those of a cell's headline and, where it is contested, of what
// contests it.
func accounts(c *negotiation.Cell) (list [][]graph.Evidence) {
	for i := range c.Positions {
		p := &c.Positions[i]
		disputed := slices.ContainsFunc(c.Disputes, func(d negotiation.Dispute) bool { return d.One == p.ID || d.Other == p.ID })
		if i == 0 || disputed {
			list = append(list, p.Evidence)
		}
	}
	return list
}

// briefTable is what is on the table, with its deadlines; what ends first comes first.
func (q *inquiry) briefTable() (part, error) {
	p := part{name: "table", title: "On the table, and until when", see: "parley state --section on_the_table"}
	list, err := negotiation.Instruments(q.ctx, q.view, q.instrumentQuery())
	if err != nil {
		return p, err
	}
	list = slices.DeleteFunc(list, func(i negotiation.Instrument) bool { return isOver(&i) })
	slices.SortStableFunc(list, func(a, b negotiation.Instrument) int { return cmp.Compare(ends(&a), ends(&b)) })
	for i := range list {
		one := &list[i]
		from, to := q.betweenOf(one)
		until, left := deadlineWords(one.Deadlines)
		says := fmt.Sprintf("%s; %s", inWords(texts(one.Texts)), inWords(texts(one.States)))
		if word := inWords(until); word != "" {
			says += "; until " + word
		}
		if word := inWords(q.conditions(one)); word != "" {
			says += "; if " + word
		}
		aside := ""
		if days, ok := left.(int); ok && days >= 0 {
			aside = "– " + count(days, "day") + " left"
		}
		p.items = append(p.items, item{key: fmt.Sprint("instrument ", one.ID), label: fmt.Sprintf("%s of %s to %s:", one.Kind, inWords(from), inWords(to)), says: says,
			aside: aside, sources: q.newestOf(one.Evidence)})
	}
	if len(p.items) == 0 {
		p.none = q.empty("On the table", "")
	}
	return p, q.failed
}

// ends is when the first dated deadline of an instrument ends that has not passed.
func ends(i *negotiation.Instrument) graph.Time {
	first := graph.MaxTime
	for j := range i.Deadlines {
		if d := &i.Deadlines[j]; d.Status == negotiation.Due {
			first = min(first, d.Ends)
		}
	}
	return first
}

// briefContacts is who met in an interval, and what is planned or denied; the
// newest first.
func (q *inquiry) briefContacts(in graph.Interval) (part, error) {
	p := part{name: "contacts", title: fmt.Sprintf("Contacts since %s", day(in.From)), see: fmt.Sprintf("parley contacts --on %s/%s", day(in.From), day(in.To-1))}
	a, err := negotiation.Contacts(q.ctx, q.view.On(in), &negotiation.ContactQuery{Negotiation: q.negotiation, MinRank: q.rank, Ranked: true})
	if err != nil {
		return p, err
	}
	slices.Reverse(a.Contacts)
	for i := range a.Contacts {
		c := &a.Contacts[i]
		parties, persons, _ := q.sides(c)
		if len(parties) < 2 {
			parties = q.fillers(&c.Standing, "participant")
		}
		says := strings.Join(c.Statuses, "+") + ", " + inWords(parties)
		if place := inWords(q.fillers(&c.Standing, "place")); place != "?" {
			says += ", " + place
		}
		if len(persons) > 0 {
			says += " (" + inWords(persons) + ")"
		}
		label := "no date"
		switch {
		case !c.During.IsZero():
			label = inWords(when(c.During))
		case len(c.Scheduled) > 0:
			label = "planned for " + c.Scheduled[0].For
		}
		p.items = append(p.items, item{key: fmt.Sprint("contact ", c.ID), label: label + ":", says: says, sources: q.newestOf(c.Evidence)})
	}
	if len(p.items) == 0 {
		p.none = q.empty("Contacts", negotiation.NoContact)
	}
	return p, q.failed
}

// briefChanges is what became different since a day, by what is known now; the
// newest said first.
func (q *inquiry) briefChanges(since string) (part, error) {
	p := part{name: "changes", title: "Changed since " + since, see: fmt.Sprintf("parley changes --axis on --from %s --to %s", since, q.flags.on)}
	on, err := graph.ParseOn(since)
	if err != nil {
		return p, err
	}
	c, err := negotiation.ChangesOf(q.ctx, q.view.On(on), q.view, &negotiation.ChangesQuery{Negotiation: q.negotiation, Axis: negotiation.OnAxis, MinRank: q.rank, Ranked: true})
	if err != nil {
		return p, err
	}
	for i := range c.Items {
		one := &c.Items[i]
		says := shown(one.After)
		if one.Before.Text != "" {
			says = one.Before.Text + " → " + says
		}
		what := inWords(listed(q.sorted(one.Issues)))
		if who := inWords(listed(q.sorted(one.Parties))); who != "" {
			what = strings.Trim(who+", "+what, ", ")
		}
		p.items = append(p.items, item{key: fmt.Sprint("change ", one.Subject, one.Kind), label: fmt.Sprintf("%s, %s:", inWords(date(one.Said)), what), says: says,
			sources: q.newestOf(one.Sources)})
	}
	if len(p.items) == 0 {
		p.none = fmt.Sprintf("Nothing changed, by the documents known at this point; %s of them %s no date.", count(c.UndatedDocuments, "document"), have(c.UndatedDocuments))
	}
	return p, q.failed
}

// briefConflicts is what contradicts what on the day, what was said last first.
func (q *inquiry) briefConflicts() (part, error) {
	p := part{name: "conflicts", title: "In conflict", see: "parley conflicts --on " + q.flags.on, none: "Nothing that stands on this day contradicts anything else."}
	list, err := negotiation.Conflicts(q.ctx, q.view, &negotiation.ConflictQuery{Negotiation: q.negotiation, MinRank: q.rank, Ranked: true})
	if err != nil {
		return p, err
	}
	things, err := q.things(list)
	if err != nil {
		return p, err
	}
	slices.SortStableFunc(list, func(a, b negotiation.Conflict) int { return cmp.Compare(lastSaid(&b), lastSaid(&a)) })
	for i := range list {
		c := &list[i]
		var sides []string
		var evidence [][]graph.Evidence
		for j := range c.Sides {
			s := &c.Sides[j]
			text := inWords(q.sideSays(s, things))
			if s.Deny {
				text = "it is denied"
			}
			sides, evidence = append(sides, text), append(evidence, s.Evidence)
		}
		slices.Sort(sides)
		p.items = append(p.items, item{key: fmt.Sprint("conflict ", c.Kind, c.Subject, c.Property, c.Judgement), label: fmt.Sprintf("%s (%s):", q.called(c.Subject, things), c.Kind),
			says: strings.Join(sides, " ↔ "), sources: q.newestOf(evidence...)})
	}
	return p, q.failed
}

// lastSaid is when the newest of a conflict's sides was said.
func lastSaid(c *negotiation.Conflict) graph.Time {
	last := graph.MinTime
	for i := range c.Sides {
		for j := range c.Sides[i].Evidence {
			last = max(last, c.Sides[i].Evidence[j].Said)
		}
	}
	return last
}

// briefSilences is who has said nothing itself on any issue, or not for long.
func (q *inquiry) briefSilences() (part, error) {
	p := part{name: "silences", title: "Silent", none: "Each party has said something itself of late."}
	pulse, err := negotiation.PulseOf(q.ctx, q.view, &negotiation.PulseQuery{Negotiation: q.negotiation, MinRank: q.rank, Ranked: true})
	if err != nil {
		return p, err
	}
	for _, s := range pulse.Silences {
		if !s.Issue.IsZero() {
			continue
		}
		one := item{key: fmt.Sprint("silence ", s.Party), group: "Nothing said itself so far", label: q.name(s.Party)}
		if s.Spoke {
			one.group, one.says = "Silent for long", fmt.Sprintf("since %s", inWords(date(s.Since)))
		}
		p.items = append(p.items, one)
	}
	slices.SortFunc(p.items, func(a, b item) int {
		return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.label, b.label))
	})
	return p, q.failed
}
