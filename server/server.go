package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
	"github.com/parleydb/parley/server/exec"
)

// Options of a server; nil works.
type Options struct {
	Clearance       graph.Marking // of every reader
	Limits          Limits
	Now             func() time.Time // today, by which ages are counted; nil: time.Now
	Logger          *slog.Logger     // nil: slog.Default()
	NoIntrospection bool
	Mutations       bool // readers may also write
	// Scratch makes an empty store in memory, in which an evidence pack is proven
	// before it is sent; nil: there are no packs.
	Scratch func() kv.Store
	// TrustedOrigins may send requests from other sites' pages in a browser,
	// and read the answers, each as scheme://host[:port]. Others may not.
	TrustedOrigins []string
	// BasePath is put before all that the server answers at, such as /parley.
	BasePath string
	// Local answers only requests that are addressed to this machine: to
	// localhost, to a loopback address, or to one of Hosts. Without it, a page
	// of another site could have a browser on this machine ask under that
	// site's name.
	Local bool
	Hosts []string
}

// Server answers GraphQL requests over HTTP. It is an http.Handler; Serve runs
// it with timeouts of its own, Shutdown ends it.
type Server struct {
	engine   *exec.Engine
	queries  *queries
	limits   Limits
	log      *slog.Logger
	damage   sync.Once // logs it
	handler  http.Handler
	http     *http.Server
	csrf     *http.CrossOriginProtection
	begin    beginning
	packer   packer // nil: there are no packs
	packs    *pool
	turns    chan struct{} // one for each operation that runs
	draining atomic.Bool
	open     context.Context // ends when the server is closed, and with it what still runs
	close    func() error

	noIntrospection bool

	subscribes    bool  // the schema has subscriptions
	connections   *pool // WebSockets and event streams
	subscriptions *pool
	streaming     context.Context // ends when the server begins to drain, and with it each subscription
	stopStreaming func()
}

// beginning gives the context of an operation for a reader of some languages,
// and a function that gives the extensions of its answer.
type beginning func(context.Context, []string) (context.Context, func() map[string]any)

// serve makes a server of a schema.
func serve(schema graphql.Schema, traits *exec.Traits, begin beginning, opts Options) (*Server, error) {
	s := &Server{limits: opts.Limits.orDefaults(), log: opts.Logger, begin: begin, noIntrospection: opts.NoIntrospection}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.subscribes = schema.SubscriptionType() != nil
	s.queries = newQueries(s.limits.Persisted)
	s.turns = make(chan struct{}, s.limits.Operations)
	s.packs = newPool(s.limits.Packs, "evidence packs in the making")
	s.connections = newPool(s.limits.Connections, "connections that wait for events")
	s.subscriptions = newPool(s.limits.Subscriptions, "subscriptions")
	s.engine = exec.New(schema, &exec.Options{
		Limits: s.limits.ofRuns(), Traits: traits, NoIntrospection: opts.NoIntrospection, Explain: s.explain, Logger: s.log,
	})
	if err := s.route(&opts); err != nil {
		return nil, err
	}
	s.configure()
	return s, nil
}

// configure sets what slow or silent clients are granted, in one place.
func (s *Server) configure() {
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      s.limits.Time + 30*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	open, stop := context.WithCancel(context.Background())
	s.open = open
	s.streaming, s.stopStreaming = context.WithCancel(open)
	s.close = sync.OnceValue(func() error {
		s.connections.close()
		stop()
		err := s.http.Close()
		_ = s.connections.wait(context.WithoutCancel(open))
		for range cap(s.turns) {
			s.turns <- struct{}{}
		}
		return err
	})
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if p := recover(); p != nil {
			f := exec.Mask(r.Context(), s.log, fmt.Errorf("panic: %v", p), debug.Stack())
			write(w, mediaJSON, refuse(http.StatusInternalServerError, f))
		}
	}()
	s.handler.ServeHTTP(w, r)
}

// ready tells whether requests should be sent here.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.draining.Load() {
		plain(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// enter waits for a turn to run an operation, no longer than the request lasts.
func (s *Server) enter(ctx context.Context) *fault {
	if ctx.Err() == nil {
		select {
		case s.turns <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	if s.open.Err() != nil {
		return faultf(codeBusy, "the server is shutting down")
	}
	return faultf(codeBusy, "the request's turn did not come within %s", s.limits.Time)
}

func (s *Server) leave() { <-s.turns }

// Serve answers on a listener until Shutdown or Close. It returns nil then.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown says at once that the server is no longer ready, takes no more
// connections, ends subscriptions so that clients go elsewhere with them, and
// lets running requests come to their end. When the context ends first, it cuts
// them off as Close does and returns the context's error. After it, no request
// touches the database.
func (s *Server) Shutdown(ctx context.Context) error {
	s.draining.Store(true)
	s.connections.close()
	s.stopStreaming()
	err := s.http.Shutdown(ctx)
	if err == nil {
		err = s.connections.wait(ctx)
	}
	return errors.Join(err, s.Close())
}

// Close cuts off all requests and waits until none touches the database.
func (s *Server) Close() error {
	s.draining.Store(true)
	return s.close()
}
