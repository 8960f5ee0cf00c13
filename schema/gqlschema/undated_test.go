package gqlschema_test

import "testing"

// TestUndated holds that a point says from when undated documents count, that
// what is below it reads so, and that it is told by the point.
func TestUndated(t *testing.T) {
	w := open(t, seedFile)
	expectText(t, w.text(`{ actor(name: "Russia", undated: FROM_ASSERTED) { at { undated } } }`, "actor", "at", "undated"), "FROM_ASSERTED")
	expectText(t, w.text(`{ actor(name: "Russia", at: {undated: FROM_ASSERTED}) { at { undated } } }`, "actor", "at", "undated"), "FROM_ASSERTED")
	expectText(t, w.text(`{ actor(name: "Russia") { at { undated } } }`, "actor", "at", "undated"), "FROM_RECORDED")
	r := w.do(`{ stats(at: {on: "2025"}, undated: FROM_ASSERTED) { claims } }`)
	if !r.HasErrors() || r.Errors[0].Message != "undated and at: give one of them" {
		t.Errorf("undated beside at: %v", r.Errors)
	}
}
