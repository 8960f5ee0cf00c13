package gqlschema_test

import (
	"slices"
	"strings"
	"testing"
)

// Whom an instrument is for are its targets, too: a commitment may have no other.
func TestInstrumentFor(t *testing.T) {
	w := open(t, mainFile, seedFile)
	list := w.at(`{ instrumentsOf(negotiation: "ua25:ukraine-peace-2025", kinds: ["Commitment"], parties: ["Russia"],
		issues: ["ua25:i-nonaggression", "ua25:i-forum"], on: "2025-12-31") { for { name } } }`, "instrumentsOf").([]any)
	var lines []string
	for _, i := range list {
		var names []string
		for _, n := range i.(map[string]any)["for"].([]any) {
			names = append(names, n.(map[string]any)["name"].(string))
		}
		lines = append(lines, strings.Join(names, ", "))
	}
	slices.Sort(lines)
	expectText(t, strings.Join(lines, "\n"), "The Europeans\nUnited States")
}
