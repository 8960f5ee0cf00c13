package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/language/ast"
)

// hostile are documents that were written to kill, stall or fill a server.
// Each is refused with its code before anything is resolved.
var hostile = []struct{ name, query, code string }{
	{"empty", "", codeSyntax},
	{"only a comment", "# nothing", codeSyntax},
	{"null byte", "{\x00}", codeSyntax},
	{"null byte in a string", "{echo(s: \"a\x00b\")}", codeSyntax},
	{"control character", "{echo(s: \"\x1b[2J\")}", codeSyntax},
	{"unterminated string", `{echo(s: "abc`, codeSyntax},
	{"string over a line end", "{echo(s: \"a\nb\")}", codeSyntax},
	{"unterminated block string", `{echo(s: """abc`, codeSyntax},
	{"escape at the end", `{echo(s: "\`, codeSyntax},
	{"short escape", `{echo(s: "\u12")}`, codeSyntax},
	{"unknown escape", `{echo(s: "\q")}`, codeSyntax},
	{"lone high surrogate", `{echo(s: "\uD83D")}`, codeSyntax},
	{"lone low surrogate", `{echo(s: "\uDE00")}`, codeSyntax},
	{"two high surrogates", `{echo(s: "\uD83D\uD83D")}`, codeSyntax},
	{"unclosed", "{ node {", codeSyntax},
	{"closed twice", "{ node } }", codeSyntax},
	{"crossed brackets", "{ echo(l: [1) ] }", codeSyntax},
	{"not ASCII outside of strings", "{ nôde }", codeSyntax},
	{"number into name", "{ echo(n: 1a) }", codeSyntax},
	{"leading zero", "{ echo(n: 01) }", codeSyntax},
	{"bare word", "hello", codeSyntax},
	{"variable without a type", "query($a:) { node { id } }", codeSyntax},
	{"variable of a list of nothing", "query($a: []) { node { id } }", codeSyntax},
	{"variable of nothing, not null", "query($a: !) { node { id } }", codeSyntax},
	{"a type", "type Query { a: Int }", codeInvalid},
	{"a type beside a query", "{ node { id } } extend type Query { a: Int }", codeInvalid},

	{"100,000 brackets", strings.Repeat("{a", 100_000), codeLimit},
	{"100,000 lists", "{echo(l:" + strings.Repeat("[", 100_000), codeLimit},
	{"100,000 tokens", "{" + strings.Repeat("a ", 100_000) + "}", codeLimit},
	{"300 KB of a name", "{" + strings.Repeat("a", 300_000) + "}", codeLimit},
	{"300 KB of a number", "{echo(n:" + strings.Repeat("9", 300_000) + ")}", codeLimit},
	{"too deep", "{" + strings.Repeat("node{", 20) + "id" + strings.Repeat("}", 21), codeLimit},
	{"101 aliases", "{" + numbered("a%d: __typename ", 101) + "}", codeLimit},
	{"51 directives", "{ __typename " + strings.Repeat("@skip(if: false) ", 51) + "}", codeLimit},
	{"5,001 fields", "{ " + strings.Repeat("...F ", 1001) + "} fragment F on Query { node { id name must list { id } } }", codeLimit},

	{"a fragment in itself", "{...A} fragment A on Query {...A}", codeInvalid},
	{"two fragments in one another", "{node{...A}} fragment A on Node {...B} fragment B on Node {...A}", codeInvalid},
	{"a cycle through fields", "{node{...A}} fragment A on Node {node{node{...B}}} fragment B on Node {list{...A}}", codeInvalid},
	{"a cycle that nothing uses", "{node{id}} fragment A on Node {...A}", codeInvalid},
	{"a cycle through inline fragments", "{node{...A}} fragment A on Node {... on Thing {... on Node {...A}}}", codeInvalid},
	{"doubling fragments", doubling(100), codeLimit},
	{"doubling fragments without aliases", chain(150), codeLimit},
	{"2^31 pages", "{ list(first: 2147483647) { list(first: 2147483647) { id } } }", codeLimit},
	{"10^30 pages", "{ list(first: 1000000000000000000000000000000) { id } }", codeLimit},
	{"pages in pages", "{ list { list { list { list { id } } } } }", codeLimit},
	{"pages by variable", "query($n: Int = 2147483647) { list(first: $n) { list(first: $n) { id } } }", codeLimit},

	{"conflicting alias", "{ node { a: id a: name } }", codeInvalid},
	{"600 conflicting aliases", "{ node { " + strings.Repeat("a: id ", 300) + strings.Repeat("a: name ", 300) + "} }", codeLimit},
	{"390 conflicting fields", "{ node { " + numbered("node(x: %d) { id } ", 390) + "} }", codeInvalid},
	{"conflicts deep down", "{ " + numbered("node { node { node(x: %d) { id } } } ", 90) + "}", codeInvalid},
	{"conflicts on many types", manyTypes(12), codeLimit},

	{"introspection in circles", "{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } } } }", codeLimit},
	{"introspection many times", "{ " + numbered("a%d: __schema { types { fields { type { fields { args { name } } } } } } ", 90) + "}", codeLimit},

	{"unknown field", "{ nodes { id } }", codeInvalid},
	{"1,000 unknown fields", "{ " + numbered("f%d ", 1000) + "}", codeInvalid},
	{"unknown fragment", "{ ...Nope }", codeInvalid},
	{"fragment on nothing", "{ ...A } fragment A on Nothing { id }", codeInvalid},
	{"unused fragment", "{ node { id } } fragment A on Node { id }", codeInvalid},
	{"one fragment twice", "{ node { ...A } } fragment A on Node { id } fragment A on Node { name }", codeInvalid},
	{"one operation twice", "query A { node { id } } query A { node { id } }", codeOperation},
	{"nameless among others", "{ node { id } } query A { node { id } }", codeOperation},
	{"undefined variable", "{ echo(n: $n) }", codeInvalid},
	{"unused variable", "query($n: Int) { node { id } }", codeInvalid},
	{"variable of no type", "query($n: Nope) { echo(n: $n) }", codeInvalid},
	{"variable of an output type", "query($n: Node) { echo(n: $n) }", codeInvalid},
	{"wrong variable", "query($s: String) { echo(n: $s) }", codeInvalid},
	{"text for a number", `{ echo(n: "12") }`, codeInvalid},
	{"boolean for a text", `{ echo(s: true) }`, codeInvalid},
	{"unknown enum value", "{ echo(kind: GREEN) }", codeInvalid},
	{"null in a list", "{ echo(l: [1, null]) }", codeInvalid},
	{"null in an object", "{ echo(s: {a: null}) }", codeInvalid},
	{"null for an argument of directives", "{ node @skip(if: null) { id } }", codeInvalid},
	{"leaf with fields", "{ node { id { x } } }", codeInvalid},
	{"object without fields", "{ node }", codeInvalid},
	{"empty selection", "{ node {} }", codeSyntax},
	{"directive twice", "{ node @skip(if: false) @skip(if: true) { id } }", codeInvalid},
	{"unknown directive", "{ node @nope { id } }", codeInvalid},
	{"argument twice", "{ echo(n: 1, n: 2) }", codeInvalid},
	{"unknown argument", "{ echo(z: 1) }", codeInvalid},
	{"mutation", "mutation { node { id } }", codeOperation},
	{"subscription", "subscription { node { id } }", codeOperation},
}

// numbered writes a pattern n times, with the numbers from 0.
func numbered(pattern string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}

// doubling is n fragments, each of which asks twice for the next one.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ node { ...F0 } } ")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Node { a: node { ...F%d } b: node { ...F%d } } ", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Node { id }", n)
	return b.String()
}

// chain is like doubling, where the two meet in one field.
func chain(n int) string {
	var b strings.Builder
	b.WriteString("{ node { ...F0 } } ")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Node { node { ...F%d } ...F%d } ", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Node { id }", n)
	return b.String()
}

// manyTypes nests, at every level, a chain of fields under each of two types
// beside the next level: the groups that may be asked of one object double.
func manyTypes(depth int) string {
	leg := func(d int) string { return strings.Repeat("next { ", d) + "id" + strings.Repeat(" }", d) }
	inner := "id"
	for d := range depth {
		inner = fmt.Sprintf("... on Node { %s } ... on Other { %s } next { %s }", leg(d+1), leg(d+1), inner)
	}
	return "{ thing { " + inner + " } }"
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	s := testServer(t, Options{})
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, s, tt.query, "")
			if got.code() != tt.code || got.Status != 400 || got.Data != nil {
				t.Errorf("got %d %q, want %q: %.300s", got.Status, got.code(), tt.code, got.Body)
			}
			if n := len(got.Errors); n > s.limits.Errors+1 {
				t.Errorf("%d errors", n)
			}
		})
	}
}

// A conflict is found by comparing each field with one other, not with all.
func TestOverlapsTakeFewSteps(t *testing.T) {
	s := testServer(t, Options{Limits: Limits{Aliases: 1000}})
	for _, query := range []string{
		"{ node { " + strings.Repeat("a: id ", 300) + strings.Repeat("a: name ", 300) + "} }",
		"{ node { " + numbered("node(x: %d) { id } ", 400) + "} }",
		"{ node { " + strings.Repeat("node(x: 1) { id } ", 400) + "} }",
		"{ node { " + strings.Repeat("... on Thing { id } ... on Node { id } ", 300) + "} }",
	} {
		d, f := parse(query, &s.limits)
		if f != nil {
			t.Fatal(f)
		}
		o := &overlap{schema: &s.schema, doc: d, limit: s.limits.Errors, reported: map[*ast.Field]bool{}}
		root := []scope{{rootType(&s.schema, "query"), d.operations[0].SelectionSet}}
		o.shapes(root)
		o.arguments(root)
		if o.steps > 10_000 {
			t.Errorf("%d steps for %.60s…", o.steps, query)
		}
	}
}

func FuzzChecks(f *testing.F) {
	for _, h := range hostile {
		if len(h.query) < 20_000 {
			f.Add(h.query)
		}
	}
	for _, q := range valid {
		f.Add(q)
	}
	s := testServer(f, Options{})
	f.Fuzz(func(t *testing.T, query string) {
		d, bad := parse(query, &s.limits)
		if bad != nil {
			locate(query, []*fault{bad})
			return
		}
		faults := s.validate(d)
		locate(query, faults)
		if len(faults) > 0 {
			return
		}
		for _, op := range d.operations {
			if w := s.measure(d, op, nil); w.fields > int64(s.limits.Fields) {
				t.Errorf("valid with %d fields", w.fields)
			}
		}
	})
}
