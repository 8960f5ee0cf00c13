package negotiation

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// The fields of a deadline, and the kinds that have no date whatever is stated.
const (
	fieldKind = "kind"
	fieldDate = "date"

	limitedUnspecified = "LIMITED_UNSPECIFIED"
	noneStated         = "NONE_STATED"
)

// DeadlineStatus is how a deadline stands on the day. The clock writes no
// history: that a date has passed says nothing of what came of it.
type DeadlineStatus string

// The statuses.
const (
	Due        DeadlineStatus = "DUE"         // a date that is still to come
	DatePassed DeadlineStatus = "DATE_PASSED" // the date has passed; no source says what came of it
	ForReview  DeadlineStatus = "REVIEW"      // limited, and no date is given
	Settled    DeadlineStatus = "SETTLED"     // a source says what came of it: see States
	NoDeadline DeadlineStatus = "NONE"        // somebody says that there is none
	TakenOver  DeadlineStatus = "TAKEN_OVER"  // a later statement took its place
)

// outcomes are the states of a deadline that something came of.
var outcomes = []string{"MET", "MISSED", "WITHDRAWN"}

// lastZone is by how much the day ends later at UTC−12, the last time zone,
// than in UTC.
const lastZone graph.Time = 12 * 60 * 60 * 1000

// Deadline is until when an instrument stands.
type Deadline struct {
	graph.Standing
	Instrument graph.EntityID
	Kind       string
	Date       string // EDTF; "" where none is given
	Text       string
	States     []graph.Claim
	Status     DeadlineStatus
	// Contested: another one, of another kind or date, stands beside it.
	Contested bool
	// Ends is when it has passed, where it has a date. One that is given as a
	// day, or less exactly, ends at midnight of the last time zone (UTC−12).
	Ends     graph.Time
	DateOnly bool
	// DaysLeft counts the days from the point's to the last one; below zero
	// where that has passed. Where there is no date it says nothing.
	DaysLeft int
	Evidence []graph.Evidence // that the instrument has it
	Roots    []graph.Root
}

// Dated tells whether the deadline has a date.
func (d *Deadline) Dated() bool { return d.Ends != graph.MaxTime }

// deadlines are those of an instrument. It has at most one at a time: a later
// statement takes over, those of one start stand side by side.
func (p *pieces) deadlines(s *graph.Standing) (list []Deadline) {
	current := p.chosen(latest(s.All(fieldDeadline)))
	for _, c := range s.All(fieldDeadline) {
		e, ok := p.named[c.Value.Entity()]
		if !ok || slices.ContainsFunc(list, func(d Deadline) bool { return d.ID == e.ID }) {
			continue
		}
		d := Deadline{Standing: e, Instrument: s.ID, Kind: word(&e, fieldKind), Date: word(&e, fieldDate), Text: word(&e, fieldText),
			States: latest(e.All(fieldState)), Evidence: p.evidence[c.ID]}
		d.Roots = rootsOf(d.Evidence)
		d.measure(p.on)
		stands := slices.ContainsFunc(current, func(o graph.Claim) bool { return o.ID == c.ID })
		if !stands {
			d.Status = TakenOver
		}
		d.Contested = stands && slices.ContainsFunc(current, func(o graph.Claim) bool { return o.Value != c.Value })
		list = append(list, d)
	}
	return list
}

// chosen are those of several claims in one key that the policy keeps (rule 13).
func (p *pieces) chosen(claims []graph.Claim) []graph.Claim {
	if p.policy != graph.Latest {
		return claims
	}
	return saidLast(claims, p.evidence)
}

// saidLast keeps the claims that were said last.
func saidLast(claims []graph.Claim, evidence map[graph.ClaimID][]graph.Evidence) []graph.Claim {
	said := func(c graph.Claim) graph.Time {
		last := graph.MinTime
		for _, e := range evidence[c.ID] {
			if !e.Deny {
				last = max(last, e.Said)
			}
		}
		return last
	}
	last := graph.MinTime
	for _, c := range claims {
		last = max(last, said(c))
	}
	return slices.DeleteFunc(slices.Clone(claims), func(c graph.Claim) bool { return said(c) < last })
}

