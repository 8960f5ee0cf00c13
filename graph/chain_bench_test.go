package graph

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
)

// BenchmarkChain tells which part of a durable transaction the chain of hashes
// costs, medians in one run: salting and hashing a transaction's log record,
// against all of it. The goal is 5 %.
func BenchmarkChain(b *testing.B) {
	ctx := context.Background()
	store, err := badgerkv.Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	db, err := Open(ctx, store, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var whole, chain []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		ts, err := db.Update(ctx, Act{Author: "bench"}, func(tx *Tx) error { return benchAssert(tx, i) })
		whole = append(whole, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		chain = append(chain, hashAgain(b, db, ts))
	}
	p50 := func(list []time.Duration) float64 {
		slices.Sort(list)
		return float64(list[len(list)/2].Nanoseconds())
	}
	b.ReportMetric(p50(whole)/1e3, "µs-p50")
	b.ReportMetric(100*p50(chain)/p50(whole), "%-chain")
}

// benchAssert is a meeting of two in a document of its own.
func benchAssert(tx *Tx, i int) error {
	doc := Key{"d", fmt.Sprint(i)}
	if _, err := tx.Document(Document{Key: doc, Title: "A title of usual length, as news have them"}); err != nil {
		return err
	}
	d := Draft{Document: Ref{Key: doc}, Key: "A", Summary: "Two parties met and spoke about what is to come next."}
	for _, property := range []string{"participant", "place", "topic"} {
		a, b := Key{"x", fmt.Sprint("m", i)}, Key{"x", fmt.Sprint(property, i%100)}
		for _, k := range []Key{a, b} {
			if _, err := tx.Declare(Declaration{Kind: "Thing", Keys: []Key{k}}); err != nil {
				return err
			}
		}
		d.Links = append(d.Links, Link{Subject: Ref{Key: a}, Property: property, Value: RefOf(Ref{Key: b})})
	}
	_, _, err := tx.Assert(d)
	return err
}

// hashAgain times the salting and hashing of a transaction's log record.
func hashAgain(b *testing.B, db *DB, ts TS) (took time.Duration) {
	err := db.store.View(context.Background(), func(r kv.Reader) error {
		return logOf(r, ts, false, func(rec *logRecord) error {
			start := time.Now()
			if err := rec.newSeed(); err != nil {
				return err
			}
			rec.hash()
			took += time.Since(start)
			return nil
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return took
}
