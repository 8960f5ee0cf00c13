package exec

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// engineOf answers over a query type with the fields given.
func engineOf(t testing.TB, fields graphql.Fields, opts *Options) *Engine {
	t.Helper()
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: fields})})
	if err != nil {
		t.Fatal(err)
	}
	return New(s, opts)
}

func TestFieldsKeepTheirOrder(t *testing.T) {
	e := testEngine(t, Options{})
	const query = `{ z: node { name id ...F } a: echo list(first: 2) { must __typename id } } fragment F on Node { x: must id name }`
	const want = `{"data":{"z":{"name":"Ada","id":"7","x":"x"},"a":"{\"must\":1}","list":[{"must":"x","__typename":"Node","id":"7"},{"must":"x","__typename":"Node","id":"7"}]}}`
	if got := ask(t, e, query, ""); got.Body != want {
		t.Fatalf("got  %s\nwant %s", got.Body, want)
	}
}

// A field that stands twice is there if one of the two is, with what that one
// asks for; and where it stands first is where it is.
func TestConditions(t *testing.T) {
	e := testEngine(t, Options{})
	const query = `query($a: Boolean!, $b: Boolean!) {
		node { id @skip(if: $a) name @include(if: $b) node @include(if: $a) { id } node @include(if: $b) { name } ...F @skip(if: $b) }
	} fragment F on Node { must id }`
	for variables, want := range map[string]string{
		`{"a": false, "b": false}`: `{"id":"7","must":"x"}`,
		`{"a": true, "b": false}`:  `{"node":{"id":"7"},"must":"x","id":"7"}`,
		`{"a": false, "b": true}`:  `{"id":"7","name":"Ada","node":{"name":"Ada"}}`,
		`{"a": true, "b": true}`:   `{"name":"Ada","node":{"id":"7","name":"Ada"}}`,
	} {
		for range 2 {
			if got := ask(t, e, query, variables); got.Body != `{"data":{"node":`+want+`}}` {
				t.Errorf("%s: %s", variables, got.Body)
			}
		}
	}
}

// More conditions than plans are kept for still answer rightly.
func TestManyConditions(t *testing.T) {
	e := testEngine(t, Options{})
	var head, body strings.Builder
	for i := range 6 {
		fmt.Fprintf(&head, "$v%d: Boolean! ", i)
		fmt.Fprintf(&body, "f%d: __typename @include(if: $v%d) ", i, i)
	}
	query := "query(" + head.String() + ") { " + body.String() + "}"
	for bits := range 64 {
		variables, want := map[string]any{}, []string{}
		for i := range 6 {
			on := bits>>i&1 == 1
			if variables[fmt.Sprint("v", i)] = on; on {
				want = append(want, fmt.Sprintf(`"f%d":"Query"`, i))
			}
		}
		if got := do(t, e, Request{Query: query, Variables: variables}); string(got.Data) != "{"+strings.Join(want, ",")+"}" {
			t.Fatalf("%06b: %s", bits, got.Body)
		}
	}
	if n := len(e.cache.get(cacheKey{query, ""}).mu.plans); n != mostPlans {
		t.Errorf("%d plans are kept", n)
	}
}

