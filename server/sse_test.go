package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/server/exec"
)

// stream asks for events and gives the open answer.
func stream(t *testing.T, ctx context.Context, address, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", mediaEvents)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { got.Body.Close() })
	return got
}

// whole reads a stream to its end.
func whole(t *testing.T, address, body string) string {
	t.Helper()
	got := stream(t, t.Context(), address, body)
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Errorf("%s: %d %v, %v", body, got.StatusCode, got.Header, err)
	}
	return string(text)
}

const complete = "event: complete\ndata:\n\n"

func TestEvents(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	for body, want := range map[string]string{
		`{"query":"subscription { ticks }"}`:                                                      "event: next\ndata: {\"data\":{\"ticks\":1}}\n\nevent: next\ndata: {\"data\":{\"ticks\":2}}\n\nevent: next\ndata: {\"data\":{\"ticks\":3}}\n\n" + complete,
		`{"query":"subscription($n: Int) { ticks(to: $n) }","variables":{"n":0}}`:                 complete,
		`{"query":"{ node { id } }"}`:                                                             "event: next\ndata: {\"data\":{\"node\":{\"id\":\"7\"}}}\n\n" + complete,
		`{"query":"mutation { bump }"}`:                                                           "event: next\ndata: {\"data\":{\"bump\":1}}\n\n" + complete,
		`{"query":"query A { node { id } } subscription B { ticks(to: 1) }","operationName":"B"}`: "event: next\ndata: {\"data\":{\"ticks\":1}}\n\n" + complete,
	} {
		if got := whole(t, address, body); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", body, got, want)
		}
	}
	for query, code := range map[string]string{
		"subscription { nope }": exec.CodeInvalid, "{": exec.CodeSyntax, "subscription { ticks(to: \\\"3\\\") }": exec.CodeInvalid,
		"subscription($n: Int) { ticks(to: $n) quiet }": exec.CodeInvalid, "subscription { panics }": exec.CodeInternal,
	} {
		got := whole(t, address, `{"query":"`+query+`"}`)
		if strings.Count(got, "event: ") != 2 || !strings.Contains(got, code) || !strings.HasSuffix(got, complete) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: want %s: %q", query, code, got)
		}
	}
	got := whole(t, address, `{"query":"subscription { fails }"}`)
	if strings.Count(got, "event: next") != 2 || !strings.Contains(got, exec.CodeInternal) || !strings.HasSuffix(got, complete) || strings.Contains(got, "hunter2") {
		t.Errorf("%q", got)
	}
}

// Requests that are none are answered as everywhere.
func TestEventsRefused(t *testing.T) {
	s, address, _ := streamServer(t, Options{Limits: Limits{Body: 1000, Connections: 1}})
	for body, status := range map[string]int{"{": 400, "[]": 400, `{"query":1}`: 400, "{}": 400, strings.Repeat(" ", 1001): 413} {
		got := stream(t, t.Context(), address, body)
		if text, _ := io.ReadAll(got.Body); got.StatusCode != status || got.Header.Get("Content-Type") != mediaJSON+"; charset=utf-8" || !strings.Contains(string(text), `"errors"`) {
			t.Errorf("%.20s: %d %s", body, got.StatusCode, text)
		}
	}
	get := func(query, header, value string) *reply {
		r, _ := http.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil)
		r.Host = "localhost"
		r.Header.Set("Accept", mediaEvents)
		r.Header.Set(header, value)
		return send(t, s, r)
	}
	if got := get("subscription { ticks(to: 1) }", "X", ""); !strings.HasSuffix(got.Body, "data: {\"data\":{\"ticks\":1}}\n\n"+complete) {
		t.Errorf("by GET: %d %s", got.Status, got.Body)
	}
	if got := get("mutation { bump }", "X", ""); !strings.Contains(got.Body, "a mutation is not allowed here") || strings.Contains(got.Body, `"bump"`) {
		t.Errorf("a mutation by GET: %d %s", got.Status, got.Body)
	}
	if got := get("subscription { ticks }", "Origin", "https://evil.example"); got.Status != 403 {
		t.Errorf("from another site's page: %d %s", got.Status, got.Body)
	}
	open := stream(t, t.Context(), address, `{"query":"subscription { quiet }"}`)
	defer open.Body.Close()
	if got := get("subscription { ticks }", "X", ""); got.Status != 503 || got.code() != codeBusy || got.Header.Get("Retry-After") == "" {
		t.Errorf("more connections than allowed: %d %s", got.Status, got.Body)
	}
	if got := send(t, s, post(`{"query":"subscription { ticks }"}`)); got.code() != exec.CodeOperation || !strings.Contains(got.Body, "ask for text/event-stream") {
		t.Errorf("without a stream: %s", got.Body)
	}
}

// A quiet stream shows that it lives for longer than a request may be read or
// written, and ends with its client.
func TestHeartbeats(t *testing.T) {
	schema, q := streamSchema(t)
	s := serverOf(t, schema, Options{Limits: Limits{Heartbeat: 50 * time.Millisecond, Time: 10 * time.Millisecond}})
	s.http.ReadTimeout, s.http.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	address, _ := listen(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	lines := bufio.NewScanner(stream(t, ctx, address, `{"query":"subscription { quiet }"}`).Body)
	beats := 0
	for started := time.Now(); time.Since(started) < 600*time.Millisecond && lines.Scan(); {
		if lines.Text() == ":" {
			beats++
		}
	}
	if beats < 5 || q.open.Load() != 1 {
		t.Errorf("%d beats, %d open: %v", beats, q.open.Load(), lines.Err())
	}
	cancel()
	eventually(t, "the subscription to end", func() bool { return q.open.Load() == 0 })
}

// Who takes no answers is dropped: nothing is kept for it.
func TestSlowReadersOfEventsAreDropped(t *testing.T) {
	_, address, q := streamServer(t, Options{Limits: Limits{Write: 200 * time.Millisecond}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"query":"subscription { flood }"}`
	_, err = io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: "+
		"34\r\n\r\n"+body)
	if err != nil || len(body) != 34 {
		t.Fatal(err, len(body))
	}
	eventually(t, "the subscription to begin", func() bool { return q.open.Load() == 1 })
	eventually(t, "the subscription to be dropped", func() bool { return q.open.Load() == 0 })
}

// Each event has its own time, and the next one is not harmed.
func TestEventsTakeTooLong(t *testing.T) {
	_, address, _ := streamServer(t, Options{Limits: Limits{Time: 50 * time.Millisecond, Operations: 1}})
	got := whole(t, address, `{"query":"subscription { slow }"}`)
	if strings.Count(got, exec.CodeTime) != 2 || !strings.HasSuffix(got, complete) {
		t.Errorf("%q", got)
	}
	if got := whole(t, address, simple); !strings.Contains(got, `"7"`) {
		t.Errorf("the turn was not given back: %q", got)
	}
}

// At shutdown a stream ends without saying that it is complete, from which the
// client knows to go on elsewhere.
func TestShutdownEndsEvents(t *testing.T) {
	for _, field := range []string{"quiet", "silent"} {
		s, address, q := streamServer(t, Options{})
		open := stream(t, t.Context(), address, `{"query":"subscription { `+field+` }"}`)
		eventually(t, "the subscription to begin", func() bool { return q.open.Load() == 1 })
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		text, err := io.ReadAll(open.Body)
		if err != nil || string(text) != "" || q.open.Load() != 0 {
			t.Errorf("%s: %q %v, %d open", field, text, err, q.open.Load())
		}
	}
}

// eventually waits for what other goroutines do, which takes as long as the
// machine is busy.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("waited in vain for ", what)
}
