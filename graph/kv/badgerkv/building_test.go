package badgerkv

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/dgraph-io/ristretto/v2/z"

	"github.com/parleydb/parley/graph/internal/sorted"
)

// TestBuildingMemory writes tables of small and of large rows, which can be packed
// well or not at all: no builder takes more memory than was reserved for it.
func TestBuildingMemory(t *testing.T) {
	for name, c := range map[string]struct {
		value int
		noise bool
	}{
		"small rows":                       {30, false},
		"small rows that cannot be packed": {30, true},
		"as large as blocks":               {4000, true},
		"large rows":                       {700 << 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := newBuilding((&Options{}).engine(t.TempDir()), 1)
			if err != nil {
				t.Fatal(err)
			}
			b.opts.AllocPool = z.NewAllocatorPool(builders)
			defer b.opts.AllocPool.Release()
			noise, value := rand.NewChaCha8([32]byte{}), make([]byte, c.value)
			for i := 0; len(b.ids) < 3; i++ {
				if c.noise {
					_, _ = noise.Read(value)
				}
				if err := b.add(binary.BigEndian.AppendUint64([]byte{'n'}, uint64(i)), value); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-b.writing; err != nil {
				t.Fatal(err)
			}
			b.table.Finish()
			b.table.Close()
			for range builders {
				if a := b.opts.AllocPool.Get(1, ""); a.Allocated() > builderMemory {
					t.Errorf("a builder took %d bytes, want at most %d", a.Allocated(), builderMemory)
				}
			}
		})
	}
}

// TestBuildingCancelled shows that a table that is given up leaves nothing that runs.
func TestBuildingCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	staged := sorted.New(t.TempDir(), 1<<20)
	defer staged.Close()
	if err := staged.Put(sorted.Row{Key: []byte("n"), Value: []byte("a row")}); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	b, err := newBuilding((&Options{}).engine(t.TempDir()), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.build(ctx, staged, nil, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
	for range 5000 { // they end soon
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