func TestErrorsOfResolvers(t *testing.T) {
	var log bytes.Buffer
	e := testEngine(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for field, code := range map[string]string{"missing": "NOT_FOUND", "secret": CodeInternal, "panics": CodeInternal, "thunk": CodeInternal, "scalar": CodeInternal} {
		log.Reset()
		got := ask(t, e, "{ node { id } "+field+" }", "")
		if !got.Executed || got.code() != code || !strings.Contains(string(got.Data), `"node":{"id":"7"},"`+field+`":null`) {
			t.Errorf("%s: %s", field, got.Body)
		}
		if e := got.Errors[0]; len(e.Path) != 1 || e.Path[0] != field || e.Locations[0] != (Location{1, 15}) {
			t.Errorf("%s: %+v", field, e)
		}
		if code != CodeInternal {
			continue
		}
		id, _ := got.Errors[0].Extensions["id"].(string)
		if strings.Contains(got.Body, "hunter2") || !strings.Contains(log.String(), "hunter2") || id == "" || !strings.Contains(log.String(), id) {
			t.Errorf("%s: answer %s, log %s", field, got.Body, log.String())
		}
	}
}

func TestExplain(t *testing.T) {
	e := testEngine(t, Options{Explain: func(_ context.Context, err error) *Error {
		if strings.Contains(err.Error(), "hunter2") {
			return Errorf("SECRET", "a secret")
		}
		return nil
	}})
	if got := ask(t, e, "{ secret }", ""); got.code() != "SECRET" {
		t.Error(got.Body)
	}
	if got := ask(t, e, "{ panics }", ""); got.code() != CodeInternal {
		t.Errorf("a panic is nobody's business: %s", got.Body)
	}
}

// Null goes up to the nearest place that may be null, and takes back all that
// was written since.
func TestNullGoesUp(t *testing.T) {
	var node *graphql.Object
	must := graphql.NewNonNull
	node = graphql.NewObject(graphql.ObjectConfig{Name: "Node", Fields: graphql.FieldsThunk(func() graphql.Fields {
		return graphql.Fields{
			"ok": {Type: graphql.String, Resolve: constant("ok")}, "bad": {Type: must(graphql.Int), Resolve: constant("12")},
			"may": {Type: node, Resolve: constant(1)}, "must": {Type: must(node), Resolve: constant(1)},
			"list":  {Type: graphql.NewList(node), Resolve: constant([]int{1, 2})},
			"musts": {Type: graphql.NewList(must(node)), Resolve: constant([]int{1, 2})},
			"holes": {Type: must(graphql.NewList(must(graphql.NewList(graphql.Int)))), Resolve: constant([]any{[]any{1, nil, "x"}, []int(nil)})},
		}
	})})
	e := engineOf(t, graphql.Fields{"may": {Type: node, Resolve: constant(1)}, "must": {Type: must(node), Resolve: constant(1)}}, &Options{Logger: silent})
	for query, want := range map[string]string{
		"{ may { ok bad ok2: ok } }":                    `{"may":null} [may bad]`,
		"{ may { ok may { must { ok bad } } ok2:ok } }": `{"may":{"ok":"ok","may":null,"ok2":"ok"}} [may may must bad]`,
		"{ must { ok must { ok bad } } }":               `null [must must bad]`,
		"{ may { list { ok bad } } }":                   `{"may":{"list":[null,null]}} [may list 0 bad] [may list 1 bad]`,
		"{ may { ok musts { ok bad } } }":               `{"may":{"ok":"ok","musts":null}} [may musts 0 bad]`,
		"{ may { holes } }":                             `{"may":{"holes":[[1,null,null],[]]}} [may holes 0 2]`,
	} {
		got := ask(t, e, query, "")
		text := string(got.Data)
		for _, e := range got.Errors {
			text += fmt.Sprintf(" %v", e.Path)
		}
		if text != want {
			t.Errorf("%s: got %s, want %s", query, text, want)
		}
	}
}

func TestErrorsNameAllPlaces(t *testing.T) {
	e := testEngine(t, Options{})
	got := ask(t, e, "{ a: missing\n ...F }\nfragment F on Query { a: missing }", "")
	if len(got.Errors) != 1 || fmt.Sprint(got.Errors[0].Locations) != "[{1 3} {3 23}]" {
		t.Error(got.Body)
	}
}

func TestErrorsAreCapped(t *testing.T) {
	e := testEngine(t, Options{Limits: Limits{Errors: 5}})
	got := ask(t, e, "{ "+numbered("a%d: missing ", 50)+"}", "")
	if n := len(got.Errors); n != 6 || got.Errors[5].Message != "45 more errors" {
		t.Errorf("%d errors: %s", n, got.Body)
	}
	if got := ask(t, e, "{ "+numbered("f%d ", 50)+"}", ""); len(got.Errors) != 6 || got.Errors[5].Code() != CodeLimit {
		t.Errorf("%d errors: %s", len(got.Errors), got.Body)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	e := testEngine(t, Options{Limits: Limits{Values: 50, Response: 1500}})
	got := ask(t, e, "{ list(first: 30) { id name must } }", "")
	if got.code() != CodeLimit || string(got.Data) != "null" || len(got.Errors) != 1 {
		t.Errorf("values: %s", got.Body)
	}
	got = ask(t, e, "{ list(first: 40) { a_rather_long_name_for_a_field: id } }", "")
	if got.code() != CodeLimit || string(got.Data) != "null" {
		t.Errorf("bytes: %s", got.Body)
	}
	long := strings.Repeat("x", 2000)
	e = engineOf(t, graphql.Fields{
		"last": {Type: graphql.String, Resolve: constant(long)}, "list": {Type: graphql.NewList(graphql.String), Resolve: constant([]string{long, long})},
	}, &Options{Limits: Limits{Response: 1500}})
	for _, query := range []string{"{ last }", "{ list }"} {
		if got := ask(t, e, query, ""); got.code() != CodeLimit || string(got.Data) != "null" {
			t.Errorf("%s: %d bytes: %.100s", query, len(got.Body), got.Body)
		}
	}
}

// Leaves are written as their types have them, or are an error.
func TestLeaves(t *testing.T) {
	type word string
	three, text := 3, "text"
	at := time.Date(2025, 12, 14, 0, 0, 0, 0, time.UTC)
	color := graphql.NewEnum(graphql.EnumConfig{Name: "Color", Values: graphql.EnumValueConfigMap{"RED": {Value: 1}, "BLUE": {Value: word("b")}}})
	anything := graphql.NewScalar(graphql.ScalarConfig{Name: "Any", Serialize: func(v any) any { return v }})
	for _, tt := range []struct {
		typ  graphql.Output
		v    any
		want string // "": an error
	}{
		{graphql.Int, 3, "3"}, {graphql.Int, int64(-3), "-3"}, {graphql.Int, uint8(3), "3"}, {graphql.Int, &three, "3"}, {graphql.Int, 3.0, "3"}, {graphql.Int, (*int)(nil), "null"},
		{graphql.Int, "12", ""}, {graphql.Int, true, ""}, {graphql.Int, 1.5, ""}, {graphql.Int, 1 << 31, ""}, {graphql.Int, -1<<31 - 1, ""}, {graphql.Int, uint64(1 << 63), ""}, {graphql.Int, []int{1}, ""},
		{graphql.Float, 1.5, "1.5"}, {graphql.Float, float32(0.1), "0.1"}, {graphql.Float, 7, "7"}, {graphql.Float, 1e6, "1000000"}, {graphql.Float, 1e21, "1e+21"}, {graphql.Float, 1e-7, "1e-07"}, {graphql.Float, 0.0, "0"},
		{graphql.Float, inf, ""}, {graphql.Float, -inf, ""}, {graphql.Float, inf - inf, ""}, {graphql.Float, "1.5", ""}, {graphql.Float, true, ""},
		{graphql.Boolean, true, "true"}, {graphql.Boolean, 1, ""}, {graphql.Boolean, "true", ""},
		{graphql.String, "a\"\\\n\x01é😀</script>", `"a\"\\\n\u0001é😀</script>"`}, {graphql.String, "a\xffb", "\"a\ufffdb\""}, {graphql.String, word("w"), `"w"`}, {graphql.String, &text, `"text"`},
		{graphql.String, at, `"2025-12-14 00:00:00 +0000 UTC"`}, {graphql.String, 5, `"5"`}, {graphql.String, true, `"true"`}, {graphql.String, 0.5, `"0.5"`}, {graphql.String, "", `""`},
		{graphql.String, map[string]any{"a": 1}, ""}, {graphql.String, []string{"a"}, ""}, {graphql.String, struct{}{}, ""}, {graphql.String, inf, ""},
		{graphql.ID, "x", `"x"`}, {graphql.ID, 9007199254740993, `"9007199254740993"`}, {graphql.ID, true, ""}, {graphql.ID, 1.5, ""},
		{color, 1, `"RED"`}, {color, word("b"), `"BLUE"`}, {color, "RED", ""}, {color, []int{1}, ""}, {color, 2, ""},
		{anything, map[string]any{"b": []int{1}, "a": nil}, `{"a":null,"b":[1]}`}, {anything, "é", `"é"`}, {anything, func(int) {}, ""}, {anything, inf, ""},
		{graphql.NewList(graphql.Int), [2]int{1, 2}, "[1,2]"}, {graphql.NewList(graphql.Int), 5, ""}, {graphql.NewList(graphql.Int), []any{}, "[]"}, {graphql.NewList(graphql.Int), &[]int{1}, "[1]"},
		{graphql.NewList(graphql.Int), []any{func() (any, error) { return 4, nil }}, "[4]"},
	} {
		e := engineOf(t, graphql.Fields{"f": {Type: tt.typ, Resolve: constant(tt.v)}}, &Options{Logger: silent})
		got := ask(t, e, "{ f }", "")
		want := tt.want
		if want == "" {
			want = "null"
		}
		if string(got.Data) != `{"f":`+want+`}` || (len(got.Errors) == 1) != (tt.want == "") {
			t.Errorf("%s of %T %v: want %s: %s", tt.typ, tt.v, tt.v, want, got.Body)
		}
	}
}

// The context is looked at between fields: after its end no resolver runs.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		slow := &graphql.Field{Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
			calls.Add(1)
			if at, ok := p.Context.Deadline(); !ok || at.IsZero() {
				t.Error("a resolver does not see the deadline")
			}
			time.Sleep(time.Second) // heedless of the context
			return "x", nil
		}}
		e := engineOf(t, graphql.Fields{"slow": slow}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		answer := e.Do(ctx, Request{Query: "{ a: slow b: slow c: slow d: slow e: slow }"})
		if calls.Load() != 3 || answer.Errors[0].Code() != CodeTime || !strings.HasSuffix(string(answer.Body), `"data":null}`) {
			t.Errorf("%d calls: %s", calls.Load(), answer.Body)
		}
	})
}

