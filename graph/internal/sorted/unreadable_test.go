package sorted

import (
	"errors"
	"os"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestUnreadable reports that a file cannot be read any more.
func TestUnreadable(t *testing.T) {
	r := New(t.TempDir(), 10)
	for _, key := range []string{"a", "b"} {
		if err := r.Put(Row{Key: []byte(key), Value: []byte("what it says")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Settle(); err != nil || len(r.runs) == 0 {
		t.Fatal(len(r.runs), err)
	}
	if err := r.runs[0].f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Scan(kv.Range{}, func(Row) error { return nil }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v, want that the file is closed", err)
	}
}
