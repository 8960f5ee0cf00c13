package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// merge judges two entities to be one, in the author's own document.
func merge(w *graphtest.World, one, other string) (id graph.AssertionID) {
	w.Helper()
	w.Do(func(tx *graph.Tx) (err error) {
		id, _, err = tx.Merge(graph.ByKey(one), graph.ByKey(other), nil)
		return err
	})
	return id
}

// refused runs an update that must be refused, and returns the message.
func refused(w *graphtest.World, act graph.Act, fn func(tx *graph.Tx) error) string {
	w.Helper()
	_, err := w.Update(ctx, act, fn)
	if err == nil {
		w.Fatal("accepted")
	}
	return err.Error()
}

func refusedMerge(w *graphtest.World, one, other string) string {
	w.Helper()
	return refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
		_, _, err := tx.Merge(graph.ByKey(one), graph.ByKey(other), nil)
		return err
	})
}

// told writes all that a view shows of an entity: itself, its names, its claims
// with their evidence, its edges and its state.
func told(w *graphtest.World, v graph.View, ref graph.Ref) string {
	w.Helper()
	e, err := v.Entity(ctx, ref)
	if errors.Is(err, graph.ErrNotFound) {
		return "not shown"
	}
	fail := func(err error) {
		if err != nil {
			w.Fatal(err)
		}
	}
	fail(err)
	names, err := v.Names(ctx, e.ID)
	fail(err)
	labels, err := v.Labels(ctx, []graph.EntityID{e.ID})
	fail(err)
	lines := []string{fmt.Sprint(e, names, labels)}
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(e.ID), Denied: true}) {
		fail(err)
		evidence, err := v.Evidence(ctx, []graph.Claim{c})
		fail(err)
		history, err := v.History(ctx, c.ID)
		fail(err)
		lines = append(lines, fmt.Sprint(c.ID, c.Subject, c.Property, c.Value, c.Date(), c.Truth, c.Rank, len(history)))
		for _, a := range evidence {
			lines = append(lines, fmt.Sprint("  ", a.Claim, a.Deny, a.End, a.Assertion))
		}
	}
	for edge, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(e.ID)}) {
		fail(err)
		lines = append(lines, fmt.Sprint(edge.Property, edge.Out, edge.Entity, edge.Other, edge.From, edge.End, edge.Truth))
	}
	states, err := v.States(ctx, []graph.EntityID{e.ID})
	fail(err)
	for _, s := range states {
		lines = append(lines, fmt.Sprint(s.Since, s.Missing, s.Flags, len(s.Claims)))
	}
	return strings.Join(lines, "\n")
}

// twins is a world with Russia under two keys: x:ru, which is the older one,
// and x:moscow, each with a name, a meeting and a position.
func twins(w *graphtest.World) {
	w.Helper()
	table(w)
	w.Declare("State x:moscow", "State x:kremlin")
	w.Assert(named("d1", "N1", "x:ru", "name", graph.NameOf("Russia", "en", "", "")))
	w.Assert(named("d1", "N2", "x:moscow", "name", graph.NameOf("Moscow", "en", "", "")))
	w.Assert(named("d2", "N3", "x:moscow", "alias", graph.NameOf("Russia", "en", "", "")))
	w.Assert(meeting(w, "d1", "A", "m1", "2025-11-14"))
	d := meeting(w, "d2", "A", "m2", "2025-11-16")
	d.Relation.Fields[0] = fill("participant", "x:ua", "x:moscow")
	w.Assert(d)
}

