package graph_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// naive answers traversals from whole lists of Neighbors, one entity at a time.
type naive struct {
	t testing.TB
	v graph.View
	h graph.Hops
}

// around lists the edges of an entity that the hops select; ends may be of any kind.
func (n naive) around(id graph.EntityID, ends ...graph.EntityID) (list []graph.Edge) {
	n.t.Helper()
	q := graph.EdgeQuery{Entity: graph.ByID(id), Properties: n.h.Properties, Starts: n.h.Starts, MinRank: n.h.MinRank, Ranked: n.h.Ranked}
	for e, err := range n.v.Neighbors(ctx, q) {
		if err != nil {
			n.t.Fatal(err)
		}
		other, err := n.v.Entity(ctx, graph.ByID(e.Other))
		if err != nil {
			n.t.Fatal(err) // what an edge at the point leads to is shown there
		}
		if slices.Contains(ends, e.Other) || n.v.Ontology().IsAny(other.Kind, n.h.Kinds) {
			list = append(list, e)
		}
	}
	return list
}

// path is the shortest path through the least ids, by distances to its end.
func (n naive) path(from, to graph.EntityID, most int) (path []graph.Edge, ok bool) {
	if from == to {
		_, err := n.v.Entity(ctx, graph.ByID(from))
		return nil, err == nil
	}
	far := map[graph.EntityID]int{to: 0}
	for queue := []graph.EntityID{to}; len(queue) > 0; queue = queue[1:] {
		for _, e := range n.around(queue[0], from, to) {
			if _, known := far[e.Other]; !known {
				far[e.Other] = far[queue[0]] + 1
				queue = append(queue, e.Other)
			}
		}
	}
	if length, ok := far[from]; !ok || length > most {
		return nil, false
	}
	for at := from; at != to; at = path[len(path)-1].Other {
		var best *graph.Edge
		for _, e := range n.around(at, from, to) {
			if d, ok := far[e.Other]; ok && d == far[at]-1 && (best == nil || bestHop(&e, best) < 0) {
				best = &e
			}
		}
		path = append(path, *best)
	}
	return path, true
}

func bestHop(a, b *graph.Edge) int {
	out := map[bool]int{true: 0, false: 1}
	return cmp.Or(bytes.Compare(a.Other[:], b.Other[:]), cmp.Compare(b.From, a.From), strings.Compare(a.Property, b.Property), cmp.Compare(out[a.Out], out[b.Out]))
}

// twoHops is every entity at one hop and at two, with the edges to it.
func (n naive) twoHops(id graph.EntityID) []graph.Reached {
	one, two := map[graph.EntityID]int{}, map[graph.EntityID]int{}
	for _, e := range n.around(id) {
		one[e.Other]++
	}
	delete(one, id)
	for near := range one {
		for _, e := range n.around(near) {
			if one[e.Other] == 0 && e.Other != id {
				two[e.Other]++
			}
		}
	}
	var list []graph.Reached
	for hops, edges := range map[int]map[graph.EntityID]int{1: one, 2: two} {
		for e, count := range edges {
			list = append(list, graph.Reached{Entity: e, Hops: hops, Edges: count})
		}
	}
	slices.SortFunc(list, func(a, b graph.Reached) int {
		return cmp.Or(cmp.Compare(a.Hops, b.Hops), cmp.Compare(b.Edges, a.Edges), bytes.Compare(a.Entity[:], b.Entity[:]))
	})
	return list
}

// subgraph is what q asks for, from whole lists.
func (n naive) subgraph(q graph.SubgraphQuery) (nodes, edges []string, cut bool) {
	depth := map[graph.EntityID]int{q.Around: 0}
	order := []graph.EntityID{q.Around}
	seen := map[string]bool{}
	for i := 0; i < len(order); i++ {
		at, full := order[i], false
		if depth[at] < q.Depth {
			all := n.around(at, q.Around)
			full = len(all) > q.Limit
			for _, e := range all[:min(len(all), q.Limit)] {
				_, known := depth[e.Other]
				if !known && len(order) == q.MaxEntities {
					full = true
					continue
				}
				if !known {
					depth[e.Other], order = depth[at]+1, append(order, e.Other)
				}
				if key := n.claimOf(&e); !seen[key] {
					seen[key] = true
					edges = append(edges, hop(&e))
				}
			}
		}
		nodes, cut = append(nodes, fmt.Sprint(at, depth[at], full)), cut || full
	}
	return nodes, edges, cut
}

