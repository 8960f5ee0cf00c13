package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/graphql-go/graphql/language/ast"
)

// graphQL answers at /graphql.
func (s *Server) graphQL(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		s.write(w, mediaJSON, &response{status: http.StatusNotAcceptable,
			faults: []*fault{faultf(codeRequest, "this server answers with %s or %s", mediaGraphQL, mediaJSON)}})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Time)
	defer cancel()
	defer context.AfterFunc(s.open, cancel)()
	s.write(w, media, s.answer(ctx, media, w, r))
}

// answer reads a request and runs it when its turn has come.
func (s *Server) answer(ctx context.Context, media string, w http.ResponseWriter, r *http.Request) *response {
	rq, status, f := s.read(w, r)
	if f != nil {
		return &response{status: status, faults: []*fault{f}}
	}
	if f := s.enter(ctx); f != nil {
		w.Header().Set("Retry-After", "1")
		return &response{status: http.StatusServiceUnavailable, faults: []*fault{f}}
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

// perform checks a request and executes its operation.
func (s *Server) perform(ctx context.Context, rq *request, get bool, languages []string) *response {
	text := *rq.Query
	refuse := func(status int, faults ...*fault) *response {
		return &response{status: status, faults: atMost(s.limits.Errors, locate(text, faults))}
	}
	d, f := parse(text, &s.limits)
	if f != nil {
		return refuse(http.StatusBadRequest, f)
	}
	op, f := d.operation(deref(rq.OperationName))
	if f != nil {
		return refuse(http.StatusBadRequest, f)
	}
	if get && op.Operation != ast.OperationTypeQuery {
		return refuse(http.StatusMethodNotAllowed, faultf(codeRequest, "use POST for a %s", op.Operation))
	}
	if faults := s.validate(d); len(faults) > 0 {
		return refuse(http.StatusBadRequest, faults...)
	}
	variables, f := s.variables(d, op, rq.Variables)
	if f == nil {
		f = s.within(s.measure(d, op, variables), op)
	}
	if f != nil {
		return refuse(http.StatusBadRequest, f)
	}
	ctx, extensions := s.begin(ctx, languages)
	data, faults := s.execute(ctx, d, op, variables)
	return &response{
		status:     http.StatusOK,
		data:       data,
		shape:      d.shapeOf([]*ast.SelectionSet{op.SelectionSet}, false),
		faults:     locate(d.text, faults),
		extensions: extensions(),
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// write sends a response. An answer over the limit is replaced by an error.
func (s *Server) write(w http.ResponseWriter, media string, r *response) {
	body, err := r.encode(s.limits.Response)
	if err != nil {
		f := faultf(codeLimit, "the answer has more than %d bytes", s.limits.Response)
		if !errors.Is(err, errLarge) {
			f = s.internal(context.Background(), err, nil)
		}
		body, _ = (&response{faults: []*fault{f}, shape: &shape{}}).encode(s.limits.Response)
	}
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language")
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // the client has gone: nobody is left to tell
}
