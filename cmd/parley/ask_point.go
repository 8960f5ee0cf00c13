package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// told adds to an answer what it is of: the negotiation, the point, and how
// many documents have no date.
func (q *inquiry) told(r *report) error {
	undated, err := q.view.UndatedDocuments(q.ctx)
	if err != nil {
		return err
	}
	p := q.view.Point()
	on, known := q.flags.on, q.flags.knownOn
	if on == "" && !r.whenever {
		on = day(q.view.Day().From)
	}
	r.facts = append(r.facts,
		fact{name: "negotiation", value: map[string]string{"id": q.negotiation.String(), "name": q.name(q.negotiation)}},
		fact{"point", map[string]any{"on": orUnstated(on), "known_on": orUnstated(known), "basis": p.Basis.String(), "policy": p.Policy.String(), "undated": p.Undated.String(), "rank": q.rank.String()},
			fmt.Sprintf("Point: on %s, known on %s, basis %s, policy %s, ranked %s or better.", cmp.Or(on, "any day"), cmp.Or(known, "now"), p.Basis, p.Policy, q.rank)},
		fact{"undated_documents", undated, fmt.Sprintf("%s %s no date of publication%s.", count(undated, "document"), have(undated), undatedMeans(p, undated))})
	return q.failed
}

// undatedMeans says from when so many undated documents count at a point.
func undatedMeans(p graph.Point, n int) string {
	count, they, their := "count", "they were", "their"
	if n == 1 {
		count, they, their = "counts", "it was", "its"
	}
	switch {
	case p.Basis != graph.Published:
		return ""
	case p.Undated == graph.FromAsserted:
		return fmt.Sprintf(" and %s from when %s retrieved, else from when %s speakers spoke or, at the latest, %s recorded", count, they, their, they)
	}
	return fmt.Sprintf(" and %s from when %s retrieved or recorded", count, they)
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// count writes a number of things.
func count(n int, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case strings.HasSuffix(thing, "ty"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(thing, "y"))
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// reasons are why an answer is empty, in words.
var reasons = map[negotiation.Reason]string{
	negotiation.NoPosition:      "no position is recorded that stands on this day",
	negotiation.OnlyPredictions: "there are only predictions",
	negotiation.NoDocument:      "no document was known at this point",
	negotiation.NoContact:       "no contact is recorded, which does not mean that there was none",
	negotiation.NotSeen:         "documents are known, but none tells what a version says",
	negotiation.NotRecorded:     "not recorded by then",
	negotiation.Withdrawn:       "what told of it is no longer relied on",
	negotiation.Ended:           "a source dates its end",
	negotiation.OnlyDenied:      "all that is said of it are denials",
}

// empty says why an answer shows nothing, and what exists instead.
func (q *inquiry) empty(what string, reason negotiation.Reason) string {
	words := reasons[reason]
	if words == "" {
		words = "none is recorded at this point"
	}
	exists, err := q.exists()
	if err != nil {
		q.failed = err
	}
	if asked := q.names(slices.Concat(q.issues, q.parties)); len(asked) > 0 {
		exists = fmt.Sprintf("Asked was only for %s. %s", strings.Join(asked, ", "), exists)
	}
	return fmt.Sprintf("%s: UNKNOWN: %s. %s", what, words, exists)
}

// exists says which documents there are, at the point and by now.
func (q *inquiry) exists() (string, error) {
	here, _, err := q.documents(q.view)
	if err != nil {
		return "", err
	}
	all, first, err := q.documents(q.newest())
	if err != nil || all == 0 {
		return "This database has no documents: load some with parley load.", err
	}
	began, err := q.firstPosition()
	words := fmt.Sprintf("The point knows %d of the %s of this database", here, count(all, "document"))
	if first != "" {
		words += ", the first of " + first
	}
	if began != "" {
		words += "; the first position begins on " + began
	}
	return words + ".", err
}

// documents counts those that a view knows, curation left out, and tells the
// day of the first that has one.
func (q *inquiry) documents(v graph.View) (n int, first string, err error) {
	for d, err := range v.Sources(q.ctx) {
		if err != nil {
			return n, first, err
		}
		if d.Curation {
			continue
		}
		n++
		if on := d.Published.String(); on != "" && (first == "" || on < first) {
			first = on
		}
	}
	return n, first, nil
}

// firstPosition is the day on which the first position begins that is known by now.
func (q *inquiry) firstPosition() (string, error) {
	list, err := negotiation.Positions(q.ctx, q.newest(), &negotiation.MatrixQuery{Negotiation: q.negotiation, MinRank: q.rank, Ranked: true})
	for i := range list {
		if list[i].Start != graph.MinTime {
			return day(list[i].Start), err
		}
	}
	return "", err
}
