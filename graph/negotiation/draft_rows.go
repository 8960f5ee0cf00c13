package negotiation

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydb/parley/graph"
)

// PointChange is what becomes of a point from one version to another.
type PointChange string

// The changes of points.
const (
	FirstSeen PointChange = "FIRST_SEEN" // no earlier version was seen to have it: whether it did is UNKNOWN
	Unchanged PointChange = "SAME"
	Changed   PointChange = "CHANGED"  // other words, or another status
	Vanished  PointChange = "VANISHED" // a source says that it is deleted
	Appeared  PointChange = "APPEARED" // it was deleted, and is there again
	LastSeen  PointChange = "NOT_SEEN" // no later version was seen to have it: whether it does is UNKNOWN
)

// DraftStep leads from one version that was seen to have a point to the next.
type DraftStep struct {
	From, To graph.EntityID // versions; From is zero for FIRST_SEEN, To for NOT_SEEN
	Change   PointChange
	Texts    []TextChange // provision by provision, where sources give several
}

// TextChange is the difference between two provisions in words.
type TextChange struct {
	From, To graph.EntityID // zero: nothing is, or was, there
	Words    []Words
}

// compare is the projection: it reads nothing.
func (r *draftReading) compare() DraftText {
	t := DraftText{Versions: r.versions, Reason: r.reason}
	for issue, points := range r.byIssue() {
		one := r.onePointEach(points)
		for _, number := range numbers(points, one) {
			t.Rows = append(t.Rows, r.row(issue, number, points, one))
		}
	}
	slices.SortFunc(t.Rows, func(a, b DraftRow) int {
		return cmp.Or(bytes.Compare(a.Issue[:], b.Issue[:]), comparePoints(a.Point, b.Point))
	})
	return t
}

// byIssue files the provisions under their issues, of these only under those asked for.
func (r *draftReading) byIssue() map[graph.EntityID][]*Provision {
	by := map[graph.EntityID][]*Provision{}
	for i := range r.provisions {
		p := &r.provisions[i]
		issues := p.Issues
		if len(issues) == 0 {
			issues = []graph.EntityID{{}}
		}
		for _, issue := range issues {
			if len(r.q.Issues) == 0 || slices.Contains(r.q.Issues, issue) {
				by[issue] = append(by[issue], p)
			}
		}
	}
	return by
}

// onePointEach tells whether no version has two points among these: then the
// issue itself tells which belong together, whatever their numbers.
func (r *draftReading) onePointEach(points []*Provision) bool {
	of := map[graph.EntityID]string{}
	for _, p := range points {
		if number, ok := of[p.Version]; ok && number != p.Point {
			return false
		}
		of[p.Version] = p.Point
	}
	return true
}

// numbers lists the numbers that points bear; of those that make one row, one.
func numbers(points []*Provision, one bool) []string {
	var list []string
	for _, p := range points {
		list = append(list, p.Point)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	if one && len(list) > 1 {
		return []string{""}
	}
	return list
}

func (r *draftReading) row(issue graph.EntityID, number string, points []*Provision, all bool) DraftRow {
	row := DraftRow{Issue: issue, Point: number, Cells: make([]DraftCell, len(r.versions))}
	for i := range r.versions {
		c := &row.Cells[i]
		for _, p := range points {
			if p.Version == r.versions[i].ID && (all || p.Point == number) {
				c.Provisions = append(c.Provisions, *p)
			}
		}
		slices.SortFunc(c.Provisions, func(a, b Provision) int {
			return cmp.Or(comparePoints(a.Point, b.Point), strings.Compare(a.Text, b.Text), bytes.Compare(a.ID[:], b.ID[:]))
		})
		c.Sides = r.rivals(c.Provisions)
	}
	row.Steps = r.steps(row.Cells)
	return row
}

// rivals are the sides of what different sources give differently.
func (r *draftReading) rivals(list []Provision) []Side {
	var sides []Side
	for i := range list {
		sides = append(sides, r.sides[list[i].ID]...)
	}
	if len(sides) < 2 || !differentSources(sides) {
		return nil
	}
	return sides
}

func (r *draftReading) steps(cells []DraftCell) (steps []DraftStep) {
	last := -1
	for i := range cells {
		to := cells[i].Provisions
		switch {
		case len(to) == 0:
			continue
		case last >= 0:
			s := step(cells[last].Provisions, to)
			s.From, s.To = r.versions[last].ID, r.versions[i].ID
			steps = append(steps, s)
		case i > 0:
			steps = append(steps, DraftStep{To: r.versions[i].ID, Change: FirstSeen})
		}
		last = i
	}
	if last >= 0 && last < len(cells)-1 {
		steps = append(steps, DraftStep{From: r.versions[last].ID, Change: LastSeen})
	}
	return steps
}

// step compares what two versions say in a row. What is deleted has no words.
func step(from, to []Provision) DraftStep {
	was, is := wording(from), wording(to)
	s := DraftStep{Change: Changed}
	switch {
	case len(is) == 0 && len(was) == 0, alike(from, to):
		s.Change = Unchanged
	case len(is) == 0:
		s.Change, is = Vanished, []*Provision{{}}
	case len(was) == 0:
		s.Change, was = Appeared, []*Provision{{}}
	}
	for _, p := range was {
		for _, q := range is {
			s.Texts = append(s.Texts, TextChange{From: p.ID, To: q.ID, Words: WordsBetween(p.Text, q.Text)})
		}
	}
	return s
}

// wording are the provisions that are not deleted.
func wording(list []Provision) (kept []*Provision) {
	for i := range list {
		if !list[i].Deleted() {
			kept = append(kept, &list[i])
		}
	}
	return kept
}

// alike tells whether two versions say the same words under the same status.
func alike(from, to []Provision) bool {
	return slices.EqualFunc(from, to, func(a, b Provision) bool {
		return a.Status == b.Status && slices.Equal(split(a.Text), split(b.Text))
	})
}

// comparePoints orders the numbers of points: 9, 10, 21, 21a.
func comparePoints(a, b string) int {
	m, x := leadingNumber(a)
	n, y := leadingNumber(b)
	return cmp.Or(cmp.Compare(m, n), strings.Compare(x, y))
}

func leadingNumber(s string) (int, string) {
	rest := strings.TrimLeft(s, "0123456789")
	n, err := strconv.Atoi(s[:len(s)-len(rest)])
	if err != nil {
		return -1, s
	}
	return n, rest
}
