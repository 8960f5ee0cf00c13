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

// Axis says by which clock two points differ.
type Axis uint8

// The axes.
const (
	BothAxes  Axis = iota // the day and the knowledge, as the two points give them
	OnAxis                // the world moved: both points know what the second knows
	KnownAxis             // we learned: both points are of the second's day
)

var axes = []string{"BOTH", "ON", "KNOWN"}

func (a Axis) String() string {
	if int(a) < len(axes) {
		return axes[a]
	}
	return fmt.Sprintf("AXIS_%d", uint8(a))
}

// ParseAxis reads an axis by its name.
func ParseAxis(s string) (Axis, error) {
	if i := slices.Index(axes, strings.ToUpper(s)); i >= 0 {
		return Axis(i), nil
	}
	return 0, fmt.Errorf("axis: %w: %q: want one of %s", graph.ErrValue, s, strings.Join(axes, ", "))
}

// first is the point that the second is compared with.
func (a Axis) first(from, to graph.View) (graph.View, error) {
	switch a {
	case BothAxes:
		return from, nil
	case OnAxis:
		return to.On(from.Day()), nil
	case KnownAxis:
		return from.On(to.Day()), nil
	}
	return from, fmt.Errorf("axis: %w: %s: want one of %s", graph.ErrValue, a, strings.Join(axes, ", "))
}

// Why a side of a change shows nothing. NoDocument is another reason.
const (
	NotRecorded Reason = "NOT_RECORDED" // documents were known, and none that still counts told of it: it is UNKNOWN
	Withdrawn   Reason = "WITHDRAWN"    // what told of it is no longer relied on: it is UNKNOWN
	Ended       Reason = "ENDED"        // a source dates its end
	OnlyDenied  Reason = "ONLY_DENIED"  // all that is said of it are denials
)

// ChangesQuery chooses among changes. The zero query is all of them.
type ChangesQuery struct {
	Negotiation graph.EntityID // what belongs to it; zero: everything
	Axis        Axis
	Issues      []graph.EntityID // only what is on one of these
	Parties     []graph.EntityID // only what one of these takes part in
	Kinds       []graph.ChangeKind
	MinRank     graph.Rank // where Ranked: only assertions of this rank or better
	Ranked      bool
}

// Changes is what became different between two points. Where it is empty, the
// counts tell a silent time from one of which nothing was read.
type Changes struct {
	From, To         graph.Point // as compared: the axis decides in what they differ
	DocumentsSeen    int         // became known in between
	UndatedDocuments int         // known at the second point, and do not say when they came out
	Items            []Change    // the newest said first
	Groups           []ChangeGroup
}

// ChangeGroup is what became different on one issue for one party. A change on
// two issues is in two groups.
type ChangeGroup struct {
	Issue graph.EntityID // zero: on none
	Party graph.EntityID // zero: of none
	Items []int          // indexes of Changes.Items
}

// Change is one thing that became different.
type Change struct {
	Kind          graph.ChangeKind
	Subject       graph.EntityID
	SubjectKind   string           // of the subject; empty where neither point shows it
	Issues        []graph.EntityID // what it is on
	Parties       []graph.EntityID // who holds, offers, promises or takes part, or for whom such a person stands
	Before, After Shown
	// Undated tells that no source says since when: then WORLD_CHANGE may be a
	// late report.
	Undated bool
	// Predicted tells that all sources predict it: it is no part of a state.
	Predicted bool
	Summary   string     // the newest report of it
	Said      graph.Time // when that was said, else published; MinTime: not known
	Sources   []graph.Evidence
	Roots     []graph.Root
}

// Shown is what a point shows of the subject of a change.
type Shown struct {
	Text   string // empty: nothing
	Reason Reason // why there is nothing; but for ENDED and ONLY_DENIED it is UNKNOWN, not absent
}

// ChangesOf tells what became different between the points of two views. One
// that ends before it begins is refused.
func ChangesOf(ctx context.Context, from, to graph.View, q *ChangesQuery) (Changes, error) {
	if q == nil {
		q = &ChangesQuery{}
	}
	var c Changes
	asked := *q
	from, err := q.Axis.first(from, to)
	if err == nil {
		err = ask(ctx, to).part(&asked.Negotiation, &asked.Issues, &asked.Parties)
	}
	if err == nil {
		c, err = changesBetween(ctx, from, to, &asked)
	}
	if err != nil {
		return Changes{}, fmt.Errorf("negotiation: changes: %w", err)
	}
	return c, nil
}

