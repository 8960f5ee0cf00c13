package gqlschema_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// TestTalkNames finds what is named by alias, and tells what it took it for.
func TestTalkNames(t *testing.T) {
	w := open(t, mainFile, seedFile)
	r := w.do(`{ m: matrix(negotiation: "ua25:ukraine-peace-2025", issues: ["guarantees", "ua25:i-army"], parties: ["Kyiv", "Russia"], all: true) { rows { issue { name } } } }`)
	if r.HasErrors() {
		t.Fatal(r.Errors)
	}
	var got []string
	for _, n := range r.resolved {
		got = append(got, strings.Join(append(pathWords(n.Path), n.Name, n.Label), " "))
	}
	want := `m issues 0 guarantees Security guarantees for Ukraine
m issues 1 ua25:i-army Size of Ukraine's armed forces
m negotiation ua25:ukraine-peace-2025 Talks on the war in Ukraine, 2025–26
m parties 0 Kyiv Ukraine
m parties 1 Russia Russia`
	expectText(t, strings.Join(got, "\n"), want)
}

func pathWords(path []any) (words []string) {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			words = append(words, step)
		case int:
			words = append(words, string(rune('0'+step)))
		}
	}
	return words
}

// TestTalkMistakes says of what there is not what there is instead.
func TestTalkMistakes(t *testing.T) {
	w := open(t, mainFile, seedFile)
	for query, want := range map[string]string{
		`matrix(negotiation: "Peace of Westphalia") { known }`:                                            `negotiation: no Negotiation is called "Peace of Westphalia": there are `,
		`matrix(negotiation: "ua25:ukraine-peace-2025", parties: ["Zzzzqqq"]) { known }`:                  `parties[0]: no Actor is called "Zzzzqqq": there are `,
		`matrix(parties: ["Ukrane"]) { known }`:                                                           `did you mean Ukraine`,
		`cell(issue: "guarante", party: "Russia") { status }`:                                             `issue: no Issue is called "guarante": did you mean guarantees`,
		`cell(issue: "qqqqzzzz", party: "Russia") { status }`:                                             `issue: no Issue is called "qqqqzzzz": there are `,
		`cell(issue: "ua25:ru", party: "Russia") { status }`:                                              `issue: ua25:ru is a State, want Issue`,
		`contacts(negotiation: "ua25:ru") { documents }`:                                                  `negotiation: ua25:ru is a State, want Negotiation`,
		`contacts(status: ["MAYBE"]) { documents }`:                                                       `unknown status "MAYBE": want one of MOOTED`,
		`instrumentsOf(kinds: ["Wish"]) { kind }`:                                                         `unknown kind of instrument "Wish": want one of`,
		`instrumentsOf(states: ["OPENED"]) { kind }`:                                                      `unknown state "OPENED": want one of`,
		`deadlinesOf(withinDays: -1) { withinDays }`:                                                      `within -1 days: want 0 or more`,
		`transitions(kinds: ["Person"]) { to }`:                                                           `unknown kind with states "Person"`,
		`gap { basis }`:                                                                                   `whose agreement is needed is not said: give a negotiation, or parties`,
		`pulse(during: "someday") { silences { days } }`:                                                  `during: `,
		`changesOf(from: "2025-12-16", to: "2025-12-13", basis: PUBLISHED) { documentsSeen }`:             `before`,
		`changesOf(from: "soon", to: "2025-12-13", basis: PUBLISHED) { documentsSeen }`:                   `from: `,
		`changesOf(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED) { items(first: -1) { kind } }`: `first: -1: want 0 or more`,
		`conflicts(issues: ["guarante"]) { kind }`:                                                        `issues[0]: no Issue is called "guarante": did you mean guarantees`,
		`conflicts(parties: ["Ukrane"]) { kind }`:                                                         `parties[0]: no Actor is called "Ukrane": did you mean Ukraine`,
		`matrix(policy: MINE) { known }`:                                                                  `MINE`,
		`matrix(on: "2025-12-16", at: {on: "2025"}) { known }`:                                            `on and at: give one of them`,
	} {
		r := w.do("{ " + query + " }")
		if !r.HasErrors() || !strings.Contains(r.Errors[0].Message, want) {
			t.Errorf("%s: %v, want %s", query, r.Errors, want)
		}
	}
}

// TestTalkConflicts asks for conflicts by issue and by party, whoever acts for it.
func TestTalkConflicts(t *testing.T) {
	w := open(t, mainFile, seedFile)
	numbers := map[string]int{}
	for name, args := range map[string]string{"all": "", "truce": `(issues: ["truce"])`, "Germany": `(parties: ["Germany"])`, "both": `(issues: ["truce"], parties: ["Germany"])`,
		"Slovakia": `(parties: ["Slovakia"])`} {
		r := w.do(`{ conflicts` + args + ` { kind subject { name } } }`)
		if r.HasErrors() {
			t.Fatal(r.Errors)
		}
		numbers[name] = len(r.Data.(map[string]any)["conflicts"].([]any))
	}
	if n := numbers; n["truce"] == 0 || n["truce"] >= n["all"] || n["Germany"] >= n["all"] || n["both"] > n["truce"] || n["Slovakia"] != 0 {
		t.Errorf("%v", numbers)
	}
}

