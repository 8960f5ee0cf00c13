package negotiation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// paper is a document of a random world.
type paper struct {
	key, day string
	lines    []string
}

func (p paper) notes() string { return said(p.key, p.day) + strings.Join(p.lines, "\n") + "\n" }

var (
	publishedOn = []string{"2025-12-05", "2025-12-10", "2025-12-15"}
	startsOn    = []string{"2025-12-01", "2025-12-04", "2025-12-09", "2025-12-14"}
)

// papers makes documents up: positions of parties by whoever, provisions,
// offers that take steps, and concessions.
func papers(rt *rapid.T) []paper {
	word := func(label string, list ...string) string { return rapid.SampledFrom(list).Draw(rt, label) }
	list := make([]paper, rapid.IntRange(1, 4).Draw(rt, "papers"))
	for i := range list {
		list[i] = paper{key: fmt.Sprintf("p%d", i), day: word("published", publishedOn...)}
		for j := range rapid.IntRange(1, 4).Draw(rt, "lines") {
			line := ""
			issue, start := word("issue", "Army", "Terms", "Other"), word("start", startsOn...)
			switch word("what", "position", "position", "provision", "offer", "concession") {
			case "position":
				line = fmt.Sprintf("by %s\n@K%d position %s on %s: %s ; option %s ; %s", word("speaker", "US", "Russia", "Ukraine", "US officials", "narrator"), j,
					word("holder", "US", "Russia", "Ukraine"), issue, word("stance", "SUPPORT", "OPEN", "REJECT", "DEMAND", "CONDITIONAL", "UNDECIDED"),
					word("option", `"x"`, `"y"`, `(text "four" ; amount 400)`, `(text "six" ; amount 600)`), start)
			case "provision":
				line = fmt.Sprintf("by narrator\n@K%d provision %s: point %q ; on %s ; %q ; %s ; %s/..", j, word("version", "First version", "Second version", "Third version"),
					word("point", "1", "2"), issue, word("text", "troops stay", "troops leave", "no troops stay"), word("status", "PROPOSED", "BRACKETED", "DELETED"), start)
			case "offer":
				line = fmt.Sprintf("by narrator\n@K%d offer o-%s: US > Russia ; on %s ; %s ; %s", j, strings.ToLower(issue), issue, word("state", "TABLED", "REVISED", "REJECTED"), start)
			case "concession":
				line = fmt.Sprintf("by narrator\n@K%d concession c-%s: agent Russia ; on %s ; text \"something\" ; %s", j, strings.ToLower(issue), issue, start)
			}
			list[i].lines = append(list[i].lines, line)
		}
	}
	return list
}

func worldOf(t *testing.T, list []paper) *world {
	w := newWorld(t, scaled, drafts)
	for _, p := range list {
		w.load(p.notes())
	}
	return w
}

// portrait is all that this package's answers show of the talks at a view, and
// differently from an earlier one.
type portrait struct {
	text  strings.Builder
	heard []graph.Evidence
}

func (p *portrait) tell(evidence []graph.Evidence, format string, args ...any) {
	var keys []string
	for _, e := range evidence {
		keys = append(keys, e.Document.String()[:4]+"/"+e.Key)
	}
	slices.Sort(keys)
	p.heard = append(p.heard, evidence...)
	fmt.Fprintf(&p.text, format+" %v\n", append(args, keys)...)
}

func (w *world) portrait(from, to graph.View) *portrait {
	w.Helper()
	p, talks := &portrait{}, w.id("talks")
	d, err := negotiation.DraftTextOf(ctx, to, &negotiation.DraftQuery{Negotiation: talks})
	if err != nil {
		w.Fatal(err)
	}
	p.draft(d)
	c, err := negotiation.ChangesOf(ctx, from, to, &negotiation.ChangesQuery{Negotiation: talks})
	if err != nil {
		w.Fatal(err)
	}
	for _, i := range c.Items {
		p.tell(i.Sources, "%s %s %v → %v on %v of %v", i.Kind, i.Subject, i.Before, i.After, i.Issues, i.Parties)
	}
	p.tell(nil, "seen %d, undated %d, groups %v", c.DocumentsSeen, c.UndatedDocuments, c.Groups)
	p.own(w, to)
	return p
}