// claimOf names the claim of an edge by its evidence.
func (n naive) claimOf(e *graph.Edge) string {
	evidence, err := n.v.EdgeEvidence(ctx, []graph.Edge{*e})
	if err != nil || len(evidence) == 0 {
		n.t.Fatalf("evidence of an edge: %v %v", evidence, err)
	}
	return evidence[0].Claim.String()
}

// hop writes an edge down.
func hop(e *graph.Edge) string {
	return fmt.Sprint(e.Entity, e.Property, e.Out, e.Other, e.From, e.End.Until, e.Truth, e.Rank, e.Class)
}

func hops(list []graph.Edge) (lines []string) {
	for i := range list {
		lines = append(lines, hop(&list[i]))
	}
	return lines
}

// random makes a world of links and meetings between a few actors, some of
// them denied, secret, retracted, embargoed or only proposed.
func random(t *testing.T, rt *rapid.T) (*graphtest.World, []string) {
	w := graphtest.Open(t, nil)
	table(w)
	actors := []string{"x:ua", "x:ru", "x:witkoff", "x:s1", "x:s2"}
	w.Declare("State x:s1", "State x:s2")
	all := slices.Clone(actors)
	actor := rapid.SampledFrom(actors)
	var ids []graph.AssertionID
	for i := range rapid.IntRange(1, 16).Draw(rt, "n") {
		d := graph.Draft{Document: graph.ByKey(rapid.SampledFrom([]string{"source:d1", "source:d2", "source:d3"}).Draw(rt, "doc")), Key: fmt.Sprint(i)}
		d.Valid = w.Valid(rapid.SampledFrom([]string{"2025-10-03", "2025-10-05", "2025-10-05", "2025-10-05/2025-10-20", "2025-10/..", "2025", ""}).Draw(rt, "valid"))
		if rapid.IntRange(0, 2).Draw(rt, "meeting") == 0 {
			key := fmt.Sprint("x:m", rapid.IntRange(1, 3).Draw(rt, "which"))
			d.Valid = w.Valid(rapid.SampledFrom([]string{"2025-10-03", "2025-10-05"}).Draw(rt, "day"))
			d.Relation = &graph.Relation{Kind: "Meeting", Key: w.Key(key), Fields: []graph.Field{fill("participant", actor.Draw(rt, "a"), actor.Draw(rt, "b"))}}
			if !slices.Contains(all, key) {
				all = append(all, key)
			}
		} else {
			l := graphtest.Link(actor.Draw(rt, "a"), rapid.SampledFrom([]string{"meets", "calls"}).Draw(rt, "p"), actor.Draw(rt, "b"))
			l.Deny = rapid.IntRange(0, 9).Draw(rt, "deny") == 0
			d.Links = []graph.Link{l}
		}
		d.Judgement.Marking = rapid.SampledFrom([]graph.Marking{graph.Clear, graph.Clear, graph.Clear, graph.Red}).Draw(rt, "marking")
		d.Judgement.Status = rapid.SampledFrom([]graph.Status{graph.AcceptedStatus, graph.AcceptedStatus, graph.AcceptedStatus, graph.Proposed}).Draw(rt, "status")
		d.Judgement.Rank = rapid.SampledFrom([]graph.Rank{graph.Normal, graph.Normal, graph.Deprecated}).Draw(rt, "rank")
		id, _ := w.Assert(d)
		ids = append(ids, id)
	}
	if rapid.Bool().Draw(rt, "retract") {
		w.Do(func(tx *graph.Tx) error { return tx.Retract(ids[0]) })
	}
	return w, all
}

