package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/parleydb/parley/graph"
)

const (
	durableWrites  = 200 // by one writer
	durableWriters = 16
	eachWrites     = 100 // by each of many
	writePasses    = 3

	// What an assertion of one claim writes in rows, for the engine alone to
	// write as much.
	rowsOfAssertion  = 12
	bytesOfAssertion = 60 // each
)

// durable is what writing costs where it is acknowledged only when on the disk.
type durable struct {
	Sync   float64 `json:"r3_us"`  // append and fdatasync
	One    float64 `json:"one_us"` // one transaction after another, p50
	Many   float64 `json:"many_per_s"`
	Engine float64 `json:"engine_per_s"` // Badger with SyncWrites, as many writers
}

// measureDurable takes the parts in turns, and the medians of some passes: how
// long a disk takes changes from one second to the next.
func measureDurable(ctx context.Context, dir string, passes int) (d durable, err error) {
	dir = filepath.Join(dir, "durable")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return d, err
	}
	db, err := openParley(ctx, filepath.Join(dir, "parley"))
	if err != nil {
		return d, err
	}
	defer ending(&err, db.Close)
	if err := prepareWrites(ctx, db); err != nil {
		return d, err
	}
	engine, err := badger.Open(engineOptions(filepath.Join(dir, "badger")))
	if err != nil {
		return d, err
	}
	defer ending(&err, engine.Close)
	sync, one, many, raw := make([]float64, passes), make([]float64, passes), make([]float64, passes), make([]float64, passes)
	for i := range passes {
		if sync[i], err = syncFloor(dir); err != nil {
			return d, err
		}
		if one[i], err = alone(ctx, db, i*(1+durableWriters)); err != nil {
			return d, err
		}
		if many[i], err = together(func(w, n int) error { return writeOne(ctx, db, i*(1+durableWriters)+1+w, n) }); err != nil {
			return d, err
		}
		if raw[i], err = together(func(w, n int) error { return writeRaw(engine, i, w, n) }); err != nil {
			return d, err
		}
	}
	return durable{median(sync), median(one), median(many), median(raw)}, nil
}

// engineOptions are the engine's own, but that it waits for the disk.
func engineOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).WithLogger(nil).WithSyncWrites(true).WithMetricsEnabled(false)
}

// alone is how long one transaction after another takes, p50.
func alone(ctx context.Context, db *graph.DB, w int) (us float64, err error) {
	var took []float64
	for i := range durableWrites {
		start := time.Now()
		if err := writeOne(ctx, db, w, i); err != nil {
			return 0, err
		}
		took = append(took, micro(time.Since(start)))
	}
	return median(took), nil
}

// writeRaw writes to the engine by itself what an assertion of one claim writes.
func writeRaw(engine *badger.DB, pass, w, i int) error {
	return engine.Update(func(t *badger.Txn) error {
		for row := range rowsOfAssertion {
			if err := t.Set(fmt.Appendf(nil, "%d/%02d/%06d/%02d", pass, w, i, row), make([]byte, bytesOfAssertion)); err != nil {
				return err
			}
		}
		return nil
	})
}

// together runs a write in many goroutines, and tells how many are done in a second.
func together(write func(writer, i int) error) (perSecond float64, err error) {
	failed := make([]error, durableWriters)
	var all sync.WaitGroup
	start := time.Now()
	for w := range durableWriters {
		all.Go(func() {
			for i := 0; i < eachWrites && failed[w] == nil; i++ {
				failed[w] = write(w, i)
			}
		})
	}
	all.Wait()
	return durableWriters * eachWrites / time.Since(start).Seconds(), errors.Join(failed...)
}

// Where the writes go: their subject and object have nothing to do with the world's.
var (
	writer    = graph.Key{Scheme: "bench", ID: "writer"}
	written   = graph.Key{Scheme: "bench", ID: "written"}
	writings  = graph.Key{Scheme: "file", ID: "writings"}
	benchActs = graph.Act{Author: "bench"}
)

func prepareWrites(ctx context.Context, db *graph.DB) error {
	_, err := db.Update(ctx, benchActs, func(tx *graph.Tx) error {
		for _, k := range []graph.Key{writer, written} {
			if _, err := tx.Declare(graph.Declaration{Kind: "Actor", Keys: []graph.Key{k}}); err != nil {
				return err
			}
		}
		_, err := tx.Document(graph.Document{Key: writings})
		return err
	})
	return err
}

// writeOne asserts one relation in a transaction of its own.
func writeOne(ctx context.Context, db *graph.DB, w, i int) error {
	valid, err := graph.ParseValid(dateOf(i), "")
	if err != nil {
		return err
	}
	_, err = db.Update(ctx, benchActs, func(tx *graph.Tx) error {
		_, _, err := tx.Assert(graph.Draft{Document: graph.Ref{Key: writings}, Key: fmt.Sprintf("%d/%d", w, i), Valid: valid,
			Links: []graph.Link{{Subject: graph.Ref{Key: writer}, Property: "cameo:040", Value: graph.RefOf(graph.Ref{Key: written}), Occurrence: fmt.Sprintf("%d/%d", w, i)}}})
		return err
	})
	return err
}

// opening is how long a store takes to open, in milliseconds.
type opening struct {
	Clean  float64 `json:"clean_ms"`
	Killed float64 `json:"killed_ms"`
}

// openings is how often a store is opened; the median counts.
const openings = 3

// measureOpening opens a store after a clean close, and after a process that
// wrote into it was killed.
func measureOpening(ctx context.Context, dir string) (o opening, err error) {
	clean, killed := make([]float64, openings), make([]float64, openings)
	for i := range openings {
		if clean[i], err = openOnce(ctx, dir); err != nil {
			return o, err
		}
	}
	for i := range openings {
		cmd, err := spawn(ctx, "die", dir)
		if err != nil {
			return o, err
		}
		if out, err := cmd.CombinedOutput(); err == nil || len(out) > 0 {
			return o, fmt.Errorf("the process that is to be killed ended otherwise: %s", out)
		}
		if killed[i], err = openOnce(ctx, dir); err != nil {
			return o, err
		}
	}
	return opening{median(clean), median(killed)}, nil
}

// openOnce opens a store in a process that begins with it, as people's do: in this
// one, the engine's memory would be cleared of what it held before.
func openOnce(ctx context.Context, dir string) (ms float64, err error) {
	cmd, err := spawn(ctx, "open", dir)
	if err != nil {
		return 0, err
	}
	var bad bytes.Buffer
	cmd.Stderr = &bad
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("opening: %w\n%s", err, bad.String())
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// openAsChild opens a store, and writes how many milliseconds it took.
func openAsChild(ctx context.Context, dir string) error {
	if _, err := ontology(); err != nil { // read before
		return err
	}
	start := time.Now()
	db, err := openParley(ctx, dir)
	if err != nil {
		return err
	}
	ms := micro(time.Since(start)) / 1000
	if err := db.Close(); err != nil {
		return err
	}
	_, err = fmt.Println(ms)
	return err
}

// writeAndDie writes into a store and ends the process without closing it.
func writeAndDie(ctx context.Context, dir string) error {
	db, err := openParley(ctx, dir)
	if err != nil {
		return err
	}
	if err := prepareWrites(ctx, db); err != nil {
		return err
	}
	run := int(time.Now().UnixNano())
	for i := range durableWrites {
		if err := writeOne(ctx, db, run, i); err != nil {
			return err
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	if err := self.Kill(); err != nil {
		return err
	}
	select {} // until the signal arrives
}
