package graph_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// answers asks a view many things, and writes what it answers.
func answers(v graph.View, ids ...graph.EntityID) (string, error) {
	var out strings.Builder
	for _, kind := range []string{"Position", "Meeting", "HoldsOffice"} {
		list, err := v.Relations(ctx, graph.RelationQuery{Kind: kind, Denied: true})
		if err != nil {
			return "", err
		}
		for i := range list {
			evidence, err := v.Evidence(ctx, list[i].Claims)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&out, "%s %v %v %v %v\n", kind, list[i].ID, list[i].Missing, list[i].Denied, list[i].Since)
			for _, c := range list[i].Claims {
				fmt.Fprintf(&out, "  %s %s %s %v\n", c.Property, c.Value, c.Date(), c.Truth)
			}
			for _, e := range evidence {
				fmt.Fprintf(&out, "  %+v\n", e)
			}
		}
	}
	labels, err := v.Labels(ctx, ids, "en")
	if err != nil {
		return "", err
	}
	undated, err := v.UndatedDocuments(ctx)
	fmt.Fprintln(&out, labels, undated, v.TS())
	return out.String(), err
}

// excerptWorld is a world of two meetings, positions, names, a merge, and
// something that readers without clearance must not learn.
func excerptWorld(w *graphtest.World) {
	table(w)
	w.Assert(meeting(w, "d1", "m", "m1", "2025-11-20"))
	w.Day("2025-12-02")
	w.Assert(stance(w, "d1", "own", "2025-11-20", "REJECT", graph.Self, "x:peskov"))
	w.Assert(stance(w, "d2", "envoy", "2025-11-22", "OPEN", graph.OtherParty, "x:witkoff"))
	hidden := stance(w, "d3", "hidden", "2025-11-23", "HIDDENWORD", graph.OtherParty, "x:ua")
	hidden.Judgement.Marking, hidden.Summary = graph.Red, "HIDDENSUMMARY"
	w.Assert(hidden)
	w.Day("2025-12-03")
	deny := meeting(w, "d2", "n", "m1", "2025-11-20")
	deny.Relation.Deny = true
	w.Assert(deny)
	id, _ := w.Assert(meeting(w, "d3", "m2", "m2", "2025-11-21"))
	w.Do(func(tx *graph.Tx) error { return tx.Retract(id) })
	for _, name := range []string{"Russia", "Ukraine"} {
		w.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: name, Links: []graph.Link{{
			Subject: graph.ByKey(map[string]string{"Russia": "x:ru", "Ukraine": "x:ua"}[name]), Property: graph.PropertyName, Value: graph.NameOf(name, "en", "", "")}}})
	}
	w.Declare("Person x:envoy")
	w.Assert(stance(w, "d3", "envoy", "2025-11-24", "ACCEPT", graph.OtherParty, "x:envoy"))
	w.Do(func(tx *graph.Tx) error {
		_, _, err := tx.Merge(graph.ByKey("x:witkoff"), graph.ByKey("x:envoy"), &graph.Draft{Document: graph.ByKey("source:d3"), Key: "same"})
		return err
	})
}

// An excerpt gives the answer that it was made for, at any point, proves itself
// from the head of the whole log, and holds nothing that its reader may not see.
func TestExcerptAnswersAlike(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		excerptWorld(w)
		ids := []graph.EntityID{w.ID("x:ru"), w.ID("x:ua")}
		head, err := w.DB.Dump(ctx, new(bytes.Buffer))
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]graph.Point{
			"all": {}, "a day": w.Point("2025-12-01", "", graph.Recorded), "own voice": under(w, "2025-12-01", graph.SelfOnly),
			"recorded": w.Point("", "2025-12-02", graph.Recorded), "published": w.Point("2025-12-05", "2025-12-02", graph.Published),
			"everything": {Clearance: graph.Red},
		} {
			v := w.At(p)
			want, err := answers(v, ids...)
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			done, err := v.Excerpt(ctx, &file, func(v graph.View) error { _, err := answers(v, ids...); return err })
			if err != nil || done.Head != head.Head || !done.Excerpt {
				t.Fatalf("%s: %+v, %v", name, done, err)
			}
			if _, err := graph.VerifyDump(bytes.NewReader(file.Bytes()), head.Head); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if strings.Contains(decoded(t, file.String()), "HIDDEN") != (p.Clearance == graph.Red) {
				t.Errorf("%s: what is hidden is told, or what is not is left out", name)
			}
			db, _, err := graph.OpenExcerpt(ctx, memkv.New(nil), bytes.NewReader(file.Bytes()), nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got, err := answers(db.At(p), ids...)
			if err != nil || got != want {
				t.Errorf("%s: the excerpt answers\n%s%v\nwant\n%s", name, got, err, want)
			}
			if _, err := db.Update(ctx, graph.Act{Author: "a"}, func(*graph.Tx) error { return nil }); err == nil {
				t.Errorf("%s: an excerpt can be written to", name)
			}
		}
	})
}

