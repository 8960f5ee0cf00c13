package graph_test

import (
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

// Paths, surroundings and counts go through a merge, whichever member is named.
func TestRule11Hops(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, w *graphtest.World) {
		twins(w)
		merge(w, "x:ru", "x:moscow")
		v := w.At(graph.Point{})
		ask := func(member string) string {
			path, err := v.Path(ctx, graph.PathQuery{From: graph.ByID(w.ID(member)), To: graph.ByID(w.ID("x:m2"))})
			back, backErr := v.Path(ctx, graph.PathQuery{From: graph.ByID(w.ID("x:m1")), To: graph.ByID(w.ID(member))})
			two, twoErr := v.TwoHops(ctx, graph.TwoHopsQuery{Entity: graph.ByID(w.ID(member))})
			sub, subErr := v.Subgraph(ctx, graph.SubgraphQuery{Around: w.ID(member)})
			counts, countErr := v.Counts(ctx, graph.ByID(w.ID(member)), graph.Hops{})
			return text(len(path), err, len(back), backErr, two, twoErr, len(sub.Entities), len(sub.Edges), subErr, counts, countErr)
		}
		want(t, "asked either way", ask("x:moscow"), ask("x:ru"))
		path, err := v.Path(ctx, graph.PathQuery{From: graph.ByID(w.ID("x:moscow")), To: graph.ByID(w.ID("x:m1"))})
		want(t, "hops", text(len(path), err), text(1, nil))
	})
}

// What two who are one say of a judgement itself is one hop to it.
func TestRule11HopsToJudgement(t *testing.T) {
	db, err := graph.Open(ctx, memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	update := func(fn func(tx *graph.Tx) error) {
		t.Helper()
		if _, err := db.Update(ctx, graph.Act{Author: "desk"}, fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *graph.Tx) error {
		_, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "source", ID: "d1"}})
		for _, id := range []string{"a", "b"} {
			if err == nil {
				_, err = tx.Declare(graph.Declaration{Kind: "Thing", Keys: []graph.Key{{Scheme: "x", ID: id}}})
			}
		}
		if err == nil {
			_, _, err = tx.Merge(graph.ByKey("x:a"), graph.ByKey("x:b"), nil)
		}
		return err
	})
	list, err := db.At(graph.Point{}).Relations(ctx, graph.RelationQuery{Kind: graph.KindSameAs})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	judgement := list[0].ID
	update(func(tx *graph.Tx) (err error) {
		for _, key := range []string{"x:a", "x:b"} {
			if err == nil {
				_, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("source:d1"), Key: key,
					Links: []graph.Link{{Subject: graph.ByKey(key), Property: "doubts", Value: graph.RefOf(graph.ByID(judgement))}}})
			}
		}
		return err
	})
	v := db.At(graph.Point{})
	counts, err := v.Counts(ctx, graph.ByID(judgement), graph.Hops{Properties: []string{"doubts"}})
	want(t, "counts", text(counts, err), text([]graph.Count{{Property: "doubts", Edges: 1}}, nil))
}
