package loaders

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/parleydb/parley/graph"
)

// Report says what a load did, in facts: an assertion of a dataset, a quad.
type Report struct {
	Files    []string // without their folders
	DryRun   bool     // nothing was written
	Loaded   graph.Loaded
	Rejected int           // facts that were left out; as yet, one bad fact stops the load
	Elapsed  time.Duration // 0: not measured
}

// String is the line that scripts may rely on:
//
//	loaded quads.tsv: read 90730, new 90730, known 0, corrected 0, rejected 0, entities 7128, 3.1 s
//
// A dry run begins with "checked". At the end stands how many of those that are
// known were retracted and are left so, if there are any.
func (r Report) String() string {
	verb := "loaded"
	if r.DryRun {
		verb = "checked"
	}
	l := r.Loaded
	left := ""
	if l.Retracted > 0 {
		left = fmt.Sprintf(", left retracted %d", l.Retracted)
	}
	return fmt.Sprintf("%s %s: read %d, new %d, known %d, corrected %d, rejected %d, entities %d, %.1f s%s",
		verb, strings.Join(r.Files, ", "), l.Read, l.New, l.Known, l.Corrected, r.Rejected, l.Entities, r.Elapsed.Seconds(), left)
}

// MarshalJSON gives the same under the same names.
func (r Report) MarshalJSON() ([]byte, error) {
	l := r.Loaded
	out := struct {
		Files       []string `json:"files"`
		DryRun      bool     `json:"dryRun"`
		Read        int      `json:"read"`
		New         int      `json:"new"`
		Known       int      `json:"known"`
		Retracted   int      `json:"leftRetracted,omitempty"`
		Corrected   int      `json:"corrected"`
		Rejected    int      `json:"rejected"`
		Entities    int      `json:"entities"`
		Seconds     float64  `json:"seconds"`
		Transaction string   `json:"transaction,omitempty"` // missing: nothing was new
	}{r.Files, r.DryRun, l.Read, l.New, l.Known, l.Retracted, l.Corrected, r.Rejected, l.Entities, math.Round(r.Elapsed.Seconds()*10) / 10, ""}
	if l.TS != 0 {
		out.Transaction = graph.FormatTS(l.TS)
	}
	return json.Marshal(out)
}