// Members are read together under the oldest member's id, whoever is asked
// about; unmerged, everything is as it was.
func TestRule11ReadTogether(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		w.Assert(stance(w, "d1", "P1", "2025-11-14", "OPEN", graph.Self))
		later := stance(w, "d2", "P2", "2025-11-16", "REJECT", graph.Self)
		later.Relation.Fields[0] = fill("holder", "x:moscow")
		w.Assert(later)
		all := func() string {
			v := w.At(w.Point("2025-11-16", "", graph.Recorded))
			var parts []string
			for _, key := range []string{"x:ru", "x:moscow", "x:ua", "x:m1", "x:m2"} {
				parts = append(parts, told(w, w.At(graph.Point{}), graph.ByKey(key)), told(w, v, graph.ByKey(key)))
			}
			return strings.Join(append(parts, relations(w, v.Point(), "Position", "stance")), "\n")
		}
		before := all()
		early := w.At(graph.Point{})
		merge(w, "x:moscow", "x:ru")

		now := w.At(graph.Point{})
		e, err := now.Entity(ctx, graph.ByKey("x:moscow"))
		if err != nil {
			t.Fatal(err)
		}
		want(t, "the oldest one's id", e.ID.String(), w.ID("x:ru").String())
		want(t, "keys", text(e.Keys), "[x:ru x:moscow]")
		want(t, "asked either way", told(w, now, graph.ByKey("x:moscow")), told(w, now, graph.ByKey("x:ru")))
		names, _ := now.Names(ctx, w.ID("x:moscow"))
		want(t, "names", len(names), 3)
		for _, name := range []string{"Moscow", "Russia"} {
			found, err := now.Lookup(ctx, graph.NameQuery{Name: name})
			if err != nil || len(found) != 1 || found[0].ID != w.ID("x:ru") {
				t.Errorf("lookup of %s: %v (%v)", name, found, err)
			}
		}
		want(t, "edges", neighbors(w, graph.Point{}, "x:ru"), "participant holder participant holder one other")
		between := 0
		for edge, err := range now.Neighbors(ctx, graph.EdgeQuery{Entity: graph.ByID(w.ID("x:m2")), Other: graph.ByID(w.ID("x:ru"))}) {
			if err != nil || edge.Other != w.ID("x:ru") || !edge.Out {
				t.Error(edge, err)
			}
			between++
		}
		want(t, "between the meeting and either of the two", between, 1)
		want(t, "one key, one position stands", relations(w, w.Point("2025-11-16", "", graph.Recorded), "Position", "stance"), "REJECT")
		list, err := now.Relations(ctx, graph.RelationQuery{Kind: "Meeting", Fillers: map[string][]graph.EntityID{"participant": {w.ID("x:moscow")}}})
		want(t, "meetings of either", len(list), 2)
		if err != nil {
			t.Error(err)
		}
		asked := []graph.EntityID{w.ID("x:moscow"), w.ID("x:ua"), w.ID("x:ru")}
		entities, err := now.Entities(ctx, asked)
		if err != nil || len(entities) != 2 || entities[0].ID != w.ID("x:ru") {
			t.Errorf("each once: %v (%v)", entities, err)
		}
		states, err := now.States(ctx, asked)
		if err != nil || len(states) != 1 || states[0].ID != w.ID("x:ru") {
			t.Errorf("each once: %v (%v)", states, err)
		}

		v := w.At(graph.Point{KnownOn: early.TS()})
		want(t, "unseen in earlier views", told(w, v, graph.ByKey("x:moscow")), told(w, early, graph.ByKey("x:moscow")))
		w.Do(func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("x:ru"), graph.ByKey("x:moscow")) })
		want(t, "unmerged", all(), before)
		want(t, "the past stays merged", told(w, now, graph.ByKey("x:moscow")), told(w, now, graph.ByKey("x:ru")))
	})
}

// In the middle of a transaction, what it has said and taken back counts.
func TestRule11WithinTransaction(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		ru, moscow, kremlin := graph.ByKey("x:ru"), graph.ByKey("x:moscow"), graph.ByKey("x:kremlin")
		together := func(tx *graph.Tx, one, other graph.Ref) error { _, _, err := tx.Merge(one, other, nil); return err }
		w.Do(func(tx *graph.Tx) error {
			return errors.Join(together(tx, ru, moscow), together(tx, moscow, kremlin), tx.Unmerge(moscow, kremlin), together(tx, ru, kremlin))
		})
		want(t, "one", one(w, w.At(graph.Point{}), "x:moscow", "x:kremlin"), "one")
		message := refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
			return errors.Join(tx.Unmerge(ru, kremlin), together(tx, kremlin, moscow), together(tx, kremlin, ru))
		})
		want(t, "a circle", message, "graph: refused: x:ru and x:kremlin are the same already: x:ru = x:moscow = x:kremlin")
	})
}

// What is kept apart in a transaction is two in the rest of it, whatever made
// it one before.
func TestRule11ApartWithinTransaction(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		ru, moscow := graph.ByKey("x:ru"), graph.ByKey("x:moscow")
		merge(w, "x:ru", "x:moscow")
		message := refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
			if _, _, err := tx.KeepApart(ru, moscow, &graph.Draft{Document: graph.ByKey("source:d1"), Key: "apart"}); err != nil {
				return err
			}
			return tx.Unmerge(ru, moscow)
		})
		want(t, "they are two by now", message, "graph: not found: x:ru and x:moscow are not merged")
	})
}