// drawPoint draws a point of the random worlds, drawHops hops.
func drawPoint(w *graphtest.World, rt *rapid.T) graph.Point {
	p := w.Point(rapid.SampledFrom([]string{"", "", "2025-10-03", "2025-10-05", "2025-10-15/2025-11-02"}).Draw(rt, "on"),
		rapid.SampledFrom([]string{"", "", "2025-12-01", "2025-12-02"}).Draw(rt, "known"), rapid.SampledFrom([]graph.Basis{graph.Recorded, graph.Published}).Draw(rt, "basis"))
	p.Clearance = rapid.SampledFrom([]graph.Marking{graph.Clear, graph.Red}).Draw(rt, "clearance")
	return p
}

func drawHops(w *graphtest.World, rt *rapid.T) (h graph.Hops) {
	h.Properties = rapid.SampledFrom([][]string{nil, nil, {"meets", "participant"}, {"never"}}).Draw(rt, "properties")
	h.Kinds = rapid.SampledFrom([][]string{nil, nil, {"Actor"}, {"State", "Meeting"}, {"Person"}}).Draw(rt, "kinds")
	if rapid.IntRange(0, 3).Draw(rt, "window") == 0 {
		h.Starts = w.Point("2025-10-04/2025-10-31", "", graph.Recorded).On
	}
	h.Ranked, h.MinRank = rapid.IntRange(0, 3).Draw(rt, "ranked") == 0, graph.Normal
	return h
}

// Every traversal equals the naive one over Neighbors, at any point, for any
// selection of hops.
func TestHopsEqualNeighbors(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, all := random(t, rt)
		n := naive{rt2t{t, rt}, w.At(drawPoint(w, rt)), drawHops(w, rt)}
		one := rapid.SampledFrom(all)
		comparePaths(n, w.ID(one.Draw(rt, "from")), w.ID(one.Draw(rt, "to")), rapid.IntRange(1, 5).Draw(rt, "most"))
		compareTwoHops(n, w.ID(one.Draw(rt, "around")))
		compareCounts(n, w.ID(one.Draw(rt, "of")))
		compareSubgraphs(n, graph.SubgraphQuery{Around: w.ID(one.Draw(rt, "middle")), Hops: n.h, Depth: rapid.IntRange(1, 3).Draw(rt, "depth"),
			Limit: rapid.IntRange(1, 6).Draw(rt, "limit"), MaxEntities: rapid.IntRange(1, 9).Draw(rt, "entities")})
	})
}

// rt2t reports to rapid what helpers find out, so that it can shrink the case.
type rt2t struct {
	*testing.T
	rt *rapid.T
}

func (r rt2t) Fatal(args ...any)                 { r.rt.Fatal(args...) }
func (r rt2t) Fatalf(format string, args ...any) { r.rt.Fatalf(format, args...) }

func comparePaths(n naive, from, to graph.EntityID, most int) {
	got, err := n.v.Path(ctx, graph.PathQuery{From: graph.ByID(from), To: graph.ByID(to), Hops: n.h, MaxHops: most})
	expect, ok := n.path(from, to, most)
	if (err == nil) != ok || (err != nil && !errors.Is(err, graph.ErrNotFound)) || !slices.Equal(hops(got), hops(expect)) {
		n.t.Fatalf("path from %s to %s:\n%s (%v)\nnaive:\n%s %v", from, to, strings.Join(hops(got), "\n"), err, strings.Join(hops(expect), "\n"), ok)
	}
}

func compareTwoHops(n naive, id graph.EntityID) {
	got, err := n.v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(id), Hops: n.h})
	expect := n.twoHops(id)
	if err != nil || !slices.Equal(got.Entities, expect) || got.One+got.Two != len(expect) || got.Cut {
		n.t.Fatalf("two hops: %+v (%v)\nnaive: %+v", got, err, expect)
	}
	some, err := n.v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(id), Hops: n.h, Most: 2})
	if err != nil || !slices.Equal(some.Entities, expect[:min(2, len(expect))]) || some.Cut != (len(expect) > 2) || some.One != got.One || some.Two != got.Two {
		n.t.Fatalf("two of two hops: %+v (%v), all: %+v", some, err, expect)
	}
}

