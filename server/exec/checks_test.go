package exec

import (
	"strings"
	"testing"
)

// valid are documents that must pass every check.
var valid = []string{
	"{ node { id } }",
	"\ufeff{ node { id } } # ünïcödé comment",
	"query Q { node { id name node { id } node { name } } }",
	"{ a: node { id } b: node(x: 1) { id } }",
	"{ node(x: null) { id } }",
	`query($n: Int = null) { echo(n: $n) }`,
	`query($n: Int! = 3, $l: [Int!]! = [1]) { echo(n: $n, l: $l) }`,
	`{ echo(s: "null", l: [1, 2]) null: node { null: id } }`,
	"{ thing { id ... on Node { node { id } } ... on Other { node { name } } } }",
	"{ thing { ... on Node { x: must } ... on Other { y: must } } }",
	"{ thing { ... on Node { x: id } ... on Other { x: id } } }",
	"{ thing { ... on Node { node { a: id } } ... on Other { node { a: id } } } }",
	"query($x: Int) { node(x: $x) { id } ...F } fragment F on Query { node(x: $x) { name } }",
	"{ node { ...A ...B } } fragment A on Node { id ...C } fragment B on Node { name ...C } fragment C on Thing { id }",
	"{ node @include(if: true) @skip(if: false) { id } }",
	`{ echo(s: """block "quoted" \""" text""") }`,
	introspection,
}

// introspection is the query that tools send (graphql-js 16, getIntrospectionQuery).
const introspection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
 inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

func TestValidDocumentsPass(t *testing.T) {
	e := testEngine(t, Options{})
	for _, query := range valid {
		d, f := parse(query, &e.limits)
		if f != nil {
			t.Errorf("%s: %v", query, f)
			continue
		}
		for _, f := range e.check(d) {
			t.Errorf("%s: %v", query, f)
		}
	}
}

// Field selection merging, by the examples of the specification (5.3.2).
func TestOverlapsFindsConflicts(t *testing.T) {
	e := testEngine(t, Options{})
	for _, query := range []string{
		"{ node { a: id a: name } }",
		"{ node { id: name id } }",
		"{ node { node(x: 1) { id } node { id } } }",
		"{ node { node(x: 1) { id } node(x: 2) { id } } }",
		"query($x: Int) { node { node(x: 1) { id } node(x: $x) { id } } }",
		"{ node { a: id } ...F } fragment F on Query { node { a: name } }",
		"{ thing { id a: name ... on Node { a: id } } }",
		"{ thing { ... on Node { must } ... on Other { must } } }",
		"{ thing { ... on Node { x: id } ... on Other { x: node { id } } } }",
		"{ thing { ... on Node { node { a: id } } ... on Other { node { a: must } } } }",
		"{ list { ... on Node { node { a: id } } ... on Thing { ... on Node { node { a: name } } } } }",
	} {
		d, f := parse(query, &e.limits)
		if f != nil {
			t.Fatal(f)
		}
		if len(e.types.overlaps(d, 10)) == 0 {
			t.Errorf("no conflict in %s", query)
		}
	}
}

func TestFaultsTellWhere(t *testing.T) {
	e := testEngine(t, Options{})
	for query, want := range map[string]Location{
		"{\n  nope\n}":                                 {2, 3},
		"{ echo(s: \"é😀\")\r\n nope }":                 {2, 2},
		`{ echo(s: "\uD83D\uDE00") nope }`:             {1, 27},
		"# é\n{ nope }":                                {2, 3},
		"{ node { id }":                                {1, 14},
		"{ echo(s: \"é\", n: 1a) }":                    {1, 20},
		"\ufeff{ nope }":                               {1, 4},
		"{ node {\r id\r nope } }":                     {3, 2},
		"{ node { ...A } }\nfragment A on Node {...A}": {2, 21},
	} {
		got := ask(t, e, query, "")
		if len(got.Errors) == 0 || len(got.Errors[0].Locations) == 0 || got.Errors[0].Locations[0] != want {
			t.Errorf("%q: want %v: %s", query, want, got.Body)
		}
	}
}

func TestLiteralsArriveWhole(t *testing.T) {
	e := testEngine(t, Options{})
	for query, want := range map[string]string{
		`{ echo(s: "a\uD83D\uDE00b") }`:                        `"s":"a😀b"`,
		`{ echo(s: "\uD83D\uDE00\uD83D\uDE00", n: 5) }`:        `"n":5,"s":"😀😀"`,
		`{ echo(s: "\n\t\\\"\u00e9") }`:                        `"s":"\n\t\\\"é"`,
		`{ echo(s: "", n: null, kind: null, l: null) }`:        `{"kind":null,"l":null,"must":1,"n":null,"s":""}`,
		`{ echo(n: -3, kind: RED, l: [1, 2], must: 4) }`:       `{"kind":"RED","l":[1,2],"must":4,"n":-3}`,
		`{ echo(l: 7) }`:                                       `"l":[7]`,
		"{ echo(s: \"\"\"\n  é\n    b \\\"\"\" c\n  \"\"\") }": `"s":"é\n  b \"\"\" c"`,
		"# é\n{ # ü\n echo(s: \"x\") }":                        `"s":"x"`,
	} {
		got := ask(t, e, query, "")
		if body := strings.ReplaceAll(got.Body, `\"`, `"`); !strings.Contains(strings.ReplaceAll(body, `\\`, `\`), want) {
			t.Errorf("%s: want %s: %s", query, want, got.Body)
		}
	}
}

func TestVariables(t *testing.T) {
	e := testEngine(t, Options{})
	const all = `query($s: String, $n: Int, $l: [Int!], $kind: Kind, $must: Int! = 3) { echo(s: $s, n: $n, l: $l, kind: $kind, must: $must) }`
	for _, tt := range []struct{ variables, want string }{
		{`{}`, `{\"must\":3}`},
		{`{"s": "x", "n": 2, "l": [1], "kind": "BLUE", "must": 9, "more": {}}`, `{\"kind\":\"BLUE\",\"l\":[1],\"must\":9,\"n\":2,\"s\":\"x\"}`},
		{`{"n": 2.0, "l": 4}`, `{\"l\":[4],\"must\":3,\"n\":2}`},
		{`{"s": null}`, `{\"must\":3,\"s\":null}`},
		{`{"s": true}`, CodeInput},
		{`{"s": 1}`, CodeInput},
		{`{"n": "12"}`, CodeInput},
		{`{"n": true}`, CodeInput},
		{`{"n": 1.5}`, CodeInput},
		{`{"n": 2147483648}`, CodeInput},
		{`{"n": 1e300}`, CodeInput},
		{`{"l": [1, null]}`, CodeInput},
		{`{"l": [[1]]}`, CodeInput},
		{`{"kind": "GREEN"}`, CodeInput},
		{`{"kind": 1}`, CodeInput},
		{`{"must": null}`, CodeInput},
		{`{"s": {"a": 1}}`, CodeInput},
	} {
		if got := ask(t, e, all, tt.variables); !strings.Contains(got.Body, tt.want) {
			t.Errorf("%s: want %s: %s", tt.variables, tt.want, got.Body)
		}
	}
	if got := ask(t, e, "query($n: Int!) { echo(n: $n) }", ""); got.code() != CodeInput {
		t.Errorf("missing variable: %s", got.Body)
	}
	if got := ask(t, e, "query($n: Int) { list(first: $n) { list(first: $n) { id } } }", `{"n": 100000}`); got.code() != CodeLimit {
		t.Errorf("pages by variable: %.200s", got.Body)
	}
}