// A judgement counts wherever in an assertion it stands, behind the denial of
// another one, too.
func TestRule11BehindDenial(t *testing.T) {
	w := graphtest.Open(t, nil)
	twins(w)
	apart := sameAs("d1", "A", "x:ru", "x:moscow", graph.SameNegative)
	w.Assert(apart)
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: graph.KindSameAs})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	s := graph.ByID(list[0].ID)
	say := func(property string, v graph.Value, deny bool) graph.Link {
		return graph.Link{Subject: s, Property: property, Value: v, Deny: deny}
	}
	both := graph.Draft{Document: graph.ByKey("source:d2"), Key: "B", Links: []graph.Link{
		say("judgement", graph.CodeOf(graph.SameUnsure), true),
		say("one", graph.RefOf(graph.ByKey("x:ru")), false), say("other", graph.RefOf(graph.ByKey("x:moscow")), false),
		say("judgement", graph.CodeOf(graph.SamePositive), false)}}
	if err := w.Refuse(both); !errors.Is(err, graph.ErrRefused) || !strings.Contains(err.Error(), "cannot be merged") {
		t.Error(err)
	}
}

// The history of what was merged is in the order of recording, within a
// transaction, too.
func TestRule11History(t *testing.T) {
	w := graphtest.Open(t, nil)
	twins(w)
	merge(w, "x:ru", "x:moscow")
	w.Assert(named("d1", "H0", "x:ru", "alias", graph.TextOf("Rus")))
	w.Do(func(tx *graph.Tx) error {
		for i, key := range []string{"x:moscow", "x:ru"} {
			if _, _, err := tx.Assert(named("d1", fmt.Sprint("H", i+1), key, "alias", graph.TextOf("Rus"))); err != nil {
				return err
			}
		}
		return nil
	})
	_, list, err := w.At(graph.Point{}).HistoryOf(ctx, w.ID("x:ru"), "alias")
	var keys []string
	for _, e := range list {
		if strings.HasPrefix(e.Key, "H") {
			keys = append(keys, e.Key)
		}
	}
	want(t, "in order", text(keys, err), text([]string{"H0", "H1", "H2"}, nil))
}

// want11 holds the first claim of a property, as a view shows it, against how
// many there are, and against its truth and sources.
func want11(t *testing.T, v graph.View, subject, property string, count int, truth graph.Truth, sources int) graph.Claim {
	t.Helper()
	var list []graph.Claim
	id := entityID(t, v, subject)
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: graph.ByID(id), Properties: []string{property}}) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	if len(list) != count {
		t.Fatalf("%d claims %s of %s, want %d", len(list), property, subject, count)
	}
	evidence, err := v.Evidence(ctx, list[:1])
	if err != nil || len(evidence) != sources || list[0].Truth != truth {
		t.Errorf("%s of %s: %v with %d sources, want %v with %d (%v)", property, subject, list[0].Truth, len(evidence), truth, sources, err)
	}
	return list[0]
}

