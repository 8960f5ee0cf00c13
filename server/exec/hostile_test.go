package exec

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/language/ast"
)

// hostile are documents that were written to kill, stall or fill a server.
// Each is refused with its code before anything is resolved.
var hostile = []struct{ name, query, code string }{
	{"empty", "", CodeSyntax},
	{"only a comment", "# nothing", CodeSyntax},
	{"null byte", "{\x00}", CodeSyntax},
	{"null byte in a string", "{echo(s: \"a\x00b\")}", CodeSyntax},
	{"control character", "{echo(s: \"\x1b[2J\")}", CodeSyntax},
	{"unterminated string", `{echo(s: "abc`, CodeSyntax},
	{"string over a line end", "{echo(s: \"a\nb\")}", CodeSyntax},
	{"unterminated block string", `{echo(s: """abc`, CodeSyntax},
	{"escape at the end", `{echo(s: "\`, CodeSyntax},
	{"short escape", `{echo(s: "\u12")}`, CodeSyntax},
	{"unknown escape", `{echo(s: "\q")}`, CodeSyntax},
	{"lone high surrogate", `{echo(s: "\uD83D")}`, CodeSyntax},
	{"lone low surrogate", `{echo(s: "\uDE00")}`, CodeSyntax},
	{"two high surrogates", `{echo(s: "\uD83D\uD83D")}`, CodeSyntax},
	{"unclosed", "{ node {", CodeSyntax},
	{"closed twice", "{ node } }", CodeSyntax},
	{"crossed brackets", "{ echo(l: [1) ] }", CodeSyntax},
	{"not ASCII outside of strings", "{ nôde }", CodeSyntax},
	{"number into name", "{ echo(n: 1a) }", CodeSyntax},
	{"leading zero", "{ echo(n: 01) }", CodeSyntax},
	{"bare word", "hello", CodeSyntax},
	{"variable without a type", "query($a:) { node { id } }", CodeSyntax},
	{"variable of a list of nothing", "query($a: []) { node { id } }", CodeSyntax},
	{"variable of nothing, not null", "query($a: !) { node { id } }", CodeSyntax},
	{"a type", "type Query { a: Int }", CodeInvalid},
	{"a type beside a query", "{ node { id } } extend type Query { a: Int }", CodeInvalid},

	{"100,000 brackets", strings.Repeat("{a", 100_000), CodeLimit},
	{"100,000 lists", "{echo(l:" + strings.Repeat("[", 100_000), CodeLimit},
	{"100,000 tokens", "{" + strings.Repeat("a ", 100_000) + "}", CodeLimit},
	{"300 KB of a name", "{" + strings.Repeat("a", 300_000) + "}", CodeLimit},
	{"300 KB of a number", "{echo(n:" + strings.Repeat("9", 300_000) + ")}", CodeLimit},
	{"too deep", "{" + strings.Repeat("node{", 20) + "id" + strings.Repeat("}", 21), CodeLimit},
	{"101 aliases", "{" + numbered("a%d: __typename ", 101) + "}", CodeLimit},
	{"51 directives", "{ __typename " + strings.Repeat("@skip(if: false) ", 51) + "}", CodeLimit},
	{"5,001 fields", "{ " + strings.Repeat("...F ", 1001) + "} fragment F on Query { node { id name must list { id } } }", CodeLimit},

	{"a fragment in itself", "{...A} fragment A on Query {...A}", CodeInvalid},
	{"two fragments in one another", "{node{...A}} fragment A on Node {...B} fragment B on Node {...A}", CodeInvalid},
	{"a cycle through fields", "{node{...A}} fragment A on Node {node{node{...B}}} fragment B on Node {list{...A}}", CodeInvalid},
	{"a cycle that nothing uses", "{node{id}} fragment A on Node {...A}", CodeInvalid},
	{"a cycle through inline fragments", "{node{...A}} fragment A on Node {... on Thing {... on Node {...A}}}", CodeInvalid},
	{"doubling fragments", doubling(100), CodeLimit},
	{"doubling fragments without aliases", chain(150), CodeLimit},
	{"2^31 pages", "{ list(first: 2147483647) { list(first: 2147483647) { id } } }", CodeLimit},
	{"10^30 pages", "{ list(first: 1000000000000000000000000000000) { id } }", CodeLimit},
	{"pages in pages", "{ list { list { list { list { id } } } } }", CodeLimit},
	{"pages by variable", "query($n: Int = 2147483647) { list(first: $n) { list(first: $n) { id } } }", CodeLimit},

	{"conflicting alias", "{ node { a: id a: name } }", CodeInvalid},
	{"600 conflicting aliases", "{ node { " + strings.Repeat("a: id ", 300) + strings.Repeat("a: name ", 300) + "} }", CodeLimit},
	{"390 conflicting fields", "{ node { " + numbered("node(x: %d) { id } ", 390) + "} }", CodeInvalid},
	{"conflicts deep down", "{ " + numbered("node { node { node(x: %d) { id } } } ", 90) + "}", CodeInvalid},
	{"conflicts on many types", manyTypes(12), CodeLimit},

	{"introspection in circles", "{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } } } }", CodeLimit},
	{"introspection many times", "{ " + numbered("a%d: __schema { types { fields { type { fields { args { name } } } } } } ", 90) + "}", CodeLimit},

	{"unknown field", "{ nodes { id } }", CodeInvalid},
	{"1,000 unknown fields", "{ " + numbered("f%d ", 1000) + "}", CodeInvalid},
	{"unknown fragment", "{ ...Nope }", CodeInvalid},
	{"fragment on nothing", "{ ...A } fragment A on Nothing { id }", CodeInvalid},
	{"unused fragment", "{ node { id } } fragment A on Node { id }", CodeInvalid},
	{"one fragment twice", "{ node { ...A } } fragment A on Node { id } fragment A on Node { name }", CodeInvalid},
	{"one operation twice", "query A { node { id } } query A { node { id } }", CodeOperation},
	{"nameless among others", "{ node { id } } query A { node { id } }", CodeInvalid},
	{"undefined variable", "{ echo(n: $n) }", CodeInvalid},
	{"unused variable", "query($n: Int) { node { id } }", CodeInvalid},
	{"variable of no type", "query($n: Nope) { echo(n: $n) }", CodeInvalid},
	{"variable of an output type", "query($n: Node) { echo(n: $n) }", CodeInvalid},
	{"wrong variable", "query($s: String) { echo(n: $s) }", CodeInvalid},
	{"text for a number", `{ echo(n: "12") }`, CodeInvalid},
	{"boolean for a text", `{ echo(s: true) }`, CodeInvalid},
	{"unknown enum value", "{ echo(kind: GREEN) }", CodeInvalid},
	{"null in a list", "{ echo(l: [1, null]) }", CodeInvalid},
	{"null in an object", "{ echo(s: {a: null}) }", CodeInvalid},
	{"null for an argument of directives", "{ node @skip(if: null) { id } }", CodeInvalid},
	{"leaf with fields", "{ node { id { x } } }", CodeInvalid},
	{"object without fields", "{ node }", CodeInvalid},
	{"empty selection", "{ node {} }", CodeSyntax},
	{"directive twice", "{ node @skip(if: false) @skip(if: true) { id } }", CodeInvalid},
	{"unknown directive", "{ node @nope { id } }", CodeInvalid},
	{"argument twice", "{ echo(n: 1, n: 2) }", CodeInvalid},
	{"unknown argument", "{ echo(z: 1) }", CodeInvalid},
	{"unknown directive of a variable", "query($n: Int @nope) { echo(n: $n) }", CodeInvalid},
	{"directive of a variable in the wrong place", "query($n: Int @skip(if: true)) { echo(n: $n) }", CodeInvalid},
	{"directive before a type", "query($n @skip(if: true): Int) { echo(n: $n) }", CodeSyntax},
	{"directive before a variable", "query(@skip(if: true) $n: Int) { echo(n: $n) }", CodeSyntax},
	{"directive without a name", "query($n: Int @) { echo(n: $n) }", CodeSyntax},
	{"unclosed directive of a variable", "query($n: Int @skip(if: true", CodeSyntax},
	{"variable within the directive of a variable", "query($n: Int @skip(if: $n)) { echo(n: $n) }", CodeInvalid},
	{"description alone", `"""a"""`, CodeSyntax},
	{"description of a selection", `"a" { node { id } }`, CodeSyntax},
	{"two descriptions", `"a" "b" query Q { node { id } }`, CodeSyntax},
	{"no digits in an escape", `{echo(s: "\u{}")}`, CodeSyntax},
	{"an escape beyond all characters", `{echo(s: "\u{110000}")}`, CodeSyntax},
	{"a surrogate in braces", `{echo(s: "\u{D83D}")}`, CodeSyntax},
	{"a long escape", `{echo(s: "\u{` + strings.Repeat("0", 100_000) + `}")}`, CodeSyntax},
	{"float beyond all numbers", "{ echo(f: 1e400) }", CodeInvalid},
	{"int of 33 bits", "{ echo(n: 4294967296) }", CodeInvalid},
	{"object without its field", "{ echo(in: {a: 1}) }", CodeInvalid},
	{"object with an unknown field", "{ echo(in: {must: \"x\", z: 1}) }", CodeInvalid},
	{"object with a field twice", "{ echo(in: {must: \"x\", must: \"y\"}) }", CodeInvalid},
	{"null for a field that must be", "{ echo(in: {must: null}) }", CodeInvalid},
	{"object for a text", "{ echo(s: {must: 1}) }", CodeInvalid},
	{"invalid UTF-8", "{ echo(s: \"\xff\") }", CodeSyntax},
	{"half of a character at the end", "{ node { id } } # \xe2\x82", CodeSyntax},
	{"2 MB of blanks", strings.Repeat(" ", 2<<20), CodeLimit},
	{"1 MB of a comment", "#" + strings.Repeat("x", 1<<20-1), CodeSyntax},
	{"1 MB of a string", `{ echo(n: "` + strings.Repeat("x", 1<<20-20) + `") }`, CodeInvalid},
	{"1 MB of escapes", `{ echo(n: "` + strings.Repeat(`\n`, 1<<19-20) + `") }`, CodeInvalid},
	{"1 MB of a block string", `{ echo(n: """` + strings.Repeat(" \n", 1<<19-20) + `""") }`, CodeInvalid},
	{"1,000 unknown types", "{ " + numbered("... on AQuiteLongNameOfAType%d { id } ", 600) + "}", CodeInvalid},
	{"1,000 unknown arguments", "{ echo(" + numbered("anArgument%d: 1 ", 1000) + ") }", CodeInvalid},
	{"mutation", "mutation { node { id } }", CodeOperation},
	{"subscription", "subscription { node { id } }", CodeOperation},
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
	e := testEngine(t, Options{})
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, e, tt.query, "")
			if got.code() != tt.code || got.Executed || got.Data != nil {
				t.Errorf("got %q, want %q: %.300s", got.code(), tt.code, got.Body)
			}
			if n := len(got.Errors); n > e.limits.Errors+1 {
				t.Errorf("%d errors", n)
			}
		})
	}
}

// A conflict is found by comparing each field with one other, not with all.
func TestOverlapsTakeFewSteps(t *testing.T) {
	e := testEngine(t, Options{Limits: Limits{Aliases: 1000}})
	for _, query := range []string{
		"{ node { " + strings.Repeat("a: id ", 300) + strings.Repeat("a: name ", 300) + "} }",
		"{ node { " + numbered("node(x: %d) { id } ", 400) + "} }",
		"{ node { " + strings.Repeat("node(x: 1) { id } ", 400) + "} }",
		"{ node { " + strings.Repeat("... on Thing { id } ... on Node { id } ", 300) + "} }",
	} {
		d, f := parse(query, &e.limits)
		if f != nil {
			t.Fatal(f)
		}
		o := &overlap{types: e.types, doc: d, limit: e.limits.Errors, reported: map[*ast.Field]bool{}}
		root := []scope{{e.types.rootType("query"), d.operations[0].SelectionSet}}
		o.shapes(root)
		o.arguments(root)
		if o.steps > 10_000 {
			t.Errorf("%d steps for %.60s…", o.steps, query)
		}
	}
}

// FuzzDo has requests answered: whatever they are, the answer is JSON that says
// what is wrong, or holds data, and the same again from the cache.
func FuzzDo(f *testing.F) {
	for _, h := range hostile {
		if len(h.query) < 2_000 { // longer ones keep the fuzzer from its work
			f.Add(h.query, `{"n": 1}`)
		}
	}
	for _, q := range valid {
		f.Add(q, `{"x": 2, "l": [3], "s": "\ud83d\ude00"}`)
	}
	for _, variables := range []string{`{"b": true, "in": {"must": "x"}}`, `{"b": 1}`, `{"l": [null]}`, `{"n": 1e400}`, `[`, `{"s": "\ud800"}`} {
		f.Add(allVariables, variables)
	}
	e := testEngine(f, Options{Limits: Limits{Values: 5000}})
	f.Fuzz(func(t *testing.T, query, variables string) {
		rq := Request{Query: query}
		d := json.NewDecoder(strings.NewReader(variables))
		d.UseNumber()
		_ = d.Decode(&rq.Variables) // what is no JSON is no variables
		first, second := do(t, e, rq), do(t, e, rq)
		if first.Executed == (first.Data == nil) || (!first.Executed && len(first.Errors) == 0) {
			t.Errorf("%s", first.Body)
		}
		if len(first.Body) != len(second.Body) {
			t.Errorf("first  %s\nsecond %s", first.Body, second.Body)
		}
		for _, e := range first.Errors {
			if e.Code() == "" || e.Message == "" {
				t.Errorf("%s", first.Body)
			}
		}
	})
}

const allVariables = `query($s: String, $n: Int, $f: Float, $b: Boolean!, $d: ID, $l: [Int!], $kind: Kind, $in: In) {
	echo(s: $s, n: $n, f: $f, d: $d, l: $l, kind: $kind, in: $in) @include(if: $b)
}`

// wrongVariables gives each variable of allVariables a value of every wrong type.
func wrongVariables() map[string]map[string]any {
	deep := any("x")
	for range 10_000 {
		deep = []any{deep}
	}
	long := strings.Repeat("x", 1<<20)
	values := map[string]any{
		"text": "12", "long text": long, "true": true, "number": json.Number("1.5"), "large number": json.Number("1" + strings.Repeat("0", 100_000)),
		"2^31": json.Number("2147483648"), "float64": 1e300, "not a number": math.NaN(), "infinite": math.Inf(1), "null": nil,
		"list": []any{"x"}, "null in a list": []any{nil}, "list in a list": []any{[]any{1}}, "deep list": deep, "empty object": map[string]any{},
		"object": map[string]any{"a": "x"}, "unknown field": map[string]any{"must": "x", long: 1}, "null for a field": map[string]any{"must": nil}, "no JSON": struct{}{},
	}
	right := map[string]bool{
		"s text": true, "s long text": true, "s null": true, "n null": true, "f number": true, "f float64": true, "f null": true, "f 2^31": true, "b true": true,
		"d text": true, "d long text": true, "d null": true, "d 2^31": true, "l null": true, "kind null": true, "in null": true,
	}
	wrong := map[string]map[string]any{"nothing": nil}
	for _, name := range []string{"s", "n", "f", "b", "d", "l", "kind", "in"} {
		for what, v := range values {
			if right[name+" "+what] {
				continue
			}
			all := map[string]any{"b": true}
			all[name] = v
			wrong["$"+name+": "+what] = all
		}
	}
	return wrong
}

func TestVariablesOfWrongTypes(t *testing.T) {
	e := testEngine(t, Options{})
	for what, variables := range wrongVariables() {
		got := do(t, e, Request{Query: allVariables, Variables: variables})
		name, _, _ := strings.Cut(what, ":")
		if name == "nothing" {
			name = "$b"
		}
		if got.code() != CodeInput || got.Executed || !strings.Contains(got.Errors[0].Message, "variable "+name) || len(got.Body) > 1000 {
			t.Errorf("%s: %.300s", what, got.Body)
		}
	}
	if got := do(t, e, Request{Query: allVariables, Variables: map[string]any{"b": true, "in": map[string]any{"must": "x"}}}); got.code() != "" {
		t.Error(got.Body)
	}
}
