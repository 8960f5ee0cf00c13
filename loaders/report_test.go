package loaders_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/loaders"
)

func ExampleReport() {
	r := loaders.Report{
		Files:   []string{"quads.tsv"},
		Loaded:  graph.Loaded{Read: 90730, New: 90730, Entities: 7128},
		Elapsed: 3140 * time.Millisecond,
	}
	fmt.Println(r)
	// Output: loaded quads.tsv: read 90730, new 90730, known 0, corrected 0, rejected 0, entities 7128, 3.1 s
}

func TestReportJSON(t *testing.T) {
	r := loaders.Report{Files: []string{"a.jsonl", "b.jsonl"}, Elapsed: 3140 * time.Millisecond,
		Loaded: graph.Loaded{TS: 7, Read: 6, New: 1, Known: 2, Corrected: 3, Entities: 4}}
	const want = `{"files":["a.jsonl","b.jsonl"],"dryRun":false,"read":6,"new":1,"known":2,"corrected":3,"rejected":0,"entities":4,"seconds":3.1,"transaction":"tx:7"}`
	got, err := json.Marshal(r)
	if err != nil || string(got) != want {
		t.Errorf("\ngot  %s %v\nwant %s", got, err, want)
	}
}