func entityID(t *testing.T, v graph.View, key string) graph.EntityID {
	t.Helper()
	e, err := v.Entity(ctx, graph.ByKey(key))
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// Equal claims are one claim, with the evidence of all: about one subject, and
// with one value. A denial of one contests it.
func TestRule11EqualClaims(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:moscow", "Meeting x:m1", "Meeting x:m2")
		w.Assert(meeting(w, "d1", "A", "m1", "2025-11-14"))
		again := meeting(w, "d2", "A", "m1", "2025-11-14")
		again.Relation.Fields[0] = fill("participant", "x:ua", "x:moscow")
		w.Assert(again)
		before := w.At(graph.Point{})
		want11(t, before, "x:m1", "participant", 3, graph.Held, 2)
		merge(w, "x:ru", "x:moscow")
		v := w.At(graph.Point{})
		want11(t, v, "x:m1", "participant", 2, graph.Held, 2)
		s, err := before.Stats(ctx)
		if err != nil {
			t.Fatal(err)
		}
		// one entity less, the SameAs relation and its three claims more, one claim less
		s.Entities, s.Relations, s.Claims, s.Assertions, s.Documents, s.Transactions = s.Entities-1, s.Relations+1, s.Claims+2, s.Assertions+1, s.Documents+1, s.Transactions+1
		got, err := v.Stats(ctx)
		if err != nil || got != s {
			t.Errorf("counts %+v, want %+v (%v)", got, s, err)
		}

		other := meeting(w, "d3", "A", "m2", "2025-11-14")
		w.Assert(other)
		deny := graphtest.Link("x:m2", "participant", "x:ua")
		deny.Deny = true
		w.Assert(graph.Draft{Document: graph.ByKey("source:d3"), Key: "B", Valid: w.Valid("2025-11-14"), Links: []graph.Link{deny}})
		merge(w, "x:m1", "x:m2")
		v = w.At(graph.Point{})
		list, err := v.Relations(ctx, graph.RelationQuery{Kind: "Meeting"})
		if err != nil || len(list) != 1 || len(list[0].All("participant")) != 2 || len(list[0].All("status")) != 1 {
			t.Fatalf("%+v (%v)", list, err)
		}
		for _, c := range list[0].All("participant") {
			evidence, err := v.Evidence(ctx, []graph.Claim{c})
			if err != nil {
				t.Fatal(err)
			}
			history, err := v.History(ctx, c.ID)
			truth := graph.Held
			if c.Value.Entity() == w.ID("x:ua") {
				truth = graph.Contested
			}
			if err != nil || c.Truth != truth || len(evidence) != len(history) || evidence[0].Claim != c.ID || len(evidence) != 3+int(truth) {
				t.Errorf("%v: %v, %d pieces of evidence, %d records (%v)", c.Value, c.Truth, len(evidence), len(history), err)
			}
			for _, e := range history {
				found, err := v.Claim(ctx, e.Claim)
				if err != nil || found.ID != c.ID || found.Truth != truth {
					t.Errorf("claim by id: %+v (%v)", found, err)
				}
			}
		}
		n := 0
		for edge, err := range v.Edges(ctx, "participant", graph.Always) {
			if err != nil || edge.Entity != w.ID("x:m1") {
				t.Error(edge, err)
			}
			list, err := v.EdgeEvidence(ctx, []graph.Edge{edge})
			if err != nil || len(list) < 3 {
				t.Error(len(list), err)
			}
			n++
		}
		want(t, "edges", n, 2)

		// An assertion that says the same of both says it once.
		twice := meeting(w, "d3", "C", "m3", "2025-11-15")
		twice.Relation.Fields[0] = fill("participant", "x:ru", "x:moscow")
		w.Assert(twice)
		want11(t, w.At(graph.Point{}), "x:m3", "participant", 1, graph.Held, 1)
	})
}

// Pages of a merged entity's edges go on where the page before ended.
func TestRule11Cursors(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("State x:moscow")
		for i := range 20 {
			for _, who := range []string{"x:ru", "x:moscow"} {
				d := meeting(w, "d1", fmt.Sprint(who, i), fmt.Sprint("m", i), fmt.Sprintf("2025-11-%02d", 1+i/2))
				d.Relation.Fields[0] = fill("participant", "x:ua", who)
				w.Assert(d)
			}
		}
		merge(w, "x:ru", "x:moscow")
		v := w.At(graph.Point{})
		read := func(q graph.EdgeQuery) (list []string, last graph.Cursor) {
			for e, err := range v.Neighbors(ctx, q) {
				if err != nil {
					t.Fatal(err)
				}
				list, last = append(list, fmt.Sprint(e.Other, e.From, e.Property)), e.Cursor()
			}
			return list, last
		}
		for _, entity := range []string{"x:ru", "x:moscow", "x:ua"} {
			whole, _ := read(graph.EdgeQuery{Entity: graph.ByID(w.ID(entity)), Properties: []string{"participant"}})
			want(t, "edges of "+entity, len(whole), 20)
			var paged []string
			q := graph.EdgeQuery{Entity: graph.ByID(w.ID(entity)), Properties: []string{"participant"}, First: 3}
			for range 10 {
				page, last := read(q)
				paged, q.After = append(paged, page...), last
				if len(page) < 3 {
					break
				}
			}
			if !slices.Equal(paged, whole) {
				t.Errorf("%s: pages %v, want %v", entity, paged, whole)
			}
		}
	})
}

