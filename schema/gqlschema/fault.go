package gqlschema

import (
	"errors"
	"fmt"

	"github.com/graphql-go/graphql/gqlerrors"
)

// The codes of faults, in the extensions of the error.
const (
	codeInput     = "BAD_INPUT"
	codeUnknown   = "UNKNOWN_NAME"
	codeAmbiguous = "AMBIGUOUS_NAME"
	codeCursor    = "BAD_CURSOR"
)

// fault is an error that is made for the client: its facts become the
// extensions of the error in the answer.
type fault struct {
	message string
	facts   map[string]any
}

var _ gqlerrors.ExtendedError = (*fault)(nil)

// newFault makes a fault; facts may be nil.
func newFault(code, message string, facts map[string]any) *fault {
	all := map[string]any{"code": code}
	for k, v := range facts {
		all[k] = v
	}
	return &fault{message, all}
}

func (f *fault) Error() string { return f.message }

// Extensions gives the code and the facts.
func (f *fault) Extensions() map[string]any { return f.facts }

// under says where in the arguments an error belongs.
func under(path string, err error) error {
	var f *fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return &fault{path + ": " + f.message, f.facts}
	}
	return fmt.Errorf("%s: %w", path, err)
}
