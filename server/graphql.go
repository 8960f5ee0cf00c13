package server

import (
	"context"
	"net/http"

	"github.com/graphql-go/graphql/language/ast"

	"github.com/parleydb/parley/server/exec"
)

// response is what a request is answered with.
type response struct {
	status int
	body   []byte
	etag   string // "" where the answer must not be kept
}

// refuse answers a request that is not executed.
func refuse(status int, f *fault) *response {
	return &response{status: status, body: exec.Errors{f}.Body()}
}

// graphQL answers at /graphql.
func (s *Server) graphQL(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		write(w, mediaJSON, refuse(http.StatusNotAcceptable, faultf(exec.CodeRequest, "this server answers with %s, %s or %s", mediaGraphQL, mediaJSON, mediaEvents)))
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
		return suited(media, refuse(status, f), f.Code())
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
	case answer.etag != "" && unchanged(r.Header, answer.etag):
		answer.status, answer.body = http.StatusNotModified, nil
	}
	return suited(media, answer, "")
}

// suited gives a well-formed request that cannot be served the status that its
// media type has: the older of the two has 200.
func suited(media string, r *response, code string) *response {
	if r.status == http.StatusBadRequest && media == mediaJSON && code != exec.CodeRequest {
		r.status = http.StatusOK
	}
	return r
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
		s.queries.keep(rq)
	case get && answer.Operation != "" && answer.Operation != ast.OperationTypeQuery:
		status = http.StatusMethodNotAllowed
	default:
		status = http.StatusBadRequest
	}
	if answer.Operation == ast.OperationTypeSubscription && s.subscribes && answer.Errors[0].Code() == exec.CodeOperation {
		return refuse(status, faultf(exec.CodeOperation, "a subscription answers with a stream of events: ask for %s, or open a WebSocket with %s", mediaEvents, protocol))
	}
	r := &response{status: status, body: answer.Body}
	if get && answer.Executed && len(answer.Errors) == 0 {
		r.etag = etag(answer.Body)
	}
	return r
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