// So is it between the items of a list.
func TestDeadlineWithinAList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		slow := func() (any, error) { calls++; time.Sleep(time.Second); return 1, nil }
		e := engineOf(t, graphql.Fields{"list": {Type: graphql.NewList(graphql.Int), Resolve: constant([]any{slow, slow, slow, slow, slow})}}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		if answer := e.Do(ctx, Request{Query: "{ list }"}); calls != 3 || answer.Errors[0].Code() != CodeTime {
			t.Errorf("%d calls: %s", calls, answer.Body)
		}
	})
}

func TestNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	within := 0
	e := engineOf(t, graphql.Fields{"f": {Type: graphql.Int, Resolve: func(graphql.ResolveParams) (any, error) {
		within = runtime.NumGoroutine()
		return 1, nil
	}}}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e.Do(ctx, Request{Query: "{ a: f b: f }"})
	if within > before || runtime.NumGoroutine() > before {
		t.Errorf("%d goroutines before, %d within, %d after", before, within, runtime.NumGoroutine())
	}
}

func TestMutationsInOrder(t *testing.T) {
	var log []string
	note := func(name string) *graphql.Field {
		return &graphql.Field{Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) {
			log = append(log, name)
			return func() (any, error) { log = append(log, name+" done"); return name, nil }, nil
		}}
	}
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{"x": {Type: graphql.Int}}})
	s, err := graphql.NewSchema(graphql.SchemaConfig{Query: query, Mutation: graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{"b": note("b"), "a": note("a")}})})
	if err != nil {
		t.Fatal(err)
	}
	e := New(s, nil)
	for range 2 { // the second time from the cache
		log = nil
		if got := do(t, e, Request{Query: "mutation { b a }"}); fmt.Sprint(log) != "[b b done a a done]" {
			t.Errorf("%v: %s", log, got.Body)
		}
		got := do(t, e, Request{Query: "mutation { b a }", ReadOnly: true})
		if got.Executed || got.Operation != "mutation" || got.code() != CodeRequest || len(log) != 4 {
			t.Errorf("%v: %s", log, got.Body)
		}
	}
}

