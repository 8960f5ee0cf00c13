package memkv_test

import (
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/kvtest"
	"github.com/parleydb/parley/graph/kv/memkv"
)

func TestContract(t *testing.T) {
	kvtest.Run(t, kvtest.Harness{
		Open: func(t *testing.T, _ string, now func() time.Time) kv.Store {
			return memkv.New(&memkv.Options{Now: now})
		},
	})
}