func (p *portrait) draft(d negotiation.DraftText) {
	for _, v := range d.Versions {
		p.tell(v.Evidence, "version %s from %s, %d points", v.ID, v.Start, v.Seen)
	}
	for _, row := range d.Rows {
		for _, c := range row.Cells {
			for _, x := range c.Provisions {
				p.tell(x.Evidence, "%s %s: %s %s (%d sides)", row.Issue, row.Point, x.Text, x.Status, len(c.Sides))
			}
		}
		p.tell(nil, "%v", row.Steps)
	}
	p.tell(nil, "%s", d.Reason)
}

// own is the part that rests on parties' own words, and, in all, the concessions.
func (p *portrait) own(w *world, v graph.View) {
	g, err := negotiation.GapsOf(ctx, v, &negotiation.GapQuery{Negotiation: w.id("talks")})
	if err != nil {
		w.Fatal(err)
	}
	for _, i := range g.Issues {
		p.tell(nil, "%s %s %v %v %v %v", i.Issue, i.Zone, i.Options, i.Range, i.Missing, i.Apart)
		for _, s := range i.Sides {
			p.tell(nil, "%s accepts %v, %v if, refuses %v", s.Party, s.Accepts, s.AcceptsIf, s.Refuses)
			for _, x := range s.Positions {
				p.tell(x.Evidence, "%s %s", x.Stance, x.Voice)
			}
		}
	}
	u, err := negotiation.PulseOf(ctx, v, &negotiation.PulseQuery{Negotiation: w.id("talks")})
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range u.Movements {
		for _, move := range m.Moves {
			p.tell(move.Evidence, "%s %s: %s %s %s %g", m.Issue, m.Party, move.Turn, move.Stance, move.From, move.By)
		}
	}
	for _, e := range u.Ledger {
		p.tell(e.Evidence, "%v %s %s", e.Parties, e.Turn, e.Relation)
	}
	p.tell(nil, "%v", u.Silences)
}

// views are an earlier and a later point, as published by the later day.
func (w *world) views(known string) (from, to graph.View) {
	return w.published("2025-12-03", "2025-12-03"), w.published("2025-12-16", known)
}

// Nothing published after a point shows at it: the answers are those of a store
// that was never told of it. Whatever they rest on can be looked up.
func TestPropertyNothingLater(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := papers(rt)
		known := rapid.SampledFrom(publishedOn).Draw(rt, "known")
		early := slices.DeleteFunc(slices.Clone(list), func(p paper) bool { return p.day > known })
		one, other := worldOf(t, list), worldOf(t, early)
		got, expect := one.portrait(one.views(known)), other.portrait(other.views(known))
		if got.text.String() != expect.text.String() {
			rt.Fatalf("with what was published later:\n%s\nwithout it:\n%s", &got.text, &expect.text)
		}
		_, to := one.views(known)
		for _, e := range got.heard {
			if _, err := to.Assertion(ctx, e.ID); err != nil {
				rt.Fatalf("a source of an answer: %v", err)
			}
		}
	})
}