// Constant arguments are evaluated when a plan is made, others once for each run.
func TestArgumentsAreEvaluatedOnce(t *testing.T) {
	var read atomic.Int32
	count := func(v any) any { read.Add(1); return v }
	word := graphql.NewScalar(graphql.ScalarConfig{
		Name: "Word", Serialize: func(v any) any { return v }, ParseValue: count, ParseLiteral: func(v ast.Value) any { return count(v.GetValue()) },
	})
	e := engineOf(t, graphql.Fields{"list": {Type: graphql.NewList(graphql.NewObject(graphql.ObjectConfig{Name: "Item", Fields: graphql.Fields{
		"f": {Type: word, Args: graphql.FieldConfigArgument{"w": {Type: word}, "l": {Type: graphql.NewList(word)}}, Resolve: func(p graphql.ResolveParams) (any, error) { return p.Args["w"], nil }},
	}})), Resolve: constant(make([]int, 20))}}, nil)
	const constantOnly, mixed = `{ list { f(w: "x") } }`, `query($w: Word) { list { f(w: $w, l: ["y"]) } }`
	ask(t, e, constantOnly, "")
	read.Store(0)
	if got := ask(t, e, constantOnly, ""); read.Load() != 0 || !strings.Contains(got.Body, `"f":"x"`) {
		t.Errorf("a constant is read %d times: %s", read.Load(), got.Body)
	}
	ask(t, e, mixed, `{"w": "z"}`)
	read.Store(0)
	if got := ask(t, e, mixed, `{"w": "z"}`); read.Load() != 2 || !strings.Contains(got.Body, `"f":"z"`) {
		t.Errorf("%d times: %s", read.Load(), got.Body)
	}
}

