package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/parleydb/parley/server/exec"
)

// protocol is the subprotocol that is spoken over WebSockets.
const protocol = "graphql-transport-ws"

// The codes with which a WebSocket is closed, as the protocol has them.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeProtocol     websocket.StatusCode = 4406
	closeSilent       websocket.StatusCode = 4408
	closeDuplicate    websocket.StatusCode = 4409
	closeInitialised  websocket.StatusCode = 4429
)

// socket is a WebSocket. One goroutine, that of the request, reads and obeys
// messages; one watches over time; each operation has its own. The request ends
// when all of them have.
type socket struct {
	*Server
	conn      *websocket.Conn
	languages []string
	watcher   sync.WaitGroup
	running   sync.WaitGroup
	mu        struct {
		sync.Mutex
		initialised bool
		ending      bool                   // no operation begins any more
		running     int                    // operations, those that the client has completed too
		operations  map[string]*subscriber // by the id that the client gave, until it has completed them
	}
}

// subscriber is an operation that runs on a WebSocket.
type subscriber struct {
	cancel context.CancelFunc
}

// closing is why a WebSocket is closed.
type closing struct {
	code   websocket.StatusCode
	reason string
}

// socket serves a WebSocket until it ends.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{protocol},
		InsecureSkipVerify: true, // the origin was checked as for every other request
	})
	if err != nil {
		return // Accept has answered
	}
	conn.SetReadLimit(s.limits.Body)
	c := &socket{Server: s, conn: conn, languages: languages(r.Header.Get("Accept-Language"))}
	c.mu.operations = map[string]*subscriber{}
	if conn.Subprotocol() != protocol {
		c.close(closing{closeProtocol, "Subprotocol not acceptable: want " + protocol})
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer func() {
		cancel()
		c.running.Wait()
		c.watcher.Wait()
		_ = conn.CloseNow() // unless it is closed already
	}()
	defer context.AfterFunc(s.open, cancel)()
	c.watcher.Go(func() { c.watch(ctx) })
	if why := c.obey(ctx); why != nil {
		c.close(*why)
	}
}

// obey reads messages and does what they say, until the connection ends or
// there is a reason to close it.
func (c *socket) obey(ctx context.Context) *closing {
	for {
		kind, text, err := c.read(ctx)
		switch {
		case err != nil:
			return nil
		case kind != websocket.MessageText:
			return invalid("want text, not binary data")
		}
		if why := c.message(ctx, text); why != nil {
			return why
		}
	}
}

// read reads a message, for which there is no end of time until it begins.
func (c *socket) read(ctx context.Context) (websocket.MessageType, []byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	kind, r, err := c.conn.Reader(ctx)
	if err != nil {
		return 0, nil, err
	}
	defer time.AfterFunc(c.limits.Write, cancel).Stop()
	text, err := io.ReadAll(r)
	return kind, text, err
}

// send sends a message in the time that one may take. The context is that of
// the connection, which is of no more use where one was not sent whole.
func (c *socket) send(ctx context.Context, parts ...[]byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Write)
	defer cancel()
	var message []byte
	for _, part := range parts {
		message = append(message, part...)
	}
	err := c.conn.Write(ctx, websocket.MessageText, message)
	if err != nil {
		_ = c.conn.CloseNow()
	}
	return err
}

// close tells the client why, if it still listens.
func (c *socket) close(why closing) {
	_ = c.conn.Close(why.code, clipReason(why.reason))
}

// clipReason fits a reason into the frame that carries it.
func clipReason(reason string) string {
	const most = 120
	if len(reason) <= most {
		return reason
	}
	end := most
	for !utf8.RuneStart(reason[end]) {
		end--
	}
	return reason[:end] + "…"
}

// watch closes a connection that does not begin, that no longer answers, or that
// the server wants to end.
func (c *socket) watch(ctx context.Context) {
	begin, beat := time.NewTimer(c.limits.Init), time.NewTicker(c.limits.Heartbeat)
	defer begin.Stop()
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.streaming.Done():
			c.drain()
			return
		case <-begin.C:
			if !c.isInitialised() {
				c.close(closing{closeSilent, "Connection initialisation timeout"})
				return
			}
		case <-beat.C:
			if !c.answersPing(ctx) {
				_ = c.conn.CloseNow()
				return
			}
		}
	}
}

// answersPing tells whether the client is still there. It does not wait when the
// server begins to drain.
func (c *socket) answersPing(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Write)
	defer cancel()
	defer context.AfterFunc(c.streaming, cancel)()
	return c.conn.Ping(ctx) == nil || c.streaming.Err() != nil
}

// drain lets queries and mutations come to their end, then closes. Subscriptions
// end by themselves.
func (c *socket) drain() {
	c.mu.Lock()
	c.mu.ending = true
	c.mu.Unlock()
	c.running.Wait()
	c.close(closing{websocket.StatusGoingAway, errDraining.Error()})
}

func (c *socket) isInitialised() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.initialised
}

// run runs an operation and sends what it answers.
func (c *socket) run(ctx, connection context.Context, id string, own *subscriber, o *operation) {
	defer c.ran(own)
	name := quoted(id)
	err := c.operate(ctx, o, func(body []byte) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.send(connection, []byte(`{"id":`), name, []byte(`,"type":"next","payload":`), body, []byte("}"))
	})
	if !c.forget(id, own) {
		return // the client has completed it
	}
	var list exec.Errors
	switch {
	case errors.As(err, &list):
		_ = c.send(connection, []byte(`{"id":`), name, []byte(`,"type":"error","payload":`), list.JSON(), []byte("}"))
	case err == nil:
		_ = c.send(connection, []byte(`{"id":`), name, []byte(`,"type":"complete"}`))
	}
}

func (c *socket) ran(own *subscriber) {
	own.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.running--
}

// forget takes an operation off the list, and tells whether it was on it.
func (c *socket) forget(id string, own *subscriber) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mu.operations[id] != own {
		return false
	}
	delete(c.mu.operations, id)
	return true
}
