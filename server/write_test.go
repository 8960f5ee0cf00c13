package server

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

const large = `{"query":"{ list(first: 500) { id name must } }"}`

func TestCompression(t *testing.T) {
	s := testServer(t, Options{})
	plain := send(t, s, post(large)).Body
	for _, tt := range []struct{ accept, body, want string }{
		{"gzip", large, "gzip"},
		{"zstd", large, "zstd"},
		{"gzip, deflate, br, zstd", large, "zstd"},
		{"gzip;q=1, zstd;q=0.5", large, "gzip"},
		{"gzip;q=0", large, ""},
		{"br", large, ""},
		{"", large, ""},
		{"gzip, zstd", simple, ""},
		{"zstd", `{"query":"{`, ""},
	} {
		r := post(tt.body)
		r.Header.Set("Accept-Encoding", tt.accept)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != tt.want || !strings.Contains(strings.Join(w.Header().Values("Vary"), ", "), "Accept-Encoding") {
			t.Errorf("%q: got %q, want %q; Vary %q", tt.accept, got, tt.want, w.Header().Values("Vary"))
		}
		if tt.body != large {
			continue
		}
		size := w.Body.Len()
		if got := unpacked(t, w.Header().Get("Content-Encoding"), w.Body); got != plain || (tt.want != "" && size*3 > len(got)) {
			t.Errorf("%q: %d bytes for %d, equal: %v", tt.accept, size, len(got), got == plain)
		}
	}
}

func unpacked(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	var err error
	switch encoding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A panic is answered with its status also where answers are compressed.
func TestPanicsUnderCompression(t *testing.T) {
	s := testServer(t, Options{})
	s.begin = func(context.Context, []string) (context.Context, func() map[string]any) { panic("hunter2") }
	r := post(simple)
	r.Header.Set("Accept-Encoding", "gzip")
	if got := send(t, s, r); got.Status != 500 || len(got.Errors) != 1 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestETag(t *testing.T) {
	s := testServer(t, Options{})
	get := func(query, tag string) *reply {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil)
		r.Header.Set("Accept-Encoding", "zstd")
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return &reply{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	}
	const query = "{ list(first: 500) { id name must } }"
	first := get(query, "")
	tag := first.Header.Get("ETag")
	if first.Status != 200 || !strings.HasPrefix(tag, `W/"`) || first.Header.Get("Cache-Control") != "private, no-cache" || first.Header.Get("Content-Encoding") != "zstd" {
		t.Fatalf("%d %v", first.Status, first.Header)
	}
	for _, match := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, "*"} {
		got := get(query, match)
		if got.Status != 304 || got.Body != "" || got.Header.Get("ETag") != tag || got.Header.Get("Content-Type") != "" || got.Header.Get("Content-Length") != "" {
			t.Errorf("%s: %d %v %.100s", match, got.Status, got.Header, got.Body)
		}
	}
	for _, query := range []string{"{ list(first: 499) { id name must } }", query} {
		if got := get(query, `"x"`); got.Status != 200 || got.Body == "" {
			t.Errorf("%s: %d", query, got.Status)
		}
	}
	if got := get("{ list(first: 499) { id name must } }", tag); got.Status != 200 {
		t.Errorf("another answer under the same tag: %d", got.Status)
	}
	for _, query := range []string{"{ missing }", "{ nope }", "{"} { // no errors, which may pass
		if got := get(query, "*"); got.Header.Get("ETag") != "" || got.Status == 304 || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", query, got.Status, got.Header)
		}
	}
	if got := send(t, s, post(simple)); got.Header.Get("ETag") != "" || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("post: %v", got.Header)
	}
}