func compareCounts(n naive, id graph.EntityID) {
	got, err := n.v.Counts(ctx, graph.ByID(id), n.h)
	if err != nil {
		n.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, e := range n.around(id) {
		counts[fmt.Sprint(e.Property, !e.Out)]++
	}
	var expect, have []string
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		expect = append(expect, fmt.Sprint(key, counts[key]))
	}
	for _, c := range got {
		have = append(have, fmt.Sprint(fmt.Sprint(c.Property, !c.Out), c.Edges))
	}
	if !slices.Equal(have, expect) {
		n.t.Fatalf("counts %v, naive %v", have, expect)
	}
}

func compareSubgraphs(n naive, q graph.SubgraphQuery) {
	got, err := n.v.Subgraph(ctx, q)
	if _, missing := n.v.Entity(ctx, graph.ByID(q.Around)); missing != nil {
		if !errors.Is(err, graph.ErrNotFound) {
			n.t.Fatalf("around what is not shown: %v", err)
		}
		return
	}
	nodes, edges, cut := n.subgraph(q)
	var have []string
	for _, e := range got.Entities {
		have = append(have, fmt.Sprint(e.ID, e.Depth, e.Cut))
	}
	if err != nil || !slices.Equal(have, nodes) || !slices.Equal(hops(got.Edges), edges) || got.Cut != cut {
		n.t.Fatalf("subgraph (%v, cut %v):\n%s\n%s\nnaive (%v):\n%s\n%s", err, got.Cut, strings.Join(have, "\n"), strings.Join(hops(got.Edges), "\n"),
			cut, strings.Join(nodes, "\n"), strings.Join(edges, "\n"))
	}
}

// Months equal counting the edges of all entities one by one.
func TestByMonthEqualsClaims(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, all := random(t, rt)
		p := drawPoint(w, rt)
		v := w.At(p)
		q := graph.MonthQuery{Property: rapid.SampledFrom([]string{"meets", "participant"}).Draw(rt, "property")}
		if rapid.Bool().Draw(rt, "bounded") {
			q.In = w.Point(rapid.SampledFrom([]string{"2025-10", "2025-10-04/2025-10-31", "2025-09"}).Draw(rt, "in"), "", graph.Recorded).On
		}
		got, err := v.ByMonth(ctx, q)
		if err != nil {
			rt.Fatal(err)
		}
		whenever := p
		whenever.On = graph.Interval{}
		if expect := monthsOf(t, w.At(whenever), w, all, q); fmt.Sprint(got) != fmt.Sprint(expect) {
			rt.Fatalf("links: %v, naive %v", got, expect)
		}
		q.Kind, q.Property = "Meeting", ""
		if got, err = v.ByMonth(ctx, q); err != nil {
			rt.Fatal(err)
		}
		if expect := monthsOf(t, w.At(whenever), w, all, q); fmt.Sprint(got) != fmt.Sprint(expect) {
			rt.Fatalf("relations: %v, naive %v", got, expect)
		}
	})
}

// monthsOf counts, from the claims about each entity, links or relations by
// the month that their start states.
func monthsOf(t *testing.T, v graph.View, w *graphtest.World, all []string, q graph.MonthQuery) (m graph.Months) {
	t.Helper()
	counts := map[string]int{}
	for _, key := range all {
		var starts []graph.Claim
		for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(w.ID(key))}) {
			if err != nil {
				t.Fatal(err)
			}
			if c.From != graph.MinTime && c.Class != graph.Timeless && (q.Property == "" || c.Property == q.Property) {
				starts = append(starts, c)
			}
		}
		if q.Kind != "" {
			slices.SortFunc(starts, func(a, b graph.Claim) int { return cmp.Compare(a.From, b.From) })
			starts = starts[:min(1, len(starts))]
			if !strings.HasPrefix(key, "x:m") {
				starts = nil
			}
		}
		for _, c := range starts {
			switch day := c.Start.Date.String(); {
			case !q.In.IsZero() && !q.In.Contains(c.From):
			case len(day) < len("2025-10"):
				m.Coarse++
			default:
				counts[day[:7]]++
			}
		}
	}
	for _, month := range slices.Sorted(maps.Keys(counts)) {
		from, err := time.Parse("2006-01", month)
		if err != nil {
			t.Fatal(err)
		}
		m.Months = append(m.Months, graph.Month{From: graph.TimeOf(from), Count: counts[month]})
	}
	return m
}