// What is refused, and in which words.
func TestRule11Refused(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		w.Declare("State x:a", "State x:b", "State x:c", "State x:d")
		merge(w, "x:a", "x:b")
		merge(w, "x:b", "x:c")
		w.Do(func(tx *graph.Tx) error {
			id, _, err := tx.KeepApart(graph.ByKey("x:a"), graph.ByKey("x:d"), nil)
			_ = id
			return err
		})
		kept := judgementOf(w, "x:a", "x:d")
		unmerge := func(one, other string) string {
			return refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey(one), graph.ByKey(other)) })
		}
		for _, c := range []struct{ got, want string }{
			{refusedMerge(w, "x:a", "x:a"), "graph: refused: x:a and x:a are one entity: it cannot be the same as, or another than, itself"},
			{refusedMerge(w, "x:a", "x:berlin"), "graph: refused: x:berlin is a Place and x:a is a State: a kind is fixed, so they cannot be one"},
			{refusedMerge(w, "x:a", "x:nobody"), "graph: refused: unknown entity x:nobody: declare it, in any place of the load"},
			{refusedMerge(w, "source:d1", "source:d2"), "documents stay apart; say that one is a version of the other"},
			{refusedMerge(w, "x:c", "x:a"), "are the same already: "},
			{refusedMerge(w, "x:c", "x:d"), "cannot be merged: that x:a and x:d are two is said by test (assertion " + kept.String() + ")"},
			{refusedMerge(w, "x:a", "x:d"), "cannot be merged: that x:a and x:d are two is said by test (assertion " + kept.String() + ")"},
			{unmerge("x:a", "x:c"), "are the same through others: unmerge one step of "},
			{unmerge("x:a", "x:d"), "are not merged"},
			{refused(w, graph.Act{}, func(tx *graph.Tx) error {
				_, _, err := tx.Merge(graph.ByKey("x:ru"), graph.ByKey("x:moscow"), nil)
				return err
			}), "graph: refused: nobody judges: give the act an author, or name a document"},
			{refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
				_, _, err := tx.KeepApart(graph.ByKey("x:a"), graph.ByKey("x:c"), nil)
				return err
			}), "cannot be kept apart: they are the same through others: unmerge one step of "},
			{refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
				_, _, err := tx.Assert(sameAs("d1", "S", "x:ru", "x:moscow", "SAME"))
				return err
			}), `graph: refused: judgement "SAME": want one of POSITIVE, NEGATIVE, UNSURE, NO_JUDGEMENT`},
			{refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
				_, _, err := tx.Assert(sameAs("d1", "S", "x:c", "x:d", "POSITIVE"))
				return err
			}), "that x:a and x:d are two is said by test"},
		} {
			if !strings.Contains(c.got, c.want) {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		}
		for _, message := range []string{refusedMerge(w, "x:c", "x:a"), unmerge("x:a", "x:c")} {
			if !strings.Contains(message, "x:a = x:b = x:c") && !strings.Contains(message, "x:c = x:b = x:a") {
				t.Errorf("no chain in %q", message)
			}
		}
		// The far end can be taken off, and what was kept apart can be freed.
		w.Do(func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("x:b"), graph.ByKey("x:c")) })
		merge(w, "x:c", "x:d")
		w.Do(func(tx *graph.Tx) error { return tx.Retract(kept) })
		merge(w, "x:b", "x:c")
		refusedMerge(w, "x:a", "x:d")
	})
}

// sameAs is a judgement in a document.
func sameAs(doc, key, one, other, word string) graph.Draft {
	return graph.Draft{Document: graph.ByKey("source:" + doc), Key: key, Relation: &graph.Relation{
		Kind: graph.KindSameAs, Fields: []graph.Field{fill("one", one), fill("other", other), say("judgement", word)}}}
}

// judgementOf finds the single assertion on whether two entities are one.
func judgementOf(w *graphtest.World, one, other string) graph.AssertionID {
	w.Helper()
	list, err := w.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: graph.KindSameAs})
	if err != nil {
		w.Fatal(err)
	}
	for i := range list {
		a, _ := list[i].Head("one")
		b, _ := list[i].Head("other")
		ids := []graph.EntityID{a.Value.Entity(), b.Value.Entity()}
		if slices.Contains(ids, w.ID(one)) && slices.Contains(ids, w.ID(other)) {
			evidence, err := w.At(graph.Point{}).Evidence(ctx, list[i].All("judgement"))
			if err != nil || len(evidence) != 1 {
				w.Fatal(len(evidence), err)
			}
			return evidence[0].Assertion.ID
		}
	}
	w.Fatal("nobody judges")
	return graph.AssertionID{}
}

// one tells whether a view shows two entities as one or as two.
func one(w *graphtest.World, v graph.View, a, b string) string {
	w.Helper()
	x, err := v.Entity(ctx, graph.ByKey(a))
	if err != nil {
		w.Fatal(err)
	}
	y, err := v.Entity(ctx, graph.ByKey(b))
	if err != nil {
		w.Fatal(err)
	}
	if x.ID == y.ID {
		return "one"
	}
	return "two"
}

