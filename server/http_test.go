package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydb/parley/server/exec"
)

const simple = `{"query":"{ node { id } }"}`

// introspection is the query that tools send (graphql-js 16, getIntrospectionQuery).
const introspection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
 inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

func TestHTTP(t *testing.T) {
	s := testServer(t, Options{Limits: Limits{Body: 1000}})
	with := func(r *http.Request, header, value string) *http.Request {
		r.Header.Set(header, value)
		return r
	}
	get := func(query string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/graphql?"+query, nil)
		r.Header.Set("Accept", mediaGraphQL)
		return r
	}
	method := func(m string) *http.Request { return httptest.NewRequest(m, "/graphql", strings.NewReader(simple)) }
	escaped := url.QueryEscape("query A { node { id } } query B { list(first: 1) { id } }")
	for _, tt := range []struct {
		name   string
		r      *http.Request
		status int
		want   string // in the body
	}{
		{"post", post(simple), 200, `{"data":{"node":{"id":"7"}}}`},
		{"post with charset", with(post(simple), "Content-Type", "application/json; charset=UTF-8"), 200, `"7"`},
		{"all members", post(`{"query":"query A($n: Int) { echo(n: $n) }","variables":{"n":1},"operationName":"A","extensions":{"a":[]},"other":1}`), 200, `\"n\":1`},
		{"a large id", post(`{"query":"query($d: ID) { echo(d: $d) }","variables":{"d":9007199254740993}}`), 200, `\"9007199254740993\"`},
		{"nulls", post(`{"query":"{ node { id } }","variables":null,"operationName":null,"extensions":null}`), 200, `"7"`},
		{"get", get("query=" + escaped + "&operationName=B&variables=%7B%7D"), 200, `{"data":{"list":[{"id":"7"}]}}`},

		{"put", method(http.MethodPut), 405, exec.CodeRequest},
		{"delete", method(http.MethodDelete), 405, exec.CodeRequest},
		{"get of a mutation", get("query=" + url.QueryEscape("mutation { node { id } }")), 405, exec.CodeRequest},
		{"get without query", get(""), 400, exec.CodeRequest},
		{"get with two queries", get("query=a&query=b"), 400, exec.CodeRequest},
		{"get with a broken address", get("query=%zz"), 400, exec.CodeRequest},
		{"get with broken variables", get("query=" + escaped + "&variables=1"), 400, exec.CodeRequest},
		{"which operation", get("query=" + escaped), 400, exec.CodeOperation},
		{"no such operation", get("query=" + escaped + "&operationName=C"), 400, exec.CodeOperation},

		{"no content type", with(post(simple), "Content-Type", ""), 415, exec.CodeRequest},
		{"text", with(post(simple), "Content-Type", "text/plain"), 415, exec.CodeRequest},
		{"form", with(post(simple), "Content-Type", "application/x-www-form-urlencoded"), 415, exec.CodeRequest},
		{"multipart", with(post(simple), "Content-Type", "multipart/form-data; boundary=x"), 415, "files cannot be sent"},
		{"raw GraphQL", with(post("{ node { id } }"), "Content-Type", "application/graphql"), 415, exec.CodeRequest},
		{"UTF-16", with(post(simple), "Content-Type", "application/json; charset=utf-16"), 415, exec.CodeRequest},
		{"compressed", with(post(simple), "Content-Encoding", "gzip"), 415, exec.CodeRequest},
		{"takes HTML only", with(post(simple), "Accept", "text/html"), 406, exec.CodeRequest},

		{"large body", post(`{"query":"` + strings.Repeat(" ", 1000) + `"}`), 413, exec.CodeLimit},
		{"empty body", post(""), 400, exec.CodeRequest},
		{"no JSON", post("{"), 400, exec.CodeRequest},
		{"two values", post(simple + simple), 400, exec.CodeRequest},
		{"a batch", post("[" + simple + "]"), 400, "there are no batches, so send each operation as a request of its own"},
		{"a number", post("1"), 400, "body: want a JSON object, not a number"},
		{"variables by address that are a text", get("query=" + escaped + "&variables=%22x%22"), 400, "variables: want a JSON object, not a string"},
		{"null", post("null"), 400, exec.CodeRequest},
		{"no query", post(`{"operationName":"A"}`), 400, exec.CodeRequest},
		{"null query", post(`{"query":null}`), 400, exec.CodeRequest},
		{"query of the wrong type", post(`{"query":["{ node { id } }"]}`), 400, exec.CodeRequest},
		{"name of the wrong type", post(`{"query":"{ node { id } }","operationName":1}`), 400, exec.CodeRequest},
		{"variables of the wrong type", post(`{"query":"{ node { id } }","variables":[]}`), 400, exec.CodeRequest},
		{"extensions of the wrong type", post(`{"query":"{ node { id } }","extensions":"x"}`), 400, exec.CodeRequest},
		{"a name twice", post(`{"query":"{ node { id } }","query":"{ __schema { types { name } } }"}`), 400, exec.CodeRequest},
		{"a variable twice", post(`{"query":"{ node { id } }","variables":{"a":1,"a":2}}`), 400, exec.CodeRequest},
		{"invalid UTF-8", post("{\"query\":\"{ node { id } } # \xff\"}"), 400, exec.CodeRequest},
		{"invalid UTF-8 by address", get("query=%7B%20node%20%7B%20id%20%7D%20%7D%23%ff"), 400, exec.CodeSyntax},
		{"lone surrogate", post(`{"query":"{ node { id } } # \ud800"}`), 400, exec.CodeRequest},
		{"null byte", post("{\"query\":\"\x00\"}"), 400, exec.CodeRequest},
		{"escaped null byte", post(`{"query":"\u0000"}`), 400, exec.CodeSyntax},
		{"deep JSON", post(`{"variables":` + strings.Repeat("[", 900)), 400, exec.CodeRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := send(t, s, tt.r)
			if got.Status != tt.status || !strings.Contains(got.Body, tt.want) {
				t.Errorf("got %d, want %d with %q: %s", got.Status, tt.status, tt.want, got.Body)
			}
			if (tt.status == 405) != (got.Header.Get("Allow") != "") {
				t.Errorf("Allow: %q", got.Header.Get("Allow"))
			}
			if strings.Contains(got.Header.Get("Access-Control-Allow-Origin"), "*") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers: %v", got.Header)
			}
		})
	}
}

