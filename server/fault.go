package server

import "github.com/parleydb/parley/server/exec"

// The codes of errors that this package adds to those of package exec. Clients
// may rely on them.
const (
	codeUnknown   = "UNKNOWN_NAME"   // a name that nothing has
	codeAmbiguous = "AMBIGUOUS_NAME" // a name that several entities have
	codeNotFound  = "NOT_FOUND"
	codeRefused   = "REFUSED"
	codeConflict  = "CONFLICT"
	codeBusy      = "BUSY"

	codeNotPersisted = "PERSISTED_QUERY_NOT_FOUND" // send the query with its hash, once
	codeMismatch     = "PERSISTED_QUERY_MISMATCH"
)

// fault is an error as the response lists it.
type fault = exec.Error

func faultf(code string, format string, args ...any) *fault {
	return exec.Errorf(code, format, args...)
}

// clip shortens what a client sent for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
