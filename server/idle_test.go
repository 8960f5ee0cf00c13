package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// 2,000 subscribers that wait for events leave nothing behind when they go, by
// themselves or because the server ends.
func TestIdleSubscribers(t *testing.T) {
	for name, open := range map[string]func(*testing.T, string) io.Closer{"sockets": idleSocket, "events": idleEvents} {
		t.Run(name, func(t *testing.T) {
			s, address, q := streamServer(t, Options{})
			t.Run("go", func(t *testing.T) {
				before := atRest(t, address)
				leave(t, idle(t, address, q, open), before, q)
			})
			t.Run("are sent away", func(t *testing.T) {
				before := atRest(t, address)
				list := idle(t, address, q, open)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				for _, c := range list {
					go io.Copy(io.Discard, c.(io.Reader)) // a client that reads takes part in closing
				}
				if err := s.Shutdown(ctx); err != nil || q.open.Load() != 0 {
					t.Errorf("%v, %d open", err, q.open.Load())
				}
				leave(t, list, before, q)
			})
		})
	}
}

// idle opens 2,000 subscriptions, each on a connection of its own, and asks for
// something else meanwhile.
func idle(t *testing.T, address string, q *quiet, open func(*testing.T, string) io.Closer) []io.Closer {
	t.Helper()
	n := 2000
	if testing.Short() { // in CI under the race detector, beside a run of all
		n = 400
	}
	list := make([]io.Closer, n)
	for i := range list {
		list[i] = open(t, address)
	}
	eventually(t, "all to begin", func() bool { return q.open.Load() == int64(n) })
	get(t, address)
	return list
}

// leave closes all, after which there are no more goroutines than before.
func leave(t *testing.T, list []io.Closer, before int, q *quiet) {
	t.Helper()
	during := runtime.NumGoroutine()
	for _, c := range list {
		c.Close()
	}
	eventually(t, "all to end", func() bool { return q.open.Load() == 0 })
	after := 0
	eventually(t, fmt.Sprintf("the goroutines to end, of which there were %d before and %d during", before, during), func() bool {
		after = settled()
		return after <= before
	})
	t.Logf("goroutines: %d before, %d during, %d after", before, during, after)
}

// atRest is the number of goroutines when the server has answered and what that
// took has ended: the least that is seen for a moment.
func atRest(t *testing.T, address string) int {
	t.Helper()
	get(t, address)
	return least()
}

func least() int {
	least := settled()
	for range 40 {
		time.Sleep(5 * time.Millisecond)
		least = min(least, settled())
	}
	return least
}

// settled counts goroutines when no client holds a connection for later.
func settled() int {
	http.DefaultClient.CloseIdleConnections()
	return runtime.NumGoroutine()
}

func get(t *testing.T, address string) {
	t.Helper()
	r, err := http.Get(address + "/graphql?query={node{id}}")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if text, _ := io.ReadAll(r.Body); string(text) != `{"data":{"node":{"id":"7"}}}` {
		t.Errorf("%s", text)
	}
}

// socketClient reads and closes a WebSocket as if it were a file.
type socketClient struct{ *websocket.Conn }

func (c socketClient) Read([]byte) (int, error) {
	_, _, err := c.Conn.Read(context.Background())
	return 0, err
}

func (c socketClient) Close() error { return c.CloseNow() }

func idleSocket(t *testing.T, address string) io.Closer {
	t.Helper()
	conn, answer, err := websocket.Dial(t.Context(), address+"/graphql", &websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body != nil {
		answer.Body.Close()
	}
	say(t, conn, initMessage, subscribe("a", `{"query":"subscription { quiet }"}`))
	if got := hear(t, conn, ack); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	return socketClient{conn}
}

func idleEvents(t *testing.T, address string) io.Closer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "GET /graphql?query=subscription{quiet} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "200 OK") {
		t.Fatalf("%s %v", line, err)
	}
	return conn
}