func TestMediaTypes(t *testing.T) {
	s := testServer(t, Options{})
	const js, gql = mediaJSON + "; charset=utf-8", mediaGraphQL + "; charset=utf-8"
	for _, tt := range []struct {
		accept, media  string
		invalid, fails int // status of a request that is invalid, and of one whose JSON is broken
	}{
		{"", js, 200, 400},
		{"*/*", js, 200, 400},
		{"application/*", js, 200, 400},
		{"application/json", js, 200, 400},
		{"application/json; charset=utf-8", js, 200, 400},
		{"application/graphql-response+json", gql, 400, 400},
		{"application/graphql-response+json, application/json;q=0.9", gql, 400, 400},
		{"application/json;q=0.5, application/graphql-response+json", gql, 400, 400},
		{"text/html, application/xhtml+xml, */*;q=0.8", js, 200, 400},
	} {
		for body, want := range map[string]int{simple: 200, `{"query":"{ nope }"}`: tt.invalid, `{"query":`: tt.fails} {
			r := post(body)
			r.Header.Set("Accept", tt.accept)
			got := send(t, s, r)
			if got.Header.Get("Content-Type") != tt.media || got.Status != want {
				t.Errorf("%q, %s: got %d %q, want %d %q", tt.accept, body, got.Status, got.Header.Get("Content-Type"), want, tt.media)
			}
		}
	}
	for _, accept := range []string{"text/html", "application/json; charset=utf-16", "application/json;q=0", "x"} {
		r := post(simple)
		r.Header.Set("Accept", accept)
		if got := send(t, s, r); got.Status != 406 {
			t.Errorf("%q: got %d", accept, got.Status)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := testServer(t, Options{TrustedOrigins: []string{"https://desk.example"}})
	for _, tt := range []struct {
		header, value string
		status        int
	}{
		{"Sec-Fetch-Site", "cross-site", 403},
		{"Sec-Fetch-Site", "same-site", 403},
		{"Sec-Fetch-Site", "same-origin", 200},
		{"Origin", "https://evil.example", 403},
		{"Origin", "http://example.com", 200}, // the host that httptest asks for
		{"Origin", "https://desk.example", 200},
	} {
		r := post(simple)
		r.Header.Set(tt.header, tt.value)
		got := send(t, s, r)
		if got.Status != tt.status || (tt.status == 403) != (got.code() == exec.CodeRequest) {
			t.Errorf("%s: %s: got %d %s", tt.header, tt.value, got.Status, got.Body)
		}
	}
	if _, err := serve(testSchema(t), nil, nil, Options{TrustedOrigins: []string{"nonsense"}}); err == nil {
		t.Error("an origin that is none was accepted")
	}
}

func TestIntrospectionSwitch(t *testing.T) {
	s := testServer(t, Options{NoIntrospection: true})
	for query, want := range map[string]string{
		introspection:                       exec.CodeOperation,
		`{ __type(name: "Node") { name } }`: exec.CodeOperation,
		"{ ...F } fragment F on Query { s: __schema { queryType { name } } }": exec.CodeOperation,
		"{ node { __typename } }": "",
	} {
		if got := ask(t, s, query, ""); got.code() != want {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
	open := testServer(t, Options{})
	first := ask(t, open, introspection, "")
	if first.code() != "" || !strings.Contains(first.Body, `"name":"__Schema"`) {
		t.Fatalf("%.300s", first.Body)
	}
	for range 10 {
		if again := ask(t, testServer(t, Options{}), introspection, ""); again.Body != first.Body {
			t.Fatal("introspection answers in another order the next time")
		}
	}
}

func TestLanguages(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                "",
		"*":                               "",
		"uk":                              "uk",
		"de-CH, en-GB;q=0.8, de;q=0.9, *": "de en",
		"en;q=0.1, zh-Hant-TW":            "zh en",
		"nonsense!":                       "",
		strings.Repeat("de,", 200):        "",
	} {
		if got := strings.Join(languages(accept), " "); got != want {
			t.Errorf("%q: got %q, want %q", accept, got, want)
		}
	}
}
