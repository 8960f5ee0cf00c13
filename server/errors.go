package server

import (
	"context"
	"errors"
	"maps"

	"github.com/graphql-go/graphql/gqlerrors"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

// border is the table that turns errors into codes. What is not in it is not
// the client's business.
var border = []struct {
	err  error
	code string
}{
	{graph.ErrNotFound, codeNotFound},
	{graph.ErrValue, codeInput},
	{graph.ErrKey, codeInput},
	{graph.ErrCursor, codeInput},
	{graph.ErrRefused, codeRefused},
	{graph.ErrConflict, codeConflict},
}

// fault is what a client is told of an error.
func (r *run) fault(err error) *fault {
	s := r.server
	var extended gqlerrors.ExtendedError
	var date *edtf.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return faultf(codeTime, "the request took longer than %s", s.limits.Time)
	case errors.Is(err, context.Canceled):
		return faultf(codeTime, "the request was given up")
	case errors.As(err, &extended): // made for clients
		f := faultf(codeInput, "%s", err)
		maps.Copy(f.Extensions, extended.Extensions())
		return f
	case errors.As(err, &date):
		return faultf(codeInput, "%s", graph.Message(err))
	}
	for _, row := range border {
		if errors.Is(err, row.err) {
			return faultf(row.code, "%s", graph.Message(err))
		}
	}
	return s.internal(r.ctx, err, nil)
}