// TestTalkBefore asks of a time before anything was known: each answer says why
// it is empty.
func TestTalkBefore(t *testing.T) {
	w := open(t, mainFile, seedFile)
	const then = `(negotiation: "ua25:ukraine-peace-2025", on: "2025-01-01", knownOn: "2025-01-01", basis: RECORDED`
	for _, query := range []string{`matrix` + then + `)`, `cell` + then + `, issue: "guarantees", party: "Russia")`, `draftText` + then + `)`} {
		if got := w.text(`{ x: `+query+` { reason } }`, "x", "reason"); got != "NO_DOCUMENT" {
			t.Errorf("%s: %s", query, got)
		}
	}
	if got := w.text(`{ contacts`+then+`) { reason } }`, "contacts", "reason"); got == "<nil>" {
		t.Error("no contacts, and no reason")
	}
}

// TestGrouped holds the changes of a negotiation to those that package
// negotiation gives for the same points.
func TestGrouped(t *testing.T) {
	w := open(t, mainFile, seedFile)
	ctx := context.Background()
	talksID, err := w.db.At(graph.Point{}).Find(ctx, graph.ByKey("ua25:ukraine-peace-2025"))
	if err != nil {
		t.Fatal(err)
	}
	for _, axis := range []string{"ON", "KNOWN", ""} {
		q := negotiation.ChangesQuery{Negotiation: talksID.ID}
		arg := ""
		if axis != "" {
			arg = ", axis: " + axis
			if q.Axis, err = negotiation.ParseAxis(axis); err != nil {
				t.Fatal(err)
			}
		}
		want, err := negotiation.ChangesOf(ctx, published(t, w.db, "2025-12-13"), published(t, w.db, "2025-12-16"), &q)
		if err != nil {
			t.Fatal(err)
		}
		got := w.at(`{ `+talks+` { changes(from: "2025-12-13", to: "2025-12-16", basis: PUBLISHED`+arg+`) { documentsSeen undatedDocuments from { on } items(first: 9999) { kind subject { id } before beforeReason } groups { items { kind } } } } }`, "negotiation", "changes").(map[string]any)
		items := got["items"].([]any)
		if got["documentsSeen"] != want.DocumentsSeen || got["undatedDocuments"] != want.UndatedDocuments || len(items) != len(want.Items) || len(got["groups"].([]any)) != len(want.Groups) || len(items) == 0 {
			t.Errorf("%s: %v documents, %d items, want %d, %d", axis, got["documentsSeen"], len(items), want.DocumentsSeen, len(want.Items))
			continue
		}
		for i, item := range items {
			item := item.(map[string]any)
			if item["kind"] != string(want.Items[i].Kind) || item["subject"].(map[string]any)["id"] != want.Items[i].Subject.String() {
				t.Errorf("%s: item %d: %v, want %s of %s", axis, i, item, want.Items[i].Kind, want.Items[i].Subject)
			}
			if item["before"] == nil && item["beforeReason"] == nil {
				t.Errorf("%s: item %d shows nothing before, and does not say why", axis, i)
			}
		}
	}
}

// TestKnownOfADay asks what became known of a day that is neither of the two.
func TestKnownOfADay(t *testing.T) {
	w := open(t, mainFile, seedFile)
	const days = `from: "2025-12-15", to: "2026-04-30", basis: PUBLISHED`
	for name, query := range map[string]string{
		"changes":   `{ a: changes(` + days + `ARGS) { items(first: 9999) { kind after } } }`,
		"changesOf": `{ a: changesOf(` + days + `ARGS) { items(first: 9999) { kind after } } }`,
		"grouped":   `{ a: ` + talks + ` { changes(` + days + `ARGS) { items(first: 9999) { kind after } } } }`,
	} {
		ask := func(args string) string { return strings.Replace(query, "ARGS", args, 1) }
		then, later := w.text(ask(`, axis: KNOWN, on: "2025-12-15"`), "a"), w.text(ask(", axis: KNOWN"), "a")
		if !strings.Contains(then, "Christmas truce") || strings.Contains(then, "Easter") || !strings.Contains(later, "Easter") {
			t.Errorf("%s: of 15 December:\n%s\nof the second day:\n%s", name, then, later)
		}
		for _, axis := range []string{"", ", axis: ON"} {
			if r := w.do(ask(axis + `, on: "2025-12-15"`)); !strings.Contains(fmt.Sprint(r.Errors), "axis is KNOWN") {
				t.Errorf("%s%s: %v", name, axis, r.Errors)
			}
		}
	}
}

