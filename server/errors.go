package server

import (
	"context"
	"errors"
	"log/slog"
	"maps"

	"github.com/graphql-go/graphql/gqlerrors"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
	"github.com/parleydb/parley/graph/kv"
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

// damage is what a client is told of rows that cannot be relied on; where they
// are is for the log.
const damage = "the database is damaged: run parley check, and restore the last good backup"

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
	if errors.Is(err, kv.ErrDamaged) || errors.Is(err, graph.ErrDamaged) {
		return r.damaged(err)
	}
	for _, row := range border {
		if errors.Is(err, row.err) {
			return faultf(row.code, "%s", graph.Message(err))
		}
	}
	return s.internal(r.ctx, err, nil)
}

// damaged logs damage once for each server: every request meets it from now on.
func (r *run) damaged(err error) *fault {
	r.server.damage.Do(func() {
		r.server.log.LogAttrs(context.WithoutCancel(r.ctx), slog.LevelError, damage, slog.Any("error", err))
	})
	return faultf(codeInternal, damage)
}
