package server

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/rs/cors"

	"github.com/parleydb/parley/server/exec"
)

// route mounts what the server answers at.
func (s *Server) route(opts *Options) error {
	if err := checkBase(opts.BasePath); err != nil {
		return err
	}
	graphQL, packs, err := s.protected(opts.TrustedOrigins)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(opts.BasePath+"/graphql", graphQL)
	mux.Handle(opts.BasePath+"/graphql/pack", packs)
	mux.HandleFunc("GET "+opts.BasePath+"/healthz", func(w http.ResponseWriter, r *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET "+opts.BasePath+"/readyz", s.ready)
	s.handler = mux
	if opts.Local {
		s.handler = local(opts.Hosts, s.handler)
	}
	return nil
}

// protected answers GraphQL, and makes packs, for the pages of this server and
// of origins that are trusted, and for whatever is no page.
func (s *Server) protected(origins []string) (graphQL, packs http.Handler, err error) {
	csrf := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := csrf.AddTrustedOrigin(origin); err != nil {
			return nil, nil, fmt.Errorf("server: %w", err)
		}
		if strings.Contains(origin, "*") {
			return nil, nil, fmt.Errorf("server: trusted origin %q: name each origin, without *", origin)
		}
	}
	csrf.SetDenyHandler(http.HandlerFunc(denied))
	s.csrf = csrf
	single, err := compressed(http.HandlerFunc(s.graphQL))
	if err != nil {
		return nil, nil, err
	}
	if packs, err = compressed(http.HandlerFunc(s.evidence)); err != nil {
		return nil, nil, err
	}
	graphQL = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
			s.held(w, r, s.socket)
		case negotiate(r.Header.Get("Accept")) == mediaEvents:
			s.held(w, r, s.events)
		default:
			csrf.Handler(single).ServeHTTP(w, r)
		}
	})
	return readable(origins, graphQL), readable(origins, csrf.Handler(packs)), nil
}

// readable lets the pages of origins read answers.
func readable(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Accept-Language", "Content-Type", "If-None-Match"},
		ExposedHeaders: []string{"ETag", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

func denied(w http.ResponseWriter, _ *http.Request) {
	write(w, mediaJSON, refuse(http.StatusForbidden, faultf(exec.CodeRequest, "requests from other sites' pages are refused")))
}

// held answers over a connection that stays open. Opening one by GET is not safe
// as other requests by GET are: it costs until it is closed, and a page may read
// a WebSocket that it has opened.
func (s *Server) held(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	asPost := r.WithContext(r.Context())
	asPost.Method = http.MethodPost
	if err := s.csrf.Check(asPost); err != nil {
		denied(w, r)
		return
	}
	if f := s.connections.enter(); f != nil {
		w.Header().Set("Retry-After", "1")
		write(w, mediaJSON, refuse(http.StatusServiceUnavailable, f))
		return
	}
	defer s.connections.leave()
	next(w, r)
}

// checkBase refuses a base path that no request could have.
func checkBase(base string) error {
	if base == "" || (path.Clean(base) == base && base != "/" && strings.HasPrefix(base, "/") && !strings.ContainsAny(base, "?#%{} ")) {
		return nil
	}
	return fmt.Errorf("server: base path %q: want one such as /parley, with a slash before and none behind", base)
}
