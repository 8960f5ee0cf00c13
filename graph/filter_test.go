package graph

import (
	"math/rand/v2"
	"testing"
)

// TestFilter adds hashes to several parts of a filter, which knows all of them,
// and takes hardly any other one for known.
func TestFilter(t *testing.T) {
	const n = 1 << 20
	var f filter
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		f.add(r.Uint64(), r.Uint64()|1)
	}
	if len(f.parts) < 3 {
		t.Fatalf("%d parts", len(f.parts))
	}
	wrong := 0
	for range n {
		if f.may(r.Uint64(), r.Uint64()|1) {
			wrong++
		}
	}
	if wrong > n/10_000 {
		t.Errorf("%d of %d are taken for known", wrong, n)
	}
	r = rand.New(rand.NewPCG(1, 2))
	for i := range n {
		if !f.may(r.Uint64(), r.Uint64()|1) {
			t.Fatalf("%d is not known", i)
		}
	}
}
