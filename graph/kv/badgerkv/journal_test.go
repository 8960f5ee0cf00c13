package badgerkv

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/parleydb/parley/graph/kv/internal/rows"
)

// TestFollowing: of the records of a journal, those count that go up, and of these
// the ones that follow a commit without a gap.
func TestFollowing(t *testing.T) {
	for _, c := range []struct {
		journal []uint64
		behind  uint64
		want    string
	}{
		{[]uint64{1, 2, 3}, 0, "[1 2 3]"},
		{[]uint64{1, 2, 3}, 1, "[2 3]"},
		{[]uint64{1, 2, 3}, 3, "[]"},
		{[]uint64{2, 3}, 0, "[]"},
		{[]uint64{1, 2, 4, 5}, 0, "[1 2]"},
		{[]uint64{1, 2, 4, 5}, 3, "[4 5]"},
		{[]uint64{7, 8, 4, 5, 6}, 6, "[7 8]"},
		{[]uint64{7, 8, 4, 5, 6}, 3, "[]"}, // what is older does not count, although it would fit
		{nil, 0, "[]"},
	} {
		var b []byte
		for _, commit := range c.journal {
			b, _ = appendRecord(b, commit, 1, rows.New())
		}
		got := []uint64{}
		list, _ := following(b, c.behind)
		for _, r := range list {
			got = append(got, r.commit)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%d behind %d: %d, want %s", c.journal, c.behind, got, c.want)
		}
	}
}

// FuzzRecordedRows: rows are read or refused, and those that are read are written in
// the same way again.
func FuzzRecordedRows(f *testing.F) {
	f.Add(appendRow(appendRow(nil, rows.Row{Key: []byte("a"), Value: []byte("1")}), rows.Row{Key: []byte("b"), Deleted: true}))
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, ok := readRows(b)
		if !ok {
			return
		}
		record, ok := appendRecord(nil, 1, 2, tree)
		if !ok {
			return
		}
		again, ok := readRows(record[recordHead:])
		if !ok || again.Len() != tree.Len() {
			t.Fatalf("%d rows of %d", again.Len(), tree.Len())
		}
		if more, _ := appendRecord(nil, 1, 2, again); !bytes.Equal(more, record) {
			t.Errorf("%x, then %x", record, more)
		}
	})
}
