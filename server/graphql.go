package server

import (
	"context"
	"net/http"
	"strconv"

	"github.com/graphql-go/graphql/language/ast"

	"github.com/parleydb/parley/server/exec"
)

// response is what a request is answered with.
type response struct {
	status int
	body   []byte
}

// refuse answers a request that is not executed.
func refuse(status int, f *fault) *response {
	return &response{status, exec.Errors{f}.Body()}
}

// graphQL answers at /graphql.
func (s *Server) graphQL(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		write(w, mediaJSON, refuse(http.StatusNotAcceptable, faultf(exec.CodeRequest, "this server answers with %s or %s", mediaGraphQL, mediaJSON)))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Time)
	defer cancel()
	defer context.AfterFunc(s.open, cancel)()
	write(w, media, s.answer(ctx, media, w, r))
}

// answer reads a request and runs it when its turn has come.
func (s *Server) answer(ctx context.Context, media string, w http.ResponseWriter, r *http.Request) *response {
	rq, status, f := s.read(w, r)
	if f != nil {
		return refuse(status, f)
	}
	if f := s.enter(ctx); f != nil {
		w.Header().Set("Retry-After", "1")
		return refuse(http.StatusServiceUnavailable, f)
	}
	defer s.leave()
	get := r.Method != http.MethodPost
	answer := s.perform(ctx, rq, get, languages(r.Header.Get("Accept-Language")))
	switch {
	case answer.status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", "POST")
	case answer.status == http.StatusBadRequest && media == mediaJSON:
		answer.status = http.StatusOK // so the older of the two media types has it
	}
	return answer
}

// perform has the engine answer a request.
func (s *Server) perform(ctx context.Context, rq *request, get bool, languages []string) *response {
	ctx, extensions := s.begin(ctx, languages)
	answer := s.engine.Do(ctx, exec.Request{
		Query: *rq.Query, Operation: deref(rq.OperationName), Variables: rq.Variables, ReadOnly: get, Extensions: extensions,
	})
	status := http.StatusOK
	switch {
	case answer.Executed:
	case get && answer.Operation != "" && answer.Operation != ast.OperationTypeQuery:
		status = http.StatusMethodNotAllowed
	default:
		status = http.StatusBadRequest
	}
	return &response{status, answer.Body}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// write sends a response.
func write(w http.ResponseWriter, media string, r *response) {
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(r.body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language")
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // the client has gone: nobody is left to tell
}
