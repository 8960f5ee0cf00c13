package exec

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"

	"github.com/graphql-go/graphql/gqlerrors"
)

// explain is what a client is told of an error. The stack is that of a panic.
func (e *Engine) explain(ctx context.Context, err error, stack []byte) *Error {
	if stack != nil {
		return Mask(ctx, e.log, err, stack)
	}
	if told := new(Error); errors.As(err, &told) {
		return told
	}
	if e.explainer != nil {
		if told := e.explainer(ctx, err); told != nil {
			return told
		}
	}
	var extended gqlerrors.ExtendedError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Errorf(CodeTime, "the request took too long")
	case errors.Is(err, context.Canceled):
		return Errorf(CodeTime, "the request was given up")
	case errors.As(err, &extended): // made for clients
		return &Error{Message: err.Error(), Extensions: maps.Clone(extended.Extensions())}
	}
	return Mask(ctx, e.log, err, nil)
}

// Mask hides an error from the client and logs it, under the same id; the stack
// is that of a panic, or nil.
func Mask(ctx context.Context, log *slog.Logger, err error, stack []byte) *Error {
	id := newID()
	attrs := []slog.Attr{slog.String("id", id), slog.Any("error", err)}
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	log.LogAttrs(context.WithoutCancel(ctx), slog.LevelError, "request failed", attrs...)
	e := Errorf(CodeInternal, "something went wrong here, not with the request; the log has it as %s", id)
	e.Extensions["id"] = id
	return e
}

// newID names an incident; rand.Read never fails.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
