package simkv_test

import (
	"sync"
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/kvtest/simkv"
)

func TestContract(t *testing.T) {
	var mu sync.Mutex
	disks := map[string]*simkv.Disk{}
	kvtest.Run(t, kvtest.Harness{Persistent: true, Open: func(_ *testing.T, dir string, now func() time.Time) kv.Store {
		mu.Lock()
		defer mu.Unlock()
		if disks[dir] == nil {
			disks[dir] = new(simkv.Disk)
		}
		return simkv.Open(disks[dir], &simkv.Options{Now: now})
	}})
}