// What was shown is what is still shown as recorded then, and asserting again
// what was retracted restores it.
func TestPropertyRecorded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := papers(rt)
		w := newWorld(t, scaled, drafts)
		day, err := graph.ParseOn("2025-12-16")
		if err != nil {
			rt.Fatal(err)
		}
		first := w.db.At(graph.Point{}).TS()
		show := func(ts graph.TS) string {
			from := w.db.At(graph.Point{On: day, KnownOn: first})
			return w.portrait(from, w.db.At(graph.Point{On: day, KnownOn: ts})).text.String()
		}
		var then []string
		var when []graph.TS
		keep := func() {
			when = append(when, w.db.At(graph.Point{}).TS())
			then = append(then, show(when[len(when)-1]))
		}
		for _, p := range list {
			w.load(p.notes())
			keep()
		}
		var id graph.AssertionID
		say := w.word(rt)
		assert := func(tx *graph.Tx) (err error) { id, _, err = tx.Assert(say); return err }
		for _, act := range []func(*graph.Tx) error{assert, func(tx *graph.Tx) error { return tx.Retract(id) }, assert} {
			if _, err := w.db.Update(ctx, graph.Act{Author: "test"}, act); err != nil {
				rt.Fatal(err)
			}
			keep()
		}
		for i := range then {
			if got := show(when[i]); got != then[i] {
				rt.Fatalf("as recorded after step %d:\n%s\nat the time:\n%s", i, got, then[i])
			}
		}
		if n := len(then); then[n-1] != then[n-3] {
			rt.Fatalf("asserted again:\n%s\nbefore it was retracted:\n%s", then[n-1], then[n-3])
		}
	})
}

// word is a position of the United States in the first paper, said by itself.
func (w *world) word(rt *rapid.T) graph.Draft {
	valid, err := graph.ParseValid(rapid.SampledFrom(startsOn).Draw(rt, "start"), "")
	if err != nil {
		rt.Fatal(err)
	}
	fill := func(name string, v graph.Value) graph.Field {
		return graph.Field{Name: name, Values: []graph.Filler{{Value: v}}}
	}
	return graph.Draft{Document: graph.ByKey("source:p0"), Key: "word", Chain: []graph.Ref{graph.ByKey("x:us")}, Voice: graph.Self, Valid: valid,
		Relation: &graph.Relation{Kind: "Position", Fields: []graph.Field{fill("holder", graph.RefOf(graph.ByKey("x:us"))),
			fill("issue", graph.RefOf(graph.ByKey("x:terms"))), fill("stance", graph.CodeOf(rapid.SampledFrom([]string{"REJECT", "ACCEPT"}).Draw(rt, "stance")))}}}
}

// The order of loading changes nothing.
func TestPropertyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := papers(rt)
		one, other := worldOf(t, list), worldOf(t, rapid.Permutation(list).Draw(rt, "order"))
		got, expect := one.portrait(one.views("2025-12-15")), other.portrait(other.views("2025-12-15"))
		if got.text.String() != expect.text.String() {
			rt.Fatalf("in one order:\n%s\nin another:\n%s", &got.text, &expect.text)
		}
	})
}

// Whatever others say of a party, its own word and what is concluded from it
// stay: zones, movements, silences.
func TestPropertyOwnVoice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := papers(rt)
		others := paper{key: "others", day: "2025-12-10"}
		for i, holder := range []string{"US", "Russia", "Ukraine"} {
			stance := rapid.SampledFrom([]string{"ACCEPT", "REJECT", "DEMAND"}).Draw(rt, "stance")
			start := rapid.SampledFrom(startsOn).Draw(rt, "start")
			speaker := []string{"Russia", "Ukraine", "US officials"}[i]
			others.lines = append(others.lines, fmt.Sprintf("by %s\n@K%d position %s on Terms: %s ; option \"x\" ; %s", speaker, 2*i, holder, stance, start),
				fmt.Sprintf("by narrator\n@K%d position %s on Army: %s ; option (text \"six\" ; amount 600) ; %s", 2*i+1, holder, stance, start))
		}
		one, other := worldOf(t, list), worldOf(t, append(list, others))
		var got, expect portrait
		_, to := one.views("2025-12-15")
		expect.own(one, to)
		_, to = other.views("2025-12-15")
		got.own(other, to)
		if got.text.String() != expect.text.String() {
			rt.Fatalf("with what others say:\n%s\nwithout it:\n%s", &got.text, &expect.text)
		}
	})
}