func TestInfo(t *testing.T) {
	e := engineOf(t, graphql.Fields{"list": {Type: graphql.NewList(graphql.NewObject(graphql.ObjectConfig{Name: "Item", Fields: graphql.Fields{
		"f": {Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
			i := p.Info
			op := i.Operation.(*ast.OperationDefinition)
			return fmt.Sprint(i.FieldName, i.Path.AsArray(), i.ParentType, i.ReturnType, len(i.FieldASTs), i.RootValue, op.Name.Value, i.VariableValues, len(i.Fragments), i.Schema.QueryType()), nil
		}},
	}})), Resolve: constant([]int{8, 9})}}, nil)
	got := do(t, e, Request{Query: "query Q($v: Boolean!) { list { a: f ...F } } fragment F on Item { a: f @include(if: $v) }", Root: "root", Variables: map[string]any{"v": true}})
	want := `{"list":[{"a":"f[list 0 a] Item String 2rootQmap[v:true] 1 Query"},{"a":"f[list 1 a] Item String 2rootQmap[v:true] 1 Query"}]}`
	if string(got.Data) != want {
		t.Errorf("got  %s\nwant %s", got.Data, want)
	}
}

func TestExtensions(t *testing.T) {
	e := testEngine(t, Options{})
	for _, tt := range []struct {
		extensions map[string]any
		want       string
	}{
		{nil, `{"data":{"node":{"id":"7"}}}`},
		{map[string]any{"b": 1, "a": []int{2}}, `{"data":{"node":{"id":"7"}},"extensions":{"a":[2],"b":1}}`},
		{map[string]any{"a": func() {}}, `{"data":{"node":{"id":"7"}}}`},
	} {
		got := do(t, e, Request{Query: "{ node { id } }", Extensions: func() map[string]any { return tt.extensions }})
		if got.Body != tt.want {
			t.Errorf("%s", got.Body)
		}
	}
}

