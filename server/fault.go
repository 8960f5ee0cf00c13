package server

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// The codes of errors, in the extensions of each. Clients may rely on them.
const (
	codeRequest   = "BAD_REQUEST"    // the request itself: its JSON, its parameters, its headers
	codeSyntax    = "SYNTAX"         // the document is not GraphQL
	codeInvalid   = "INVALID"        // the document does not fit the schema
	codeLimit     = "LIMIT"          // more than the limits allow
	codeOperation = "OPERATION"      // which operation is meant, or it is not offered
	codeInput     = "BAD_INPUT"      // a value of an argument or variable
	codeUnknown   = "UNKNOWN_NAME"   // a name that nothing has
	codeAmbiguous = "AMBIGUOUS_NAME" // a name that several entities have
	codeNotFound  = "NOT_FOUND"
	codeRefused   = "REFUSED"
	codeConflict  = "CONFLICT"
	codeTime      = "TIMEOUT"
	codeBusy      = "BUSY"
	codeInternal  = "INTERNAL" // the log has the rest, under the same id
)

// fault is an error as the response lists it.
type fault struct {
	Message    string         `json:"message"`
	Locations  []location     `json:"locations,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`

	at []int // byte offsets in the document, from which Locations are computed
}

func (f *fault) Error() string { return f.Message }

// location is a place in a document, both counted from 1, columns in characters.
type location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func faultf(code string, format string, args ...any) *fault {
	return &fault{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": code}}
}

// in tells where in the document the fault lies.
func (f *fault) in(offsets ...int) *fault {
	f.at = offsets
	return f
}

// locate turns offsets into lines and columns.
func locate(document string, faults []*fault) []*fault {
	var starts []int
	for _, f := range faults {
		for _, offset := range f.at {
			if starts == nil {
				starts = lineStarts(document)
			}
			f.Locations = append(f.Locations, locationOf(document, starts, offset))
		}
		f.at = nil
	}
	return faults
}

// lineStarts lists the offsets at which lines begin.
func lineStarts(document string) []int {
	starts := []int{0}
	for i := range len(document) {
		if c := document[i]; c == '\n' || (c == '\r' && (i+1 == len(document) || document[i+1] != '\n')) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func locationOf(document string, starts []int, offset int) location {
	offset = min(max(offset, 0), len(document))
	line := sort.SearchInts(starts, offset+1)
	return location{line, 1 + utf8.RuneCountInString(document[starts[line-1]:offset])}
}

// atMost cuts a list of faults to a limit and says how many were left off.
func atMost(limit int, faults []*fault) []*fault {
	if len(faults) <= limit {
		return faults
	}
	rest := faultf(codeLimit, "%d more errors", len(faults)-limit)
	return append(faults[:limit:limit], rest)
}
