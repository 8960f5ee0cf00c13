package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydb/parley/server/exec"
)

// hashed is the body of a request by hash, with the query or without it.
func hashed(t *testing.T, query string, with bool) string {
	t.Helper()
	sum := sha256.Sum256([]byte(query))
	members := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}}
	if with {
		members["query"] = query
	}
	b, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPersistedQueries(t *testing.T) {
	const query = "{ node { id } }"
	s := testServer(t, Options{})
	if got := send(t, s, post(hashed(t, query, false))); got.Status != 400 || got.code() != codeNotPersisted || got.Errors[0].Message != "PersistedQueryNotFound" {
		t.Errorf("before: %d %s", got.Status, got.Body)
	}
	older := post(hashed(t, query, false))
	older.Header.Set("Accept", mediaJSON)
	if got := send(t, s, older); got.Status != 200 || got.code() != codeNotPersisted {
		t.Errorf("as JSON: %d %s", got.Status, got.Body)
	}
	for _, with := range []bool{true, false, false} {
		if got := send(t, s, post(hashed(t, query, with))); got.Status != 200 || got.Body != `{"data":{"node":{"id":"7"}}}` {
			t.Errorf("with the query %v: %d %s", with, got.Status, got.Body)
		}
	}
	var members struct{ Extensions json.RawMessage }
	if err := json.Unmarshal([]byte(strings.ToUpper(hashed(t, query, false))), &members); err != nil {
		t.Fatal(err)
	}
	byAddress := strings.NewReplacer("PERSISTEDQUERY", "persistedQuery", "VERSION", "version", "SHA256HASH", "sha256Hash").Replace(string(members.Extensions))
	if got := send(t, s, httptest.NewRequest(http.MethodGet, "/graphql?extensions="+url.QueryEscape(byAddress), nil)); got.Status != 200 || got.code() != "" {
		t.Errorf("by address, in capitals: %d %s", got.Status, got.Body)
	}
}

func TestPersistedQueriesThatAreWrong(t *testing.T) {
	s := testServer(t, Options{})
	zeros := strings.Repeat("0", 64)
	for extension, want := range map[string]string{
		`{"version":1,"sha256Hash":"` + zeros + `"}`:       codeMismatch,
		`{"version":2,"sha256Hash":"` + zeros + `"}`:       exec.CodeRequest,
		`{"version":"1","sha256Hash":"` + zeros + `"}`:     exec.CodeRequest,
		`{"sha256Hash":"` + zeros + `"}`:                   exec.CodeRequest,
		`{"version":1}`:                                    exec.CodeRequest,
		`{"version":1,"sha256Hash":"00"}`:                  exec.CodeRequest,
		`{"version":1,"sha256Hash":7}`:                     exec.CodeRequest,
		`{"version":1,"sha256Hash":"` + zeros[:63] + `x"}`: exec.CodeRequest,
		`[]`:   exec.CodeRequest,
		`true`: exec.CodeRequest,
		`null`: "",
	} {
		got := send(t, s, post(`{"query":"{ node { id } }","extensions":{"persistedQuery":`+extension+`}}`))
		if got.code() != want || (want != "") != (got.Status == 400) {
			t.Errorf("%s: %d %s", extension, got.Status, got.Body)
		}
	}
	// What is refused is not kept, and a mutation cannot come in by GET.
	for _, query := range []string{"{ nope }", "{", "mutation { node { id } }"} {
		send(t, s, post(hashed(t, query, true)))
		if got := send(t, s, post(hashed(t, query, false))); got.code() != codeNotPersisted {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
}

func TestPersistedQueriesAreBounded(t *testing.T) {
	query := func(n int) string { return fmt.Sprintf("{ node { id } } # %03d", n) }
	s := testServer(t, Options{Limits: Limits{Persisted: 3 * len(query(0))}})
	known := func(n int) bool { return send(t, s, post(hashed(t, query(n), false))).code() == "" }
	for n := range 3 {
		send(t, s, post(hashed(t, query(n), true)))
	}
	if !known(0) {
		t.Error("the first one is gone already")
	}
	send(t, s, post(hashed(t, query(3), true)))
	if !known(0) || known(1) || !known(2) || !known(3) {
		t.Error("it is not the one used least lately that went")
	}
	large := "{ node { id } } #" + strings.Repeat("x", 100)
	send(t, s, post(hashed(t, large, true)))
	if got := send(t, s, post(hashed(t, large, false))); got.code() != codeNotPersisted || !known(0) {
		t.Errorf("a query above the limit: %s", got.Body)
	}
	for n := range 200 {
		send(t, s, post(hashed(t, query(n), true)))
	}
	if bytes := s.queries.mu.bytes; bytes > s.limits.Persisted || s.queries.mu.kept.Len() != 3 {
		t.Errorf("%d bytes of %d queries", bytes, s.queries.mu.kept.Len())
	}
}
