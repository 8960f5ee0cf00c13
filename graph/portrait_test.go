package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
)

// painter writes down all that views show, in words that do not depend on
// numbers or on when something was recorded.
type painter struct {
	t     *testing.T
	ids   map[string]graph.EntityID
	names map[graph.EntityID]string
	b     strings.Builder
}

func newPainter(t *testing.T, ids map[string]graph.EntityID) *painter {
	p := &painter{t: t, ids: ids, names: map[graph.EntityID]string{}}
	for name, id := range ids {
		p.names[id] = name
	}
	return p
}

// days are the valid times of a portrait, and what it compares across them.
var portraitDays = []string{"", "2025-10-01", "2025-10-06", "2025-11-20"}

// points are those of a portrait: by publication and, at the newest, by recording.
func portraitPoints(clearances ...graph.Marking) (list []graph.Point) {
	for _, clearance := range clearances {
		for _, on := range portraitDays {
			for _, known := range []string{"", "2025-12-01", "2025-12-02", "2025-12-31"} {
				p := graph.Point{Clearance: clearance}
				if on != "" {
					p.On = must(graph.ParseOn(on))
				}
				if known != "" {
					p.Basis, p.KnownOn = graph.Published, must(graph.ParseKnownOn(known))
				}
				list = append(list, p)
			}
		}
	}
	return list
}

// portrait is all that a database shows at some points, and the changes between them.
func portrait(t *testing.T, db *graph.DB, ids map[string]graph.EntityID, points []graph.Point) string {
	t.Helper()
	p := newPainter(t, ids)
	for i, at := range points {
		p.tell("== %v", at)
		p.view(db.At(at))
		if i%3 == 0 {
			p.diff(db.At(points[(i+7)%len(points)]), db.At(at))
		}
	}
	return p.b.String()
}

func (p *painter) tell(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

// sorted writes lines whose order says nothing.
func (p *painter) sorted(lines []string) {
	slices.Sort(lines)
	for _, l := range lines {
		p.tell("  %s", l)
	}
}

func (p *painter) must(err error) {
	if err != nil {
		p.t.Helper()
		p.t.Fatal(err)
	}
}

func (p *painter) view(v graph.View) {
	for _, name := range slices.Sorted(maps.Keys(p.ids)) {
		p.entity(v, name)
	}
	for _, kind := range slices.Sorted(maps.Keys(shapes)) {
		list, err := v.Relations(ctx, graph.RelationQuery{Kind: kind})
		p.must(err)
		for _, s := range list {
			var lines []string
			for i := range s.Claims {
				lines = append(lines, p.claim(&s.Claims[i]))
			}
			p.tell("%s %s since %s missing %v flags %v", kind, p.names[s.ID], s.Since, s.Missing, s.Flags)
			p.sorted(lines)
		}
	}
	for _, word := range []string{"foo", "bar", "baz"} {
		matches, _ := v.Lookup(ctx, graph.NameQuery{Name: word})
		near, err := v.Suggest(ctx, graph.NameQuery{Name: word}, 5)
		p.must(err)
		for _, m := range matches {
			p.tell("%s is %s %v", word, p.names[m.ID], m.Name)
		}
		p.tell("near %s: %v", word, near)
	}
	s, err := v.Stats(ctx)
	p.must(err)
	s.Transactions = 0 // of which there are as many as there were updates
	p.tell("%+v", s)
}

func (p *painter) entity(v graph.View, name string) {
	id := p.ids[name]
	var lines []string
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(id), Denied: true}) {
		p.must(err)
		evidence, err := v.Evidence(ctx, []graph.Claim{c})
		p.must(err)
		line := p.claim(&c)
		for _, e := range evidence {
			line += fmt.Sprintf(" | %s %s %v %v", e.Assertion.ID, e.Key, e.Deny, e.Judgement)
		}
		lines = append(lines, line)
	}
	for e, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(id)}) {
		p.must(err)
		lines = append(lines, fmt.Sprint("edge ", e.Property, e.Out, p.names[e.Other], e.From, e.End.Until, e.Truth, e.Rank))
	}
	names, err := v.Names(ctx, id)
	p.must(err)
	if _, err = v.Entity(ctx, graph.ByID(id)); err == nil {
		label, err := v.Labels(ctx, []graph.EntityID{id}, "uk")
		p.must(err)
		p.tell("%s is called %s", name, label)
	}
	p.tell("%s %v", name, names)
	p.sorted(lines)
}

func (p *painter) claim(c *graph.Claim) string {
	value := c.Value.String()
	if c.Value.Type() == graph.Reference {
		value = p.names[c.Value.Entity()]
	}
	return fmt.Sprint(p.names[c.Subject], " ", c.Property, " ", value, " ", c.Date(), " ", c.Truth, c.Rank, c.Conflict)
}

func (p *painter) diff(from, to graph.View) {
	if c, err := graph.Diff(ctx, from, to, nil); err == nil {
		p.changes(c)
	} else if c, err = graph.Diff(ctx, to, from, nil); err == nil {
		p.changes(c)
	} else {
		p.tell("neither is earlier: %v", err)
	}
}

func (p *painter) changes(c graph.Changes) {
	p.tell("changes, %d documents, %d without a date", c.DocumentsSeen, c.UndatedDocuments)
	var lines []string
	for _, i := range c.Items {
		lines = append(lines, fmt.Sprint(i.Kind, " ", p.names[i.Subject], " ", i.Said, " ", i.Before, "→", i.After, len(i.Sources)))
	}
	p.sorted(lines)
}

// samePortrait fails with the first line that differs.
func samePortrait(t *testing.T, what, got, expect string) {
	t.Helper()
	if got == expect {
		return
	}
	g, e := strings.Split(got, "\n"), strings.Split(expect, "\n")
	point := ""
	for i := range min(len(g), len(e)) {
		if strings.HasPrefix(e[i], "== ") {
			point = e[i]
		}
		if g[i] != e[i] {
			t.Fatalf("%s: line %d differs, %s:\n got %s\nwant %s", what, i, point, g[i], e[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", what, len(g), len(e))
}
