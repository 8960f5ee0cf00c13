package rows

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parleydb/parley/graph/kv"
)

// TestTree changes trees and their copies, with few rows and with many, and
// compares them with a map each.
func TestTree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	type copied struct {
		tree *Tree
		want map[string]string
	}
	all := []copied{{New(), map[string]string{}}}
	key := func() string { return fmt.Sprintf("%03d", rnd.IntN(2*maxFew)) }
	grown := 0
	for step := range 4_000 {
		c := &all[rnd.IntN(len(all))]
		switch k := key(); rnd.IntN(20) {
		case 0:
			all = append(all, copied{c.tree.Copy(), maps.Clone(c.want)})
			if len(all) > 4 {
				all = slices.Delete(all, 0, 1)
			}
		case 1, 2, 3, 4, 5:
			c.tree.Remove([]byte(k))
			delete(c.want, k)
		case 6:
			from := New()
			for range 1 << rnd.IntN(10) {
				k := key()
				from.Put(Row{Key: []byte(k), Value: []byte(k + "!")})
				c.want[k] = k + "!"
			}
			c.tree.PutAll(from)
		default:
			c.tree.Put(Row{Key: []byte(k), Value: fmt.Append(nil, step)})
			c.want[k] = fmt.Sprint(step)
		}
		if c.tree.many != nil {
			grown++
		}
		for _, c := range all {
			compare(t, c.tree, c.want, kv.Range{Start: []byte(key()), End: []byte(key()), Reverse: rnd.IntN(2) == 0})
		}
		if t.Failed() {
			t.Fatalf("after step %d", step)
		}
	}
	for _, c := range all {
		compare(t, c.tree, c.want, kv.Range{})
		compare(t, c.tree, c.want, kv.Range{Reverse: true})
	}
	if grown == 0 {
		t.Error("no tree has become large")
	}
}

// compare looks at a range, and at the row at its start.
func compare(t *testing.T, tree *Tree, want map[string]string, r kv.Range) {
	t.Helper()
	var rows, got []string
	for k, v := range want {
		if k >= string(r.Start) && (len(r.End) == 0 || k < string(r.End)) {
			rows = append(rows, k+"="+v)
		}
	}
	slices.Sort(rows)
	if r.Reverse {
		slices.Reverse(rows)
	}
	for c := tree.Scan(r); c.Valid(); c.Next() {
		got = append(got, string(c.Row().Key)+"="+string(c.Row().Value))
	}
	if !slices.Equal(got, rows) || tree.Any(r) != (len(rows) > 0) {
		t.Errorf("%+v: %v, any %t; want %v", r, got, tree.Any(r), rows)
	}
	row, found := tree.Get(r.Start)
	if v, there := want[string(r.Start)]; found != there || string(row.Value) != v {
		t.Errorf("%s is %s, %t; want %s, %t", r.Start, row.Value, found, v, there)
	}
	if tree.Len() != len(want) {
		t.Errorf("%d rows, want %d", tree.Len(), len(want))
	}
}
