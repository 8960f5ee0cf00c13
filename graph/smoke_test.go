package graph_test

import (
	"context"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func valid(t *testing.T, s string) graph.Valid {
	t.Helper()
	v, err := graph.ParseValid(s, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	db, err := graph.Open(ctx, memkv.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var as graph.AssertionID
	_, err = db.Update(ctx, graph.Act{Author: "a"}, func(tx *graph.Tx) error {
		if _, err := tx.Document(graph.Document{Key: graph.Key{"source", "1"}, Title: "t"}); err != nil {
			return err
		}
		for _, k := range []string{"ua", "ru"} {
			if _, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{{"x", k}}}); err != nil {
				return err
			}
		}
		var err error
		as, _, err = tx.Assert(graph.Draft{Document: graph.ByKey("source:1"), Key: "A1", Valid: valid(t, "2025-01-01/.."), Links: []graph.Link{
			{Subject: graph.ByKey("x:ua"), Property: "name", Value: graph.NameOf("Україна", "uk", "", "")},
			{Subject: graph.ByKey("x:ua"), Property: "meets", Value: graph.RefOf(graph.ByKey("x:ru"))},
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := db.At(graph.Point{})
	m, err := v.Lookup(ctx, graph.NameQuery{Name: "україна"})
	t.Log(m, err)
	for e, err := range v.Neighbors(ctx, graph.EdgeQuery{Entity: m[0].ID}) {
		t.Log(e, err)
	}
	for c, err := range v.Claims(ctx, graph.ClaimQuery{Subject: m[0].ID}) {
		t.Log(c.Property, c.Value, c.Date(), err)
	}
	st, problems, err := db.Check(ctx)
	t.Log(st, problems, err)
	if _, err = db.Update(ctx, graph.Act{Author: "a"}, func(tx *graph.Tx) error { return tx.Judge(as, func(j *graph.Judgement) { j.Rank = graph.Deprecated }) }); err != nil {
		t.Fatal(err)
	}
	st, problems, err = db.Check(ctx)
	t.Log(st, problems, err)
	if _, err = db.Update(ctx, graph.Act{Author: "a"}, func(tx *graph.Tx) error { return tx.Retract(as) }); err != nil {
		t.Fatal(err)
	}
	st, problems, err = db.Check(ctx)
	t.Log(st, problems, err)
	h, err := v.History(ctx, firstClaim(t, v, m[0].ID))
	t.Log(len(h), err)
}

func firstClaim(t *testing.T, v graph.View, id graph.EntityID) graph.ClaimID {
	for c, err := range v.Claims(context.Background(), graph.ClaimQuery{Subject: id}) {
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	return graph.ClaimID{}
}
