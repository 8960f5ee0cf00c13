package badgerkv_test

import (
	"testing"
	"time"

	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/graph/kv/badgerkv"
	"github.com/parleydb/parley/graph/kv/kvtest"
)

func TestContract(t *testing.T) {
	kvtest.Run(t, kvtest.Harness{Persistent: true, Open: func(t *testing.T, dir string, now func() time.Time) kv.Store {
		return open(t, dir, &badgerkv.Options{Now: now, NoSync: true})
	}})
}

func open(t testing.TB, dir string, opts *badgerkv.Options) *badgerkv.Store {
	t.Helper()
	s, err := badgerkv.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