func published(t *testing.T, db *graph.DB, day string) graph.View {
	t.Helper()
	on, err := graph.ParseOn(day)
	if err != nil {
		t.Fatal(err)
	}
	known, err := graph.ParseKnownOn(day)
	if err != nil {
		t.Fatal(err)
	}
	return db.At(graph.Point{On: on, KnownOn: known, Basis: graph.Published})
}

// TestContactsBetween finds the 20 meetings that were held between the United
// States and Ukraine, each with those who took part for each.
func TestContactsBetween(t *testing.T) {
	w := open(t, mainFile, seedFile)
	const query = `{ ` + talks + ` { contacts(between: ["United States", "Ukraine"], status: ["HELD"], rank: NORMAL) {
		contacts { name date sides { party { name } itself persons { entity { name } path { relation { kind } } } } sources { who } } } } }`
	list := w.at(query, "negotiation", "contacts", "contacts").([]any)
	if len(list) != 20 {
		t.Errorf("%d contacts, want 20", len(list))
	}
	for _, c := range list {
		c := c.(map[string]any)
		sides := c["sides"].([]any)
		if len(sides) != 2 || c["date"] == nil || len(c["sources"].([]any)) == 0 {
			t.Errorf("%v", c)
		}
		if slices.ContainsFunc(sides, func(s any) bool {
			return s.(map[string]any)["itself"] == false && len(s.(map[string]any)["persons"].([]any)) == 0
		}) {
			t.Errorf("nobody for a party: %v", c)
		}
	}
}

// TestMatrixReads holds that names and sources of a matrix are read once for
// all of its 378 cells, what is asked for among them.
func TestMatrixReads(t *testing.T) {
	w, store := counted(t)
	store.reads = 0
	w.ask(`{ matrix(negotiation: "ua25:ukraine-peace-2025", on: "2025-12-16", all: true) { parties { name } rows { issue { name } cells {
		party { name kind } status text conditions saidBy { name } roots { name } sources { who via url } positions { options conditions } } } } }`)
	if store.reads > 14 {
		t.Errorf("%d reads, want 14 at most", store.reads)
	}
}

// TestUnlock names the condition on which Russia's openness depends in the
// article, by the id of what waits.
func TestUnlock(t *testing.T) {
	w := open(t, seedFile)
	const conditions = `conditions(on: "2025-12-15", rank: NORMAL)`
	waiter := w.text(`{ `+talks+` { `+conditions+` { waits { waiter { id } } } } }`, "negotiation", "conditions", "waits", 0, "waiter", "id")
	got := w.at(`{ `+talks+` { `+conditions+` { unlock(thing: "`+waiter+`") { smallest conditions { text } } } } }`, "negotiation", "conditions", "unlock").(map[string]any)
	if list := got["conditions"].([]any); got["smallest"] != true || len(list) != 1 || list[0].(map[string]any)["text"] != "as part of a peace deal" {
		t.Errorf("%v", got)
	}
	if r := w.do(`{ ` + talks + ` { ` + conditions + ` { unlock(thing: "qqqzzz") { smallest } } } }`); !r.HasErrors() || !strings.Contains(r.Errors[0].Message, `thing: no entity is called "qqqzzz"`) {
		t.Errorf("%v", r.Errors)
	}
}

// TestMatrixOnly leaves out positions by who says so, and by the policy.
func TestMatrixOnly(t *testing.T) {
	w := open(t, mainFile, seedFile)
	known := func(args string) int {
		return w.at(`{ `+strings.Replace(talks, ")", args+")", 1)+` { matrix(on: "2025-12-16", rank: NORMAL) { known } } }`, "negotiation", "matrix", "known").(int)
	}
	only := func(args string) int {
		return w.at(`{ `+talks+` { matrix(on: "2025-12-16", rank: NORMAL`+args+`) { known } } }`, "negotiation", "matrix", "known").(int)
	}
	all, own := known(""), known(", policy: SELF_ONLY")
	if voices := only(", voices: [SELF, OWN_SIDE]"); voices != own || own == 0 || own >= all {
		t.Errorf("%d cells, %d in the parties' own voices, %d by the policy", all, voices, own)
	}
	if unnamed := only(", onlyAnonymous: true"); unnamed == 0 || unnamed >= all {
		t.Errorf("%d cells rest on unnamed sources, of %d", unnamed, all)
	}
	if graded, rolled := only(", reliability: A"), only(", rollUp: true"); graded != 0 || rolled < all {
		t.Errorf("%d cells graded A, though nothing is graded; %d rolled up, %d not", graded, rolled, all)
	}
}
