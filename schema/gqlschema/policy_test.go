package gqlschema_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestPolicy holds that the policy of a root field binds all that is below it:
// of what Russia is said to hold, only its own word counts, however it is reached.
func TestPolicy(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for _, query := range []string{
		`{ actor(name: "Russia"%s) { positions { voice claims { assertions { voice } } } at { policy } } }`,
		`{ issue(name: "guarantees"%s) { positions { holder { positions { voice } } voice } } }`,
		`{ issue(name: "guarantees", at: {%s}) { positionsConnection { nodes { holder { name positions { voice } } } } } }`,
	} {
		voices := func(policy string) string {
			return w.ask(strings.ReplaceAll(fmt.Sprintf(query, policy), "{, ", "{"))
		}
		all, own := voices(""), voices(", policy: SELF_ONLY")
		if !strings.Contains(all, "OTHER_PARTY") || strings.Contains(own, "OTHER_PARTY") || !strings.Contains(own, `"SELF"`) {
			t.Errorf("%s: in all voices:\n%.400s\nin the party's own:\n%.400s", query, all, own)
		}
	}
	expectText(t, w.text(`{ actor(name: "Russia", policy: LATEST) { at { policy } } }`, "actor", "at", "policy"), "LATEST")
	expectText(t, w.text(`{ actor(name: "Russia") { at { policy } } }`, "actor", "at", "policy"), "ALL_SIDES")
	r := w.do(`{ stats(at: {on: "2025"}, policy: LATEST) { claims } }`)
	if !r.HasErrors() || r.Errors[0].Message != "policy and at: give one of them" {
		t.Errorf("policy beside at: %v", r.Errors)
	}
	r = w.do(`{ stats(policy: BEST) { claims } }`)
	if !r.HasErrors() || !strings.Contains(r.Errors[0].Message, "BEST") {
		t.Errorf("an unknown policy: %v", r.Errors)
	}
}

// TestPolicyOfChanges compares two days as a party's own word has them.
func TestPolicyOfChanges(t *testing.T) {
	w := open(t, mainFile, seedFile)
	items := func(policy string) int {
		return len(w.at(`{ changes(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED`+policy+`) { items(first: 1000) { kind } } }`, "changes", "items").([]any))
	}
	if all, own := items(""), items(", policy: SELF_ONLY"); own == 0 || own >= all {
		t.Errorf("%d changes, %d in a party's own voice", all, own)
	}
}

func expectText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