// Two sources for one merge: it stands as long as one of them does.
func TestRule11TwoSources(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		a, _ := w.Assert(sameAs("d1", "S", "x:ru", "x:moscow", "POSITIVE"))
		var b graph.AssertionID
		w.Do(func(tx *graph.Tx) (err error) {
			b, _, err = tx.Merge(graph.ByKey("x:moscow"), graph.ByKey("x:ru"), &graph.Draft{Document: graph.ByKey("source:d2")})
			return err
		})
		_, outcome := w.Assert(sameAs("d1", "S", "x:ru", "x:moscow", "POSITIVE"))
		want(t, "again", text(outcome), text(graph.Known))
		want(t, "two say so", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "one")
		w.Do(func(tx *graph.Tx) error { return tx.Retract(a) })
		want(t, "one says so", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "one")
		w.Do(func(tx *graph.Tx) error { return tx.Retract(b) })
		want(t, "none says so", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "two")
	})
}

// A merge is known when its document is, and only what is accepted and out of
// embargo joins anything.
func TestRule11Live(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		id, _ := w.Assert(sameAs("d3", "S", "x:ru", "x:moscow", "POSITIVE"))
		for day, expect := range map[string]string{"2025-12-02": "two", "2025-12-03": "one"} {
			want(t, "published by "+day, one(w, w.At(w.Point("", day, graph.Published)), "x:ru", "x:moscow"), expect)
		}
		judge := func(change func(*graph.Judgement)) {
			w.Do(func(tx *graph.Tx) error { return tx.Judge(id, change) })
		}
		judge(func(j *graph.Judgement) { j.Status = graph.Proposed })
		want(t, "proposed", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "two")
		on, _ := graph.ParseOn("2025-12-05")
		judge(func(j *graph.Judgement) { j.Status, j.Embargo = graph.AcceptedStatus, on.From })
		w.Day("2025-12-04")
		early := w.At(graph.Point{})
		want(t, "under embargo", one(w, early, "x:ru", "x:moscow"), "two")
		w.Day("2025-12-05")
		want(t, "out of embargo", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "one")
		want(t, "the view of the day before", one(w, early, "x:ru", "x:moscow"), "two")
	})
}

// A proposal that would be refused as a merge is refused when it is accepted.
func TestRule11AcceptedTooLate(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		proposal := sameAs("d1", "S", "x:ru", "x:moscow", "POSITIVE")
		proposal.Judgement.Status = graph.Proposed
		id, _ := w.Assert(proposal)
		w.Assert(sameAs("d2", "S", "x:ru", "x:moscow", "NEGATIVE"))
		accept := func(tx *graph.Tx) error {
			return tx.Judge(id, func(j *graph.Judgement) { j.Status = graph.AcceptedStatus })
		}
		message := refused(w, graph.Act{Author: "test"}, accept)
		if !strings.Contains(message, "are two is said by source:d2") {
			t.Error(message)
		}
		// What swallows the error does not get half of it.
		swallowed := refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error { _ = accept(tx); return nil })
		want(t, "swallowed", swallowed, message)
		want(t, "two", one(w, w.At(graph.Point{}), "x:ru", "x:moscow"), "two")
	})
}

