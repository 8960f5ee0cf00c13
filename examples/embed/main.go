// Embed shows Parley as a library: it records who said where Russia stands on
// a truce, and asks what stood on a day, as known on two days.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/schema"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Update(ctx, graph.Act{Author: "desk", Reason: "two reports"}, record); err != nil {
		return err
	}
	return errors.Join(ask(ctx, out, db, "2025-12-16", "2025-12-15"), ask(ctx, out, db, "2025-12-16", "2025-12-16"))
}

// record writes down what two reports say, each published on its own day.
func record(tx *graph.Tx) error {
	_, err := tx.Declare(graph.Declaration{Kind: "State", Keys: []graph.Key{{Scheme: "iso3166", ID: "RU"}}})
	_, err2 := tx.Declare(graph.Declaration{Kind: "Person", Keys: []graph.Key{{Scheme: "x", ID: "peskov"}}})
	_, err3 := tx.Declare(graph.Declaration{Kind: "Issue", Keys: []graph.Key{{Scheme: "x", ID: "truce"}}})
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	return errors.Join(report(tx, "2025-12-15", "UNDECIDED"), report(tx, "2025-12-16", "REJECT"))
}

func report(tx *graph.Tx, day, stance string) error {
	valid, err := graph.ParseValid(day, "")
	if err != nil {
		return err
	}
	doc, err := tx.Document(graph.Document{Key: graph.Key{Scheme: "report", ID: day}, Published: valid.Interval.Start.Date})
	if err != nil {
		return err
	}
	_, _, err = tx.Assert(graph.Draft{
		Document: graph.ByID(doc), Key: "1", Voice: graph.Self, Chain: []graph.Ref{graph.ByKey("x:peskov")}, Valid: valid,
		Relation: &graph.Relation{Kind: "Position", Fields: []graph.Field{
			{Name: "holder", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("iso3166:RU"))}}},
			{Name: "issue", Values: []graph.Filler{{Value: graph.RefOf(graph.ByKey("x:truce"))}}},
			{Name: "stance", Values: []graph.Filler{{Value: graph.CodeOf(stance)}}}}}})
	return err
}

// ask prints the positions that stood on a day, as published by another.
func ask(ctx context.Context, out io.Writer, db *graph.DB, day, known string) error {
	on, err := graph.ParseOn(day)
	knownOn, err2 := graph.ParseKnownOn(known)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	positions, err := db.At(graph.Point{On: on, KnownOn: knownOn, Basis: graph.Published}).Relations(ctx, graph.RelationQuery{Kind: "Position"})
	for _, p := range positions {
		stance, _ := p.Head("stance")
		fmt.Fprintf(out, "on %s, known on %s: %s since %s\n", day, known, stance.Value, stance.Start.Date)
	}
	return err
}
