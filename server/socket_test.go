package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parleydb/parley/server/exec"
)

// dial opens a WebSocket.
func dial(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	conn, err := dialAs(t, address, []string{protocol}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func dialAs(t *testing.T, address string, protocols []string, header http.Header) (*websocket.Conn, error) {
	t.Helper()
	conn, answer, err := websocket.Dial(t.Context(), address+"/graphql", &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
	if answer != nil && answer.Body != nil {
		answer.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() })
	return conn, nil
}

func say(t *testing.T, conn *websocket.Conn, messages ...string) {
	t.Helper()
	for _, m := range messages {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
			t.Fatalf("%.100s: %v", m, err)
		}
	}
}

// hear reads messages until one has an ending, or the connection ends, which is
// then the last one heard.
func hear(t *testing.T, conn *websocket.Conn, until string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var list []string
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return append(list, closedWith(err))
		}
		if list = append(list, string(text)); until != "" && strings.Contains(string(text), until) {
			return list
		}
	}
}

// closedWith tells how a connection ended.
func closedWith(err error) string {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return fmt.Sprintf("closed %d %s", closed.Code, closed.Reason)
	}
	return "broken: " + err.Error()
}

const (
	initMessage = `{"type":"connection_init"}`
	ack         = `{"type":"connection_ack"}`
)

// begun is a connection on which operations may begin.
func begun(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	conn := dial(t, address)
	say(t, conn, initMessage)
	if got := hear(t, conn, ack); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	return conn
}

func subscribe(id, payload string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":` + payload + `}`
}

func TestSocket(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	conn := begun(t, address)
	for payload, want := range map[string][]string{
		`{"query":"subscription { ticks(to: 2) }"}`:                                                   {`{"id":"a","type":"next","payload":{"data":{"ticks":1}}}`, `{"id":"a","type":"next","payload":{"data":{"ticks":2}}}`, `{"id":"a","type":"complete"}`},
		`{"query":"{ node { id } }","extensions":{}}`:                                                 {`{"id":"a","type":"next","payload":{"data":{"node":{"id":"7"}}}}`, `{"id":"a","type":"complete"}`},
		`{"query":"mutation { bump }"}`:                                                               {`{"id":"a","type":"next","payload":{"data":{"bump":1}}}`, `{"id":"a","type":"complete"}`},
		`{"query":"query($d: ID) { echo(d: $d) }","variables":{"d":9007199254740993}}`:                {`{"id":"a","type":"next","payload":{"data":{"echo":"{\"d\":\"9007199254740993\",\"must\":1}"}}}`, `{"id":"a","type":"complete"}`},
		`{"query":"subscription A { ticks } subscription B { x: ticks(to: 0) }","operationName":"B"}`: {`{"id":"a","type":"complete"}`},
	} {
		say(t, conn, subscribe("a", payload)) // the id is free again each time
		if got := hear(t, conn, `"type":"complete"`); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", payload, got, want)
		}
	}
	for payload, code := range map[string]string{
		`{"query":"{ nope }"}`: exec.CodeInvalid, `{"query":"subscription {"}`: exec.CodeSyntax, `{"query":"subscription { panics }"}`: exec.CodeInternal,
		`{"query":"query A { node { id } } query B { node { id } }"}`: exec.CodeOperation, `{"query":"\u0000"}`: exec.CodeSyntax,
		strings.TrimSuffix(hashed(t, "{ node { id } }", false), "\n"): codeNotPersisted,
	} {
		say(t, conn, subscribe("a", payload))
		got := hear(t, conn, "}")
		var m struct {
			ID, Type string
			Payload  exec.Errors
		}
		if err := json.Unmarshal([]byte(got[0]), &m); err != nil || m.ID != "a" || m.Type != "error" || len(m.Payload) != 1 || m.Payload[0].Code() != code {
			t.Errorf("%s: want %s: %q %v", payload, code, got, err)
		}
	}
	say(t, conn, subscribe("a", `{"query":"subscription { fails }"}`))
	if got := hear(t, conn, `"type":"error"`); len(got) != 2 || !strings.Contains(got[0], `"fails":1`) || !strings.Contains(got[1], exec.CodeInternal) || strings.Contains(got[1], "hunter2") {
		t.Errorf("%q", got)
	}
	say(t, conn, subscribe("a", hashed(t, "{ node { name } }", true)))
	hear(t, conn, `"type":"complete"`)
	say(t, conn, subscribe("a", hashed(t, "{ node { name } }", false)))
	if got := hear(t, conn, `"type":"complete"`); !strings.Contains(got[0], "Ada") {
		t.Errorf("by hash: %q", got)
	}
}