func changesBetween(ctx context.Context, from, to graph.View, q *ChangesQuery) (Changes, error) {
	c := Changes{From: from.Point(), To: to.Point()}
	r := changeReading{ctx: ctx, from: from, to: to, q: q}
	if err := r.readScope(); err != nil {
		return c, err
	}
	found, err := graph.Diff(ctx, from, to, &graph.DiffOptions{Near: r.near(), MinRank: q.MinRank, Ranked: q.Ranked})
	if err != nil {
		return c, err
	}
	c.DocumentsSeen, c.UndatedDocuments = found.DocumentsSeen, found.UndatedDocuments
	items := slices.DeleteFunc(found.Items, func(i graph.Change) bool {
		return len(q.Kinds) > 0 && !slices.Contains(q.Kinds, i.Kind)
	})
	if err := r.read(items); err != nil {
		return c, err
	}
	for i := range items {
		if item, ok := r.change(&items[i]); ok {
			c.Items = append(c.Items, item)
		}
	}
	c.Groups = groups(c.Items)
	return c, nil
}

// change is a projection of what was read.
func (r *changeReading) change(i *graph.Change) (Change, bool) {
	c := Change{Kind: i.Kind, Subject: i.Subject, Summary: i.Summary, Said: i.Said, Sources: i.Sources, Roots: rootsOfAll(i.Sources)}
	c.Before, c.After = Shown{Text: i.Before}, Shown{Text: i.After}
	s := r.subjects[i.Subject]
	if s == nil {
		return c, false
	}
	if i.Before == "" || (i.Before == s.standing.Kind && !relational(r.to.Ontology(), s.standing.Kind)) { // that there is such a thing tells nothing of it
		c.Before = Shown{Reason: r.before}
	}
	if i.After == "" {
		c.After.Reason = s.gone(r.to.Day())
	}
	c.SubjectKind, c.Issues, c.Parties = s.standing.Kind, s.issues, s.parties
	c.Predicted = len(i.Sources) > 0 && !slices.ContainsFunc(i.Sources, func(e graph.Evidence) bool { return e.Modality != graph.Predicted })
	c.Undated = i.Kind == graph.WorldChange && startOf(&s.standing) == graph.MinTime
	return c, among(r.q.Issues, c.Issues) && among(r.q.Parties, c.Parties)
}

// gone is why the second point shows nothing on its day.
func (s *changed) gone(day graph.Interval) Reason {
	switch {
	case len(s.standing.Claims) == 0 && len(s.standing.Denied) > 0:
		return OnlyDenied
	case !s.there:
		return Withdrawn
	case startOf(&s.standing) >= day.To:
		return NotRecorded
	}
	return Ended
}

// among tells whether one of the entities is asked for.
func among(asked, list []graph.EntityID) bool {
	return len(asked) == 0 || slices.ContainsFunc(list, func(id graph.EntityID) bool { return slices.Contains(asked, id) })
}

// groups files changes by issue and party.
func groups(items []Change) []ChangeGroup {
	by := map[pair][]int{}
	for i := range items {
		for _, issue := range orNone(items[i].Issues) {
			for _, party := range orNone(items[i].Parties) {
				key := pair{issue, party}
				by[key] = append(by[key], i)
			}
		}
	}
	list := make([]ChangeGroup, 0, len(by))
	for key, of := range by {
		list = append(list, ChangeGroup{Issue: key[0], Party: key[1], Items: of})
	}
	slices.SortFunc(list, func(a, b ChangeGroup) int {
		return cmp.Or(bytes.Compare(a.Issue[:], b.Issue[:]), bytes.Compare(a.Party[:], b.Party[:]))
	})
	return list
}

func orNone(list []graph.EntityID) []graph.EntityID {
	if len(list) == 0 {
		return []graph.EntityID{{}}
	}
	return list
}