// Without clearance, a marked merge is not there, a marked judgement refuses
// nothing, and neither shows in what is read.
func TestRule11Clearance(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		all := func() string {
			v := w.At(graph.Point{})
			s, err := v.Stats(ctx)
			if err != nil {
				t.Fatal(err)
			}
			s.Transactions = 0
			return fmt.Sprint(told(w, v, graph.ByKey("x:ru")), told(w, v, graph.ByKey("x:moscow")), told(w, v, graph.ByKey("x:m2")), s)
		}
		before := all()
		secret := &graph.Draft{Document: graph.ByKey("source:d1"), Judgement: graph.Judgement{Marking: graph.Red}}
		w.Do(func(tx *graph.Tx) error {
			_, _, err := tx.Merge(graph.ByKey("x:ru"), graph.ByKey("x:moscow"), secret)
			return err
		})
		want(t, "without clearance", all(), before)
		red := w.At(graph.Point{Clearance: graph.Red})
		want(t, "with clearance", one(w, red, "x:ru", "x:moscow"), "one")

		// The writer learns nothing either: not that there is a merge, nor what is kept apart.
		message := refused(w, graph.Act{Author: "test"}, func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("x:ru"), graph.ByKey("x:moscow")) })
		if !strings.Contains(message, "are not merged") {
			t.Error(message)
		}
		w.Do(func(tx *graph.Tx) error {
			_, _, err := tx.KeepApart(graph.ByKey("x:ru"), graph.ByKey("x:kremlin"), secret)
			return err
		})
		w.Assert(named("d1", "N4", "x:kremlin", "name", graph.NameOf("Kremlin", "en", "", "")))
		if _, err := w.Update(ctx, graph.Act{Author: "test"}, func(tx *graph.Tx) error {
			_, _, err := tx.Merge(graph.ByKey("x:ru"), graph.ByKey("x:kremlin"), nil)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want(t, "for all to see", one(w, w.At(graph.Point{}), "x:ru", "x:kremlin"), "one")
		want(t, "kept apart by those who know", one(w, w.At(graph.Point{Clearance: graph.Red}), "x:ru", "x:kremlin"), "two")
		cleared := refused(w, graph.Act{Author: "test", Clearance: graph.Red}, func(tx *graph.Tx) error {
			_, _, err := tx.Merge(graph.ByKey("x:moscow"), graph.ByKey("x:kremlin"), nil)
			return err
		})
		if !strings.Contains(cleared, "x:ru and x:kremlin are two is said by source:d1") {
			t.Error(cleared)
		}
	})
}

// Two persons of one name stay two until somebody says that they are one.
func TestRule11Homonyms(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Person x:smith1", "Person x:smith2")
		for i, key := range []string{"x:smith1", "x:smith2"} {
			w.Assert(named("d1", fmt.Sprint("N", i), key, "name", graph.NameOf("John Smith", "en", "", "")))
		}
		find := func() int {
			list, err := w.At(graph.Point{}).Lookup(ctx, graph.NameQuery{Name: "john smith"})
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		want(t, "of one name", find(), 2)
		apart, _ := w.Assert(sameAs("d2", "S", "x:smith1", "x:smith2", "NEGATIVE"))
		message := refusedMerge(w, "x:smith1", "x:smith2")
		if !strings.Contains(message, "x:smith1 and x:smith2 are two is said by source:d2 (assertion "+apart.String()+")") {
			t.Error(message)
		}
		w.Do(func(tx *graph.Tx) error { return tx.Retract(apart) })
		merge(w, "x:smith1", "x:smith2")
		want(t, "merged", find(), 1)
		late, _ := w.Assert(sameAs("d3", "S", "x:smith1", "x:smith2", "NEGATIVE"))
		want(t, "a negative judgement forbids it", find(), 2)
		w.Do(func(tx *graph.Tx) error { return tx.Retract(late) })
		want(t, "merged again", find(), 1)
	})
}

// Every database knows SameAs, with or without an ontology.
func TestRule11WithoutOntology(t *testing.T) {
	db, err := graph.Open(ctx, memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Update(ctx, graph.Act{Author: "desk", Reason: "one house"}, func(tx *graph.Tx) error {
		if _, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "source", ID: "d1"}}); err != nil {
			return err
		}
		for _, key := range []string{"a", "b"} {
			k := graph.Key{Scheme: "x", ID: key}
			if _, err := tx.Declare(graph.Declaration{Kind: "Thing", Keys: []graph.Key{k}}); err != nil {
				return err
			}
			if _, _, err := tx.Assert(named("d1", key, k.String(), "name", graph.TextOf(key))); err != nil {
				return err
			}
		}
		_, _, err := tx.Merge(graph.ByKey("x:a"), graph.ByKey("x:b"), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for e, err := range db.At(graph.Point{}).OfKind(ctx, "Thing") {
		if err != nil || len(e.Keys) != 2 {
			t.Error(e, err)
		}
		n++
	}
	want(t, "things", n, 1)
	list, err := db.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: graph.KindSameAs})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	a, _ := list[0].Head("one")
	b, _ := list[0].Head("other")
	if a.Value.Entity() == b.Value.Entity() {
		t.Error("the judgement itself is read as one")
	}
	if _, problems, err := db.Check(ctx); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// Somebody whom a document does not name may turn out to be a person: the