func TestSocketPings(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	conn := dial(t, address)
	for ping, pong := range map[string]string{
		`{"type":"ping"}`: `{"type":"pong","payload":null}`, `{"type":"ping","payload":null}`: `{"type":"pong","payload":null}`,
		`{"type":"ping","payload":{"a":[1]}}`: `{"type":"pong","payload":{"a":[1]}}`,
	} {
		say(t, conn, `{"type":"pong"}`, `{"type":"complete","id":"nobody"}`, ping)
		if got := hear(t, conn, "pong"); !slices.Equal(got, []string{pong}) {
			t.Errorf("%s: %q", ping, got)
		}
	}
}

// What is against the protocol closes the connection with the protocol's codes.
func TestSocketsThatMisbehave(t *testing.T) {
	_, address, q := streamServer(t, Options{Limits: Limits{Body: 1000}})
	const quietly = `{"query":"subscription { quiet }"}`
	for _, tt := range []struct {
		messages []string
		want     string
	}{
		{[]string{subscribe("a", quietly)}, "closed 4401 Unauthorized"},
		{[]string{initMessage, initMessage}, "closed 4429 Too many initialisation requests"},
		{[]string{initMessage, subscribe("a", quietly), subscribe("a", quietly)}, "closed 4409 Subscriber for a already exists"},
		{[]string{initMessage, subscribe("a", quietly), subscribe("a", hashed(t, "{ node }", false))}, "closed 4409 Subscriber for a already exists"},
		{[]string{"{"}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{""}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{"[]"}, "closed 4400 Invalid message: message: want a JSON object, not an array"},
		{[]string{"null"}, "closed 4400 Invalid message"},
		{[]string{`{"type":"hello"}`}, `closed 4400 Invalid message: there is no type "hello"`},
		{[]string{`{"type":"` + strings.Repeat("ü", 200) + `"}`}, `closed 4400 Invalid message: there is no type "üüü`},
		{[]string{`{}`}, `closed 4400 Invalid message: there is no type ""`},
		{[]string{`{"type":1}`}, `closed 4400 Invalid message: message: "/type" is of the wrong type`},
		{[]string{`{"type":"ping","type":"pong"}`}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{"{\"type\":\"\xff\"}"}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{`{"type":"\ud800"}`}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{"{\"type\":\"\x00\"}"}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{`{"type":"ping","payload":1}`}, "closed 4400 Invalid message: ping: payload: want a JSON object, not a number"},
		{[]string{`{"type":"pong","payload":"x"}`}, "closed 4400 Invalid message: pong: payload: want a JSON object, not a string"},
		{[]string{`{"type":"connection_init","payload":[]}`}, "closed 4400 Invalid message: connection_init: payload: want a JSON object, not an array"},
		{[]string{initMessage, `{"type":"subscribe","payload":` + quietly + `}`}, "closed 4400 Invalid message: subscribe without an id"},
		{[]string{initMessage, subscribe("", quietly)}, "closed 4400 Invalid message: subscribe without an id"},
		{[]string{initMessage, `{"type":"subscribe","id":7,"payload":` + quietly + `}`}, `closed 4400 Invalid message: message: "/id" is of the wrong type`},
		{[]string{initMessage, `{"type":"subscribe","id":"a"}`}, "closed 4400 Invalid message: payload is not JSON"},
		{[]string{initMessage, subscribe("a", "null")}, "closed 4400 Invalid message: the request has no query"},
		{[]string{initMessage, subscribe("a", "{}")}, "closed 4400 Invalid message: the request has no query"},
		{[]string{initMessage, subscribe("a", "[]")}, "closed 4400 Invalid message: payload: want a JSON object, not an array"},
		{[]string{initMessage, subscribe("a", `{"query":["x"]}`)}, `closed 4400 Invalid message: payload: "/query" is of the wrong type`},
		{[]string{initMessage, subscribe("a", `{"query":"{ node }","variables":[]}`)}, `closed 4400 Invalid message: payload: "/variables" is of the wrong type`},
		{[]string{initMessage, subscribe("a", `{"query":"{ node }","variables":{"a":1,"a":2}}`)}, "closed 4400 Invalid message: message is not JSON"},
		{[]string{initMessage, `{"type":"complete"}`}, "closed 4400 Invalid message: complete without an id"},
		{[]string{initMessage, subscribe("a", `{"query":"`+strings.Repeat("[", 1001)+`"}`)}, "closed 1009 "},
	} {
		conn := dial(t, address)
		say(t, conn, tt.messages...)
		got := hear(t, conn, "")
		if last := got[len(got)-1]; !strings.HasPrefix(last, tt.want) {
			t.Errorf("%.150q:\ngot  %q\nwant %q", tt.messages, last, tt.want)
		}
	}
	conn := dial(t, address)
	if err := conn.Write(t.Context(), websocket.MessageBinary, []byte(initMessage)); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, conn, ""); got[0] != "closed 4400 Invalid message: want text, not binary data" {
		t.Errorf("%q", got)
	}
	eventually(t, "subscriptions to end with their connections", func() bool { return q.open.Load() == 0 })
	say(t, begun(t, address), subscribe("a", simple)) // the server lives
}

