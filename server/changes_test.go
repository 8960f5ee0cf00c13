package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/graphtest"
)

// 2,000 subscriptions to what a database learns, on 200 sockets, all hear of a
// transaction, and end with their sockets.
func TestChangesReachSubscribers(t *testing.T) {
	const sockets, each = 200, 10
	w := world(t)
	s := worldServer(t, w, graph.Clear)
	address, _ := listen(t, s)
	if r, err := http.Get(address + "/healthz"); err != nil || r.Body.Close() != nil {
		t.Fatal(err)
	}
	before := least()
	list := make([]*websocket.Conn, sockets)
	after := graph.FormatTS(w.DB.At(graph.Point{}).TS())
	for i := range list {
		list[i] = begun(t, address)
		for n := range each {
			say(t, list[i], subscribe(fmt.Sprint(n), `{"query":"subscription($after: String) { changes(after: $after) { id documents { key } } }","variables":{"after":"`+after+`"}}`))
		}
	}
	eventually(t, "all to begin", func() bool { return openIn(s.subscriptions) == sockets*each })
	w.Document("t:news", "2025-12-02")
	started := time.Now()
	w.Assert(graph.Draft{Document: graph.ByKey("t:news"), Key: "news", Links: []graph.Link{graphtest.Say("t:plant", "name", graph.TextOf("ZNPP"))}})
	var heard sync.WaitGroup
	for _, conn := range list {
		heard.Go(func() {
			told := map[string]bool{}
			for len(told) < each {
				got := hear(t, conn, "}")
				if !strings.Contains(got[0], `"type":"next"`) {
					t.Errorf("%q", got)
					return
				}
				if strings.Contains(got[0], "t:news") {
					told[got[0][:strings.Index(got[0], ",")]] = true
				}
			}
		})
	}
	heard.Wait()
	t.Logf("%d subscribers heard of it within %s", sockets*each, time.Since(started))
	for _, conn := range list {
		conn.CloseNow()
	}
	eventually(t, "all to end", func() bool { return openIn(s.subscriptions) == 0 && settled() <= before })
}

func openIn(p *pool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mu.open
}
