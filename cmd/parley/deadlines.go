package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph/negotiation"
)

func (p *program) deadlines() *cobra.Command {
	var within int
	cmd, f := p.asks(&cobra.Command{
		Use:   "deadlines",
		Short: "Show what ends when, counted from a day",
		Long: `Deadlines lists until when offers, guarantees, demands, promises and threats stand:
those that end within so many days of --on (default: today), later, whose date has
passed, and those that are limited without a date, for review. That a date has
passed does not say what came of it.`,
	}, func(q *inquiry) (report, error) { return deadlinesOf(q, within) })
	f.scopeFlags(cmd)
	cmd.Flags().IntVar(&within, "within", 14, "days from the day that is asked of")
	return cmd
}

// deadlinesOf answers parley deadlines.
func deadlinesOf(q *inquiry, within int) (report, error) {
	if within < 0 {
		return report{}, usageError{errors.New("--within: want a number of days, 0 or more")}
	}
	a, err := negotiation.Deadlines(q.ctx, q.view, within, q.instrumentQuery())
	if err != nil {
		return report{}, wrongWord(err)
	}
	r := report{name: "deadlines", title: "Deadlines in " + q.name(q.negotiation), sections: []section{
		q.deadlineRows("due", fmt.Sprintf("Within %s", count(within, "day")), &a, a.Due),
		q.deadlineRows("later", "Later", &a, a.Later),
		q.deadlineRows("review", "Limited without a date, for review", &a, a.Review),
		q.deadlineRows("passed", "The date has passed; no source says what came of it", &a, a.Passed),
		q.deadlineRows("settled", "A source says what came of it", &a, a.Settled),
	}}
	if len(r.sections[0].rows) == 0 {
		r.sections[0].none = "No dated deadline is recorded that ends within these days."
		if len(a.Instruments) == 0 {
			r.sections[0].none = q.empty("Deadlines", "")
		}
	}
	return r, nil
}

func (q *inquiry) deadlineRows(name, title string, a *negotiation.DeadlinesAnswer, list []negotiation.Deadline) section {
	s := section{name: name, title: title, columns: []column{{"date", "Date", 0}, {"days_left", "Days left", 0}, {"kind", "Deadline", 0}, {"words", "In words", 24},
		{"of", "Of", 0}, {"from", "From", 22}, {"to", "To", 22}, {"text", "In a line", 40}, {"state", "State", 0}, {"outcome", "What came of it", 0},
		{"contested", "Contested", 0}, {"roots", "Origins", 0}}}
	for i := range list {
		d := &list[i]
		of := a.Instruments[d.Instrument]
		from, to := q.betweenOf(&of)
		left := any(blank{})
		if d.Dated() {
			left = d.DaysLeft
		}
		s.add(ids{"id": d.ID, "of_id": d.Instrument}, q.sources(d.Evidence), orUnstated(d.Date), left, d.Kind, orBlank(d.Text), of.Kind, from, to, texts(of.Texts), texts(of.States),
			orBlank(strings.TrimSpace(outcome(d))), d.Contested, len(d.Roots))
	}
	return s
}

// betweenOf are from whom an instrument comes, and for whom it is.
func (q *inquiry) betweenOf(i *negotiation.Instrument) (from, to []string) {
	return q.fillers(&i.Standing, "offeror", "guarantor", "agent"), q.fillers(&i.Standing, "addressee", "beneficiary", "target")
}

func outcome(d *negotiation.Deadline) string {
	if d.Status != negotiation.Settled {
		return ""
	}
	return inWords(texts(d.States))
}