// An excerpt holds only what was asked for.
func TestExcerptHoldsNoMore(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		excerptWorld(w)
		var file bytes.Buffer
		_, err := w.At(graph.Point{}).Excerpt(ctx, &file, func(v graph.View) error {
			_, err := v.Labels(ctx, []graph.EntityID{w.ID("x:ru")}, "en")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		text := decoded(t, file.String())
		for word, told := range map[string]bool{"Russia": true, "Ukraine": false, "REJECT": false, "OPEN": false} {
			if strings.Contains(text, word) != told {
				t.Errorf("%s told: %v", word, !told)
			}
		}
	})
}

// Any byte that is changed in an excerpt is found.
func TestExcerptAltered(t *testing.T) {
	w := graphtest.Open(t, nil)
	excerptWorld(w)
	var file bytes.Buffer
	ask := func(v graph.View) error { _, err := answers(v); return err }
	if _, err := w.At(graph.Point{}).Excerpt(ctx, &file, ask); err != nil {
		t.Fatal(err)
	}
	for i := range file.Len() {
		b := bytes.Clone(file.Bytes())
		if b[i] ^= 1; b[i] == '\n' {
			continue
		}
		if _, err := graph.VerifyDump(bytes.NewReader(b), ""); err == nil {
			t.Fatalf("byte %d changed from %q to %q, and nobody noticed", i, file.Bytes()[i], b[i])
		}
	}
}

// An excerpt is no backup, and a backup is no excerpt.
func TestExcerptRestored(t *testing.T) {
	w := graphtest.Open(t, nil)
	excerptWorld(w)
	var whole, part bytes.Buffer
	if _, err := w.DB.Dump(ctx, &whole); err != nil {
		t.Fatal(err)
	}
	if _, err := w.At(graph.Point{}).Excerpt(ctx, &part, func(graph.View) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Restore(ctx, memkv.New(nil), &part); err == nil || !strings.Contains(err.Error(), "it is an excerpt") {
		t.Error(err)
	}
	if _, _, err := graph.OpenExcerpt(ctx, memkv.New(nil), &whole, nil); err == nil || !strings.Contains(err.Error(), "no excerpt") {
		t.Error(err)
	}
}

// decoded is the text of an excerpt's operations.
func decoded(t *testing.T, file string) string {
	t.Helper()
	var out strings.Builder
	for _, line := range strings.Split(file, "\n") {
		var record struct{ Ops []string }
		if json.Unmarshal([]byte(line), &record) != nil {
			continue
		}
		for _, op := range record.Ops {
			b, err := base64.StdEncoding.DecodeString(op)
			if !strings.HasPrefix(op, "=") && err != nil {
				t.Fatal(err)
			}
			out.Write(b)
		}
	}
	return out.String()
}

func TestExcerptCancelled(t *testing.T) {
	w := graphtest.Open(t, nil)
	excerptWorld(w)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := w.At(graph.Point{}).Excerpt(cancelled, new(bytes.Buffer), func(graph.View) error { return nil }); err == nil {
		t.Error("no error")
	}
}

// A view of the same moment at another point: what was recorded since is left
// out, and within Excerpt what it reads is told.
func TestViewAt(t *testing.T) {
	w := graphtest.Open(t, nil)
	excerptWorld(w)
	v := w.At(graph.Point{})
	ids := []graph.EntityID{w.ID("x:ru")}
	point := under(w, "2025-12-01", graph.SelfOnly)
	want, err := answers(w.At(point).UpTo(v.TS()), ids...)
	if err != nil {
		t.Fatal(err)
	}
	w.Day("2025-12-09")
	w.Assert(stance(w, "d1", "own2", "2025-11-30", "ACCEPT", graph.Self, "x:peskov"))
	if got, err := answers(v.At(point), ids...); err != nil || got != want {
		t.Errorf("since then something was recorded, and it is told:\n%s%v\nwant\n%s", got, err, want)
	}
	if now, err := answers(w.At(point), ids...); err != nil || now == want {
		t.Errorf("nothing new now: %v", err)
	}
	var file bytes.Buffer
	if _, err := v.Excerpt(ctx, &file, func(v graph.View) error { _, err := answers(v.At(point), ids...); return err }); err != nil {
		t.Fatal(err)
	}
	db, _, err := graph.OpenExcerpt(ctx, memkv.New(nil), &file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := answers(db.At(point).UpTo(v.TS()), ids...); err != nil || got != want {
		t.Errorf("the excerpt answers\n%s%v\nwant\n%s", got, err, want)
	}
}
