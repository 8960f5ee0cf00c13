package server

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/parleydb/parley/server/exec"
)

// raw sends bytes and gives what comes back until the connection ends.
func raw(t *testing.T, address string, send func(io.Writer)) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go send(conn)
	text, err := io.ReadAll(conn)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Errorf("the server holds the connection: %.200q", text)
	}
	return string(text)
}

// slowly writes a little at a time, without an end.
func slowly(w io.Writer, text string) {
	for {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

const head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"

// Clients that send slowly, or too much, are told so or let go, and the server
// answers the next one.
func TestSlowAndOversizedRequests(t *testing.T) {
	s := testServer(t, Options{Limits: Limits{Body: 1000}})
	s.http.ReadHeaderTimeout, s.http.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
	address, _ := listen(t, s)
	for _, tt := range []struct {
		name, want string
		send       func(io.Writer)
	}{
		{"nothing", "", func(io.Writer) {}},
		{"a head without an end", "", func(w io.Writer) { slowly(w, "X-A: b\r\n") }},
		{"a line without an end", "", func(w io.Writer) { slowly(w, "GET") }},
		{"a large head", "431 ", func(w io.Writer) { fmt.Fprint(w, head, "X: ", strings.Repeat("x", 100<<10), "\r\n\r\n") }},
		{"a body that does not come", "408 ", func(w io.Writer) { fmt.Fprint(w, head, "Content-Length: 500\r\n\r\n{") }},
		{"a body without an end", "408 ", func(w io.Writer) {
			fmt.Fprint(w, head, "Transfer-Encoding: chunked\r\n\r\n")
			slowly(w, "1\r\n \r\n")
		}},
		{"a large body", "413 ", func(w io.Writer) { fmt.Fprint(w, head, "Content-Length: 5000\r\n\r\n", strings.Repeat(" ", 5000)) }},
		{"a large body of unknown length", "413 ", func(w io.Writer) {
			fmt.Fprint(w, head, "Transfer-Encoding: chunked\r\n\r\n1388\r\n", strings.Repeat(" ", 5000), "\r\n0\r\n\r\n")
		}},
		{"a body that is shorter than it says", "408 ", func(w io.Writer) { fmt.Fprint(w, head, "Content-Length: 999\r\n\r\n", simple) }},
		{"chunks that are none", "400 ", func(w io.Writer) { fmt.Fprint(w, head, "Transfer-Encoding: chunked\r\n\r\nzz\r\n") }},
		{"null bytes", "400 ", func(w io.Writer) { fmt.Fprint(w, "\x00\x00\x00\r\n\r\n") }},
		{"no HTTP", "400 ", func(w io.Writer) { fmt.Fprint(w, "{ node { id } }\r\n\r\n") }},
	} {
		got := raw(t, address, tt.send)
		if status, _ := strings.CutPrefix(got, "HTTP/1.1 "); !strings.HasPrefix(status, tt.want) {
			t.Errorf("%s: got %.300q, want %q", tt.name, got, tt.want)
		}
	}
	if got := raw(t, address, func(w io.Writer) { fmt.Fprint(w, head, "Content-Length: ", len(simple), "\r\n\r\n", simple) }); !strings.HasSuffix(got, `{"data":{"node":{"id":"7"}}}`) {
		t.Errorf("afterwards: %q", got)
	}
}

// Who asks for much and does not read it is let go.
func TestSlowReaders(t *testing.T) {
	s := testServer(t, Options{})
	s.http.WriteTimeout = 300 * time.Millisecond
	address, _ := listen(t, s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const much = `{"query":"{ a: list(first: 20000) { id name must } b: list(first: 20000) { id name must } c: list(first: 20000) { id name must } }"}`
	request := fmt.Sprint(strings.Replace(head, "Connection: close", "X: y", 1), "Content-Length: ", len(much), "\r\n\r\n", much)
	for range 10 {
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the connection to be closed", func() bool {
		_, err := io.WriteString(conn, " ") // refused once the server has closed it
		return err != nil
	})
	get(t, address)
}

// What is hostile by POST is as hostile on a socket, and gets the same errors.
func TestHostileDocumentsOnSockets(t *testing.T) {
	_, address, _ := streamServer(t, Options{})
	conn := begun(t, address)
	for query, code := range map[string]string{
		"subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ...A }": exec.CodeInvalid,
		"{ " + numbered("a%d: echo(n: %[1]d) ", 600) + "}":                                              exec.CodeLimit,
		"subscription { " + strings.Repeat("a { ", 100_000):                                             exec.CodeLimit,
		"{ list(first: 2147483648) { id } }":                                                            exec.CodeLimit,
		"{ list(first: 2000000000) { id } }":                                                            exec.CodeLimit,
		"subscription { ticks(to: 99999999999) }":                                                       exec.CodeInvalid,
	} {
		say(t, conn, subscribe("a", `{"query":"`+query+`"}`))
		if got := hear(t, conn, "}"); !strings.Contains(got[0], `{"id":"a","type":"error"`) || !strings.Contains(got[0], code) {
			t.Errorf("%.100s: want %s: %.300q", query, code, got)
		}
	}
	say(t, conn, subscribe("a", simple))
	if got := hear(t, conn, "complete"); len(got) != 2 {
		t.Errorf("afterwards: %q", got)
	}
}
