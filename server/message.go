package server

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/server/exec"
)

// message is what a client says over a WebSocket.
type message struct {
	Type    string         `json:"type"`
	ID      *string        `json:"id"`
	Payload jsontext.Value `json:"payload"`
}

// invalid closes a connection whose client does not speak the protocol.
func invalid(format string, args ...any) *closing {
	return &closing{closeInvalid, "Invalid message: " + fmt.Sprintf(format, args...)}
}

// message does what a message says, or tells why the connection is to be closed.
func (c *socket) message(ctx context.Context, text []byte) *closing {
	var m message
	if f := decode(text, &m, "message"); f != nil {
		return invalid("%s", f)
	}
	switch m.Type {
	case "connection_init":
		return c.initialise(ctx, &m)
	case "ping":
		return c.pong(ctx, &m)
	case "pong":
		_, why := m.object()
		return why
	case "subscribe":
		return c.begins(ctx, &m)
	case "complete":
		return c.completes(&m)
	}
	return invalid("there is no type %q", clip(m.Type))
}

// object is a payload that is an object or is not there.
func (m *message) object() (jsontext.Value, *closing) {
	switch kind := m.Payload.Kind(); kind {
	case '{', 'n', jsontext.KindInvalid:
		return m.Payload, nil
	default:
		return nil, invalid("%s: payload: want a JSON object, not %s", m.Type, article[kind])
	}
}

func (c *socket) initialise(ctx context.Context, m *message) *closing {
	if _, why := m.object(); why != nil {
		return why
	}
	c.mu.Lock()
	again := c.mu.initialised
	c.mu.initialised = true
	c.mu.Unlock()
	if again {
		return &closing{closeInitialised, "Too many initialisation requests"}
	}
	_ = c.send(ctx, []byte(`{"type":"connection_ack"}`)) // a connection that failed is not read either
	return nil
}

func (c *socket) pong(ctx context.Context, m *message) *closing {
	payload, why := m.object()
	if why != nil {
		return why
	}
	if len(payload) == 0 {
		payload = jsontext.Value("null")
	}
	_ = c.send(ctx, []byte(`{"type":"pong","payload":`), payload, []byte("}"))
	return nil
}

// begins starts an operation.
func (c *socket) begins(ctx context.Context, m *message) *closing {
	if !c.isInitialised() {
		return &closing{closeUnauthorized, "Unauthorized"}
	}
	if m.ID == nil || *m.ID == "" {
		return invalid("subscribe without an id")
	}
	rq := &request{}
	if f := decode(m.Payload, rq, "payload"); f != nil {
		return invalid("%s", f)
	}
	f := c.queries.complete(rq)
	if f != nil && f.Code() == exec.CodeRequest {
		return invalid("%s", f)
	}
	why, f := c.start(ctx, *m.ID, rq, f)
	if f != nil {
		_ = c.send(ctx, []byte(`{"id":`), quoted(*m.ID), []byte(`,"type":"error","payload":`), exec.Errors{f}.JSON(), []byte("}"))
	}
	return why
}

// start runs an operation on a goroutine of its own, unless there is a fault. It
// gives the fault of an operation that is refused.
func (c *socket) start(ctx context.Context, id string, rq *request, f *fault) (*closing, *fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.mu.operations[id] != nil:
		return &closing{closeDuplicate, fmt.Sprintf("Subscriber for %s already exists", clip(id))}, nil
	case f != nil || c.mu.ending: // then the connection is about to be closed
		return nil, f
	case c.mu.running >= c.limits.PerConnection:
		return nil, faultf(exec.CodeLimit, "%d operations are open on this connection, and no more may be", c.limits.PerConnection)
	}
	within, cancel := context.WithCancel(ctx)
	own := &subscriber{cancel}
	c.mu.operations[id] = own
	c.mu.running++
	c.running.Go(func() { c.run(within, ctx, id, own, &operation{request: rq, languages: c.languages}) })
	return nil, nil
}

// completes ends an operation that the client wants no more of. One that is not
// there has ended in the meantime.
func (c *socket) completes(m *message) *closing {
	if m.ID == nil || *m.ID == "" {
		return invalid("complete without an id")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if own := c.mu.operations[*m.ID]; own != nil {
		own.cancel()
		delete(c.mu.operations, *m.ID)
	}
	return nil
}

// quoted is an id as JSON.
func quoted(id string) []byte {
	b, _ := jsontext.AppendQuote(nil, id) // came in JSON, which is UTF-8
	return b
}
