package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) contacts() *cobra.Command {
	var between, statuses []string
	cmd, f := p.asks(&cobra.Command{
		Use:   "contacts",
		Short: "Show who met whom, through whom, and what is planned or denied",
		Long: `Contacts lists the meetings, calls, visits and letters of an interval (--on; without
it, all), and what is planned or denied then. --between A,B asks for those in which
each of the parties takes part, itself or through persons who stand for it. None
recorded is UNKNOWN, never “no”. Talks within one party stand apart.`,
	}, func(q *inquiry) (report, error) { return contactsOf(q, between, statuses) })
	f.scopeFlags(cmd)
	cmd.Flags().StringSliceVar(&between, "between", nil, "only those between these parties: A,B")
	cmd.Flags().StringSliceVar(&statuses, "status", nil, "only those that are HELD, SCHEDULED, DENIED, DISPUTED, …")
	return cmd
}

// contactsOf answers parley contacts.
func contactsOf(q *inquiry, between, statuses []string) (report, error) {
	switch {
	case len(between) == 1:
		return report{}, usageError{errors.New("--between: want two parties, such as --between Russia,Ukraine; for one, use --party")}
	case len(between) > 0 && len(q.parties) > 0:
		return report{}, usageError{errors.New("--between already says which parties: leave out --party")}
	}
	parties, err := q.find("party", kindActor, between)
	if err != nil {
		return report{}, err
	}
	for i, s := range statuses {
		statuses[i] = strings.ToUpper(s)
	}
	query := &negotiation.ContactQuery{Negotiation: q.negotiation, Between: slices.Concat(parties, q.parties), Statuses: statuses, MinRank: q.rank, Ranked: true}
	a, err := negotiation.Contacts(q.ctx, q.view, query)
	if err != nil {
		return report{}, wrongWord(err)
	}
	r := report{name: "contacts", title: "Contacts in " + q.name(q.negotiation), whenever: true, sections: []section{
		q.contactRows("contacts", "Held, planned or denied", a.Contacts),
		q.contactRows("undated", "Took place, nobody says when", a.Undated),
		q.contactRows("internal", "Within one party", a.Internal),
		q.contactRows("passed", "Planned or denied for a day that is over; what came of it nobody says", a.Passed),
	}}
	r.facts = append(r.facts, fact{"documents", a.Documents, fmt.Sprintf("%s known at this point.", count(a.Documents, "document"))})
	if a.Status == negotiation.Unknown {
		r.sections[0].none = q.empty("Contacts", a.Reason)
		r.facts = append(r.facts, fact{name: "status", value: string(a.Status)}, fact{name: "reason", value: string(a.Reason)})
	} else if len(r.sections[0].rows) == 0 {
		r.sections[0].none = fmt.Sprintf("None is recorded in this interval, which does not mean that there was none; %d beside it are listed apart.", len(a.Undated)+len(a.Internal)+len(a.Passed))
	}
	return r, nil
}

// wrongWord makes a usage error of a word or an entity that a query refuses.
func wrongWord(err error) error {
	if errors.Is(err, graph.ErrValue) || errors.Is(err, graph.ErrRefused) {
		return usageError{err}
	}
	return err
}

func (q *inquiry) contactRows(name, title string, list []negotiation.Contact) section {
	s := section{name: name, title: title, columns: []column{{"when", "When", 23}, {"status", "Status", 0}, {"between", "Between", 24}, {"through", "Through", 36},
		{"others", "Others", 24}, {"place", "Place", 18}, {"mode", "Mode", 0}, {"topics", "On", 36}, {"planned_for", "Planned for", 23}, {"roots", "Origins", 0}}}
	for i := range list {
		c := &list[i]
		if !q.on(&c.Standing) {
			continue
		}
		parties, persons, others := q.sides(c)
		var plans []string
		for _, plan := range c.Scheduled {
			plans = append(plans, plan.For)
		}
		planned := any(blank{})
		if len(plans) > 0 {
			planned = strings.Join(plans, ", before: ")
		}
		s.add(ids{"id": c.ID}, q.sources(c.Evidence), when(c.During), strings.Join(c.Statuses, "+"), parties, persons, others, q.fillers(&c.Standing, "place"), texts(c.All("mode")),
			q.fillers(&c.Standing, "topic"), planned, len(c.Roots))
	}
	return s
}

// on tells whether a relation is on one of the issues that are asked for.
func (q *inquiry) on(s *graph.Standing) bool {
	return len(q.issues) == 0 || slices.ContainsFunc(s.All("topic"), func(c graph.Claim) bool { return slices.Contains(q.issues, c.Value.Entity()) })
}

// sides are the parties that meet, the persons by whom they do, and who else
// takes part.
func (q *inquiry) sides(c *negotiation.Contact) (parties, persons []string, others any) {
	seen := map[graph.EntityID]bool{}
	for _, s := range c.Sides {
		parties = append(parties, q.name(s.Party))
		seen[s.Party] = true
		var through []string
		for _, f := range s.Persons {
			seen[f.Entity] = true
			if name := q.name(f.Entity); !slices.Contains(through, name) {
				through = append(through, name)
			}
		}
		if len(through) > 0 {
			persons = append(persons, q.name(s.Party)+": "+strings.Join(through, ", "))
		}
	}
	var rest []string
	for _, claim := range c.All("participant") {
		if id := claim.Value.Entity(); !seen[id] && !slices.Contains(rest, q.name(id)) {
			rest = append(rest, q.name(id))
		}
	}
	if len(rest) == 0 {
		return parties, persons, blank{}
	}
	return parties, persons, rest
}

// when is an interval as days: one, or the first and the last.
func when(i graph.Interval) any {
	if i.IsZero() {
		return nil
	}
	first, last := day(i.From), day(i.To-1)
	if first == last {
		return first
	}
	return first + "/" + last
}