// One engine answers many at once, whose plans and selections are made meanwhile.
func TestAtOnce(t *testing.T) {
	e := New(casesSchema(t), nil)
	queries := []string{
		"{ u { __typename ... on Item { id self { name } } ... on Other { x } } node { id ... on Named { name } } }",
		"query($v: Boolean!) { items { id @skip(if: $v) name f } res { url } }",
		introspection,
	}
	var want []string
	for _, q := range queries {
		want = append(want, string(e.Do(t.Context(), Request{Query: q, Variables: map[string]any{"v": true}}).Body))
	}
	e = New(casesSchema(t), nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 30 {
				q := i % len(queries)
				if got := e.Do(t.Context(), Request{Query: queries[q], Variables: map[string]any{"v": true}}); string(got.Body) != want[q] {
					t.Errorf("%.300s", got.Body)
				}
			}
		})
	}
	wg.Wait()
}

// A wrong document is not kept, a right one is; and the cache has a bound.
func TestCache(t *testing.T) {
	e := testEngine(t, Options{Cache: 60})
	ask(t, e, "{ nope }", "")
	ask(t, e, "query($n: Int!) { echo(n: $n) }", "")
	if n := e.cache.len(); n != 1 {
		t.Errorf("%d operations are kept", n)
	}
	for i := range 50 {
		ask(t, e, fmt.Sprintf("{ a%d: node { id } }", i), "")
		if e.cache.mu.weight > 60 {
			t.Fatalf("%d over the bound", e.cache.mu.weight)
		}
	}
	if n := e.cache.len(); n != 6 { // 8 tokens and 2 fields each
		t.Errorf("%d operations are kept", n)
	}
	if e.cache.get(cacheKey{"{ a49: node { id } }", ""}) == nil || e.cache.get(cacheKey{"{ a0: node { id } }", ""}) != nil {
		t.Error("the last used are not those that are kept")
	}
	kept := e.cache.len()
	if got := ask(t, e, "{ "+strings.Repeat("node { id } ", 20)+"}", ""); got.code() != "" || e.cache.len() != kept {
		t.Errorf("what is larger than the cache: %s", got.Body)
	}
}

var silent = slog.New(slog.DiscardHandler)

var inf = func() float64 { zero := 0.0; return 1 / zero }()

func TestOperationsOfADocument(t *testing.T) {
	e := testEngine(t, Options{})
	const query = "query A { node { id } } query B { echo }"
	for operation, want := range map[string]string{"A": `{"node":{"id":"7"}}`, "B": `{"echo":"{\"must\":1}"}`, "": "", "C": ""} {
		if got := do(t, e, Request{Query: query, Operation: operation}); string(got.Data) != want || (want == "") != (got.code() == CodeOperation) {
			t.Errorf("%q: %s", operation, got.Body)
		}
	}
}

// An error that a client is told may hold what JSON cannot.
func TestErrorsAreJSON(t *testing.T) {
	e := engineOf(t, graphql.Fields{"f": {Type: graphql.Int, Resolve: failing(&Error{Message: "a\xff", Extensions: map[string]any{"f": func() {}}})}}, nil)
	answer := e.Do(t.Context(), Request{Query: "{ f }"})
	if !json.Valid(answer.Body) || !strings.Contains(string(answer.Body), CodeInternal) {
		t.Errorf("%s", answer.Body)
	}
	list := Errors{Errorf("A", "a"), Errorf("B", "b")}
	if list.Error() != "a (and 1 more errors)" || list[:1].Error() != "a" {
		t.Errorf("%v", list)
	}
}
