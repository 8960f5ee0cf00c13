package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server/exec"
)

// mediaPack is the media type of an evidence pack: lines of JSON.
const mediaPack = "application/x-ndjson"

// sendPack is how long a client may take to receive a pack.
const sendPack = 5 * time.Minute

// packer makes the pack of a question, in the languages that its reader prefers.
type packer func(ctx context.Context, rq *request, languages []string) ([]byte, error)

func (s *Server) packing(db *graph.DB, opts *Options) packer {
	return func(ctx context.Context, rq *request, languages []string) ([]byte, error) {
		empty := opts.Scratch()
		text, err := s.pack(ctx, db, empty, &Question{
			Query: *rq.Query, Operation: deref(rq.OperationName), Variables: rq.Variables, Clearance: opts.Clearance, Languages: languages,
		})
		return text, errors.Join(err, empty.Close())
	}
}

// evidence answers at /graphql/pack: with the pack of a query, which is proven
// before the first byte is sent, or with errors and another status than 200.
func (s *Server) evidence(w http.ResponseWriter, r *http.Request) {
	if s.packer == nil {
		http.NotFound(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.PackTime)
	defer cancel()
	defer context.AfterFunc(s.open, cancel)()
	answer := s.packed(ctx, w, r)
	if answer.status != http.StatusOK {
		write(w, mediaJSON, answer)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendPack)) // where there is none to set, none is in the way
	w.Header().Set("Content-Disposition", `attachment; filename="parley-evidence.jsonl"`)
	write(w, mediaPack, answer)
}

// packed reads a request and makes its pack when its turn has come.
func (s *Server) packed(ctx context.Context, w http.ResponseWriter, r *http.Request) *response {
	rq, status, f := s.read(w, r)
	if f != nil {
		return refuse(status, f)
	}
	if f = s.packs.enter(); f == nil {
		defer s.packs.leave()
		f = s.enter(ctx)
	}
	if f != nil {
		w.Header().Set("Retry-After", "1")
		return refuse(http.StatusServiceUnavailable, f)
	}
	defer s.leave()
	text, err := s.packer(ctx, rq, languages(r.Header.Get("Accept-Language")))
	if err != nil {
		return s.unpacked(ctx, err)
	}
	s.queries.keep(rq)
	return &response{status: http.StatusOK, body: text}
}

// unpacked says why there is no pack.
func (s *Server) unpacked(ctx context.Context, err error) *response {
	var errs *unanswered
	var f *fault
	switch {
	case ctx.Err() != nil:
		return refuse(http.StatusServiceUnavailable, faultf(exec.CodeTime, "the evidence pack was not made within %s", s.limits.PackTime))
	case errors.As(err, &errs):
		return &response{status: statusOf(errs.list), body: errs.list.Body()}
	case !errors.As(err, &f):
		f = s.explain(ctx, err)
	}
	if f == nil {
		f = exec.Mask(ctx, s.log, err, nil)
	}
	return &response{status: statusOf(exec.Errors{f}), body: exec.Errors{f}.Body()}
}

// statusOf is the status of errors: whose they are.
func statusOf(list exec.Errors) int {
	for _, f := range list {
		if f.Code() == exec.CodeInternal {
			return http.StatusInternalServerError
		}
	}
	return http.StatusBadRequest
}
