package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/parleydb/parley/server"
)

// clients is how many ask a server at once.
const clients = 8

// client is a peer behind HTTP: one client of a server.
type client struct {
	names  *names
	places map[string]int32 // of the actors
	url    string
	query  string
	// variables of a question, and the rows of an answer.
	variables func(x string, q *query) map[string]any
	rows      func(body []byte) ([]row, error)

	http http.Client
	body bytes.Buffer // what was answered last
}

func (c *client) ask(ctx context.Context, _ kind, q *query) error {
	body, err := json.Marshal(map[string]any{"query": c.query, "variables": c.variables(c.names.actors[q.x], q)})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	c.body.Reset()
	if _, err := io.Copy(&c.body, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.300s", res.Status, c.body.String())
	}
	return nil
}

func (c *client) answer(kind) []string {
	rows, err := c.rows(c.body.Bytes())
	if err != nil {
		return []string{err.Error()}
	}
	for i := range rows {
		rows[i].other = c.places[rows[i].name]
	}
	return rowLines(named, rows)
}

func (c *client) close() error {
	c.http.CloseIdleConnections()
	return nil
}

// serving is a server, and how its clients ask.
type serving struct {
	name   string
	url    string
	client client
	stop   func() error
}

// serveStore serves what a peer has loaded.
func serveStore(ctx context.Context, peer, dir string) (*serving, error) {
	if peer == "parley" {
		return serveParley(ctx, dir)
	}
	l, err := libraryOf(peer)
	if err != nil {
		return nil, err
	}
	return l.serve(ctx, dir)
}

func (s *serving) clients(w *names) []peer {
	places := map[string]int32{}
	for i, name := range w.actors {
		places[name] = int32(i)
	}
	list := make([]peer, clients)
	for i := range list {
		c := s.client
		c.names, c.places, c.url = w, places, s.url
		c.http.Transport = &http.Transport{}
		list[i] = &c
	}
	return list
}

// begin serves on an address of this machine.
func (s *serving) begin(ctx context.Context, serve func(net.Listener) error, shutdown func(context.Context) error) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.url = "http://" + l.Addr().String() + "/graphql"
	done := make(chan error, 1)
	go func() { done <- serve(l) }()
	s.stop = func() error {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err := shutdown(late)
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}
	return nil
}

// serveParley serves a database as parley serve does.
func serveParley(ctx context.Context, dir string) (*serving, error) {
	db, err := openWarm(ctx, dir, clients*clientCache)
	if err != nil {
		return nil, err
	}
	s, err := server.New(db, &server.Options{Logger: slog.New(slog.DiscardHandler), Local: true})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	served := &serving{name: "parley", client: parleyClient()}
	return served, served.begin(ctx, s.Serve, func(ctx context.Context) error { return errors.Join(s.Shutdown(ctx), db.Close()) })
}

// parleyClient asks Parley's endpoint.
func parleyClient() client {
	return client{
		query: `query($x:String!,$s:EDTF!){neighbors(of:$x,starts:$s,first:50){property outwards from entity{name}}}`,
		variables: func(x string, q *query) map[string]any {
			return map[string]any{"x": x, "s": dateOf(q.from) + "/" + dateOf(q.to)}
		},
		rows: parleyRows,
	}
}

func parleyRows(body []byte) ([]row, error) {
	var r struct {
		Data struct {
			Neighbors []struct {
				Property string
				Outwards bool
				From     time.Time
				Entity   struct{ Name string }
			}
		}
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(body, &r); err != nil || len(r.Errors) > 0 {
		return nil, errors.Join(err, fmt.Errorf("errors: %v", r.Errors))
	}
	rows := make([]row, len(r.Data.Neighbors))
	for i, n := range r.Data.Neighbors {
		rows[i] = row{day: int(n.From.Sub(dayZero).Hours()) / 24, relation: n.Property, name: n.Entity.Name, out: n.Outwards}
	}
	return rows, nil
}