// older id stands, the person's kind is shown, and a state it cannot be any more.
func TestRule11TurnsOut(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Declare("Unnamed x:official", "Person x:smith", "Person x:jones", "State x:us")
		d := stance(w, "d1", "A", "2025-11-20", "OPEN", graph.OtherParty, "x:official")
		w.Assert(d)
		w.Assert(named("d1", "B", "x:smith", "name", graph.TextOf("Smith")))
		w.Assert(named("d1", "C", "x:official", "name", graph.TextOf("one official")))
		w.Assert(stance(w, "d2", "A", "2025-11-21", "REJECT", graph.OtherParty, "x:smith"))
		on := w.Point("2025-11-22", "", graph.Recorded)
		want(t, "two speakers, two keys", relations(w, on, "Position", "stance"), "OPEN REJECT")
		merge(w, "x:official", "x:smith")
		want(t, "one speaker, one key", relations(w, on, "Position", "stance"), "REJECT")
		v := w.At(graph.Point{})
		e, err := v.Entity(ctx, graph.ByKey("x:official"))
		if err != nil || e.Kind != "Person" || e.ID != w.ID("x:official") {
			t.Errorf("%v (%v)", e, err)
		}
		for kind, expect := range map[string]int{"Person": 1, "Unnamed": 0, "Actor": 2} /* Russia, and who spoke */ {
			n := 0
			for _, err := range v.OfKind(ctx, kind) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			want(t, "of kind "+kind, n, expect)
		}
		want(t, "not somebody else", refusedMerge(w, "x:official", "x:us"),
			"graph: refused: x:smith is a Person and x:us is a State: a kind is fixed, so they cannot be one")
		merge(w, "x:official", "x:jones")
		for _, id := range []string{"x:smith", "x:jones"} {
			want(t, "one with "+id, one(w, w.At(graph.Point{}), "x:official", id), "one")
		}
	})
}

// Between two views, a merge is one change of identity, and so is taking it
// back; what is said of either member is a change of the one.
func TestRule11Diff(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		first := w.At(graph.Point{})
		diff := func(from, to graph.View) string {
			c, err := graph.Diff(ctx, from, to, nil)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, i := range c.Items {
				lines = append(lines, fmt.Sprintf("%s %s: %s -> %s (%d)", label(w, to, i.Subject), i.Kind, i.Before, i.After, len(i.Sources)))
			}
			return strings.Join(lines, "\n")
		}
		merge(w, "x:ru", "x:moscow")
		w.Assert(sameAs("d2", "S", "x:ru", "x:moscow", "POSITIVE"))
		merged := w.At(graph.Point{})
		want(t, "merged", diff(first, merged), "Russia IDENTITY: Russia; Moscow -> Russia (2)")
		d := stance(w, "d1", "P", "2025-12-01", "OPEN", graph.Self)
		d.Relation.Fields[0] = fill("holder", "x:moscow")
		w.Assert(d)
		later := w.At(graph.Point{})
		if got := diff(merged, later); !strings.HasSuffix(got, "LATE_REPORT:  -> OPEN (1)") {
			t.Error(got)
		}
		w.Do(func(tx *graph.Tx) error { return tx.Unmerge(graph.ByKey("x:ru"), graph.ByKey("x:moscow")) })
		want(t, "taken back", diff(later, w.At(graph.Point{})), "Russia IDENTITY: Russia -> Russia; Moscow (0)")
		want(t, "there and back", diff(first, w.At(graph.Point{KnownOn: first.TS()})), "")
	})
}

// Where one of two equal events is bounded and began long ago, and the other
// one goes on, the two are one that goes on.
func TestRule11EventThatGoesOn(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		table(w)
		w.Assert(meeting(w, "d1", "k1", "m1", "2025-09-01"))
		w.Assert(meeting(w, "d2", "k2", "m2", "2025-09-01/.."))
		w.Assert(meeting(w, "d3", "k3", "m3", "2025-09-01/.."))
		w.Do(func(tx *graph.Tx) error {
			return errors.Join(second(tx.Merge(graph.ByKey("x:m1"), graph.ByKey("x:m2"), nil)), second(tx.Merge(graph.ByKey("x:m3"), graph.ByKey("x:m2"), nil)))
		})
		v := w.At(w.Point("2025-11-20", "", graph.Recorded))
		q := graph.EdgeQuery{Entity: graph.ByID(entityID(t, v, "x:ua")), Properties: []string{"participant"}, First: 1}
		var found []graph.Edge
		for range 2 { // pages
			for e, err := range v.Neighbors(ctx, q) {
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, e)
				q.After = e.Cursor()
			}
		}
		if len(found) != 1 {
			t.Fatalf("%d edges, want one", len(found))
		}
		want(t, "end", found[0].End.Kind, graph.OpenEnd)
		list, err := v.EdgeEvidence(ctx, found)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "evidence", len(list), 3)
	})
}
