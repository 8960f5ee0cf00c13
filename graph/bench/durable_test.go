package main

import (
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// TestDurable shows that writers are measured, alone and together.
func TestDurable(t *testing.T) {
	d, err := measureDurable(t.Context(), t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if d.Sync <= 0 || d.One <= 0 || d.Many <= 0 || d.Engine <= 0 {
		t.Errorf("%+v", d)
	}
	t.Logf("one transaction %.2f x R3, %d writers %.2f x Badger's: %+v", d.One/d.Sync, durableWriters, d.Many/d.Engine, d)
}

// BenchmarkDurable is one transaction where many writers are at it, of Parley and
// of the engine by itself: for profiles. cpu-us is the time that all processors
// spend on it, which the disk has no part in.
func BenchmarkDurable(b *testing.B) {
	db, err := openParley(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := prepareWrites(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	engine, err := badger.Open(engineOptions(filepath.Join(b.TempDir(), "engine")))
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	b.Run("parley", func(b *testing.B) {
		benchWrites(b, func(pass, w, i int) error { return writeOne(b.Context(), db, pass*durableWriters+w, i) })
	})
	b.Run("engine", func(b *testing.B) {
		benchWrites(b, func(pass, w, i int) error { return writeRaw(engine, pass, w, i) })
	})
}

var benchPass int // numbers what was written

func benchWrites(b *testing.B, write func(pass, w, i int) error) {
	used := cpu()
	for b.Loop() {
		benchPass++
		if _, err := together(func(w, i int) error { return write(benchPass, w, i) }); err != nil {
			b.Fatal(err)
		}
	}
	done := float64(b.N * durableWriters * eachWrites)
	b.ReportMetric(done/b.Elapsed().Seconds(), "tx/s")
	b.ReportMetric(micro(cpu()-used)/done, "cpu-us/tx")
}
