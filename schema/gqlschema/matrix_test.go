package gqlschema_test

import (
	"testing"
)

// talks is the negotiation of the example.
const talks = `negotiation(key: "ua25:ukraine-peace-2025")`

// TestMatrix is the matrix of two days: the counts of the Go tests of the
// example, by the negotiation's field and by the root field.
func TestMatrix(t *testing.T) {
	w := open(t, mainFile, seedFile)
	const fields = `{ known size parties { name } rows { cells { status } } silentIssues { name } silentParties { name } reason }`
	for on, want := range map[string]int{"2025-12-15": 37, "2025-12-16": 40} {
		below := w.at(`{ `+talks+` { matrix(on: "`+on+`", rank: NORMAL) `+fields+` } }`, "negotiation", "matrix").(map[string]any)
		root := w.at(`{ matrix(negotiation: "ua25:ukraine-peace-2025", on: "`+on+`", rank: NORMAL) `+fields+` }`, "matrix").(map[string]any)
		if w.indent(below) != w.indent(root) {
			t.Errorf("%s: the root field answers differently", on)
		}
		rows, parties := root["rows"].([]any), root["parties"].([]any)
		known := 0
		for _, row := range rows {
			for _, cell := range row.(map[string]any)["cells"].([]any) {
				if cell.(map[string]any)["status"] != "UNKNOWN" {
					known++
				}
			}
		}
		if root["known"] != want || known != want || root["size"] != 27*14 {
			t.Errorf("%s: %v known, %d shown, of %v; want %d of 378", on, root["known"], known, root["size"], want)
		}
		if issues, silent := len(rows)+len(root["silentIssues"].([]any)), len(parties)+len(root["silentParties"].([]any)); issues != 27 || silent != 14 {
			t.Errorf("%s: %d issues and %d parties, want 27 and 14", on, issues, silent)
		}
	}
}
