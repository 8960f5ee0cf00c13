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
	"github.com/parleydb/parley/server/exec"
)

// border is the table that turns errors into codes. What is not in it is not
// the client's business.
var border = []struct {
	err  error
	code string
}{
	{graph.ErrNotFound, codeNotFound},
	{graph.ErrValue, exec.CodeInput},
	{graph.ErrKey, exec.CodeInput},
	{graph.ErrCursor, exec.CodeInput},
	{graph.ErrRefused, codeRefused},
	{graph.ErrConflict, codeConflict},
}

// damage is what a client is told of rows that cannot be relied on; where they
// are is for the log.
const damage = "the database is damaged: run parley check, and restore the last good backup"

// explain is what a client is told of an error, or nil if that is nobody's
// business.
func (s *Server) explain(ctx context.Context, err error) *fault {
	var extended gqlerrors.ExtendedError
	var date *edtf.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return faultf(exec.CodeTime, "the request took longer than %s", s.limits.Time)
	case errors.Is(err, context.Canceled):
		return faultf(exec.CodeTime, "the request was given up")
	case errors.As(err, &extended): // made for clients
		f := faultf(exec.CodeInput, "%s", err)
		maps.Copy(f.Extensions, extended.Extensions())
		return f
	case errors.As(err, &date):
		return faultf(exec.CodeInput, "%s", graph.Message(err))
	}
	if errors.Is(err, kv.ErrDamaged) || errors.Is(err, graph.ErrDamaged) {
		return s.damaged(ctx, err)
	}
	for _, row := range border {
		if errors.Is(err, row.err) {
			return faultf(row.code, "%s", graph.Message(err))
		}
	}
	return nil
}

// damaged logs damage once for each server: every request meets it from now on.
func (s *Server) damaged(ctx context.Context, err error) *fault {
	s.damage.Do(func() {
		s.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelError, damage, slog.Any("error", err))
	})
	return faultf(exec.CodeInternal, damage)
}