// measure finds when the deadline ends, how many days are left, and how it stands.
func (d *Deadline) measure(on graph.Interval) {
	d.Ends = graph.MaxTime
	if d.Kind != limitedUnspecified && d.Kind != noneStated {
		d.Ends, d.DateOnly = endOf(d.Date)
	}
	if d.Dated() {
		last := d.Ends - 1
		if d.DateOnly {
			last -= lastZone
		}
		d.DaysLeft = int(dayOf(last) - dayOf(on.To-1))
	}
	switch {
	case slices.ContainsFunc(d.States, func(c graph.Claim) bool { return slices.Contains(outcomes, c.Value.String()) }):
		d.Status = Settled
	case d.Kind == noneStated:
		d.Status = NoDeadline
	case !d.Dated():
		d.Status = ForReview
	case d.Ends < on.To:
		d.Status = DatePassed
	default:
		d.Status, d.DaysLeft = Due, max(0, d.DaysLeft) // it may be the next day in UTC, but not everywhere
	}
}

// dayOf numbers the days in UTC.
func dayOf(t graph.Time) graph.Time {
	n := t / day
	if t%day < 0 {
		n--
	}
	return n
}

// endOf is when a date has passed, and whether it is given without a time of
// the day; MaxTime where there is no date or its end is open.
func endOf(date string) (ends graph.Time, dateOnly bool) {
	if _, last, ok := strings.Cut(date, "/"); ok {
		date = last
	}
	i, err := graph.ParseOn(date)
	switch {
	case date == "" || err != nil || i.To >= graph.MaxTime-lastZone:
		return graph.MaxTime, false
	case strings.Contains(date, "T"):
		return i.From, false
	}
	return i.To + lastZone, true
}

// DeadlinesAnswer is what ends when, of the instruments at one point.
type DeadlinesAnswer struct {
	Within int        // days that were asked for
	Due    []Deadline // that end within them, the first first
	Later  []Deadline // that end after them, the first first
	Passed []Deadline // whose date has passed, the last first; what came of them nobody says
	Review []Deadline // limited, but without a date
	// Settled are those of which a source says what came of them, the last first.
	Settled []Deadline
	// Instruments are those that the deadlines belong to, by id.
	Instruments map[graph.EntityID]Instrument
}

// Deadlines sorts the deadlines of the instruments that a query chooses by
// whether they end within so many days from the point's day; without a day,
// from today.
func Deadlines(ctx context.Context, v graph.View, withinDays int, q *InstrumentQuery) (DeadlinesAnswer, error) {
	if withinDays < 0 {
		return DeadlinesAnswer{}, fmt.Errorf("negotiation: deadlines: %w: within %d days: want 0 or more", graph.ErrValue, withinDays)
	}
	list, err := Instruments(ctx, v, q)
	if err != nil {
		return DeadlinesAnswer{}, err
	}
	return deadlinesOf(list, withinDays), nil
}

func deadlinesOf(list []Instrument, within int) DeadlinesAnswer {
	a := DeadlinesAnswer{Within: within, Instruments: map[graph.EntityID]Instrument{}}
	for _, i := range list {
		for _, d := range i.Deadlines {
			a.Instruments[i.ID] = i
			switch {
			case d.Status == Due && d.DaysLeft <= within:
				a.Due = append(a.Due, d)
			case d.Status == Due:
				a.Later = append(a.Later, d)
			case d.Status == DatePassed:
				a.Passed = append(a.Passed, d)
			case d.Status == ForReview:
				a.Review = append(a.Review, d)
			case d.Status == Settled:
				a.Settled = append(a.Settled, d)
			}
		}
	}
	for _, up := range [][]Deadline{a.Due, a.Later, a.Review} {
		slices.SortFunc(up, soonest)
	}
	for _, down := range [][]Deadline{a.Passed, a.Settled} {
		slices.SortFunc(down, func(a, b Deadline) int { return soonest(b, a) })
	}
	return a
}

func soonest(a, b Deadline) int {
	return cmp.Or(cmp.Compare(a.Ends, b.Ends), bytes.Compare(a.Instrument[:], b.Instrument[:]), bytes.Compare(a.ID[:], b.ID[:]))
}
