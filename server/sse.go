package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/parleydb/parley/server/exec"
)

// events answers with a stream of server-sent events, one for each answer, in
// the distinct connections mode of GraphQL over SSE.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	rq, status, f := s.read(w, r)
	if f != nil {
		write(w, mediaJSON, refuse(status, f))
		return
	}
	o := &operation{request: rq, languages: languages(r.Header.Get("Accept-Language")), readOnly: r.Method != http.MethodPost}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.open, cancel)()
	stream := &eventStream{http.NewResponseController(w), w, s.limits.Write}
	if stream.open() != nil {
		return
	}
	answers, ended := make(chan []byte), make(chan error, 1)
	go func() {
		defer close(ended)
		ended <- s.operate(ctx, o, func(body []byte) error {
			select {
			case answers <- body:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	if stream.pump(answers, ended, s.limits.Heartbeat) != nil {
		cancel()
		for range ended { // nobody is left to tell
		}
	}
}

// eventStream writes events, each in the time that one may take.
type eventStream struct {
	control *http.ResponseController
	w       http.ResponseWriter
	within  time.Duration
}

// open sends the head, which tells the client that its request was accepted.
func (e *eventStream) open() error {
	h := e.w.Header()
	h.Set("Content-Type", mediaEvents+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // for proxies that would wait for the end
	h.Add("Vary", "Accept, Accept-Language")
	_ = e.control.SetReadDeadline(time.Time{}) // a time for reading the request would end the stream; who has none needs none
	return e.send()
}

// pump sends answers as they come, and signs of life in between. An error means
// that the client is gone or too slow, while the operation may still run.
func (e *eventStream) pump(answers <-chan []byte, ended <-chan error, heartbeat time.Duration) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case body := <-answers:
			err = e.next(body)
			beat.Reset(heartbeat)
		case <-beat.C:
			err = e.send([]byte(":\n\n"))
		case err := <-ended:
			e.end(err)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// end tells how the operation ended. One that only this server gives up has no
// event for it: the client goes elsewhere.
func (e *eventStream) end(err error) {
	var list exec.Errors
	if errors.As(err, &list) {
		err = e.next(list.Body())
	}
	if err == nil {
		_ = e.send([]byte("event: complete\ndata:\n\n")) // the client has gone: nobody is left to tell
	}
}

func (e *eventStream) next(body []byte) error {
	return e.send([]byte("event: next\ndata: "), bytes.ReplaceAll(body, []byte("\n"), []byte("\ndata: ")), []byte("\n\n"))
}

// send writes and flushes. Where there are no deadlines, as in a handler that is
// called without a connection, there is nobody to wait for either.
func (e *eventStream) send(parts ...[]byte) error {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.within))
	for _, part := range parts {
		if _, err := e.w.Write(part); err != nil {
			return err
		}
	}
	return e.control.Flush()
}