// Variables of every wrong type are errors of their operation only.
func TestSocketVariables(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	conn := begun(t, address)
	for _, declared := range []string{"Int", "Int!", "[Int!]", "Kind", "String"} {
		argument := map[string]string{"Int": "n", "Int!": "n", "[Int!]": "l", "Kind": "kind", "String": "s"}[declared]
		for _, value := range []string{`true`, `{"a":1}`, `[[1]]`, `1.5`, `1e400`, `12345678901234567890`, `{}`, `["x"]`} {
			payload := fmt.Sprintf(`{"query":"query($v: %s) { echo(%s: $v) }","variables":{"v":%s}}`, declared, argument, value)
			say(t, conn, subscribe("a", payload))
			if got := hear(t, conn, "}"); !strings.Contains(got[0], `"type":"error"`) || !strings.Contains(got[0], exec.CodeInput) || !strings.Contains(got[0], "$v") {
				t.Errorf("%s: %q", payload, got)
			}
		}
	}
	say(t, conn, subscribe("a", `{"query":"query($v: Int) { echo(n: $v) }","variables":{"v":1}}`))
	if got := hear(t, conn, "complete"); len(got) != 2 {
		t.Errorf("afterwards: %q", got)
	}
}

func TestSubprotocols(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	for _, protocols := range [][]string{nil, {"graphql-ws"}} {
		conn, err := dialAs(t, address, protocols, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := hear(t, conn, ""); got[0] != "closed 4406 Subprotocol not acceptable: want graphql-transport-ws" {
			t.Errorf("%v: %q", protocols, got)
		}
	}
	conn, err := dialAs(t, address, []string{"graphql-ws", protocol}, nil)
	if err != nil || conn.Subprotocol() != protocol {
		t.Errorf("%v", err)
	}
}

func TestSocketsOfOtherSites(t *testing.T) {
	_, address, _ := streamServer(t, Options{TrustedOrigins: []string{"https://desk.example"}})
	for _, tt := range []struct {
		header, value string
		accepted      bool
	}{
		{"Origin", "https://evil.example", false},
		{"Origin", "null", false},
		{"Sec-Fetch-Site", "cross-site", false},
		{"Sec-Fetch-Site", "same-site", false},
		{"Sec-Fetch-Site", "same-origin", true},
		{"Origin", address, true},
		{"Origin", "https://desk.example", true},
	} {
		conn, err := dialAs(t, address, []string{protocol}, http.Header{tt.header: {tt.value}})
		if (err == nil) != tt.accepted || (err != nil && !strings.Contains(err.Error(), "403")) {
			t.Errorf("%s: %s: %v", tt.header, tt.value, err)
		}
		if conn != nil {
			conn.CloseNow()
		}
	}
}

// A client completes one operation; another one goes on, and its id is free.
func TestSocketComplete(t *testing.T) {
	_, address, q := streamServer(t, Options{Limits: Limits{PerConnection: 2, Subscriptions: 2}})
	conn := begun(t, address)
	quietly := `{"query":"subscription { quiet }"}`
	say(t, conn, subscribe("a", quietly), subscribe("b", quietly))
	eventually(t, "both to begin", func() bool { return q.open.Load() == 2 })
	say(t, conn, subscribe("c", simple))
	if got := hear(t, conn, "}"); !strings.Contains(got[0], `{"id":"c","type":"error"`) || !strings.Contains(got[0], exec.CodeLimit) {
		t.Errorf("a third one: %q", got)
	}
	other := begun(t, address)
	say(t, other, subscribe("a", quietly))
	if got := hear(t, other, "}"); !strings.Contains(got[0], `"type":"error"`) || !strings.Contains(got[0], codeBusy) {
		t.Errorf("a third subscription elsewhere: %q", got)
	}
	say(t, conn, `{"type":"complete","id":"a"}`)
	eventually(t, "one to end", func() bool { return q.open.Load() == 1 })
	eventually(t, "a place", func() bool {
		say(t, conn, subscribe("a", simple))
		return strings.Contains(strings.Join(hear(t, conn, `{"id":"a","type":`), ""), `"next"`)
	})
	conn.Close(websocket.StatusNormalClosure, "")
	eventually(t, "the other one to end", func() bool { return q.open.Load() == 0 })
}

func TestSilentSockets(t *testing.T) {
	_, address, _ := streamServer(t, Options{Limits: Limits{Init: 50 * time.Millisecond}})
	silent, speaking := dial(t, address), begun(t, address)
	if got := hear(t, silent, ""); got[0] != "closed 4408 Connection initialisation timeout" {
		t.Errorf("%q", got)
	}
	say(t, speaking, subscribe("a", simple))
	if got := hear(t, speaking, "complete"); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// Who no longer answers pings, or takes no answers, or does not come to the end
// of a message, is dropped.
func TestSlowSocketsAreDropped(t *testing.T) {
	_, address, q := streamServer(t, Options{Limits: Limits{Heartbeat: 100 * time.Millisecond, Write: 300 * time.Millisecond}})
	deaf := begun(t, address)
	say(t, deaf, subscribe("a", `{"query":"subscription { quiet }"}`)) // and reads no more, so that no pong is sent
	flooded := begun(t, address)
	say(t, flooded, subscribe("a", `{"query":"subscription { flood }"}`))
	eventually(t, "both to begin", func() bool { return q.open.Load() == 2 })
	eventually(t, "both to be dropped", func() bool { return q.open.Load() == 0 })

	trickling := begun(t, address)
	go hear(t, trickling, "") // answers pings
	w, err := trickling.Writer(t.Context(), websocket.MessageText)
	if err != nil {
		t.Fatal(err)
	}
	broken := false
	for started := time.Now(); !broken && time.Since(started) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		_, err := w.Write([]byte(strings.Repeat(" ", 5000)))
		broken = err != nil
	}
	if !broken {
		t.Error("a message without an end is still being read")
	}
}

// At shutdown queries come to their end, subscriptions end, and clients are told
// to go elsewhere.
func TestShutdownClosesSockets(t *testing.T) {
	s, address, q := streamServer(t, Options{Limits: Limits{Time: 500 * time.Millisecond}})
	idle, busy := begun(t, address), begun(t, address)
	say(t, idle, subscribe("a", `{"query":"subscription { quiet }"}`))
	say(t, busy, subscribe("a", `{"query":"{ wait }"}`))
	eventually(t, "both to begin", func() bool { return q.open.Load() == 1 && len(s.turns) == 1 })
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(t.Context()) }()
	if got := hear(t, idle, ""); !slices.Equal(got, []string{"closed 1001 the server is shutting down"}) {
		t.Errorf("idle: %q", got)
	}
	if got := hear(t, busy, ""); len(got) != 3 || !strings.Contains(got[0], exec.CodeTime) || !strings.Contains(got[1], "complete") || got[2] != "closed 1001 the server is shutting down" {
		t.Errorf("busy: %q", got)
	}
	if err := <-done; err != nil || q.open.Load() != 0 {
		t.Errorf("%v, %d open", err, q.open.Load())
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(address, "http://")); err == nil {
		t.Error("still listens")
	}
}

// Close cuts sockets off.
func TestCloseCutsSocketsOff(t *testing.T) {
	s, address, q := streamServer(t, Options{Limits: Limits{Time: time.Hour}})
	conn := begun(t, address)
	say(t, conn, subscribe("a", `{"query":"{ wait }"}`), subscribe("b", `{"query":"subscription { flood }"}`))
	eventually(t, "both to begin", func() bool { return q.open.Load() == 1 && len(s.turns) >= 1 })
	started := time.Now()
	if err := s.Close(); err != nil || q.open.Load() != 0 || time.Since(started) > 5*time.Second {
		t.Errorf("%v, %d open after %s", err, q.open.Load(), time.Since(started))
	}
}
