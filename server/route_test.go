package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBasePath(t *testing.T) {
	s := testServer(t, Options{BasePath: "/desk/parley"})
	for path, want := range map[string]int{
		"/desk/parley/graphql": 200, "/desk/parley/healthz": 200, "/desk/parley/readyz": 200,
		"/graphql": 404, "/healthz": 404, "/desk/parley": 404, "/desk/parley/": 404, "/desk/parleyx/graphql": 404,
	} {
		r := httptest.NewRequest(http.MethodGet, path+"?query={__typename}", nil)
		if got := send(t, s, r); got.Status != want {
			t.Errorf("%s: %d, want %d", path, got.Status, want)
		}
	}
	for _, base := range []string{"/", "parley", "/parley/", "//parley", "/a/../b", "/a?b", "/a#b", "/{a}", "/a b", "/%61", "http://x"} {
		if _, err := serve(testSchema(t), nil, nil, Options{BasePath: base}); err == nil || !strings.Contains(err.Error(), "/parley") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

// Pages of an origin that is trusted may read answers; without one there is no
// word of other origins.
func TestTrustedOriginsMayRead(t *testing.T) {
	s := testServer(t, Options{TrustedOrigins: []string{"https://desk.example"}})
	preflight := func(s *Server, origin string) *reply {
		r := httptest.NewRequest(http.MethodOptions, "/graphql", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", "content-type")
		return send(t, s, r)
	}
	const allow = "Access-Control-Allow-Origin"
	got := preflight(s, "https://desk.example")
	if got.Status != 204 || got.Header.Get(allow) != "https://desk.example" || !strings.EqualFold(got.Header.Get("Access-Control-Allow-Headers"), "content-type") || got.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	r := post(simple)
	r.Header.Set("Origin", "https://desk.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := send(t, s, r); got.Status != 200 || got.Header.Get(allow) != "https://desk.example" || !strings.Contains(strings.Join(got.Header.Values("Vary"), ","), "Origin") {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	if got := preflight(s, "https://evil.example"); got.Header.Get(allow) != "" {
		t.Errorf("another origin: %v", got.Header)
	}
	if got := preflight(testServer(t, Options{}), "https://desk.example"); got.Status != 405 || got.Header.Get(allow) != "" {
		t.Errorf("none is trusted: %d %v", got.Status, got.Header)
	}
	for _, origin := range []string{"*", "https://*.example", "desk.example", "https://desk.example/x"} {
		if _, err := serve(testSchema(t), nil, nil, Options{TrustedOrigins: []string{origin}}); err == nil {
			t.Errorf("%q was accepted", origin)
		}
	}
}
